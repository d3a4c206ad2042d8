//! What a person signs with, and may do.

use super::{Refusal, Setting};
use crate::authority::{PersonName, PersonNameError, PublicKey, Role};
use crate::config::node::Node;

/// The most keys of one person.
const MOST: usize = 16;

impl PersonName {
    /// The name that a text says.
    ///
    /// # Errors
    ///
    /// Where the text isn't a name.
    pub fn parse(text: &str) -> Result<Self, PersonNameError> {
        text.parse()
    }
}

impl Setting for PersonName {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let text = node.text().ok_or_else(Refusal::kind::<Self>)?;
        Ok(Self::parse(text)?)
    }

    fn show(&self) -> String {
        self.to_string()
    }

    fn expects() -> String {
        "the name of a person: lower-case letters, digits and dashes".to_owned()
    }
}

/// Public keys, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublicKeys(Vec<PublicKey>);

impl PublicKeys {
    /// The keys.
    pub fn iter(&self) -> impl Iterator<Item = PublicKey> {
        self.0.iter().copied()
    }
}

impl Setting for PublicKeys {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let texts = node.texts().ok_or_else(Refusal::kind::<Self>)?;
        let keys: Result<Vec<PublicKey>, _> = texts.into_iter().map(str::parse).collect();
        match keys {
            Ok(mut keys) if keys.len() <= MOST => {
                keys.sort_unstable();
                keys.dedup();
                Ok(Self(keys))
            }
            Ok(_) | Err(_) => Err(Refusal::bounds::<Self>()),
        }
    }

    fn show(&self) -> String {
        shown(self.iter().map(|key| key.to_string()).collect())
    }

    fn expects() -> String {
        "a list of at most 16 keys, each \"ed25519:\" and 64 lower-case hexadecimal digits".to_owned()
    }
}

/// What a person may do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// Whether this is one of them.
    pub fn allow(&self, role: Role) -> bool {
        self.0.contains(&role)
    }
}

impl Setting for Roles {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let texts = node.texts().ok_or_else(Refusal::kind::<Self>)?;
        let role = |text: &str| Role::ALL.iter().copied().find(|role| role.as_str() == text);
        let roles: Option<Vec<_>> = texts.into_iter().map(role).collect();
        let mut roles = roles.ok_or_else(Refusal::bounds::<Self>)?;
        roles.sort_unstable();
        roles.dedup();
        Ok(Self(roles))
    }

    fn show(&self) -> String {
        shown(self.0.iter().map(|role| role.as_str().to_owned()).collect())
    }

    fn expects() -> String {
        "a list of \"approve\" and \"grant\"".to_owned()
    }
}

fn shown(entries: Vec<String>) -> String {
    if entries.is_empty() {
        "none".to_owned()
    } else {
        entries.join(", ")
    }
}
