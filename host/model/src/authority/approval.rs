//! What a person approves.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Custody, PersonName, PublicKey, Role, Statement, Version};
use crate::record::{Digest, SafeText, Timestamp};

/// A person approves a guard policy, or the promotion of a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The version of this form.
    pub schema: ApprovalSchema,
    /// What is approved.
    pub subject: Subject,
    /// Who approves it.
    pub by: PersonName,
    /// The key that signs.
    pub key: PublicKey,
    /// How that key was kept.
    pub custody: Custody,
    /// When.
    pub at: Timestamp,
    /// Until when it holds; without an end where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why, in the person's words, as the guard cleared them.
    pub why: SafeText,
}

/// The version of an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum ApprovalSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.approval/v1")]
    V1,
}

/// What is approved. Digests name it, so that nothing else can be meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "of", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Subject {
    /// A guard policy: its component, its merged settings, and what the operator lays over it.
    Policy {
        /// The digest of [`PolicyParts`].
        digest: Digest,
    },
    /// A candidate takes the place of the version in force.
    Promotion {
        /// The version in force.
        incumbent: Version,
        /// The candidate.
        candidate: Version,
        /// Who wrote the candidate, as the configuration says; none where it doesn't. Their own approval doesn't count.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        author: Option<PersonName>,
    },
}

impl Statement for Approval {
    const DOMAIN: &'static str = "cofferdam.approval/v1";

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
        self.until
    }
}

/// All that makes a guard policy what it is: a change of any of these makes it another policy.
///
/// Floors and refusals of a project aren't in it. They only tighten, and would have each repository ask for an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyParts {
    /// The digest of the component.
    pub component: Digest,
    /// The digest of the settings that the component gets, as merged from all layers.
    pub settings: Digest,
    /// The operator's floors: the least action by category.
    pub at_least: BTreeMap<String, String>,
    /// The categories that nobody may let through.
    pub not_overridable: Vec<String>,
    /// What is done when the policy fails, by how it fails.
    pub on_failure: BTreeMap<&'static str, String>,
}

impl PolicyParts {
    /// The digest that names this policy.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut bytes = b"cofferdam.policy/v1\n".to_vec();
        serde_json::to_writer(&mut bytes, self).expect("the parts are plain JSON");
        Digest::of(&bytes)
    }
}
