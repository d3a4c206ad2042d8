//! Whether what stood behind an anchor was taken out already: guarding again takes out no more of what follows.

use super::armour::STARS;
use crate::marker;
use crate::rule::{BlockRule, Rule};
use crate::stream::Stream;

/// The next line is one of a body's if it has so many bytes of it in a row, whatever a tool sets around them.
const BODY: usize = 32;
/// So far behind its anchor's a line is looked for, and looked at.
const FAR: u64 = 512;

/// Whether this rule's marker stands at `at` or, directly behind an `anchor` of its own, as many asterisks as stand for
/// what was taken out, and no line of a body below; and the last byte that was looked at. `None` where more has to come.
pub(super) fn masked(
    (rule, block): (&Rule, &BlockRule),
    stream: &Stream,
    at: u64,
    anchor: &[u8],
    ended: bool,
) -> (Option<bool>, u64) {
    let marked = || {
        let longest = marker::BEFORE + 1;
        marker::stands(stream.slice(at, at + longest), &rule.id)
    };
    let stars = || {
        let is_behind = stream.slice(at.saturating_sub(anchor.len() as u64), at) == anchor;
        let text = if is_behind {
            stream.slice(at, at + STARS as u64)
        } else {
            &[]
        };
        let length = text.iter().take_while(|byte| **byte == b'*').count();
        let perhaps = is_behind && length == text.len() && length < STARS;
        ((!perhaps).then_some(length == STARS), length)
    };
    let (told, looked) = match stream.get(at) {
        Some(b'[') => marked(),
        Some(b'*') => stars(),
        Some(_) | None => (Some(false), 0),
    };
    if told != Some(true) {
        return (told.or(ended.then_some(false)), at + looked as u64);
    }
    let (told, last) = is_followed(block, stream, at, ended);
    (told.map(|is_followed| !is_followed), last)
}

/// Whether the line below the one in which `at` stands may be one of a body, and the last byte that tells so.
fn is_followed(block: &BlockRule, stream: &Stream, at: u64, ended: bool) -> (Option<bool>, u64) {
    let text = stream.slice(at, at + FAR);
    let (mut line_ends, mut row) = (0, 0);
    for (index, byte) in text.iter().enumerate() {
        let place = at + index as u64;
        match byte {
            b'\n' if line_ends == 1 => return (Some(false), place),
            b'\n' => (line_ends, row) = (1, 0),
            _ if line_ends == 1 && block.body.has(*byte) => row += 1,
            _ => row = 0,
        }
        if row == BODY {
            return (Some(true), place);
        }
    }
    let is_told = text.len() as u64 == FAR || ended;
    (is_told.then_some(false), at + (text.len() as u64).saturating_sub(1))
}
