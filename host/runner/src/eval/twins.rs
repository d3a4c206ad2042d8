//! Texts that a corpus labels both ways, as sources do that disagree, or whose labels are about one rule each.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use cofferdam_model::eval::BothWays;

/// How many different texts are told apart; beyond, memory would grow with the corpus.
const MOST: usize = 1_000_000;

/// What is known of texts, by a hash of each: one of 64 bits takes two of a million for the same once in 40 million
/// corpora.
#[derive(Default)]
pub(super) struct Twins(HashMap<u64, Twin>);

#[derive(Default)]
struct Twin {
    positive: bool,
    negatives: u32,
    wrong: u32,
}

impl Twins {
    /// Takes note of a text, and of whether something was found in it.
    pub(super) fn add(&mut self, text: &[u8], positive: bool, found: bool) {
        let mut hasher = DefaultHasher::new();
        hasher.write(text.trim_ascii());
        let key = hasher.finish();
        if self.0.len() >= MOST && !self.0.contains_key(&key) {
            return;
        }
        let twin = self.0.entry(key).or_default();
        if positive {
            twin.positive = true;
        } else {
            twin.negatives += 1;
            twin.wrong += u32::from(found);
        }
    }

    /// The negatives that are positives elsewhere.
    pub(super) fn told(&self) -> BothWays {
        let mut told = BothWays::default();
        for twin in self.0.values().filter(|twin| twin.positive) {
            told.negatives += u64::from(twin.negatives);
            told.wrong += u64::from(twin.wrong);
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use cofferdam_model::eval::BothWays;

    use super::Twins;

    #[test]
    fn negatives_that_are_positives_elsewhere_are_counted() {
        let mut twins = Twins::default();
        let texts = [
            ("a", false, true),
            ("b", true, true),
            ("a\n", true, true),
            ("a", false, false),
            ("c", false, true),
        ];
        for (text, positive, found) in texts {
            twins.add(text.as_bytes(), positive, found);
        }
        let BothWays { negatives, wrong } = twins.told();
        assert_eq!((negatives, wrong), (2, 1));
    }
}
