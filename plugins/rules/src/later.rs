//! What is read from a pack once it is asked for: a session asks about few of a thousand rules, and each instance would read them all.

use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that lies in a pack as bytes, and is read the first time that somebody looks at it.
#[derive(Debug)]
pub struct Later<'a, T> {
    bytes: &'a [u8],
    read: OnceLock<Box<T>>,
}

impl<'a, T> Later<'a, T> {
    /// Over what [`written`] made of such a value.
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            read: OnceLock::new(),
        }
    }
}

impl<'a, T: Deserialize<'a>> Later<'a, T> {
    /// The value.
    ///
    /// # Panics
    /// The bytes are no such value. The packing tool reads each part once ([`Pack::check`](crate::pack::Pack::check)), and the host holds
    /// the component to its digest.
    pub fn get(&self) -> &T {
        self.read
            .get_or_init(|| Box::new(self.value().expect("the packing tool has read it")))
    }

    /// The value, made anew.
    ///
    /// # Errors
    /// The bytes are no such value.
    pub fn value(&self) -> Result<T, Error> {
        postcard::from_bytes(self.bytes)
    }
}

pub use postcard::Error;

/// A value as the bytes that [`Later`] reads.
///
/// # Errors
/// Never with the types of a pack; the encoder's error is passed on.
pub fn written<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    postcard::to_allocvec(value)
}

impl<T> Serialize for Later<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.bytes)
    }
}

impl<'de: 'a, 'a, T> Deserialize<'de> for Later<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'a [u8]>::deserialize(deserializer).map(Self::of)
    }
}

#[cfg(test)]
mod tests {
    use super::{Later, written};

    #[test]
    fn what_was_written_is_read_when_it_is_asked_for() {
        let inner = written(&vec!["one", "two"]).expect("it can be written");
        let outer = written(&(7_u8, Later::<Vec<&str>>::of(&inner))).expect("it can be written");
        let (number, later): (u8, Later<'_, Vec<&str>>) = postcard::from_bytes(&outer).expect("it can be read");
        assert_eq!((number, later.get()), (7, &vec!["one", "two"]));
    }
}
