//! Loaded policies.

use super::{Detector, DetectorInner, Ticks, stand_in};
use crate::call::Live;
use crate::engine::{Engine, Inner};
use crate::incident::Failure;
use crate::info::{CompileState, PluginInfo};
use crate::known::KnownRules;
use crate::limits::State;
use crate::linked::{Linked, Ready};
use crate::rules::{PolicyRule, Promise};
use crate::told::tell;
use crate::v0_1;
use crate::worlds::Adapter;
use cofferdam_guard::{Consult, DetectorRules, PolicyDecision, Severity};
use std::sync::{Arc, Mutex, PoisonError};
use wasmtime::component::InstancePre;
use wasmtime::{Error, Store};

/// A loaded policy, with the detectors whose rules it was told. Cheap to clone.
#[derive(Clone)]
pub struct Policy {
    pub(crate) inner: Arc<PolicyInner>,
}

impl Policy {
    /// What is known of it.
    pub fn info(&self) -> &PluginInfo {
        &self.inner.info
    }

    /// The detectors, in the order of [`Self::rules`].
    pub fn detectors(&self) -> &[Detector] {
        &self.inner.detectors
    }

    /// The reasons that its decisions refer to.
    pub fn reasons(&self) -> &[String] {
        &self.inner.promise.reasons
    }

    /// The values that the host was told; their rules stand behind all detectors' in [`Self::rules`].
    pub fn known(&self) -> Option<&KnownRules> {
        self.inner.known.as_ref()
    }

    /// Where its code comes from, which is loaded unless it was. `None` where that can't be had any more.
    pub fn compiled(&self, engine: &Engine) -> Option<CompileState> {
        self.inner.linked.compiled(&engine.inner)
    }

    /// Loads the code of this policy and of its detectors, unless it was loaded. What can't be loaded is a failure of
    /// the first question.
    pub fn load_code(&self, engine: &Engine) {
        for detector in self.detectors() {
            detector.compiled(engine);
        }
        self.compiled(engine);
    }

    /// The rules of all detectors, ready for the guard: a rule is held where it is P0 or P1, or where the policy may
    /// act on it. Those of [`Self::known`] are the last.
    pub fn rules(&self) -> Vec<DetectorRules> {
        let mut acts = self.inner.promise.acts.iter();
        let detectors = self.inner.detectors.iter().map(|detector| {
            let DetectorInner {
                info,
                described,
                failure,
                ..
            } = &*detector.inner;
            let held = described.rules.iter().zip(acts.by_ref()).map(|(rule, acts)| {
                let mut rule = Arc::clone(rule);
                let hold = rule.severity <= Severity::P1 || *acts;
                if rule.hold != hold {
                    Arc::make_mut(&mut rule).hold = hold;
                }
                rule
            });
            DetectorRules {
                name: info.name.to_string(),
                rules: held.collect(),
                fact_count: u8::try_from(described.facts.len()).expect("facts were checked to be 64 at most"),
                failure: *failure,
            }
        });
        detectors
            .chain(self.known().map(|known| known.rules().clone()))
            .collect()
    }
}

pub(crate) struct PolicyInner {
    pub(crate) info: PluginInfo,
    pub(crate) linked: Linked<PolicyPre>,
    pub(crate) ticks: Ticks,
    pub(crate) together: bool,
    pub(crate) settings: String,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) promise: Promise,
    /// What an instance is made of that stands in for another, if it can be.
    pub(crate) state: Option<Vec<u8>>,
    pub(crate) detectors: Vec<Detector>,
    pub(crate) known: Option<KnownRules>,
    /// For each detector, and then for known values, the index of the first rule among all.
    pub(crate) first: Vec<u32>,
    pub(crate) spare: Mutex<Option<Live<PolicyGuest>>>,
}

impl PolicyInner {
    /// A configured instance.
    pub(crate) fn instance(&self, engine: &Inner) -> Result<Live<PolicyGuest>, Failure> {
        if let Some(spare) = self.spare.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Ok(spare);
        }
        let Ready { pre, .. } = self.linked.get(engine)?;
        let live = Live::start(engine, &self.info.limits, self.ticks.start, |store| {
            pre.instantiate(store)
        })?;
        stand_in(
            engine,
            self.ticks,
            live,
            &self.promise,
            |store, guest| match &self.state {
                Some(state) => guest.renew(store, &self.settings, &self.labels, state),
                None => Ok(None),
            },
            |store, guest| {
                let told = tell(&self.detectors, self.known.as_ref());
                guest.configure(store, &self.settings, &self.labels, &told)
            },
        )
    }
}

/// A policy through the adapter of its version.
pub(crate) enum PolicyPre {
    V0_1(v0_1::policy::Pre),
}

impl PolicyPre {
    pub(crate) fn new(adapter: Adapter, pre: InstancePre<State>) -> Result<Self, Error> {
        match adapter {
            Adapter::V0_1 => v0_1::policy::Pre::new(pre).map(Self::V0_1),
        }
    }

    pub(crate) fn instantiate(&self, store: &mut Store<State>) -> Result<PolicyGuest, Error> {
        match self {
            Self::V0_1(pre) => pre.instantiate(store).map(PolicyGuest::V0_1),
        }
    }

    /// As the adapters' functions of this name.
    pub(crate) fn instantiate_first(&self, store: &mut Store<State>) -> Result<Result<PolicyGuest, Error>, Error> {
        match self {
            Self::V0_1(pre) => Ok(pre.instantiate_first(store)?.map(PolicyGuest::V0_1)),
        }
    }
}

/// An instance of a policy.
pub(crate) enum PolicyGuest {
    V0_1(v0_1::policy::Guest),
}

impl PolicyGuest {
    pub(crate) fn describe(&mut self, store: &mut Store<State>) -> Result<String, Error> {
        match self {
            Self::V0_1(guest) => guest.describe(store),
        }
    }

    pub(crate) fn configure(
        &mut self,
        store: &mut Store<State>,
        settings: &str,
        labels: &[(String, String)],
        rules: &[PolicyRule],
    ) -> Result<Result<Promise, String>, Error> {
        match self {
            Self::V0_1(guest) => guest.configure(store, settings, labels, rules),
        }
    }

    /// As the adapters' functions of this name.
    pub(crate) fn state(&mut self, store: &mut Store<State>) -> Result<Option<Vec<u8>>, Error> {
        match self {
            Self::V0_1(guest) => guest.state(store),
        }
    }

    /// As the adapters' functions of this name.
    pub(crate) fn renew(
        &mut self,
        store: &mut Store<State>,
        settings: &str,
        labels: &[(String, String)],
        state: &[u8],
    ) -> Result<Option<Result<(), String>>, Error> {
        match self {
            Self::V0_1(guest) => guest.renew(store, settings, labels, state),
        }
    }

    pub(crate) fn decide(
        &mut self,
        store: &mut Store<State>,
        consult: &Consult,
        first: &[u32],
    ) -> Result<Result<Vec<PolicyDecision>, u16>, Error> {
        match self {
            Self::V0_1(guest) => guest.decide(store, consult, first),
        }
    }

    pub(crate) fn decide_nothing(&mut self, store: &mut Store<State>) -> Result<(), Error> {
        match self {
            Self::V0_1(guest) => guest.decide_nothing(store),
        }
    }
}
