//! Public keys and signatures as they are written.

use std::fmt;
use std::str::FromStr;

use crate::hex;
use crate::record::text_type;

const PREFIX: &str = "ed25519:";

/// An ed25519 public key, written as `ed25519:` and 64 lower-case hexadecimal digits. That it is a point of the curve is
/// seen when a signature is checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey([u8; 32]);

/// An ed25519 signature, written as 128 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// The text is no key or no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a public key.
    #[error("a public key is `ed25519:` and 64 lower-case hexadecimal digits")]
    Key,
    /// Not a signature.
    #[error("a signature is 128 lower-case hexadecimal digits")]
    Signature,
}

impl PublicKey {
    /// The key of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Signature {
    /// The signature of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Its 64 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        hex::write(&self.0, f)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, f)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let digits = text.strip_prefix(PREFIX).ok_or(KeyError::Key)?;
        hex::read(digits).map(Self).ok_or(KeyError::Key)
    }
}

impl FromStr for Signature {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        hex::read(text).map(Self).ok_or(KeyError::Signature)
    }
}

text_type!(
    PublicKey,
    "PublicKey",
    "^ed25519:[0-9a-f]{64}$",
    "an ed25519 public key"
);
text_type!(Signature, "Signature", "^[0-9a-f]{128}$", "an ed25519 signature");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_comes_back_and_nothing_else_does() {
        let key = PublicKey::from_bytes([0xab; 32]);
        assert_eq!(key.to_string().parse(), Ok(key));
        let signature = Signature::from_bytes([7; 64]);
        assert_eq!(signature.to_string().parse(), Ok(signature));
        for bad in [
            "",
            "ed25519:",
            &"ab".repeat(32),
            &format!("ed25519:{}", "AB".repeat(32)),
        ] {
            assert_eq!(bad.parse::<PublicKey>(), Err(KeyError::Key), "{bad}");
        }
        assert_eq!("ab".repeat(63).parse::<Signature>(), Err(KeyError::Signature));
    }
}
