//! Loaded detectors.

use super::{Ticks, stand_in};
use crate::call::Live;
use crate::engine::{Engine, Inner};
use crate::incident::Failure;
use crate::info::{CompileState, PluginInfo, RuleInfo};
use crate::limits::State;
use crate::linked::{Linked, Ready};
use crate::rules::Described;
use crate::v0_1;
use crate::view::View;
use crate::worlds::Adapter;
use cofferdam_guard::{FailureMatrix, Finding};
use cofferdam_model::record::Digest;
use std::sync::{Arc, Mutex, PoisonError};
use wasmtime::component::InstancePre;
use wasmtime::{Error, Store};

/// A loaded detector. Cheap to clone.
#[derive(Clone)]
pub struct Detector {
    pub(crate) inner: Arc<DetectorInner>,
}

impl Detector {
    /// What is known of it.
    pub fn info(&self) -> &PluginInfo {
        &self.inner.info
    }

    /// What its findings can say of themselves; their facts are bits of this list.
    pub fn facts(&self) -> &[String] {
        &self.inner.described.facts
    }

    /// Its rules.
    pub fn rules(&self) -> impl Iterator<Item = RuleInfo<'_>> {
        self.inner.described.rules.iter().map(|rule| RuleInfo {
            id: &rule.id,
            title: &rule.title,
            category: &rule.category,
            severity: rule.severity,
        })
    }

    /// Where its code comes from, which is loaded unless it was. `None` where that can't be had any more.
    pub fn compiled(&self, engine: &Engine) -> Option<CompileState> {
        self.inner.linked.compiled(&engine.inner)
    }
}

pub(crate) struct DetectorInner {
    pub(crate) info: PluginInfo,
    pub(crate) linked: Linked<DetectorPre>,
    pub(crate) ticks: Ticks,
    pub(crate) together: bool,
    pub(crate) settings: String,
    pub(crate) as_of: u32,
    pub(crate) described: Described,
    /// The digest of all that it said of itself.
    pub(crate) said: Digest,
    pub(crate) failure: FailureMatrix,
    /// The instance that was configured at load, for the first session; none where what it says was kept.
    pub(crate) spare: Mutex<Option<Live<DetectorGuest>>>,
}

impl DetectorInner {
    /// A configured instance.
    pub(crate) fn instance(&self, engine: &Inner) -> Result<Live<DetectorGuest>, Failure> {
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
            &self.described,
            |store, guest| guest.renew(store, &self.settings, self.as_of),
            |store, guest| guest.configure(store, &self.settings, self.as_of),
        )
    }
}

/// A detector through the adapter of its version.
pub(crate) enum DetectorPre {
    V0_1(v0_1::detector::Pre),
}

impl DetectorPre {
    pub(crate) fn new(adapter: Adapter, pre: InstancePre<State>) -> Result<Self, Error> {
        match adapter {
            Adapter::V0_1 => v0_1::detector::Pre::new(pre).map(Self::V0_1),
        }
    }

    pub(crate) fn instantiate(&self, store: &mut Store<State>) -> Result<DetectorGuest, Error> {
        match self {
            Self::V0_1(pre) => pre.instantiate(store).map(DetectorGuest::V0_1),
        }
    }

    /// As the adapters' functions of this name.
    pub(crate) fn instantiate_first(&self, store: &mut Store<State>) -> Result<Result<DetectorGuest, Error>, Error> {
        match self {
            Self::V0_1(pre) => Ok(pre.instantiate_first(store)?.map(DetectorGuest::V0_1)),
        }
    }
}

/// An instance of a detector.
pub(crate) enum DetectorGuest {
    V0_1(v0_1::detector::Guest),
}

impl DetectorGuest {
    pub(crate) fn describe(&mut self, store: &mut Store<State>) -> Result<String, Error> {
        match self {
            Self::V0_1(guest) => guest.describe(store),
        }
    }

    pub(crate) fn configure(
        &mut self,
        store: &mut Store<State>,
        settings: &str,
        as_of: u32,
    ) -> Result<Result<Described, String>, Error> {
        match self {
            Self::V0_1(guest) => guest.configure(store, settings, as_of),
        }
    }

    /// As the adapters' functions of this name.
    pub(crate) fn renew(
        &mut self,
        store: &mut Store<State>,
        settings: &str,
        as_of: u32,
    ) -> Result<Option<Result<(), String>>, Error> {
        match self {
            Self::V0_1(guest) => guest.renew(store, settings, as_of),
        }
    }

    pub(crate) fn scan(
        &mut self,
        store: &mut Store<State>,
        view: &View<'_>,
    ) -> Result<Result<Vec<Finding>, u16>, Error> {
        match self {
            Self::V0_1(guest) => guest.scan(store, view),
        }
    }

    pub(crate) fn scan_nothing(&mut self, store: &mut Store<State>) -> Result<(), Error> {
        match self {
            Self::V0_1(guest) => guest.scan_nothing(store),
        }
    }
}
