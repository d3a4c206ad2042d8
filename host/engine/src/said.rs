//! What guests say of themselves once they are configured, kept beside their code so that a start needn't ask again.
//!
//! A guest has nothing but what it is told, so it says the same again. What is kept is checked as if it had just been said, and each instance
//! that a session asks is configured all the same and held against it: so a guest that would answer otherwise is caught before its first
//! answer counts.

use crate::cache::{Form, Verified};
use crate::digest::Digest;
use crate::engine::Inner;
use crate::limits::Limits;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Digest as _;

/// The contracts, since what was kept under another text of theirs may read as something else.
const CONTRACTS: [&str; 3] = [
    include_str!("../../../wit/types/0.1.0/guard.wit"),
    include_str!("../../../wit/detector/0.1.0/detector.wit"),
    include_str!("../../../wit/guard-policy/0.1.0/guard-policy.wit"),
];

/// All that decides what a guest says: the component, and what it is told.
pub(crate) struct Question(Digest);

impl Question {
    /// `told` is what its configuration is called with.
    pub(crate) fn new(component: &Digest, limits: &Limits, told: &impl Serialize) -> Option<Self> {
        let Limits {
            memory,
            memories,
            tables,
            instances,
            deadline,
            start,
        } = limits;
        let limits = (memory, memories, tables, instances, deadline, start);
        let text = postcard::to_allocvec(&(CONTRACTS, component.0, limits, told)).ok()?;
        Some(Self(Digest(sha2::Sha256::digest(text).into())))
    }

    /// What the guest said, if that was kept and is whole.
    pub(crate) fn kept<T: DeserializeOwned>(&self, engine: &Inner) -> Option<T> {
        let kept = engine.cache.as_ref()?.read(&self.0, Form::Said)?;
        postcard::from_bytes(Verified::bytes(&kept)).ok()
    }

    /// Keeps what the guest said, where there is a place for it.
    pub(crate) fn keep(&self, engine: &Inner, said: &impl Serialize) {
        let Some(cache) = &engine.cache else {
            return;
        };
        let kept = postcard::to_allocvec(said).map_err(|error| error.to_string());
        let kept = kept.and_then(|said| {
            cache
                .write(&self.0, Form::Said, &said)
                .map_err(|error| error.to_string())
        });
        if let Err(error) = kept {
            tracing::warn!(%error, "what a guard said of itself could not be kept; it is asked again at the next start");
        }
    }
}
