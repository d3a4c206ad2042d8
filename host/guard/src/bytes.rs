//! Raw and cleared bytes: the promise that nothing unguarded is recorded or shown is in these two types.

/// Bytes that no guard has seen.
///
/// They can be handed to guards and nothing else: there is no way to read, print, compare, serialise or borrow them.
///
/// ```compile_fail
/// let raw = cofferdam_guard::Raw::from_vec(vec![1]);
/// println!("{raw:?}");
/// ```
/// ```compile_fail
/// let raw = cofferdam_guard::Raw::from_vec(vec![1]);
/// let bytes: &[u8] = raw.as_ref();
/// ```
/// ```compile_fail
/// let raw = cofferdam_guard::Raw::from_vec(vec![1]);
/// let text = raw.to_string();
/// ```
pub struct Raw(Vec<u8>);

impl Raw {
    /// Takes bytes in, straight from the reader.
    pub fn from_vec(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// How many bytes there are: a count is no content.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Only the guard looks at them.
    pub(crate) fn inner(&self) -> &[u8] {
        &self.0
    }
}

/// Bytes that a guard let out. Only the guard makes them.
///
/// ```compile_fail
/// let forged = cofferdam_guard::Cleared(vec![1]);
/// ```
/// ```compile_fail
/// let forged: cofferdam_guard::Cleared = vec![1u8].into();
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cleared(Vec<u8>);

impl Cleared {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, free to be shown and kept.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes, for what is cleared after them.
    pub(crate) fn into_inner(self) -> Vec<u8> {
        self.0
    }

    /// Appends what was cleared after this.
    pub fn append(&mut self, mut later: Cleared) {
        self.0.append(&mut later.0);
    }
}

/// Text made of cleared bytes; what is not UTF-8 is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClearedText(String);

impl ClearedText {
    /// The text, free to be shown and kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Cleared> for ClearedText {
    fn from(cleared: Cleared) -> Self {
        Self(match String::from_utf8(cleared.0) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Raw;
    use crate::Ask;

    /// Whether a type has a trait: where it has, the constant of the type itself comes before that of `Otherwise`.
    macro_rules! has {
        ($type:ty, $($promise:tt)+) => {{
            #[allow(dead_code, reason = "only one of the two constants is looked at")]
            trait Otherwise {
                const HAS: bool = false;
            }
            struct Probe<T>(std::marker::PhantomData<T>);
            impl<T> Otherwise for Probe<T> {}
            #[allow(dead_code, reason = "there only for types that have the trait")]
            impl<T: $($promise)+> Probe<T> {
                const HAS: bool = true;
            }
            Probe::<$type>::HAS
        }};
    }

    macro_rules! ways_out {
        ($type:ty) => {
            [
                ("Debug", has!($type, std::fmt::Debug)),
                ("Display", has!($type, std::fmt::Display)),
                ("Clone", has!($type, Clone)),
                ("Deref", has!($type, std::ops::Deref)),
                ("AsRef<[u8]>", has!($type, AsRef<[u8]>)),
                ("AsRef<str>", has!($type, AsRef<str>)),
                ("Borrow<[u8]>", has!($type, std::borrow::Borrow<[u8]>)),
                ("Into<Vec<u8>>", has!($type, Into<Vec<u8>>)),
                ("IntoIterator", has!($type, IntoIterator)),
                ("Read", has!($type, std::io::Read)),
                ("PartialEq", has!($type, PartialEq)),
                ("Hash", has!($type, std::hash::Hash)),
            ]
        };
    }

    #[test]
    fn invariant_1_uncleared_bytes_have_no_way_out() {
        assert!(
            has!(Vec<u8>, AsRef<[u8]>) && !has!(Vec<u8>, std::fmt::Display),
            "a probe tells"
        );
        for (what, ways) in [("Raw", ways_out!(Raw)), ("Ask", ways_out!(Ask))] {
            for (way, has) in ways {
                assert!(!has, "{what} is {way}");
            }
        }
    }
}
