//! The session's end of shadow: what it hands to candidates while it goes on, and what it writes down at its end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cofferdam_guard::{Ask, Consult, Decision, Outlet, Raw, Size, Verdicts};
use cofferdam_model::Code;
use cofferdam_model::record::{Channel, PluginKind, RunId, SafeText, TaskId};
use cofferdam_model::shadow::{Candidate, CandidateState, Incumbent, ShadowBegun, ShadowLine, ShadowSchema, Times};

use super::lane::{Item, Windows, add_up};
use super::part::Part;
use super::plan::{IncumbentPlan, ShadowPlan};
use super::results::Rules;
use super::worker::{self, Budget, Shared};
use crate::session::Guards;

/// What a session hands to its candidates. Nothing of it waits for one, and nothing comes back before the end.
pub(crate) struct Tap {
    guards: Arc<Guards>,
    lanes: Vec<TapLane>,
    ring: usize,
    drain: Duration,
    patience: Duration,
    compiling: fn() -> bool,
    taken: BTreeMap<Channel, u64>,
    /// Windows since bytes were handed over last, by detector.
    windows: Vec<Windows>,
    /// How long calls took, by detector and then of the policy.
    times: Vec<Times>,
}

struct TapLane {
    candidate: Candidate,
    detector: Option<u16>,
    shared: Arc<Shared>,
    /// All windows of what the candidate is compared with, whoever saw them.
    windows: Windows,
}

impl TapLane {
    /// The fresh windows of what the candidate is compared with.
    fn fresh(&mut self, all: &[Windows]) -> Windows {
        let own = self.detector.and_then(|detector| all.get(usize::from(detector)));
        let own = own.cloned().unwrap_or_default();
        add_up(&mut self.windows, &own);
        own
    }
}

