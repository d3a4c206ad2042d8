//! What is read again behind an edit: most of it was read behind the last one, in the same words, and is known to
//! hold no literal.
//!
//! Nothing is taken from where something was found: whatever isn't told here is searched, and what is told is what a
//! search would tell.

use super::ended::{Ended, Place};
use super::{Live, Window};
use crate::ruleset::RuleSet;
use crate::search::FOLLOWERS;
use crate::stream::Stream;

/// The reading that was begun last, as far as it was searched, and one that was begun since.
#[derive(Default)]
pub(crate) struct Again {
    last: Option<Reading>,
    next: Option<Begun>,
    /// Where what is read again ends in the text, and what stands nowhere in the stream behind it begins.
    joint: Option<u64>,
    /// What came to an end in the last reading.
    ended: Ended,
}

/// Where a reading begins in the text, and in its line.
#[derive(Clone, Copy)]
struct Begun {
    at: u64,
    cell: usize,
}

impl Begun {
    fn place(self) -> Place {
        Place {
            at: self.at,
            cell: self.cell as u64,
        }
    }
}

/// A reading that was searched.
struct Reading {
    begun: Begun,
    /// Everything before was searched.
    upto: u64,
    /// Where the first literal ends that was found.
    found: u64,
    /// The same of those as well of which what stands before them said that they count for nothing.
    met: u64,
}

/// What is known of a text before it is searched.
pub(super) struct Known {
    /// No literal ends in it, of those that begin in it or before it.
    pub(super) from: u64,
    pub(super) to: u64,
    /// Behind this place what follows a literal may be other than it was.
    pub(super) open: u64,
    /// It stood here before, where the reading had begun.
    pub(super) before: u64,
    /// Where the first literal ends that counts for nothing.
    met: u64,
}

impl Again {
    /// Cells are read again, from this one on, behind the end of a boundary and of the text.
    pub(crate) fn begin(&mut self, at: u64, cell: usize) {
        self.next = Some(Begun { at, cell });
        self.joint = None;
    }

    /// What comes next doesn't stand behind what has come: only up to there it was read again.
    pub(crate) fn joint(&mut self, at: u64) {
        if self.next.is_some() && self.joint.is_none() {
            self.joint = Some(at);
        }
    }

    /// Keeps what is known to come to the same end in what is read again, before it is searched.
    pub(super) fn compare(&mut self, stream: &Stream) {
        let Some(next) = self.next else { return };
        let last = self.last.as_ref().filter(|last| last.begun.at >= stream.base());
        let Some(last) = last else {
            self.ended.keep(0, 0, false);
            return;
        };
        let cell = next.cell.max(last.begun.cell);
        let here = next.at + (cell - next.cell) as u64;
        let before = last.begun.at + (cell - last.begun.cell) as u64;
        let joint = self.joint.unwrap_or(next.at);
        let same = if here < joint && before < last.upto {
            common(stream.slice(here, joint), stream.slice(before, last.upto)) as u64
        } else {
            0
        };
        let cell = cell as u64;
        self.ended.keep(cell, cell + same, next.cell == last.begun.cell);
    }

    /// Whether a suspect that a search has found comes to an end before anything new, as it did before.
    pub(super) fn is_ended(&self, live: &Live) -> bool {
        self.next.is_some_and(|next| self.ended.has(live, next.place()))
    }

    /// Takes in a suspect that came to an end in the reading that was searched last, though more follows.
    pub(crate) fn end(&mut self, rules: &RuleSet, live: &Live, window: Option<Window>, stream: &Stream) {
        if let Some(last) = &self.last {
            let rule = &rules.rules[live.rule as usize].rule;
            self.ended.add(rule, live, window, stream, last.begun.place());
        }
    }

    /// What is known of what has come since the last search.
    pub(super) fn known(&self, rules: &RuleSet, stream: &Stream) -> Option<Known> {
        let (next, last) = (self.next?, self.last.as_ref()?);
        let skip = next.cell.checked_sub(last.begun.cell)? as u64;
        let from = last.begun.at + skip;
        if last.begun.at < stream.base() || from >= last.upto {
            return None;
        }
        // Farther right other bytes stand before it: what wasn't looked at, or was dismissed, for what stood there
        // isn't known.
        let first = if skip == 0 { last.found } else { last.met };
        let calm = last.upto.min(first.saturating_sub(1)).checked_sub(from)?;
        let same = common(stream.slice(next.at, stream.end()), stream.slice(from, from + calm)) as u64;
        // All that was there is there again: what may follow a literal in it was not known either.
        let whole = from + same == last.upto;
        let closed = if whole {
            same
        } else {
            same.saturating_sub(FOLLOWERS as u64)
        };
        if skip > 0 {
            // Only its first byte begins a word where it didn't before: farther on, the same escapes stand before
            // each, or fewer.
            let beginning = stream.slice(next.at, next.at + same).first_chunk();
            let prefilter = &rules.search().prefilter;
            if beginning.is_none_or(|eight| prefilter.may_begin_word(u64::from_le_bytes(*eight))) {
                return None;
            }
        }
        let met = last.met.checked_sub(from).filter(|_| last.met < u64::MAX);
        Some(Known {
            from: next.at,
            to: next.at + same,
            open: next.at + closed,
            before: last.begun.at,
            met: met.map_or(u64::MAX, |met| next.at + met),
        })
    }

    /// Where the reading begins that is searched next, or is gone on with.
    pub(super) fn at(&self) -> u64 {
        let last = self.last.as_ref().map(|last| last.begun);
        self.next.or(last).map_or(u64::MAX, |begun| begun.at)
    }

