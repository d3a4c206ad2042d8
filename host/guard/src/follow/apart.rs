//! One of many suspects whose values are told apart by what opens them: its window ends before the next of its kind.

use super::anchors::{self, first};
use super::{EndedBy, Progress, SpanWalk, Window};
use crate::rule::{Rule, SpanRule};
use crate::stream::Stream;

/// A walk that goes no farther than the next literal of its rule.
#[derive(Clone)]
pub(crate) struct ApartWalk {
    walk: SpanWalk,
    /// No literal begins in its body before here.
    searched: u64,
    /// A literal ended it, and not what it came to.
    cut: bool,
}

impl ApartWalk {
    pub(crate) fn new(walk: SpanWalk) -> Self {
        Self {
            walk,
            searched: 0,
            cut: false,
        }
    }

    /// The same walk, as if there were no others.
    pub(crate) fn span(&self) -> &SpanWalk {
        &self.walk
    }

    /// Where it stopped, if that is a byte that it can't walk over.
    pub(crate) fn stop(&self) -> Option<u64> {
        (!self.cut).then(|| self.walk.next())
    }

    pub(crate) fn on(&mut self, rule: &Rule, span: &SpanRule, stream: &Stream, ended: bool) -> Progress {
        self.on_upto(rule, span, stream, (ended, stream.end()))
    }

    /// Walks on, and looks at no byte from `most` on.
    pub(crate) fn on_upto(
        &mut self,
        rule: &Rule,
        span: &SpanRule,
        stream: &Stream,
        (ended, most): (bool, u64),
    ) -> Progress {
        // In steps, since most end with the first, and their windows could reach far.
        loop {
            let upto = (self.walk.next() + STEP).min(most);
            let progress = self.walk.on_upto(span, stream, ended, upto);
            // What was walked over may hold one, however far that is: so it doesn't matter how much had come at once.
            if let Some(progress) = self.up_to_next(rule, span, stream) {
                self.cut = true;
                return progress;
            }
            if progress != Progress::Open || most <= upto {
                return progress;
            }
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
            self.searched = end
                .saturating_sub(anchors::longest(rule).saturating_sub(1) as u64)
                .max(from);
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
            ended_by: EndedBy::Text,
            settled: next + length as u64 - 1,
        }))
    }
}

/// So many bytes are walked over before they are searched.
const STEP: u64 = 64;
