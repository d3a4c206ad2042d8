//! One of many suspects whose values are told apart by what opens them: its window ends before the next of its kind.

use super::{Progress, SpanWalk, Window};
use crate::rule::{Anchor, Keyword, Rule, SpanRule};
use crate::stream::Stream;

/// A walk that goes no farther than the next literal of its rule.
#[derive(Clone)]
pub(crate) struct ApartWalk {
    walk: SpanWalk,
    /// No literal begins in its body before here.
    searched: u64,
}

impl ApartWalk {
    pub(crate) fn new(walk: SpanWalk) -> Self {
        Self { walk, searched: 0 }
    }

    /// The same walk, as if there were no others.
    pub(crate) fn span(&self) -> &SpanWalk {
        &self.walk
    }

    pub(crate) fn on(&mut self, rule: &Rule, span: &SpanRule, stream: &Stream, ended: bool) -> Progress {
        let progress = self.walk.on(span, stream, ended);
        match progress {
            Progress::Dead => progress,
            // What it walked over may hold one, however far it came: so it doesn't matter how much had come at once.
            Progress::Open | Progress::Final(_) => self.up_to_next(rule, span, stream).unwrap_or(progress),
        }
    }

    /// Where the next literal of the rule ends the window, if one stands in what was walked over.
    fn up_to_next(&mut self, rule: &Rule, span: &SpanRule, stream: &Stream) -> Option<Progress> {
        let start = self.walk.start();
        let end = self.walk.next();
        let from = self.searched.max(start);
        let text = stream.slice(from, end.max(from));
        let Some((at, length)) = first(rule, text) else {
            // The beginning of one may stand at the end.
            self.searched = end.saturating_sub(longest(rule).saturating_sub(1) as u64).max(from);
            return None;
        };
        let next = from + at as u64;
        let body = stream.slice(start, next);
        let fits = |byte: &&u8| span.body.has(**byte);
        if body.iter().filter(fits).count() < usize::from(span.at_least) {
            return Some(Progress::Dead);
        }
        let fillers = body.iter().rev().take_while(|byte| !fits(byte)).count();
        Some(Progress::Final(Window {
            start,
            end: next - fillers as u64,
            cut: false,
            ended: false,
            settled: next + length as u64 - 1,
        }))
    }
}

/// The first place in a text where a literal of the rule stands, and how long it is; of two at one place the shorter, which is told first.
fn first(rule: &Rule, text: &[u8]) -> Option<(usize, usize)> {
    let places = literals(rule).filter_map(|Keyword { bytes, any_case }| {
        let is = |part: &[u8]| part == bytes || (*any_case && part.eq_ignore_ascii_case(bytes));
        Some((text.windows(bytes.len()).position(is)?, bytes.len()))
    });
    places.min()
}

fn longest(rule: &Rule) -> usize {
    literals(rule).map(|keyword| keyword.bytes.len()).max().unwrap_or(0)
}

fn literals(rule: &Rule) -> impl Iterator<Item = &Keyword> {
    rule.anchors.iter().filter_map(|anchor| match anchor {
        Anchor::Literal(keyword) => Some(keyword),
        Anchor::Run { .. } => None,
    })
}
