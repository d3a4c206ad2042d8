//! Lines of a text in base64: an encoded literal may be cut by the end of one.

use super::base64::value;
use crate::prefilter::{Owner, Prefilter};
use crate::stream::Stream;

/// How long a line must be, in characters, to be one of a longer text.
const LINE: u64 = 19;
/// How many characters on either side are looked at: all but one of the longest form.
const SIDE: usize = 11;
/// The most bytes of white space between two lines.
const BETWEEN: usize = 12;

/// How far the line ends of a text have been looked at.
#[derive(Default)]
pub(crate) struct Seams {
    /// The first line end that is not done with lies at or behind this place.
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

    /// Calls `hit` with the owners of literals that a line end cuts, and where they begin and end.
    pub(crate) fn search(&mut self, prefilter: &Prefilter, text: &Stream, mut hit: impl FnMut(&[Owner], u64, u64)) {
        let end = text.end();
        loop {
            let from = self.next.max(text.base());
            let Some(ahead) = memchr::memchr(b'\n', text.slice(from, end)) else {
                self.next = end;
                break;
            };
            let at = from + ahead as u64;
            let open = is_line(text, at) && self.join(prefilter, text, at, &mut hit);
            if open {
                self.next = at;
                break;
            }
            self.next = at + 1;
        }
        self.seen = end;
    }

    /// Looks for literals over the line end at `at`. Answers whether there are more to come.
    fn join(&self, prefilter: &Prefilter, text: &Stream, at: u64, hit: &mut impl FnMut(&[Owner], u64, u64)) -> bool {
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
            if start < last && end > self.seen {
                hit(owners, start, end);
            }
        });
        blank < BETWEEN && run < SIDE && blank + run == behind.len()
    }
}

/// Whether a line of nothing but characters of base64, that is long enough, ends here.
fn is_line(text: &Stream, at: u64) -> bool {
    let at = if at > 0 && text.get(at - 1) == Some(b'\r') {
        at - 1
    } else {
        at
    };
    if at < text.base() + LINE {
        return false;
    }
    let is = |back: u64| text.get(at - back).is_some_and(|byte| value(byte).is_some());
    // Few lines get beyond the first of these.
    is(1) && is(7) && is(13) && is(LINE) && (1..=LINE).all(is)
}
