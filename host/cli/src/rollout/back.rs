//! Going back by itself: a promoted plugin that fails too often, takes too long or can't be loaded leaves its place
//! to the version before.

use std::path::Path;

use cofferdam_model::Code;
use cofferdam_model::authority::{Breach, Incident, Phase, Version};
use cofferdam_model::config::{PluginName, Resolved};
use cofferdam_model::eval::Rate;
use cofferdam_model::record::{Digest, RolloutMoved, RunId, SafeText, TaskEvent, TaskId};
use cofferdam_model::shadow::Times;
use cofferdam_runner::authority::{Together, forget, watch};
use cofferdam_runner::record::{read_task, record_in_task};
use cofferdam_runner::session::{GuestUse, SessionEnd};

use super::pair::{other, version};
use super::{Step, results, step};
use crate::config::Surroundings;
use crate::config::rollouts::{is_something_there, locked, record_name, settings_of};
use crate::failure::Failure;
use crate::guards::{InForce, LoadFailure, Loaded, in_force as read_again, try_load};

/// Fewer calls than these say nothing about the slowest one in a hundred, nor about the share that fails.
const LEAST_CALLS: u64 = 100;
/// Fewer runs than these say nothing about the guard: what was slow may have been the machine.
const LEAST_SLOW_RUNS: u64 = 3;

/// What a plugin in force did that it must not do.
struct Breached {
    breach: Breach,
    runs: u64,
    failures: u64,
    times: Times,
    code: Option<Code>,
}

/// Looks at what the plugins in force did in a run and in those before it, and takes back those that were promoted
/// and did too badly. What can't be done is told; the run is over.
pub(crate) fn after_run(around: &Surroundings, in_force: &InForce, (base, task): (&Path, &TaskId), end: &SessionEnd) {
    let resolved = &in_force.resolved;
    for used in &end.uses {
        let plugin = PluginName::parse(used.plugin.as_str())
            .ok()
            .and_then(|name| Some((resolved.plugins.get(&name)?, name)));
        let Some((plugin, name)) = plugin.filter(|(plugin, _)| plugin.of.value.is_some()) else {
            continue;
        };
        let Ok(candidate) = version(around, &name, plugin) else {
            continue;
        };
        let most = usize::try_from(resolved.gate.watched.value.get()).unwrap_or(usize::MAX);
        let together = around
            .places
            .state()
            .ok()
            .map(|state| watch(state, &candidate, used, most));
        let together = match together {
            Some(Ok(together)) => together,
            Some(Err(error)) => {
                crate::say(&format!("warning {}: {error}", error.code()));
                Together::default()
            }
            None => Together::default(),
        };
        let Some(breached) = breach(resolved, used, together) else {
            continue;
        };
        take_back(around, in_force, (base, task, end.run), (&name, &candidate), &breached);
    }
}

/// Loads the guards. A version that is in force in another plugin's place and can't be loaded goes back to what was
/// in force before, with an incident where there is a record to write it to, and the guards are loaded without it.
pub(crate) fn load_or_go_back(
    around: &Surroundings,
    mut in_force: InForce,
    record: Option<(&Path, &TaskId, RunId)>,
    quiet: bool,
) -> Result<(InForce, Loaded), Failure> {
    loop {
        let LoadFailure { plugin, failure } = match try_load(around, &in_force, quiet) {
            Ok(loaded) => return Ok((in_force, loaded)),
            Err(refused) => refused,
        };
        let Some((plugin, name)) = plugin.and_then(|name| Some((in_force.resolved.plugins.get(&name)?, name))) else {
            return Err(failure);
        };
        if !is_something_there(&in_force.resolved, plugin) {
            return Err(failure);
        }
        crate::say(&format!("warning {}: {failure}", failure.code));
        let mut went = false;
        if let Some((base, task, run)) = record {
            let breached = Breached {
                breach: Breach::Load,
                runs: 1,
                failures: 1,
                times: Times::default(),
                code: Some(failure.code),
            };
            // The file may be gone or another by now: what was agreed to is what goes back.
            let digest = locked(&name, plugin)
                .or_else(|| version(around, &name, plugin).ok().map(|version| version.digest))
                .unwrap_or_else(|| Digest::of(b""));
            let candidate = Version {
                name: record_name(&name),
                digest,
                settings: settings_of(plugin),
            };
            went = take_back(around, &in_force, (base, task, run), (&name, &candidate), &breached);
            if went && let Ok(mut again) = read_again(around) {
                again.settle(task, run);
                in_force = again;
            }
        } else {
            crate::say(&format!(
                "warning {}: `{name}` can't be loaded; what it is a version of guards instead",
                Code::RolledBack
            ));
        }
        let still = in_force.resolved.enforced().any(|(other, _)| *other == name);
        if still || !went {
            in_force.without(around, &name);
        }
    }
}

