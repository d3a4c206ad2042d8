//! Other numbers around a number. Of random numbers of a card's length one in forty passes for a card, so that where
//! most of them don't, the one that does is chance; where cards stand beside each other, it is none.

use super::{MOST, digits, is_card};

/// The fewest digits of a number that tells something of its neighbour.
const FEWEST: usize = 13;
/// The fewest digits behind a point.
const DECIMALS: usize = 10;

/// Numbers with so many first digits in common are counted, as addresses and times are. Cards of one issuer share
/// eight.
const COUNTED: usize = 10;

/// How many numbers of a card's length stand there, beside the one in question.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Neighbours {
    cards: usize,
    others: usize,
}

impl Neighbours {
    pub(super) fn speak_for(self) -> bool {
        self.cards > self.others
    }

    pub(super) fn speak_against(self) -> bool {
        self.others > self.cards
    }
}

/// The numbers before and behind `number`.
pub(super) fn around(before: &[u8], number: &[u8], behind: &[u8]) -> Neighbours {
    let mut found = Neighbours::default();
    for text in [before, behind] {
        count(text, number, &mut found);
    }
    found
}

fn count(text: &[u8], number: &[u8], found: &mut Neighbours) {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut at = 0;
    for word in text.chunk_by(|a, b| is_word(a) == is_word(b)) {
        let before = text.get(..at).unwrap_or_default();
        at += word.len();
        // The same number again tells nothing new.
        if word == number || !word.iter().all(u8::is_ascii_digit) {
            continue;
        }
        let is_decimal = matches!(before, [.., b'0'..=b'9', b'.'] | [b'.']);
        if is_decimal {
            found.others += usize::from(word.len() >= DECIMALS);
        } else if (FEWEST..=MOST + 1).contains(&word.len()) && !is_time(word) {
            // A front that was cut off is no number.
            let is_whole = usize::from(!before.is_empty());
            if is_card(&digits(word)) && word.get(..COUNTED) != number.get(..COUNTED) {
                found.cards += is_whole;
            } else {
                found.others += is_whole;
            }
        }
    }
}

/// Whether it is the time since 1970 in parts of a second, as logs have it beside anything, or a date with its time
/// in one piece.
fn is_time(word: &[u8]) -> bool {
    match word.len() {
        13 | 16 | 19 => word.starts_with(b"1"),
        14 | 17 => word.starts_with(b"19") || word.starts_with(b"20"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Neighbours {
        around(text.as_bytes(), b"4539148800000000", b"")
    }

    #[test]
    fn numbers_speak_by_most_of_them() {
        // A row of one digit and its check digit stand for cards here.
        let card = ["4222222222222", "220"].concat();
        assert!(is_card(card.as_bytes()), "{card}");
        let found = of(&format!(" {card}, 8273645198273645"));
        assert_eq!(found, Neighbours { cards: 1, others: 1 });
        assert!(!found.speak_for() && !found.speak_against());
        assert!(of(&format!(" {card}, {card}, 8273645198273645")).speak_for());
        assert!(of(" 8273645198273645 ").speak_against());
        assert!(of("0.82736451982736").speak_against());
    }

    #[test]
    fn numbers_that_are_counted_are_no_cards_beside_each_other() {
        // Of such numbers one in ten has a card's sum.
        let next = (0..20)
            .map(|last| format!(" {}", 4_539_148_800_000_100_u64 + last))
            .find(|next| is_card(next.trim().as_bytes()))
            .expect("one has");
        assert!(of(&next).speak_against(), "{next}");
    }

    #[test]
    fn the_same_number_again_says_nothing() {
        assert_eq!(of(" 4539148800000000, 4539148800000000\n"), Neighbours::default());
    }

    #[test]
    fn times_shorter_numbers_and_parts_of_words_say_nothing() {
        for text in [
            "1763690876123 ",
            "[1763690876123456] ",
            "20261125101112 ",
            "4155550123 ",
            "x8273645198273645 ",
            "8273645198273645",
            "id_8273645198273645 ",
        ] {
            assert_eq!(of(text), Neighbours::default(), "{text}");
        }
    }
}
