//! Evaluations: what guards said of texts that people had labelled, in figures with their intervals.
//!
//! [`Evaluation`] is what `cofferdam eval --json` writes, and what every other report of one is rendered from. It holds names,
//! numbers and shapes, and no byte of a text. The statistics are pure functions of counts.

mod clean;
mod comparison;
mod mcnemar;
mod rate;
mod report;
mod rules;
mod score;

pub use clean::{Clean, CleanAlarm, CleanFile, CleanRule};
pub use comparison::{Comparison, FoundBy, OneSided, Pair, RulePair};
pub use mcnemar::mcnemar;
pub use rate::{PerGigabyte, Rate};
pub use report::{
    BothWays, Corpus, Evaluation, EvaluationSchema, GuestLatency, Label, Severities, SeverityCount, SpanBytes, Totals,
};
pub use rules::{AnsweredBy, Category, CorpusRule, DetectorRule, SourceScore};
pub use score::{Counts, Score};
