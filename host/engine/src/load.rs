//! Loading: from a component's bytes to a plugin that has been asked who it is and what it wants.

use crate::cache::Form;
use crate::call::Live;
use crate::compile;
use crate::describe::{Identity, escape};
use crate::engine::{Engine, Inner};
use crate::error::{LoadError, LoadReason};
use crate::imports;
use crate::incident::Failure;
use crate::info::{Import, Kind, PluginInfo};
use crate::known::KnownRules;
use crate::limits::Limits;
use crate::limits::State;
use crate::linked::{Linked, Make, Ready, link};
use crate::plugin::{Detector, DetectorInner, DetectorPre, LOAD_FUEL, Policy, PolicyInner, PolicyPre, Ticks};
use crate::rules::{Described, Promised};
use crate::said::{Question, Said};
use crate::spec::PluginSpec;
use crate::told::{places, tell};
use crate::worlds::{self, Adapter};
use cofferdam_guard::Severity;
use cofferdam_model::record::Digest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex};
use wasmtime::component::Component;
use wasmtime::{Error, Store};

const WASM_PAGE: u64 = 64 << 10;

impl Engine {
    /// Loads a detector: checks it, compiles it or takes its code from the cache, configures it, and checks its rules.
    ///
    /// # Errors
    /// What is wrong with it, and what to do next.
    pub fn load_detector(&self, spec: &PluginSpec) -> Result<Detector, LoadError> {
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
        spec: &PluginSpec,
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
        spec: &PluginSpec,
        labels: &[(String, String)],
        detectors: &[Detector],
        known: Option<KnownRules>,
    ) -> Result<Policy, LoadError> {
        self.policy(spec, labels, detectors, known).map_err(|reason| LoadError {
            plugin: spec.name.clone(),
            reason,
        })
    }

    fn detector(&self, spec: &PluginSpec) -> Result<Detector, LoadReason> {
        let engine = &*self.inner;
        let digest = check(spec)?;
        let ticks = Ticks::of(&spec.limits);
        let question = Question::new(&digest, &spec.limits, &(&spec.settings, spec.as_of));
        let is = Is(Kind::Detector, digest);
        let introduced = self.introduce(spec, is, &question, DetectorPre::new, |pre| {
            let mut live = first(engine, spec, ticks, |store| pre.instantiate_first(store))?;
            let declared: Described = live
                .call(engine, ticks.start, LOAD_FUEL, |store, guest| {
                    guest.configure(store, &spec.settings, spec.as_of)
                })
                .map_err(failed("configure"))?
                .map_err(|text| LoadReason::Settings(escape(&text)))?;
            // Before it is kept, so that a start needn't check all of it again.
            declared.check().map_err(LoadReason::Rules)?;
            // After `configure`, since it is this instance that a session gets.
            let identity = live
                .call(engine, ticks.start, LOAD_FUEL, |store, guest| guest.describe(store))
                .map_err(failed("describe"))?;
            Ok((identity, declared, live))
        })?;
        let Introduced {
            info,
            declared: described,
            said,
            linked,
            spare,
        } = introduced;
        described.check_words().map_err(LoadReason::Rules)?;
        if spec.failure.may_pass() && described.rules.iter().any(|rule| rule.severity == Severity::P0) {
            return Err(LoadReason::PassRefused("a detector with a P0 rule"));
        }
        let inner = DetectorInner {
            info,
            linked,
            ticks,
            together: spec.together,
            settings: spec.settings.clone(),
            as_of: spec.as_of,
            described,
            said,
            failure: spec.failure,
            spare: Mutex::new(spare),
        };
        Ok(Detector { inner: Arc::new(inner) })
    }

    fn policy(
        &self,
        spec: &PluginSpec,
        labels: &[(String, String)],
        detectors: &[Detector],
        known: Option<KnownRules>,
    ) -> Result<Policy, LoadReason> {
        let engine = &*self.inner;
        if spec.failure.may_pass() {
            return Err(LoadReason::PassRefused("a policy"));
        }
        let digest = check(spec)?;
        let ticks = Ticks::of(&spec.limits);
        // What it is told follows from what each detector said, and that is long: so its digest stands for it.
        let said = detectors.iter().map(|detector| &*detector.inner);
        let said: Vec<_> = said
            .map(|detector| (&*detector.info.name, *detector.said.as_bytes()))
            .collect();
        let told_of_known = known.as_ref().map(KnownRules::told);
        let question = Question::new(&digest, &spec.limits, &(&spec.settings, labels, said, &told_of_known));
        let is = Is(Kind::Policy, digest);
        let introduced = self.introduce(spec, is, &question, PolicyPre::new, |pre| {
            let told = tell(detectors, known.as_ref());
            let mut live = first(engine, spec, ticks, |store| pre.instantiate_first(store))?;
            let promise = live
                .call(engine, ticks.start, LOAD_FUEL, |store, guest| {
                    guest.configure(store, &spec.settings, labels, &told)
                })
                .map_err(failed("configure"))?
                .map_err(|text| LoadReason::PolicySettings(escape(&text)))?;
            let state = live
                .call(engine, ticks.start, LOAD_FUEL, |store, guest| guest.state(store))
                .map_err(failed("state"))?;
            let declared = Promised { promise, state };
            let identity = live
                .call(engine, ticks.start, LOAD_FUEL, |store, guest| guest.describe(store))
                .map_err(failed("describe"))?;
            Ok((identity, declared, live))
        })?;
        let Introduced {
            info,
            declared,
            said: _,
            linked,
            spare,
        } = introduced;
        let Promised { promise, state } = declared;
        let (first, count) = places(detectors, told_of_known.map(|told| told.len()));
        promise.check(count).map_err(LoadReason::Promise)?;
        let inner = PolicyInner {
            info,
            linked,
            ticks,
            together: spec.together,
            settings: spec.settings.clone(),
            labels: labels.to_vec(),
            promise,
            state,
            detectors: detectors.to_vec(),
            known,
            first,
            spare: Mutex::new(spare),
        };
        Ok(Policy { inner: Arc::new(inner) })
    }

