//! From a configuration to guards on trial: the same plugins, with nothing that hides what they would say.

use std::sync::Arc;

use cofferdam_model::Code;
use cofferdam_model::config::{
    FailureAction, Mode, PluginName, PolicyFailureAction, Problem, Resolved, Source, Value, plain,
};
use cofferdam_runner::record::RunClock;
use cofferdam_runner::session::Guards;
use cofferdam_runner::session::engine::{Engine, KnownRules};

use super::policy::load_policy;
use super::{InForce, action, breaker, load_detectors, policy_matrix, times};
use crate::config::{Surroundings, pins};
use crate::failure::Failure;

/// The same configuration with these plugins alone, whatever their modes are: a candidate is evaluated before it is
/// in force. The built-in policy stands in for the configured one, which may name categories that only the others
/// have.
pub(crate) fn only(around: &Surroundings, in_force: &InForce, names: &[String]) -> Result<InForce, Failure> {
    let mut resolved = in_force.resolved.clone();
    let mut wanted = Vec::new();
    for name in names {
        let known = PluginName::parse(name)
            .ok()
            .filter(|name| resolved.plugins.contains_key(name));
        wanted.push(known.ok_or_else(|| unknown(&resolved, name))?);
    }
    for (name, plugin) in &mut resolved.plugins {
        plugin.mode.value = if wanted.contains(name) {
            Mode::Enforce
        } else {
            Mode::Off
        };
    }
    // One by one they are what they are, whatever they stand in for.
    resolved.plugins.values_mut().for_each(|plugin| plugin.of.value = None);
    resolved.candidate.mode.value = Mode::Off;
    resolved.policy.source = Value::built_in(Source::built_in("standard"));
    resolved.policy.digest = Value::built_in(None);
    resolved.policy.settings = Resolved::built_in().policy.settings;
    let (pins, pinning) = pins(&resolved, &around.folder);
    if pinning.iter().any(Problem::is_error) {
        return Err(Failure::problems(&pinning));
    }
    Ok(InForce {
        resolved,
        operators: in_force.operators.clone(),
        warnings: pinning,
        project: in_force.project.clone(),
        promoted: in_force.promoted.clone(),
        pins,
    })
}

/// Loads guards to be tried: without the values that the host was told, without fingerprints, and so that no decision
/// ends a stream.
pub(crate) fn on_trial(engine: &Engine, in_force: &InForce) -> Result<Arc<Guards>, Failure> {
    let in_force = InForce {
        resolved: without_blocks(in_force.resolved.clone()),
        operators: in_force.operators.clone(),
        warnings: Vec::new(),
        project: in_force.project.clone(),
        promoted: in_force.promoted.clone(),
        pins: in_force.pins.clone(),
    };
    let resolved = &in_force.resolved;
    let detectors =
        load_detectors(engine, &in_force, RunClock::start().now().time.day()).map_err(|refused| refused.failure)?;
    let choice = resolved.policy_in_force();
    let (policy, _) = load_policy(engine, &in_force, &choice, &detectors, KnownRules::default())?;
    let floor = |category: &str| action(resolved.least_action(category));
    let (matrix, breaker, times) = (policy_matrix(resolved), breaker(resolved), times(resolved));
    let guards = Guards::new(engine.clone(), policy, matrix, &floor, breaker, times, None)
        .map_err(|error| Failure::before(Code::PluginRules, error))?;
    Ok(Arc::new(guards.never_blocking()))
}

/// What failed is withheld where it would have ended the stream.
fn without_blocks(mut resolved: Resolved) -> Resolved {
    for plugin in resolved.plugins.values_mut() {
        for action in [
            &mut plugin.on_trap,
            &mut plugin.on_timeout,
            &mut plugin.on_out_of_memory,
            &mut plugin.on_bad_answer,
            &mut plugin.on_missing,
        ] {
            if action.value == FailureAction::Block {
                action.value = FailureAction::Withhold;
            }
        }
    }
    let policy = &mut resolved.policy;
    for action in [
        &mut policy.on_trap,
        &mut policy.on_timeout,
        &mut policy.on_out_of_memory,
        &mut policy.on_bad_answer,
        &mut policy.on_missing,
    ] {
        action.value = PolicyFailureAction::Withhold;
    }
    resolved
}

pub(super) fn unknown(resolved: &Resolved, name: &str) -> Failure {
    let known: Vec<_> = resolved.plugins.keys().map(ToString::to_string).collect();
    let message = format!(
        "no plugin `{}` is configured; there are {}",
        plain(name),
        known.join(", ")
    );
    Failure::before(Code::PluginUnknown, message)
}
