//! Many suspects of one rule over the same bytes: beyond a few, what they share is taken out without asking.
//!
//! A text that repeats a rule's literal would otherwise be asked about once for each of them, with a window as long as the rule
//! allows each time. No text that people write does that.

use super::{Live, Progress, Window};
use crate::rule::{Extent, Rule};
use crate::set::ByteSet;
use crate::stream::Stream;

/// How many suspects of one rule may overlap.
const MOST: usize = 8;

/// The suspects of each rule that may still overlap with those to come.
#[derive(Default)]
pub(crate) struct Crowds(Vec<Crowd>);

struct Crowd {
    rule: u32,
    /// Where the last ones begin; all bytes from the first to the last belong to what one of them may hold.
    starts: Vec<u64>,
    last: u64,
    /// What the rest shares is being taken out.
    told: bool,
}

impl Crowds {
    /// Takes in the next suspect, in the order of the text. Answers the one to be followed, if any.
    pub(crate) fn admit(&mut self, rule: &Rule, stream: &Stream, live: Live) -> Option<Live> {
        let Some((set, longest)) = reach(rule) else {
            return Some(live);
        };
        let at = live.at;
        self.0.retain(|crowd| at.saturating_sub(crowd.last) <= 65536);
        let Some(crowd) = self.0.iter_mut().find(|crowd| crowd.rule == live.rule) else {
            self.0.push(Crowd {
                rule: live.rule,
                starts: vec![at],
                last: at,
                told: false,
            });
            return Some(live);
        };
        // A longer literal that ends later may begin before the last one.
        let far = at.saturating_sub(crowd.last) > longest;
        if far || stream.slice(crowd.last, at).iter().any(|byte| !set.has(*byte)) {
            crowd.starts.clear();
            crowd.told = false;
        }
        crowd.last = crowd.last.max(at);
        crowd.starts.retain(|start| at.saturating_sub(*start) <= longest);
        if crowd.told {
            return None;
        }
        if crowd.starts.len() < MOST {
            crowd.starts.push(at);
            return Some(live);
        }
        crowd.told = true;
        Some(live.crowded())
    }
}

/// What a window of the rule may hold, and how long it may be.
fn reach(rule: &Rule) -> Option<(ByteSet, u64)> {
    match &rule.extent {
        Extent::Span(span) => {
            let mut set = span.body.union(&span.filler);
            if let Some(opener) = &span.opener {
                set = set.union(&opener.before);
                set.insert(opener.byte);
            }
            if let Some(lead) = &span.lead {
                set = set.union(&lead.set);
            }
            Some((set, u64::from(span.longest) + u64::from(span.gap)))
        }
        Extent::Block(block) => Some((block.body, u64::from(block.bound))),
        Extent::Known(_) => None,
    }
}

/// What a crowd shares: all that a window may hold, up to what it can't.
#[derive(Clone)]
pub(crate) struct CrowdWalk {
    start: u64,
    next: u64,
}

impl CrowdWalk {
    pub(crate) fn new(start: u64) -> Self {
        Self { start, next: start }
    }

    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    pub(crate) fn on(&mut self, rule: &Rule, stream: &Stream, ended: bool) -> Progress {
        let Some((set, longest)) = reach(rule) else {
            return Progress::Dead;
        };
        let most = self.start + longest;
        let text = stream.slice(self.next, most.min(stream.end()));
        self.next += set.leading(text) as u64;
        let cut = self.next == most;
        if self.next == stream.end() && !cut && !ended {
            return Progress::Open;
        }
        if self.next == self.start {
            return Progress::Dead;
        }
        Progress::Final(Window {
            start: self.start,
            end: self.next,
            cut,
            ended: self.next == stream.end() && !cut,
            settled: if cut { self.next - 1 } else { self.next },
        })
    }

    /// What goes on belongs to it as well.
    pub(crate) fn set(rule: &Rule) -> ByteSet {
        reach(rule).map_or_else(ByteSet::default, |(set, _)| set)
    }
}
