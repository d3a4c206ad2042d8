//! Walking over one stretch: gap, head, body and fillers.

use super::{EndedBy, Progress, Stop, Window};
use crate::coding::{self, Opens};
use crate::name::{LONGEST_PART, NameParts};
use crate::rule::{Opener, SpanRule};
use crate::set::ByteSet;
use crate::stream::Stream;

/// So many characters below a name, which was printed or typed before, are no word that a person types.
const TYPED: u64 = 20;

/// How far a span has been walked.
#[derive(Clone)]
pub(crate) struct SpanWalk {
    anchor_end: u64,
    /// Where the body begins, as far as is known; bytes before it belong to the gap.
    start: u64,
    /// The opener has been found, or there is none to be found.
    opened: bool,
    /// The next byte to look at.
    next: u64,
    /// Body bytes from `start` on, without fillers.
    count: u64,
    /// After the last body byte.
    body_end: u64,
    /// What begins in one stretch with the anchor belongs to a crowd, and counts for nothing here.
    beyond: bool,
}

impl SpanWalk {
    /// A walk behind an anchor, or along a run that begins there.
    pub(crate) fn new(anchor_end: u64) -> Self {
        Self {
            anchor_end,
            start: anchor_end,
            opened: false,
            next: anchor_end,
            count: 0,
            body_end: anchor_end,
            beyond: false,
        }
    }

    /// Whether a walk is over with this byte behind its anchor, before anything of it has begun.
    pub(super) fn is_over_with(rule: &SpanRule, byte: u8) -> bool {
        let begins = || rule.body.has(byte) && rule.head.first().is_none_or(|set| set.has(byte));
        let goes_on = match &rule.opener {
            Some(opener) => opener.before.has(byte) || opener.bytes.has(byte),
            // A gap goes over no line's end, with which a value may begin.
            None => (rule.gap > 0 && byte != b'\n') || begins(),
        };
        rule.at_least > 0 && !goes_on
    }

    /// A walk of which only a value counts that stands beyond what a crowd shares.
    pub(crate) fn beyond(self) -> Self {
        Self { beyond: true, ..self }
    }

    /// Whether only a value counts that stands beyond what a crowd shares.
    pub(super) fn is_beyond(&self) -> bool {
        self.beyond
    }

    /// The walk of a value that begins at `place`, whatever stands before it.
    pub(super) fn behind(&self, place: u64) -> Self {
        Self {
            start: place,
            opened: true,
            next: place,
            count: 0,
            body_end: place,
            ..self.clone()
        }
    }

    /// Whether its value stands before a place that it was walked up to, and goes on there.
    pub(super) fn goes_on_at(&self, rule: &SpanRule, stream: &Stream, place: u64) -> bool {
        let has_begun = self.count > 0 && self.next == place && self.body_end == place;
        // Values end with letters, digits or what base64 may end with, and begin with one of these. Colours meet at
        // each sign of a text whose parts of speech are shown by them.
        match stream.slice(place.saturating_sub(1), place + 1) {
            [before, byte] if has_begun && rule.body.has(*byte) => {
                (before.is_ascii_alphanumeric() || b"=-_+/".contains(before))
                    && (byte.is_ascii_alphanumeric() || b"+/".contains(byte))
            }
            _ => false,
        }
    }

    /// Whether its value would stand on a line below its anchor's, and is no longer so far than a word that a person
    /// types there.
    pub(super) fn may_be_typed(&self, rule: &SpanRule, stream: &Stream) -> bool {
        let few = self.count < u64::from(rule.at_least).min(TYPED);
        few && stream.slice(self.anchor_end, self.start).contains(&b'\n')
    }

    /// Whether there is enough of its value to be anything.
    pub(super) fn is_enough(&self, rule: &SpanRule) -> bool {
        self.count >= u64::from(rule.at_least)
    }

    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// What may belong to it where it stopped.
    pub(crate) fn fitting(&self, rule: &SpanRule) -> ByteSet {
        let body = rule.body.union(&rule.filler);
        match &rule.opener {
            Some(opener) if self.opened && self.count < u64::from(rule.at_least) => body.union(&opener.after),
            Some(_) if self.opened => body,
            Some(opener) => opener.before.union(&opener.bytes),
            None if rule.gap == 0 => body,
            // A gap may hold anything on the line.
            None => (0..=u8::MAX).filter(|byte| *byte != b'\n').collect(),
        }
    }

