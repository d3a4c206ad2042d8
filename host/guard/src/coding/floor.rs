//! What is out where a reading is opened.

use crate::follow::Hit;
use crate::view::View;

/// What stands before this raw byte is public where a reading is opened for what was found.
pub(super) fn floor(hit: Hit, parent: &View) -> u64 {
    let literal = parent.map.raw_end(hit.public.saturating_sub(1)).unwrap_or(0);
    let behind = parent.map.raw(hit.public);
    let floor = match behind {
        // What isn't seen between a literal and what follows it was let out, had it come by itself.
        Some(behind) if hit.stopped().is_some() => behind,
        // What follows a literal may share a raw byte with it, or may not have come yet.
        Some(_) | None => behind.or_else(|| parent.goes_on_at()).unwrap_or(u64::MAX).min(literal),
    };
    floor.max(waited_for(hit, parent)).max(parent.floor)
}

/// Where a quote ends what was found, of which more had to come to tell whether parts of a string meet there: nothing
/// held what came until then, up to the raw byte that told.
fn waited_for(hit: Hit, parent: &View) -> u64 {
    let last = hit.end.saturating_sub(1);
    let is_quote = hit.stopped().is_none() && matches!(parent.text.get(last), Some(b'"' | b'\''));
    let (Some(told), Some(end)) = (parent.map.when(last), parent.map.raw_end(last)) else {
        return 0;
    };
    if is_quote && told >= end { told } else { 0 }
}
