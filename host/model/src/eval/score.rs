//! How well guards told texts that hold a secret from those that hold none.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Rate;

/// Texts by what they are and what was said of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Positives that were found.
    pub found: u64,
    /// Positives that were missed.
    pub missed: u64,
    /// Positives of which every finding came late, when bytes of it were out. They are counted in `found` too.
    pub late: u64,
    /// Negatives in which something was found all the same.
    pub wrong: u64,
    /// Negatives in which nothing was found.
    pub quiet: u64,
}

/// Counts with what follows from them. A rate is null where there is nothing to take it of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// The texts.
    pub counts: Counts,
    /// Of the texts in which something was found, those that are positives.
    pub precision: Option<Rate>,
    /// Of the positives, those that were found.
    pub recall: Option<Rate>,
    /// Of the positives, those that were found before a byte was out.
    pub recall_on_time: Option<Rate>,
    /// The harmonic mean of precision and recall. Its interval is that of `found` of all texts that are positives or in which
    /// something was found, of which it is a rising function.
    pub f1: Option<Rate>,
    /// Of the negatives, those in which something was found.
    pub false_positives: Option<Rate>,
}

impl Counts {
    /// Positives that were not found before they were out.
    #[must_use]
    pub fn not_in_time(&self) -> u64 {
        self.missed + self.late
    }

    /// Counts one text.
    pub fn add(&mut self, positive: bool, found: bool, late: bool) {
        let count = match (positive, found) {
            (true, true) => &mut self.found,
            (true, false) => &mut self.missed,
            (false, true) => &mut self.wrong,
            (false, false) => &mut self.quiet,
        };
        *count += 1;
        self.late += u64::from(positive && found && late);
    }

    /// How many positives there are.
    #[must_use]
    pub fn positives(&self) -> u64 {
        self.found + self.missed
    }

    /// How many negatives there are.
    #[must_use]
    pub fn negatives(&self) -> u64 {
        self.wrong + self.quiet
    }
}

impl From<Counts> for Score {
    fn from(counts: Counts) -> Self {
        let Counts {
            found,
            missed,
            late,
            wrong,
            ..
        } = counts;
        Self {
            counts,
            precision: Rate::wilson(found, found + wrong),
            recall: Rate::wilson(found, counts.positives()),
            recall_on_time: Rate::wilson(found - late, counts.positives()),
            f1: Rate::wilson(found, found + missed + wrong).map(|share| share.map(|share| 2.0 * share / (1.0 + share))),
            false_positives: Rate::wilson(wrong, counts.negatives()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Score};

    #[test]
    fn rates_are_those_of_the_counts() {
        let mut counts = Counts::default();
        let texts = [
            (true, true, false),
            (true, true, true),
            (true, true, false),
            (true, false, false),
            (false, true, true),
            (false, false, false),
        ];
        for (positive, found, late) in texts {
            counts.add(positive, found, late);
        }
        assert_eq!((counts.positives(), counts.negatives(), counts.late), (4, 2, 1));
        assert_eq!(
            counts.not_in_time(),
            counts.missed + 1,
            "what comes late is not found in time"
        );
        let score = Score::from(counts);
        let value = |rate: Option<super::Rate>| rate.expect("of something").value;
        assert!((value(score.precision) - 0.75).abs() < 1e-12);
        assert!((value(score.recall) - 0.75).abs() < 1e-12);
        assert!((value(score.recall_on_time) - 0.5).abs() < 1e-12);
        assert!(
            (value(score.f1) - 0.75).abs() < 1e-12,
            "the harmonic mean of two equal ones"
        );
        assert!((value(score.false_positives) - 0.5).abs() < 1e-12);
        let f1 = score.f1.expect("of something");
        assert!(f1.low < f1.value && f1.value < f1.high);
        assert_eq!(Score::from(Counts::default()).recall, None);
    }
}
