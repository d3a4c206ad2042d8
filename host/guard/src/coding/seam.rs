//! Where texts in base64 and in hexadecimal digits begin, and where lines of them end: an encoded literal may be cut
//! by the end of one.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use super::Coding;
use super::base64::value;
use super::text::{FRONT, coding};
use crate::classes::{BLOCK, Class, blocks};
use crate::follow::Hit;
use crate::prefilter::{Owner, Prefilter};
use crate::stream::Stream;

/// How long a line must be, in characters, to be one of a longer text.
pub(super) const LINE: usize = 19;
/// How many bytes are looked at before one that tells something: a line's characters and a carriage return, or a
/// text's front and what stands before it.
const BEFORE: usize = FRONT + 1;
/// How many characters on either side are looked at: all but one of the longest form.
const SIDE: usize = 11;
/// The most bytes of white space between two lines.
pub(super) const BETWEEN: usize = 12;

/// A shorter text, as what comes between two edits of a line, is looked at byte by byte: its line ends are few.
const SHORT: usize = 192;

/// How far the line ends of a text have been looked at.
#[derive(Default)]
pub(crate) struct Seams {
    /// The first line end that is not done with lies at or behind this place. It is no farther from the end of what
    /// has come than [`BETWEEN`] and [`SIDE`], and so never forgotten: a text keeps more than a suspect's context.
    next: u64,
    /// Everything before was there when it was looked at last.
    seen: u64,
}

impl Seams {
    /// Nothing before this place is looked at.
    pub(crate) fn begin_at(&mut self, place: u64) {
        self.next = place;
        self.seen = place;
    }

    /// Calls `hit` with texts that begin, and with literals in base64 that a line end cuts. Most texts have no such
    /// lines, and don't ask for the search.
    pub(crate) fn search<'a>(
        &mut self,
        prefilter: impl Fn() -> &'a Prefilter,
        text: &Stream,
        mut hit: impl FnMut(Hit),
    ) {
        let end = text.end();
        let from = self.next.max(text.base());
        let first = from.saturating_sub(BEFORE as u64).max(text.base());
        self.next = end;
        let looked = text.slice(first, end);
        let new = usize::try_from(from - first).expect("it is short");
        if looked.len() < SHORT && !may_tell(looked, new) {
            self.seen = end;
            return;
        }
        let Marks { fronts, line_ends } = Marks::of(looked);
        for front in fronts {
            let at = first + front as u64;
            let upto = at + FRONT as u64;
            // What was cut off before may be a part of it, but at the beginning of all.
            let is_begin = at > first || first == 0;
            if upto <= self.seen || !is_begin {
                continue;
            }
            let told = looked[front..].first_chunk().and_then(coding);
            if let Some((coding, skipped)) = told {
                hit(Hit {
                    whole: true,
                    ..Hit::literal(coding, at + skipped as u64, upto)
                });
            }
        }
        for line_end in line_ends {
            let at = first + line_end as u64;
            if at >= from && self.join(prefilter(), text, at, &mut hit) {
                self.next = at;
                break;
            }
        }
        self.seen = end;
    }

    /// Looks for literals over the line end at `at`. Answers whether there are more to come.
    fn join(&self, prefilter: &Prefilter, text: &Stream, at: u64, hit: &mut impl FnMut(Hit)) -> bool {
        let last = if text.slice(at.saturating_sub(1), at) == b"\r" {
            at - 1
        } else {
            at
        };
        let mut places: Vec<u64> = (last - SIDE as u64..last).collect();
        let behind = text.slice(at + 1, text.end());
        let blank = behind
            .iter()
            .take(BETWEEN)
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let run = behind[blank..]
            .iter()
            .take(SIDE)
            .take_while(|byte| value(**byte).is_some())
            .count();
        let first = at + 1 + blank as u64;
        places.extend(first..first + run as u64);
        let joined: Vec<u8> = places.iter().filter_map(|place| text.get(*place)).collect();
        prefilter.search(&joined, SIDE, |owners, start, end| {
            let (start, end) = (places[start], places[end - 1] + 1);
            let coding = owners.iter().find_map(|owner| match owner {
                Owner::Coding(coding @ Coding::Base64 { .. }) => Some(*coding),
                Owner::Coding(_) | Owner::Rule { .. } => None,
            });
            if let Some(coding) = coding.filter(|_| start < last && end > self.seen) {
                hit(Hit::literal(coding, start, end));
            }
        });
        blank < BETWEEN && run < SIDE && blank + run == behind.len()
    }
}

/// Whether from `from` on a line ends that is one of a text in base64, or a front.
fn may_tell(text: &[u8], from: usize) -> bool {
    let from = from.min(text.len());
    let mut lines = memchr::memchr_iter(b'\n', &text[from..]);
    fronts(text, from).next().is_some() || lines.any(|at| ends_line(&text[..from + at]))
}

