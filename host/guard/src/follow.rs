//! Suspects and how each is followed natively to the end of its window.
//!
//! A suspect is a function of the stream: where it begins, where its window ends and what its region holds depend on
//! the bytes alone, never on how they were cut. Following one never looks at another.

mod again;
mod anchors;
mod apart;
mod armour;
mod block;
mod close;
mod crowd;
mod ended;
mod ends;
mod frame;
mod hit;
mod known;
mod lines;
mod masked;
mod others;
mod part;
mod prose;
mod quick;
#[cfg(test)]
mod rewritten;
mod run;
mod scan;
mod settled;
mod span;
mod tails;

pub(crate) use anchors::literals;
pub(crate) use apart::ApartWalk;
pub(crate) use armour::{ArmourWalk, is_drawn, runs};
pub(crate) use block::BlockWalk;
pub(crate) use close::{begins, close};
pub(crate) use crowd::{CrowdWalk, Crowds};
pub(crate) use ends::Ends;
pub(crate) use frame::FRAME;
pub(crate) use hit::Hit;
pub(crate) use known::KnownWalk;
pub(crate) use scan::{Found, Scanner};
pub(crate) use settled::{Final, Order, Settled};
pub(crate) use span::SpanWalk;
pub(crate) use tails::Tails;

use self::part::Parts;
use crate::coding::{Opener, introduces};
use crate::rule::{Anchor, Extent, Rule};
use crate::ruleset::RuleSet;
use crate::set::ByteSet;
use crate::stream::Stream;

/// A live suspect.
#[derive(Clone)]
pub(crate) struct Live {
    /// Index into the flat list of rules.
    pub(crate) rule: u32,
    pub(crate) anchor: u16,
    /// Where the anchor begins.
    pub(crate) at: u64,
    /// Where the secret begins when it begins before its literal.
    lead: Option<Lead>,
    /// Another text may end where it begins, so that its detector sees none of that.
    alone: bool,
    walk: Walk,
    /// An idle mark fell into the window.
    pub(crate) idle: bool,
    /// Whether it was told where it stopped, while nothing else may be told of it yet.
    pub(crate) stop_told: bool,
    /// Whether an escape that it walked over was told.
    passed_told: bool,
    /// At how many line ends of a text in base64 it was taken for one that ends there.
    forks: u8,
    /// What is known of the colours in it, if there are any.
    parts: Option<Box<Parts>>,
}

/// An escape that a suspect stopped at, or walked over.
pub(crate) struct Stop {
    /// What would belong to the suspect there is what the escape must stand for.
    pub(crate) opener: Opener,
    /// Behind the byte that told of it, if that was no byte where the suspect ended.
    pub(crate) told: Option<u64>,
}

/// At so many line ends, behind where it begins, a suspect may end with a text in base64 that goes on with other
/// characters of it.
const FORKS: u8 = 16;

/// A secret that begins before its literal.
#[derive(Clone, Copy)]
pub(crate) struct Lead {
    pub(crate) start: u64,
    pub(crate) hold: u64,
}

#[derive(Clone)]
enum Walk {
    Span(SpanWalk),
    /// Boxed, since it is three times as large as the others, of which there are many more.
    Block(Box<BlockWalk>),
    Known(KnownWalk),
    Crowd(CrowdWalk),
    Apart(ApartWalk),
    Armour(ArmourWalk),
}

/// How far a walk got with the bytes there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It needs more bytes.
    Open,
    /// There is nothing to ask about.
    Dead,
    /// The window is final.
    Final(Window),
}

/// Where a window lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) ended_by: EndedBy,
    /// The position whose byte made it final: the order of decisions.
    pub(crate) settled: u64,
}

/// What ended a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndedBy {
    /// What stands behind it, which is none of it.
    Text,
    /// The end of the stream.
    Stream,
    /// It reached its rule's longest, and the run of body bytes goes on.
    Longest,
    /// The anchors like its own in it, of which each has a window of its own; what it holds may go on.
    Others,
}

impl EndedBy {
    /// Whether what it holds may go on behind it.
    pub(crate) fn is_cut(self) -> bool {
        match self {
            Self::Longest | Self::Others => true,
            Self::Text | Self::Stream => false,
        }
    }
}

