//! What guests say of themselves once they are configured, kept beside their code so that a start needn't ask again.
//!
//! A guest has nothing but what it is told, so it says the same again. What is kept is checked as if it had just been said, and each instance
//! that a session asks is configured all the same and held against it: so a guest that would answer otherwise is caught before its first
//! answer counts.

use crate::cache::Form;
use crate::call::Live;
use crate::digest::Digest;
use crate::engine::Inner;
use crate::limits::Limits;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The contracts, since what was kept under another text of theirs may read as something else.
const CONTRACTS: [&str; 3] = [
    include_str!("../../../wit/types/0.1.0/guard.wit"),
    include_str!("../../../wit/detector/0.1.0/detector.wit"),
    include_str!("../../../wit/guard-policy/0.1.0/guard-policy.wit"),
];

/// What a guest says of itself: who it is, and what it declares once it is configured.
#[derive(Serialize, Deserialize)]
pub(crate) struct Said<T> {
    pub(crate) identity: String,
    pub(crate) declared: T,
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
        let text = postcard::to_allocvec(&(CONTRACTS, component.0, limits, told));
        Self(Digest::of(
            &text.expect("lists of known length and numbers can be written to memory"),
        ))
    }

    /// What the guest said, if that was kept and is whole; else what `ask` hears from an instance, which is answered as well.
    ///
    /// # Errors
    /// Those of `ask`. Not being able to keep the answer is none.
    pub(crate) fn answer<T, G, E>(
        &self,
        engine: &Inner,
        ask: impl FnOnce() -> Result<(Said<T>, Live<G>), E>,
    ) -> Result<(Said<T>, Option<Live<G>>), E>
    where
        T: Serialize + DeserializeOwned,
    {
        if let Some(said) = self.kept(engine) {
            return Ok((said, None));
        }
        let (said, live) = ask()?;
        self.keep(engine, &said);
        Ok((said, Some(live)))
    }

    fn kept<T: DeserializeOwned>(&self, engine: &Inner) -> Option<T> {
        let kept = engine.cache.as_ref()?.read(&self.0, Form::Said)?;
        postcard::from_bytes(kept.bytes()).ok()
    }

    fn keep(&self, engine: &Inner, said: &impl Serialize) {
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
