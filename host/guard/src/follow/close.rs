//! What ends a block: where one of its closes stands.

use cofferdam_frame::Close;

use crate::rule::Keyword;
use crate::set::ByteSet;
use crate::stream::Stream;

/// Whether one of these closes stands at `at`, where this byte is, and how many bytes had to be looked at to tell.
pub(crate) fn close<'a>(
    closes: impl IntoIterator<Item = &'a Keyword>,
    stream: &Stream,
    at: u64,
    byte: u8,
) -> (Close, u64) {
    let mut answer = Close::No;
    let mut looked = 1;
    let mut here: Option<u64> = None;
    for Keyword { bytes, any_case } in closes {
        let same = |a: u8, b: u8| if *any_case { a.eq_ignore_ascii_case(&b) } else { a == b };
        if !same(bytes[0], byte) {
            continue;
        }
        let length = bytes.len() as u64;
        let seen = stream.slice(at, at + length);
        let alike = seen.iter().zip(bytes).take_while(|(a, b)| same(**a, **b)).count();
        if alike == bytes.len() {
            here = Some(here.map_or(length, |least| least.min(length)));
        } else if alike == seen.len() {
            // What comes next tells, or that nothing does.
            answer = Close::Perhaps;
            looked = looked.max(alike as u64 + 1);
        } else {
            looked = looked.max(alike as u64 + 1);
        }
    }
    here.map_or((answer, looked), |length| (Close::Here, length))
}

/// What closes begin with, in either case where it doesn't count.
pub(crate) fn begins(closes: &[Keyword]) -> ByteSet {
    closes.iter().flat_map(Keyword::first).collect()
}
