//! The laws, each over a list of operations.

use super::drive::{Driver, Outcome};
use super::proof;
use super::screen;
use super::script::{Bed, Mark, Op, Piece, Script, Secret};
use super::table::Judge;

/// The most view bytes that a rule of the table holds: a block's bound, and what stands before it.
const HELD: usize = 40 + 64;
/// How many raw bytes may stand for one view byte, with two encodings in each other.
const SWOLLEN: usize = 36;

/// Whatever the cutting and the manner of answering, output and decisions are the same.
pub(super) fn chunking(script: &Script, cuts: &[u8]) {
    let mut manner = Driver::new(script.bed);
    let mut plain = Driver::new(script.bed);
    let mut bytes = Vec::new();
    let mut sizes = cuts.iter().cycle();
    for op in script.ops.iter().chain([&Op::End]) {
        match op {
            Op::Push(pieces) => bytes.extend(pieces.iter().flat_map(Piece::bytes)),
            Op::Mark(_) | Op::End => {
                plain.push(&bytes);
                let mut left = &bytes[..];
                while !left.is_empty() {
                    let size = sizes.next().map_or(1, |size| usize::from(*size).max(1)).min(left.len());
                    let (now, later) = left.split_at(size);
                    manner.push(now);
                    left = later;
                }
                bytes.clear();
                if matches!(op, Op::End) {
                    break;
                }
                plain.step(op);
                manner.step(op);
            }
            // A trap on one question among many is seen, of course; here the guest fails on what it is asked about.
            Op::GuestTraps => {}
            Op::AnswerLate(_) | Op::ShuffledAnswers | Op::OneSuspectACall => manner.step(op),
        }
    }
    same(&plain.end(), &manner.end(), &script.text());
}

fn same(plain: &Outcome, manner: &Outcome, text: &[u8]) {
    let told = |outcome: &Outcome| outcome.shown.escape_ascii().to_string();
    assert_eq!(
        told(plain),
        told(manner),
        "the output hangs on the cutting: {}",
        text.escape_ascii()
    );
    assert_eq!(
        plain,
        manner,
        "the decisions hang on the cutting: {}",
        text.escape_ascii()
    );
}

/// No secret gets out, nothing else is lost, and escapes and cells stay.
pub(super) fn promise(script: &Script) {
    let outcome = Driver::new(script.bed).run(&script.ops);
    let marked = script.ops.iter().any(|op| matches!(op, Op::Mark(_)));
    proof::hold(&script.text(), &outcome.shown, script.bed, !outcome.blocked, marked);
}

/// Bytes without a suspect aren't held, and no suspect holds more than its bound, however long the stream.
pub(super) fn hold(script: &Script, repeat: u8) {
    let mut driver = Driver::new(script.bed);
    let mut text = Vec::new();
    for _ in 0..=repeat % 8 {
        for op in &script.ops {
            match op {
                Op::Push(_) | Op::Mark(_) | Op::GuestTraps => driver.step(op),
                Op::AnswerLate(_) | Op::ShuffledAnswers | Op::OneSuspectACall | Op::End => {}
            }
            let Op::Push(pieces) = op else { continue };
            text.extend(pieces.iter().flat_map(Piece::bytes));
            let held = usize::try_from(driver.guard.held()).expect("small");
            // A blank that begins a row of a terminal is read with what follows: programs go back over it, to have a
            // full row wrap.
            let begins_row =
                script.bed.terminal && text.last() == Some(&b' ') && screen::ends_full(&text[..text.len() - 1]);
            let ends = matches!(text.last(), Some(b' ' | b'\n' | b'.')) && !begins_row && proof::is_plain(&text);
            assert!(held == 0 || !ends, "{held} held of {}", text.escape_ascii());
            let hidden = text.len() - proof::visible(&text);
            assert!(
                held <= HELD * SWOLLEN + hidden,
                "{held} held of {}",
                text.escape_ascii()
            );
        }
    }
}

/// Guarding guarded output changes nothing. What stands beside a secret is another the second time: a detector that
/// goes by that would judge otherwise, so this one takes every window, and no rule asks what stands before its
/// literal. Where the cursor moves, a marker that is wider than what it stands for lets it come to rest on other
/// cells. On a terminal there, what was shown before it was seen as a part of a secret ends where another finding
/// masks what follows on it: it is shorter the second time, and a policy that goes by lengths would decide otherwise,
/// so this one doesn't. A block's bound counts from its anchor: where a marker stands before it, which is longer or
/// shorter than what it stands for, the bound comes earlier or later the second time. Such a text must keep the law
/// where blocks have no bound that it comes to. Where something masked stands on an anchor's line, the line below is
/// held until it is told whether a body goes on there. If that is written over, what is seen only then may be masked
/// as far as it is held: such a text must keep the law without blocks.
pub(super) fn again(script: &Script) {
    let bed = Bed {
        judge: Judge::All,
        blocks: false,
        ..script.bed
    };
    let moves = proof::moves(&script.text());
    let twice = |driver: fn(Bed) -> Driver| {
        let driver = || driver(bed).whatever_length(moves && bed.terminal);
        let first = driver().run(&script.ops).shown;
        let mut driver = driver();
        driver.push(&first);
        (first, driver.end().shown)
    };
    let (mut first, mut second) = twice(Driver::without_words);
    if !script.bed.terminal && moves {
        return;
    }
    if first != second && proof::has_marker_before_bound(&first) {
        (first, second) = twice(Driver::without_bounds);
    }
    if first != second && moves && proof::has_masked_anchor(&first) {
        (first, second) = twice(Driver::without_blocks);
    }
    let told = |shown: &[u8]| shown.escape_ascii().to_string();
    let text = told(&script.text());
    assert!(
        first == second,
        "guarding again changes it:\n  in    \"{text}\"\n  once  \"{}\"\n  twice \"{}\"",
        told(&first),
        told(&second)
    );
}

/// A secret in any encodings, with anything invisible between its bytes, isn't in the output, and the cutting isn't
/// seen.
pub(super) fn projection(bed: Bed, secret: &Secret, around: (u8, u8), cuts: &[u8], marks: &[Mark]) {
    let line = |at: u8| [Piece::Text(at).bytes(), b"\n".to_vec()].concat();
    let text = [line(around.0), secret.bytes(), b"\n".to_vec(), line(around.1)].concat();
    let (bed, marked) = (Bed { blocks: false, ..bed }, !marks.is_empty());
    assert!(
        !proof::demands(&text, bed.judge).is_empty(),
        "the reference is blind: {}",
        text.escape_ascii()
    );
    let mut driver = Driver::new(bed);
    let mut by_bytes = Driver::new(bed);
    let mut left = &text[..];
    let mut marks = marks.iter();
    for size in cuts {
        let (now, later) = left.split_at(usize::from(*size).min(left.len()));
        driver.push(now);
        now.iter().for_each(|byte| by_bytes.push(&[*byte]));
        if let Some(mark) = marks.next() {
            driver.mark(mark.kind());
            by_bytes.mark(mark.kind());
        }
        left = later;
    }
    driver.push(left);
    left.iter().for_each(|byte| by_bytes.push(&[*byte]));
    let outcome = driver.end();
    same(&outcome, &by_bytes.end(), &text);
    proof::hold(&text, &outcome.shown, bed, true, marked);
}
