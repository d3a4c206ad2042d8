//! The types that values are parsed into. Each says what it expects, and how it is shown.

mod action;
mod choice;
mod digest;
mod grants;
mod known;
mod name;
mod paths;
mod quantity;
mod settings;
mod tasks;

pub use action::{Action, FailureAction, PolicyFailureAction};
pub(super) use choice::durable_order;
pub use choice::{Color, FailOn, Kind, Mode, OnFull, PipeStyle, SessionMode};
pub(super) use digest::digest;
pub use grants::{Grant, Grants};
pub use known::{Files, Variables};
pub use name::{Category, NameError, PluginName};
pub use paths::{Folder, Source};
pub use quantity::{Bytes, Count, Millis};
pub use settings::Settings;
pub use tasks::Tasks;

use super::layer::Origin;
use super::node::Node;
use crate::Code;

/// A type that a key can have.
pub trait Setting: Clone {
    /// The value that was written, or why it isn't one. The reason never repeats what was written.
    ///
    /// # Errors
    ///
    /// Where the value has another type, or is out of its bounds.
    fn parse(node: &Node) -> Result<Self, Refusal>;

    /// The value in words, fit for a terminal. What may be a secret isn't in it.
    fn show(&self) -> String;

    /// What may be written.
    fn expects() -> String;
}

/// Why a value is refused. Holds nothing of the value.
#[derive(Debug)]
pub struct Refusal {
    pub(super) code: Code,
    pub(super) why: String,
    /// The configuration holds without the value.
    pub(super) mild: bool,
}

impl Refusal {
    fn new(code: Code, why: impl Into<String>) -> Self {
        Self {
            code,
            why: why.into(),
            mild: false,
        }
    }

    /// The value has another type than its key.
    pub(super) fn kind<T: Setting>() -> Self {
        Self::new(
            Code::ConfigSyntax,
            format!("the value has the wrong type; write {}", T::expects()),
        )
    }

    /// The value has the right type and is none of those allowed.
    pub(super) fn bounds<T: Setting>() -> Self {
        Self::new(
            Code::ConfigValue,
            format!("the value is out of its bounds; write {}", T::expects()),
        )
    }

    /// The value is refused for a reason of its own.
    pub(super) fn because(why: impl Into<String>) -> Self {
        Self::new(Code::ConfigValue, why)
    }

    /// A project set what only the operator may.
    pub(super) fn operator_only() -> Self {
        Self::new(
            Code::ConfigClass,
            "only the operator may set this key; remove it here, and set it in your own configuration if you want it",
        )
    }

    /// A project set what is no stronger than what holds.
    pub(super) fn loosens(holds: &Origin, order: &str) -> Self {
        let why =
            format!("left out, because what {holds} says is at least as strict; a project may only tighten: {order}");
        Self {
            mild: true,
            ..Self::new(Code::ConfigLoosens, why)
        }
    }
}

impl From<NameError> for Refusal {
    fn from(error: NameError) -> Self {
        Self::because(error.to_string())
    }
}

impl<T: Setting> Setting for Option<T> {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        T::parse(node).map(Some)
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "-".to_owned(), T::show)
    }

    fn expects() -> String {
        T::expects()
    }
}

impl Setting for bool {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        node.boolean().ok_or_else(Refusal::kind::<Self>)
    }

    fn show(&self) -> String {
        self.to_string()
    }

    fn expects() -> String {
        "true or false".to_owned()
    }
}
