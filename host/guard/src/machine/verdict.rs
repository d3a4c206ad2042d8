//! Asking the policy, and carrying out what is decided.

use std::sync::Arc;

use super::back::Back;
use super::behind::Behind;
use super::row::Row;
use super::swallow::Swallow;
use super::{Guard, Step};
use crate::consult::{Action, Consult, FailureAction, FailureKind, Origin, PolicyDecision, PolicyFinding, Verdicts};
use crate::follow::{CrowdWalk, EndedBy, FRAME, Order, Settled};
use crate::gate::Span;
use crate::map::Pieces;
use crate::output::{Decision, LengthClass, Output, Reason};
use crate::rule::{Extent, Rule, Severity};
use crate::ruleset::{Compiled, RuleSet};
use crate::shape::Shape;
use crate::view::{PLAIN, View, ViewId};

/// How many findings are remembered, so that none is decided twice.
const REMEMBERED: usize = 64;

/// A finding on its way to a decision, in positions of the stream.
pub(super) struct Found {
    /// The order of its suspect among all others.
    pub(super) order: Order,
    pub(super) view: ViewId,
    pub(super) rule: u32,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) hold: u64,
    pub(super) ended_by: EndedBy,
    pub(super) crowd: bool,
    /// It is a line that stands apart from its header.
    pub(super) apart: bool,
    /// It is a part of a suspect that is asked about as a whole as well, and counts where that is nothing.
    pub(super) part: bool,
    pub(super) window_end: u64,
    pub(super) origin: Origin,
    pub(super) severity: Severity,
    pub(super) confidence: u8,
    pub(super) facts: u64,
}

impl Found {
    /// A finding on all of a suspect's native extent.
    pub(super) fn native(settled: &Settled, origin: Origin, rules: &RuleSet) -> Self {
        let Settled {
            live,
            window,
            hold,
            view,
            ..
        } = settled;
        Self {
            order: settled.order(),
            view: *view,
            rule: live.rule,
            start: window.start,
            end: window.end,
            hold: *hold,
            ended_by: window.ended_by,
            crowd: live.is_crowd(),
            apart: live.stands_apart(),
            part: live.is_part(),
            window_end: window.end,
            origin,
            severity: rules.rules[live.rule as usize].rule.severity,
            confidence: 0,
            facts: 0,
        }
    }

    pub(super) fn order(&self) -> (Order, u64, u64) {
        (self.order, self.start, self.end)
    }

    /// What a detector found of a whole suspect.
    pub(super) fn whole(&self) -> Option<(Order, u64, u64)> {
        (!self.part && self.origin == Origin::Detector).then(|| self.order())
    }

    /// Whether it lies in what was found of the whole of which it is a part.
    pub(super) fn is_part_of(&self, (order, start, end): &(Order, u64, u64)) -> bool {
        let suspect = |(when, raw, rule, anchor, ..): Order| (when, raw, rule, anchor);
        suspect(*order) == suspect(self.order) && *start <= self.start && self.end <= *end
    }
}

impl Guard {
    pub(super) fn consult(&mut self, found: Vec<Found>) {
        // Nothing moves while an answer is out, so each still stands there when it is decided.
        let found: Vec<_> = found
            .into_iter()
            .map(|found| {
                let place = self.place(&found);
                (found, place)
            })
            .collect();
        let findings: Vec<_> = found
            .iter()
            .filter(|(found, _)| !matches!(found.origin, Origin::Failure(_)))
            .map(|(found, place)| self.policy_finding(found, place))
            .collect();
        if findings.is_empty() {
            self.carry_out(found, Vec::new());
            return;
        }
        self.next_id += 1;
        self.outputs.push_back(Output::Consult(Consult {
            id: self.next_id,
            findings,
        }));
        self.step = Step::Verdicts {
            id: self.next_id,
            found,
        };
    }

    /// Decides all findings, in the order of the stream: what a detector found as the policy says, what it failed on
    /// as its failure action says.
    pub(super) fn carry_out(&mut self, found: Vec<(Found, Place)>, verdicts: Verdicts) {
        let mut verdicts = verdicts.into_iter();
        for (found, place) in found {
            let verdict = match found.origin {
                Origin::Detector | Origin::Known => verdicts.next().unwrap_or(Err(FailureKind::BadAnswer)),
                Origin::Failure(kind) => Err(kind),
            };
            self.decide(&found, place, verdict);
        }
        // Bytes, or the end, may have come while answers were out: nothing is released before it has been searched.
        self.pump();
    }

    fn policy_finding(&self, found: &Found, place: &Place) -> PolicyFinding {
        PolicyFinding {
            origin: found.origin,
            rule: self.rules.rules[found.rule as usize].at,
            severity: found.severity,
            confidence: found.confidence,
            facts: found.facts,
            length: u32::try_from(found.end - found.start).expect("a window is shorter than 4 GiB"),
            late: place.late,
            offset: place.offset,
            channel: self.settings.channel,
            encoding: place.encoding,
        }
    }

