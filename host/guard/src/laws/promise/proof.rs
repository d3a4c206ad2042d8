//! What must hold between what a process wrote and what came out.

use std::collections::BTreeSet;

use super::guard::{Anchor, Extent, Rule};
use super::screen;
use super::script::Bed;
use super::secret::{has_anchor, secrets};
use super::table::{Judge, detectors};
use super::view::{Effort, View, hidden, views};

/// The fewest bytes that are known again wherever they stand.
const GRAM: usize = 4;

fn rules() -> Vec<Rule> {
    let declared = detectors().into_iter().flat_map(|detector| detector.rules);
    declared.map(|rule| (*rule).clone()).collect()
}

/// The raw bytes that must not be shown.
pub(super) fn demands(text: &[u8], judge: Judge) -> BTreeSet<usize> {
    let rules = rules();
    let views = views(text, Effort::Promised);
    views
        .iter()
        .flat_map(|view| view.wholly(&secrets(view, &rules, judge)))
        .collect()
}

/// Whether no reading of the text, however wild, has anything in it that a rule looks for.
pub(super) fn is_plain(text: &[u8]) -> bool {
    let rules = rules();
    let quiet = |view: &View| {
        let glue = |byte: &u8| byte.is_ascii_whitespace() || byte.is_ascii_control() || b"\"'\\+$".contains(byte);
        let glued: Vec<u8> = view.bytes.iter().copied().filter(|byte| !glue(byte)).collect();
        let loose: Vec<u8> = view
            .bytes
            .iter()
            .copied()
            .filter(|byte| !glue(byte) || *byte == b'+')
            .collect();
        ![&view.bytes, &glued, &loose]
            .into_iter()
            .any(|text| has_anchor(text, &rules))
    };
    !moves(text) && views(text, Effort::Anything).iter().all(quiet)
}

/// Whether a marker stands behind a block's anchor, before the block's bound, in any reading of what was shown.
pub(super) fn has_marker_before_bound(shown: &[u8]) -> bool {
    behind_anchors(shown, |text, bound| {
        (0..text.len().min(bound)).any(|at| begins_marker(&text[at..]))
    })
}

/// Whether something masked stands on a block's anchor's own line, in any reading of what was shown.
pub(super) fn has_masked_anchor(shown: &[u8]) -> bool {
    behind_anchors(shown, |text, _| {
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        (0..line.len()).any(|at| line[at] == b'*' || begins_marker(&text[at..]))
    })
}

/// Whether this holds of what stands behind some block's anchor, and of the block's bound.
fn behind_anchors(shown: &[u8], holds: impl Fn(&[u8], usize) -> bool) -> bool {
    let blocks: Vec<(Vec<u8>, usize)> = rules()
        .iter()
        .filter_map(|rule| match (&rule.extent, &rule.anchors[..]) {
            (Extent::Block(block), [Anchor::Literal(anchor)]) => Some((anchor.bytes.to_vec(), block.bound as usize)),
            (Extent::Block(_) | Extent::Span(_) | Extent::Known(_), _) => None,
        })
        .collect();
    views(shown, Effort::Promised).iter().any(|view| {
        blocks.iter().any(|(anchor, bound)| {
            let mut anchors = (0..view.bytes.len()).filter(|at| view.bytes[*at..].starts_with(anchor));
            anchors.any(|at| holds(&view.bytes[at + anchor.len()..], *bound))
        })
    })
}

fn begins_marker(text: &[u8]) -> bool {
    [&b"[redacted:"[..], b"[withheld:"]
        .iter()
        .any(|marker| text.starts_with(marker))
}

/// Whether anything moves the cursor, or begins something that might.
pub(super) fn moves(text: &[u8]) -> bool {
    let mut at = 0;
    while at < text.len() {
        let skipped = hidden(&text[at..]);
        let returns = text[at] == b'\r' && text.get(at + 1) != Some(&b'\n');
        let control = text[at].is_ascii_control() && !matches!(text[at], b'\t' | b'\r' | b'\n');
        if skipped == 0 && (returns || control) {
            return true;
        }
        at += skipped.max(1);
    }
    false
}

/// Holds the output against the text. `whole` says that it came to its end, and wasn't blocked; `marked`, that there
/// were marks, at which a word that might have become a secret's beginning is masked.
pub(super) fn hold(text: &[u8], shown: &[u8], bed: Bed, whole: bool, marked: bool) {
    let demands = demands(text, bed.judge);
    grams(text, shown, bed.judge, &demands);
    if !whole {
        return;
    }
    if !marked && is_plain(text) {
        assert_eq!(
            printed(shown),
            printed(text),
            "text without a suspect comes out as it is"
        );
    }
    if !has_strings(text) {
        // What is taken out may begin with a control that is carried out in the midst of a sequence, and then its
        // marker stands there.
        let shown_sequences = if has_control_inside(text) {
            sequences(&unmarked(shown))
        } else {
            sequences(shown)
        };
        assert_eq!(
            shown_sequences,
            sequences(text),
            "every escape sequence stays: {}",
            both(text, shown)
        );
        if bed.terminal && text.is_ascii() {
            places(text, shown, &demands);
        }
        if bed.terminal && std::str::from_utf8(text).is_ok() && !breaks_off(text) {
            assert_eq!(
                screen::difference(text, shown),
                None,
                "cells stay: {}",
                both(text, shown)
            );
        }
    }
}

