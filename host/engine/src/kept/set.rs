//! A set as the bits of its 32 bytes, the lowest byte's first, without the zeros that end them.

use cofferdam_guard::ByteSet;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

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
        let kept = <&[u8]>::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        let begin = bytes.get_mut(..kept.len());
        begin
            .ok_or_else(|| D::Error::invalid_length(kept.len(), &"32 bytes of bits at most"))?
            .copy_from_slice(kept);
        Ok(Self(ByteSet::from_octets(bytes)))
    }
}