    /// Where a finding stands in the raw stream, and how much of it is out already: what its rule shows, what a mark
    /// released, and what was out before it could be seen as a part of it. Nothing holds back a rule that the policy
    /// promised to allow.
    fn place(&self, found: &Found) -> Place {
        let view = self.view_of(found);
        let held = self.rules.rules[found.rule as usize].rule.hold;
        let from = if held {
            found.start.max(found.hold).min(found.end)
        } else {
            found.end
        };
        let Pieces { ranges, out, all } = view.map.pieces(from, found.end);
        let all = if from == found.start {
            all
        } else {
            view.map.pieces(found.start, found.end).all
        };
        let mut public = 0;
        // What was public when a reading was opened is out.
        let ranges: Vec<_> = ranges
            .into_iter()
            .filter_map(|(start, end)| {
                public += view.floor.clamp(start, end) - start;
                (view.floor < end).then_some((start.max(view.floor), end))
            })
            .collect();
        // In another reading than the plain one, what went out may have been taken out for a finding of that one.
        let plain = found.view == PLAIN;
        let shown = ranges
            .iter()
            .filter(|_| plain)
            .map(|(start, end)| self.gate.shown(*start, *end));
        let shown: u64 = shown.sum();
        let late = (from - found.start) + public + out + shown;
        let offset = view.map.raw(found.start).unwrap_or(0);
        // Between the halves of the characters of UTF-16 stands a zero, and a marker would not fit.
        let wide = ranges.len() > 2
            && ranges
                .windows(2)
                .all(|pair| self.raw.slice(pair[0].1, pair[1].0) == [0]);
        Place {
            offset,
            end: view.map.raw_end(found.end.saturating_sub(1)).unwrap_or(offset),
            // What is out already can't be where the session ends: that is where it was found.
            next: ranges.first().map_or(found.order.0, |(start, _)| *start),
            late: u32::try_from(late).unwrap_or(u32::MAX),
            as_mask: out + shown > 0 || wide,
            ranges,
            all,
            encoding: view.encoding,
        }
    }

    fn decide(&mut self, found: &Found, mut place: Place, verdict: Result<PolicyDecision, FailureKind>) {
        let rules = Arc::clone(&self.rules);
        let compiled = &rules.rules[found.rule as usize];
        let rule = &compiled.rule;
        // No byte from a block on gets out, so what is found there later is no decision any more. How much of it was
        // found already would depend on how the stream was cut.
        if self
            .gate
            .block_at()
            .is_some_and(|block| !rule.hold || place.next >= block)
        {
            return;
        }
        let is_told = self.is_told(found.rule, std::mem::take(&mut place.all));
        // Of two readings that show the same, the secret may go on in one alone.
        let goes_on = goes_on(found, rule);
        if is_told && !goes_on {
            return;
        }
        let resolved = self.resolve(compiled, found.origin, verdict);
        if !is_told {
            self.tell(compiled, found, &place, &resolved);
        }
        // What nothing held is out already, or may be: an action on it comes too late, and its record says so.
        if resolved.action == Action::Allow || !rule.hold {
            return;
        }
        let span = Span {
            start: place.next,
            end: place.next,
            action: resolved.action,
            severity: found.severity,
            rule: Some(found.rule),
            failed: resolved.failed,
            leads: true,
            as_mask: place.as_mask,
        };
        if place.ranges.is_empty() && matches!(span.action, Action::Block | Action::WithholdLine) {
            self.gate.add(span.clone());
        }
        if !is_told {
            let rest = if goes_on { self.rest(found) } else { Vec::new() };
            for (index, (start, end)) in place.ranges.into_iter().chain(rest).enumerate() {
                self.gate.add(Span {
                    start,
                    end,
                    leads: index == 0,
                    ..span.clone()
                });
            }
        }
        let swallow = |back: Option<Behind>| Swallow {
            view: found.view,
            next: back.as_ref().map_or(found.window_end, Behind::needs),
            waits: false,
            body: if found.crowd {
                CrowdWalk::set(rule)
            } else {
                *rule.extent.body()
            },
            lines: matches!(rule.extent, Extent::Block(_)),
            back,
            crowd: found.crowd,
            span: Span {
                leads: false,
                ..span.clone()
            },
        };
        if goes_on {
            self.swallows.push(swallow(None));
        } else {
            let behind = self.behind(found, rule);
            self.swallows.extend(behind.map(|behind| swallow(Some(behind))));
        }
    }

    /// Whether the same was decided before, and remembers it: two readings may show the same. On a screen, others may
    /// begin and end with the same bytes, and have others between them.
    fn is_told(&mut self, rule: u32, all: Vec<(u64, u64)>) -> bool {
        let same = (rule, all);
        if self.decided.contains(&same) {
            return true;
        }
        self.decided.push_back(same);
        if self.decided.len() > REMEMBERED {
            self.decided.pop_front();
        }
        false
    }

