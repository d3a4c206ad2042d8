//! Which bytes of a view are secret: each rule by itself, each place by itself, with no memory of any other.
//!
//! Where the declaration leaves room (what a gap may hold, how a block's first line looks), only the plain case
//! counts: the guard may take out more than is asked for here, and never less.

use std::collections::BTreeSet;

use super::guard::{Anchor, BlockRule, ByteSet, Extent, Keyword, Rule, Severity, SpanRule};
use super::table::{Judge, KNOWN, PARTS};
use super::view::{Coding, View};

/// The places of this view that must not be shown.
pub(super) fn secrets(view: &View, rules: &[Rule], judge: Judge) -> BTreeSet<usize> {
    let text = &view.bytes;
    let mut found = BTreeSet::new();
    for rule in rules.iter().filter(|rule| rule.severity <= Severity::P1) {
        for anchor in &rule.anchors {
            match (&rule.extent, anchor) {
                (Extent::Known(_), _) => known(view, &mut found),
                (Extent::Block(block), Anchor::Literal(keyword)) => {
                    let known = |at: &usize| may_be_twice(view, rule) && is_known(view, *at, keyword, false);
                    let hits = hits(text, keyword).filter(known);
                    hits.for_each(|at| lines(text, (at, at + keyword.bytes.len()), block, judge, &mut found));
                }
                (Extent::Span(span), Anchor::Literal(keyword)) => {
                    // A lead isn't read in any encoding, and no gap in escapes: the threat model says so.
                    let gap = view.escaped && span.gap > 0;
                    let read = !gap && (span.lead.is_none() || !view.is_coded()) && may_be_twice(view, rule);
                    let known = |at: &usize| {
                        read && is_known(view, *at, keyword, rule.name.is_some())
                            && (!rule.word || begins_word(text, *at))
                            && (rule.name.is_none() || is_named(text, *at, *at + keyword.bytes.len()))
                    };
                    for at in hits(text, keyword).filter(known) {
                        stretch(
                            text,
                            at,
                            at + keyword.bytes.len(),
                            rule.may_show,
                            span,
                            judge,
                            &mut found,
                        );
                    }
                }
                (Extent::Span(_), Anchor::Run { .. }) if view.is_coded() => {}
                (Extent::Span(span), Anchor::Run { at_least, .. }) => {
                    fills(text, usize::from(*at_least), rule.may_show, span, judge, &mut found);
                }
                (Extent::Block(_), Anchor::Run { .. }) => unreachable!("a block has literals"),
            }
        }
    }
    found
}

/// Base64 in base64 is looked for where the secret is worth most.
fn may_be_twice(view: &View, rule: &Rule) -> bool {
    view.coding != Coding::Twice || rule.severity == Severity::P0
}

/// Whether any rule's anchor stands in the text.
pub(super) fn has_anchor(text: &[u8], rules: &[Rule]) -> bool {
    rules.iter().flat_map(|rule| &rule.anchors).any(|anchor| match anchor {
        Anchor::Literal(keyword) => hits(text, keyword).next().is_some(),
        Anchor::Run { set, at_least } => {
            let mut windows = text.windows(usize::from(*at_least));
            windows.any(|window| window.iter().all(|byte| set.has(*byte)))
        }
    })
}

/// Whether a word of a name stands here, whatever may be said of escapes before it: one that moves nothing parts no
/// word on a screen.
fn is_named(text: &[u8], at: usize, end: usize) -> bool {
    let capital = |at: usize| text[at].is_ascii_uppercase();
    let before = (0..at).rev().find(|at| text[*at] != 0x1B);
    let begins = before.is_none_or(|before| !text[before].is_ascii_alphabetic() || (capital(at) && !capital(before)));
    let Some(next) = text.get(end) else { return false };
    let goes_on = text[end..].to_ascii_lowercase();
    let ends = !next.is_ascii_alphabetic() || (capital(end) && !capital(end - 1));
    begins && (ends || PARTS.iter().any(|part| goes_on.starts_with(part.as_bytes())))
}

