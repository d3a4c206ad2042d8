//! The rules of all loaded detectors, compiled for the search.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::classes::Class;
use crate::coding::{Spelling, escapes, forms, triggers};
use crate::consult::FailureMatrix;
use crate::follow::Ends;
use crate::prefilter::{Behind, Draft, Owner, Prefilter};
use crate::rule::{Anchor, DetectorRules, Extent, Keyword, Rule, RuleError, RuleRef, Severity};
use crate::set::ByteSet;

/// The context before an anchor that a detector sees, in bytes.
pub(crate) const CONTEXT: u64 = 256;

/// All rules of all detectors, immutable and shared by every guard of a session.
pub struct RuleSet {
    pub(crate) rules: Vec<Compiled>,
    pub(crate) runs: Vec<RunAnchor>,
    pub(crate) leads: Vec<u32>,
    /// The rules that search for known values.
    pub(crate) known: Vec<u32>,
    pub(crate) prefilter: Prefilter,
    /// What the prefilter's literals end with, once someone asks: most sessions never do.
    ends: OnceLock<Ends>,
    /// A literal ends with a control byte.
    pub(crate) ends_in_controls: bool,
    /// The ids of all rules, which markers name.
    pub(crate) ids: HashSet<String>,
    pub(crate) detectors: Vec<DetectorSettings>,
    /// Bytes before the end that a coming hit may look back at.
    pub(crate) look_back: u64,
}

/// A rule with its place.
pub(crate) struct Compiled {
    pub(crate) rule: Rule,
    pub(crate) at: RuleRef,
}

/// A rule whose anchor is a run.
pub(crate) struct RunAnchor {
    pub(crate) rule: u32,
    pub(crate) set: ByteSet,
    pub(crate) class: Class,
    /// What its window may be made of.
    pub(crate) reach: ByteSet,
    pub(crate) at_least: u64,
}

pub(crate) struct DetectorSettings {
    pub(crate) fact_count: u8,
    pub(crate) failure: FailureMatrix,
}

/// Why a set of rules cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleSetError {
    /// A rule of this detector is out of its bounds.
    Rule {
        /// The detector's name.
        detector: String,
        /// What is wrong.
        error: RuleError,
    },
    /// Two rules of this detector have the same id.
    Twice {
        /// The detector's name.
        detector: String,
        /// The id.
        rule: String,
    },
    /// `pass` for a detector that has a P0 rule.
    PassWithP0 {
        /// The detector's name.
        detector: String,
    },
    /// More than 65,535 detectors or rules, or more than 64 facts.
    TooMany,
}

impl std::fmt::Display for RuleSetError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rule { detector, error } => write!(f, "detector `{detector}`: {error}"),
            Self::Twice { detector, rule } => write!(f, "detector `{detector}` has two rules with the id `{rule}`"),
            Self::PassWithP0 { detector } => {
                write!(
                    f,
                    "detector `{detector}` has a P0 rule, so no failure of it may let bytes pass"
                )
            }
            Self::TooMany => f.write_str("there are more rules or facts than a rule set can hold"),
        }
    }
}

impl std::error::Error for RuleSetError {}

impl RuleSet {
    /// Checks and compiles the rules. Their order is the detectors' order in every [`RuleRef`].
    ///
    /// # Errors
    /// The first rule or detector that is out of bounds.
    pub fn new(detectors: Vec<DetectorRules>) -> Result<Self, RuleSetError> {
        let mut set = Vec::new();
        let mut settings = Vec::new();
        for (index, detector) in detectors.into_iter().enumerate() {
            let index = u16::try_from(index).map_err(|_| RuleSetError::TooMany)?;
            if detector.fact_count > 64 || detector.rules.len() > 4096 {
                return Err(RuleSetError::TooMany);
            }
            let has_p0 = detector.rules.iter().any(|rule| rule.severity == Severity::P0);
            if has_p0 && detector.failure.may_pass() {
                return Err(RuleSetError::PassWithP0 {
                    detector: detector.name,
                });
            }
            let mut ids = std::collections::HashSet::new();
            for rule in &detector.rules {
                rule.check().map_err(|error| RuleSetError::Rule {
                    detector: detector.name.clone(),
                    error,
                })?;
                if !ids.insert(&rule.id) {
                    return Err(RuleSetError::Twice {
                        detector: detector.name.clone(),
                        rule: rule.id.clone(),
                    });
                }
            }
            settings.push(DetectorSettings {
                fact_count: detector.fact_count,
                failure: detector.failure,
            });
            for (rule_index, rule) in detector.rules.into_iter().enumerate() {
                let rule_index = u16::try_from(rule_index).map_err(|_| RuleSetError::TooMany)?;
                set.push(Compiled {
                    rule,
                    at: RuleRef {
                        detector: index,
                        rule: rule_index,
                    },
                });
            }
        }
        Self::compile(set, settings)
    }