/// Where the fronts of other texts begin that end behind `from`: just as many characters of base64.
fn fronts(text: &[u8], from: usize) -> impl Iterator<Item = usize> {
    let is_character = |byte: &u8| value(*byte).is_some();
    let before = text[..from].iter().rev().take(FRONT);
    let mut in_a_row = before.take_while(|byte| is_character(byte)).count();
    let ends = move |at: &usize| {
        in_a_row = if is_character(&text[*at]) { in_a_row + 1 } else { 0 };
        in_a_row == FRONT
    };
    (from..text.len()).filter(ends).map(|at| at + 1 - FRONT)
}

/// Whether a text ends with a line of nothing but characters of base64, that is long enough.
pub(super) fn ends_line(text: &[u8]) -> bool {
    let line = text.strip_suffix(b"\r").unwrap_or(text);
    let mut last = line.iter().rev().take(LINE);
    line.len() >= LINE && last.all(|byte| value(*byte).is_some())
}

/// What is to be looked at in a text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Marks {
    /// Where characters of base64 begin, of which there are enough to tell what they are.
    fronts: Vec<usize>,
    /// Where lines end of nothing else, that are long enough.
    line_ends: Vec<usize>,
}

impl Marks {
    fn of(text: &[u8]) -> Marks {
        static CHARACTERS: LazyLock<Class> = LazyLock::new(|| {
            let characters = (0..=u8::MAX).filter(|byte| value(*byte).is_some());
            Class::new(characters.collect())
        });
        let mut marks = Marks::default();
        if text.len() < SHORT {
            let line_ends = memchr::memchr_iter(b'\n', text);
            marks.line_ends = line_ends.filter(|at| ends_line(&text[..*at])).collect();
            marks.fronts = fronts(text, 0).collect();
            return marks;
        }
        // What the block before ended with: nothing stands before the first.
        let (mut to_line, mut to_front) = ([0; 5], [0; 1]);
        let (mut lines_before, mut fronts_before, mut returned) = (0, 0, 0);
        let _: Option<()> = blocks(
            [&*CHARACTERS],
            *b"\n\r",
            text,
            BLOCK,
            |at, [characters], [feeds, returns]| {
                // Behind each of these stand so many characters before it, itself included.
                let lines = in_a_row(characters, 1, LINE, &mut to_line);
                let fronts = in_a_row(lines, LINE, FRONT, &mut to_front);
                let line = behind(&mut lines_before, lines, 1);
                let mut found = feeds & (line | behind(&mut returned, returns & line, 1));
                // Where there is one more, the front was one before.
                let mut front = fronts & !behind(&mut fronts_before, fronts, 1);
                while found != 0 {
                    marks.line_ends.push(at + found.trailing_zeros() as usize);
                    found &= found - 1;
                }
                while front != 0 {
                    marks.fronts.push(at + front.trailing_zeros() as usize + 1 - FRONT);
                    front &= front - 1;
                }
                ControlFlow::Continue(())
            },
        );
        marks
    }
}

/// Of bits that each tell of so many in a row up to them, those that tell of more. `before` holds what the bits of the
/// block before were at each step, and takes what these are.
#[inline(always)]
fn in_a_row<const STEPS: usize>(mut bits: u64, mut have: usize, wanted: usize, before: &mut [u64; STEPS]) -> u64 {
    for before in before {
        let more = have.min(wanted - have);
        bits &= behind(before, bits, more);
        have += more;
    }
    debug_assert_eq!(have, wanted, "each step doubles what is told of, at most");
    bits
}

/// The bits of so many bytes before, of which the first stand in the block before. Its bits are replaced by these.
#[inline(always)]
fn behind(before: &mut u64, here: u64, bytes: usize) -> u64 {
    here << bytes | std::mem::replace(before, here) >> (BLOCK - bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{FRONT, LINE, Marks};
    use crate::coding::base64::value;

    proptest! {
        #[test]
        fn lines_and_fronts_of_characters_are_found(parts in prop::collection::vec(("[a]{0,40}", "(\n|\r\n|\r| )"), 0..12)) {
            let text: String = parts.iter().map(|(line, end)| format!("{line}{end}")).collect();
            let bytes = text.as_bytes();
            let are_characters = |from: usize, to: usize| bytes[from..to].iter().all(|byte| value(*byte).is_some());
            let is_line = |at: &usize| {
                let end = if bytes[..*at].ends_with(b"\r") { *at - 1 } else { *at };
                bytes[*at] == b'\n' && end >= LINE && are_characters(end - LINE, end)
            };
            let is_front = |at: &usize| {
                let begins = *at == 0 || value(bytes[at - 1]).is_none();
                begins && at + FRONT <= bytes.len() && are_characters(*at, at + FRONT)
            };
            let expected = Marks {
                fronts: (0..bytes.len()).filter(is_front).collect(),
                line_ends: (0..bytes.len()).filter(is_line).collect(),
            };
            prop_assert_eq!(Marks::of(bytes), expected);
        }
    }
}
