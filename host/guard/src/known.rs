//! Secrets that the host was told: a value is searched for as it is, and no guest ever sees it.

use std::fmt;

use crate::rule::{Anchor, Extent, Keyword, Rule, Severity};

/// The fewest bytes of a value: shorter ones stand in ordinary text.
const SHORTEST: usize = 8;
/// The most bytes of a value.
const LONGEST: usize = 8192;
/// The fewest different bytes: `--------` is no secret.
const FEWEST_DIFFERENT: usize = 4;

/// A secret that the host was told. It lives in memory only: it can't be printed, serialised or given to a guest.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownValue(Vec<u8>);

/// Why a value can't be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KnownValueError {
    /// It has fewer than 8 bytes besides white space.
    #[error("it has fewer than 8 bytes")]
    Short,
    /// It has more than 8192 bytes.
    #[error("it has more than 8192 bytes")]
    Long,
    /// It is so common that it would be taken out of ordinary text: a plain word, a number, or few different bytes.
    #[error("it is a common word, a number, or has fewer than 4 different bytes")]
    Common,
}

impl KnownValue {
    /// How many of its first bytes are searched for: no encoding of a single sign is read in them.
    pub const ANCHOR: usize = 4;

    /// The value without the white space around it, each run of white space inside of it as one blank: in a text any
    /// such run matches any other.
    ///
    /// # Errors
    /// What makes it no value to search for.
    pub fn new(value: &[u8]) -> Result<Self, KnownValueError> {
        let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let value = words.collect::<Vec<_>>().join(&b' ');
        if value.len() < SHORTEST {
            return Err(KnownValueError::Short);
        }
        if value.len() > LONGEST {
            return Err(KnownValueError::Long);
        }
        let mut different = value.clone();
        different.sort_unstable();
        different.dedup();
        let lower = value.iter().all(u8::is_ascii_lowercase);
        let word = lower && value.len() < 16;
        let number = value.iter().all(u8::is_ascii_digit) && value.len() < 16;
        if different.len() < FEWEST_DIFFERENT || word || number {
            return Err(KnownValueError::Common);
        }
        Ok(Self(value))
    }

    /// The rule that searches for it: P0, anchored by its first bytes, and answered by the guard itself.
    pub fn rule(self, id: String, title: String, category: String) -> Rule {
        let word = self.0.split(|byte| *byte == b' ').next().unwrap_or(&self.0);
        let bytes = word[..word.len().min(Self::ANCHOR)].to_vec();
        Rule {
            id,
            title,
            category,
            severity: Severity::P0,
            low_entropy: false,
            word: false,
            name: None,
            anchors: vec![Anchor::Literal(Keyword { bytes, any_case: false })],
            extent: Extent::Known(self),
            may_show: 3,
            required: None,
            hold: true,
        }
    }

    /// How many of its first bytes get out while a person types: no more than a quarter.
    pub(crate) fn shown(&self, typed: bool) -> u64 {
        if typed { (self.0.len() as u64 / 4).min(3) } else { 0 }
    }

    /// The bytes to compare with, in which a blank stands for any run of white space.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for KnownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownValue(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::{KnownValue, KnownValueError};

    #[test]
    fn common_and_short_values_are_refused() {
        let refused = |value: &str| KnownValue::new(value.as_bytes()).err();
        assert_eq!(refused(" 1234567 "), Some(KnownValueError::Short));
        assert_eq!(refused("production"), Some(KnownValueError::Common));
        assert_eq!(refused("12345678"), Some(KnownValueError::Common));
        assert_eq!(refused("----------------"), Some(KnownValueError::Common));
        assert_eq!(refused(&"ab1-".repeat(2049)), Some(KnownValueError::Long));
        assert_eq!(refused("Tr0ub4dor"), None);
    }

    #[test]
    fn white_space_is_one_blank() {
        let value = KnownValue::new(b"\n two \t\r\n words4\n").expect("a value");
        assert_eq!(value.bytes(), b"two words4");
        assert_eq!(format!("{value:?}"), "KnownValue(..)");
    }
}
