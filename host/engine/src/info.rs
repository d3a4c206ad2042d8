//! What can be said of a loaded plugin.

use crate::limits::Limits;
use cofferdam_guard::Severity;
use cofferdam_model::record::Digest;
use std::sync::Arc;
use std::time::Duration;

/// What a plugin does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It finds what is private.
    Detector,
    /// It decides what becomes of findings.
    Policy,
}

impl Kind {
    /// The interface that a plugin of this kind exports, without its version.
    pub fn interface(self) -> &'static str {
        match self {
            Self::Detector => "cofferdam:detector/detector",
            Self::Policy => "cofferdam:guard-policy/policy",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Detector => "privacy detector",
            Self::Policy => "guard policy",
        })
    }
}

/// Where the compiled code came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompileState {
    /// From the cache.
    Cached,
    /// It was compiled now, in so much time.
    Compiled(Duration),
}

/// Something that a component imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its name, with its version.
    pub name: String,
    /// Whether it holds functions or resources. What holds types alone gives no authority, and needs no grant.
    pub authority: bool,
    /// Whether the operator granted it.
    pub granted: bool,
}

/// A rule, as far as people ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleInfo<'a> {
    /// Its id, unique in the plugin.
    pub id: &'a str,
    /// For people.
    pub title: &'a str,
    /// Dotted.
    pub category: &'a str,
    /// The usual grade of its findings.
    pub severity: Severity,
}

/// What is known of a loaded plugin. All text is plain and bounded.
#[derive(Debug, Clone)]
pub struct PluginInfo {
    /// The name that the configuration gives it.
    pub name: Arc<str>,
    /// What it does.
    pub kind: Kind,
    /// Who it says it is.
    pub id: String,
    /// Its own version.
    pub version: String,
    /// Its title; may be empty.
    pub title: String,
    /// The digest of its component.
    pub digest: Digest,
    /// Size of its component, in bytes.
    pub bytes: usize,
    /// The WIT version that it was built for.
    pub built_for: String,
    /// The WIT version that the host speaks with it.
    pub linked_to: &'static str,
    /// What it imports.
    pub imports: Vec<Import>,
    /// What one instance of it may use.
    pub limits: Limits,
}