    /// The first escape between its anchor and its value, or at its front, where an opener stands between: signs of
    /// it are walked over as others are, and what it stands for may lead in another value. A backslash before a quote
    /// is walked over as well.
    pub(crate) fn escape(&self, rule: &SpanRule, stream: &Stream, ended: bool) -> Option<Stop> {
        let opener = rule.opener.as_ref()?;
        // The byte that stopped it was looked at, and no other behind it.
        let before = stream.slice(self.anchor_end, (self.start + 2).min(self.next + 1));
        let begins = |at: &usize| matches!(before[*at..], [b'&' | b'%', _, ..] | [b'\\', b'u' | b'x' | b'n', ..]);
        let places = memchr::memchr3_iter(b'&', b'%', b'\\', before).filter(begins);
        let opens = |at: u64| coding::Opener {
            at,
            fits: Some(Self::fitting_behind(rule)),
        };
        let escape = places
            .map(|index| opens(self.anchor_end + index as u64))
            .find(|escape| escape.opens(stream, ended) != Opens::No)?;
        let within = stream.slice(self.anchor_end, self.next.min(self.anchor_end + u64::from(rule.gap)));
        let gap = self.anchor_end + within.iter().take_while(|byte| opener.is_before(**byte)).count() as u64;
        let end = escape.told_by(stream).map(|length| escape.at + length);
        Some(Stop {
            opener: escape,
            // Nothing holds what follows in the gap, so it can't wait for the walk's end.
            told: end.filter(|end| *end <= gap),
        })
    }

    /// What may belong to it behind such an escape.
    fn fitting_behind(rule: &SpanRule) -> ByteSet {
        let body = rule.body.union(&rule.filler);
        match &rule.opener {
            Some(opener) => body.union(&opener.before).union(&opener.bytes).union(&opener.after),
            None => body,
        }
    }

    /// Whether the literal before it ends a word of a name; `None` as long as that can't be told.
    pub(crate) fn is_named(&self, parts: &NameParts, stream: &Stream) -> Option<bool> {
        // What was walked over so far told it, or a walk would have ended.
        if self.next >= self.anchor_end + LONGEST_PART as u64 {
            return Some(true);
        }
        let last = stream.get(self.anchor_end.saturating_sub(1))?;
        parts.follow(
            last,
            stream.slice(self.anchor_end, self.anchor_end + LONGEST_PART as u64),
        )
    }

    /// Which byte tells that the literal before it ends no word of a name, where one does: the first that goes on as
    /// no part of a name does.
    pub(crate) fn unnamed_at(&self, parts: &NameParts, stream: &Stream) -> Option<u64> {
        let last = stream.get(self.anchor_end.saturating_sub(1))?;
        let text = stream.slice(self.anchor_end, self.anchor_end + LONGEST_PART as u64);
        let more = (1..=text.len()).find(|length| parts.follow(last, &text[..*length]) == Some(false))?;
        Some(self.anchor_end + more as u64 - 1)
    }

    pub(crate) fn on(&mut self, rule: &SpanRule, stream: &Stream, ended: bool) -> Progress {
        self.on_upto(rule, stream, ended, u64::MAX)
    }

    /// Walks on, and looks at no byte from `upto` on: as if no more had come so far, though it has.
    pub(crate) fn on_upto(&mut self, rule: &SpanRule, stream: &Stream, ended: bool, upto: u64) -> Progress {
        let ended = ended && stream.end() <= upto;
        loop {
            self.stride(rule, stream, upto);
            if self.is_shared(rule, stream) {
                return Progress::Dead;
            }
            let Some(byte) = stream.get(self.next).filter(|_| self.next < upto) else {
                if !ended {
                    return Progress::Open;
                }
                if self.count >= u64::from(rule.at_least) {
                    return self.settled(EndedBy::Stream);
                }
                // No byte follows that could make another start of the body longer than this one.
                return Progress::Dead;
            };
            if !self.opened {
                if !self.open(rule, byte) {
                    return Progress::Dead;
                }
                continue;
            }
            if self.leads_in(rule, byte) {
                self.next += 1;
                self.start = self.next;
                self.body_end = self.next;
                continue;
            }
            let length = self.next + 1 - self.start;
            let head = usize::try_from(self.count).ok().and_then(|index| rule.head.get(index));
            if rule.body.has(byte) && head.is_none_or(|set| set.has(byte)) {
                if length > u64::from(rule.longest) {
                    return self.settled(EndedBy::Longest);
                }
                self.count += 1;
                self.next += 1;
                self.body_end = self.next;
            } else if head.is_none() && self.count > 0 && self.body_end == self.next && rule.filler.has(byte) {
                self.next += 1;
            } else if self.count >= u64::from(rule.at_least) {
                return self.settled(EndedBy::Text);
            } else if !self.begin_later(rule, stream, upto) {
                return Progress::Dead;
            }
        }
    }

