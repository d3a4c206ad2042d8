//! Loading: from a component's bytes to a plugin that has been asked who it is and what it wants.

use crate::call::Live;
use crate::compile;
use crate::describe::{Identity, escape};
use crate::digest::Digest;
use crate::engine::{Engine, Inner};
use crate::error::{LoadError, LoadReason};
use crate::imports;
use crate::incident::Failure;
use crate::info::{CompileState, Import, Kind, PluginInfo, RuleInfo};
use crate::known::KnownRules;
use crate::limits::{Limits, State};
use crate::plugin::{
    Descriptor, Detector, DetectorInner, DetectorPre, LOAD_FUEL, Policy, PolicyInner, PolicyPre, Ticks,
};
use crate::rules::{PolicyRule, Promise};
use crate::said::{Question, Said};
use crate::spec::PluginSpec;
use crate::worlds::{self, Adapter};
use cofferdam_guard::{DetectorRules, Severity};
use std::sync::{Arc, Mutex};
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Error, Store};

const WASM_PAGE: u64 = 64 << 10;

impl Engine {
    /// Loads a detector: checks it, compiles it or takes its code from the cache, configures it, and checks its rules.
    ///
    /// # Errors
    /// What is wrong with it, and what to do next.
    pub fn load_detector(&self, spec: &PluginSpec<'_>) -> Result<Detector, LoadError> {
        self.detector(spec).map_err(|reason| LoadError {
            plugin: spec.name.clone(),
            reason,
        })
    }

    /// Loads a policy, and tells it of the rules of all detectors. `labels` are what the session is called.
    ///
    /// # Errors
    /// What is wrong with it, and what to do next.
    pub fn load_policy(
        &self,
        spec: &PluginSpec<'_>,
        labels: &[(String, String)],
        detectors: &[Detector],
    ) -> Result<Policy, LoadError> {
        self.load_policy_knowing(spec, labels, detectors, None)
    }

    /// The same, and tells it of the rules of values that the host was told, never of the values.
    ///
    /// # Errors
    /// What is wrong with it, and what to do next.
    pub fn load_policy_knowing(
        &self,
        spec: &PluginSpec<'_>,
        labels: &[(String, String)],
        detectors: &[Detector],
        known: Option<KnownRules>,
    ) -> Result<Policy, LoadError> {
        self.policy(spec, labels, detectors, known).map_err(|reason| LoadError {
            plugin: spec.name.clone(),
            reason,
        })
    }

    fn detector(&self, spec: &PluginSpec<'_>) -> Result<Detector, LoadReason> {
        let engine = &*self.inner;
        let prepared = self.prepare(spec, Kind::Detector)?;
        let pre = DetectorPre::new(prepared.adapter, prepared.pre.clone()).map_err(types)?;
        let ticks = Ticks::of(&spec.limits);
        let question = Question::new(&prepared.digest, &spec.limits, &(&spec.settings, spec.as_of));
        let (Said { identity, declared }, spare) = question.answer(engine, || {
            let mut live = first(engine, spec, ticks, |store| pre.instantiate_first(store))?;
            let declared = live
                .call(engine, ticks.start, LOAD_FUEL, |store, guest| {
                    guest.configure(store, &spec.settings, spec.as_of)
                })
                .map_err(failed("configure"))?
                .map_err(|text| LoadReason::Settings(escape(&text)))?;
            // After `configure`, since it is this instance that a session gets.
            let identity = live
                .call(engine, ticks.start, LOAD_FUEL, |store, guest| guest.describe(store))
                .map_err(failed("describe"))?;
            Ok((Said { identity, declared }, live))
        })?;
        let identity = Identity::parse(&identity).map_err(LoadReason::Describe)?;
        let described = Descriptor::described(declared);
        described.check().map_err(LoadReason::Rules)?;
        if spec.failure.may_pass() && described.rules.iter().any(|rule| rule.severity == Severity::P0) {
            return Err(LoadReason::PassRefused("a detector with a P0 rule"));
        }
        let rules = DetectorRules {
            name: spec.name.clone(),
            rules: described.rules.clone(),
            fact_count: u8::try_from(described.facts.len()).expect("facts were checked to be 64 at most"),
            failure: spec.failure,
        };
        let told = described.rules.iter().map(|rule| RuleInfo {
            id: rule.id.clone(),
            title: rule.title.clone(),
            category: rule.category.clone(),
            severity: rule.severity,
        });
        let info = prepared.info(spec, Kind::Detector, identity, told.collect());
        let (settings, as_of, together) = (spec.settings.clone(), spec.as_of, spec.together);
        let spare = Mutex::new(spare);
        let inner = DetectorInner {
            info,
            pre,
            ticks,
            together,
            settings,
            as_of,
            described,
            rules,
            spare,
        };
        Ok(Detector { inner: Arc::new(inner) })
    }

