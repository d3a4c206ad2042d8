//! The guards in force: loaded once, told apart by name in every record.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cofferdam_engine::{BreakerSettings, Detector, Engine, KnownRules, Policy, Session};
use cofferdam_guard::{
    Action, Decision, DetectorRules, FailureAction, FailureKind, FailureMatrix, Guard, LengthClass, Origin, Outlet,
    Reason, Replacement, Rule, RuleRef, RuleSet, RuleSetError, Settings, Severity, Size,
};
use cofferdam_model::record::{self as model, Digest, Name, PluginKind, PluginRef, SafeText};

use crate::record::FingerprintKey;

/// How long a guard waits, and what it puts in the place of what it takes.
#[derive(Debug, Clone, Copy)]
pub struct GuardTimes {
    /// Quiet time after which a terminal shows masks.
    pub idle: Duration,
    /// Quiet time after which a pipe shows masks.
    pub stall: Duration,
    /// What stands for a span in a pipe.
    pub replacement: Replacement,
}

/// The least that is done about findings of a category, whatever the policy says.
pub type Floor<'a> = &'a dyn Fn(&str) -> Action;

/// The guards of a process. Cheap to share; each session makes instances of its own.
pub struct Guards {
    engine: Engine,
    policy: Policy,
    policy_failure: FailureMatrix,
    rules: Arc<RuleSet>,
    breaker: BreakerSettings,
    times: GuardTimes,
    key: Option<FingerprintKey>,
    names: Vec<DetectorNames>,
    policy_name: Name,
    may_block: bool,
    shapes: bool,
}

/// A rule, as records name it.
#[derive(Debug, Clone, Copy)]
pub struct RuleName<'a> {
    /// The plugin, as configured.
    pub plugin: &'a Name,
    /// The rule of that plugin.
    pub rule: &'a Name,
    /// Its category.
    pub category: &'a Name,
}

struct DetectorNames {
    name: Name,
    /// None where the host itself finds what it was told.
    digest: Option<Digest>,
    failure: FailureMatrix,
    facts: Vec<SafeText>,
    /// By rule, what is done at least about what it finds.
    least: Vec<Action>,
    /// What its rules are called, of a guest once someone asks: there are more than a thousand, and most sessions
    /// find nothing.
    rules: OnceLock<Vec<RuleNames>>,
}

struct RuleNames {
    id: Name,
    category: Name,
    severity: model::Severity,
}

impl Guards {
    /// Compiles the rules of a loaded policy's detectors. `floor` gives the least action for a category.
    ///
    /// # Errors
    /// A rule is out of its bounds, or a failure of a detector with a P0 rule would let bytes pass.
    pub fn new(
        engine: Engine,
        policy: Policy,
        policy_failure: FailureMatrix,
        floor: Floor<'_>,
        breaker: BreakerSettings,
        times: GuardTimes,
        key: Option<FingerprintKey>,
    ) -> Result<Self, RuleSetError> {
        Self::of(engine, policy, policy_failure, floor, (breaker, times), key, None)
    }

    /// Guards on trial with one detector of the policy's alone: the policy was told of all rules, and only this
    /// detector's are looked for. They never end a session, and tell the shapes of what they find.
    ///
    /// # Errors
    /// As [`Guards::new`].
    pub fn alone(
        engine: Engine,
        policy: Policy,
        policy_failure: FailureMatrix,
        floor: Floor<'_>,
        (breaker, times): (BreakerSettings, GuardTimes),
        key: Option<FingerprintKey>,
        detector: &str,
    ) -> Result<Self, RuleSetError> {
        let alone = Some(detector);
        let guards = Self::of(engine, policy, policy_failure, floor, (breaker, times), key, alone)?;
        Ok(guards.never_blocking().telling_shapes())
    }

