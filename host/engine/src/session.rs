//! A session's own instances of its guards.

use crate::breaker::BreakerSettings;
use crate::call::Live;
use crate::engine::{Engine, Inner};
use crate::incident::{Detail, Failure, Incident};
use crate::limits::Limits;
use crate::plugin::{Detector, DetectorGuest, DetectorInner, Policy, PolicyGuest, PolicyInner};
use crate::retry::{Asker, Outcome};
use crate::view::{View, Walk};
use cofferdam_guard::{Answer, Ask, Consult, FailureKind, Finding, PolicyDecision, Reason, Verdicts};
use std::mem::size_of;
use std::sync::Arc;
use std::time::Duration;

/// The most findings that a suspect may have; the guard checks it, this sizes what an answer may take.
const FINDINGS_A_SUSPECT: usize = 16;
/// An answer may take twice what the largest good one takes, and a little more.
const FUEL_AT_LEAST: usize = 4096;
/// One question, with all that is asked again, may take so many deadlines beside one start of an instance.
const DEADLINES_A_QUESTION: u32 = 4;

/// Asks the guards of one session. Each has one instance of its own here, made when it is first asked and kept; one
/// that fails is thrown away, and the next question gets a fresh one. It can be sent to another thread, and answers
/// one question at a time: two streams that must not wait for each other take two.
pub struct Session {
    engine: Arc<Inner>,
    detectors: Vec<DetectorSlot>,
    policy: PolicySlot,
}

struct DetectorSlot {
    plugin: Arc<DetectorInner>,
    live: Option<Live<DetectorGuest>>,
    asker: Asker,
}

struct PolicySlot {
    plugin: Arc<PolicyInner>,
    live: Option<Live<PolicyGuest>>,
    asker: Asker,
}

impl Session {
    /// A session of a policy and its detectors. Nothing is instantiated yet.
    pub fn new(engine: &Engine, policy: &Policy, breaker: BreakerSettings) -> Self {
        let asker = |name: &Arc<str>, limits: &Limits, together: bool| {
            let budget = limits
                .deadline
                .saturating_mul(DEADLINES_A_QUESTION)
                .saturating_add(limits.start);
            Asker::new(Arc::clone(name), budget, together, breaker)
        };
        let slot = |detector: &Detector| DetectorSlot {
            plugin: Arc::clone(&detector.inner),
            live: None,
            asker: asker(&detector.info().name, &detector.info().limits, detector.inner.together),
        };
        Self {
            engine: Arc::clone(&engine.inner),
            detectors: policy.detectors().iter().map(slot).collect(),
            policy: PolicySlot {
                plugin: Arc::clone(&policy.inner),
                live: None,
                asker: asker(&policy.info().name, &policy.info().limits, policy.inner.together),
            },
        }
    }

    /// Asks a detector. The answer has been checked; what the detector failed on is named in it, and told in the
    /// incidents. `now` is the session's time, from any fixed moment.
    pub fn scan(&mut self, ask: &Ask, now: Duration) -> (Answer, Vec<Incident>) {
        let mut incidents = Vec::new();
        let Some(slot) = self.detectors.get_mut(usize::from(ask.detector())) else {
            return (Answer::failed(ask, FailureKind::Missing), incidents);
        };
        let DetectorSlot { plugin, live, asker } = slot;
        let count = u32::try_from(ask.suspects().len()).expect("a batch has far fewer suspects");
        let used = self.engine.deadlines.stopwatch();
        let mut walk = Walk::new(ask);
        let call = |part: Option<u32>| {
            let view = match part {
                None => View::whole(ask),
                Some(part) => walk.only(part).ok_or(Detail::Host)?,
            };
            scan_once(&self.engine, plugin, live, ask, &view)
        };
        let outcome = asker.ask(count, || now.saturating_add(used()), call, &mut incidents);
        let answer = match outcome {
            Outcome::Whole(findings) => Answer {
                findings,
                failed: Vec::new(),
            },
            Outcome::Each(each) => join(each),
        };
        (answer, incidents)
    }

    /// Asks the policy: one verdict for each finding, in their order.
    /// `now` is the session's time, from any fixed moment.
    pub fn consult(&mut self, consult: &Consult, now: Duration) -> (Verdicts, Vec<Incident>) {
        let mut incidents = Vec::new();
        let PolicySlot { plugin, live, asker } = &mut self.policy;
        let count = u32::try_from(consult.findings.len()).expect("a batch has far fewer findings");
        let used = self.engine.deadlines.stopwatch();
        let call = |part: Option<u32>| match part {
            None => decide_once(&self.engine, plugin, live, consult),
            Some(part) => {
                let alone = consult.only(part as usize).ok_or(Detail::Host)?;
                decide_once(&self.engine, plugin, live, &alone)
            }
        };
        let outcome = asker.ask(count, || now.saturating_add(used()), call, &mut incidents);
        let verdicts = match outcome {
            Outcome::Whole(decisions) => decisions.into_iter().map(Ok).collect(),
            // Each part was checked to have one decision.
            Outcome::Each(each) => each.into_iter().map(|one| one.map(|decisions| decisions[0])).collect(),
        };
        (verdicts, incidents)
    }

