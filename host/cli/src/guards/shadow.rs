//! From a configuration to candidates that run beside the guards in force.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cofferdam_model::Code;
use cofferdam_model::config::{Mode, POLICY_CANDIDATE, PluginName, PolicyChoice, Resolved};
use cofferdam_model::record::{Day, Digest, Name, PluginKind, PluginRef};
use cofferdam_runner::record::FingerprintKey;
use cofferdam_runner::session::Guards;
use cofferdam_runner::session::engine::{Deadlines, Detector, Engine, EngineOptions, KnownRules};
use cofferdam_runner::shadow::{CandidatePlan, IncumbentPlan, ShadowPlan};

use super::{
    InForce, Loaded, action, breaker, load_detector, load_detectors, load_policy, policy_matrix, policy_settings, times,
};
use crate::config::Surroundings;
use crate::failure::Failure;

/// How many instances live in the engine of one candidate: its own, and one that is being made anew.
const INSTANCES: u32 = 8;

/// Whether a candidate had to be compiled in this process.
static COMPILING: AtomicBool = AtomicBool::new(false);

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
    let bench = Arc::new(Bench::of(around, in_force, loaded).ok()?);
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
        patience: resolved.shadow.patience.value.duration(),
        candidates,
        compiling: || COMPILING.load(Ordering::Relaxed),
    })
}

/// Guards with a plugin that isn't in force, or with the policy on trial, to be looked at; none where no such is
/// configured.
pub(crate) fn aside(around: &Surroundings, in_force: &InForce, name: &str) -> Result<Option<Guards>, Failure> {
    let mut in_force = in_force.clone();
    let plugin = PluginName::parse(name).ok();
    let choice = match plugin.as_ref().and_then(|name| in_force.resolved.plugins.get_mut(name)) {
        Some(plugin) => {
            plugin.mode.value = Mode::Shadow;
            None
        }
        None if name == POLICY_CANDIDATE => match in_force.resolved.policy_on_trial() {
            Some(choice) => Some(choice),
            None => return Ok(None),
        },
        None => return Ok(None),
    };
    in_force.pin(around)?;
    let loaded = super::load_guards(around, &in_force, true)?;
    let bench = Bench::of(around, &in_force, &loaded)?;
    match (choice, plugin) {
        (Some(choice), _) => bench.policy(&choice).map(Some),
        (None, Some(name)) => bench.detector(&name).map(Some),
        (None, None) => Ok(None),
    }
}

/// The guards of a replay: what is in force, and the candidate, whatever its mode is.
pub(crate) struct Pair {
    pub(crate) in_force: Option<Arc<Guards>>,
    pub(crate) candidate: Arc<Guards>,
}

/// Loads a candidate and what it is compared with, to be replayed.
pub(crate) fn replay_pair(around: &Surroundings, in_force: &InForce, candidate: &str) -> Result<Pair, Failure> {
    let mut in_force = in_force.clone();
    let resolved = &mut in_force.resolved;
    let plugin = PluginName::parse(candidate)
        .ok()
        .filter(|name| resolved.plugins.contains_key(name));
    let choice = match (&plugin, candidate) {
        (Some(name), _) => {
            resolved.plugins.get_mut(name).expect("it was looked up").mode.value = Mode::Shadow;
            None
        }
        (None, POLICY_CANDIDATE) => {
            resolved.candidate.mode.value = Mode::Shadow;
            resolved.policy_on_trial()
        }
        (None, _) => None,
    };
    if plugin.is_none() && choice.is_none() {
        return Err(super::trial::unknown(resolved, candidate));
    }
    in_force.pin(around)?;
    let loaded = super::load_guards(around, &in_force, true)?;
    let bench = Bench {
        known: KnownRules::default(),
        ..Bench::of(around, &in_force, &loaded)?
    };
    let still = |guards: Guards| Arc::new(guards.never_blocking().telling_shapes());
    let Some(name) = plugin else {
        let choice = choice.expect("one of the two is there");
        let ours = bench.policy_and_detectors(&bench.in_force.resolved.policy_in_force())?;
        return Ok(Pair {
            in_force: Some(still(ours)),
            candidate: still(bench.policy_and_detectors(&choice)?),
        });
    };
    let resolved = &bench.in_force.resolved;
    let incumbent = resolved
        .incumbent(&resolved.plugins[&name])
        .map(|(name, _)| name.clone());
    Ok(Pair {
        in_force: incumbent
            .map(|incumbent| bench.detector(&incumbent))
            .transpose()?
            .map(still),
        candidate: still(bench.detector(&name)?),
    })
}

/// What is wrong with a candidate goes to the log and, as its code, to the record: a session's outputs are not its
/// place.
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

/// A candidate that was loaded to see whether it can be.
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) outcome: Result<PluginRef, Failure>,
    /// How many rules it has; none of a policy, and of what can't be loaded.
    pub(crate) rules: Option<usize>,
    /// It is the same component with the same settings as what it is compared with.
    pub(crate) same: bool,
}

