//! The engine: the only user of wasmtime. It loads guards, checks what they are and what they want, bounds what they
//! may use, and asks them.
//!
//! A guest is untrusted. Nothing that it returns is used before it is checked, no text of its making gets further
//! than an escaped, bounded line of a [`LoadError`], and whatever it does, a call ends within its deadline and a
//! failure is a value: see [`Session`].

mod breaker;
mod cache;
mod call;
mod compile;
mod component;
mod deadline;
mod describe;
mod engine;
mod error;
mod images;
mod imports;
mod incident;
mod info;
mod kept;
mod known;
mod limits;
mod linked;
mod load;
mod plugin;
mod retry;
mod rules;
mod said;
mod session;
mod spec;
mod ticker;
mod told;
mod v0_1;
mod view;
mod worlds;

#[cfg(test)]
mod tests;

pub use breaker::BreakerSettings;
pub use cache::CacheWarning;
pub use cofferdam_model::record::Digest;
pub use component::ComponentBytes;
pub use deadline::Deadlines;
pub use engine::{Engine, EngineError, EngineOptions, version};
pub use error::{LoadError, LoadReason};
pub use incident::{Detail, Incident};
pub use info::{CompileState, Import, Kind, PluginInfo, RuleInfo};
pub use known::{KnownFrom, KnownRules};
pub use limits::Limits;
pub use plugin::{Detector, Policy};
pub use session::Session;
pub use spec::PluginSpec;
