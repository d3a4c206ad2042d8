//! From a configuration to loaded guards.

mod fault;
mod policy;
mod shadow;
mod trial;

use std::io::IsTerminal as _;
use std::sync::Arc;

use cofferdam_model::Code;
use cofferdam_model::config::{
    Action, FailureAction, Mode, PipeStyle, Plugin, PluginName, PolicyFailureAction, Problem, Resolved, Setting as _,
    Source, plain_path,
};
use cofferdam_model::record::{Day, Digest, Name, RunId, TaskId};
use cofferdam_runner::record::{FingerprintKey, RunClock};
use cofferdam_runner::session::engine::{
    BreakerSettings, ComponentBytes, Detector, Engine, EngineOptions, KnownFrom, KnownRules, Limits, PluginSpec,
};
use cofferdam_runner::session::{GuardTimes, Guards, Replacement, words};

use crate::builtin;
use crate::config::load::Project;
use crate::config::pins::{Pin, Pins, component};
use crate::config::{ProjectChoice, Surroundings, load, pins, read_component, rollouts};
use crate::failure::Failure;
use crate::known::{Known, collect};

pub(crate) use policy::LoadedPolicy;
use policy::{load_policy, policy_settings};
pub(crate) use shadow::{Checked, Pair, aside, check_candidates, replay_pair, shadow_plan};
pub(crate) use trial::{on_trial, only};

/// The configuration in force, with what it says of components.
#[derive(Clone)]
pub(crate) struct InForce {
    /// Every key with its value.
    pub(crate) resolved: Resolved,
    /// What the operator alone says.
    pub(crate) operators: Resolved,
    /// Problems that are no errors.
    pub(crate) warnings: Vec<Problem>,
    /// How the project's file stands.
    pub(crate) project: Project,
    /// Plugins that a gate let through, by a signed promotion.
    pub(crate) promoted: Vec<PluginName>,
    pins: Pins,
}

impl InForce {
    /// Decides what `limited` means for one run.
    pub(crate) fn settle(&mut self, task: &TaskId, run: RunId) {
        self.resolved.settle(task, run);
    }

    /// Versions that are in force in another plugin's place though no gate let them through: the configuration alone
    /// says so.
    pub(crate) fn unpromoted(&self) -> Vec<Name> {
        self.resolved
            .enforced()
            .filter(|(name, plugin)| plugin.of.value.is_some() && !self.promoted.contains(name))
            .filter_map(|(name, _)| name.as_str().parse().ok())
            .collect()
    }

    /// Takes a plugin out of force for this start alone.
    pub(crate) fn without(&mut self, around: &Surroundings, name: &PluginName) {
        if let Some(plugin) = self.resolved.plugins.get_mut(name) {
            plugin.mode.value = Mode::Shadow;
        }
        (self.pins, _) = pins(&self.resolved, &around.folder);
    }

    /// Finds the components again, after another one was made a candidate.
    fn pin(&mut self, around: &Surroundings) -> Result<(), Failure> {
        let (pins, pinning) = pins(&self.resolved, &around.folder);
        if pinning.iter().any(Problem::is_error) {
            return Err(Failure::problems(&pinning));
        }
        self.pins = pins;
        Ok(())
    }
}

/// Loaded guards, and the digests that name what they depend on.
pub(crate) struct Loaded {
    /// The guards.
    pub(crate) guards: Arc<Guards>,
    /// What the policy is made of, and whether the binary vouches for it.
    pub(crate) policy: LoadedPolicy,
    /// Of every key in force.
    pub(crate) settings_digest: Digest,
    /// The day that detectors were told.
    pub(crate) as_of: Day,
    /// What could not be had, and is done without.
    pub(crate) warnings: Vec<String>,
    /// How many known values are not searched for.
    pub(crate) left_out: usize,
    /// The values that the host was told, for candidates whose policies are told of them as well.
    known: KnownRules,
}

/// Reads the configuration, and refuses one that has an error.
pub(crate) fn in_force(around: &Surroundings) -> Result<InForce, Failure> {
    in_force_with(around, &ProjectChoice::Nearest)
}

/// The same, with a project's file of the caller's choice.
fn in_force_with(around: &Surroundings, choice: &ProjectChoice) -> Result<InForce, Failure> {
    let crate::config::load::Loaded { resolution, project } = load(around, choice);
    let operators = resolution.operators.clone();
    let (mut resolved, mut warnings) = resolution.accept().map_err(|problems| Failure::problems(&problems))?;
    let (problems, promoted) = rollouts::apply(around, &mut resolved);
    warnings.extend(problems);
    let (pins, pinning) = pins(&resolved, &around.folder);
    if pinning.iter().any(Problem::is_error) {
        return Err(Failure::problems(&pinning));
    }
    warnings.extend(pinning);
    Ok(InForce {
        resolved,
        operators,
        warnings,
        project,
        promoted,
        pins,
    })
}

