//! Going back by itself: a promoted plugin that fails too often, or takes too long, leaves its place to the version before.

use std::path::Path;

use cofferdam_model::Code;
use cofferdam_model::authority::{Breach, Incident, Phase};
use cofferdam_model::config::{Mode, PluginName, Resolved};
use cofferdam_model::record::{RolloutMoved, SafeText, TaskEvent, TaskId};
use cofferdam_runner::record::{read_task, record_in_task};
use cofferdam_runner::session::{GuestUse, SessionEnd};

use super::pair::{name_of, other, version};
use super::{Step, results, step};
use crate::config::Surroundings;
use crate::guards::InForce;

/// Fewer calls than these say nothing about the slowest one in a hundred.
const LEAST_CALLS: u64 = 100;

/// Looks at what the plugins in force did in a run, and takes back those that were promoted and did too badly. What can't be done is
/// told; the run is over.
pub(crate) fn after_run(around: &Surroundings, in_force: &InForce, (base, task): (&Path, &TaskId), end: &SessionEnd) {
    let resolved = &in_force.resolved;
    for used in &end.uses {
        let plugin = PluginName::parse(used.plugin.as_str())
            .ok()
            .and_then(|name| Some((resolved.plugins.get(&name)?, name)));
        let Some((plugin, name)) = plugin.filter(|(plugin, _)| plugin.of.value.is_some()) else {
            continue;
        };
        let Some(breach) = breach(resolved, used) else { continue };
        let Ok(candidate) = version(around, &name, plugin) else {
            continue;
        };
        let before = other(resolved, &name, plugin).or_else(|| plugin.of.value.clone());
        let Some(incumbent) = before.and_then(|before| version(around, &before, resolved.plugins.get(&before)?).ok())
        else {
            continue;
        };
        let back_to = if is_something_there(resolved, plugin.of.value.as_ref()) {
            let taken = step(&Step {
                resolved,
                name: &name,
                candidate: &candidate,
                incumbent: &incumbent,
                to: Phase::Shadow,
            });
            match taken {
                // Another run that ended meanwhile has done it.
                Ok(None) => continue,
                Ok(back) => back,
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
            back_to: back_to.as_ref().map(name_of),
            run: end.run,
            breach,
            failures: used.failures,
            calls: used.times.count,
            p99_micros: micros(used),
        };
        let rollout = read_task(base, task)
            .ok()
            .and_then(|(mut rollouts, _)| rollouts.rollouts.remove(&candidate.name))
            .unwrap_or_default();
        // What the configuration itself put in force was in no phase before.
        let (since, from) = (rollout.since, rollout.phase.unwrap_or(Phase::Enforce));
        let mut events = vec![TaskEvent::IncidentRecorded(Box::new(incident))];
        if back_to.is_some() {
            let results = results(base, from, &candidate, since, None).unwrap_or_default();
            events.push(TaskEvent::RolloutMoved(Box::new(RolloutMoved {
                candidate,
                incumbent,
                from,
                to: Phase::Shadow,
                began: since,
                results,
                evidence: None,
                promotion: None,
                by: SafeText::constant("the host"),
                why: SafeText::constant(words(breach)),
            })));
        }
        for event in events {
            if let Err(error) = record_in_task(base, task, event) {
                crate::say(&format!("warning {}: {error}", error.code()));
            }
        }
        let back = back_to.map_or_else(
            || "there is nothing to go back to, so it stays in force".to_owned(),
            |back| format!("`{back}` is in force again from the next session on"),
        );
        crate::say(&format!(
            "warning {}: `{name}` {}; {back}",
            Code::RolledBack,
            words(breach)
        ));
    }
}

fn breach(resolved: &Resolved, used: &GuestUse) -> Option<Breach> {
    let gate = &resolved.gate;
    if used.failures >= gate.failures.value.get() {
        Some(Breach::Failures)
    } else if used.times.count >= LEAST_CALLS && micros(used) > gate.p99.value.get() * 1000 {
        Some(Breach::Latency)
    } else {
        None
    }
}

/// Never to none: what the plugin is a version of has to be there, and not be switched off.
fn is_something_there(resolved: &Resolved, base: Option<&PluginName>) -> bool {
    base.and_then(|base| resolved.plugins.get(base))
        .is_some_and(|base| base.mode.value == Mode::Enforce)
}

fn words(breach: Breach) -> &'static str {
    match breach {
        Breach::Failures => "failed too often",
        Breach::Latency => "took too long",
    }
}

/// The time of the slowest call but one in a hundred, in whole microseconds.
fn micros(used: &GuestUse) -> u64 {
    let micros = used.times.micros(99);
    // At most some seconds, so that nothing is lost.
    format!("{micros:.0}").parse().unwrap_or(u64::MAX)
}
