//! Whether what stood behind an anchor was taken out already: guarding again takes out no more of what follows.

use super::armour::STARS;
use crate::marker;
use crate::rule::Rule;
use crate::stream::Stream;

/// Whether this rule's marker stands at `at` or, directly behind an `anchor` of its own, as many asterisks as stand for
/// what was taken out; and the last byte that was looked at. `None` where more has to come.
pub(super) fn masked(rule: &Rule, stream: &Stream, at: u64, anchor: &[u8], ended: bool) -> (Option<bool>, u64) {
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
    let last = at + looked as u64 - u64::from(told == Some(true));
    (told.or(ended.then_some(false)), last)
}
