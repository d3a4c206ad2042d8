//! What is read from a pack once it is asked for: a session asks about few of a thousand rules, and each instance
//! would read them all.

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

/// Values of one kind, one behind the other, each of which is read the first time that somebody looks at it. A pack
/// has a thousand of them, so that none costs anything before: not even a place to keep it in.
#[derive(Debug)]
pub struct Shelf<'a, T> {
    /// How many there are, and where each ends among [`Self::bytes`]: numbers of four bytes, little-endian.
    ends: &'a [u8],
    bytes: &'a [u8],
    boards: Box<[OnceLock<Board<'a, T>>]>,
}

/// Values that get their places together.
type Board<'a, T> = Box<[Later<'a, T>]>;

/// How many they are.
const BOARD: usize = 32;

impl<'a, T> Shelf<'a, T> {
    /// Over what [`shelved`] made.
    #[must_use]
    pub fn of((ends, bytes): (&'a [u8], &'a [u8])) -> Self {
        let boards = (ends.len() / 4).div_ceil(BOARD);
        Self {
            ends,
            bytes,
            boards: (0..boards).map(|_| OnceLock::new()).collect(),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len() / 4
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value with this index, to be read.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Later<'a, T>> {
        let board = self.boards.get(index / BOARD)?.get_or_init(|| {
            let from = index / BOARD * BOARD;
            let to = self.len().min(from + BOARD);
            (from..to).map(|index| Later::of(self.part(index))).collect()
        });
        board.get(index % BOARD)
    }

    /// All of them, to be read.
    pub fn iter(&self) -> impl Iterator<Item = &Later<'a, T>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The bytes of one value; none where the ends don't fit the bytes, and then it can't be read.
    fn part(&self, index: usize) -> &'a [u8] {
        let from = index.checked_sub(1).map_or(0, |before| self.end(before));
        self.bytes.get(from..self.end(index)).unwrap_or_default()
    }

    fn end(&self, index: usize) -> usize {
        let end = self.ends.get(index * 4..).and_then(<[u8]>::first_chunk);
        end.map_or(usize::MAX, |end| u32::from_le_bytes(*end) as usize)
    }
}

pub use postcard::Error;

/// Values as the ends and bytes that [`Shelf`] reads.
///
/// # Errors
/// Never with the types of a pack; the encoder's error is passed on, or says that there are more than 4 GiB.
pub fn shelved<T: Serialize>(values: &[T]) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let (mut ends, mut bytes) = (Vec::new(), Vec::new());
    for value in values {
        bytes.append(&mut written(value)?);
        let end = u32::try_from(bytes.len()).map_err(|_| Error::SerializeBufferFull)?;
        ends.extend(end.to_le_bytes());
    }
    Ok((ends, bytes))
}

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

impl<T> Serialize for Shelf<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (Bytes(self.ends), Bytes(self.bytes)).serialize(serializer)
    }
}

impl<'de: 'a, 'a, T> Deserialize<'de> for Shelf<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <(&'a [u8], &'a [u8])>::deserialize(deserializer).map(Self::of)
    }
}

/// Bytes that are written as such, and not as numbers.
struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{BOARD, Error, Later, Shelf, shelved, written};

    #[test]
    fn what_was_written_is_read_when_it_is_asked_for() {
        let inner = written(&vec!["one", "two"]).expect("it can be written");
        let outer = written(&(7_u8, Later::<Vec<&str>>::of(&inner))).expect("it can be written");
        let (number, later): (u8, Later<'_, Vec<&str>>) = postcard::from_bytes(&outer).expect("it can be read");
        assert_eq!((number, later.get()), (7, &vec!["one", "two"]));
    }
    #[test]
    fn each_of_many_is_read_by_itself() -> Result<(), Error> {
        for count in [0, 1, BOARD - 1, BOARD, BOARD + 1, 5 * BOARD] {
            let values: Vec<String> = (0..count).map(|number| "x".repeat(number % 7)).collect();
            let (ends, bytes) = shelved(&values)?;
            let written = written(&Shelf::<&str>::of((&ends, &bytes)))?;
            let shelf: Shelf<'_, &str> = postcard::from_bytes(&written)?;
            assert_eq!(shelf.len(), count);
            let backwards = (0..count).rev().filter_map(|index| shelf.get(index));
            let backwards: Vec<&str> = backwards.map(|later| *later.get()).collect();
            assert!(backwards.iter().rev().eq(values.iter()));
            assert!(shelf.get(count).is_none() && shelf.iter().count() == count);
        }
        Ok(())
    }

    #[test]
    fn ends_that_do_not_fit_are_values_that_cannot_be_read() {
        let (ends, bytes) = shelved(&["one", "two"]).expect("they can be written");
        let cut = Shelf::<&str>::of((&ends, &bytes[..6]));
        assert!(cut.get(0).expect("there are two").value().is_ok());
        assert!(cut.get(1).expect("there are two").value().is_err());
    }
}
