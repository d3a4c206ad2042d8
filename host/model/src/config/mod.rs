//! Configuration: every key declared once, layers merged by who may set what. Pure: no files, no environment of its own.
//!
//! A configuration is a stack of [`Layer`]s, weakest first: built-in, system, user, the operator's file (`--config`),
//! project, environment, flags. A stronger layer's value takes the place of a weaker one's, with one exception: the
//! project layer belongs to whoever wrote the repository, so it may only tighten. [`Key::all`] lists the keys, each
//! with the class that says so.
//!
//! ```
//! use cofferdam_model::config::{Input, Layer, resolve};
//!
//! let user = Input::file(Layer::User, "config.toml", "[session]\nfail-on = \"withheld\"\n");
//! let project = Input::file(Layer::Project, "cofferdam.toml", "session.fail-on = 'never'\n");
//! let resolution = resolve([user, project]);
//! assert!(!resolution.is_refused(), "what would loosen is left out with a warning");
//! assert_eq!(resolution.resolved.session.fail_on.origin.to_string(), "user config.toml:2");
//! ```

mod check;
mod environment;
mod input;
mod key;
mod layer;
mod lock;
mod merge;
mod node;
mod problem;
mod reference;
mod rollout;
mod suggest;
mod table;
mod value;

#[cfg(test)]
mod tests;

pub use environment::{OTHER_VARIABLES, PREFIX, variable_of};
pub use input::Input;
pub use key::{Class, ClassWord, Key, Order, Row};
pub use layer::{Layer, Origin, Value};
pub use lock::{Lock, LockError, LockedRollout, Verdict};
pub use merge::{Resolution, resolve};
pub use problem::{Gravity, Problem, plain, plain_path};
pub use reference::reference;
pub use rollout::{POLICY_CANDIDATE, PolicyChoice};
pub use table::{
    Authority, BUILT_IN_PLUGINS, BUILT_IN_POLICIES, Candidate, Circuit, Gate, Guard, Known, Person, Plugin, Policy,
    Records, Resolved, Session, Shadow,
};
pub use value::{
    Action, Bytes, Categories, Category, Color, Count, FailOn, FailureAction, FilePath, Files, Folder, Grant, Grants,
    Kind, Millis, Mode, NameError, OnFull, PipeStyle, PluginName, PolicyFailureAction, PublicKeys, Roles, SessionMode,
    Setting, Settings, Source, SshAgent, Tasks, Variables,
};