/// Why guards can't be loaded, and whose fault it is where that is a detector's.
pub(crate) struct LoadFailure {
    /// The detector.
    pub(crate) plugin: Option<PluginName>,
    /// What is wrong.
    pub(crate) failure: Failure,
}

impl From<Failure> for LoadFailure {
    fn from(failure: Failure) -> Self {
        Self { plugin: None, failure }
    }
}

/// Starts the engine, and loads every plugin that is in force.
pub(crate) fn load_guards(around: &Surroundings, in_force: &InForce, quiet: bool) -> Result<Loaded, Failure> {
    try_load(around, in_force, quiet).map_err(|refused| refused.failure)
}

/// Loads every plugin that a configuration puts in force, to see whether a session would start with it. Answers the
/// warnings that only loaded guards give; a version in another's place that can't be loaded is one, since what it is
/// a version of guards then.
pub(crate) fn check_guards(around: &Surroundings, choice: &ProjectChoice) -> Result<Vec<String>, Failure> {
    let mut in_force = in_force_with(around, choice)?;
    let mut warnings = Vec::new();
    let engine = start_engine(around, false, &mut warnings)?;
    warnings.clear();
    let detectors = loop {
        let LoadFailure { plugin, failure } =
            match load_detectors(&engine, &in_force, RunClock::start().now().time.day()) {
                Ok(detectors) => break detectors,
                Err(refused) => refused,
            };
        let resolved = &in_force.resolved;
        let found = plugin.and_then(|name| Some((resolved.plugins.get(&name)?, name)));
        match found {
            Some((plugin, name)) if rollouts::is_something_there(resolved, plugin) => {
                warnings.push(format!("warning {}: {failure}", failure.code));
                in_force.without(around, &name);
            }
            Some(_) | None => return Err(failure),
        }
    };
    let resolved = &in_force.resolved;
    let known = collect(resolved, around).rules;
    warnings.extend(of_loaded(resolved, &detectors).iter().map(ToString::to_string));
    load_policy(&engine, &in_force, &resolved.policy_in_force(), &detectors, known)?;
    Ok(warnings)
}

/// What is odd about a configuration, once its detectors are loaded.
fn of_loaded(resolved: &Resolved, detectors: &[Detector]) -> Vec<Problem> {
    let categories = detectors
        .iter()
        .flat_map(Detector::rules)
        .map(|rule| rule.category)
        .chain(KnownFrom::ALL.map(KnownFrom::category));
    let mut problems = resolved.unmatched_categories(categories);
    if detectors.is_empty() {
        problems.push(Problem::warning(Code::NoDetector, NO_DETECTOR));
    }
    problems
}

/// What is said where nothing looks for anything but known values.
const NO_DETECTOR: &str = "no detector is in force, so that nothing is searched for but known values; set the mode of \
     a plugin to \"enforce\", as `cofferdam plugin list` shows them";

/// The same, and says which detector is at fault.
pub(crate) fn try_load(around: &Surroundings, in_force: &InForce, quiet: bool) -> Result<Loaded, LoadFailure> {
    let mut warnings = Vec::new();
    let engine = start_engine(around, quiet, &mut warnings)?;
    let as_of = RunClock::start().now().time.day();
    let resolved = &in_force.resolved;
    let detectors = load_detectors(&engine, in_force, as_of)?;
    let (known, left_out) = known(around, resolved, &mut warnings)?;
    let settings_digest = digest_of_settings(resolved, &known);
    let choice = resolved.policy_in_force();
    let (policy, about) = load_policy(&engine, in_force, &choice, &detectors, known.clone())?;
    warnings.extend(of_loaded(resolved, &detectors).iter().map(ToString::to_string));
    let state = around
        .places
        .state()
        .map_err(|error| Failure::before(Code::KeyUnusable, error))?;
    let key = FingerprintKey::load_or_create(state).map_err(|error| Failure::before(error.code(), error))?;
    let floor = |category: &str| action(resolved.least_action(category));
    let matrix = policy_matrix(resolved);
    let (breaker, times) = (breaker(resolved), times(resolved));
    let mut guards = Guards::new(engine, policy, matrix, &floor, breaker, times, Some(key))
        .map_err(|error| Failure::before(Code::PluginRules, error))?;
    if resolved.on_trial().next().is_some() || resolved.policy_on_trial().is_some() {
        guards = guards.telling_shapes();
    }
    Ok(Loaded {
        guards: Arc::new(guards),
        policy: about,
        settings_digest,
        as_of,
        warnings,
        left_out,
        known,
    })
}

