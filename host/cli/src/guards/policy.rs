//! From a configuration to the loaded guard policy, and to the digest by which somebody approves it.

use cofferdam_model::authority::PolicyParts;
use cofferdam_model::config::{Categories, POLICY_CANDIDATE, PolicyChoice, PolicyFailureAction, Resolved, Source};
use cofferdam_model::record::Digest;
use cofferdam_runner::session::engine::{ComponentBytes, Detector, Engine, KnownRules, Limits, PluginSpec, Policy};

use super::{InForce, policy_matrix, read};
use crate::builtin;
use crate::failure::Failure;

/// What a loaded policy is made of.
pub(crate) struct LoadedPolicy {
    /// All that makes it what it is.
    pub(crate) parts: PolicyParts,
    /// Whether it is the binary's own, with its own settings, and nothing in the configuration makes it looser.
    pub(crate) built_in: bool,
    /// What it is called.
    pub(crate) name: String,
}

pub(super) fn load_policy(
    engine: &Engine,
    in_force: &InForce,
    choice: &PolicyChoice,
    detectors: &[Detector],
    known: KnownRules,
) -> Result<(Policy, LoadedPolicy), Failure> {
    let policy = &in_force.resolved.policy;
    let pin = if choice.key == POLICY_CANDIDATE {
        in_force.pins.candidate.as_ref()
    } else {
        in_force.pins.policy.as_ref()
    };
    let component = read(&choice.source.value, pin, choice.key)?;
    let settings = policy_settings(choice);
    let (name, is_ours) = match &choice.source.value {
        Source::BuiltIn(name) => (name.as_str().to_owned(), true),
        Source::Path(_) => ("policy".to_owned(), false),
    };
    let parts = parts(&in_force.operators, &component, &settings);
    // Floors and failure actions of the operator can only make the built-in policy stricter: it has no floor, and
    // withholds when it fails, which is the least there is.
    let refuses = Categories::never_overridable()
        .iter()
        .all(|category| policy.not_overridable.value.covers(category.as_str()));
    let about = LoadedPolicy {
        built_in: is_ours && settings == standard_settings() && refuses,
        parts,
        name: name.clone(),
    };
    let spec = PluginSpec {
        expected: pin.and_then(|pin| pin.expected),
        limits: Limits {
            memory: usize::try_from(policy.memory.value.get()).unwrap_or(usize::MAX),
            deadline: policy.deadline.value.duration(),
            start: policy.start_deadline.value.duration(),
            ..Limits::default()
        },
        settings,
        together: is_ours,
        failure: policy_matrix(&in_force.resolved),
        ..PluginSpec::new(name, component)
    };
    let loaded = engine
        .load_policy_knowing(&spec, &[], detectors, Some(known))
        .map_err(|error| Failure::before(error.code(), error))?;
    Ok((loaded, about))
}

/// The settings that a policy gets: those of the configuration, or those that the binary holds for its own policy.
pub(super) fn policy_settings(choice: &PolicyChoice) -> String {
    match &choice.source.value {
        Source::BuiltIn(name) if choice.settings.value.is_empty() && name.as_str() == "standard" => standard_settings(),
        Source::BuiltIn(_) | Source::Path(_) => choice.settings.value.to_json(),
    }
}

fn standard_settings() -> String {
    let table: toml::Table = builtin::STANDARD_SETTINGS
        .parse()
        .expect("a test reads the built-in settings");
    serde_json::to_string(&table).expect("TOML tables fit into JSON")
}

/// What the operator says of the policy: what a project adds only tightens, and isn't part of what is approved.
fn parts(operators: &Resolved, component: &ComponentBytes, settings: &str) -> PolicyParts {
    let policy = &operators.policy;
    let action = |action: PolicyFailureAction| action.as_str().to_owned();
    PolicyParts {
        component: component.digest(),
        settings: Digest::of(settings.as_bytes()),
        at_least: operators
            .at_least
            .iter()
            .map(|(category, action)| (category.as_str().to_owned(), action.value.as_str().to_owned()))
            .collect(),
        not_overridable: policy
            .not_overridable
            .value
            .iter()
            .map(|category| category.as_str().to_owned())
            .collect(),
        on_failure: [
            ("on-trap", policy.on_trap.value),
            ("on-timeout", policy.on_timeout.value),
            ("on-out-of-memory", policy.on_out_of_memory.value),
            ("on-bad-answer", policy.on_bad_answer.value),
            ("on-missing", policy.on_missing.value),
        ]
        .into_iter()
        .map(|(how, what)| (how, action(what)))
        .collect(),
    }
}
