//! Many suspects of one rule over the same bytes: beyond a few, what they share is taken out without asking.
//!
//! A text that repeats a rule's literal would otherwise be asked about once for each of them, with a window as long
//! as the rule allows each time. No text that people write does that, but for lists of what has its values opened: of
//! URLs, most of which hold no password. Of these each is asked about up to the next.

use super::{EndedBy, Progress, Window};
use crate::rule::{Anchor, Extent, Keyword, Opener, Rule};
use crate::search::CONTEXT;
use crate::set::ByteSet;
use crate::stream::Stream;

/// How many suspects of one rule may overlap.
pub(super) const MOST: usize = 8;

/// The suspects of each rule that may still overlap with those to come.
#[derive(Default)]
pub(crate) struct Crowds {
    all: Vec<Crowd>,
    /// By rule: the place of its crowd, and one; nothing where it has none.
    places: Vec<u32>,
    /// Those that are too far behind were forgotten when the text had come so far.
    tidied: u64,
}

struct Crowd {
    rule: u32,
    /// What a window may hold, and how long it may be.
    set: ByteSet,
    longest: u64,
    /// The last ones; all bytes from the first to the last belong to what one of them may hold.
    members: Vec<Member>,
    last: u64,
    /// What the rest shares is being taken out; or each of the rest is asked about up to the next.
    told: bool,
}

/// A suspect behind a literal, before it is made.
#[derive(Clone, Copy)]
pub(super) struct Newcomer {
    pub(super) rule: u32,
    /// Where its literal begins and ends.
    pub(super) at: u64,
    pub(super) end: u64,
}

/// What is followed of a suspect that was let in. Thousands come in a MB of names, and each is made as what it is.
pub(super) struct Admitted {
    /// What it shares with many others is taken out.
    pub(super) shares: bool,
    pub(super) own: Option<Own>,
}

/// How far a suspect is followed by itself.
pub(super) enum Own {
    Whole,
    /// Up to the next of its kind.
    Apart,
    /// Only where its value stands beyond what it shares.
    Beyond,
}

impl Admitted {
    const WHOLE: Self = Self {
        shares: false,
        own: Some(Own::Whole),
    };
}

/// A suspect that was let in, as far as what stands before the next one tells of it.
struct Member {
    at: u64,
    /// Whether its value has begun. What a name's value may begin behind is looked for up to `next`.
    opened: bool,
    anchor_end: u64,
    next: u64,
}

/// An anchor of so many bytes tells what it stands for by itself.
const TELLING: usize = 8;

/// Names that stand so far from each other share nothing. What is nearer is still there, however the text came.
const NEAR: u64 = CONTEXT;

/// No window reaches farther.
const FAR: u64 = 65536;

impl Crowds {
    /// Takes in the next suspect, which begins with a literal, in the order of the text. Answers what is followed of
    /// it.
    pub(super) fn admit(&mut self, rule: &Rule, stream: &Stream, newcomer: Newcomer) -> Admitted {
        let at = newcomer.at;
        if at.saturating_sub(self.tidied) > FAR {
            self.tidy(at);
        }
        let member = Member::new(rule, newcomer);
        let Some(crowd) = self.find(newcomer.rule) else {
            if let Some((set, longest)) = reach(rule) {
                self.begin(Crowd {
                    rule: newcomer.rule,
                    set,
                    longest,
                    members: vec![member],
                    last: at,
                    told: false,
                });
            }
            return Admitted::WHOLE;
        };
        // A longer literal that ends later may begin before the last one.
        let is_named = opener(rule).is_some();
        let most = if is_named {
            crowd.longest.min(NEAR)
        } else {
            crowd.longest
        };
        let far = at.saturating_sub(crowd.last) > most;
        let parts = |byte: &u8| !crowd.set.has(*byte);
        if far || stream.slice(crowd.last, at).iter().any(parts) {
            crowd.members.clear();
            crowd.told = false;
        }
        crowd.last = crowd.last.max(at);
        let longest = crowd.longest;
        crowd
            .members
            .retain_mut(|member| at.saturating_sub(member.at) <= longest && member.goes_on(rule, stream, at));
        if !crowd.told && crowd.members.iter().filter(|member| member.opened).count() < MOST {
            crowd.members.push(member);
            return Admitted::WHOLE;
        }
        let is_first = !std::mem::replace(&mut crowd.told, true);
        if is_list(rule) {
            return Admitted {
                shares: false,
                own: Some(Own::Apart),
            };
        }
        // What they share may end behind a name, and its value stand behind that.
        Admitted {
            shares: is_first,
            own: is_named.then_some(Own::Beyond),
        }
    }

    fn find(&mut self, rule: u32) -> Option<&mut Crowd> {
        let place = self.places.get(rule as usize)?.checked_sub(1)?;
        self.all.get_mut(place as usize)
    }

    fn begin(&mut self, crowd: Crowd) {
        let rule = crowd.rule as usize;
        if self.places.len() <= rule {
            self.places.resize(rule + 1, 0);
        }
        self.all.push(crowd);
        self.places[rule] = u32::try_from(self.all.len()).expect("there are fewer than 2^32 rules");
    }