/// The engine, with this user's folder of compiled plugins where that can be used.
pub(crate) fn start_engine(around: &Surroundings, quiet: bool, warnings: &mut Vec<String>) -> Result<Engine, Failure> {
    let cache = around.places.cache().map(|folder| folder.join("compiled"));
    let cache = cache
        .map_err(|error| warnings.push(format!("warning {}: {error}", Code::CacheUnusable)))
        .ok();
    let on_compile = if quiet || !std::io::stderr().is_terminal() {
        None
    } else {
        Some(say_compiling as fn(&str))
    };
    let engine = Engine::start(EngineOptions {
        cache,
        on_compile,
        ..EngineOptions::default()
    })
    .map_err(|error| Failure::before(error.code(), error))?;
    warnings.extend(
        engine
            .cache_warning()
            .map(|warning| format!("warning {}: {warning}", warning.code())),
    );
    Ok(engine)
}

/// The values that the host was told, and how many of them are not searched for.
fn known(
    around: &Surroundings,
    resolved: &Resolved,
    warnings: &mut Vec<String>,
) -> Result<(KnownRules, usize), Failure> {
    let Known {
        rules,
        problems,
        remarks,
        ..
    } = collect(resolved, around);
    if problems.iter().any(Problem::is_error) {
        return Err(Failure::problems(&problems));
    }
    warnings.extend(problems.iter().map(ToString::to_string));
    Ok((rules, problems.len() + remarks.len()))
}

fn say_compiling(plugin: &str) {
    // Only the first start of a new guard takes so long that a person would wonder.
    crate::say(&format!(
        "cofferdam: compiling the guard `{plugin}` for this machine (once)"
    ));
}

/// Loads all of them at once: each takes milliseconds, and every start waits for the slowest.
fn load_detectors(engine: &Engine, in_force: &InForce, as_of: Day) -> Result<Vec<Detector>, LoadFailure> {
    let load = |(name, plugin): (&PluginName, &Plugin)| {
        load_detector(engine, in_force, name, plugin, as_of).map_err(|failure| LoadFailure {
            plugin: Some(name.clone()),
            failure,
        })
    };
    let mut enforced = in_force.resolved.enforced();
    let first = enforced.next();
    std::thread::scope(|scope| {
        let others: Vec<_> = enforced.map(|one| scope.spawn(move || load(one))).collect();
        let first = first.map(load);
        let others = others
            .into_iter()
            .map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        first.into_iter().chain(others).collect()
    })
}

fn load_detector(
    engine: &Engine,
    in_force: &InForce,
    name: &PluginName,
    plugin: &Plugin,
    as_of: Day,
) -> Result<Detector, Failure> {
    let source = plugin.source_or_built_in(name);
    let pin = in_force.pins.plugins.get(name);
    let component = read(&source.value, pin, &format!("plugins.{name}"))?;
    let spec = PluginSpec {
        expected: pin.and_then(|pin| pin.expected),
        limits: Limits {
            memory: usize::try_from(plugin.memory.value.get()).unwrap_or(usize::MAX),
            deadline: plugin.deadline.value.duration(),
            start: plugin.start_deadline.value.duration(),
            ..Limits::default()
        },
        grants: plugin
            .grants
            .value
            .iter()
            .map(|grant| grant.as_str().to_owned())
            .collect(),
        settings: plugin.settings.value.to_json(),
        as_of: as_of.days(),
        // What stands beside a suspect changes nothing that our own detectors say of it; an integration test holds
        // them to it.
        together: matches!(source.value, Source::BuiltIn(_)),
        failure: matrix(plugin),
        ..PluginSpec::new(name.as_str(), component)
    };
    engine
        .load_detector(&spec)
        .map_err(|error| fault::refused(&error, plugin, name))
}

fn read(source: &Source, pin: Option<&Pin>, key: &str) -> Result<ComponentBytes, Failure> {
    let unreadable = |message: String| Failure::before(Code::PluginRead, format!("{key}.source: {message}"));
    match (source, pin) {
        (Source::BuiltIn(name), _) => builtin::component(name.as_str()).ok_or_else(|| {
            Failure::before(
                Code::PluginUnknown,
                format!("{key}.source: there is no built-in `{name}`"),
            )
        }),
        (Source::Path(_), Some(pin)) => read_component(&pin.path).map(ComponentBytes::from).map_err(|error| {
            unreadable(format!(
                "the component {} can't be read: {error}; mend its source",
                plain_path(&pin.path)
            ))
        }),
        (Source::Path(path), None) => Err(unreadable(format!("the component {} has no file", plain_path(path)))),
    }
}

