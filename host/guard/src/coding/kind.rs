//! What a text may be encoded as.

/// An encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Base64, of either alphabet. The first character found is so many behind the beginning of its group of four.
    Base64 {
        /// 0 to 3.
        phase: u8,
    },
    /// Two hexadecimal digits a byte.
    Hex,
    /// Percent signs, backslashes, HTML entities, and strings put together from parts.
    Escape,
    /// Compressed, in base64.
    Packed,
    /// Escapes, one of which is left as it is: a backslash, and a letter that begins a literal.
    Letter,
}

impl Coding {
    /// Its code in the registry of encodings.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Base64 { .. } => 1,
            Self::Hex => 2,
            Self::Escape | Self::Letter => 3,
            Self::Packed => 4,
        }
    }

    /// Its number among all that a literal may be found in, below 8.
    pub(crate) fn index(self) -> u8 {
        match self {
            Self::Base64 { phase } => phase & 3,
            Self::Hex => 4,
            Self::Escape => 5,
            Self::Packed => 6,
            Self::Letter => 7,
        }
    }
}
