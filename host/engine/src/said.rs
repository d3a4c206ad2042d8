//! What guests say of themselves once they are configured, kept beside their code so that a start needn't ask again.
//!
//! A guest has nothing but what it is told, so it says the same again. What a detector said is checked before it is
//! kept. An instance that a session asks is renewed and says nothing, or is configured again and held against it;
//! either way what is in force is what was kept.

use crate::cache::Form;
use crate::engine::Inner;
use crate::imports::Wanted;
use crate::limits::Limits;
use cofferdam_model::record::Digest;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The contracts, since what was kept under another text of theirs may read as something else.
const CONTRACTS: [&str; 3] = [
    include_str!("../../../wit/types/0.1.0/guard.wit"),
    include_str!("../../../wit/detector/0.1.0/detector.wit"),
    include_str!("../../../wit/guard-policy/0.1.0/guard-policy.wit"),
];

/// How it is kept: checked, in the host's words, behind its digest. What an earlier host kept otherwise is never read
/// as this, nor is what it made otherwise of the same answer.
const LAYOUT: [&str; 7] = [
    "checked, in the host's words, behind its digest",
    include_str!("kept.rs"),
    include_str!("rules.rs"),
    include_str!("kept/set.rs"),
    include_str!("../../guard/src/set.rs"),
    include_str!("v0_1/detector.rs"),
    include_str!("v0_1/policy.rs"),
];

/// What a guest says of itself, and what its component says of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Said<T> {
    /// Who it is, as it describes itself.
    pub(crate) identity: String,
    /// What it declares once it is configured.
    pub(crate) declared: T,
    /// The WIT version that it was built for.
    pub(crate) built_for: String,
    /// What it imports.
    pub(crate) imports: Vec<Wanted>,
}

/// All that decides what a guest says: the component, and what it is told.
pub(crate) struct Question(Digest);

impl Question {
    /// `told` is what its configuration is called with.
    pub(crate) fn new(component: &Digest, limits: &Limits, told: &impl Serialize) -> Self {
        let Limits {
            memory,
            memories,
            tables,
            instances,
            deadline,
            start,
        } = limits;
        let limits = (memory, memories, tables, instances, deadline, start);
        Self(Digest::of(&written(&(
            LAYOUT,
            CONTRACTS,
            component.as_bytes(),
            limits,
            told,
        ))))
    }

    /// What the guest said and its digest, if that was kept and is whole.
    pub(crate) fn kept<T: DeserializeOwned>(&self, engine: &Inner) -> Option<(Said<T>, Digest)> {
        let kept = engine.cache.as_ref()?.read(&self.0, Form::Said)?;
        let (digest, said) = kept.bytes().split_first_chunk()?;
        Some((postcard::from_bytes(said).ok()?, Digest::from_bytes(*digest)))
    }

    /// Keeps what the guest said, and answers its digest. Not being able to keep it is no failure.
    pub(crate) fn keep<T: Serialize>(&self, engine: &Inner, said: &Said<T>) -> Digest {
        let said = written(said);
        let digest = Digest::of(&said);
        // Its digest is kept with it, so that no start has to make it again.
        let kept = [digest.as_bytes(), &said[..]].concat();
        if let Some(Err(error)) = engine
            .cache
            .as_ref()
            .map(|cache| cache.write(&self.0, Form::Said, &kept))
        {
            tracing::warn!(%error, "what a guard said of itself could not be kept; it is asked again at the next start");
        }
        digest
    }
}

fn written(what: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(what).expect("lists of known length, numbers, and rules of which none is of a value that the host was told, can be written to memory")
}
