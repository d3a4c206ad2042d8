//! Why a plugin could not be loaded.

use crate::describe::escape;
use crate::incident::Detail;
use cofferdam_model::Code;
use cofferdam_model::record::Digest;

/// A plugin could not be loaded: which one, why, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("plugin `{plugin}`: {reason}")]
pub struct LoadError {
    /// The name that the configuration gives it.
    pub plugin: String,
    /// Why.
    pub reason: LoadReason,
}

impl LoadError {
    /// The stable code of this error.
    pub fn code(&self) -> Code {
        self.reason.code()
    }
}

/// What is wrong with a plugin. Text that comes from the plugin is escaped and cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadReason {
    /// The bytes are not those that were expected.
    #[error(
        "its digest is sha256:{found}, and sha256:{expected} is pinned; update the pin if the change is meant, else restore the file"
    )]
    Digest {
        /// What is pinned.
        expected: Digest,
        /// What the bytes have.
        found: Digest,
    },
    /// The bytes are no WebAssembly at all.
    #[error(
        "the file is not a WebAssembly component; name the `.wasm` file of a component, such as wit-component or wasm-tools make it"
    )]
    NotComponent,
    /// The bytes are compiled code, which is never taken from outside.
    #[error(
        "the file is compiled machine code, which is never accepted from outside; name the component that it was made of"
    )]
    Precompiled,
    /// The bytes are a core module.
    #[error("the file is a core module, not a component; wrap it with `wasm-tools component new`")]
    CoreModule,
    /// It exports nothing that its kind needs.
    #[error("it does not export `{wanted}`, which a {kind} needs; {found}")]
    World {
        /// The interface of its kind.
        wanted: &'static str,
        /// Its kind, for people.
        kind: &'static str,
        /// What it exports in its place.
        found: String,
    },
    /// It exports what its kind needs for a version that this host lacks.
    #[error("it is built for `{found}`, and this host knows {known}; use a host or a plugin of another version")]
    Version {
        /// What it exports.
        found: String,
        /// What the host knows.
        known: &'static str,
    },
    /// Its export has the right name and the wrong types.
    #[error("its export does not have the types of its world: {0}; build it against the published WIT")]
    Types(String),
    /// It imports more than it was granted.
    #[error(
        "it imports {0}, which it was not granted; grant it in the operator's configuration, or use another plugin"
    )]
    NotGranted(String),
    /// It imports what no host of this version has.
    #[error("it imports {0}, which this host does not offer; take it out of `grants`, and use another plugin")]
    NotOffered(String),
    /// It needs more than its limits.
    #[error("it needs more than its limits allow: {0}; raise its limits, or use another plugin")]
    Resources(String),
    /// It can't be compiled.
    #[error("it could not be compiled: {0}; build it again")]
    Compile(String),
    /// What it says of itself doesn't fit.
    #[error("what it says of itself does not fit the schema cofferdam.plugin/v1: {0}; its author must mend it")]
    Describe(String),
    /// A detector refused its settings.
    #[error("it refused its settings, saying: {0}; change `settings` in the configuration")]
    Settings(String),
    /// A policy refused its settings.
    #[error("the policy refused its configuration, saying: {0}; change `settings` in the configuration")]
    PolicySettings(String),
    /// The rules of a detector can't be used.
    #[error("its rules cannot be used: {0}; its author must mend it")]
    Rules(String),
    /// What a policy promises doesn't fit the rules.
    #[error("what the policy promises does not fit the rules that it was told: {0}; its author must mend it")]
    Promise(String),
    /// `pass` is configured where it is refused.
    #[error("the failure action `pass` is refused for {0}; use `withhold` or `block`")]
    PassRefused(&'static str),
    /// It failed while it was loaded.
    #[error("it failed in `{step}` ({detail}); raise its limits if they are tight, or use another plugin")]
    Failed {
        /// The function that failed.
        step: &'static str,
        /// How.
        detail: Detail,
    },
}

impl LoadReason {
    /// What wasmtime says of a component's types.
    pub(crate) fn types(error: wasmtime::Error) -> Self {
        Self::Types(escape(&format!("{error:#}")))
    }

    /// The stable code of this reason.
    pub fn code(&self) -> Code {
        match self {
            Self::Digest { .. } => Code::LockMismatch,
            Self::NotComponent | Self::Precompiled => Code::PluginNotComponent,
            Self::CoreModule => Code::PluginCoreModule,
            Self::World { .. } | Self::Version { .. } | Self::Types(_) => Code::PluginWorld,
            Self::NotGranted(_) | Self::NotOffered(_) => Code::PluginImports,
            Self::Resources(_) => Code::PluginResources,
            Self::Compile(_) => Code::PluginCompile,
            Self::Settings(_) => Code::PluginConfigure,
            Self::Rules(_) => Code::PluginRules,
            Self::PolicySettings(_) | Self::Promise(_) => Code::PluginPolicy,
            Self::PassRefused(_) => Code::ConfigPassRefused,
            Self::Describe(_) | Self::Failed { .. } => Code::PluginFailed,
        }
    }
}
