//! A component's code, linked: at once where a guard is new, and when it is first needed where what it said of itself
//! was kept.
//!
//! A start waits for what guards said of themselves, and not for their code: most commands never write anything that
//! a guard is asked about.

use crate::compile;
use crate::component::ComponentBytes;
use crate::engine::Inner;
use crate::error::LoadReason;
use crate::incident::{Detail, Failure};
use crate::info::{CompileState, Kind};
use crate::limits::State;
use crate::spec::PluginSpec;
use crate::worlds::{self, Adapter};
use cofferdam_model::record::Digest;
use std::sync::OnceLock;
use wasmtime::Error;
use wasmtime::component::{Component, InstancePre, Linker};

/// Makes what an adapter instantiates.
pub(crate) type Make<P> = fn(Adapter, InstancePre<State>) -> Result<P, Error>;

/// The code of a plugin, as `P` instantiates it.
pub(crate) struct Linked<P> {
    ready: OnceLock<Result<Ready<P>, Failure>>,
    /// The one that it was loaded by. A candidate's policy is told of the rules of detectors in force, which another
    /// engine runs.
    engine: wasmtime::Engine,
    name: String,
    component: ComponentBytes,
    digest: Digest,
    kind: Kind,
    make: Make<P>,
}

/// Code that can be instantiated.
pub(crate) struct Ready<P> {
    pub(crate) pre: P,
    pub(crate) compiled: CompileState,
}

impl<P> Linked<P> {
    /// Code that is linked once it is needed, for `engine` alone. The component must have been linked before, by an
    /// engine of these settings.
    pub(crate) fn later(engine: &Inner, spec: &PluginSpec, digest: Digest, kind: Kind, make: Make<P>) -> Self {
        Self {
            ready: OnceLock::new(),
            engine: engine.wasm.clone(),
            name: spec.name.clone(),
            component: spec.component.clone(),
            digest,
            kind,
            make,
        }
    }

    /// Code that is linked.
    pub(crate) fn now(
        engine: &Inner,
        spec: &PluginSpec,
        (digest, kind): (Digest, Kind),
        make: Make<P>,
        ready: Ready<P>,
    ) -> Self {
        let linked = Self::later(engine, spec, digest, kind, make);
        Self {
            ready: Ok(ready).into(),
            ..linked
        }
    }

    /// The code. Whoever is first links it, which takes a millisecond, or seconds where the cache no longer has the
    /// code.
    ///
    /// # Errors
    /// What was linked before can't be linked now: the machine has no memory left. Or another engine asks, which can't run it.
    pub(crate) fn get(&self, engine: &Inner) -> Result<&Ready<P>, Failure> {
        if !wasmtime::Engine::same(&self.engine, &engine.wasm) {
            return Err(Detail::NoInstance.into());
        }
        let ready = self.ready.get_or_init(|| {
            self.link(engine).map_err(|error| {
                tracing::warn!(plugin = %self.name, %error, "the code of a guard that was loaded before can't be loaded");
                Detail::NoInstance.into()
            })
        });
        ready.as_ref().map_err(|failure| *failure)
    }

    /// Where the code comes from, which is linked unless it was; nothing for another engine.
    pub(crate) fn compiled(&self, engine: &Inner) -> Option<CompileState> {
        self.get(engine).ok().map(|ready| ready.compiled)
    }

    fn link(&self, engine: &Inner) -> Result<Ready<P>, LoadReason> {
        let (component, compiled) = compile::code(engine, &self.name, &self.component, &self.digest)?;
        let (adapter, _) = worlds::find(&engine.wasm, &component.component_type(), self.kind)?;
        let pre = link(engine, &component, adapter, self.make)?;
        Ok(Ready { pre, compiled })
    }
}

/// Links a component, which gets nothing from the host.
pub(crate) fn link<P>(engine: &Inner, component: &Component, adapter: Adapter, make: Make<P>) -> Result<P, LoadReason> {
    let pre = Linker::<State>::new(&engine.wasm).instantiate_pre(component);
    pre.and_then(|pre| make(adapter, pre)).map_err(LoadReason::types)
}
