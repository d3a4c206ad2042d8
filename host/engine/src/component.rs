//! A component's bytes, with their digest.

use cofferdam_model::record::Digest;
use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

/// The bytes of a component. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ComponentBytes {
    bytes: Arc<Cow<'static, [u8]>>,
    digest: Digest,
}

impl ComponentBytes {
    /// Bytes that are a part of the program, whose digest was made when it was built: making it takes each start a
    /// millisecond. Pins and the cache of compiled code trust it.
    pub fn built_in(bytes: &'static [u8], digest: Digest) -> Self {
        debug_assert_eq!(digest, Digest::of(bytes), "the digest of a component that is built in");
        Self {
            bytes: Arc::new(Cow::Borrowed(bytes)),
            digest,
        }
    }

    /// The digest of these bytes.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

impl Deref for ComponentBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<Vec<u8>> for ComponentBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            digest: Digest::of(&bytes),
            bytes: Arc::new(Cow::Owned(bytes)),
        }
    }
}
