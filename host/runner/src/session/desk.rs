//! The desk between a guard and the engine: it carries questions there and answers back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cofferdam_engine::{Incident, Session};
use cofferdam_guard::{Action, Consult, FailureKind, Guard, Output, PolicyDecision, Reason, RuleRef, Verdicts};

use cofferdam_model::record::{Overridden, OverridesChanged};

use super::guards::{Guards, action_of};
use super::listener::Listener;
use crate::authority::Overrides;

/// One session's instances, and what holds beside the policy.
pub(crate) struct Desk {
    guards: Arc<Guards>,
    session: Session,
    /// The last incident said that a circuit is open: saying it for each further question would only flood the record.
    open: Vec<Arc<str>>,
    /// What people let through; none for what is no run.
    overrides: Option<Overrides>,
    /// The overrides that were used, each with what it was used against. Decisions name them by their place.
    used: Vec<Overridden>,
    /// Findings of the last consultation that would have ended the session, where nothing may.
    lowered: Vec<(RuleRef, u64)>,
}

impl Desk {
    pub(crate) fn new(guards: Arc<Guards>) -> Self {
        let session = guards.session();
        Self {
            guards,
            session,
            open: Vec::new(),
            overrides: None,
            used: Vec::new(),
            lowered: Vec::new(),
        }
    }

    /// The same desk, at which people may let things through.
    pub(super) fn with_overrides(mut self, overrides: Overrides) -> Self {
        self.overrides = Some(overrides);
        self
    }

    /// Sees to it that overrides which were granted or taken back meanwhile are followed.
    pub(super) fn follow_overrides(&mut self, now: Duration, listener: &mut impl Listener) {
        if let Some(overrides) = &mut self.overrides
            && overrides.follow(now)
        {
            listener.overrides(OverridesChanged {
                in_force: overrides.in_force(),
                refused: overrides.refused(),
            });
        }
    }

    /// Does what the guard wants until it wants nothing more. `now` is the session's time.
    pub(crate) fn serve(&mut self, guard: &mut Guard, now: Duration, listener: &mut impl Listener) {
        let mut asked = Instant::now();
        self.follow_overrides(now, listener);
        while let Some(output) = guard.poll() {
            match output {
                Output::Cleared(cleared) => listener.cleared(cleared),
                Output::Ask(ask) => {
                    // What a call takes says nothing of the first one, which a start left this to.
                    self.guards.load_detector(ask.detector());
                    asked = Instant::now();
                    let (answer, incidents) = self.session.scan(&ask, now);
                    listener.asked(&ask);
                    listener.called(Some(ask.detector()), ask.suspects().len(), asked.elapsed());
                    self.tell(incidents, listener);
                    guard.answer(&ask, answer);
                }
                Output::Consult(consult) => {
                    self.guards.load_policy();
                    let consulted = Instant::now();
                    let (verdicts, incidents) = self.session.consult(&consult, now);
                    listener.called(None, consult.findings.len(), consulted.elapsed());
                    self.tell(incidents, listener);
                    let verdicts = self.at_least(&consult, verdicts);
                    listener.consulted(&consult, &verdicts);
                    let verdicts = self.let_through(&consult, verdicts, now);
                    guard.verdicts(consult.id(), self.without_blocks(&consult, verdicts));
                }
                Output::Decision(mut decision) => {
                    if self.lowered.contains(&(decision.rule, decision.offset)) {
                        decision.action = Action::Block;
                    }
                    let micros = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
                    let overridden = match decision.reason {
                        Reason::Override(place) => self.used.get(usize::from(place)).cloned(),
                        Reason::Policy(_) | Reason::Floor | Reason::Failure => None,
                    };
                    listener.decision(decision, micros, overridden);
                }
                Output::Marked(effect) => listener.marked(effect),
                Output::Blocked(rule) => listener.blocked(rule),
            }
        }
    }

    /// The policy's verdicts, made as strict as the operator wants at least.
    fn at_least(&self, consult: &Consult, mut verdicts: Verdicts) -> Verdicts {
        for (finding, verdict) in consult.findings.iter().zip(&mut verdicts) {
            if let Ok(decision) = verdict {
                let least = self.guards.least(finding.rule);
                let alike = decision.action == Action::RedactMask && least == Action::RedactMarker;
                if least > decision.action && !alike {
                    *decision = PolicyDecision {
                        action: least,
                        reason: Reason::Floor,
                    };
                }
            }
        }
        verdicts
    }

    /// What people let through, whatever the policy and the operator's floors say of it. A failure of the policy
    /// stays one.
    fn let_through(&mut self, consult: &Consult, mut verdicts: Verdicts, now: Duration) -> Verdicts {
        let Some(overrides) = &self.overrides else {
            return verdicts;
        };
        for (finding, verdict) in consult.findings.iter().zip(&mut verdicts) {
            let Ok(decision) = verdict else { continue };
            let Some(rule) = self.guards.rule_name(finding.rule) else {
                continue;
            };
            let names = (rule.plugin.as_str(), rule.rule.as_str(), rule.category.as_str());
            if decision.action == Action::Allow {
                continue;
            }
            let Some(granted) = overrides.of_rule(names, now) else {
                continue;
            };
            let used = Overridden {
                id: granted.id,
                by: granted.by.clone(),
                instead_of: action_of(decision.action),
            };
            let place = self.used.iter().position(|known| *known == used).unwrap_or_else(|| {
                self.used.push(used);
                self.used.len() - 1
            });
            // There are five actions and at most 256 overrides at a time; without a place to name, nothing is let
            // through.
            if let Ok(place) = u16::try_from(place) {
                *decision = PolicyDecision {
                    action: Action::Allow,
                    reason: Reason::Override(place),
                };
            }
        }
        verdicts
    }

    /// The same verdicts, in which nothing ends the session where nothing may. What would have is told all the same.
    fn without_blocks(&mut self, consult: &Consult, mut verdicts: Verdicts) -> Verdicts {
        if self.guards.may_block() {
            return verdicts;
        }
        self.lowered.clear();
        for (finding, verdict) in consult.findings.iter().zip(&mut verdicts) {
            if let Ok(decision) = verdict
                && decision.action == Action::Block
            {
                self.lowered.push((finding.rule, finding.offset));
                decision.action = Action::RedactMarker;
            }
        }
        verdicts
    }

    /// The policy's verdicts on these findings, as strict as the operator wants at least.
    pub(crate) fn consult(&mut self, consult: &Consult, now: Duration) -> (Verdicts, Vec<Incident>) {
        let (verdicts, incidents) = self.session.consult(consult, now);
        (self.at_least(consult, verdicts), incidents)
    }

    /// How much memory the instance of a detector holds, or of the policy, in bytes.
    pub(crate) fn memory(&self, detector: Option<u16>) -> usize {
        self.session.memory(detector)
    }

    fn tell(&mut self, incidents: Vec<Incident>, listener: &mut impl Listener) {
        for incident in incidents {
            let known = self.open.contains(&incident.plugin);
            if incident.kind == FailureKind::CircuitOpen {
                if known {
                    continue;
                }
                self.open.push(Arc::clone(&incident.plugin));
            } else {
                self.open.retain(|plugin| *plugin != incident.plugin);
            }
            listener.incident(incident);
        }
    }
}
