//! Streams of a session.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which stream of a session something belongs to. Each is guarded and recorded by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Standard output of a pipe session.
    Stdout,
    /// Standard error of a pipe session.
    Stderr,
    /// The one stream of a terminal session.
    Terminal,
    /// What is recorded about the session but isn't its output: arguments, working directory, labels, title.
    Meta,
}

impl Channel {
    /// All channels.
    pub const ALL: [Self; 4] = [Self::Stdout, Self::Stderr, Self::Terminal, Self::Meta];

    /// The name on the wire, which is also the name of its folder.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::Terminal => "terminal",
            Self::Meta => "meta",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