/// No four bytes of a secret can be read from the output, unless they may also be read elsewhere in the text.
fn grams(text: &[u8], shown: &[u8], judge: Judge, demands: &BTreeSet<usize>) {
    if demands.is_empty() {
        return;
    }
    let is_secret = |origin: &[usize]| origin.iter().all(|at| demands.contains(at));
    let (mut secret, mut free) = (BTreeSet::new(), BTreeSet::new());
    let rules = rules();
    for view in views(text, Effort::Promised) {
        let found = secrets(&view, &rules, judge);
        let places = (0..=view.bytes.len().saturating_sub(GRAM)).map(|at| at..at + GRAM);
        for gram in places.filter(|gram| gram.clone().all(|at| found.contains(&at) && is_secret(&view.from[at]))) {
            secret.insert(view.bytes[gram].to_vec());
        }
    }
    for view in views(text, Effort::Anything) {
        for (at, gram) in view.bytes.windows(GRAM).enumerate() {
            if !view.from[at..at + GRAM].iter().all(|origin| is_secret(origin)) {
                free.insert(gram.to_vec());
            }
        }
    }
    // Without the secret, what stands on its two sides is read as one, and may happen to look like a part of it.
    let left: Vec<u8> = (0..text.len())
        .filter(|at| !demands.contains(at))
        .map(|at| text[at])
        .collect();
    for view in views(&left, Effort::Anything) {
        free.extend(view.bytes.windows(GRAM).map(<[u8]>::to_vec));
    }
    for view in views(&unmarked(shown), Effort::Anything) {
        for gram in view.bytes.windows(GRAM) {
            let leaks = secret.contains(gram) && !free.contains(gram);
            assert!(!leaks, "{:?} of a secret got out: {}", printed(gram), both(text, shown));
        }
    }
}

/// The output with nothing in its markers, whose words are no secret.
fn unmarked(shown: &[u8]) -> Vec<u8> {
    let said =
        |rule: &Rule| ["redacted", "withheld", "blocked"].map(|word| format!("[{word}:{}]", rule.id).into_bytes());
    let markers: Vec<Vec<u8>> = rules().iter().flat_map(said).collect();
    let mut left = shown;
    let mut all = Vec::new();
    while let Some(byte) = left.first() {
        let marker = markers.iter().find(|marker| left.starts_with(marker));
        all.push(if marker.is_some() { b'*' } else { *byte });
        left = &left[marker.map_or(1, Vec::len)..];
    }
    all
}

/// Byte for byte the same but for masks, and masks over all that is secret.
fn places(text: &[u8], shown: &[u8], demands: &BTreeSet<usize>) {
    assert_eq!(shown.len(), text.len(), "a mask for each cell: {}", both(text, shown));
    for (at, (was, is)) in text.iter().zip(shown).enumerate() {
        let masked = *is == b'*';
        assert!(masked || is == was, "byte {at} is another: {}", both(text, shown));
        assert!(
            !masked || is == was || !was.is_ascii_control(),
            "control byte {at} is masked: {}",
            both(text, shown)
        );
        let leaks = demands.contains(&at) && is == was && was.is_ascii_graphic() && !masked;
        assert!(!leaks, "byte {at} of a secret is shown: {}", both(text, shown));
    }
}

/// Whether there is an escape sequence with a payload, or half of one: how much of it a redaction keeps is its own
/// affair.
fn has_strings(text: &[u8]) -> bool {
    text.windows(2)
        .any(|pair| pair[0] == 0x1B && matches!(pair[1], b']' | b'P' | b'X' | b'^' | b'_'))
}

/// Whether an escape sequence breaks off at what isn't ASCII. Some terminals drop the sequence there, as the guard
/// does, and some go on with it, so that no witness can tell what the cells are.
fn breaks_off(text: &[u8]) -> bool {
    let escapes = (0..text.len()).filter(|at| text[*at] == 0x1B);
    let inside = |byte: &&u8| matches!(**byte, 0x00..=0x1A | 0x1C..=0x3F | b'[' | 0x7F);
    escapes
        .map(|at| text[at + 1..].iter().find(|byte| !inside(byte)))
        .any(|next| next.is_some_and(|byte| !byte.is_ascii()))
}

/// Whether a control stands in the midst of an escape sequence, where a terminal carries it out at once.
fn has_control_inside(text: &[u8]) -> bool {
    let escapes = (0..text.len()).filter(|at| text[*at] == 0x1B);
    let inside = |byte: &&u8| matches!(**byte, 0x20..=0x3F | b'[');
    escapes
        .map(|at| text[at + 1..].iter().find(|byte| !inside(byte)))
        .any(|next| matches!(next, Some(0x00..=0x1A | 0x1C..=0x1F)))
}

/// The escape sequences with a final byte.
fn sequences(text: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    for at in (0..text.len()).filter(|at| text[*at] == 0x1B) {
        let length = match text.get(at + 1) {
            Some(b'[') => {
                let body = text[at + 2..]
                    .iter()
                    .take_while(|byte| matches!(byte, 0x20..=0x3F))
                    .count();
                match text.get(at + 2 + body) {
                    Some(0x40..=0x7E) => body + 3,
                    Some(_) | None => continue,
                }
            }
            Some(0x30..=0x7E) => 2,
            Some(_) | None => continue,
        };
        all.push(printed(&text[at..at + length]));
    }
    all
}

fn printed(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

fn both(text: &[u8], shown: &[u8]) -> String {
    format!("\n  in  \"{}\"\n  out \"{}\"", printed(text), printed(shown))
}

/// How many bytes have a cell, or move the cursor.
pub(super) fn visible(text: &[u8]) -> usize {
    views(text, Effort::Promised)[0].bytes.len()
}