    fn compile(rules: Vec<Compiled>, detectors: Vec<DetectorSettings>) -> Result<Self, RuleSetError> {
        let anchors: usize = rules.iter().map(|compiled| compiled.rule.anchors.len()).sum();
        let mut literals = Draft::with_room(FORMS * anchors);
        let ids = rules.iter().map(|compiled| compiled.rule.id.clone()).collect();
        let mut runs = Vec::new();
        let mut leads = Vec::new();
        let mut known = Vec::new();
        let mut longest_lead = 0;
        for (index, compiled) in rules.iter().enumerate() {
            let index = u32::try_from(index).map_err(|_| RuleSetError::TooMany)?;
            if let Extent::Span(span) = &compiled.rule.extent
                && let Some(lead) = &span.lead
            {
                longest_lead = longest_lead.max(u64::from(lead.longest) + u64::from(compiled.rule.may_show));
                leads.push(index);
            }
            if matches!(compiled.rule.extent, Extent::Known(_)) {
                known.push(index);
            }
            let behind = literals.behind(&followers(&compiled.rule));
            for (anchor_index, anchor) in (0_u16..).zip(&compiled.rule.anchors) {
                match anchor {
                    Anchor::Literal(keyword) => {
                        let owner = Owner::Rule {
                            rule: index,
                            anchor: anchor_index,
                        };
                        literals.add(&keyword.bytes, keyword.any_case, behind, owner);
                        if compiled.rule.hold {
                            add_forms(&mut literals, &compiled.rule, keyword);
                        }
                    }
                    Anchor::Run { set, at_least } => {
                        let reach = match &compiled.rule.extent {
                            Extent::Span(span) => span.body.union(&span.filler),
                            Extent::Block(_) | Extent::Known(_) => *set,
                        };
                        runs.push(RunAnchor {
                            rule: index,
                            set: *set,
                            class: Class::new(*set),
                            reach,
                            at_least: u64::from(*at_least),
                        });
                    }
                }
            }
        }
        triggers(&mut |form| {
            let behind = literals.behind(form.followers);
            literals.add(form.bytes, form.any_case, behind, Owner::Coding(form.coding));
        });
        let literals = literals.finish();
        let ends_in_controls = Ends::any_in_controls(&literals);
        let prefilter = Prefilter::new(literals);
        let look_back = CONTEXT + longest_lead + prefilter.longest() as u64;
        Ok(Self {
            rules,
            runs,
            leads,
            known,
            ids,
            prefilter,
            ends: OnceLock::new(),
            ends_in_controls,
            detectors,
            look_back,
        })
    }

    /// The rule behind a reference.
    pub fn rule(&self, at: RuleRef) -> Option<&Rule> {
        self.rules
            .iter()
            .find(|compiled| compiled.at == at)
            .map(|compiled| &compiled.rule)
    }

    /// What the prefilter's literals end with.
    pub(crate) fn ends(&self) -> &Ends {
        self.ends.get_or_init(|| Ends::new(self.prefilter.literals()))
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// How many forms a literal has, about.
const FORMS: usize = 12;

/// The literal as it stands in encodings.
fn add_forms(literals: &mut Draft, rule: &Rule, keyword: &Keyword) {
    let (literal, any_case) = match &rule.extent {
        // What is searched for shows, so no more of a known value is.
        Extent::Known(value) => (&value.bytes()[..value.bytes().len().min(4)], false),
        Extent::Span(_) | Extent::Block(_) => (&keyword.bytes[..], keyword.any_case),
    };
    let spelling = if rule.name.is_some() {
        Spelling::Name
    } else {
        Spelling::Word
    };
    forms(
        literal,
        any_case,
        spelling,
        rule.severity == Severity::P0,
        &mut |form| {
            literals.add(form.bytes, form.any_case, Behind::ANYTHING, Owner::Coding(form.coding));
        },
    );
}

/// What may follow a literal is looked at so far, if that.
const FOLLOWERS: usize = 14;

/// What can stand directly behind an anchor of a rule, byte by byte, if there is to be a suspect: its body, or what an escape
/// begins with that stands for some of it.
fn followers(rule: &Rule) -> Vec<ByteSet> {
    let escapes = escapes();
    match &rule.extent {
        Extent::Span(span) if span.gap == 0 => {
            // Behind the first byte a filler may stand, unless the head says otherwise.
            let plain = if span.filler.is_empty() {
                usize::from(span.at_least).min(FOLLOWERS)
            } else {
                1
            };
            (0..plain.max(span.head.len()).min(FOLLOWERS))
                .map(|place| span.head.get(place).unwrap_or(&span.body).union(&escapes))
                .collect()
        }
        Extent::Span(_) | Extent::Block(_) | Extent::Known(_) => Vec::new(),
    }
}