/// The component of a plugin, which needn't be in force.
pub(crate) fn component_of(
    around: &Surroundings,
    name: &PluginName,
    plugin: &Plugin,
) -> Result<ComponentBytes, Failure> {
    let source = plugin.source_or_built_in(name);
    let pin = component(&source, &around.folder).map(|path| Pin {
        path,
        declared: source.origin.clone(),
        expected: None,
        unlocked: false,
        on_trial: false,
    });
    read(&source.value, pin.as_ref(), &format!("plugins.{name}"))
}

/// Of everything that a decision can depend on. Of known values these are the rules' ids: a digest of a value would
/// let anyone who reads a record try guesses at it.
fn digest_of_settings(resolved: &Resolved, known: &KnownRules) -> Digest {
    let enforced: Vec<String> = resolved
        .enforced()
        .map(|(name, _)| format!("plugins.{name}."))
        .collect();
    // What is on trial changes no decision, nor does what it may use.
    let decides = |path: &str| match path.split_once('.') {
        Some(("plugins", _)) => enforced.iter().any(|prefix| path.starts_with(prefix)),
        Some(("shadow", _)) => false,
        Some(_) | None => !path.starts_with("policy.candidate."),
    };
    let mut rows: String = resolved
        .rows()
        .into_iter()
        .filter(|row| decides(&row.path))
        .map(|row| format!("{}={}\n", row.path, row.value))
        .collect();
    // Rows name the plugins' settings only, since values may be secrets; a decision can depend on the values too.
    for (name, plugin) in resolved.enforced() {
        rows.push_str(&format!("{name} {}\n", plugin.settings.value.to_json()));
    }
    let policy = resolved.policy_in_force();
    rows.push_str(&format!("{} ", policy.source.value.show()));
    rows.push_str(&policy.settings.value.to_json());
    rows.extend(known.ids().map(|id| format!("\nknown {id}")));
    Digest::of(rows.as_bytes())
}

fn breaker(resolved: &Resolved) -> BreakerSettings {
    let circuit = &resolved.circuit;
    BreakerSettings {
        failures: u32::try_from(circuit.failures.value.get()).unwrap_or(u32::MAX),
        first: circuit.back_off.value.duration(),
        longest: circuit.longest_back_off.value.duration(),
    }
}

fn times(resolved: &Resolved) -> GuardTimes {
    let guard = &resolved.guard;
    GuardTimes {
        idle: guard.idle.value.duration(),
        stall: guard.stall.value.duration(),
        replacement: match guard.pipe_style.value {
            PipeStyle::Marker => Replacement::Marker,
            PipeStyle::Mask => Replacement::Mask,
        },
    }
}

fn matrix(plugin: &Plugin) -> words::FailureMatrix {
    let action = |action: FailureAction| match action {
        FailureAction::Withhold => words::FailureAction::Withhold,
        FailureAction::Block => words::FailureAction::Block,
        FailureAction::Pass => words::FailureAction::Pass,
    };
    words::FailureMatrix {
        trap: action(plugin.on_trap.value),
        timeout: action(plugin.on_timeout.value),
        out_of_memory: action(plugin.on_out_of_memory.value),
        bad_answer: action(plugin.on_bad_answer.value),
        missing: action(plugin.on_missing.value),
    }
}

fn policy_matrix(resolved: &Resolved) -> words::FailureMatrix {
    let policy = &resolved.policy;
    let action = |action: PolicyFailureAction| match action {
        PolicyFailureAction::Withhold => words::FailureAction::Withhold,
        PolicyFailureAction::Block => words::FailureAction::Block,
    };
    words::FailureMatrix {
        trap: action(policy.on_trap.value),
        timeout: action(policy.on_timeout.value),
        out_of_memory: action(policy.on_out_of_memory.value),
        bad_answer: action(policy.on_bad_answer.value),
        missing: action(policy.on_missing.value),
    }
}

fn action(action: Action) -> words::Action {
    match action {
        Action::Allow => words::Action::Allow,
        Action::Redact => words::Action::RedactMarker,
        Action::RedactMask => words::Action::RedactMask,
        Action::WithholdLine => words::Action::WithholdLine,
        Action::Block => words::Action::Block,
    }
}