    fn of(
        engine: Engine,
        policy: Policy,
        policy_failure: FailureMatrix,
        floor: Floor<'_>,
        (breaker, times): (BreakerSettings, GuardTimes),
        key: Option<FingerprintKey>,
        alone: Option<&str>,
    ) -> Result<Self, RuleSetError> {
        let mut detectors = policy.rules();
        if let Some(alone) = alone {
            let others = detectors.iter_mut().filter(|detector| detector.name != alone);
            others.for_each(|detector| detector.rules.clear());
        }
        let loaded = policy.detectors().iter().map(Some).chain([None]);
        let names = detectors
            .iter_mut()
            .zip(loaded)
            .map(|(rules, loaded)| names(loaded, rules, floor))
            .collect();
        let policy_name = name(&policy.info().name);
        let rules = Arc::new(RuleSet::new(detectors)?);
        Ok(Self {
            engine,
            policy,
            policy_failure,
            rules,
            breaker,
            times,
            key,
            names,
            policy_name,
            may_block: true,
            shapes: false,
        })
    }

    /// The same guards, whose policy redacts where it would end the session: what would have come after a block is to
    /// be judged as well.
    #[must_use]
    pub fn never_blocking(mut self) -> Self {
        self.may_block = false;
        self
    }

    /// The same guards, whose decisions tell the shapes of what they find.
    #[must_use]
    pub fn telling_shapes(mut self) -> Self {
        self.shapes = true;
        self
    }

    /// Has texts that are about to be guarded, such as a command's words, share one search where they stand in this
    /// one. It changes how long they take, and not what is found.
    pub fn expect(&self, text: Vec<u8>) {
        self.rules.expect(text);
    }

    /// Loads guests' code meanwhile, and compiles the search, for a text that has begun or is about to: a command's
    /// words need neither. One comes behind the other, since two at a time would take their time from what is done
    /// with the first bytes. Guards on trial compile theirs where they are asked.
    pub(super) fn prepare(&self) {
        let (engine, policy, rules) = (self.engine.clone(), self.policy.clone(), Arc::clone(&self.rules));
        let prepare = move || {
            policy.load_code(&engine);
            rules.prepare();
        };
        // Nobody waits for the end of it: whoever asks waits for what it needs, or loads it where no thread can be
        // had. So does the first longer text, and so do short ones once there were several.
        drop(std::thread::Builder::new().name("ready".to_owned()).spawn(prepare));
    }

    /// Whether a text of so many bytes can do without the whole search, if it is one of the first.
    pub(super) fn is_short(length: usize) -> bool {
        RuleSet::is_short(length)
    }

    /// Loads the code of a detector that is about to be asked, by its place among all, unless it was. What can't be
    /// loaded is a failure of the question.
    pub(super) fn load_detector(&self, place: u16) {
        if let Some(detector) = self.policy.detectors().get(usize::from(place)) {
            detector.compiled(&self.engine);
        }
    }

    /// The same of the policy.
    pub(super) fn load_policy(&self) {
        self.policy.compiled(&self.engine);
    }

    /// Whether a decision may end the session.
    pub(super) fn may_block(&self) -> bool {
        self.may_block
    }

    /// The engine that runs them.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The policy, with its detectors.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// How many rules there are, all detectors together.
    pub fn rule_count(&self) -> usize {
        self.rules.len() - self.known_rules().count()
    }

    /// The ids of the rules of values that the host was told.
    pub fn known_rules(&self) -> impl Iterator<Item = &str> {
        self.policy.known().into_iter().flat_map(KnownRules::ids)
    }

    /// A guard for one stream; `size` is its terminal's, at first.
    pub fn guard(&self, channel: u8, outlet: Outlet, size: Size) -> Guard {
        let settings = Settings {
            channel,
            outlet,
            replacement: self.times.replacement,
            idle: self.times.idle,
            stall: self.times.stall,
            size,
            key: self.key.as_ref().map(FingerprintKey::for_guard),
            policy_failure: self.policy_failure,
            shapes: self.shapes,
        };
        Guard::new(Arc::clone(&self.rules), settings)
    }

    /// Instances for one session.
    pub fn session(&self) -> Session {
        Session::new(&self.engine, &self.policy, self.breaker)
    }

    /// The least that is done about findings of a rule.
    pub(super) fn least(&self, rule: RuleRef) -> Action {
        let detector = self.names.get(usize::from(rule.detector));
        let least = detector.and_then(|detector| detector.least.get(usize::from(rule.rule)));
        least.copied().unwrap_or(Action::Allow)
    }

