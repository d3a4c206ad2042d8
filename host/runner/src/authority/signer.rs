//! Something that signs: a key that was opened, or an agent.

use std::path::Path;

use cofferdam_model::authority::{Custody, PersonName, PublicKey, Signature, Signed, Statement};
use cofferdam_model::config::Person;
use ed25519_dalek::{Signer as _, SigningKey};

use super::{Agent, AuthorityError, KeyFile, Passphrase};

/// A key that can sign now.
pub struct Signer {
    public: PublicKey,
    custody: Custody,
    hand: Hand,
}

enum Hand {
    Key(Box<SigningKey>),
    Agent(Agent),
}

impl Signer {
    /// The signer of a person: an agent that keeps one of their keys, else the key's file in the state folder, whose
    /// passphrase `ask` gives. `sessions_know_agent` says whether a session's command is told of the agent.
    ///
    /// # Errors
    /// There is no such key, or it can't be opened.
    pub fn of(
        (name, person): (&PersonName, &Person),
        state: &Path,
        agent: Option<&Path>,
        sessions_know_agent: bool,
        ask: impl FnOnce() -> Result<Passphrase, AuthorityError>,
    ) -> Result<Self, AuthorityError> {
        let theirs = |key: PublicKey| person.keys.value.iter().any(|known| known == key);
        if let Some(socket) = agent
            && let Ok(mut agent) = Agent::at(socket)
            && let Some(public) = agent.keys()?.into_iter().find(|key| theirs(*key))
        {
            let custody = if sessions_know_agent {
                Custody::Advisory
            } else {
                Custody::Agent
            };
            return Ok(Self {
                public,
                custody,
                hand: Hand::Agent(agent),
            });
        }
        let file = KeyFile::of(state, name)?.ok_or_else(|| {
            AuthorityError::Key(format!(
                "there is no key of {name} here; make one with `cofferdam key new --name {name}`, or add it to your SSH agent"
            ))
        })?;
        let public = file.public();
        if !theirs(public) {
            return Err(AuthorityError::NotTheirKey { by: name.clone() });
        }
        let (custody, key) = if file.is_sealed() {
            (Custody::Passphrase, file.open(Some(&ask()?))?)
        } else {
            (Custody::Advisory, file.open(None)?)
        };
        Ok(Self {
            public,
            custody,
            hand: Hand::Key(Box::new(key)),
        })
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// How it is kept.
    #[must_use]
    pub fn custody(&self) -> Custody {
        self.custody
    }

    /// Signs a statement, which must name this key.
    ///
    /// # Errors
    /// An agent refuses.
    pub fn sign<T: Statement>(&mut self, statement: T) -> Result<Signed<T>, AuthorityError> {
        let bytes = statement.signed_bytes();
        let signature = match &mut self.hand {
            Hand::Key(key) => Signature::from_bytes(key.sign(&bytes).to_bytes()),
            Hand::Agent(agent) => agent.sign(self.public, &bytes)?,
        };
        Ok(Signed { statement, signature })
    }
}
