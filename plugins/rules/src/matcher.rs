//! Patterns in the form that the engine runs.
//!
//! A pattern is a sequence of nodes, and each node takes a set of places where it may begin to the set of places
//! where it may end. So a text is walked once for each node, whatever the pattern: the time is the text's length
//! times the pattern's size, which is bounded when a pack is built, and no pattern can be made slow by a text.
//! Nothing is compiled when an instance starts. Automata were tried: a thousand rules took a megabyte of them, which
//! every start had to read and verify; nodes take a fifth of that.

use serde::{Deserialize, Serialize};

use crate::pack::Set;

/// Any number of times.
pub const ANY: u16 = u16::MAX;

/// A compiled pattern, which always begins where it is asked to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matcher(pub Vec<Node>);

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Node {
    /// So many bytes of a set; [`ANY`] as the most stands for any number.
    Run(Set, u16, u16),
    /// One of several sequences.
    Either(Vec<Matcher>),
    /// A sequence so many times.
    Times(Matcher, u16, u16),
    /// A place that has no width.
    Look(Look),
}

/// A place that has no width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Look {
    /// The text begins.
    Start,
    /// The text ends.
    End,
    /// A word begins or ends.
    Word,
    /// No word begins or ends.
    NoWord,
}

impl Matcher {
    /// How much work a place of a text makes: nodes, with those that repeat counted as often as they may be walked.
    #[must_use]
    pub fn size(&self) -> usize {
        let weigh = |node: &Node| match node {
            Node::Run(..) | Node::Look(_) => 1,
            Node::Either(branches) => branches.iter().map(Matcher::size).sum(),
            Node::Times(inner, _, most) => inner.size().saturating_mul(usize::from(*most)),
        };
        self.0.iter().map(weigh).fold(0, usize::saturating_add)
    }

    /// Every place where a match that begins at `from` may end, in rising order.
    #[must_use]
    pub fn ends(&self, text: &[u8], from: usize) -> Vec<usize> {
        let mut walk = Walk {
            text,
            from,
            open: false,
        };
        let begin = Places::one(text.len().saturating_sub(from));
        walk.on(self, begin).iter().map(|place| from + place).collect()
    }

    /// Whether the pattern fits all of `text`.
    #[must_use]
    pub fn fits(&self, text: &[u8]) -> bool {
        self.ends(text, 0).last() == Some(&text.len())
    }

    /// Whether one of the patterns fits all of `text`, whose bytes are looked at once for all of them.
    #[must_use]
    pub fn one_fits<'m>(mut patterns: impl Iterator<Item = &'m Matcher>, text: &[u8]) -> bool {
        let bytes = Set::of(text);
        patterns.any(|pattern| pattern.may_fit(&bytes) && pattern.fits(text))
    }

    /// Whether the pattern may fit a text of these bytes: each of its runs needs one of its own.
    fn may_fit(&self, bytes: &Set) -> bool {
        self.0.iter().all(|node| match node {
            Node::Run(set, least, _) => *least == 0 || set.meets(bytes),
            Node::Either(_) | Node::Times(..) | Node::Look(_) => true,
        })
    }

    /// Whether the pattern fits at `from`, or could if more text followed: a window holds no more than one byte
    /// behind the secret.
    #[must_use]
    pub fn may_follow(&self, text: &[u8], from: usize) -> bool {
        let mut walk = Walk {
            text,
            from,
            open: false,
        };
        let begin = Places::one(text.len().saturating_sub(from));
        let ends = walk.on(self, begin);
        walk.open || ends.iter().next().is_some()
    }
}

/// A walk of places over a text.
struct Walk<'t> {
    text: &'t [u8],
    /// Places are counted from here.
    from: usize,
    /// Whether something reached the text's end that could have gone on.
    open: bool,
}