    /// Forgets what no suspect from `at` on can overlap with.
    fn tidy(&mut self, at: u64) {
        self.tidied = at;
        self.all.retain(|crowd| at.saturating_sub(crowd.last) <= FAR);
        self.places.fill(0);
        for (place, crowd) in (1..).zip(&self.all) {
            self.places[crowd.rule as usize] = place;
        }
    }
}

impl Member {
    fn new(rule: &Rule, newcomer: Newcomer) -> Self {
        Self {
            at: newcomer.at,
            opened: opener(rule).is_none(),
            anchor_end: newcomer.end,
            next: newcomer.end,
        }
    }

    /// Whether its value has begun before `at`, or may begin there or behind. A name that is over with no value
    /// shares nothing with others, however often it stands in a text: letters of base64 have one each few bytes.
    fn goes_on(&mut self, rule: &Rule, stream: &Stream, at: u64) -> bool {
        let Some((opener, gap)) = opener(rule).filter(|_| !self.opened) else {
            return true;
        };
        let most = self.anchor_end + gap;
        let between = stream.slice(self.next, most.min(at).max(self.next));
        let is_before = |byte: &u8| opener.before.has(*byte) && !opener.bytes.has(*byte);
        let before = between.iter().take_while(|byte| is_before(byte)).count();
        self.next += before as u64;
        match between.get(before) {
            Some(byte) => self.opened = opener.bytes.has(*byte),
            None => return self.next < most,
        }
        self.opened
    }
}

/// What opens the values of names, and how far behind an anchor at most.
fn opener(rule: &Rule) -> Option<(&Opener, u64)> {
    match &rule.extent {
        Extent::Span(span) => {
            let opener = span.opener.as_ref().filter(|opener| !opener.after.is_empty())?;
            Some((opener, u64::from(span.gap)))
        }
        Extent::Block(_) | Extent::Known(_) => None,
    }
}

/// Whether what opens a rule's values tells them apart, and nothing may follow that: then many beside each other are
/// a list. Each literal must begin a suspect, so that what stands behind one is asked about.
fn is_list(rule: &Rule) -> bool {
    match &rule.extent {
        Extent::Span(span) => {
            let opened = span.opener.as_ref().is_some_and(|opener| opener.after.is_empty());
            opened && span.lead.is_none() && !rule.word && rule.name.is_none()
        }
        Extent::Block(_) | Extent::Known(_) => false,
    }
}

/// Whether no text has an anchor by chance, line after line.
fn is_telling(anchor: &Anchor) -> bool {
    match anchor {
        Anchor::Literal(Keyword { bytes, .. }) => bytes.len() >= TELLING,
        Anchor::Run { .. } => false,
    }
}

/// What a window of the rule may hold, and how long it may be.
fn reach(rule: &Rule) -> Option<(ByteSet, u64)> {
    match &rule.extent {
        Extent::Span(span) => {
            let mut set = span.body.union(&span.filler);
            // Where a value may follow after words, what stands between is as good as any text, and windows are
            // short: prose that names an issuer again and again is no crowd.
            if let Some(opener) = span.opener.as_ref().filter(|opener| opener.after.is_empty()) {
                set = set.union(&opener.before).union(&opener.bytes);
            }
            if let Some(lead) = &span.lead {
                set = set.union(&lead.set);
            }
            Some((set, u64::from(span.longest) + u64::from(span.gap)))
        }
        Extent::Block(block) => {
            let mut set = block.body;
            // Lines that each begin a window of many lines are a crowd, unless their anchor is so short that other
            // texts may have it as often. What has a close ends at it, and has lines that only its own walk knows.
            if block.until.is_empty() && rule.anchors.iter().all(is_telling) {
                set.insert(b'\n');
            }
            Some((set, u64::from(block.bound)))
        }
        Extent::Known(_) => None,
    }
}

/// What a crowd shares: all that a window may hold, up to what it can't.
#[derive(Clone)]
pub(crate) struct CrowdWalk {
    start: u64,
    next: u64,
}

impl CrowdWalk {
    pub(crate) fn new(start: u64) -> Self {
        Self { start, next: start }
    }

    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    pub(crate) fn on(&mut self, rule: &Rule, stream: &Stream, ended: bool) -> Progress {
        let Some((set, longest)) = reach(rule) else {
            return Progress::Dead;
        };
        let most = self.start + longest;
        let text = stream.slice(self.next, most.min(stream.end()));
        self.next += set.leading(text) as u64;
        let cut = self.next == most;
        if self.next == stream.end() && !cut && !ended {
            return Progress::Open;
        }
        if self.next == self.start {
            return Progress::Dead;
        }
        let ended_by = if cut {
            EndedBy::Longest
        } else if self.next == stream.end() {
            EndedBy::Stream
        } else {
            EndedBy::Text
        };
        Progress::Final(Window {
            start: self.start,
            end: self.next,
            ended_by,
            settled: if cut { self.next - 1 } else { self.next },
        })
    }

    /// What goes on belongs to it as well.
    pub(crate) fn set(rule: &Rule) -> ByteSet {
        reach(rule).map_or_else(ByteSet::default, |(set, _)| set)
    }
}
