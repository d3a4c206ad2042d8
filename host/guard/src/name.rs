//! Literals that are words of names: `argo` in `ARGO_TOKEN`, `myArgoToken` and `argotoken`, but not in `cargo`.

use std::ops::Range;
use std::sync::Arc;

/// The longest part of a name in bytes: no more is looked at behind a literal.
pub(crate) const LONGEST_PART: usize = 32;
/// The most parts.
const MOST_PARTS: usize = 256;

/// The words that names are made of, which may stand directly behind a literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameParts(Arc<Parts>);

#[derive(Debug, PartialEq, Eq)]
struct Parts {
    /// In their order.
    words: Vec<String>,
    /// Those that begin with each letter.
    of: [Range<u16>; 26],
}

impl NameParts {
    /// The parts, each of 1 to 32 lower-case letters; `None` where one isn't, or where there are more than 256.
    pub fn new(words: impl IntoIterator<Item = String>) -> Option<Self> {
        let mut words: Vec<String> = words.into_iter().collect();
        words.sort();
        words.dedup();
        let fits =
            |word: &String| (1..=LONGEST_PART).contains(&word.len()) && word.bytes().all(|c| c.is_ascii_lowercase());
        if words.len() > MOST_PARTS || !words.iter().all(fits) {
            return None;
        }
        let of = (b'a'..=b'z').zip(0_usize..).map(|(letter, _)| {
            let place = |letter: u8| {
                let before = words.partition_point(|word| word.as_bytes()[0] < letter);
                u16::try_from(before).expect("there are 256 at most")
            };
            place(letter)..place(letter + 1)
        });
        let of: Vec<Range<u16>> = of.collect();
        let of = of.try_into().expect("there are 26 letters");
        Some(Self(Arc::new(Parts { words, of })))
    }

    /// The parts, in their order.
    pub fn words(&self) -> &[String] {
        &self.0.words
    }

    /// Whether a literal that ends with `last` ends a word of a name there, by the text behind it; `None` where that
    /// has to be longer to tell, which is at most 32 letters.
    pub(crate) fn follow(&self, last: u8, text: &[u8]) -> Option<bool> {
        let next = *text.first()?;
        if !next.is_ascii_alphabetic() || (next.is_ascii_uppercase() && !last.is_ascii_uppercase()) {
            return Some(true);
        }
        let of = &self.0.of[usize::from(next.to_ascii_lowercase() - b'a')];
        let words = &self.0.words[usize::from(of.start)..usize::from(of.end)];
        let mut open = false;
        for word in words {
            let seen = word.len().min(text.len());
            if text[..seen].eq_ignore_ascii_case(&word.as_bytes()[..seen]) {
                if seen == word.len() {
                    return Some(true);
                }
                open = true;
            }
        }
        (!open).then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::NameParts;

    fn parts() -> NameParts {
        NameParts::new(["token", "key", "to"].map(str::to_owned)).expect("they fit")
    }

    #[test]
    fn a_word_ends_where_another_begins() {
        for (last, text, ends) in [
            (b'o', "_TOKEN", Some(true)),
            (b'o', "Token", Some(true)),
            (b'O', "TOKEN", Some(true)),
            (b'o', "token", Some(true)),
            (b'o', "2", Some(true)),
            (b'O', "Xyz", Some(false)),
            (b'o', "s", Some(false)),
            (b'o', "ke", None),
            (b'O', "K", None),
            (b'o', "", None),
            (b'o', "kex", Some(false)),
        ] {
            assert_eq!(parts().follow(last, text.as_bytes()), ends, "{text}");
        }
    }

    #[test]
    fn parts_are_lower_case_words() {
        for bad in ["", "Key", "k_y", &"x".repeat(33)] {
            assert!(NameParts::new([bad.to_owned()]).is_none(), "{bad}");
        }
        let many = |count: u8| (0..count).map(|n| [b'a' + n / 26, b'a' + n % 26].map(char::from).iter().collect());
        assert!(NameParts::new(many(255).chain(["x".to_owned()])).is_some());
        assert!(NameParts::new(many(255).chain(["x".to_owned(), "y".to_owned()])).is_none());
    }
}