    /// What happens when a plugin of this name fails so.
    pub(super) fn failure(&self, plugin: &str, kind: FailureKind) -> (Name, FailureAction) {
        match self.names.iter().find(|detector| detector.name.as_str() == plugin) {
            Some(detector) => (detector.name.clone(), detector.failure.action(kind)),
            None => (self.policy_name.clone(), self.policy_failure.action(kind)),
        }
    }

    /// The plugins in force, as a record names them.
    pub fn plugins(&self) -> Vec<PluginRef> {
        let detectors = self
            .policy
            .detectors()
            .iter()
            .map(|detector| (detector.info(), PluginKind::Detector));
        let all = detectors.chain([(self.policy.info(), PluginKind::GuardPolicy)]);
        all.map(|(info, kind)| PluginRef {
            name: name(&info.name),
            kind,
            version: SafeText::vouched(info.version.clone()),
            digest: info.digest,
            wit: SafeText::vouched(format!("{}@{}", info.kind.interface(), info.linked_to)),
        })
        .collect()
    }

    /// A decision as a record tells it. `None` for a rule that isn't there, which no guard of these rules names.
    pub(crate) fn told(
        &self,
        decision: &Decision,
        channel: model::Channel,
        micros: u64,
        overridden: Option<model::Overridden>,
    ) -> Option<model::Decision> {
        let (detector, rule) = self.rule(decision.rule)?;
        let facts = detector
            .facts
            .iter()
            .enumerate()
            .filter(|(bit, _)| decision.facts >> bit & 1 == 1);
        let fingerprint = decision.fingerprint.zip(self.key.as_ref()).and_then(|(value, key)| {
            Some(model::Fingerprint {
                key_id: key.id(),
                value: value.to_string().parse().ok()?,
            })
        });
        let reason = match (decision.reason, decision.origin) {
            (Reason::Policy(reason), _) => {
                let text = self.policy.reasons().get(usize::from(reason)).cloned();
                SafeText::vouched(text.unwrap_or_default())
            }
            (Reason::Floor, _) => SafeText::constant("policy.at-least asks for it"),
            (Reason::Override(_), _) => SafeText::constant("a person lets it through"),
            (Reason::Failure, Origin::Failure(_)) => SafeText::constant("the detector failed"),
            (Reason::Failure, Origin::Detector | Origin::Known) => SafeText::constant("the policy failed"),
        };
        Some(model::Decision {
            plugin: detector.name.clone(),
            rule: rule.id.clone(),
            category: rule.category.clone(),
            severity: severity(decision.severity),
            origin: match decision.origin {
                Origin::Detector => model::Origin::Detector,
                Origin::Failure(_) => model::Origin::Failure,
                Origin::Known => model::Origin::KnownValue,
            },
            confidence: decision.confidence,
            facts: facts.map(|(_, fact)| fact.clone()).collect(),
            action: action_of(decision.action),
            reason,
            channel,
            offset: decision.offset,
            length_class: match decision.length {
                LengthClass::Untold => model::LengthClass::Hidden,
                // Of the record's classes, each holds one or more of the guard's.
                LengthClass::Below(end) => model::LengthClass::of(u64::from(end) - 1, false),
            },
            late_bytes: u64::from(decision.late),
            fingerprint,
            plugin_digest: detector.digest,
            micros,
            overridden,
        })
    }