impl Walk<'_> {
    fn on(&mut self, matcher: &Matcher, begin: Places) -> Places {
        let mut places = begin;
        for node in &matcher.0 {
            if places.is_empty() {
                break;
            }
            places = match node {
                Node::Run(set, least, most) => self.run(set, *least, *most, &places),
                Node::Either(branches) => {
                    let mut ends = places.none();
                    for branch in branches {
                        ends.join(&self.on(branch, places.clone()));
                    }
                    ends
                }
                Node::Times(inner, least, most) => self.times(inner, *least, *most, places),
                Node::Look(look) => self.look(*look, &places),
            };
        }
        places
    }

    /// From each place, the run of the set's bytes ends anywhere between its fewest and its most.
    fn run(&mut self, set: &Set, least: u16, most: u16, places: &Places) -> Places {
        let text = self.text.get(self.from..).unwrap_or_default();
        let mut ends = places.none();
        // The end of the run that the last place lies in, so that each byte is looked at once.
        let mut run_end = 0;
        // Everything before is in `ends` where it can be.
        let mut filled = 0;
        for place in places.iter() {
            if place >= run_end {
                let length = text
                    .get(place..)
                    .unwrap_or_default()
                    .iter()
                    .take_while(|byte| set.has(**byte))
                    .count();
                run_end = place + length;
            }
            let furthest = if most == ANY {
                run_end
            } else {
                run_end.min(place + usize::from(most))
            };
            self.open |= furthest == text.len() && (most == ANY || furthest < place + usize::from(most));
            let nearest = place + usize::from(least);
            for end in nearest.max(filled)..=furthest {
                ends.add(end);
            }
            if nearest <= furthest {
                filled = filled.max(furthest + 1);
            }
        }
        ends
    }

    fn times(&mut self, inner: &Matcher, least: u16, most: u16, begin: Places) -> Places {
        let mut places = begin;
        let mut ends = places.none();
        for count in 0..=most {
            if count >= least {
                ends.join(&places);
            }
            if count == most || places.is_empty() {
                break;
            }
            places = self.on(inner, places);
        }
        ends
    }

    fn look(&mut self, look: Look, places: &Places) -> Places {
        let mut kept = places.none();
        for place in places.iter() {
            let at = self.from + place;
            let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            let before = at.checked_sub(1).and_then(|at| self.text.get(at));
            let bounded = is_word(before) != is_word(self.text.get(at));
            let fits = match look {
                Look::Start => at == 0,
                Look::End => at == self.text.len(),
                Look::Word => bounded,
                Look::NoWord => !bounded,
            };
            if fits {
                kept.add(place);
            }
        }
        kept
    }
}

/// A set of places, as bits.
#[derive(Clone)]
struct Places {
    words: Vec<u64>,
    /// No place lies outside of this range of words.
    used: std::ops::Range<usize>,
}

impl Places {
    /// The first of `0..=last`.
    fn one(last: usize) -> Places {
        let mut places = Places {
            words: vec![0; last / 64 + 1],
            used: 0..0,
        };
        places.add(0);
        places
    }

    /// None of the same places.
    fn none(&self) -> Places {
        Places {
            words: vec![0; self.words.len()],
            used: 0..0,
        }
    }

    fn add(&mut self, place: usize) {
        let at = place / 64;
        if let Some(word) = self.words.get_mut(at) {
            *word |= 1 << (place % 64);
            self.used = if self.used.is_empty() {
                at..at + 1
            } else {
                self.used.start.min(at)..self.used.end.max(at + 1)
            };
        }
    }

    fn join(&mut self, other: &Places) {
        for at in other.used.clone() {
            if let (Some(word), Some(more)) = (self.words.get_mut(at), other.words.get(at)) {
                *word |= more;
            }
        }
        self.used = match (self.used.is_empty(), other.used.is_empty()) {
            (_, true) => self.used.clone(),
            (true, false) => other.used.clone(),
            (false, false) => self.used.start.min(other.used.start)..self.used.end.max(other.used.end),
        };
    }

    fn is_empty(&self) -> bool {
        self.used.is_empty()
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.used.clone().flat_map(|at| {
            let mut word = self.words.get(at).copied().unwrap_or(0);
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros();
                word &= word.checked_sub(1)?;
                Some(at * 64 + bit as usize)
            })
        })
    }
}