fn hits<'a>(text: &'a [u8], keyword: &'a Keyword) -> impl Iterator<Item = usize> + 'a {
    let windows = text.windows(keyword.bytes.len()).enumerate();
    let fits = |window: &[u8]| {
        if keyword.any_case {
            window.eq_ignore_ascii_case(&keyword.bytes)
        } else {
            window == keyword.bytes
        }
    };
    windows.filter(move |(_, window)| fits(window)).map(|(at, _)| at)
}

/// Whether the encoding of this view, if it has one, is known by a literal that stands here: one that is long enough,
/// in one of the three usual spellings, and not escaped in there.
fn is_known(view: &View, at: usize, keyword: &Keyword, is_name: bool) -> bool {
    let end = at + keyword.bytes.len();
    let Some(place) = view.place[at] else {
        return view.coding == Coding::None;
    };
    let by_itself = view.place[at..end]
        .iter()
        .enumerate()
        .all(|(index, other)| *other == Some(place + index));
    let written = &view.bytes[at..end];
    let capital = written[..1].to_ascii_uppercase() == written[..1] && is_lower(&written[1..]);
    let spelled = is_lower(written) || (capital && !is_name) || written.to_ascii_uppercase() == written;
    let long = match view.coding {
        Coding::None => true,
        Coding::Base64 => written.len() > 3 || (written.len() == 3 && place % 3 == 0),
        Coding::Hex => written.len() >= 3,
        Coding::Twice => written.len() > 3,
    };
    long && by_itself && (spelled || !keyword.any_case)
}

fn is_lower(text: &[u8]) -> bool {
    text.to_ascii_lowercase() == text
}

/// Surely not inside a word: what stands before is white space, a dot, or nothing.
fn begins_word(text: &[u8], at: usize) -> bool {
    at == 0 || text[at - 1].is_ascii_whitespace() || text[at - 1] == b'.'
}

fn run(text: &[u8], at: usize, set: &ByteSet) -> usize {
    text[at..].iter().take_while(|byte| set.has(**byte)).count()
}

/// Whether a window that ends here ends for every reader: behind a character that may be half of an encoding or of an
/// escape sequence, another reading may go on, and a picky detector may judge the longer window otherwise.
fn ends_plainly(text: &[u8], at: usize, judge: Judge) -> bool {
    let plain = |byte: &u8| matches!(byte, b' ' | b'\n' | b'.' | b',' | b';' | b'*');
    judge == Judge::All || text.get(at).is_none_or(plain)
}

/// Whether the judge would take the window, cut short anywhere, for a secret, or fail on it.
fn confirms(judge: Judge, window: &[u8]) -> bool {
    judge == Judge::All || !window.contains(&b'x')
}

/// The part of a window that the judge holds for secret.
fn kept(judge: Judge, text: &[u8], start: usize, end: usize) -> std::ops::Range<usize> {
    let leading = usize::from(judge == Judge::Picky && text[start] == b'0');
    start + leading..end
}

fn stretch(
    text: &[u8],
    at: usize,
    behind: usize,
    may_show: u16,
    span: &SpanRule,
    judge: Judge,
    found: &mut BTreeSet<usize>,
) {
    let mut start = behind;
    if let Some(opener) = span.opener {
        let opens = |byte: &u8| opener.bytes.has(*byte);
        start += text[start..]
            .iter()
            .take_while(|byte| opener.before.has(**byte) && !opens(byte))
            .count();
        if !text.get(start).is_some_and(opens) {
            return;
        }
        start += 1;
        let leads_in = |byte: &&u8| opener.after.has(**byte) && !span.body.has(**byte);
        loop {
            start += text[start..].iter().take_while(leads_in).count();
            let run = run(text, start, &span.body);
            let follows = text.get(start + run).is_some_and(|byte| opener.after.has(*byte));
            if run == 0 || run >= usize::from(span.at_least) || !follows {
                break;
            }
            start += run;
        }
    } else if span.gap > 0 {
        start += run(text, start, &ByteSet::of(b" "));
    }
    if start - behind > usize::from(span.gap) {
        return;
    }
    let end = start + run(text, start, &span.body);
    let head = span.head.len() <= end - start && span.head.iter().zip(&text[start..]).all(|(set, byte)| set.has(*byte));
    if end - start < usize::from(span.at_least) || !head || !ends_plainly(text, end, judge) {
        return;
    }
    if let Some(lead) = span.lead {
        let most = usize::from(lead.longest);
        let length = text[..at].iter().rev().take_while(|byte| lead.set.has(**byte)).count();
        // The judge sees the window, which holds the lead, the literal and the body.
        if length >= usize::from(lead.at_least) && confirms(judge, &text[at - length..end]) {
            let first = at - length.min(most);
            let skipped = usize::from(may_show).max(kept(judge, text, first, at).start - first);
            found.extend(first + skipped..at);
            found.extend(start..end.min(start + 1));
        }
    } else if confirms(judge, &text[start..end]) {
        // What is longer than the longest window is taken out for as long as it goes on.
        found.extend(kept(judge, text, start, end));
    }
}

