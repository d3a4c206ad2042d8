//! What a tool sets around each line of a block.
//!
//! `grep -n`, `docker compose logs`, syslog and the logs of CI print a key line by line with something before each,
//! and loggers and boxes with something behind it too. Nothing is known of any tool here: what stands around the
//! anchor on its own line is looked for around the lines that follow. Numbers, ids and words of letters differ from
//! line to line, and so do the blanks that pad numbers; all else is the same.

use std::ops::Range;

use cofferdam_frame::{Alike, Close, Text};

use super::block::BROKEN_LINE;
use super::lines::is_word;
use crate::set::ByteSet;
use crate::stream::Stream;
use crate::view::BOUNDARY;

/// The most bytes before an anchor, or behind it, that are looked for around the lines that follow.
pub(crate) const FRAME: u64 = 240;

/// What stands on an anchor's line.
#[derive(Clone, Default)]
pub(super) struct Frame {
    /// From the line's start to the anchor. Empty where the line begins further away.
    before: Vec<u8>,
    /// From the anchor to the line's end, where a body's bytes alone don't make it up.
    pub(super) behind: Vec<u8>,
}

impl Frame {
    /// What stands before `anchor` on its line; `None` where nothing does, or where it is a line of the body behind
    /// another such anchor.
    pub(super) fn new(stream: &Stream, anchor: Range<u64>, body: &ByteSet) -> Option<Frame> {
        let at = anchor.start;
        let text = stream.slice(at.saturating_sub(FRAME + 1), at);
        let from = memchr::memrchr2(BOUNDARY[0], BOUNDARY[1], text);
        let whole = at - text.len() as u64 == 0 && text.len() as u64 <= FRAME;
        let (above, before) = match from {
            Some(end) => (&text[..end], &text[end + 1..]),
            None if whole => (&[][..], text),
            None => return None,
        };
        let goes_on = |byte: &&u8| body.has(**byte) || is_word(**byte);
        let is_line = |line: &[u8]| line.iter().take_while(goes_on).count() as u64 >= BROKEN_LINE;
        let others = || {
            let anchor = stream.slice(anchor.start, anchor.end);
            let mut lines = above
                .rsplit(is_boundary)
                .map(|line| (line.ends_with(anchor), is_line(line)));
            lines
                .find(|(is_header, is_line)| *is_header || !is_line)
                .is_some_and(|(is_header, _)| is_header)
        };
        let is_none = before.is_empty() || (is_line(before) && others());
        (!is_none).then(|| Frame {
            before: before.to_vec(),
            behind: Vec::new(),
        })
    }

    /// How far the line that `line` begins with begins as the anchor's does. `close` tells whether a close stands at
    /// a place.
    pub(super) fn before(
        &self,
        stream: &Stream,
        line: Range<u64>,
        ended: bool,
        close: impl Fn(u64, u8) -> (Close, u64),
    ) -> Alike {
        let from = line.start;
        let told = alike(&self.before, stream, line, ended, close).0;
        // A line of nothing but asterisks is one of the body, which was taken out: no tool sets it before a line.
        let is_masked = |end: u64| {
            let is_star = |byte: &u8| *byte == b'*';
            end > from
                && stream.slice(from, end).iter().all(is_star)
                && stream.get(end).is_none_or(|byte| is_boundary(&byte))
        };
        match told {
            Alike::Upto { end, seen } if is_masked(end) => Alike::Upto { end: from, seen },
            Alike::Upto { .. } | Alike::Open | Alike::Close { .. } => told,
        }
    }

    /// Whether the line that breaks off at the front of `line`, with a byte that is no body's, ends as the anchor's
    /// does, and how many of the bytes before that belong to its end.
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
            let none = Alike::Upto { end: at, seen: at + 1 };
            return (none, length);
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
    cofferdam_frame::alike(model, stream, text, ended, |byte| is_boundary(&byte), close)
}

impl Text for Stream {
    fn get(&self, at: u64) -> Option<u8> {
        self.get(at)
    }

    fn slice(&self, from: u64, to: u64) -> &[u8] {
        self.slice(from, to)
    }
}

/// Whether a line ends there, or a text: nothing goes on over that.
pub(super) fn is_boundary(byte: &u8) -> bool {
    BOUNDARY.contains(byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Alike, Close, Frame};
    use crate::set::ByteSet;
    use crate::stream::Stream;

    /// What is set before the last `K--` of a text.
    fn set_before(text: &str) -> Option<String> {
        let mut stream = Stream::default();
        stream.push(text.as_bytes());
        let end = text.len() as u64;
        let frame = Frame::new(&stream, end - 3..end, &ByteSet::of(b"abcd"))?;
        Some(String::from_utf8(frame.before).expect("it is text"))
    }

    /// Such a line is masked for the anchor before it. Taken for what a tool sets before each line, it would be shown
    /// where it stands again.
    #[test]
    fn a_line_of_another_block_is_set_before_none() {
        let line = "abcdabcd12345678";
        assert_eq!(set_before(&format!("1: K--\n{line} K--")), None);
        assert_eq!(set_before(&format!("1: K--\n{line}\n{line}\n{line} K--")), None);
        assert_eq!(set_before(&format!("{line}: K--\n{line} K--")), None);
        for (above, before) in [
            ("1: K--\n", "abcd1234 "),
            ("a\n", "abcdabcd12345678 "),
            ("", "abcdabcd12345678 "),
        ] {
            assert_eq!(set_before(&format!("{above}{before}K--")).as_deref(), Some(before));
        }
    }

    fn before(frame: &Frame, line: &[u8], ended: bool) -> Alike {
        let mut stream = Stream::default();
        stream.push(line);
        frame.before(&stream, 0..1000, ended, |_, _| (Close::No, 1))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// What is told is told by the bytes before `seen`, by neither fewer nor more: the order of decisions hangs
        /// on it.
        #[test]
        fn invariant_2_a_frame_is_told_by_the_bytes_it_has_seen(
            model in "([ab]{1,18}|[a1.]{1,3}|[ :=/\"+]|[*]{1,5}|\\[redacted:a\\]){1,8}", same in 0_usize..20, rest in "([ab]{1,18}|[a1.-]{1,70}|[ :=/\"+\n]|[*]{1,5}|\\[(redacted:b\\])?){0,8}",
        ) {
            let frame = Frame { before: model.clone().into_bytes(), behind: Vec::new() };
            let line = [&model[..same.min(model.len())], &rest, "\nab\n"].concat();
            let told = before(&frame, line.as_bytes(), false);
            let Alike::Upto { seen, .. } = told else { return Ok(()) };
            for length in 0..line.len() {
                let here = before(&frame, &line.as_bytes()[..length], false);
                let wanted = if length as u64 >= seen { &told } else { &Alike::Open };
                prop_assert_eq!(&here, wanted, "{:?} at {} of {:?}", model, length, line);
                // Where the bytes don't tell, the end does, which comes behind them all.
                if here == Alike::Open
                    && let Alike::Upto { seen, .. } = before(&frame, &line.as_bytes()[..length], true)
                {
                    prop_assert_eq!(seen, length as u64 + 1, "{:?} where {:?} ends at {}", model, line, length);
                }
            }
        }
    }
}