    /// Whether a crowd has it, once there is enough of it to be anything.
    fn is_shared(&self, rule: &SpanRule, stream: &Stream) -> bool {
        let shared = |byte: &u8| rule.body.has(*byte) || rule.filler.has(*byte);
        self.beyond
            && self.count >= u64::from(rule.at_least)
            && stream.slice(self.anchor_end, self.start).iter().all(shared)
    }

    /// Walks over what needs no look at each byte: the gap up to its opener, or the body up to what is no body.
    fn stride(&mut self, rule: &SpanRule, stream: &Stream, upto: u64) {
        match &rule.opener {
            Some(opener) if !self.opened => {
                let most = self.anchor_end + u64::from(rule.gap);
                let gap = stream.slice(self.next, most.min(upto).max(self.next));
                self.next += opener.before.without(&opener.bytes).leading(gap) as u64;
                self.start = self.next;
                self.body_end = self.next;
            }
            Some(_) | None if self.count >= rule.head.len() as u64 => {
                let at_least = u64::from(rule.at_least);
                let longest = if self.beyond && self.count < at_least {
                    at_least
                } else {
                    u64::from(rule.longest)
                };
                let most = self.start + longest;
                let body = stream.slice(self.next, most.min(upto).max(self.next));
                let length = rule.body.leading(body) as u64;
                if length > 0 {
                    self.opened = true;
                    self.count += length;
                    self.next += length;
                    self.body_end = self.next;
                }
            }
            Some(_) | None => {}
        }
    }

    /// Walks over one byte of the gap, if it can belong to an opener; one that can't is not walked over. Nothing of
    /// the gap is held.
    fn open(&mut self, rule: &SpanRule, byte: u8) -> bool {
        let Some(opener) = &rule.opener else {
            self.opened = true;
            return true;
        };
        let within = self.next - self.anchor_end < u64::from(rule.gap);
        self.opened = opener.bytes.has(byte);
        if !(within && (self.opened || opener.before.has(byte))) {
            return false;
        }
        self.next += 1;
        self.start = self.next;
        self.body_end = self.next;
        true
    }

    /// Whether a byte stands between the opener and the body. Like all of the gap it is not held.
    fn leads_in(&self, rule: &SpanRule, byte: u8) -> bool {
        rule.opener.as_ref().is_some_and(|opener| {
            let within = self.next - self.anchor_end < u64::from(rule.gap);
            self.count == 0 && within && opener.after.has(byte) && !rule.body.has(byte)
        })
    }

    fn settled(&self, ended_by: EndedBy) -> Progress {
        Progress::Final(Window {
            start: self.start,
            end: self.body_end,
            ended_by,
            settled: self.next,
        })
    }

    /// The body did not begin at `start`: tries the next place that the gap allows.
    fn begin_later(&mut self, rule: &SpanRule, stream: &Stream, upto: u64) -> bool {
        // A run that ended too early ends too early from each later start as well, unless a head or a filler is in
        // play.
        let leads_in = |opener: &Opener| stream.get(self.next).is_some_and(|byte| opener.after.has(byte));
        if !rule.opener.as_ref().is_none_or(leads_in) {
            return false;
        }
        let simple = rule.head.is_empty() && rule.filler.is_empty();
        let later = if simple { self.next + 1 } else { self.start + 1 };
        // Nothing begins behind a line's end. Signs alone are a ruler, or what opens a block of YAML: no value ends there.
        let passed = stream.slice(self.start, later);
        let is_over =
            passed.contains(&b'\n') && (rule.opener.is_none() || passed.iter().any(u8::is_ascii_alphanumeric));
        if is_over || later - self.anchor_end > u64::from(rule.gap) {
            return false;
        }
        let skipped = match &rule.opener {
            None if simple => self.bodiless(rule, stream, (later, upto)),
            Some(_) | None => 0,
        };
        self.start = later + skipped;
        self.next = self.start;
        self.body_end = self.start;
        self.count = 0;
        true
    }

