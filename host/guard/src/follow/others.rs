//! The anchors of its own kind that a block goes over. Each of them begins a block too, and behind a few its own walk tells as much as the
//! first one's: without an end of that, each byte of a text full of anchors would be walked over and asked about once for each of hundreds.

use super::anchors::{begins, ends_at, longest};
use super::crowd::MOST;
use crate::rule::Rule;
use crate::stream::Stream;
use crate::word::{self, LOOK};

/// So many bytes are searched at once, before they are walked over.
const STEP: u64 = 256;

/// How far they were looked for, and how many there are.
#[derive(Clone)]
pub(super) struct Others {
    /// None that ends before is still to be found.
    searched: u64,
    met: usize,
    /// Where the last one that the block goes on to begins, and where it ends.
    last: Option<(u64, u64)>,
}

impl Others {
    /// Those behind an anchor that ends at `anchor_end`.
    pub(super) fn new(anchor_end: u64) -> Self {
        Self {
            searched: anchor_end,
            met: 0,
            last: None,
        }
    }

    /// Looks for those that tell whether the block goes on at `next`, the first place that was not walked over, and somewhat farther.
    #[inline]
    pub(super) fn look(&mut self, rule: &Rule, stream: &Stream, start: u64, next: u64) {
        if self.searched <= next && self.searched < stream.end() && self.last.is_none() {
            self.search(rule, stream, start, (next + STEP).min(stream.end()));
        }
    }

    /// Up to where the block may be walked over without looking for more.
    pub(super) fn upto(&self) -> u64 {
        self.last.map_or(self.searched, |(_, end)| end)
    }

    /// Where the last one begins, if the block was walked to its end.
    pub(super) fn before(&self, next: u64) -> Option<u64> {
        self.last.filter(|(_, end)| next >= *end).map(|(at, _)| at)
    }

    fn search(&mut self, rule: &Rule, stream: &Stream, start: u64, upto: u64) {
        let overlap = longest(rule).saturating_sub(1) as u64;
        let from = start.max(self.searched.saturating_sub(overlap));
        let text = stream.slice(from, upto);
        let begins = begins(rule);
        let begin = text.iter().enumerate().filter(|(_, byte)| begins.has(**byte));
        let mut found: Vec<(u64, u64)> = Vec::new();
        for (place, _) in begin {
            let at = from + place as u64;
            let ends = ends_at(rule, text, place).map(|end| from + end as u64);
            let new = ends.filter(|end| *end > self.searched).map(|end| (end, at));
            found.extend(new.filter(|(_, at)| begins_word(rule, stream, *at)));
        }
        // In the order in which they are told of, where several end at one place as one.
        found.sort_unstable();
        found.dedup_by_key(|(end, _)| *end);
        let left = MOST - self.met;
        self.last = found.get(left - 1).map(|(end, at)| (*at, *end));
        self.met += found.len().min(left);
        self.searched = upto;
    }
}

/// Whether an anchor counts there, as far as what stands before it tells.
fn begins_word(rule: &Rule, stream: &Stream, at: u64) -> bool {
    !rule.word || !word::is_inside(stream.slice(at.saturating_sub(LOOK as u64), at))
}
