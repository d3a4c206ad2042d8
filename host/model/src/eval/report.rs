//! One evaluation, as it is written down.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Category, Clean, Comparison, CorpusRule, DetectorRule, Score, SourceScore};
use crate::record::{Digest, Name, PluginRef, SafeText, Severity, Timestamp};

/// What guards said of labelled texts, and of text that holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Evaluation {
    /// The version of this form.
    pub schema: EvaluationSchema,
    /// The version of the host.
    pub host: SafeText,
    /// When it was made.
    pub made: Timestamp,
    /// What the cuts of the streams were drawn from.
    pub seed: u64,
    /// The plugins under test, and the policy.
    pub plugins: Vec<PluginRef>,
    /// The files of labelled texts.
    pub corpora: Vec<Corpus>,
    /// All texts together.
    pub totals: Totals,
    /// A finding of P0, P1 or P2 counts.
    pub found: Score,
    /// A finding of P0 or P1 counts: what the default policy takes out.
    pub alarm: Score,
    /// Negatives that are positives elsewhere in the corpora.
    pub both_ways: BothWays,
    /// Findings by severity, P3 too.
    pub severities: Severities,
    /// How findings lie on the spans of texts that have any; null where none has.
    pub spans: Option<SpanBytes>,
    /// By who labelled the texts.
    pub sources: Vec<SourceScore>,
    /// By the rule that the corpus names, with the most misses first.
    pub corpus_rules: Vec<CorpusRule>,
    /// By category of the detectors' rules, with the most wrong texts first.
    pub categories: Vec<Category>,
    /// By rule of the detectors, with the most wrong texts first.
    pub detector_rules: Vec<DetectorRule>,
    /// How long each guest took.
    pub guests: Vec<GuestLatency>,
    /// Alarms on text that holds no secret; null where none was given.
    pub clean: Option<Clean>,
    /// Two plugins side by side; null where none were named.
    pub comparison: Option<Comparison>,
}

/// The version of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum EvaluationSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.eval/v1")]
    V1,
}

/// What a text was labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// It holds a secret.
    Positive,
    /// It holds none.
    Negative,
}

/// A file of labelled texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Corpus {
    /// Its name, as it was given.
    pub file: SafeText,
    /// Of its bytes.
    pub digest: Digest,
    /// How many texts it holds.
    pub texts: u64,
}

/// All texts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// How many texts.
    pub texts: u64,
    /// How many of them hold a secret.
    pub positives: u64,
    /// How many hold none.
    pub negatives: u64,
    /// Their length, in bytes.
    pub bytes: u64,
    /// How long they took, in milliseconds; with two plugins side by side, without those.
    pub millis: u64,
    /// Suspects on which a guest failed. What it would have said of them is not known.
    pub failures: u64,
}

/// Texts that are labelled as negatives, and elsewhere as positives: their sources disagree, or speak of one rule each. They count as
/// they are labelled. Of a million different texts at most is this known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct BothWays {
    /// How many such negatives there are.
    pub negatives: u64,
    /// In how many of them something of P0, P1 or P2 was found.
    pub wrong: u64,
}

/// Findings by severity.
pub type Severities = BTreeMap<Severity, SeverityCount>;

/// Findings of one severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeverityCount {
    /// In texts that hold a secret.
    pub in_positives: u64,
    /// In texts that hold none.
    pub in_negatives: u64,
}

/// How findings of P0, P1 and P2 lie on the bytes that a corpus names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct SpanBytes {
    /// How many texts have spans.
    pub texts: u64,
    /// Bytes in spans.
    pub wanted: u64,
    /// Bytes in spans that no finding covers.
    pub missed: u64,
    /// Bytes of findings outside of every span, in texts that have spans.
    pub surplus: u64,
}

/// How long the calls into one guest took. A call carries all suspects that are ready, and covers the checks of its answer; a
/// guest that isn't built in is asked about one suspect at a time within it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuestLatency {
    /// The plugin.
    pub guest: Name,
    /// How many calls.
    pub calls: u64,
    /// How many suspects, or findings for the policy, these were about.
    pub parts: u64,
    /// Half of the calls took at most so many microseconds. This and those below are at most 1.6 % too high.
    pub p50_micros: f64,
    /// 95 % of them.
    pub p95_micros: f64,
    /// 99 % of them.
    pub p99_micros: f64,
    /// The longest call, in microseconds.
    pub max_micros: f64,
    /// Times that it failed.
    pub failures: u64,
}