    /// Calls a detector about nothing, to measure what a call costs. `false` when it failed or isn't there.
    pub fn touch(&mut self, detector: usize) -> bool {
        let Some(DetectorSlot { plugin, live, .. }) = self.detectors.get_mut(detector) else {
            return false;
        };
        let called = with_live(
            live,
            || plugin.instance(&self.engine),
            |live| {
                live.call(&self.engine, plugin.ticks.call, FUEL_AT_LEAST, |store, guest| {
                    guest.scan_nothing(store)
                })
            },
        );
        called.is_ok()
    }

    /// The same with the policy.
    pub fn touch_policy(&mut self) -> bool {
        let PolicySlot { plugin, live, .. } = &mut self.policy;
        let called = with_live(
            live,
            || plugin.instance(&self.engine),
            |live| {
                live.call(&self.engine, plugin.ticks.call, FUEL_AT_LEAST, |store, guest| {
                    guest.decide_nothing(store)
                })
            },
        );
        called.is_ok()
    }

    /// How much memory the instance of a detector holds now, in bytes, or of the policy where none is named; 0 where
    /// there is no instance.
    pub fn memory(&self, detector: Option<u16>) -> usize {
        match detector {
            Some(detector) => {
                let slot = self.detectors.get(usize::from(detector));
                slot.and_then(|slot| slot.live.as_ref()).map_or(0, Live::memory)
            }
            None => self.policy.live.as_ref().map_or(0, Live::memory),
        }
    }

    /// Throws the instances away; the next questions get fresh ones.
    pub fn forget_instances(&mut self) {
        self.policy.live = None;
        for slot in &mut self.detectors {
            slot.live = None;
        }
    }
}

fn scan_once(
    engine: &Inner,
    plugin: &DetectorInner,
    live: &mut Option<Live<DetectorGuest>>,
    ask: &Ask,
    view: &View<'_>,
) -> Result<Vec<Finding>, Failure> {
    let fuel = fuel(view.suspects.len() * FINDINGS_A_SUSPECT * size_of::<Finding>());
    with_live(
        live,
        || plugin.instance(engine),
        |live| {
            let answer = live.call(engine, plugin.ticks.call, fuel, |store, guest| guest.scan(store, view))?;
            let mut findings = answer.map_err(Detail::Error)?;
            view.check(ask, &mut findings).map_err(Detail::Answer)?;
            Ok(findings)
        },
    )
}

fn decide_once(
    engine: &Inner,
    plugin: &PolicyInner,
    live: &mut Option<Live<PolicyGuest>>,
    consult: &Consult,
) -> Result<Vec<PolicyDecision>, Failure> {
    let fuel = fuel(consult.findings.len() * size_of::<PolicyDecision>());
    with_live(
        live,
        || plugin.instance(engine),
        |live| {
            let answer = live.call(engine, plugin.ticks.call, fuel, |store, guest| {
                guest.decide(store, consult, &plugin.first)
            })?;
            let decisions = answer.map_err(Detail::Error)?;
            let reasons = plugin.promise.reasons.len();
            // A policy without reasons can only say 0.
            let declared = |decision: &PolicyDecision| match decision.reason {
                Reason::Policy(reason) => usize::from(reason) < reasons.max(1),
                Reason::Floor | Reason::Override(_) | Reason::Failure => false,
            };
            if decisions.len() != consult.findings.len() || !decisions.iter().all(declared) {
                return Err(Detail::Decisions.into());
            }
            Ok(decisions)
        },
    )
}

/// Calls the instance, or a fresh one, and keeps it only when it did not fail.
fn with_live<G, R>(
    slot: &mut Option<Live<G>>,
    fresh: impl FnOnce() -> Result<Live<G>, Failure>,
    call: impl FnOnce(&mut Live<G>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let live = match slot {
        Some(live) => live,
        None => slot.insert(fresh()?),
    };
    let done = call(live);
    if done.is_err() {
        *slot = None;
    }
    done
}

/// One answer of the answers about each suspect alone.
fn join(each: Vec<Result<Vec<Finding>, FailureKind>>) -> Answer {
    let mut answer = Answer::default();
    for (suspect, one) in (0_u32..).zip(each) {
        match one {
            Ok(findings) => answer.findings.extend(findings),
            Err(kind) => answer.failed.push((suspect, kind)),
        }
    }
    answer
}

fn fuel(good: usize) -> usize {
    good.saturating_mul(2).saturating_add(FUEL_AT_LEAST)
}

#[cfg(test)]
mod tests {
    use super::Session;

    #[test]
    fn a_session_can_be_sent_and_plugins_can_be_shared() {
        fn is_send<T: Send>() {}
        fn is_shared<T: Send + Sync>() {}
        is_send::<Session>();
        is_shared::<crate::Engine>();
        is_shared::<crate::Policy>();
        is_shared::<crate::Detector>();
    }
}
