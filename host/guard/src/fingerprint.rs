//! Keyed fingerprints: they say that two findings are the same secret, and nothing else.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The key of a host's fingerprints. It has no way out again.
#[derive(Clone)]
pub struct FingerprintKey(Hmac<Sha256>);

impl FingerprintKey {
    /// A key of 32 random bytes.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    pub(crate) fn fingerprint(&self, secret: &[u8]) -> Fingerprint {
        let mut mac = self.0.clone();
        mac.update(b"cofferdam fingerprint 1\0");
        mac.update(secret);
        let digest = mac.finalize().into_bytes();
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        Fingerprint(short)
    }
}

/// The first 16 bytes of an HMAC-SHA-256 over a finding's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 16]);

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
