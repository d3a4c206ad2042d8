//! Asking the policy, and carrying out what is decided.

use std::sync::Arc;

use super::{Guard, Step};
use crate::consult::{Action, Consult, FailureAction, FailureKind, Origin, PolicyDecision, PolicyFinding, Verdicts};
use crate::follow::Settled;
use crate::outlet::{Span, Swallow};
use crate::output::{Decision, LengthClass, Output, Reason};
use crate::rule::{Extent, Severity};
use crate::ruleset::RuleSet;

/// A finding on its way to a decision, in positions of the stream.
pub(super) struct Found {
    /// Where its suspect was settled, which orders it among all others.
    pub(super) settled: u64,
    pub(super) rule: u32,
    pub(super) at: u64,
    pub(super) anchor: u16,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) hold: u64,
    pub(super) cut: bool,
    pub(super) window_end: u64,
    pub(super) origin: Origin,
    pub(super) severity: Severity,
    pub(super) confidence: u8,
    pub(super) facts: u64,
}

impl Found {
    /// A finding on all of a suspect's native extent.
    pub(super) fn native(settled: &Settled, origin: Origin, rules: &RuleSet) -> Self {
        let Settled { live, window, hold } = settled;
        Self {
            settled: window.settled,
            rule: live.rule,
            at: live.at,
            anchor: live.anchor,
            start: window.start,
            end: window.end,
            hold: *hold,
            cut: window.cut,
            window_end: window.end,
            origin,
            severity: rules.rules[live.rule as usize].rule.severity,
            confidence: 0,
            facts: 0,
        }
    }

    pub(super) fn order(&self) -> (u64, u64, u32, u16, u64, u64) {
        (self.settled, self.at, self.rule, self.anchor, self.start, self.end)
    }
}

impl Guard {
    pub(super) fn consult(&mut self, found: Vec<Found>) {
        let findings: Vec<_> = found
            .iter()
            .filter(|found| !matches!(found.origin, Origin::Failure(_)))
            .map(|found| self.policy_finding(found))
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

    /// Decides all findings, in the order of the stream: what a detector found as the policy says, what it failed on as its
    /// failure action says.
    pub(super) fn carry_out(&mut self, found: Vec<Found>, verdicts: Verdicts) {
        let mut verdicts = verdicts.into_iter();
        for found in found {
            let verdict = match found.origin {
                Origin::Detector | Origin::Known => verdicts.next().unwrap_or(Err(FailureKind::BadAnswer)),
                Origin::Failure(kind) => Err(kind),
            };
            self.decide(found, verdict);
        }
        // Bytes, or the end, may have come while answers were out: nothing is released before it has been searched.
        self.pump();
    }

    fn policy_finding(&self, found: &Found) -> PolicyFinding {
        PolicyFinding {
            origin: found.origin,
            rule: self.rules.rules[found.rule as usize].at,
            severity: found.severity,
            confidence: found.confidence,
            facts: found.facts,
            length: u32::try_from(found.end - found.start).expect("a window is shorter than 4 GiB"),
            late: self.late(found),
            offset: found.start,
            channel: self.settings.channel,
            encoding: 0,
        }
    }

    fn decide(&mut self, found: Found, verdict: Result<PolicyDecision, FailureKind>) {
        let rules = Arc::clone(&self.rules);
        let compiled = &rules.rules[found.rule as usize];
        let rule = &compiled.rule;
        // No byte from a block on gets out, so what is found there later is no decision any more. How much of it was found
        // already would depend on how the stream was cut.
        if self
            .gate
            .block_at()
            .is_some_and(|block| !rule.hold || found.start.max(found.hold) >= block)
        {
            return;
        }
        let (action, reason, failed) = match (found.origin, verdict) {
            (Origin::Failure(kind), _) => {
                let failure = rules.detectors[usize::from(compiled.at.detector)].failure.action(kind);
                (action_of(failure), Reason::Failure, true)
            }
            (Origin::Detector | Origin::Known, Ok(decision)) => (decision.action, decision.reason, false),
            (Origin::Detector | Origin::Known, Err(kind)) => match self.settings.policy_failure.action(kind) {
                FailureAction::Block => (Action::Block, Reason::Failure, true),
                FailureAction::Withhold | FailureAction::Pass => (Action::RedactMarker, Reason::Failure, true),
            },
        };
        let late = self.late(&found);
        let fingerprint = match (&self.settings.key, found.origin) {
            (Some(key), Origin::Detector | Origin::Known) if !rule.low_entropy => {
                Some(key.fingerprint(self.stream.slice(found.start, found.end)))
            }
            (Some(_) | None, Origin::Detector | Origin::Known | Origin::Failure(_)) => None,
        };
        self.outputs.push_back(Output::Decision(Decision {
            rule: compiled.at,
            origin: found.origin,
            severity: found.severity,
            confidence: found.confidence,
            facts: found.facts,
            offset: found.start,
            length: if rule.low_entropy {
                LengthClass::Untold
            } else {
                LengthClass::of(found.end - found.start)
            },
            action,
            reason,
            late,
            fingerprint,
        }));
        // What nothing held is out already, or may be: an action on it comes too late, and its record says so.
        if action == Action::Allow || !rule.hold {
            return;
        }
        // A block that was cut goes on, wherever the detector thinks that its last line ends.
        let lines = matches!(rule.extent, Extent::Block(_));
        let goes_on = found.cut && (lines || found.end == found.window_end);
        let swallow = goes_on.then(|| Swallow {
            body: *rule.extent.body(),
            lines,
        });
        self.gate.add(Span {
            start: found.start.max(found.hold),
            end: if goes_on { found.window_end } else { found.end },
            action,
            severity: found.severity,
            rule: Some(found.rule),
            failed,
            swallow,
        });
    }

    /// How many of its bytes are out already: what its rule shows, and what a mark released. Nothing holds back a rule that
    /// the policy promised to allow.
    fn late(&self, found: &Found) -> u32 {
        let late = if self.rules.rules[found.rule as usize].rule.hold {
            let from = found.start.max(found.hold);
            (from.min(found.end) - found.start) + self.gate.shown(from, found.end)
        } else {
            found.end - found.start
        };
        u32::try_from(late).expect("a window is shorter than 4 GiB")
    }
}

fn action_of(failure: FailureAction) -> Action {
    match failure {
        FailureAction::Withhold => Action::RedactMarker,
        FailureAction::Block => Action::Block,
        FailureAction::Pass => Action::Allow,
    }
}
