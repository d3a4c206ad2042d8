//! A set as the bits of its 32 bytes, the lowest byte's first, without the zeros that end them.

use cofferdam_guard::ByteSet;
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;

/// A set, as it is kept.
#[derive(Clone, Copy)]
pub(super) struct KeptSet(pub(super) ByteSet);

impl Serialize for KeptSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = self.0.octets();
        let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        serializer.serialize_bytes(&bytes[..length])
    }
}

impl<'de> Deserialize<'de> for KeptSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(SetVisitor)
    }
}

struct SetVisitor;

impl Visitor<'_> for SetVisitor {
    type Value = KeptSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("32 bytes of bits at most")
    }

    fn visit_bytes<E: serde::de::Error>(self, kept: &[u8]) -> Result<KeptSet, E> {
        let mut bytes = [0; 32];
        let begin = bytes.get_mut(..kept.len());
        begin
            .ok_or_else(|| E::invalid_length(kept.len(), &self))?
            .copy_from_slice(kept);
        Ok(KeptSet(ByteSet::from_octets(bytes)))
    }
}
