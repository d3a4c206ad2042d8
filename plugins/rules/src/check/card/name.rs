//! What the words around a number call it. The words are the pack's.

use crate::pack::Cards;

/// So many digits are a 64-bit integer's more often than a card's.
const INTEGER: usize = 17;
/// A shorter name says nothing.
const NAMING: usize = 3;

/// What a number's own name says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// It is a card's.
    Card,
    /// It is something else's.
    Other,
    /// There is no name, or one that may be anything's.
    Nothing,
}

/// A name, and how it stands before its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name<'a> {
    /// Behind it something assigns: `id: `, `pan=`, `<card>`.
    Assigned(&'a [u8]),
    /// It is the word before.
    Word(&'a [u8]),
    None,
}

impl Cards<&[u8]> {
    /// What the name of a number of `length` digits says of it.
    pub(super) fn said(&self, name: Name<'_>, length: usize) -> Said {
        let (Name::Assigned(bytes) | Name::Word(bytes)) = name else {
            return Said::Nothing;
        };
        let last = words(bytes).last().unwrap_or_default();
        if has(&self.others, last) {
            return Said::Other;
        }
        if self.are_told_of(bytes) {
            return Said::Card;
        }
        // A name that says nothing of a card leads 64-bit integers in dumps and traces.
        let holds = |part: &&[u8]| bytes.windows(part.len().max(1)).any(|at| at.eq_ignore_ascii_case(part));
        let is_integer = length >= INTEGER
            && bytes.len() >= NAMING
            && bytes.iter().any(u8::is_ascii_alphabetic)
            && !self.parts.iter().any(holds);
        match name {
            Name::Assigned(_) if is_integer => Said::Other,
            Name::Assigned(_) | Name::Word(_) | Name::None => Said::Nothing,
        }
    }

    /// Whether a text has a word of cards or of payments.
    pub(super) fn are_told_of(&self, text: &[u8]) -> bool {
        words(text).any(|word| has(&self.words, word))
    }
}

fn has(list: &[&[u8]], word: &[u8]) -> bool {
    !word.is_empty() && list.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// The words of a name or a text: `card`, `Number` of `cardNumber2`. Bytes beyond ASCII are letters.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    text.chunk_by(move |a, b| is_letter(a) == is_letter(b) && !(a.is_ascii_lowercase() && b.is_ascii_uppercase()))
        .filter(move |word| word.iter().all(is_letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cards() -> Cards<&'static [u8]> {
        Cards {
            words: vec![b"card", b"pan", "карта".as_bytes()],
            parts: vec![b"num", b"kart"],
            others: vec![b"id", b"offset"],
        }
    }

    #[test]
    fn a_name_is_told_by_its_words() {
        let said = |name: &str, length| cards().said(Name::Assigned(name.as_bytes()), length);
        for name in ["card", "cardNumber", "PAN", "my_card_2", "карта"] {
            assert_eq!(said(name, 16), Said::Card, "{name}");
        }
        for name in ["id", "orderId", "d_offset", "card_id"] {
            assert_eq!(said(name, 16), Said::Other, "{name}");
        }
        for name in ["paid", "japan", "n", "cursor", "", "discard"] {
            assert_eq!(said(name, 16), Said::Nothing, "{name}");
        }
    }

    #[test]
    fn long_numbers_need_a_name_that_may_be_a_card_s() {
        let said = |name, length| cards().said(name, length);
        assert_eq!(said(Name::Assigned(b"cursor"), 19), Said::Other);
        assert_eq!(said(Name::Assigned(b"kartno"), 19), Said::Nothing);
        assert_eq!(said(Name::Assigned(b"n"), 19), Said::Nothing);
        assert_eq!(said(Name::Word(b"cursor"), 19), Said::Nothing);
        assert_eq!(said(Name::None, 19), Said::Nothing);
    }
}