    /// What becomes of a finding: as the policy says, or as the configuration says of a failure.
    fn resolve(&self, compiled: &Compiled, origin: Origin, verdict: Result<PolicyDecision, FailureKind>) -> Resolved {
        let failed = |action| Resolved {
            action,
            reason: Reason::Failure,
            failed: true,
        };
        match (origin, verdict) {
            (Origin::Failure(kind), _) => {
                let detector = &self.rules.detectors[usize::from(compiled.at.detector)];
                failed(action_of(detector.failure.action(kind)))
            }
            (Origin::Detector | Origin::Known, Ok(decision)) => Resolved {
                action: decision.action,
                reason: decision.reason,
                failed: false,
            },
            (Origin::Detector | Origin::Known, Err(kind)) => match self.settings.policy_failure.action(kind) {
                FailureAction::Block => failed(Action::Block),
                FailureAction::Withhold | FailureAction::Pass => failed(Action::RedactMarker),
            },
        }
    }

    /// The pieces of a window behind the finding in it.
    fn rest(&self, found: &Found) -> Vec<(u64, u64)> {
        if found.window_end <= found.end {
            return Vec::new();
        }
        self.view_of(found).map.pieces(found.end, found.window_end).ranges
    }

    /// How a block that has not come to its close may go on. Its first line may stand in one row with its header, and
    /// its others below: so both ways are looked along.
    fn behind(&self, found: &Found, rule: &Rule) -> impl Iterator<Item = Behind> + use<> {
        let is_block = matches!(&rule.extent, Extent::Block(block) if !block.until.is_empty());
        let broke_off = is_block && found.ended_by == EndedBy::Text && found.view == PLAIN && !found.crowd;
        let behind = broke_off.then(|| {
            let text = &self.view_of(found).text;
            let from = found.start.saturating_sub(FRAME);
            let (before, line) = (text.slice(from, found.start), text.slice(found.start, found.end));
            let row = Row::new(before, line, found.end, rule).map(Behind::Row);
            let text = text.slice(from, found.window_end);
            let length = usize::try_from(found.window_end - found.start).ok();
            let lines = length.and_then(|length| Back::new(text, length, found.window_end, found.apart));
            [row, lines.map(Behind::Lines)]
        });
        behind.into_iter().flatten().flatten()
    }

    fn view_of(&self, found: &Found) -> &View {
        self.view(found.view)
            .expect("a view stays while there are findings in it")
    }

    /// Tells of a decision.
    fn tell(&mut self, compiled: &Compiled, found: &Found, place: &Place, resolved: &Resolved) {
        let rule = &compiled.rule;
        let fingerprint = match (&self.settings.key, found.origin) {
            (Some(key), Origin::Detector | Origin::Known) if !rule.low_entropy => {
                let view = self.view_of(found);
                Some(key.fingerprint(view.text.slice(found.start, found.end)))
            }
            (Some(_) | None, Origin::Detector | Origin::Known | Origin::Failure(_)) => None,
        };
        let shape = self.settings.shapes.then(|| {
            let (from, to) = Shape::around(place.offset, place.end);
            let from = from.max(self.raw.base());
            Shape::new(from, self.raw.slice(from, to), place.offset, place.end)
        });
        self.outputs.push_back(Output::Decision(Decision {
            rule: compiled.at,
            origin: found.origin,
            severity: found.severity,
            confidence: found.confidence,
            facts: found.facts,
            offset: place.offset,
            end: place.end,
            length: if rule.low_entropy {
                LengthClass::Untold
            } else {
                LengthClass::of(found.end - found.start)
            },
            action: resolved.action,
            reason: resolved.reason,
            late: place.late,
            fingerprint,
            shape,
        }));
    }
}

/// Whether the secret goes on behind its window.
fn goes_on(found: &Found, rule: &Rule) -> bool {
    match found.ended_by {
        EndedBy::Text | EndedBy::Stream => false,
        // A block that was cut goes on, wherever the detector thinks that its last line ends.
        EndedBy::Longest => matches!(rule.extent, Extent::Block(_)) || found.end == found.window_end,
        // The next one of its kind goes on with lines that are of either.
        EndedBy::Others => found.end == found.window_end,
    }
}

/// What becomes of a finding.
struct Resolved {
    action: Action,
    reason: Reason,
    /// Nobody judged it.
    failed: bool,
}

/// Where a finding stands in the raw stream.
pub(super) struct Place {
    offset: u64,
    end: u64,
    /// Its first raw byte that may be held.
    next: u64,
    late: u32,
    as_mask: bool,
    /// What may be taken out for it.
    ranges: Vec<(u64, u64)>,
    /// All that it stands for.
    all: Vec<(u64, u64)>,
    encoding: u8,
}

fn action_of(failure: FailureAction) -> Action {
    match failure {
        FailureAction::Withhold => Action::RedactMarker,
        FailureAction::Block => Action::Block,
        FailureAction::Pass => Action::Allow,
    }
}
