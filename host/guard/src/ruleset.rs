//! The rules of all loaded detectors, compiled for the search.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use crate::classes::Class;
use crate::consult::FailureMatrix;
use crate::follow::Tails;
use crate::prefilter::Prefilter;
use crate::rule::{self, Anchor, DetectorRules, Extent, Rule, RuleError, RuleRef, Severity};
use crate::search::{self, Search, Surroundings};
use crate::set::ByteSet;

/// All rules of all detectors, immutable and shared by every guard of a session.
pub struct RuleSet {
    pub(crate) rules: Vec<Compiled>,
    pub(crate) runs: Vec<RunAnchor>,
    pub(crate) tails: Tails,
    /// The rules that search for known values.
    pub(crate) known: Vec<u32>,
    pub(crate) detectors: Vec<DetectorSettings>,
    pub(crate) around: Surroundings,
    /// For the literals of all of them, once someone asks.
    search: OnceLock<Search>,
    /// The ids of all rules, which markers name, once a text holds what may be one.
    ids: OnceLock<HashSet<String>>,
    /// How many texts had a search of their own, while that wasn't there.
    pub(crate) alone: AtomicU32,
    /// The first texts, where they are known beforehand.
    expected: OnceLock<Expected>,
}

/// Texts that are known beforehand, and the search of all of them, once one comes.
struct Expected {
    text: Vec<u8>,
    search: OnceLock<Prefilter>,
}

/// The longest text that is searched by itself while the search isn't compiled, in bytes: as much as a few short
/// lines, with what stood before them.
const SHORT: usize = 2048;

/// So many texts have one; together they take about as long as the whole.
const ALONE: u32 = 12;

/// The search of all texts, or of one.
pub(crate) enum Searcher<'a> {
    Shared(&'a Prefilter),
    OfText(Box<Prefilter>),
}

impl Deref for Searcher<'_> {
    type Target = Prefilter;

    #[inline]
    fn deref(&self) -> &Prefilter {
        match self {
            Self::Shared(prefilter) => prefilter,
            Self::OfText(prefilter) => prefilter,
        }
    }
}

/// A rule with its place.
pub(crate) struct Compiled {
    pub(crate) rule: Arc<Rule>,
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

impl RunAnchor {
    fn of(index: u32, rule: &Rule, anchor: &Anchor) -> Option<Self> {
        let Anchor::Run { set, at_least } = anchor else {
            return None;
        };
        Some(Self {
            rule: index,
            set: *set,
            class: Class::new(*set),
            reach: match &rule.extent {
                Extent::Span(span) => span.body.union(&span.filler),
                Extent::Block(_) | Extent::Known(_) => *set,
            },
            at_least: u64::from(*at_least),
        })
    }
}

pub(crate) struct DetectorSettings {
    pub(crate) fact_count: u8,
    pub(crate) failure: FailureMatrix,
}

/// Why a set of rules cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleSetError {
    /// A rule of this detector is out of its bounds.
    #[error("detector `{detector}`: {error}")]
    Rule {
        /// The detector's name.
        detector: String,
        /// What is wrong.
        error: RuleError,
    },
    /// Two rules of this detector have the same id.
    #[error("detector `{detector}` has two rules with the id `{rule}`")]
    Twice {
        /// The detector's name.
        detector: String,
        /// The id.
        rule: String,
    },
    /// `pass` for a detector that has a P0 rule.
    #[error("detector `{detector}` has a P0 rule, so no failure of it may let bytes pass")]
    PassWithP0 {
        /// The detector's name.
        detector: String,
    },
    /// More than 65,535 detectors or rules in all, or more rules or facts of one than [`rule::limits`] has.
    #[error("there are more rules or facts than a rule set can hold")]
    TooMany,
}

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
            if usize::from(detector.fact_count) > rule::limits::FACTS || detector.rules.len() > rule::limits::RULES {
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
        let mut runs = Vec::new();
        let mut known = Vec::new();
        for (index, compiled) in rules.iter().enumerate() {
            let index = u32::try_from(index).map_err(|_| RuleSetError::TooMany)?;
            let rule = &compiled.rule;
            match &rule.extent {
                Extent::Known(_) => known.push(index),
                Extent::Span(_) | Extent::Block(_) => {}
            }
            runs.extend(
                rule.anchors
                    .iter()
                    .filter_map(|anchor| RunAnchor::of(index, rule, anchor)),
            );
        }
        let tails = Tails::new((0..).zip(rules.iter().map(|compiled| &*compiled.rule)));
        Ok(Self {
            around: Surroundings::of(&rules),
            search: OnceLock::new(),
            alone: AtomicU32::new(0),
            expected: OnceLock::new(),
            rules,
            runs,
            tails,
            known,
            ids: OnceLock::new(),
            detectors,
        })
    }

    /// Compiles the search for literals, unless that was done. It takes milliseconds, which the first text that isn't
    /// short waits for otherwise; so call it in another thread where one is to be had. Others go on meanwhile.
    pub fn prepare(&self) {
        self.search();
    }

    /// Whether a text of so many bytes is searched by itself as long as the search isn't compiled, if it is one of
    /// the first.
    pub fn is_short(length: usize) -> bool {
        length <= SHORT
    }

    /// Has texts that are about to come share one search, if together they are short and stand in this one. Only the
    /// first call counts, and it changes how long a text takes, and not what is found.
    pub fn expect(&self, text: Vec<u8>) {
        if Self::is_short(text.len()) {
            let search = OnceLock::new();
            self.expected.get_or_init(|| Expected { text, search });
        }
    }

    /// What finds all literals in a text that was expected.
    fn expected(&self, text: &[u8]) -> Option<&Prefilter> {
        let expected = self.expected.get()?;
        memchr::memmem::find(&expected.text, text)?;
        Some(
            expected
                .search
                .get_or_init(|| search::of_text(&self.rules, &expected.text)),
        )
    }

    /// The search for the literals of all rules.
    #[inline]
    pub(crate) fn search(&self) -> &Search {
        self.search.get_or_init(|| Search::new(&self.rules))
    }

    /// The same, if it is there.
    pub(crate) fn prepared(&self) -> Option<&Search> {
        self.search.get()
    }

    /// What finds all literals in a text. A command's words and the first lines that it prints are short: until
    /// everything is compiled, they are searched for what may stand in them, which takes a tenth of the time.
    #[inline]
    pub(crate) fn prefilter_for(&self, text: &[u8]) -> Searcher<'_> {
        match self.search.get() {
            Some(search) => Searcher::Shared(&search.prefilter),
            None if let Some(expected) = self.expected(text) => Searcher::Shared(expected),
            None if !Self::is_short(text.len()) || self.alone.fetch_add(1, Ordering::Relaxed) >= ALONE => {
                Searcher::Shared(&self.search().prefilter)
            }
            None => Searcher::OfText(Box::new(search::of_text(&self.rules, text))),
        }
    }

    /// The rule behind a reference.
    pub fn rule(&self, at: RuleRef) -> Option<&Rule> {
        self.rules
            .iter()
            .find(|compiled| compiled.at == at)
            .map(|compiled| &*compiled.rule)
    }

    /// Whether there is a rule of this id.
    pub(crate) fn has_id(&self, id: &str) -> bool {
        let id_of = |compiled: &Compiled| compiled.rule.id.clone();
        let ids = self.ids.get_or_init(|| self.rules.iter().map(id_of).collect());
        ids.contains(id)
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
