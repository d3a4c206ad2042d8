//! Two plugins over the same texts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Label, Score, mcnemar};
use crate::record::{Name, SafeText};

/// What each of two plugins found by itself. A finding of P0, P1 or P2 counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// The plugin that is there.
    pub base: Name,
    /// The plugin that might take its place.
    pub candidate: Name,
    /// How well the first does alone.
    pub base_score: Score,
    /// How well the second does alone.
    pub candidate_score: Score,
    /// Texts that hold a secret: finding them is right.
    pub positives: Pair,
    /// How likely it is that chance alone splits the positives that only one found so unevenly or more.
    pub positives_p: f64,
    /// Texts that hold none: finding something is wrong.
    pub negatives: Pair,
    /// The same of the negatives.
    pub negatives_p: f64,
    /// By rule of the corpus, where they differ, with the most differences first.
    pub rules: Vec<RulePair>,
    /// The texts in which only one found something, in the order of the corpus; 10,000 at most.
    pub one_sided: Vec<OneSided>,
    /// Such texts beyond those.
    pub unlisted: u64,
}

/// Texts by who found something in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pair {
    /// Both did.
    pub both: u64,
    /// Only the base did.
    pub only_base: u64,
    /// Only the candidate did.
    pub only_candidate: u64,
    /// Neither did.
    pub neither: u64,
}

/// The texts of one rule of a corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RulePair {
    /// The corpus's word for where a text is from; empty where it has none.
    pub source: SafeText,
    /// The corpus's word for the rule; empty where it has none.
    pub rule: SafeText,
    /// Those that hold a secret.
    pub positives: Pair,
    /// Those that hold none.
    pub negatives: Pair,
}

/// A text in which only one of the two found something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OneSided {
    /// The file of the text.
    pub file: SafeText,
    /// Its line there, from 1.
    pub line: u64,
    /// The corpus's word for where it is from; empty where it has none.
    pub source: SafeText,
    /// The corpus's word for the rule; empty where it has none.
    pub rule: SafeText,
    /// What it was labelled.
    pub label: Label,
    /// Who found something.
    pub found_by: FoundBy,
}

/// One of two plugins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FoundBy {
    /// The one that is there.
    Base,
    /// The one that might take its place.
    Candidate,
}

impl Pair {
    /// Counts one text.
    pub fn add(&mut self, base: bool, candidate: bool) {
        let count = match (base, candidate) {
            (true, true) => &mut self.both,
            (true, false) => &mut self.only_base,
            (false, true) => &mut self.only_candidate,
            (false, false) => &mut self.neither,
        };
        *count += 1;
    }

    /// How many texts only one found.
    #[must_use]
    pub fn one_sided(&self) -> u64 {
        self.only_base + self.only_candidate
    }

    /// How likely chance alone splits those so unevenly or more.
    #[must_use]
    pub fn p(&self) -> f64 {
        mcnemar(self.only_base, self.only_candidate)
    }
}