    /// At how many places of the gap in a row, from one on, no body begins, before the last that the gap has: to try
    /// them one by one comes to the same.
    fn bodiless(&self, rule: &SpanRule, stream: &Stream, (from, upto): (u64, u64)) -> u64 {
        let last = self.anchor_end + u64::from(rule.gap);
        let gap = stream.slice(from, last.min(upto).max(from));
        let is_none = |byte: &&u8| !rule.body.has(**byte) && **byte != b'\n';
        gap.iter().take_while(is_none).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::SpanWalk;
    use crate::follow::Progress;
    use crate::laws::rig;
    use crate::rule::{Opener, SpanRule};
    use crate::set::ByteSet;
    use crate::stream::Stream;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// What is gone over at once comes to the same end as what comes byte by byte.
        #[test]
        fn invariant_2_a_gap_is_as_many_steps(
            text in "[ab =\\n]{0,40}", gap in 0_u16..30, at_least in 1_u16..5, longest in 5_u32..9,
            head: bool, filler: bool, ended: bool,
        ) {
            let rule = SpanRule {
                body: ByteSet::of(b"ab"),
                filler: if filler { ByteSet::of(b" ") } else { ByteSet::default() },
                head: if head { vec![ByteSet::of(b"a")] } else { Vec::new() },
                gap,
                ..rig::span(at_least, longest)
            };
            let mut stream = Stream::default();
            stream.push(text.as_bytes());
            let mut whole = SpanWalk::new(0);
            let told = whole.on(&rule, &stream, ended);
            let mut single = SpanWalk::new(0);
            let mut progress = Progress::Open;
            for upto in 0..=stream.end() {
                if progress == Progress::Open {
                    progress = single.on_upto(&rule, &stream, ended, upto);
                }
            }
            prop_assert_eq!(told, progress, "{:?}", text);
            prop_assert_eq!((whole.start(), whole.next()), (single.start(), single.next()), "{:?}", text);
        }

        /// Signs that end with their line are a ruler, or open a block of YAML: the value stands on a line below. A word
        /// that does is a value, and nothing below it is another.
        #[test]
        fn invariant_3_signs_alone_end_no_value(signs in "[-]{1,3}", word in "[ab]{1,3}", value in "[ab-]{4,9}") {
            let rule = SpanRule {
                body: ByteSet::of(b"ab-"),
                gap: 24,
                opener: Some(Opener {
                    before: ByteSet::default(),
                    bytes: ByteSet::of(b":"),
                    after: ByteSet::of(b" |-\n"),
                }),
                ..rig::span(4, 40)
            };
            let walk = |text: &str| {
                let mut stream = Stream::default();
                stream.push(text.as_bytes());
                SpanWalk::new(0).on(&rule, &stream, false)
            };
            let below = walk(&format!(": |{signs}\n  {value}."));
            let Progress::Final(window) = below else {
                return Err(TestCaseError::fail("nothing is found"));
            };
            prop_assert_eq!(window.start, 5 + 1 + signs.len() as u64);
            prop_assert_eq!(walk(&format!(": {word}\n  {value}.")), Progress::Dead);
        }

        /// A line's end that is spelled out in the gap leads in a value, as it does where it is none.
        #[test]
        fn invariant_3_a_line_end_that_is_spelled_out_stands_in_a_gap(blanks in " {0,6}", value in "[ab]{4,9}") {
            let rule = SpanRule {
                body: ByteSet::of(b"abn"),
                gap: 24,
                opener: Some(Opener {
                    before: ByteSet::default(),
                    bytes: ByteSet::of(b":"),
                    after: ByteSet::of(b" \\\n"),
                }),
                ..rig::span(4, 40)
            };
            let mut stream = Stream::default();
            stream.push(format!(":\\n{blanks}{value}.").as_bytes());
            let mut walk = SpanWalk::new(0);
            walk.on(&rule, &stream, false);
            let stop = walk.escape(&rule, &stream, false);
            prop_assert_eq!(stop.map(|stop| stop.opener.at), Some(1));
        }

        /// One byte behind its anchor tells of most walks that they are over, and of no other.
        #[test]
        fn what_is_over_at_once_is_told_by_a_byte(
            byte: u8, gap in 1_u16..9, at_least in 1_u16..5, head: bool, filler: bool, opened: bool, has_gap: bool,
            lines: bool,
        ) {
            let opener = opened.then(|| Opener {
                before: ByteSet::of(b" c"),
                bytes: ByteSet::of(b"=:"),
                after: ByteSet::of(b" '"),
            });
            let rule = SpanRule {
                body: ByteSet::of(if lines { b"ab=\n" } else { b"ab=" }),
                filler: if filler { ByteSet::of(b" ") } else { ByteSet::default() },
                head: if head { vec![ByteSet::of(b"a")] } else { Vec::new() },
                gap: if has_gap || opened { gap } else { 0 },
                opener,
                ..rig::span(at_least, 40)
            };
            for byte in [byte, b'a', b'b', b' ', b'=', b'\n', b'c'] {
                let mut stream = Stream::default();
                stream.push(&[byte]);
                let is_over = SpanWalk::new(0).on(&rule, &stream, false) == Progress::Dead;
                prop_assert_eq!(SpanWalk::is_over_with(&rule, byte), is_over, "{:?}", char::from(byte));
            }
        }
    }
}
