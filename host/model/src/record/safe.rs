//! Text and bytes that may be recorded and shown.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Text that may be recorded and shown.
///
/// This crate can't see the guard's types, so the promise is made where both are known: only `cofferdam-runner` turns
/// the guard's cleared output into one, in one place, with [`SafeText::vouched`]. Text that the host itself wrote, and
/// names that a plugin declared before it saw any text, come the same way or through [`SafeText::constant`].
/// Deserializing one means reading a record back, which held nothing else.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SafeText(String);

impl SafeText {
    /// Text that is part of the host's own source.
    #[must_use]
    pub fn constant(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// Text for which the caller vouches: the guard cleared it, or no byte of a session can be in it.
    #[must_use]
    pub fn vouched(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Bytes of a session's output that the guard cleared; made by `cofferdam-runner` only, as [`SafeText`] is.
#[derive(Clone, Copy)]
pub struct SafeBytes<'a>(&'a [u8]);

impl<'a> SafeBytes<'a> {
    /// Bytes for which the caller vouches: the guard cleared them.
    #[must_use]
    pub fn vouched(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}
