//! A rule held against its bounds.

use super::limits;
use super::{Anchor, BlockRule, Extent, Rule, Severity, SpanRule};
use crate::known::KnownValue;
use crate::name::LONGEST_PART;

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule `{rule}`: {problem}")]
pub struct RuleError {
    /// The rule's id, shortened to what an id may hold.
    pub rule: String,
    /// What is wrong.
    pub problem: RuleProblem,
}

/// The bound that a rule breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleProblem {
    /// Of its id.
    #[error("the id must be 1 to {} lower-case letters, digits and dashes", limits::ID)]
    Id,
    /// Of its category.
    #[error("the category must be dotted lower-case words, {} bytes at most", limits::CATEGORY)]
    Category,
    /// Of the number of its anchors.
    #[error("there must be 1 to {} anchors", limits::ANCHORS)]
    Anchors,
    /// It shows too much.
    #[error("a P0 or P1 rule may show {} bytes at most", limits::MAY_SHOW)]
    MayShow,
    /// Its suspects would not be held.
    #[error("a P0 or P1 rule is always held")]
    Hold,
    /// Of a literal.
    #[error("a literal must have 1 to {} bytes", limits::LITERAL)]
    Literal,
    /// Of a run.
    #[error("a run must have a set, and {} to {} bytes at least", limits::RUN.0, limits::RUN.1)]
    Run,
    /// Its literals can't be words of names.
    #[error("names go with a span of {LONGEST_PART} bytes or more behind a literal")]
    Name,
    /// Of the anchor of a known value.
    #[error("a known value's only anchor is its own beginning")]
    Known,
    /// Of a block.
    #[error(
        "a block needs literal anchors, a body, {} closes at most, and a bound of {} bytes at most",
        limits::CLOSES,
        limits::BLOCK
    )]
    Block,
    /// Of a span's length.
    #[error("a span needs a body, 1 byte at least, and {} at most", limits::SPAN)]
    Span,
    /// Of what stands between the anchor and the body, or begins the body.
    #[error(
        "the gap is {} bytes at most, and the head {} and no longer than the body",
        limits::GAP,
        limits::HEAD
    )]
    Gap,
    /// An opener where none can be.
    #[error("an opener goes with literals and a gap, and without a lead")]
    Opener,
    /// An opener beside what it can't go with.
    #[error("bytes behind an opener go without a head and a filler")]
    BehindOpener,
    /// A lead where none can be.
    #[error("a lead goes with literals and without a gap")]
    Lead,
    /// Of a lead.
    #[error("a lead needs a set, 1 byte at least, and {} at most", limits::LEAD)]
    LeadLength,
    /// No text has what it requires.
    #[error("what it requires must be one byte of some")]
    Required,
    /// It shows something, though its literal comes first.
    #[error("a rule whose literal leads shows nothing")]
    Shows,
    /// Its sets don't go together.
    #[error("a run's set lies inside the body, and fillers outside of it")]
    Sets,
    /// A run beside what it can't go with.
    #[error("a run is a rule's only anchor, without gap and head")]
    RunAlone,
}

impl Rule {
    /// Holds the rule against its bounds.
    ///
    /// # Errors
    /// The first bound that is broken.
    pub fn check(&self) -> Result<(), RuleError> {
        self.problem().map_or(Ok(()), |problem| {
            let fits = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
            let rule = self.id.chars().filter(fits).take(limits::ID).collect();
            Err(RuleError { rule, problem })
        })
    }