impl Tap {
    /// Starts the candidates beside these guards.
    pub(crate) fn start(
        plan: ShadowPlan,
        guards: &Arc<Guards>,
        (task, run): (&TaskId, RunId),
        (folder, version): (PathBuf, &'static str),
    ) -> Self {
        let ShadowPlan {
            ring,
            drain,
            patience,
            candidates,
            compiling,
        } = plan;
        let in_force = guards.plugins();
        let lanes = candidates.into_iter().map(|plan| {
            let kind = plan.kind;
            let incumbent = plan
                .incumbent
                .as_ref()
                .and_then(|IncumbentPlan { name, settings_digest }| {
                    let found = in_force
                        .iter()
                        .find(|plugin| plugin.kind == kind && plugin.name == *name)?;
                    Some(Incumbent {
                        name: name.clone(),
                        version: found.version.clone(),
                        digest: found.digest,
                        settings_digest: *settings_digest,
                    })
                });
            let detector = incumbent.as_ref().and_then(|incumbent| match kind {
                PluginKind::Detector => guards.detector_index(&incumbent.name),
                PluginKind::GuardPolicy => None,
            });
            let candidate = Candidate {
                name: plan.name.clone(),
                kind,
                version: None,
                digest: None,
                settings_digest: plan.settings_digest,
                incumbent,
                state: CandidateState::Late,
            };
            let shared = Arc::new(Shared::new(ring));
            let part = Part::new(folder.clone(), (task.clone(), run), version, candidate.clone());
            if !worker::start(plan, Arc::clone(&shared), Arc::clone(guards), (detector, part)) {
                shared.results().state = CandidateState::Refused {
                    code: Code::EngineStart,
                };
                shared.lane.leave();
            }
            TapLane {
                candidate,
                detector,
                shared,
                windows: Windows::new(),
            }
        });
        Self {
            lanes: lanes.collect(),
            guards: Arc::clone(guards),
            ring,
            drain,
            patience,
            compiling,
            taken: BTreeMap::new(),
            windows: Vec::new(),
            times: Vec::new(),
        }
    }

    /// A stream begins.
    pub(crate) fn open(&mut self, channel: Channel, outlet: Outlet, size: Size) {
        self.taken.insert(channel, 0);
        for lane in &self.lanes {
            lane.shared.lane.small(Item::Open { channel, outlet, size });
        }
    }

    /// The child wrote this, and the guard has looked at it. `settled` is what it doesn't hold, as a place in the
    /// stream.
    pub(crate) fn bytes(&mut self, channel: Channel, at: Duration, raw: &Arc<Raw>, settled: u64) {
        let end = self.taken.entry(channel).or_default();
        *end += raw.len() as u64;
        for lane in self
            .lanes
            .iter_mut()
            .filter(|lane| lane.candidate.kind == PluginKind::Detector)
        {
            let item = Item::Bytes {
                channel,
                at,
                raw: Arc::clone(raw),
                windows: lane.fresh(&self.windows),
                settled,
            };
            lane.shared.lane.bytes(item, *end);
        }
        self.windows.iter_mut().for_each(Windows::clear);
    }

    /// The terminal has another size.
    pub(crate) fn resize(&self, channel: Channel, at: Duration, size: Size) {
        for lane in &self.lanes {
            lane.shared.lane.small(Item::Resize { channel, at, size });
        }
    }

    /// Nothing more comes.
    pub(crate) fn end(&mut self, channel: Channel, at: Duration) {
        for lane in &mut self.lanes {
            let windows = lane.fresh(&self.windows);
            lane.shared.lane.small(Item::End { channel, at, windows });
        }
        self.windows.iter_mut().for_each(Windows::clear);
    }

    /// The guards in force decided.
    pub(crate) fn decision(&self, channel: Channel, decision: &Decision) {
        let decision = Arc::new(decision.clone());
        for lane in &self.lanes {
            let decision = Arc::clone(&decision);
            lane.shared.lane.small(Item::Found { channel, decision });
        }
    }

    /// A detector was asked.
    pub(crate) fn asked(&mut self, ask: &Ask) {
        let windows = reach(&mut self.windows, ask.detector());
        for suspect in ask.suspects() {
            *windows.entry(suspect.rule).or_default() += 1;
        }
    }

    /// The policy was asked.
    pub(crate) fn consulted(&self, channel: Channel, at: Duration, consult: &Consult, verdicts: &Verdicts) {
        let policies = || {
            self.lanes
                .iter()
                .filter(|lane| lane.candidate.kind == PluginKind::GuardPolicy)
        };
        if policies().next().is_none() {
            return;
        }
        let (consult, verdicts) = (Arc::new(consult.clone()), Arc::new(verdicts.clone()));
        for lane in policies() {
            lane.shared.lane.small(Item::Consulted {
                channel,
                at,
                consult: Arc::clone(&consult),
                verdicts: Arc::clone(&verdicts),
            });
        }
    }

    /// A guest answered.
    pub(crate) fn called(&mut self, detector: Option<u16>, took: Duration) {
        let policy = u16::try_from(self.guards.policy().detectors().len()).unwrap_or(u16::MAX);
        reach(&mut self.times, detector.unwrap_or(policy)).add(took);
    }

    /// Takes away what the candidates kept in case that the host would be killed: the run's own record holds all of it.
    pub(crate) fn tidy(folder: &Path, lines: &[ShadowLine]) {
        for line in lines {
            if let ShadowLine::Begun(begun) = line {
                begun
                    .candidates
                    .iter()
                    .for_each(|candidate| Part::remove(folder, &candidate.name));
            }
        }
    }

    /// Waits for the candidates as long as they may go on, and tells what came of them. `memory` says how much the
    /// instance of a detector in force holds, or of the policy.
    pub(crate) fn finish(
        self,
        task: &TaskId,
        run: RunId,
        version: &'static str,
        memory: impl Fn(Option<u16>) -> usize,
    ) -> Vec<ShadowLine> {
        let deadline = Instant::now() + self.drain.max(self.patience);
        // Each from now on: while one is waited for, the others go on too.
        let budgets: Vec<Budget> = self.lanes.iter().map(|lane| lane.shared.budget(self.drain)).collect();
        let policy = self.guards.policy().detectors().len();
        let (mut places, mut coverages, mut candidates) = (Vec::new(), Vec::new(), Vec::new());
        for (lane, budget) in self.lanes.into_iter().zip(budgets) {
            let TapLane {
                mut candidate,
                detector,
                shared,
                windows,
            } = lane;
            // Who is only being compiled now won't look at anything before long.
            let is_late = (self.compiling)() && shared.guards().is_none();
            let dropped = shared.lane.close(if is_late { Instant::now() } else { deadline }, &|| {
                budget.left(&shared)
            });
            let theirs = shared.guards();
            let mut results = std::mem::take(&mut *shared.results());
            let their_detector = theirs
                .as_ref()
                .and_then(|guards| guards.detector_index(&candidate.name));
            let rules = Rules {
                ours: detector.map(|detector| (&*self.guards, detector)),
                theirs: theirs.as_deref().zip(their_detector),
            };
            results.conclude(&candidate.name, &dropped, &self.taken, &windows, rules);
            let asked = match candidate.kind {
                PluginKind::Detector => detector.map(|detector| (Some(detector), usize::from(detector))),
                PluginKind::GuardPolicy => Some((None, policy)),
            };
            if let Some((asked, index)) = asked {
                results.coverage.incumbent_times = self.times.get(index).cloned().unwrap_or_default();
                results.coverage.incumbent_memory_bytes = memory(asked) as u64;
            }
            candidate.version = results.version;
            candidate.digest = results.digest;
            candidate.state = results.state;
            places.extend(results.listed);
            coverages.push(ShadowLine::Coverage(Box::new(results.coverage)));
            candidates.push(candidate);
        }
        let begun = ShadowBegun {
            schema: ShadowSchema::V1,
            task: task.clone(),
            run,
            host_version: SafeText::constant(version),
            ring_bytes: self.ring as u64,
            drain_ms: u64::try_from(self.drain.as_millis()).unwrap_or(u64::MAX),
            candidates,
        };
        let mut lines = vec![ShadowLine::Begun(Box::new(begun))];
        // Each candidate counted for itself; in the file they are counted on.
        lines.extend((1..).zip(places).map(|(number, mut place)| {
            place.place = number;
            ShadowLine::Place(Box::new(place))
        }));
        lines.extend(coverages);
        lines
    }
}

/// The entry of a detector in a list that grows to it.
fn reach<T: Default>(list: &mut Vec<T>, detector: u16) -> &mut T {
    let place = usize::from(detector);
    if list.len() <= place {
        list.resize_with(place + 1, T::default);
    }
    &mut list[place]
}
