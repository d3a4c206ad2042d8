//! What a tool sets around each line that it prints: numbers, times, ids, names of containers, fields of JSON.
//!
//! `grep -n`, `docker compose logs`, syslog and the logs of CI print a key line by line with something before each, and loggers and boxes
//! with something behind it too. Nothing is known of any tool here: what stands around the anchor on its own line is looked for around
//! the lines that follow. Numbers, ids and words of letters differ from line to line, and so do the blanks that pad numbers; all else is
//! the same.

use std::ops::Range;

use super::block::Close;
use crate::stream::Stream;
use crate::view::BOUNDARY;

/// The most bytes before an anchor, or behind it, that are looked for around the lines that follow.
pub(super) const FRAME: u64 = 240;

/// What stands on an anchor's line.
#[derive(Clone, Default)]
pub(super) struct Frame {
    /// From the line's start to the anchor. Empty where the line begins further away.
    before: Vec<u8>,
    /// From the anchor to the line's end, where a body's bytes alone don't make it up.
    pub(super) behind: Vec<u8>,
}

/// A number has fewer bytes, with the blanks that pad it, and a word of letters has no more than that.
const NUMBER: u64 = 64;
const WORD: usize = 16;

/// How far something is alike.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Alike {
    /// It may go on behind the bytes that there are.
    Open,
    /// Up to here, not further; the first byte that told is the one before `seen`.
    Upto { end: u64, seen: u64 },
    /// The block's close stands here, told by what lies before `seen`.
    Close { at: u64, seen: u64 },
}

impl Alike {
    /// Not at all.
    pub(super) const NONE: Alike = Alike::Upto { end: 0, seen: 0 };
}

impl Frame {
    /// What stands before an anchor at `at` on its line; `None` where nothing does.
    pub(super) fn new(stream: &Stream, at: u64) -> Option<Frame> {
        let before = stream.slice(at.saturating_sub(FRAME + 1), at);
        let from = before.iter().rposition(is_boundary);
        let whole = at - before.len() as u64 == 0 && before.len() as u64 <= FRAME;
        let before = match from {
            Some(end) => &before[end + 1..],
            None if whole => before,
            None => &[],
        };
        (!before.is_empty()).then(|| Frame {
            before: before.to_vec(),
            behind: Vec::new(),
        })
    }

    /// How far the line that `line` begins with begins as the anchor's does. `close` tells whether a close stands at a place.
    pub(super) fn before(
        &self,
        stream: &Stream,
        line: Range<u64>,
        ended: bool,
        close: impl Fn(u64, u8) -> (Close, u64),
    ) -> Alike {
        alike(&self.before, stream, line, ended, close).0
    }

    /// Whether the line that breaks off at the front of `line`, with a byte that is no body's, ends as the anchor's does, and how many of
    /// the bytes before that belong to its end.
    pub(super) fn behind(
        &self,
        stream: &Stream,
        line: Range<u64>,
        ended: bool,
        is_body: impl Fn(u8) -> bool,
    ) -> (Alike, u64) {
        let at = line.start;
        let front = self.behind.iter().take_while(|&&byte| is_body(byte)).count();
        let (front, rest) = self.behind.split_at(front);
        // Blanks fill a shorter line up.
        let front = front.trim_ascii_start();
        let length = front.len() as u64;
        if rest.is_empty() || at < length || stream.slice(at - length, at) != front {
            return (Alike::Upto { end: at, seen: at + 1 }, length);
        }
        let alike = match alike(rest, stream, line, ended, |_, _| (Close::No, 1)) {
            (Alike::Upto { seen, .. }, Some(end)) => Alike::Upto { end, seen },
            (Alike::Upto { seen, .. }, _) => Alike::Upto { end: at, seen },
            (other, _) => other,
        };
        (alike, length)
    }
}

