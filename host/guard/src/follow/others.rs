//! The anchors like its own that a block goes over. Each of them begins a block too, and behind a few its own walk
//! tells as much as the first one's: without an end of that, each byte of a text full of anchors would be walked over
//! and asked about once for each of hundreds.
//!
//! Another anchor of the same rule counts for nothing: what is looked for may have to stand behind both, as `kind:
//! Secret` and the version of a manifest do, which each of its owners has as well.

use super::crowd::MOST;
use crate::rule::{Anchor, Keyword, Rule};
use crate::stream::Stream;
use crate::word::{self, LOOK};

/// So many bytes are searched at once, before they are walked over.
const STEP: u64 = 256;

/// How far they were looked for, and how many there are.
#[derive(Clone)]
pub(super) struct Others {
    /// Which of the rule's anchors they are.
    anchor: u16,
    /// None that ends before is still to be found.
    searched: u64,
    met: usize,
    /// Where the last one that the block goes on to begins, and where it ends.
    last: Option<(u64, u64)>,
}

impl Others {
    /// Those like this anchor, which ends at `anchor_end`.
    pub(super) fn new(anchor: u16, anchor_end: u64) -> Self {
        Self {
            anchor,
            searched: anchor_end,
            met: 0,
            last: None,
        }
    }

    /// Looks for those that tell whether the block goes on at `next`, the first place that was not walked over, and
    /// somewhat farther.
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
        let Anchor::Literal(keyword) = &rule.anchors[usize::from(self.anchor)] else {
            self.searched = upto;
            return;
        };
        let length = keyword.bytes.len() as u64;
        let from = start.max((self.searched + 1).saturating_sub(length));
        let begins = places(keyword, stream.slice(from, upto)).map(|place| from + place as u64);
        let left = MOST - self.met;
        let found: Vec<u64> = begins.filter(|at| begins_word(rule, stream, *at)).take(left).collect();
        self.last = found.get(left - 1).map(|at| (*at, *at + length));
        self.met += found.len();
        self.searched = upto;
    }
}

/// Where a text holds a literal.
fn places(keyword: &Keyword, text: &[u8]) -> impl Iterator<Item = usize> {
    let [one, other] = keyword.first();
    memchr::memchr2_iter(one, other, text).filter(|at| keyword.leads(&text[*at..]))
}

/// Whether an anchor counts there, as far as what stands before it tells.
fn begins_word(rule: &Rule, stream: &Stream, at: u64) -> bool {
    !rule.word || !word::is_inside(stream.slice(at.saturating_sub(LOOK as u64), at))
}
