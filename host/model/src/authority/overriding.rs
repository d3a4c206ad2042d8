//! What a person lets through, for a while.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Custody, PersonName, PublicKey, Role, Statement};
use crate::record::{Digest, Name, OverrideId, RunId, SafeText, TaskId, Timestamp};

/// A person lets the findings of one rule through, in one run or in the runs of one task, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The version of this form.
    pub schema: OverrideSchema,
    /// Which override it is.
    pub id: OverrideId,
    /// The plugin whose rule it is, as configured.
    pub plugin: Name,
    /// The rule.
    pub rule: Name,
    /// The category that the rule had when this was granted.
    pub category: Name,
    /// Where it holds.
    pub scope: Scope,
    /// Who lets it through.
    pub by: PersonName,
    /// The key that signs.
    pub key: PublicKey,
    /// How that key was kept.
    pub custody: Custody,
    /// From when on.
    pub at: Timestamp,
    /// Until when. There is always an end.
    pub until: Timestamp,
    /// Why, in the person's words, as the guard cleared them.
    pub why: SafeText,
}

/// The version of an override.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum OverrideSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.override/v1")]
    V1,
}

/// Where an override holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Scope {
    /// In one run.
    Run(RunId),
    /// In every run of a task.
    Task(TaskId),
}

impl Scope {
    /// Whether a run is in it.
    #[must_use]
    pub fn covers(&self, task: &TaskId, run: RunId) -> bool {
        match self {
            Self::Run(only) => *only == run,
            Self::Task(only) => only == task,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(run) => write!(f, "run {run}"),
            Self::Task(task) => write!(f, "task {task}"),
        }
    }
}

impl Statement for Override {
    const DOMAIN: &'static str = "cofferdam.override/v1";

    fn role(&self) -> Role {
        Role::Grant
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
        Some(self.until)
    }
}

/// An override that holds no longer. It isn't signed: it only tightens, so anyone may say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// The override.
    pub id: OverrideId,
    /// When it was taken back.
    pub at: Timestamp,
    /// Digest of the override's canonical bytes, so that a record shows what it was.
    pub of: Digest,
}