impl Live {
    /// A suspect behind a literal that ends at `anchor_end`.
    pub(crate) fn behind_literal(
        rules: &RuleSet,
        rule: u32,
        anchor: u16,
        at: u64,
        anchor_end: u64,
        lead: Option<Lead>,
    ) -> Self {
        let walk = match &rules.rules[rule as usize].rule.extent {
            Extent::Span(_) => Walk::Span(SpanWalk::new(anchor_end)),
            Extent::Block(_) => Walk::Block(Box::new(BlockWalk::new(anchor, at, anchor_end))),
            Extent::Known(_) => Walk::Known(KnownWalk::new(at)),
        };
        Self {
            rule,
            anchor,
            at,
            lead,
            alone: false,
            walk,
            idle: false,
            stop_told: false,
            passed_told: false,
            forks: 0,
            parts: None,
        }
    }

    /// A suspect that begins with a run at `start`, of which the first bytes up to `hold` may show.
    pub(crate) fn on_run(rule: u32, start: u64, hold: u64) -> Self {
        let lead = Some(Lead { start, hold });
        Self {
            rule,
            anchor: 0,
            at: start,
            lead,
            alone: false,
            walk: Walk::Span(SpanWalk::new(start)),
            idle: false,
            stop_told: false,
            passed_told: false,
            forks: 0,
            parts: None,
        }
    }

    /// It begins a text, whatever stands before it.
    fn alone(self) -> Self {
        Self { alone: true, ..self }
    }

    /// What it shares with many others is taken out, and nothing is asked.
    fn crowded(self) -> Self {
        let start = self.start();
        Self {
            lead: None,
            walk: Walk::Crowd(CrowdWalk::new(start)),
            ..self
        }
    }

    /// It counts only where its value stands beyond what a crowd shares.
    fn beyond(self) -> Self {
        let walk = match self.walk {
            Walk::Span(walk) => Walk::Span(walk.beyond()),
            Walk::Block(_) | Walk::Known(_) | Walk::Crowd(_) | Walk::Apart(_) | Walk::Armour(_) => self.walk,
        };
        Self { walk, ..self }
    }

    /// It is asked about up to the next of its kind, since there are many.
    fn apart(self) -> Self {
        let walk = match self.walk {
            Walk::Span(walk) => Walk::Apart(ApartWalk::new(walk)),
            Walk::Block(_) | Walk::Known(_) | Walk::Crowd(_) | Walk::Apart(_) | Walk::Armour(_) => self.walk,
        };
        Self { walk, ..self }
    }

    /// The same suspect in a text that ends here, if it may: a block only where a line is `short`, lest it is told
    /// again for each of its lines, and what takes all that it can reach nowhere, since it finds as much in a longer
    /// text.
    pub(crate) fn fork(&mut self, short: bool) -> Option<Self> {
        let may_end = match self.walk {
            Walk::Span(_) | Walk::Apart(_) => true,
            Walk::Block(_) => short,
            Walk::Known(_) | Walk::Crowd(_) | Walk::Armour(_) => false,
        };
        if !may_end || self.forks == FORKS {
            return None;
        }
        self.forks += 1;
        Some(self.clone())
    }

    /// What could belong to it where it stopped, if an escape stands for it.
    pub(crate) fn fitting(&self, rules: &RuleSet) -> ByteSet {
        match (&rules.rules[self.rule as usize].rule.extent, &self.walk) {
            (Extent::Span(span), Walk::Span(walk)) => walk.fitting(span),
            (Extent::Span(span), Walk::Apart(walk)) => walk.span().fitting(span),
            (Extent::Span(span), Walk::Block(_) | Walk::Known(_) | Walk::Crowd(_) | Walk::Armour(_))
                if span.gap == 0 =>
            {
                span.body.union(&span.filler)
            }
            (Extent::Block(_), Walk::Block(walk)) if walk.is_anything() => (0..=u8::MAX).collect(),
            // A preamble's word may stand before its body.
            (Extent::Block(block), _) => {
                let word = (0..=u8::MAX).filter(u8::is_ascii_alphanumeric);
                block.body.union(&ByteSet::of(b"\r\n-: ")).union(&word.collect())
            }
            (Extent::Span(_) | Extent::Known(_), _) => (0..=u8::MAX).collect(),
        }
    }

    /// How many bytes its literal has; none where a run begins it.
    pub(crate) fn literal(&self, rules: &RuleSet) -> u64 {
        match &rules.rules[self.rule as usize].rule.anchors[usize::from(self.anchor)] {
            Anchor::Literal(keyword) => keyword.bytes.len() as u64,
            Anchor::Run { .. } => 0,
        }
    }