    fn problem(&self) -> Option<RuleProblem> {
        let id_fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if !(1..=limits::ID).contains(&self.id.len()) || !self.id.bytes().all(id_fits) {
            return Some(RuleProblem::Id);
        }
        let category_fits = |c: u8| id_fits(c) || c == b'.';
        if !(1..=limits::CATEGORY).contains(&self.category.len()) || !self.category.bytes().all(category_fits) {
            return Some(RuleProblem::Category);
        }
        if !(1..=limits::ANCHORS).contains(&self.anchors.len()) {
            return Some(RuleProblem::Anchors);
        }
        let strict = self.severity <= Severity::P1;
        if strict && self.may_show > limits::MAY_SHOW {
            return Some(RuleProblem::MayShow);
        }
        if strict && !self.hold {
            return Some(RuleProblem::Hold);
        }
        if self.required.is_some_and(|set| set.is_empty()) {
            return Some(RuleProblem::Required);
        }
        if let Some(problem) = self.anchors.iter().find_map(of_anchor) {
            return Some(problem);
        }
        let literals = self.anchors.iter().all(|anchor| matches!(anchor, Anchor::Literal(_)));
        let named = match &self.extent {
            Extent::Span(span) => literals && span.lead.is_none() && span.longest as usize >= LONGEST_PART,
            Extent::Block(_) | Extent::Known(_) => false,
        };
        if self.name.is_some() && !named {
            return Some(RuleProblem::Name);
        }
        match &self.extent {
            Extent::Span(span) => self.of_span(span, literals),
            Extent::Known(value) => self.of_known(value),
            Extent::Block(block) => self.of_block(block, literals),
        }
    }

    fn of_known(&self, value: &KnownValue) -> Option<RuleProblem> {
        let fits = |anchor: &Anchor| match anchor {
            Anchor::Literal(keyword) => value.bytes().starts_with(&keyword.bytes),
            Anchor::Run { .. } => false,
        };
        (self.anchors.len() != 1 || !self.anchors.iter().all(fits)).then_some(RuleProblem::Known)
    }

    fn of_block(&self, block: &BlockRule, literals: bool) -> Option<RuleProblem> {
        let closes_fit = block.until.len() <= limits::CLOSES
            && block
                .until
                .iter()
                .all(|close| (1..=limits::LITERAL).contains(&close.bytes.len()));
        let fits = literals
            && self.may_show == 0
            && !block.body.is_empty()
            && (1..=limits::BLOCK).contains(&block.bound)
            && u32::from(block.at_least) <= block.bound
            && closes_fit;
        (!fits).then_some(RuleProblem::Block)
    }

    fn of_span(&self, span: &SpanRule, literals: bool) -> Option<RuleProblem> {
        let length_fits = span.at_least > 0 && u32::from(span.at_least) <= span.longest && span.longest <= limits::SPAN;
        if span.body.is_empty() || !length_fits {
            return Some(RuleProblem::Span);
        }
        if span.gap > limits::GAP || span.head.len() > limits::HEAD || span.head.len() > usize::from(span.at_least) {
            return Some(RuleProblem::Gap);
        }
        if span.opener.is_some() && (span.gap == 0 || span.lead.is_some() || !literals) {
            return Some(RuleProblem::Opener);
        }
        let leads_in = span.opener.is_some_and(|opener| !opener.after.is_empty());
        if leads_in && !(span.head.is_empty() && span.filler.is_empty()) {
            return Some(RuleProblem::BehindOpener);
        }
        if let Some(lead) = &span.lead {
            if !literals || span.gap != 0 {
                return Some(RuleProblem::Lead);
            }
            if lead.set.is_empty() || !(1..=lead.longest).contains(&lead.at_least) || lead.longest > limits::LEAD {
                return Some(RuleProblem::LeadLength);
            }
        } else if literals && self.may_show != 0 {
            return Some(RuleProblem::Shows);
        }
        let runs_fit = self.anchors.iter().all(|anchor| match anchor {
            Anchor::Literal(_) => true,
            Anchor::Run { set, .. } => set.is_subset(&span.body),
        });
        if !runs_fit || span.body.meets(&span.filler) {
            return Some(RuleProblem::Sets);
        }
        if !literals && (span.gap != 0 || !span.head.is_empty() || self.anchors.len() != 1) {
            return Some(RuleProblem::RunAlone);
        }
        None
    }
}

fn of_anchor(anchor: &Anchor) -> Option<RuleProblem> {
    match anchor {
        Anchor::Literal(keyword) if (1..=limits::LITERAL).contains(&keyword.bytes.len()) => None,
        Anchor::Literal(_) => Some(RuleProblem::Literal),
        Anchor::Run { set, at_least } if !set.is_empty() && (limits::RUN.0..=limits::RUN.1).contains(at_least) => None,
        Anchor::Run { .. } => Some(RuleProblem::Run),
    }
}
