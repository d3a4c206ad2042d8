//! What a cursor's motion over a screen, or over a line, is to the plain text: the next row, blanks, or another place.

use super::credit::Credit;
use crate::view::{BOUNDARY, View};

/// How many blanks may be gone over and read: no more may stand before each line of a key.
const BLANKS: usize = 240;
/// So many carriage returns may stand behind a line's end.
const RETURNS: u64 = 8;

/// The cursor goes over so many blanks behind all that is written, or elsewhere. What is gone over is read as it is
/// seen: programs indent so, and a key goes on in the next line.
pub(super) fn skip(plain: &mut View, blanks: usize, credit: &mut Credit, at: u64) {
    if (1..=BLANKS).contains(&blanks) && credit.spend(blanks, at) {
        (0..blanks).for_each(|_| plain.mark(b' ', at));
    } else {
        plain.boundary(at);
    }
}

/// Whether what is written next begins a line.
pub(super) fn ends_line(plain: &View) -> bool {
    let end = plain.text.end();
    let before = plain.text.slice(end.saturating_sub(RETURNS), end);
    let last = before.iter().rev().find(|byte| **byte != b'\r');
    last == Some(&b'\n')
}

/// Whether nothing stands before what is written next that it could be read with.
pub(super) fn begins_text(plain: &View) -> bool {
    let end = plain.text.end();
    ends_line(plain) || plain.text.slice(end.saturating_sub(1), end) == [BOUNDARY[1]]
}

/// Whether a cursor went from one row into the next: what is written there goes on as behind a line feed, since
/// programs that draw row by row do so, and a key goes on over rows.
pub(super) fn is_next_row((from, _): (u64, u16), (to, _): (u64, u16)) -> bool {
    to == from + 1
}