    /// What a plugin said of itself where that was kept; else its component is linked, and `ask` hears from its first
    /// instance.
    fn introduce<T: Serialize + DeserializeOwned, G, P>(
        &self,
        spec: &PluginSpec,
        Is(kind, digest): Is,
        question: &Question,
        make: Make<P>,
        ask: impl FnOnce(&P) -> Result<(String, T, Live<G>), LoadReason>,
    ) -> Result<Introduced<T, G, P>, LoadReason> {
        let engine = &*self.inner;
        let has_code = || {
            engine
                .cache
                .as_ref()
                .is_some_and(|cache| cache.has(&digest, Form::Code))
        };
        let kept = question.kept(engine).filter(|_| has_code());
        let kept = kept.and_then(|(said, mark): (Said<T>, _)| Some((Adapter::of(&said.built_for)?, said, mark)));
        if let Some((adapter, said, mark)) = kept {
            let imports = imports::held_against(said.imports, &spec.grants);
            imports::check(&imports)?;
            let identity = Identity::parse(&said.identity).map_err(LoadReason::Describe)?;
            return Ok(Introduced {
                info: info(spec, Is(kind, digest), identity, (adapter, said.built_for), imports),
                declared: said.declared,
                said: mark,
                linked: Linked::later(engine, spec, digest, kind, make),
                spare: None,
            });
        }
        let (component, compiled) = compile::code(engine, &spec.name, &spec.component, &digest)?;
        let is = component.component_type();
        let wanted = imports::list(&engine.wasm, &is);
        let imports = imports::held_against(wanted.clone(), &spec.grants);
        imports::check(&imports)?;
        let (adapter, built_for) = worlds::find(&engine.wasm, &is, kind)?;
        check_resources(&component, &spec.limits)?;
        let pre = link(engine, &component, adapter, make)?;
        let (text, declared, live) = ask(&pre)?;
        let identity = Identity::parse(&text).map_err(LoadReason::Describe)?;
        let said = Said {
            identity: text,
            declared,
            built_for,
            imports: wanted,
        };
        let mark = question.keep(engine, &said);
        Ok(Introduced {
            info: info(spec, Is(kind, digest), identity, (adapter, said.built_for), imports),
            declared: said.declared,
            said: mark,
            linked: Linked::now(engine, spec, (digest, kind), make, Ready { pre, compiled }),
            spare: Some(live),
        })
    }
}

/// What a component is meant to be, and the digest of its bytes.
struct Is(Kind, Digest);

/// A plugin that has said who it is and what it declares.
struct Introduced<T, G, P> {
    info: PluginInfo,
    declared: T,
    /// The digest of all that it said.
    said: Digest,
    linked: Linked<P>,
    /// The instance that was asked, if one was.
    spare: Option<Live<G>>,
}

/// All that can be said of a component's bytes and bounds before it is compiled.
fn check(spec: &PluginSpec) -> Result<Digest, LoadReason> {
    if let Some(problem) = spec.limits.problem() {
        return Err(LoadReason::Resources(problem.into()));
    }
    let digest = spec.component.digest();
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
    Ok(digest)
}

fn info(
    spec: &PluginSpec,
    Is(kind, digest): Is,
    identity: Identity,
    (adapter, built_for): (Adapter, String),
    imports: Vec<Import>,
) -> PluginInfo {
    PluginInfo {
        name: spec.name.as_str().into(),
        kind,
        id: identity.id,
        version: identity.version,
        title: identity.title,
        digest,
        bytes: spec.component.len(),
        built_for,
        linked_to: adapter.version(),
        imports,
        limits: spec.limits,
    }
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
    spec: &PluginSpec,
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

fn failed(step: &'static str) -> impl Fn(Failure) -> LoadReason {
    move |failure| LoadReason::Failed {
        step,
        detail: failure.detail,
    }
}
