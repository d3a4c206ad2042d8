//! A statement with the signature of whoever made it.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{PersonName, PublicKey, Role, Signature};
use crate::record::Timestamp;

/// Something that a person says and signs.
pub trait Statement: Serialize + DeserializeOwned {
    /// What the signed bytes begin with, so that no signature can be taken for one of another kind of statement, nor for
    /// one of another program that uses the same key.
    const DOMAIN: &'static str;

    /// What the person must be allowed to do.
    fn role(&self) -> Role;

    /// Who says it.
    fn by(&self) -> &PersonName;

    /// The key that signs it.
    fn key(&self) -> PublicKey;

    /// When it was said.
    fn at(&self) -> Timestamp;

    /// Until when it holds; none without an end.
    fn until(&self) -> Option<Timestamp>;

    /// The bytes that are signed: the domain, a newline, and the statement as JSON without spaces, its fields in the order of
    /// the schema.
    fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{}\n", Self::DOMAIN).into_bytes();
        serde_json::to_writer(&mut bytes, self).expect("a statement is plain JSON");
        bytes
    }
}

/// A statement and its signature, as they stand in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signed<T> {
    /// What is said.
    pub statement: T,
    /// The signature of the key that the statement names, over its canonical bytes.
    pub signature: Signature,
}

impl<T: Statement> Signed<T> {
    /// The document as it stands in its file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a statement is plain JSON");
        text.push('\n');
        text
    }
}