/// Runs of body bytes with single fillers between them.
fn fills(text: &[u8], at_least: usize, may_show: u16, span: &SpanRule, judge: Judge, found: &mut BTreeSet<usize>) {
    let mut at = 0;
    while at < text.len() {
        let first = at;
        let mut end = at;
        let mut bodies = 0;
        loop {
            let length = run(text, at, &span.body);
            at += length;
            bodies += length;
            if length == 0 {
                break;
            }
            end = at;
            at += usize::from(text.get(at).is_some_and(|byte| span.filler.has(*byte)));
        }
        // A stretch that doesn't begin with a run long enough, or is longer than a window, is left to the detector's
        // taste.
        let fits = run(text, first, &span.body) >= at_least && end - first <= span.longest as usize;
        if fits && bodies >= usize::from(span.at_least) && ends_plainly(text, end, judge) {
            let window = kept(judge, text, first, end);
            found.extend(window.start.max(first + usize::from(may_show))..window.end);
        }
        at = at.max(first + 1);
    }
}

/// The whole body lines behind a header that ends its own line, up to the first other line or the bound. What stands
/// before the header may be what a tool sets before each line, and a line may look like it: with its blanks, or with
/// an escape. A picky judge is shown both.
fn lines(text: &[u8], (at, behind): (usize, usize), block: &BlockRule, judge: Judge, found: &mut BTreeSet<usize>) {
    let front = text[..at].rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let has_word = front.iter().any(u8::is_ascii_alphanumeric);
    if (has_word && judge == Judge::Picky) || front.iter().any(|byte| b"\\%&".contains(byte)) {
        return;
    }
    let is_alike = |line: &[u8]| !front.is_empty() && (line.contains(&b' ') || line.starts_with(front));
    let mut at = behind;
    let mut body = BTreeSet::new();
    let Some(b'\n') = text.get(at) else { return };
    at += 1;
    while at < text.len() {
        let length = run(text, at, &block.body);
        let whole = text.get(at + length) == Some(&b'\n');
        if length == 0 || !whole || is_alike(&text[at..at + length]) || at + length - behind > block.bound as usize {
            break;
        }
        body.extend(at..at + length);
        at += length + 1;
    }
    // Blanks are no evidence of a body.
    let counted = body.iter().filter(|at| !text[**at].is_ascii_whitespace()).count();
    if counted >= usize::from(block.at_least) {
        found.extend(body);
    }
}

/// The known value, with any white space for each blank of it. Its first four bytes are its anchor.
fn known(view: &View, found: &mut BTreeSet<usize>) {
    let text = &view.bytes;
    let anchor = Keyword {
        bytes: KNOWN.as_bytes()[..4].to_vec(),
        any_case: false,
    };
    for first in 0..text.len() {
        let mut at = first;
        let matches = KNOWN.bytes().all(|byte| {
            let white = text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let length = if byte == b' ' {
                white
            } else {
                usize::from(text.get(at) == Some(&byte))
            };
            at += length;
            length > 0
        });
        if matches && is_known(view, first, &anchor, false) {
            found.extend((first + 4..at).filter(|at| !text[*at].is_ascii_whitespace()));
        }
    }
}
