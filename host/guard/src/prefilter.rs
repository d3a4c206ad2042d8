//! The native search for all literals of all rules at once.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::rule::Keyword;

/// A literal, and what wants to know of it.
pub(crate) struct Pattern {
    pub(crate) keyword: Keyword,
    pub(crate) owners: Vec<Owner>,
}

/// An anchor of a rule, by index into the flat list of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) rule: u32,
    pub(crate) anchor: u16,
}

/// Two automata, since one that folds case would stop at every lower-case twin of a short upper-case literal.
pub(crate) struct Prefilter {
    exact: Option<Half>,
    folded: Option<Half>,
    longest: usize,
}

struct Half {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
}

/// The automata would need more memory than they may have.
#[derive(Debug)]
pub(crate) struct TooManyPatterns;

impl Prefilter {
    pub(crate) fn new(patterns: Vec<Pattern>) -> Result<Self, TooManyPatterns> {
        let longest = patterns
            .iter()
            .map(|pattern| pattern.keyword.bytes.len())
            .max()
            .unwrap_or(0);
        let (folded, exact): (Vec<_>, Vec<_>) = patterns.into_iter().partition(|pattern| pattern.keyword.any_case);
        Ok(Self {
            exact: Half::new(exact, false)?,
            folded: Half::new(folded, true)?,
            longest,
        })
    }

    /// Length of the longest literal in bytes.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Calls `hit` with the owners of every literal in `text` and the place where it begins and ends, unless it ends at or before `from`.
    pub(crate) fn search(&self, text: &[u8], from: usize, mut hit: impl FnMut(&[Owner], usize, usize)) {
        for half in [&self.exact, &self.folded].into_iter().flatten() {
            for found in half.automaton.find_overlapping_iter(text) {
                if found.end() > from {
                    hit(
                        &half.patterns[found.pattern().as_usize()].owners,
                        found.start(),
                        found.end(),
                    );
                }
            }
        }
    }
}

impl Half {
    /// Above this many bytes of literals the table of a DFA no longer stays in the processor's cache.
    const DFA_BYTES: usize = 16 * 1024;

    fn new(patterns: Vec<Pattern>, any_case: bool) -> Result<Option<Self>, TooManyPatterns> {
        if patterns.is_empty() {
            return Ok(None);
        }
        let bytes: usize = patterns.iter().map(|pattern| pattern.keyword.bytes.len()).sum();
        let kind = if bytes <= Self::DFA_BYTES {
            AhoCorasickKind::DFA
        } else {
            AhoCorasickKind::ContiguousNFA
        };
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(any_case)
            .kind(Some(kind))
            .build(patterns.iter().map(|pattern| &pattern.keyword.bytes))
            .map_err(|_| TooManyPatterns)?;
        Ok(Some(Self { automaton, patterns }))
    }
}
