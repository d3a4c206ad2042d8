//! Where the words of one colour meet those of another, with nothing between: they may be two words, as the two
//! versions of one in a diff of words are.

use std::collections::VecDeque;
use std::ops::Range;

/// The places in a text at which two colours meet. What is highlighted within a word that has no colour is a part of
/// that word, as a tool that searches shows what it found.
#[derive(Default)]
pub(crate) struct Colours {
    places: VecDeque<u64>,
    /// Where the colour changed last, and whether there was one before that, and is one since.
    last: u64,
    before: bool,
    here: bool,
}

impl Colours {
    /// A control sequence changes the colour of what comes at `place`. `is_word` says whether it stands behind what
    /// may be a word.
    pub(crate) fn change(&mut self, place: u64, is_word: bool, sequence: &[u8]) {
        if self.last != place {
            self.last = place;
            self.before = self.here;
        }
        self.here = !is_reset(sequence);
        let meet = is_word && self.before && self.here;
        let is_told = self.places.back() == Some(&place);
        if meet && !is_told {
            self.places.push_back(place);
        } else if !meet && is_told {
            self.places.pop_back();
        }
    }

    /// Those among these places.
    pub(crate) fn among(&self, places: Range<u64>) -> impl Iterator<Item = u64> {
        let first = self.places.partition_point(|place| *place < places.start);
        self.places
            .range(first..)
            .copied()
            .take_while(move |place| *place < places.end)
    }

    /// Forgets those before a place.
    pub(crate) fn forget(&mut self, needed: u64) {
        while self.places.front().is_some_and(|place| *place < needed) {
            self.places.pop_front();
        }
    }
}

/// Whether a sequence that ends with `m` takes colours back, and sets none.
fn is_reset(sequence: &[u8]) -> bool {
    let parameters = sequence.strip_prefix(b"\x1b[").and_then(|rest| rest.strip_suffix(b"m"));
    let resets = |parameter: &[u8]| {
        let number = parameter.trim_ascii_start();
        matches!(
            number,
            b"" | b"0" | b"00" | [b'2', b'1'..=b'9'] | [b'3' | b'4' | b'5', b'9']
        )
    };
    parameters.is_some_and(|parameters| parameters.split(|byte| *byte == b';').all(resets))
}

#[cfg(test)]
mod tests {
    use super::{Colours, is_reset};

    #[test]
    fn colours_meet_where_both_are_some() {
        let meet = |before: &[&str], between: &[&str]| {
            let mut colours = Colours::default();
            before.iter().for_each(|one| colours.change(1, true, one.as_bytes()));
            between.iter().for_each(|one| colours.change(5, true, one.as_bytes()));
            colours.among(2..9).collect::<Vec<_>>()
        };
        assert_eq!(meet(&["\x1b[31m"], &["\x1b[m", "\x1b[32m"]), [5]);
        assert_eq!(meet(&["\x1b[31m"], &["\x1b[0;32m"]), [5]);
        for (before, between) in [
            (&["\x1b[31m"][..], &["\x1b[m"][..]),
            (&[], &["\x1b[31m"]),
            (&["\x1b[31m", "\x1b[m"], &["\x1b[32m"]),
            (&["\x1b[31m"], &["\x1b[32m", "\x1b[0m"]),
        ] {
            assert_eq!(meet(before, between), [0; 0]);
        }
    }

    #[test]
    fn resets_are_told_from_colours() {
        for reset in ["\x1b[m", "\x1b[0m", "\x1b[39;49m", "\x1b[22m", "\x1b[0;39m"] {
            assert!(is_reset(reset.as_bytes()), "{reset:?}");
        }
        for colour in [
            "\x1b[1m",
            "\x1b[0;32m",
            "\x1b[38;5;20m",
            "\x1b[38;2;0;0;0m",
            "\x1b[20m",
            "\x1b[7m",
        ] {
            assert!(!is_reset(colour.as_bytes()), "{colour:?}");
        }
    }
}