    /// Everything before `end` was searched, and this was found in the reading.
    pub(super) fn searched(&mut self, end: u64, known: Option<&Known>, hits: &Hits) {
        if let Some(begun) = self.next.take() {
            self.last = Some(Reading {
                begun,
                upto: end,
                found: u64::MAX,
                met: known.map_or(u64::MAX, |known| known.met),
            });
        }
        if let Some(last) = &mut self.last {
            last.upto = end;
            last.found = last.found.min(hits.found);
            last.met = last.met.min(hits.met).min(last.found);
        }
    }
}

/// Where the first literals end that a search finds.
pub(super) struct Hits {
    /// Of those that may be a suspect's.
    pub(super) found: u64,
    /// Of those of which what stands before them says that they are none.
    pub(super) met: u64,
}

impl Hits {
    pub(super) const NONE: Self = Self {
        found: u64::MAX,
        met: u64::MAX,
    };

    /// Takes in one that ends at `end`.
    pub(super) fn add(&mut self, end: u64, counts: bool) {
        let first = if counts { &mut self.found } else { &mut self.met };
        *first = end.min(*first);
    }
}

/// How many bytes two texts begin with that are the same.
fn common(one: &[u8], other: &[u8]) -> usize {
    let (wide, other_wide) = (one.as_chunks::<16>().0, other.as_chunks::<16>().0);
    let same = wide
        .iter()
        .zip(other_wide)
        .take_while(|(one, other)| one == other)
        .count()
        * 16;
    let rest = one[same..].iter().zip(&other[same..]);
    same + rest.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::common;
    use crate::follow::rewritten::Rewritten;
    use crate::follow::{Final, Found, Live, Scanner};
    use crate::{
        Anchor, ByteSet, DetectorRules, Extent, FailureMatrix, Keyword, LeadRun, Rule, RuleSet, Severity, SpanRule,
    };

    fn rule(id: &str, anchors: Vec<Anchor>, word: bool, span: SpanRule) -> Rule {
        Rule {
            id: id.into(),
            title: id.into(),
            category: "test.thing".into(),
            severity: Severity::P1,
            low_entropy: false,
            word,
            name: None,
            anchors,
            extent: Extent::Span(span),
            may_show: 0,
            required: None,
            hold: true,
        }
    }

    /// Literals of several lengths, with what may follow them and what must stand before them, and a run.
    fn rules() -> RuleSet {
        let literal = |text: &str, any_case: bool| {
            let bytes = text.into();
            vec![Anchor::Literal(Keyword { bytes, any_case })]
        };
        let digits = ByteSet::of(b"12");
        let span = |body: &[u8]| SpanRule {
            body: ByteSet::of(body),
            filler: ByteSet::default(),
            head: Vec::new(),
            at_least: 2,
            longest: 9,
            gap: 0,
            opener: None,
            lead: None,
        };
        let lead = LeadRun {
            set: ByteSet::of(b"ab"),
            at_least: 2,
            longest: 4,
        };
        let run = vec![Anchor::Run {
            set: digits,
            at_least: 3,
        }];
        let led = SpanRule {
            lead: Some(lead),
            ..span(b"a1")
        };
        let detector = DetectorRules {
            name: "test".into(),
            rules: [
                rule("one", literal("=", false), false, span(b"12")),
                rule("two", literal("ab", false), true, span(b"12")),
                rule("three", literal("b_a", true), true, span(b"1b")),
                rule("five", literal("ab_ba", false), false, span(b"12")),
                rule("seven", literal("a_ab_1a", true), true, span(b"ab_")),
                rule("led", literal("_1", false), false, led),
                rule("run", run, false, span(b"12")),
            ]
            .map(Arc::new)
            .into(),
            fact_count: 0,
            failure: FailureMatrix::default(),
        };
        RuleSet::new(vec![detector]).expect("the rules are good")
    }

    fn places(lives: &[Live], finals: &[Final]) -> Vec<(u32, u64, u64)> {
        let lives = lives.iter().map(|live| (live.rule, live.at, 0));
        let finals = finals
            .iter()
            .map(|last| (last.live.rule, last.live.at, last.window.end));
        lives.chain(finals).collect()
    }

    proptest! {
        /// What is known makes no difference to what is found.
        #[test]
        fn nothing_is_missed(
            edits in prop::collection::vec((0_usize..20, "[ab]{0,3}[ab1_=AB\\\\ ]{0,14}", any::<bool>()), 1..40),
            reach in prop::sample::select(vec![9_usize, 40, 100]),
        ) {
            let rules = rules();
            rules.search().rules_ends();
            let mut known = Scanner::new(&rules, false, true);
            let mut plain = Scanner::new(&rules, false, true);
            let mut line = Rewritten::default();
            for (back, text, forget) in edits {
                line.write(&mut known, back, text.as_bytes(), reach);
                let stream = &mut line.stream;
                let (mut one, mut other) = (Found::default(), Found::default());
                known.search(&rules, stream, false, |_, _| true, &mut one);
                plain.search(&rules, stream, false, |_, _| true, &mut other);
                prop_assert_eq!(places(&one.lives, &one.finals), places(&other.lives, &other.finals));
                let end = stream.end();
                prop_assert_eq!(
                    known.tail_hold(&rules, stream, false, |_| true),
                    plain.tail_hold(&rules, stream, false, |_| true)
                );
                if forget {
                    stream.forget(end.saturating_sub(150));
                }
            }
        }
    }

    #[test]
    fn texts_are_the_same_as_far_as_they_are() {
        let text: Vec<u8> = (0..60).collect();
        for (length, other) in [(0, 9), (5, 5), (40, 60), (16, 16), (60, 33)] {
            assert_eq!(common(&text[..length], &text[..other]), length.min(other));
        }
        for place in 0..60 {
            let mut other = text.clone();
            other[place] ^= 1;
            assert_eq!(common(&text, &other), place);
        }
    }
}
