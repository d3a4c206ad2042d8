//! How a key was kept when it signed.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the key was kept when it signed, as the signing host found it. It stands in the signed statement, so nobody else can
/// change it; whoever has the key can claim what they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Custody {
    /// In a file that a passphrase opens, which was typed at a terminal.
    Passphrase,
    /// In an agent that sessions aren't told of.
    Agent,
    /// Where a session's child may use it: a file without a passphrase, or an agent that sessions are told of. What it signs
    /// tells what somebody advises, and not who decided.
    Advisory,
}

impl fmt::Display for Custody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passphrase => "passphrase",
            Self::Agent => "agent",
            Self::Advisory => "advisory",
        })
    }
}
