//! Typed ids.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text_type;

/// The digits of an id, in the order of their values, so that ids sort as their numbers do.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A text that isn't an id of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// A task id is 1 to 64 of `a-z 0-9 . _ -` and starts with a letter or digit.
    #[error("a task id is 1 to 64 of the characters a-z, 0-9, `.`, `_` and `-`, and starts with a letter or digit")]
    Task,
    /// A run or key id is 26 digits of base 32.
    #[error("the id is 26 digits of 0-9 and a-z without i, l, o and u")]
    Sortable,
    /// A name is 1 to 128 of `a-z 0-9 . _ / -` and starts with a letter or digit.
    #[error("a name is 1 to 128 of the characters a-z, 0-9, `.`, `_`, `/` and `-`, and starts with a letter or digit")]
    Name,
}

fn is_word(text: &str, longest: usize, extra: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= longest
        && text.as_bytes().first().is_some_and(plain)
        && text.bytes().all(|byte| plain(&byte) || extra.contains(&byte))
}

/// What a task is called: `[a-z0-9][a-z0-9._-]{0,63}`, so that it can be a folder's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(String);

impl TaskId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TaskId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if is_word(text, 64, b"._-") {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError::Task)
        }
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a plugin, rule or category is called: `[a-z0-9][a-z0-9._/-]{0,127}`. Declared before any text is seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if is_word(text, 128, b"._/-") {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError::Name)
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Declares an id of 48 bits of time and 80 random bits, written as 26 digits that sort by time.
macro_rules! sortable_id {
    ($(#[$doc:meta])* $type:ident, $name:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $type(u128);

        impl $type {
            /// Makes an id of the time in milliseconds since 1970 (its low 48 bits) and 10 random bytes.
            #[must_use]
            pub fn new(unix_millis: u64, random: [u8; 10]) -> Self {
                let low = random.iter().fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
                Self((u128::from(unix_millis & 0xffff_ffff_ffff) << 80) | low)
            }

            /// When the id was made, in milliseconds since 1970.
            #[must_use]
            pub fn unix_millis(self) -> u64 {
                u64::try_from(self.0 >> 80).expect("48 bits fit")
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let digits: String = (0..26)
                    .rev()
                    .map(|place| char::from(DIGITS[usize::try_from((self.0 >> (5 * place)) & 31).expect("5 bits fit")]))
                    .collect();
                f.pad(&digits)
            }
        }

        impl FromStr for $type {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                // The first digit holds only 3 bits, since 26 digits would be 130.
                if text.len() != 26 || text.as_bytes()[0] > b'7' {
                    return Err(IdError::Sortable);
                }
                text.bytes()
                    .try_fold(0_u128, |sum, byte| {
                        let digit = DIGITS.iter().position(|known| *known == byte)?;
                        Some((sum << 5) | u128::try_from(digit).ok()?)
                    })
                    .map(Self)
                    .ok_or(IdError::Sortable)
            }
        }

        text_type!($type, $name, "^[0-7][0-9abcdefghjkmnpqrstvwxyz]{25}$", $what);
    };
}

sortable_id! {
    /// One run. Later runs sort after earlier ones.
    RunId, "RunId", "the id of a run, 26 digits that sort by time"
}
sortable_id! {
    /// One key for fingerprints. The newest key has the greatest id.
    KeyId, "KeyId", "the id of a key, 26 digits that sort by time"
}

sortable_id! {
    /// One override: what a person let through, for a while.
    OverrideId, "OverrideId", "the id of an override, 26 digits that sort by time"
}

text_type!(TaskId, "TaskId", "^[a-z0-9][a-z0-9._-]{0,63}$", "the id of a task");
text_type!(
    Name,
    "Name",
    "^[a-z0-9][a-z0-9._/-]{0,127}$",
    "a name that a plugin declared"
);

/// The place of an entry in its log, from 0, without gaps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The place after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{KeyId, RunId, TaskId};

    #[test]
    fn a_task_id_cannot_leave_its_folder() {
        for bad in ["", ".", "..", "-a", "a/b", "A", "a b", "é", &"a".repeat(65)] {
            assert!(bad.parse::<TaskId>().is_err(), "{bad:?}");
        }
        for good in ["a", "0", "a.b_c-9", &"a".repeat(64)] {
            assert_eq!(good.parse::<TaskId>().map(|id| id.to_string()), Ok(good.to_owned()));
        }
    }

    #[test]
    fn a_sortable_id_refuses_what_it_would_not_write() {
        for bad in [
            "",
            "80000000000000000000000000",
            "0000000000000000000000000i",
            "0000000000000000000000000A",
        ] {
            assert!(bad.parse::<KeyId>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn run_ids_sort_as_their_texts_and_come_back(a in 0..1_u64 << 48, b in 0..1_u64 << 48, x: [u8; 10], y: [u8; 10]) {
            let (first, second) = (RunId::new(a, x), RunId::new(b, y));
            prop_assert_eq!(first.cmp(&second), first.to_string().cmp(&second.to_string()));
            prop_assert_eq!(first.to_string().parse::<RunId>(), Ok(first));
            prop_assert_eq!(first.unix_millis(), a);
        }
    }
}