    /// Whether it stands for many.
    pub(crate) fn is_crowd(&self) -> bool {
        matches!(self.walk, Walk::Crowd(_))
    }

    /// A header behind which no body stands as it does in a file looks for lines of one that stand apart. Whether it
    /// does; it has told by then where it stopped.
    pub(crate) fn looks_for_lines(&mut self, rules: &RuleSet, stream: &Stream) -> bool {
        let walk = match (&rules.rules[self.rule as usize].rule.extent, &self.walk) {
            (Extent::Block(block), Walk::Block(walk))
                if armour::is_armoured(block)
                    && armour::opens(stream.slice(self.at.saturating_sub(armour::LABEL), self.at))
                    && walk.was_stopped(stream) =>
            {
                ArmourWalk::new(walk.start(), walk.seen(), walk.ended_in_prose())
            }
            (Extent::Block(_) | Extent::Span(_) | Extent::Known(_), _) => return false,
        };
        self.walk = Walk::Armour(walk);
        self.stop_told = true;
        true
    }

    /// Whether it is a line that stands apart from its header.
    pub(crate) fn stands_apart(&self) -> bool {
        matches!(self.walk, Walk::Armour(_))
    }

    /// The same as [`Live::hold`], where the input pauses behind all that has come of `stream`: so few characters are
    /// words that are typed, on a terminal also where they could be a value whose name stands on a line above.
    pub(crate) fn hold_paused(&self, rule: &Rule, stream: &Stream, terminal: bool) -> u64 {
        let end = stream.end();
        match (&self.walk, &rule.extent) {
            (Walk::Armour(walk), _) if end - walk.start() < armour::PART => end,
            (Walk::Span(walk), Extent::Span(span)) if terminal && walk.may_be_typed(span, stream) => end,
            (
                Walk::Armour(_) | Walk::Block(_) | Walk::Span(_) | Walk::Known(_) | Walk::Crowd(_) | Walk::Apart(_),
                Extent::Span(_) | Extent::Block(_) | Extent::Known(_),
            ) => self.hold(),
        }
    }

    /// From where on it holds bytes back.
    pub(crate) fn hold(&self) -> u64 {
        self.lead.map_or_else(|| self.start(), |lead| lead.hold)
    }

    /// Where what it holds begins, as far as that is known.
    fn start(&self) -> u64 {
        match &self.walk {
            Walk::Span(walk) => walk.start(),
            Walk::Block(walk) => walk.start(),
            Walk::Armour(walk) => walk.start(),
            Walk::Known(walk) => walk.next(),
            Walk::Crowd(walk) => walk.start(),
            Walk::Apart(walk) => walk.span().start(),
        }
    }

    /// The first byte that was not walked over.
    pub(crate) fn walked(&self) -> u64 {
        match &self.walk {
            Walk::Span(walk) => walk.next(),
            Walk::Block(walk) => walk.next(),
            Walk::Armour(walk) => walk.next(),
            Walk::Known(walk) => walk.next(),
            Walk::Crowd(walk) => walk.next(),
            Walk::Apart(walk) => walk.span().next(),
        }
    }

    /// The last byte that was looked at, which told that it ends where it does.
    pub(crate) fn seen(&self) -> u64 {
        match &self.walk {
            Walk::Block(walk) => walk.seen(),
            Walk::Span(_) | Walk::Known(_) | Walk::Crowd(_) | Walk::Apart(_) | Walk::Armour(_) => self.walked(),
        }
    }

    /// Calls `each` with where it stopped, if that is a byte that it can't walk over and that may begin an escape, and
    /// with where it walked over such a one. Most stop at none.
    pub(crate) fn stops(&self, rules: &RuleSet, stream: &Stream, ended: bool, mut each: impl FnMut(Stop)) {
        let begins = |stop: u64| stream.get(stop).is_some_and(introduces);
        let here = |at: u64| {
            begins(at).then(|| Stop {
                opener: Opener {
                    at,
                    fits: Some(self.fitting(rules)),
                },
                told: None,
            })
        };
        let stopped = match &self.walk {
            Walk::Block(walk) => {
                walk.stops().into_iter().flatten().filter_map(here).for_each(each);
                return;
            }
            Walk::Apart(walk) => walk.stop(),
            Walk::Span(walk) => Some(walk.next()),
            Walk::Known(_) | Walk::Crowd(_) | Walk::Armour(_) => Some(self.walked()),
        };
        if let Some(stop) = stopped.and_then(here) {
            each(stop);
        }
        if let Some(stop) = self.walked_over(rules, stream, ended) {
            each(stop);
        }
    }

