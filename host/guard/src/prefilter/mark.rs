//! By which mark of a text a literal is found.

use super::index::WINDOW;
use super::literals::{Literal, Stands};
use super::places::DIGITS;
use super::rarity::Rarity;

/// The mark that a literal is found by.
pub(super) enum Mark {
    /// It begins a word.
    Start,
    /// The same, and it has two or three bytes.
    Word,
    /// A capital behind a small letter or a digit.
    Turn {
        /// Where in the literal its window begins.
        at: u8,
        /// How many of the window's bytes stand before the capital.
        before: u8,
    },
    /// A capital at this place.
    Capital(u8),
    /// Its first digits are those of ASCII characters.
    Hex,
}

impl Mark {
    /// The mark of a literal, if it has one. Every start waits for thousands of them.
    #[inline(always)]
    pub(super) fn of(literal: Literal<'_>, rarity: &Rarity) -> Option<Self> {
        let bytes = literal.bytes;
        if literal.stands == Stands::BeginsWord && bytes[0].is_ascii_alphabetic() && bytes.len() > 1 {
            return Some(if bytes.len() < WINDOW { Self::Word } else { Self::Start });
        }
        if let Some(digits) = bytes.first_chunk::<DIGITS>() {
            let mut pairs = digits.as_chunks::<2>().0.iter();
            if pairs.all(|[high, low]| (b'2'..=b'7').contains(high) && low.is_ascii_hexdigit()) {
                return Some(Self::Hex);
            }
        }
        if literal.any_case || bytes.len() < WINDOW {
            return None;
        }
        let last = bytes.len() - WINDOW;
        let is_turn =
            |pair: &[u8; 2]| (pair[0].is_ascii_lowercase() || pair[0].is_ascii_digit()) && pair[1].is_ascii_uppercase();
        if let Some(before) = bytes.array_windows().position(is_turn) {
            let capital = before + 1;
            // The window of a capital among the last bytes begins before it.
            let at = capital.min(last);
            let byte = |number| u8::try_from(number).expect("a literal has 64 bytes at most");
            return Some(Self::Turn {
                at: byte(at),
                before: byte(capital - at),
            });
        }
        let mut best = None;
        if bytes[..=last].iter().any(u8::is_ascii_uppercase) {
            rarity.each_four(bytes, |offset, four, halvings| {
                if four[0].is_ascii_uppercase() {
                    best = best.max(Some((halvings, u8::MAX - offset)));
                }
            });
        }
        best.map(|(_, from_end)| Self::Capital(u8::MAX - from_end))
    }
}
