//! Shadow: what candidates would have decided beside the guards in force, and what follows from it.
//!
//! [`ShadowLine`] is a line of a run's `shadow.jsonl`: first who was on trial, then each place where either saw something, then how
//! much each candidate saw. [`ShadowReport`] is the fold of such files. None of them holds a byte of a session: places are told by
//! rules, offsets, keyed fingerprints, classes of lengths, and shapes from which all that the guards in force take out was removed.

mod coverage;
mod label;
mod line;
mod place;
mod report;
mod share;
mod times;

pub use coverage::{RuleCoverage, ShadowCoverage};
pub use label::{LabelEntry, LabelSchema};
pub use line::{Candidate, CandidateState, Incumbent, ShadowBegun, ShadowDigest, ShadowLine, ShadowSchema};
pub use place::{Effect, PlaceClass, ShadowPlace, Side};
pub use report::{
    CandidateReport, Coverage, EffectRates, GuestTimes, Labelled, PeriodReport, PlaceRef, Reviewed, RuleReport,
    ShadowReport, ShadowReportSchema, SkippedRun, SkippedWhy,
};
pub use share::is_chosen;
pub use times::Times;
