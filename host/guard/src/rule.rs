//! Rules as detectors declare them, checked before any text is seen.

use std::sync::Arc;

use crate::consult::FailureMatrix;
use crate::known::KnownValue;
use crate::name::{LONGEST_PART, NameParts};
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
    /// 1 to 64 bytes.
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
        /// The fewest that make a suspect; 2 to 64.
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
    /// The most that belong to the secret; 512 at most.
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

/// A finding on one stretch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanRule {
    /// What the secret is made of.
    pub body: ByteSet,
    /// What may stand singly between two body bytes.
    pub filler: ByteSet,
    /// What the first bytes of the body must fit, one each; 16 at most.
    pub head: Vec<ByteSet>,
    /// The fewest body bytes worth asking about.
    pub at_least: u16,
    /// The most bytes of a window; 8192 at most.
    pub longest: u32,
    /// The most bytes between anchor and body; 64 at most.
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
    /// The most bytes of a window; 65536 at most.
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
    /// 1 to 64 anchors.
    pub anchors: Vec<Anchor>,
    /// How far a suspect reaches.
    pub extent: Extent,
    /// Leading bytes of the secret that may get out; 0 where a literal leads.
    pub may_show: u16,
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
    /// How many facts its descriptor declares; 64 at most.
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

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// The rule's id, shortened to what an id may hold.
    pub rule: String,
    /// What is wrong, as a sentence without the rule's name.
    pub problem: &'static str,
}

impl std::fmt::Display for RuleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "rule `{}`: {}", self.rule, self.problem)
    }
}

impl std::error::Error for RuleError {}

/// The most leading bytes of a P0 or P1 secret that a rule may show.
const MAY_SHOW_MOST: u16 = 8;

impl Rule {
    /// Holds the rule against its bounds.
    ///
    /// # Errors
    /// The first bound that is broken.
    pub fn check(&self) -> Result<(), RuleError> {
        let fail = |problem| {
            let rule = self
                .id
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
                .take(64)
                .collect();
            Err(RuleError { rule, problem })
        };
        let id_fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if self.id.is_empty() || self.id.len() > 64 || !self.id.bytes().all(id_fits) {
            return fail("the id must be 1 to 64 lower-case letters, digits and dashes");
        }
        let category_fits = |c: u8| id_fits(c) || c == b'.';
        if self.category.is_empty() || self.category.len() > 128 || !self.category.bytes().all(category_fits) {
            return fail("the category must be dotted lower-case words");
        }
        if self.anchors.is_empty() || self.anchors.len() > 64 {
            return fail("there must be 1 to 64 anchors");
        }
        let strict = self.severity <= Severity::P1;
        if strict && self.may_show > MAY_SHOW_MOST {
            return fail("a P0 or P1 rule may show 8 bytes at most");
        }
        if strict && !self.hold {
            return fail("a P0 or P1 rule is always held");
        }
        let mut literals = true;
        for anchor in &self.anchors {
            match anchor {
                Anchor::Literal(keyword) if keyword.bytes.is_empty() || keyword.bytes.len() > 64 => {
                    return fail("a literal must have 1 to 64 bytes");
                }
                Anchor::Literal(_) => {}
                Anchor::Run { set, at_least } => {
                    literals = false;
                    if set.is_empty() || !(2..=64).contains(at_least) {
                        return fail("a run must have a set, and 2 to 64 bytes at least");
                    }
                }
            }
        }
        let named = match &self.extent {
            Extent::Span(span) => literals && span.lead.is_none() && span.longest as usize >= LONGEST_PART,
            Extent::Block(_) | Extent::Known(_) => false,
        };
        if self.name.is_some() && !named {
            return fail("names go with a span of 32 bytes or more behind a literal");
        }
        match &self.extent {
            Extent::Span(span) => self.check_span(span, literals).map_or(Ok(()), fail),
            Extent::Known(value) => {
                let fits = |anchor: &Anchor| matches!(anchor, Anchor::Literal(keyword) if value.bytes().starts_with(&keyword.bytes));
                if self.anchors.len() == 1 && self.anchors.iter().all(fits) {
                    Ok(())
                } else {
                    fail("a known value's only anchor is its own beginning")
                }
            }
            Extent::Block(block) => {
                let bad = !literals
                    || self.may_show != 0
                    || block.body.is_empty()
                    || !(1..=65536).contains(&block.bound)
                    || u32::from(block.at_least) > block.bound
                    || block.until.len() > 16
                    || block
                        .until
                        .iter()
                        .any(|close| close.bytes.is_empty() || close.bytes.len() > 64);
                if bad {
                    fail("a block needs literal anchors, a body, and a bound of 65536 bytes at most")
                } else {
                    Ok(())
                }
            }
        }
    }

    fn check_span(&self, span: &SpanRule, literals: bool) -> Option<&'static str> {
        if span.body.is_empty() || span.at_least == 0 || u32::from(span.at_least) > span.longest || span.longest > 8192
        {
            return Some("a span needs a body, 1 byte at least, and 8192 at most");
        }
        if span.gap > 64 || span.head.len() > 16 || span.head.len() > usize::from(span.at_least) {
            return Some("the gap is 64 bytes at most, and the head 16 and no longer than the body");
        }
        if span.opener.is_some() && (span.gap == 0 || span.lead.is_some() || !literals) {
            return Some("an opener goes with literals and a gap, and without a lead");
        }
        let leads_in = span.opener.is_some_and(|opener| !opener.after.is_empty());
        if leads_in && !(span.head.is_empty() && span.filler.is_empty()) {
            return Some("bytes behind an opener go without a head and a filler");
        }
        if let Some(lead) = &span.lead {
            if !literals || span.gap != 0 {
                return Some("a lead goes with literals and without a gap");
            }
            if lead.set.is_empty() || lead.at_least == 0 || lead.at_least > lead.longest || lead.longest > 512 {
                return Some("a lead needs a set, 1 byte at least, and 512 at most");
            }
        } else if literals && self.may_show != 0 {
            return Some("a rule whose literal leads shows nothing");
        }
        let runs_fit = self.anchors.iter().all(|anchor| match anchor {
            Anchor::Literal(_) => true,
            Anchor::Run { set, .. } => set.is_subset(&span.body),
        });
        if !runs_fit || span.body.meets(&span.filler) {
            return Some("a run's set lies inside the body, and fillers outside of it");
        }
        if !literals && (span.gap != 0 || !span.head.is_empty() || self.anchors.len() != 1) {
            return Some("a run is a rule's only anchor, without gap and head");
        }
        None
    }
}
