//! Rules as detectors declare them, checked before any text is seen.

mod check;
pub mod limits;

use std::sync::Arc;

pub use self::check::{RuleError, RuleProblem};

use crate::consult::FailureMatrix;
use crate::known::KnownValue;
use crate::name::NameParts;
use crate::set::ByteSet;

/// How bad it is when a finding of this kind gets out, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It gives access by itself.
    P0,
    /// It harms a person or opens a door together with something else.
    P1,
    /// It is worth counting.
    P2,
    /// It is worth knowing.
    P3,
}

/// A literal that the host searches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyword {
    /// 1 to [`limits::LITERAL`] bytes.
    pub bytes: Vec<u8>,
    /// Whether ASCII letters match in either case.
    pub any_case: bool,
}

impl Keyword {
    /// Its first byte, in either case where that doesn't count. A literal has one at least.
    pub(crate) fn first(&self) -> [u8; 2] {
        let first = self.bytes[0];
        if self.any_case {
            [first.to_ascii_lowercase(), first.to_ascii_uppercase()]
        } else {
            [first; 2]
        }
    }

    /// Whether a text begins with it.
    pub(crate) fn leads(&self, text: &[u8]) -> bool {
        let Self { bytes, any_case } = self;
        text.get(..bytes.len())
            .is_some_and(|part| part == bytes || (*any_case && part.eq_ignore_ascii_case(bytes)))
    }
}

/// What makes a suspect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// A public literal.
    Literal(Keyword),
    /// A maximal run of at least so many bytes of a set.
    Run {
        /// The bytes of the run.
        set: ByteSet,
        /// The fewest that make a suspect, in the bounds of [`limits::RUN`].
        at_least: u16,
    },
}

/// Bytes of a secret that stand directly before its literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadRun {
    /// The bytes of the run.
    pub set: ByteSet,
    /// The fewest that make a suspect; at least 1.
    pub at_least: u16,
    /// The most that belong to the secret; [`limits::LEAD`] at most.
    pub longest: u16,
}

/// What stands between an anchor and its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opener {
    /// What may stand before it.
    pub before: ByteSet,
    /// The bytes that open; the first of them does.
    pub bytes: ByteSet,
    /// What may stand behind it before the body, and behind runs that are too short to be one.
    pub after: ByteSet,
}

impl Opener {
    /// Whether a byte stands before what opens, and does not open.
    pub(crate) fn is_before(&self, byte: u8) -> bool {
        !self.bytes.has(byte) && self.before.has(byte)
    }
}

/// A finding on one stretch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanRule {
    /// What the secret is made of.
    pub body: ByteSet,
    /// What may stand singly between two body bytes.
    pub filler: ByteSet,
    /// What the first bytes of the body must fit, one each; [`limits::HEAD`] at most.
    pub head: Vec<ByteSet>,
    /// The fewest body bytes worth asking about.
    pub at_least: u16,
    /// The most bytes of a window; [`limits::SPAN`] at most.
    pub longest: u32,
    /// The most bytes between anchor and body; [`limits::GAP`] at most.
    pub gap: u16,
    /// What the gap must be made of.
    pub opener: Option<Opener>,
    /// What stands before the literal.
    pub lead: Option<LeadRun>,
}

/// A finding over lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockRule {
    /// What the lines of the body are made of.
    pub body: ByteSet,
    /// What closes the block.
    pub until: Vec<Keyword>,
    /// The fewest body bytes worth asking about.
    pub at_least: u16,
    /// The most bytes of a window; [`limits::BLOCK`] at most.
    pub bound: u32,
}

/// How far a suspect reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// On one stretch.
    Span(SpanRule),
    /// Over lines.
    Block(BlockRule),
    /// A value that the host was told. Its anchor is its first four bytes, and no guest is asked.
    Known(KnownValue),
}

impl Extent {
    /// The bytes that its body is made of.
    pub(crate) fn body(&self) -> &ByteSet {
        match self {
            Self::Span(span) => &span.body,
            Self::Block(block) => &block.body,
            Self::Known(_) => const { &ByteSet::from_words([0; 4]) },
        }
    }
}

/// One rule of a detector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Unique in its detector.
    pub id: String,
    /// For people.
    pub title: String,
    /// Dotted, from general to special.
    pub category: String,
    /// The grade that its findings usually have.
    pub severity: Severity,
    /// Whether few values are possible, so that fingerprints and lengths are left out of records.
    pub low_entropy: bool,
    /// Whether a literal inside a word makes no suspect.
    pub word: bool,
    /// Whether a literal makes a suspect as a word of a name only, and what may follow it there.
    pub name: Option<NameParts>,
    /// 1 to [`limits::ANCHORS`] anchors.
    pub anchors: Vec<Anchor>,
    /// How far a suspect reaches.
    pub extent: Extent,
    /// Leading bytes of the secret that may get out; 0 where a literal leads.
    pub may_show: u16,
    /// Of these bytes one at least stands behind a suspect's literal, or in its run, up to the byte that ended its
    /// window; where none does, the detector finds nothing and isn't asked, unless the window was cut.
    pub required: Option<ByteSet>,
    /// Whether suspects of it are held back. P0 and P1 always are; others where the policy may act on them.
    pub hold: bool,
}

/// The rules of one detector, and how the host treats it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetectorRules {
    /// The name that the configuration gives it.
    pub name: String,
    /// Its rules, in the order of its descriptor. Whoever loaded it has them too.
    pub rules: Vec<Arc<Rule>>,
    /// How many facts its descriptor declares; [`limits::FACTS`] at most.
    pub fact_count: u8,
    /// What to do when it fails.
    pub failure: FailureMatrix,
}

/// A rule of a detector of a rule set, by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleRef {
    /// Index of the detector.
    pub detector: u16,
    /// Index of the rule in the detector.
    pub rule: u16,
}