    fn policy(
        &self,
        spec: &PluginSpec<'_>,
        labels: &[(String, String)],
        detectors: &[Detector],
        known: Option<KnownRules>,
    ) -> Result<Policy, LoadReason> {
        let engine = &*self.inner;
        if spec.failure.may_pass() {
            return Err(LoadReason::PassRefused("a policy"));
        }
        let prepared = self.prepare(spec, Kind::Policy)?;
        let pre = PolicyPre::new(prepared.adapter, prepared.pre.clone()).map_err(types)?;
        let ticks = Ticks::of(&spec.limits);
        let (told, firsts) = tell(detectors, known.as_ref());
        let question = Question::new(&prepared.digest, &spec.limits, &(&spec.settings, labels, &told));
        let (Said { identity, declared }, spare) = question.answer(engine, || {
            let mut live = first(engine, spec, ticks, |store| pre.instantiate_first(store))?;
            let declared = live
                .call(engine, ticks.start, LOAD_FUEL, |store, guest| {
                    guest.configure(store, &spec.settings, labels, &told)
                })
                .map_err(failed("configure"))?
                .map_err(|text| LoadReason::PolicySettings(escape(&text)))?;
            let identity = live
                .call(engine, ticks.start, LOAD_FUEL, |store, guest| guest.describe(store))
                .map_err(failed("describe"))?;
            Ok((Said { identity, declared }, live))
        })?;
        let promise: Promise = declared;
        let identity = Identity::parse(&identity).map_err(LoadReason::Describe)?;
        promise.check(told.len()).map_err(LoadReason::Promise)?;
        let info = prepared.info(spec, Kind::Policy, identity, Vec::new());
        let inner = PolicyInner {
            info,
            pre,
            ticks,
            together: spec.together,
            settings: spec.settings.clone(),
            labels: labels.to_vec(),
            told,
            promise,
            detectors: detectors.to_vec(),
            known,
            first: firsts,
            spare: Mutex::new(spare),
        };
        Ok(Policy { inner: Arc::new(inner) })
    }

    /// All that can be said of a component before any of it runs.
    fn prepare(&self, spec: &PluginSpec<'_>, kind: Kind) -> Result<Prepared, LoadReason> {
        let engine = &self.inner.wasm;
        if let Some(problem) = spec.limits.problem() {
            return Err(LoadReason::Resources(problem.into()));
        }
        let digest = Digest::of(&spec.component);
        match spec.expected {
            Some(expected) if expected != digest => {
                return Err(LoadReason::Digest {
                    expected,
                    found: digest,
                });
            }
            Some(_) | None => {}
        }
        compile::check_form(&spec.component)?;
        let (component, compiled) = compile::code(&self.inner, &spec.name, &spec.component, &digest)?;
        let is = component.component_type();
        let imports = imports::list(engine, &is, &spec.grants);
        imports::check(&imports)?;
        let (adapter, built_for) = worlds::find(engine, &is, kind)?;
        check_resources(&component, &spec.limits)?;
        let pre = Linker::<State>::new(engine)
            .instantiate_pre(&component)
            .map_err(types)?;
        Ok(Prepared {
            digest,
            compiled,
            imports,
            adapter,
            built_for,
            pre,
        })
    }
}

struct Prepared {
    digest: Digest,
    compiled: CompileState,
    imports: Vec<Import>,
    adapter: Adapter,
    built_for: String,
    pre: InstancePre<State>,
}

impl Prepared {
    fn info(self, spec: &PluginSpec<'_>, kind: Kind, identity: Identity, rules: Vec<RuleInfo>) -> PluginInfo {
        PluginInfo {
            name: spec.name.as_str().into(),
            kind,
            id: identity.id,
            version: identity.version,
            title: identity.title,
            digest: self.digest,
            bytes: spec.component.len(),
            built_for: self.built_for,
            linked_to: self.adapter.version(),
            imports: self.imports,
            rules,
            limits: spec.limits,
            compiled: self.compiled,
        }
    }
}

/// The rules of all detectors and of known values in one list, and for each of them where its own begin.
fn tell(detectors: &[Detector], known: Option<&KnownRules>) -> (Vec<PolicyRule>, Vec<u32>) {
    let mut told = Vec::new();
    let mut first = Vec::with_capacity(detectors.len() + 1);
    let begin = |told: &Vec<PolicyRule>| {
        u32::try_from(told.len()).expect("detectors have 4096 rules at most, and there are few detectors")
    };
    for detector in detectors {
        first.push(begin(&told));
        let described = &detector.inner.described;
        told.extend(described.rules.iter().map(|rule| PolicyRule {
            plugin: detector.inner.rules.name.clone(),
            rule: rule.id.clone(),
            category: rule.category.clone(),
            severity: rule.severity,
            facts: described.facts.clone(),
        }));
    }
    if let Some(known) = known {
        first.push(begin(&told));
        told.extend(known.told());
    }
    (told, first)
}

fn check_resources(component: &Component, limits: &Limits) -> Result<(), LoadReason> {
    let Some(needs) = component.resources_required() else {
        return Err(LoadReason::Resources(
            "what it needs is not known before it runs".into(),
        ));
    };
    let memory = needs.max_initial_memory_size.unwrap_or(0).saturating_mul(WASM_PAGE);
    let problem = if memory > limits.memory as u64 {
        format!("it begins with {memory} bytes of memory, and may use {}", limits.memory)
    } else if needs.num_memories > limits.memories {
        format!(
            "it has {} memories, and may have {}",
            needs.num_memories, limits.memories
        )
    } else if needs.num_tables > limits.tables {
        format!("it has {} tables, and may have {}", needs.num_tables, limits.tables)
    } else {
        return Ok(());
    };
    Err(LoadReason::Resources(problem))
}

/// The first instance of a plugin.
fn first<G>(
    engine: &Inner,
    spec: &PluginSpec<'_>,
    ticks: Ticks,
    instantiate: impl FnOnce(&mut Store<State>) -> Result<Result<G, Error>, Error>,
) -> Result<Live<G>, LoadReason> {
    let mut wrong = None;
    let live = Live::start(engine, &spec.limits, ticks.start, |store| {
        instantiate(store)?.inspect_err(|error| wrong = Some(escape(&format!("{error:#}"))))
    });
    live.map_err(|failure| match wrong {
        Some(wrong) => LoadReason::Types(wrong),
        None => failed("instantiate")(failure),
    })
}

fn types(error: Error) -> LoadReason {
    LoadReason::Types(escape(&format!("{error:#}")))
}

fn failed(step: &'static str) -> impl Fn(Failure) -> LoadReason {
    move |failure| LoadReason::Failed {
        step,
        detail: failure.detail,
    }
}
