//! From a configuration to candidates that run beside the guards in force.

use std::path::PathBuf;
use std::sync::Arc;

use cofferdam_model::Code;
use cofferdam_model::config::{Mode, PluginName, PolicyChoice, Resolved};
use cofferdam_model::record::{Day, Digest, Name, PluginKind};
use cofferdam_runner::record::FingerprintKey;
use cofferdam_runner::session::Guards;
use cofferdam_runner::session::engine::{Detector, Engine, EngineOptions, KnownRules};
use cofferdam_runner::shadow::{CandidatePlan, IncumbentPlan, ShadowPlan};

use super::{InForce, Loaded, action, breaker, load_detector, load_policy, policy_matrix, policy_settings, times};
use crate::config::Surroundings;
use crate::failure::Failure;

/// How many instances live in the engine of one candidate: its own, and one that is being made anew.
const INSTANCES: u32 = 8;

/// What all candidates of a run are loaded from.
struct Bench {
    in_force: InForce,
    detectors: Vec<Detector>,
    known: KnownRules,
    as_of: Day,
    cache: Option<PathBuf>,
    state: PathBuf,
}

/// The candidates of a run whose configuration was settled; none where nothing is on trial.
pub(crate) fn shadow_plan(around: &Surroundings, in_force: &InForce, loaded: &Loaded) -> Option<ShadowPlan> {
    let resolved = &in_force.resolved;
    let mut candidates = Vec::new();
    if resolved.on_trial().next().is_none() && resolved.policy_on_trial().is_none() {
        return None;
    }
    let bench = Arc::new(Bench {
        in_force: in_force.clone(),
        detectors: loaded.guards.policy().detectors().to_vec(),
        known: loaded.known.clone(),
        as_of: loaded.as_of,
        cache: around.places.cache().ok().map(|folder| folder.join("compiled")),
        state: around.places.state().ok()?.to_owned(),
    });
    for (name, plugin) in resolved.on_trial() {
        let incumbent = resolved.incumbent(plugin);
        let incumbent = incumbent.and_then(|(name, plugin)| {
            Some(IncumbentPlan {
                name: name_of(name.as_str())?,
                settings_digest: Digest::of(plugin.settings.value.to_json().as_bytes()),
            })
        });
        let (bench, own) = (Arc::clone(&bench), name.clone());
        candidates.push(CandidatePlan {
            name: name_of(name.as_str())?,
            kind: PluginKind::Detector,
            settings_digest: Digest::of(plugin.settings.value.to_json().as_bytes()),
            incumbent,
            load: Box::new(move || told(&own, bench.detector(&own))),
        });
    }
    if let Some(choice) = resolved.policy_on_trial() {
        let digest = |choice: &PolicyChoice| Digest::of(policy_settings(choice).as_bytes());
        let incumbent = IncumbentPlan {
            name: loaded.guards.plugins().last()?.name.clone(),
            settings_digest: digest(&resolved.policy_in_force()),
        };
        candidates.push(CandidatePlan {
            name: name_of(choice.key)?,
            kind: PluginKind::GuardPolicy,
            settings_digest: digest(&choice),
            incumbent: Some(incumbent),
            load: Box::new(move || told(&choice.key, bench.policy(&choice))),
        });
    }
    Some(ShadowPlan {
        ring: usize::try_from(resolved.shadow.ring.value.get()).unwrap_or(usize::MAX),
        drain: resolved.shadow.drain.value.duration(),
        candidates,
    })
}

/// What is wrong with a candidate goes to the log and, as its code, to the record: a session's outputs are not its place.
fn told(name: &impl std::fmt::Display, loaded: Result<Guards, Failure>) -> Result<Guards, Code> {
    loaded.map_err(|failure| {
        tracing::warn!(candidate = %name, %failure, "a candidate could not be loaded");
        failure.code
    })
}

/// A name as records write it.
fn name_of(text: &str) -> Option<Name> {
    text.parse().ok()
}

impl Bench {
    /// An engine of the candidate's own: what it uses up, it uses up for itself.
    fn engine(&self) -> Result<Engine, Failure> {
        let options = EngineOptions {
            cache: self.cache.clone(),
            instances: INSTANCES,
            on_compile: None,
        };
        Engine::start(options).map_err(|error| Failure::before(error.code(), error))
    }

    fn key(&self) -> Result<FingerprintKey, Failure> {
        FingerprintKey::load_or_create(&self.state).map_err(|error| Failure::before(error.code(), error))
    }

    /// Guards with this detector alone, under the policy in force, which is told of it in its incumbent's place.
    fn detector(&self, name: &PluginName) -> Result<Guards, Failure> {
        let resolved = &self.in_force.resolved;
        let plugin = &resolved.plugins[name];
        let engine = self.engine()?;
        let candidate = load_detector(&engine, &self.in_force, name, plugin, self.as_of)?;
        let incumbent = resolved.incumbent(plugin).map(|(name, _)| name.as_str());
        let mut detectors = self.detectors.clone();
        detectors.retain(|detector| Some(&*detector.info().name) != incumbent);
        detectors.push(candidate);
        // As in a run in which it is in force, its detectors are in the order of their names.
        detectors.sort_by(|one, other| one.info().name.cmp(&other.info().name));
        let choice = resolved.policy_in_force();
        let (policy, _) = load_policy(&engine, &self.in_force, &choice, &detectors, self.known.clone())?;
        let floor = |category: &str| action(resolved.least_action(category));
        let (matrix, settings) = (policy_matrix(resolved), (breaker(resolved), times(resolved)));
        Guards::alone(
            engine,
            policy,
            matrix,
            &floor,
            settings,
            Some(self.key()?),
            name.as_str(),
        )
        .map_err(|error| Failure::before(Code::PluginRules, error))
    }

    /// The detectors in force under this policy. Only the policy is ever asked.
    fn policy(&self, choice: &PolicyChoice) -> Result<Guards, Failure> {
        let resolved: &Resolved = &self.in_force.resolved;
        debug_assert_ne!(resolved.candidate.mode.value, Mode::Off, "it is on trial");
        let engine = self.engine()?;
        let (policy, _) = load_policy(&engine, &self.in_force, choice, &self.detectors, self.known.clone())?;
        let floor = |category: &str| action(resolved.least_action(category));
        let (matrix, breaker, times) = (policy_matrix(resolved), breaker(resolved), times(resolved));
        Guards::new(engine, policy, matrix, &floor, breaker, times, Some(self.key()?))
            .map_err(|error| Failure::before(Code::PluginRules, error))
    }
}
