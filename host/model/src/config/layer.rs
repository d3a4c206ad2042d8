//! Where a value comes from.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::problem::{plain, plain_path};

/// The layers of a configuration, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// What the binary holds.
    BuiltIn,
    /// `/etc/cofferdam/config.toml`.
    System,
    /// `cofferdam/config.toml` in the user's configuration folder.
    User,
    /// The file of `--config` or of `COFFERDAM_CONFIG`. It is read besides the user's file and is stronger.
    Operator,
    /// `cofferdam.toml`, found upward from the working directory, once it is trusted. It may only tighten.
    Project,
    /// `COFFERDAM_…` variables.
    Environment,
    /// Flags of the command line.
    Flags,
}

impl Layer {
    /// Whether the layer speaks for the operator. The project's alone doesn't.
    pub const fn is_operator(self) -> bool {
        match self {
            Self::BuiltIn | Self::System | Self::User | Self::Operator | Self::Environment | Self::Flags => true,
            Self::Project => false,
        }
    }

    /// The layer's name, as reports show it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::System => "system",
            Self::User => "user",
            Self::Operator => "operator",
            Self::Project => "project",
            Self::Environment => "environment",
            Self::Flags => "flag",
        }
    }
}

/// The place that a value was set at. Shown, it holds no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The binary's default.
    BuiltIn,
    /// A line of a file.
    File {
        /// Which layer the file is.
        layer: Layer,
        /// The file, as it was found.
        file: Arc<Path>,
        /// The line, from 1; 0 speaks of the file as a whole.
        line: u32,
    },
    /// An environment variable, by name.
    Variable(String),
    /// A flag, by name.
    Flag(String),
}

impl Origin {
    /// The layer that the place belongs to.
    pub const fn layer(&self) -> Layer {
        match self {
            Self::BuiltIn => Layer::BuiltIn,
            Self::File { layer, .. } => *layer,
            Self::Variable(_) => Layer::Environment,
            Self::Flag(_) => Layer::Flags,
        }
    }

    /// The file, where the place is in one. A relative plugin path starts at its folder, and the lock lies there.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File { file, .. } => Some(file),
            Self::BuiltIn | Self::Variable(_) | Self::Flag(_) => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layer = self.layer().name();
        match self {
            Self::BuiltIn => f.write_str(layer),
            Self::File { file, line: 0, .. } => write!(f, "{layer} {}", plain_path(file)),
            Self::File { file, line, .. } => write!(f, "{layer} {}:{line}", plain_path(file)),
            Self::Variable(name) | Self::Flag(name) => write!(f, "{layer} {}", plain(name)),
        }
    }
}

/// A value that remembers where it was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value<T> {
    /// The value in force.
    pub value: T,
    /// Where it was set.
    pub origin: Origin,
}

impl<T> Value<T> {
    /// A value of the binary's own.
    pub const fn built_in(value: T) -> Self {
        Self {
            value,
            origin: Origin::BuiltIn,
        }
    }
}