    /// What a rule is called. `None` for one that isn't there, which no guard of these rules names.
    pub(crate) fn rule_name(&self, at: RuleRef) -> Option<RuleName<'_>> {
        let (detector, rule) = self.rule(at)?;
        Some(RuleName {
            plugin: &detector.name,
            rule: &rule.id,
            category: &rule.category,
        })
    }

    /// What all rules are called, those of known values too.
    pub fn rule_names(&self) -> impl Iterator<Item = RuleName<'_>> {
        self.names.iter().enumerate().flat_map(|(index, detector)| {
            self.rules_of(index, detector).iter().map(|rule| RuleName {
                plugin: &detector.name,
                rule: &rule.id,
                category: &rule.category,
            })
        })
    }

    /// How bad what a rule finds usually is.
    pub(crate) fn severity_of(&self, at: RuleRef) -> Option<model::Severity> {
        self.rule(at).map(|(_, rule)| rule.severity)
    }

    /// The place of a detector among all.
    pub(crate) fn detector_index(&self, name: &Name) -> Option<u16> {
        let place = self.names.iter().position(|detector| detector.name == *name)?;
        u16::try_from(place).ok()
    }

    /// The names of all guests: the detectors' in their order, and then the policy's.
    pub(crate) fn guest_names(&self) -> impl Iterator<Item = &Name> {
        let detectors = self.names.iter().take(self.policy.detectors().len());
        detectors.map(|detector| &detector.name).chain([&self.policy_name])
    }

    fn rule(&self, at: RuleRef) -> Option<(&DetectorNames, &RuleNames)> {
        let index = usize::from(at.detector);
        let detector = self.names.get(index)?;
        Some((detector, self.rules_of(index, detector).get(usize::from(at.rule))?))
    }

    /// What the rules of a detector are called that are looked for.
    fn rules_of<'a>(&self, index: usize, detector: &'a DetectorNames) -> &'a [RuleNames] {
        detector.rules.get_or_init(|| {
            let rules = self.policy.detectors().get(index).into_iter().flat_map(Detector::rules);
            rules
                .take(detector.least.len())
                .map(|rule| RuleNames::new(rule.id, rule.category, rule.severity))
                .collect()
        })
    }
}

impl RuleNames {
    fn new(id: &str, category: &str, of: Severity) -> Self {
        Self {
            id: name(id),
            category: name(category),
            severity: severity(of),
        }
    }
}

fn names(loaded: Option<&Detector>, rules: &mut DetectorRules, floor: Floor<'_>) -> DetectorNames {
    let mut least_of = |rule: &mut Arc<Rule>| {
        let least = floor(&rule.category);
        // What the policy promises to allow must be held all the same where the operator wants more than that.
        if least > Action::Allow && !rule.hold {
            Arc::make_mut(rule).hold = true;
        }
        least
    };
    DetectorNames {
        name: name(&rules.name),
        digest: loaded.map(|loaded| loaded.info().digest),
        failure: rules.failure,
        facts: loaded
            .map_or(&[][..], Detector::facts)
            .iter()
            .map(|fact| SafeText::vouched(fact.clone()))
            .collect(),
        least: rules.rules.iter_mut().map(&mut least_of).collect(),
        rules: match loaded {
            Some(_) => OnceLock::new(),
            None => {
                let rules = rules.rules.iter();
                let named = rules.map(|rule| RuleNames::new(&rule.id, &rule.category, rule.severity));
                OnceLock::from(named.collect::<Vec<_>>())
            }
        },
    }
}

/// Plugins' names come from the configuration, rules' ids and categories from descriptors; both were checked to be
/// words.
fn name(text: &str) -> Name {
    text.parse()
        .unwrap_or_else(|_| "unnamed".parse().expect("it is a word"))
}

fn severity(severity: Severity) -> model::Severity {
    match severity {
        Severity::P0 => model::Severity::P0,
        Severity::P1 => model::Severity::P1,
        Severity::P2 => model::Severity::P2,
        Severity::P3 => model::Severity::P3,
    }
}

/// An action as the guard knows it.
pub(crate) fn action_from(action: model::Action) -> Action {
    match action {
        model::Action::Allow => Action::Allow,
        model::Action::Redact => Action::RedactMarker,
        model::Action::RedactMask => Action::RedactMask,
        model::Action::WithholdLine => Action::WithholdLine,
        model::Action::Block => Action::Block,
    }
}

/// An action as records name it.
pub(crate) fn action_of(action: Action) -> model::Action {
    match action {
        Action::Allow => model::Action::Allow,
        Action::RedactMarker => model::Action::Redact,
        Action::RedactMask => model::Action::RedactMask,
        Action::WithholdLine => model::Action::WithholdLine,
        Action::Block => model::Action::Block,
    }
}