/// How far `text` is like `model`, on one line, and where the line ends, if all of `model` makes up the rest of it.
fn alike(
    model: &[u8],
    stream: &Stream,
    text: Range<u64>,
    ended: bool,
    close: impl Fn(u64, u8) -> (Close, u64),
) -> (Alike, Option<u64>) {
    let mut rest = model;
    let (mut at, most) = (text.start, text.end);
    let mut seen = at;
    // Where a number or another word began behind which nothing alike has come yet: a body's first line may look like one.
    let mut field_from = None;
    let mut in_words = false;
    loop {
        // A body's line may begin as what stands before the anchor does: without all of it, but for blanks that fill a line up, it isn't
        // alike at all.
        let upto = |seen| Alike::Upto {
            end: if rest.trim_ascii_start().is_empty() {
                field_from.unwrap_or(at)
            } else {
                text.start
            },
            seen,
        };
        let byte = match stream.get(at) {
            Some(byte) if at < most => byte,
            None if !ended => return (Alike::Open, None),
            Some(_) | None if rest.is_empty() => return (upto(seen), Some(at)),
            Some(_) | None => return (upto(seen), None),
        };
        let (is_close, looked) = close(at, byte);
        seen = seen.max(at + looked);
        match is_close {
            Close::Here => return (Alike::Close { at, seen }, None),
            Close::Perhaps if !ended => return (Alike::Open, None),
            Close::Perhaps | Close::No => {}
        }
        // Where a line is all like what stands before the anchor, a number at its end may be a body.
        if rest.is_empty() && is_boundary(&byte) {
            return (upto(seen), Some(at));
        }
        let Some(&first) = rest.first().filter(|_| !is_boundary(&byte)) else {
            return (upto(seen), None);
        };
        if let Some(length) = field(rest) {
            let Some((length_here, looked)) = field_at(stream, at, ended) else {
                return (Alike::Open, None);
            };
            seen = seen.max(at + looked);
            if length_here == 0 {
                return (upto(seen), None);
            }
            let is_word = word(rest) == Some(length);
            if !is_word || stream.slice(at, at + length_here) != &rest[..length] {
                field_from = field_from.or(Some(at));
                // Nothing before it is alike.
                in_words |= is_word && at == text.start;
            }
            rest = &rest[length..];
            at = (at + length_here).min(most);
        } else if first == byte {
            // A body has the first of these too, and all prose has blanks between words: they tell nothing.
            let tells_nothing = matches!(byte, b'+' | b'/' | b'=') || (in_words && byte == b' ');
            if !tells_nothing {
                field_from = None;
                in_words = false;
            }
            rest = &rest[1..];
            at += 1;
        } else {
            return (upto(seen), None);
        }
    }
}

/// Whether a line ends there, or a text: nothing goes on over that.
pub(super) fn is_boundary(byte: &u8) -> bool {
    BOUNDARY.contains(byte)
}

/// The length of a number, a time or an id at the front, with the blanks that pad it: letters and digits, points and hyphens, a digit
/// among them.
fn number(text: &[u8]) -> Option<usize> {
    let blanks = text.iter().take_while(|&&byte| byte == b' ').count();
    let run = text[blanks..].iter().take_while(|byte| is_of_number(byte)).count();
    let has_digit = text[blanks..blanks + run].iter().any(u8::is_ascii_digit);
    (has_digit && ((blanks + run) as u64) < NUMBER).then_some(blanks + run)
}

fn is_of_number(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
}

/// The length of a word of letters at the front: a name of a day, a level, `true` or `null`.
fn word(text: &[u8]) -> Option<usize> {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let goes_on = text.get(letters).is_some_and(u8::is_ascii_alphanumeric);
    ((1..=WORD).contains(&letters) && !goes_on).then_some(letters)
}

/// The length of what may differ from line to line at the front.
fn field(text: &[u8]) -> Option<usize> {
    // What follows a word directly may be a part of it.
    number(text).or_else(|| word(text).filter(|length| *length < text.len()))
}

/// The length of what may stand there instead at `at`, behind blanks that pad it, and how many bytes tell; 0 where there is nothing of the
/// kind. `None` where that can't be told yet.
fn field_at(stream: &Stream, at: u64, ended: bool) -> Option<(u64, u64)> {
    let text = stream.slice(at, at + NUMBER);
    let blanks = text.iter().take_while(|&&byte| byte == b' ').count();
    let run = text[blanks..].iter().position(|byte| !is_of_number(byte));
    if run.is_none() && !ended && (text.len() as u64) < NUMBER {
        return None;
    }
    let looked = run.map_or(text.len(), |run| blanks + run + 1);
    let field = number(text).or_else(|| word(&text[blanks..]).map(|letters| blanks + letters));
    Some((field.map_or(0, |length| length as u64), looked as u64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Alike, Frame};
    use crate::follow::block::Close;
    use crate::stream::Stream;

    fn before(frame: &Frame, line: &[u8], ended: bool) -> Alike {
        let mut stream = Stream::default();
        stream.push(line);
        frame.before(&stream, 0..1000, ended, |_, _| (Close::No, 1))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// What is told is told by the bytes before `seen`, by neither fewer nor more: the order of decisions hangs on it.
        #[test]
        fn invariant_2_a_frame_is_told_by_the_bytes_it_has_seen(
            model in "([ab]{1,18}|[a1.]{1,3}|[ :=/\"+]){1,8}", same in 0_usize..20, rest in "([ab]{1,18}|[a1.-]{1,70}|[ :=/\"+\n]){0,8}",
        ) {
            let frame = Frame { before: model.clone().into_bytes(), behind: Vec::new() };
            let line = [&model[..same.min(model.len())], &rest, "\nab\n"].concat();
            let told = before(&frame, line.as_bytes(), false);
            let Alike::Upto { seen, .. } = told else { return Ok(()) };
            for length in 0..line.len() {
                let here = before(&frame, &line.as_bytes()[..length], false);
                let wanted = if length as u64 >= seen { &told } else { &Alike::Open };
                prop_assert_eq!(&here, wanted, "{:?} at {} of {:?}", model, length, line);
            }
        }
    }
}
