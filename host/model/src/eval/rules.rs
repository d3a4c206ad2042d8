//! Figures by who labelled a text, by the rule that labelled it, and by the rule that answered.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Counts, Rate, Score};
use crate::record::{Name, SafeText, Severity};

/// The texts of one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SourceScore {
    /// The corpus's word for where a text is from; empty where it has none.
    pub source: SafeText,
    /// A finding of P0, P1 or P2 counts.
    pub found: Score,
    /// A finding of P0 or P1 counts.
    pub alarm: Score,
}

/// The texts of one rule of a corpus, and who answered for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CorpusRule {
    /// The corpus's word for where a text is from; empty where it has none.
    pub source: SafeText,
    /// The corpus's word for the rule; empty where it has none.
    pub rule: SafeText,
    /// A finding of P0, P1 or P2 counts.
    pub found: Counts,
    /// A finding of P0 or P1 counts.
    pub alarm: Counts,
    /// Of the positives, those that were found.
    pub recall: Option<Rate>,
    /// The detectors' rules that found something in its positives, the most texts first.
    pub answered_by: Vec<AnsweredBy>,
}

/// A detector's rule that answered for a corpus's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnsweredBy {
    /// The detector.
    pub plugin: Name,
    /// Its rule.
    pub rule: Name,
    /// In how many positives.
    pub texts: u64,
}

/// The findings of one category: the first two words of the rules' categories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Category {
    /// The category.
    pub category: Name,
    /// Positives with a finding of it of P0, P1 or P2.
    pub right: u64,
    /// Negatives with such a finding.
    pub wrong: u64,
    /// Of both, the positives.
    pub precision: Option<Rate>,
    /// Of all negatives, those with such a finding.
    pub false_positives: Option<Rate>,
}

/// The findings of one rule of a detector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DetectorRule {
    /// The detector.
    pub plugin: Name,
    /// The rule.
    pub rule: Name,
    /// Its category.
    pub category: Name,
    /// Positives with a finding of it of P0, P1 or P2.
    pub right: u64,
    /// Negatives with such a finding.
    pub wrong: u64,
    /// Of both, the positives.
    pub precision: Option<Rate>,
    /// Of all negatives, those with such a finding.
    pub false_positives: Option<Rate>,
    /// All its findings, P3 too.
    pub findings: BTreeMap<Severity, u64>,
}
