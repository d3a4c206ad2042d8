//! What the gate is asked about.

use std::collections::BTreeSet;

use super::PersonName;
use crate::record::{Digest, SafeText, TaskId};
use crate::shadow::CandidateReport;

/// What is known of a candidate, from which the gate's conditions are judged.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// What shadow reported; none where it never was on trial in this version against this incumbent.
    pub report: Option<&'a CandidateReport>,
    /// Days on which it saw something, by records whose times only grow.
    pub days: u64,
    /// The findings that the host drew at random.
    pub drawn: Drawn,
    /// What the corpus says.
    pub corpus: CorpusResult,
    /// Who wrote the candidate.
    pub author: Option<&'a PersonName>,
    /// Who approves this promotion, as far as they are believed.
    pub approvers: &'a BTreeSet<PersonName>,
    /// Who may approve at all.
    pub may_approve: &'a BTreeSet<PersonName>,
    /// The task that the roll-out belongs to.
    pub task: &'a TaskId,
    /// The candidate.
    pub plugin: &'a str,
    /// Whether the phase that is asked for would put it in force in some run.
    pub chooses: bool,
}

/// What is known of the findings that the host drew at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drawn {
    /// How many there are.
    pub findings: u64,
    /// Those of them that somebody other than the author labelled.
    pub labelled: u64,
    /// Those of them that are wrong.
    pub wrong: u64,
    /// All findings of the candidate that could have been drawn.
    pub of: u64,
    /// Draws that don't come out again from their seed, since runs are gone or were changed.
    pub lost: u64,
}

/// What came of running the candidate over the corpus of secrets that it must find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorpusResult {
    /// No corpus is configured, or not by digest and owner: the keys that are missing.
    Unnamed(Vec<&'static str>),
    /// It can't be read, or isn't what was named.
    Unusable(SafeText),
    /// The candidate was run over it.
    Ran {
        /// Its digest.
        digest: Digest,
        /// Secrets in it.
        positives: u64,
        /// Those that were not found, not whole, not as P0, or only when they were out.
        missed: u64,
    },
}
