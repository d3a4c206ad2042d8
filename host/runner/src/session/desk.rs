//! The desk between a guard and the engine: it carries questions there and answers back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cofferdam_engine::{Incident, Session};
use cofferdam_guard::{Action, Consult, FailureKind, Guard, Output, PolicyDecision, Reason, RuleRef, Verdicts};

use super::guards::Guards;
use super::listener::Listener;

/// One session's instances, and what holds beside the policy.
pub(crate) struct Desk {
    guards: Arc<Guards>,
    session: Session,
    /// The last incident said that a circuit is open: saying it for each further question would only flood the record.
    open: Vec<Arc<str>>,
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
            lowered: Vec::new(),
        }
    }

    /// Does what the guard wants until it wants nothing more. `now` is the session's time.
    pub(crate) fn serve(&mut self, guard: &mut Guard, now: Duration, listener: &mut impl Listener) {
        let mut asked = Instant::now();
        while let Some(output) = guard.poll() {
            match output {
                Output::Cleared(cleared) => listener.cleared(cleared),
                Output::Ask(ask) => {
                    asked = Instant::now();
                    let (answer, incidents) = self.session.scan(&ask, now);
                    listener.asked(&ask);
                    listener.called(Some(ask.detector()), ask.suspects().len(), asked.elapsed());
                    self.tell(incidents, listener);
                    guard.answer(&ask, answer);
                }
                Output::Consult(consult) => {
                    let consulted = Instant::now();
                    let (verdicts, incidents) = self.session.consult(&consult, now);
                    listener.called(None, consult.findings.len(), consulted.elapsed());
                    self.tell(incidents, listener);
                    let verdicts = self.at_least(&consult, verdicts);
                    listener.consulted(&consult, &verdicts);
                    guard.verdicts(consult.id(), self.without_blocks(&consult, verdicts));
                }
                Output::Decision(mut decision) => {
                    if self.lowered.contains(&(decision.rule, decision.offset)) {
                        decision.action = Action::Block;
                    }
                    let micros = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
                    listener.decision(decision, micros);
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