/// Puts what was in force before a plugin back in its place, and records why. Answers whether something is there to
/// go back to.
fn take_back(
    around: &Surroundings,
    in_force: &InForce,
    (base, task, run): (&Path, &TaskId, RunId),
    (name, candidate): (&PluginName, &Version),
    breached: &Breached,
) -> bool {
    let resolved = &in_force.resolved;
    let plugin = &resolved.plugins[name];
    let before = other(resolved, name, plugin).or_else(|| plugin.of.value.clone());
    let Some(incumbent) = before.and_then(|before| version(around, &before, resolved.plugins.get(&before)?).ok())
    else {
        return false;
    };
    let state = around.places.state().ok();
    let back_to = if let Some(state) = state.filter(|_| is_something_there(resolved, plugin)) {
        let taken = step(&Step {
            resolved,
            state,
            name,
            candidate,
            incumbent: &incumbent,
            to: Phase::Shadow,
            warrant: None,
        });
        match taken {
            // Another run that ended meanwhile has done it.
            Ok(None) => return true,
            Ok(back) => {
                forget(state, candidate);
                back
            }
            Err(failure) => {
                crate::say(&failure.to_string());
                None
            }
        }
    } else {
        None
    };
    let incident = Incident {
        candidate: candidate.clone(),
        back_to: back_to.as_ref().map(record_name),
        run,
        breach: breached.breach,
        runs: breached.runs,
        failures: breached.failures,
        calls: breached.times.count,
        p99_micros: micros(&breached.times),
        code: breached.code,
    };
    let rollout = read_task(base, task)
        .ok()
        .and_then(|(mut rollouts, _)| rollouts.rollouts.remove(&candidate.name))
        .unwrap_or_default();
    // What the configuration itself put in force was in no phase before.
    let (since, from) = (rollout.since, rollout.phase.unwrap_or(Phase::Enforce));
    let mut events = vec![TaskEvent::IncidentRecorded(Box::new(incident))];
    if back_to.is_some() {
        let results = results(base, from, candidate, since, None).unwrap_or_default();
        events.push(TaskEvent::RolloutMoved(Box::new(RolloutMoved {
            candidate: candidate.clone(),
            incumbent,
            from,
            to: Phase::Shadow,
            began: since,
            results,
            evidence: None,
            promotion: None,
            by: SafeText::constant("the host"),
            why: SafeText::constant(words(breached.breach)),
        })));
    }
    for event in events {
        if let Err(error) = record_in_task(base, task, event) {
            crate::say(&format!("warning {}: {error}", error.code()));
        }
    }
    let went = back_to.is_some();
    let from_when = match breached.breach {
        Breach::Load => "from this session on",
        Breach::Failures | Breach::Latency => "from the next session on",
    };
    let back = back_to.map_or_else(
        || "there is nothing to go back to, so it stays in force".to_owned(),
        |back| format!("`{back}` is in force again {from_when}"),
    );
    crate::say(&format!(
        "warning {}: `{name}` {}; {back}",
        Code::RolledBack,
        words(breached.breach)
    ));
    went
}

/// What a plugin in force did too badly, in the run that ended or in the last runs together.
fn breach(resolved: &Resolved, used: &GuestUse, together: Together) -> Option<Breached> {
    let gate = &resolved.gate;
    let budget = gate.p99.value.get() * 1000;
    let slow = |times: &Times| times.count >= LEAST_CALLS && micros(times) > budget;
    let told = |breach, runs, failures, times: &Times| {
        Some(Breached {
            breach,
            runs,
            failures,
            times: times.clone(),
            code: None,
        })
    };
    // Per mille as a share.
    let most = f64::from(u32::try_from(gate.errors.value.get()).unwrap_or(u32::MAX)) / 1000.0;
    let calls = together.times.count.max(together.failures);
    let share = Rate::wilson(together.failures, calls).filter(|_| calls >= LEAST_CALLS);
    if used.failures >= gate.failures.value.get() {
        told(Breach::Failures, 1, used.failures, &used.times)
    } else if share.is_some_and(|share| share.low > most) {
        told(Breach::Failures, together.runs, together.failures, &together.times)
    } else if together.runs >= LEAST_SLOW_RUNS.min(gate.watched.value.get())
        && slow(&together.times)
        && micros(&used.times) > budget
    {
        told(Breach::Latency, together.runs, together.failures, &together.times)
    } else {
        None
    }
}

fn words(breach: Breach) -> &'static str {
    match breach {
        Breach::Failures => "failed too often",
        Breach::Latency => "took too long",
        Breach::Load => "could not be loaded",
    }
}

/// The time of the slowest call but one in a hundred, in whole microseconds.
fn micros(times: &Times) -> u64 {
    let micros = times.micros(99);
    // At most some seconds, so that nothing is lost.
    format!("{micros:.0}").parse().unwrap_or(u64::MAX)
}
