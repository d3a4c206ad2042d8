//! One of many suspects whose values are told apart by what opens them: its window ends before the next of its kind.

use super::{Progress, SpanWalk, Window};
use crate::rule::{Anchor, Keyword, Rule, SpanRule};
use crate::set::ByteSet;
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

/// So many bytes are walked over before they are searched.
const STEP: u64 = 64;

/// Where the literal of the rule stands that ends first in a text, as it is the first to be told however the text comes; and how long it is.
fn first(rule: &Rule, text: &[u8]) -> Option<(usize, usize)> {
    let begins: ByteSet = literals(rule)
        .filter_map(|keyword| keyword.bytes.first())
        .copied()
        .collect();
    let may_begin = |byte: u8| {
        let cases = [byte, byte.to_ascii_lowercase(), byte.to_ascii_uppercase()];
        cases.iter().any(|byte| begins.has(*byte))
    };
    let mut found: Option<(usize, usize)> = None;
    for (at, _) in text.iter().enumerate().filter(|(_, byte)| may_begin(**byte)) {
        if found.is_some_and(|(end, _)| at >= end) {
            break;
        }
        let stands = literals(rule).filter(|keyword| is_at(keyword, &text[at..]));
        let ends = stands.map(|keyword| (at + keyword.bytes.len(), at));
        found = found.into_iter().chain(ends).min();
    }
    found.map(|(end, at)| (at, end - at))
}

fn is_at(Keyword { bytes, any_case }: &Keyword, text: &[u8]) -> bool {
    text.get(..bytes.len())
        .is_some_and(|part| part == bytes || (*any_case && part.eq_ignore_ascii_case(bytes)))
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
