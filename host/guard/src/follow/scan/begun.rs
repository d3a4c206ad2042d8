//! Suspects behind the literals that were found: most are over with the next byte, and are never made but for what
//! they share with others.

use super::Scanner;
use crate::coding::introduces;
use crate::follow::crowd::{Newcomer, Own};
use crate::follow::{Lead, Live, SpanWalk};
use crate::rule::{Extent, Rule};
use crate::ruleset::RuleSet;
use crate::stream::Stream;

/// A suspect that begins behind a literal: short, since thousands are sorted.
pub(super) struct Begun {
    /// Where the literal begins and ends.
    pub(super) at: u64,
    pub(super) end: u64,
    pub(super) lead: Option<Lead>,
    /// What stands before it belongs to another text, or it would be a part of a longer word.
    pub(super) alone: bool,
    pub(super) rule: u32,
    pub(super) anchor: u16,
}

impl Scanner {
    /// Makes suspects of the literals that were found.
    pub(super) fn begin(&mut self, rules: &RuleSet, stream: &Stream, lives: &mut Vec<Live>) {
        // In the order in which they are told of, however much came at once: a longer literal may begin before
        // another one and end behind it.
        let place = |begun: &Begun| (begun.end, begun.at, begun.rule, begun.anchor);
        if !self.begun.is_sorted_by_key(place) {
            self.begun.sort_by_key(place);
        }
        lives.reserve(self.begun.len());
        for Begun {
            at,
            end,
            lead,
            alone,
            rule,
            anchor,
        } in self.begun.drain(..)
        {
            let of = &rules.rules[rule as usize].rule;
            let admitted = self.crowds.admit(of, stream, Newcomer { rule, at, end });
            let live = || {
                let live = Live::behind_literal(rules, rule, anchor, at, end, lead);
                if alone { live.alone() } else { live }
            };
            let is_ended = |live: &Live| self.again.as_ref().is_some_and(|again| again.is_ended(live));
            let mut follow = |live: Live| {
                if !is_ended(&live) {
                    lives.push(live);
                }
            };
            if admitted.shares {
                follow(live().crowded());
            }
            // By itself most are over with the byte behind their literal. What a crowd shares goes on with whatever one
            // of them may hold.
            match admitted.own {
                Some(Own::Apart) => follow(live().apart()),
                Some(Own::Whole | Own::Beyond) if is_over(of, stream, end) => {}
                Some(Own::Whole) => follow(live()),
                Some(Own::Beyond) => follow(live().beyond()),
                None => {}
            }
        }
    }
}

/// Whether a suspect behind a literal that ends here is over before anything of it has begun, and opens nothing.
fn is_over(rule: &Rule, stream: &Stream, end: u64) -> bool {
    match &rule.extent {
        Extent::Span(span) => stream
            .get(end)
            .is_some_and(|byte| SpanWalk::is_over_with(span, byte) && !introduces(byte)),
        Extent::Block(_) | Extent::Known(_) => false,
    }
}