/// Loads every candidate, which compiles it where it wasn't yet.
pub(crate) fn check_candidates(around: &Surroundings, in_force: &InForce) -> Result<Vec<Checked>, Failure> {
    let loaded = super::load_guards(around, in_force, false)?;
    let bench = Bench::of(around, in_force, &loaded)?;
    let resolved = &in_force.resolved;
    let in_force = loaded.guards.plugins();
    let own = |guards: Guards, name: &str, kind: PluginKind| {
        let is_own = |plugin: &PluginRef| {
            plugin.kind == kind && (plugin.name.as_str() == name || kind == PluginKind::GuardPolicy)
        };
        let found = guards.plugins().into_iter().find(is_own);
        let rules = guards
            .policy()
            .detectors()
            .iter()
            .find(|detector| *detector.info().name == *name);
        let rules = rules.map(|detector| detector.rules().count());
        found.map(|found| (found, rules)).ok_or_else(|| {
            Failure::before(
                Code::Internal,
                "a candidate isn't among its own guards; please report this",
            )
        })
    };
    let digest_of = |name: &str, kind: PluginKind| {
        let found = in_force
            .iter()
            .find(|plugin| plugin.kind == kind && (plugin.name.as_str() == name || kind == PluginKind::GuardPolicy));
        found.map(|plugin| plugin.digest)
    };
    let mut checked: Vec<Checked> = resolved
        .on_trial()
        .map(|(name, plugin)| {
            let outcome = bench
                .detector(name)
                .and_then(|guards| own(guards, name.as_str(), PluginKind::Detector));
            let same = resolved.incumbent(plugin).is_some_and(|(incumbent, other)| {
                let digest = digest_of(incumbent.as_str(), PluginKind::Detector);
                let own = outcome.as_ref().ok().map(|(own, _)| own.digest);
                other.settings.value == plugin.settings.value && digest == own
            });
            Checked {
                name: name.to_string(),
                rules: outcome.as_ref().ok().and_then(|(_, rules)| *rules),
                outcome: outcome.map(|(own, _)| own),
                same,
            }
        })
        .collect();
    if let Some(choice) = resolved.policy_on_trial() {
        let outcome = bench
            .policy(&choice)
            .and_then(|guards| own(guards, choice.key, PluginKind::GuardPolicy));
        let digest = digest_of(choice.key, PluginKind::GuardPolicy);
        checked.push(Checked {
            name: choice.key.to_owned(),
            same: policy_settings(&choice) == policy_settings(&resolved.policy_in_force())
                && digest == outcome.as_ref().ok().map(|(own, _)| own.digest),
            rules: None,
            outcome: outcome.map(|(own, _)| own),
        });
    }
    Ok(checked)
}

impl Bench {
    fn of(around: &Surroundings, in_force: &InForce, loaded: &Loaded) -> Result<Self, Failure> {
        let state = around.places.state();
        Ok(Self {
            in_force: in_force.clone(),
            detectors: loaded.guards.policy().detectors().to_vec(),
            known: loaded.known.clone(),
            as_of: loaded.as_of,
            cache: around.places.cache().ok().map(|folder| folder.join("compiled")),
            state: state
                .map_err(|error| Failure::before(Code::KeyUnusable, error))?
                .to_owned(),
        })
    }

    /// An engine of the candidate's own: what it uses up, it uses up for itself.
    fn engine(&self) -> Result<Engine, Failure> {
        let options = EngineOptions {
            cache: self.cache.clone(),
            instances: INSTANCES,
            // Beside a session its thread gives way to all others, which mustn't count against it.
            deadlines: Deadlines::Processor,
            on_compile: Some(|_| COMPILING.store(true, Ordering::Relaxed)),
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
        detectors.retain(|detector| {
            let other = &*detector.info().name;
            Some(other) != incumbent && other != name.as_str()
        });
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

    /// The detectors in force under this policy. Only the policy is ever asked: beside a session its detectors answer.
    fn policy(&self, choice: &PolicyChoice) -> Result<Guards, Failure> {
        self.policy_in(self.engine()?, choice, &self.detectors)
    }

    /// The same where the detectors are asked as well, which an engine does only of those that it has loaded itself.
    fn policy_and_detectors(&self, choice: &PolicyChoice) -> Result<Guards, Failure> {
        let engine = self.engine()?;
        let detectors = load_detectors(&engine, &self.in_force, self.as_of).map_err(|refused| refused.failure)?;
        self.policy_in(engine, choice, &detectors)
    }

    fn policy_in(&self, engine: Engine, choice: &PolicyChoice, detectors: &[Detector]) -> Result<Guards, Failure> {
        let resolved: &Resolved = &self.in_force.resolved;
        debug_assert_ne!(resolved.candidate.mode.value, Mode::Off, "it is on trial");
        let (policy, _) = load_policy(&engine, &self.in_force, choice, detectors, self.known.clone())?;
        let floor = |category: &str| action(resolved.least_action(category));
        let (matrix, breaker, times) = (policy_matrix(resolved), breaker(resolved), times(resolved));
        Guards::new(engine, policy, matrix, &floor, breaker, times, Some(self.key()?))
            .map_err(|error| Failure::before(Code::PluginRules, error))
    }
}
