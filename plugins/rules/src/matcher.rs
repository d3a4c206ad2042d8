//! Patterns in the form that the engine runs: steps over sets where they do, and a deterministic automaton where they don't.
//!
//! Both are made when a pack is built, so that an instance starts without compiling anything, and both look at each byte once.

use std::sync::OnceLock;

use regex_automata::dfa::Automaton;
use regex_automata::dfa::sparse::DFA;
use regex_automata::{Anchored, util::start};
use serde::{Deserialize, Serialize};

use crate::pack::Set;

/// A compiled pattern, which always begins where it is asked to.
#[derive(Debug, Serialize, Deserialize)]
pub enum Matcher<'a> {
    /// One set after the other. Each takes as many bytes as it can, which is never wrong here: either a step takes a fixed number, or
    /// the step behind it has no byte in common with it.
    Steps(Vec<Step>),
    /// A serialised automaton that tells every place where the pattern may end.
    #[serde(borrow)]
    Automaton(Automat<'a>),
}

/// So many bytes of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The bytes.
    pub set: Set,
    /// The fewest.
    pub least: u16,
    /// The most; `u16::MAX` stands for any number.
    pub most: u16,
}

/// An automaton, and its form in memory once it was needed.
#[derive(Serialize, Deserialize)]
pub struct Automat<'a> {
    bytes: &'a [u8],
    #[serde(skip)]
    ready: OnceLock<Option<DFA<&'a [u8]>>>,
}

impl std::fmt::Debug for Automat<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Automat({} bytes)", self.bytes.len())
    }
}

impl<'a> Automat<'a> {
    /// The automaton that `bytes` are, as `regex_automata::dfa::sparse::DFA` writes it for little-endian machines.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Automat<'a> {
        Automat {
            bytes,
            ready: OnceLock::new(),
        }
    }

    fn dfa(&self) -> Option<&DFA<&'a [u8]>> {
        let read = || DFA::from_bytes(self.bytes).ok().map(|(dfa, _)| dfa);
        self.ready.get_or_init(read).as_ref()
    }

    /// Every place where a match that begins at `from` may end, in rising order; and whether it could go on behind `text`.
    fn ends(&self, text: &[u8], from: usize, ends: &mut Vec<usize>) -> bool {
        let Some(dfa) = self.dfa() else { return false };
        let config = start::Config::new().anchored(Anchored::Yes);
        let config = config.look_behind(from.checked_sub(1).and_then(|at| text.get(at)).copied());
        let Ok(mut state) = dfa.start_state(&config) else {
            return false;
        };
        for (at, byte) in (from..).zip(text.get(from..).unwrap_or_default()) {
            state = dfa.next_state(state, *byte);
            // A match is told one byte late, so that what follows it can be asked for.
            if dfa.is_match_state(state) {
                ends.push(at);
            } else if dfa.is_dead_state(state) || dfa.is_quit_state(state) {
                return false;
            }
        }
        state = dfa.next_eoi_state(state);
        if dfa.is_match_state(state) {
            ends.push(text.len());
        }
        true
    }
}

impl Matcher<'_> {
    /// Every place where a match that begins at `from` may end, in rising order.
    #[must_use]
    pub fn ends(&self, text: &[u8], from: usize) -> Vec<usize> {
        let mut ends = Vec::new();
        match self {
            Matcher::Steps(steps) => ends.extend(walk(steps, text, from).into_iter()),
            Matcher::Automaton(automaton) => {
                automaton.ends(text, from, &mut ends);
            }
        }
        ends
    }

    /// Whether the pattern fits all of `text`.
    #[must_use]
    pub fn fits(&self, text: &[u8]) -> bool {
        self.ends(text, 0).last() == Some(&text.len())
    }

    /// Whether the pattern fits at `from`, or could if more text followed: a window holds no more than one byte behind the secret.
    #[must_use]
    pub fn may_follow(&self, text: &[u8], from: usize) -> bool {
        match self {
            Matcher::Steps(steps) => {
                let mut next = from;
                for step in steps {
                    let length = step.length(text, next);
                    next += length;
                    if length < usize::from(step.least) {
                        return next >= text.len();
                    }
                }
                true
            }
            Matcher::Automaton(automaton) => {
                let mut ends = Vec::new();
                let open = automaton.ends(text, from, &mut ends);
                open || !ends.is_empty()
            }
        }
    }
}

impl Step {
    /// How many bytes of `text` from `from` on it takes.
    fn length(&self, text: &[u8], from: usize) -> usize {
        let rest = text.get(from..).unwrap_or_default();
        let most = match self.most {
            u16::MAX => rest.len(),
            most => usize::from(most),
        };
        rest.iter().take(most).take_while(|byte| self.set.has(**byte)).count()
    }
}

fn walk(steps: &[Step], text: &[u8], from: usize) -> Option<usize> {
    let mut next = from;
    for step in steps {
        let length = step.length(text, next);
        if length < usize::from(step.least) {
            return None;
        }
        next += length;
    }
    Some(next)
}