    /// An escape that it walked over before its value's opener, once: it holds nothing there, so what the escape
    /// leads in is read at once.
    pub(crate) fn passes(&mut self, rules: &RuleSet, stream: &Stream, ended: bool) -> Option<Stop> {
        let stop = self.walked_over(rules, stream, ended)?;
        stop.told?;
        self.passed_told = true;
        Some(stop)
    }

    /// The escape between its anchor and its value, unless that was told already.
    fn walked_over(&self, rules: &RuleSet, stream: &Stream, ended: bool) -> Option<Stop> {
        let walk = match &self.walk {
            Walk::Span(walk) => walk,
            Walk::Apart(walk) => walk.span(),
            Walk::Block(_) | Walk::Known(_) | Walk::Crowd(_) | Walk::Armour(_) => return None,
        };
        match &rules.rules[self.rule as usize].rule.extent {
            Extent::Span(span) if !self.passed_told => walk.escape(span, stream, ended),
            Extent::Span(_) | Extent::Block(_) | Extent::Known(_) => None,
        }
    }

    /// The first byte that its region needs.
    pub(crate) fn context(&self) -> u64 {
        let start = self.lead.map_or(self.at, |lead| lead.start);
        let context = if self.alone { 0 } else { crate::search::CONTEXT };
        start.saturating_sub(context)
    }

    /// Whether its literal ends a word of a name, where its rule asks for that; `None` as long as that can't be told.
    fn is_named(&self, rule: &Rule, stream: &Stream) -> Option<bool> {
        match (&rule.name, &self.walk) {
            (Some(parts), Walk::Span(walk)) => walk.is_named(parts, stream),
            (Some(parts), Walk::Apart(walk)) => walk.span().is_named(parts, stream),
            (Some(_), Walk::Block(_) | Walk::Known(_) | Walk::Crowd(_) | Walk::Armour(_)) | (None, _) => Some(true),
        }
    }

    /// Walks up to the byte that tells that the literal ends no word of a name, as it was walked where each byte came
    /// by itself: it may have stopped at an escape, behind which the name goes on.
    fn walk_unnamed(&mut self, rule: &Rule, stream: &Stream) {
        let (Some(parts), Extent::Span(span)) = (&rule.name, &rule.extent) else {
            return;
        };
        match &mut self.walk {
            Walk::Span(walk) => {
                if let Some(most) = walk.unnamed_at(parts, stream) {
                    walk.on_upto(span, stream, false, most);
                }
            }
            Walk::Apart(walk) => {
                if let Some(most) = walk.span().unnamed_at(parts, stream) {
                    walk.on_upto(rule, span, stream, (false, most));
                }
            }
            Walk::Block(_) | Walk::Known(_) | Walk::Crowd(_) | Walk::Armour(_) => {}
        }
    }

    /// Walks on over what has come. `ended` says that nothing follows.
    pub(crate) fn walk(&mut self, rules: &RuleSet, stream: &Stream, ended: bool) -> Progress {
        let rule = &rules.rules[self.rule as usize].rule;
        let named = self.is_named(rule, stream);
        if named == Some(false) || (ended && named.is_none()) {
            self.walk_unnamed(rule, stream);
            return Progress::Dead;
        }
        let progress = match (&rule.extent, &mut self.walk) {
            (_, Walk::Crowd(walk)) => walk.on(rule, stream, ended),
            (Extent::Span(span), Walk::Span(walk)) => walk.on(span, stream, ended),
            (Extent::Span(span), Walk::Apart(walk)) => walk.on(rule, span, stream, ended),
            (Extent::Block(block), Walk::Block(walk)) => walk.on(rule, block, stream, ended),
            (Extent::Block(_), Walk::Armour(walk)) => walk.on(stream, ended),
            // A walk is made from its rule's extent and never changes its kind.
            (Extent::Known(value), Walk::Known(walk)) => walk.on(value, stream, ended),
            (
                Extent::Span(_) | Extent::Block(_) | Extent::Known(_),
                Walk::Span(_) | Walk::Block(_) | Walk::Known(_) | Walk::Apart(_) | Walk::Armour(_),
            ) => Progress::Dead,
        };
        match (progress, &self.lead) {
            (Progress::Final(window), Some(lead)) => Progress::Final(Window {
                start: lead.start,
                ..window
            }),
            (Progress::Open | Progress::Dead | Progress::Final(_), _) => progress,
        }
    }
}
