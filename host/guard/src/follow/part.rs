//! Values of two colours that meet, as the two versions of a word in a diff of words do: what stands before that place
//! may be one, and what stands behind it another.
//!
//! What is asked about besides the whole is known with it, and holds nothing that the whole doesn't hold.

use super::{Live, Progress, SpanWalk, Walk};
use crate::rule::Extent;
use crate::ruleset::RuleSet;
use crate::stream::Stream;

/// A suspect may end at so many colours. A diff of words has one or two of them in each.
const ENDS: usize = 4;

/// What is known of the colours in a suspect.
#[derive(Clone, Default)]
pub(super) struct Parts {
    /// The last of them behind which its value goes on.
    last: u64,
    /// Where it may end.
    ends: Vec<u64>,
    /// Another value that stands between its anchor and its own.
    other: Option<(u64, u64)>,
    /// It is a part of another suspect.
    is_part: bool,
}

impl Live {
    /// Walks up to each of the `places` at which colours meet. Answers the suspect whose value begins at the first
    /// within its own value, as if it stood there alone.
    pub(crate) fn part(&mut self, rules: &RuleSet, stream: &Stream, places: impl Iterator<Item = u64>) -> Option<Self> {
        let rule = &rules.rules[self.rule as usize].rule;
        let Extent::Span(span) = &rule.extent else { return None };
        if self.is_named(rule, stream) == Some(false) {
            return None;
        }
        let mut behind = None;
        for place in places {
            let progress = match &mut self.walk {
                Walk::Span(walk) => walk.on_upto(span, stream, false, place),
                Walk::Apart(walk) => walk.on_upto(rule, span, stream, (false, place)),
                Walk::Block(_) | Walk::Known(_) | Walk::Crowd(_) | Walk::Armour(_) => return None,
            };
            if progress != Progress::Open {
                break;
            }
            let walk = self.span()?;
            if !walk.goes_on_at(span, stream, place) {
                continue;
            }
            let may_end = walk.is_enough(span);
            let parts = self.parts.get_or_insert_default();
            let is_first = parts.last == 0 && !parts.is_part;
            if parts.last == place {
                continue;
            }
            parts.last = place;
            if may_end && parts.ends.len() < ENDS {
                parts.ends.push(place);
            }
            if is_first && self.lead.is_none() {
                behind = self.behind(place);
            }
        }
        behind
    }

    /// The same suspect with a value that begins here, and none before it; not of one among many, which is asked about
    /// up to the next.
    fn behind(&self, place: u64) -> Option<Self> {
        let Walk::Span(walk) = &self.walk else { return None };
        Some(Self {
            walk: Walk::Span(walk.behind(place)),
            stop_told: true,
            passed_told: true,
            parts: Some(Box::new(Parts {
                last: place,
                ends: Vec::new(),
                other: Some((walk.start(), place)),
                is_part: true,
            })),
            ..self.clone()
        })
    }

    fn span(&self) -> Option<&SpanWalk> {
        match &self.walk {
            Walk::Span(walk) => Some(walk),
            Walk::Apart(walk) => Some(walk.span()),
            Walk::Block(_) | Walk::Known(_) | Walk::Crowd(_) | Walk::Armour(_) => None,
        }
    }

    /// The same suspect as it is where it ends at a colour, once for each at which it may.
    pub(crate) fn ended_parts(&mut self) -> Vec<(Self, u64)> {
        let Some(parts) = &mut self.parts else {
            return Vec::new();
        };
        let ends = std::mem::take(&mut parts.ends);
        let mut part = self.clone();
        part.parts.get_or_insert_default().is_part = true;
        ends.into_iter().map(|end| (part.clone(), end)).collect()
    }

    /// Another value that stands between its anchor and its own, which its detector sees nothing of.
    pub(crate) fn other_value(&self) -> Option<(u64, u64)> {
        self.parts.as_ref()?.other
    }

    /// Whether it is a part of another suspect, and counts only where that is nothing.
    pub(crate) fn is_part(&self) -> bool {
        self.parts.as_ref().is_some_and(|parts| parts.is_part)
    }
}
