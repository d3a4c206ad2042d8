//! How far a candidate has come, and what moved it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Custody, PersonName, PublicKey, Role, Statement};
use crate::record::{Digest, Name, RunId, SafeText, Timestamp};

/// How far a candidate has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It runs beside the version in force, and changes nothing.
    Shadow,
    /// It is in force in a share of runs, or in some tasks.
    Limited,
    /// It is in force.
    Enforce,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Shadow => "shadow",
            Self::Limited => "limited",
            Self::Enforce => "enforce",
        })
    }
}

/// A plugin with one component and one table of settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// What the configuration calls it.
    pub name: Name,
    /// The digest of its component.
    pub digest: Digest,
    /// The digest of its settings.
    pub settings: Digest,
}

impl Version {
    /// Whether it is the same component with the same settings, whatever it is called.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (self.digest, self.settings) == (other.digest, other.settings)
    }
}

/// A person moves a candidate on, after the gate held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// The version of this form.
    pub schema: PromotionSchema,
    /// The version in force, in whose place the candidate comes.
    pub incumbent: Version,
    /// The candidate.
    pub candidate: Version,
    /// The plugin of which the candidate is a version.
    pub of: Name,
    /// How far it goes.
    pub to: Phase,
    /// The digest of the evidence, which stands beside the promotion in the task's log.
    pub evidence: Digest,
    /// Who promotes it.
    pub by: PersonName,
    /// The key that signs.
    pub key: PublicKey,
    /// How that key was kept.
    pub custody: Custody,
    /// When.
    pub at: Timestamp,
    /// Why, in the person's words, as the guard cleared them.
    pub why: SafeText,
}

/// The version of a promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum PromotionSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.promotion/v1")]
    V1,
}

impl Statement for Promotion {
    const DOMAIN: &'static str = "cofferdam.promotion/v1";

    fn role(&self) -> Role {
        Role::Approve
    }

    fn by(&self) -> &PersonName {
        &self.by
    }

    fn key(&self) -> PublicKey {
        self.key
    }

    fn at(&self) -> Timestamp {
        self.at
    }

    fn until(&self) -> Option<Timestamp> {
        None
    }
}

/// What came of a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct PhaseResults {
    /// Runs: on trial, or in force.
    pub runs: u64,
    /// Windows that it was asked about while on trial.
    pub windows: u64,
    /// Places where more would have been taken out, while on trial.
    pub stricter: u64,
    /// Places where something would have come out, while on trial.
    pub looser: u64,
    /// How often it failed.
    pub failures: u64,
}

/// A promoted plugin went back, by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Incident {
    /// The plugin.
    pub candidate: Version,
    /// What is in force again in its place; none where there was nothing to go back to, and it stays.
    pub back_to: Option<Name>,
    /// The run in which it happened.
    pub run: RunId,
    /// What it did.
    pub breach: Breach,
    /// How many runs up to that one it was seen over.
    #[serde(default = "one")]
    pub runs: u64,
    /// How often it failed in them.
    pub failures: u64,
    /// How often it was asked in them.
    pub calls: u64,
    /// 99 of a hundred calls took at most so many microseconds.
    pub p99_micros: u64,
    /// The stable code of why it could not be loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<crate::Code>,
}

/// What records from before runs were counted are about.
fn one() -> u64 {
    1
}

/// What a plugin in force must not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Breach {
    /// It failed too often.
    Failures,
    /// Its calls took too long.
    Latency,
    /// It could not be loaded.
    Load,
}
