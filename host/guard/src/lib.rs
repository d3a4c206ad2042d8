//! The guard: a pure state machine that takes raw bytes and marks, asks detectors about suspects, lets a policy decide,
//! and gives cleared bytes back.
//!
//! It has no clock (time is an argument), no file, no runtime and no engine. A driver pushes what a process wrote,
//! carries each [`Ask`] and [`Consult`] to an engine, and hands the answers in; the same word of bytes and marks
//! gives the same output and the same decisions however it was cut.

mod ask;
mod bytes;
mod classes;
mod coding;
mod colours;
mod consult;
mod events;
mod fingerprint;
mod follow;
mod gate;
mod known;
#[cfg(test)]
mod laws;
mod machine;
mod map;
mod marker;
mod mask;
mod measure;
mod name;
mod output;
mod prefilter;
mod projection;
mod rule;
mod ruleset;
mod screen;
mod search;
mod set;
mod shape;
mod stream;
mod view;
#[cfg(target_arch = "x86_64")]
mod wide;
#[cfg(test)]
mod width;
mod word;

pub use ask::{Answer, Ask, BadAnswer, Finding, Region, RegionMarks, Suspect};
pub use bytes::{Cleared, ClearedText, Raw};
pub use consult::{
    Action, Consult, FailureAction, FailureKind, FailureMatrix, Origin, PolicyDecision, PolicyFinding, Verdicts,
};
pub use fingerprint::{Fingerprint, FingerprintKey};
pub use known::{KnownValue, KnownValueError};
pub use machine::{Guard, Settings};
pub use name::NameParts;
pub use output::{Decision, LengthClass, MarkEffect, MarkKind, Outlet, Output, Reason, Replacement, Size};
pub use rule::limits as rule_limits;
pub use rule::{
    Anchor, BlockRule, DetectorRules, Extent, Keyword, LeadRun, Opener, Rule, RuleError, RuleProblem, RuleRef,
    Severity, SpanRule,
};
pub use ruleset::{RuleSet, RuleSetError};
pub use set::ByteSet;
pub use shape::{Shape, shape};
