//! Suspects that came to an end in what is read again behind each edit of a line. Where the same bytes stand in the
//! same cells they come to the same end, and none is told of that ends before anything new: so they needn't be walked
//! along again.
//!
//! Whether there is such a suspect is told anew each time, since others before it may say that it is one of a crowd.

use super::{Live, Walk, Window};
use crate::marker;
use crate::name::LONGEST_PART;
use crate::rule::{Extent, Rule};
use crate::stream::Stream;
use crate::word::LOOK;

/// No more are kept, and none that begins farther behind where a reading does: what is read again is shorter.
const MOST: usize = 4096;
const FAR: u64 = 4096;
/// No end hangs on more of what stands before a suspect, or before what leads it, within its line: a marker may begin
/// there that it is a part of, or a word.
const LOOKS_BACK: u64 = if marker::BEFORE > LOOK as u64 {
    marker::BEFORE
} else {
    LOOK as u64
};

/// What came to an end, in cells of the line.
#[derive(Default)]
pub(super) struct Ended {
    /// In the order of their names, but for those that came since the last reading began.
    all: Vec<End>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    name: Name,
    /// Its end hangs on nothing from here on.
    upto: u64,
}

/// Tells a suspect that was not walked along from others in the same cells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    at: u64,
    rule: u32,
    anchor: u16,
    kind: Kind,
    alone: bool,
    /// How far before it what leads it begins.
    lead: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Span,
    Beyond,
    Block,
    Known,
    Crowd,
    Apart,
}

/// A reading of a line: the place where it begins in the text, and in the line.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) at: u64,
    pub(super) cell: u64,
}

impl Place {
    fn cell_of(self, at: u64) -> Option<u64> {
        Some(at.checked_sub(self.at)? + self.cell)
    }
}

impl Ended {
    /// Keeps what came to an end in the cells from one to another. `same` says that they stand behind the same cell
    /// as before: farther right, what looks back finds other bytes there.
    pub(super) fn keep(&mut self, from: u64, to: u64, same: bool) {
        self.all.retain(|End { name, upto }| {
            let margin = if same { 0 } else { LOOKS_BACK };
            *upto <= to && name.at >= from + margin + name.lead
        });
        // Most stand in their order already.
        self.all.sort();
        self.all.dedup_by_key(|end| end.name);
    }

    /// Whether this suspect, along which nobody has walked, is one of them.
    pub(super) fn has(&self, live: &Live, place: Place) -> bool {
        let name = Name::of(live, place);
        name.is_some_and(|name| self.all.binary_search_by_key(&name, |end| end.name).is_ok())
    }

    /// Takes in one that came to this end, and to none where nothing is to be asked.
    pub(super) fn add(&mut self, rule: &Rule, live: &Live, window: Option<Window>, stream: &Stream, place: Place) {
        let Some(name) = Name::of(live, place).filter(|name| name.at - place.cell <= FAR) else {
            return;
        };
        if self.all.len() >= MOST || !is_told_by_its_end(rule) {
            return;
        }
        let walked = live.seen().max(live.walked());
        let last = match window {
            // What goes on behind the window is a part of what is told.
            Some(window) => walked.max(window.settled).max(window.end),
            None if rule.name.is_some() => walked.max(live.at + FAR_NAME),
            None => walked,
        };
        // What stands around an anchor on its line, and above it, tells how the lines behind it are read.
        let goes_on = || matches!(rule.extent, Extent::Block(_)) && stream.slice(live.at, last + 1).contains(&b'\n');
        if let Some(upto) = place.cell_of(last + 1).filter(|_| !goes_on()) {
            self.all.push(End { name, upto });
        }
    }
}

/// Behind where it begins, no more is looked at to tell that a literal ends no word of a name.
const FAR_NAME: u64 = (crate::rule::limits::LITERAL + LONGEST_PART) as u64;

impl Name {
    fn of(live: &Live, place: Place) -> Option<Name> {
        let kind = match &live.walk {
            Walk::Span(walk) if walk.is_beyond() => Kind::Beyond,
            Walk::Span(_) => Kind::Span,
            Walk::Block(_) => Kind::Block,
            Walk::Known(_) => Kind::Known,
            Walk::Crowd(_) => Kind::Crowd,
            Walk::Apart(_) => Kind::Apart,
            Walk::Armour(_) => return None,
        };
        Some(Name {
            at: place.cell_of(live.at)?,
            rule: live.rule,
            anchor: live.anchor,
            kind,
            alone: live.alone,
            lead: live.lead.map_or(0, |lead| live.at - lead.start),
        })
    }
}

/// Whether no walk of the rule looks at more than its end tells. One that begins later again, behind more than a byte
/// of a gap, went farther the first time.
fn is_told_by_its_end(rule: &Rule) -> bool {
    match &rule.extent {
        Extent::Span(span) => span.gap == 0 || (span.head.is_empty() && span.filler.is_empty()),
        Extent::Block(_) | Extent::Known(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::follow::rewritten::Rewritten;
    use crate::follow::{Found, Live, Progress, Scanner};
    use crate::laws::rig::{literal, only, rule, set, span};
    use crate::stream::Stream;
    use crate::{BlockRule, Extent, LeadRun, Opener, RuleSet, Severity, SpanRule};

    /// Suspects of each kind: of lists and crowds, with a lead, with gaps, and blocks.
    fn rules() -> RuleSet {
        let opened = |after: &[u8]| SpanRule {
            gap: 6,
            opener: Some(Opener {
                before: set(b"ab"),
                bytes: set(b":"),
                after: set(after),
            }),
            ..span(2, 30)
        };
        let lead = LeadRun {
            set: set(b"ab"),
            at_least: 2,
            longest: 4,
        };
        let led = SpanRule {
            lead: Some(lead),
            ..span(1, 9)
        };
        let block = BlockRule {
            body: set(b"ab1/: "),
            until: Vec::new(),
            at_least: 3,
            bound: 40,
        };
        let late = SpanRule {
            gap: 3,
            filler: set(b"/"),
            head: vec![set(b"1")],
            ..span(2, 6)
        };
        let rules = [
            ("list", "//", Extent::Span(opened(b""))),
            ("name", "ab", Extent::Span(opened(b" "))),
            ("crowd", "1", Extent::Span(span(2, 12))),
            ("led", ":", Extent::Span(led)),
            ("late", "a1", Extent::Span(late)),
            ("block", "b1", Extent::Block(block)),
        ];
        let rules = rules.map(|(id, anchor, extent)| rule(id, Severity::P1, vec![literal(anchor)], extent));
        RuleSet::new(only(rules.into())).expect("the rules are good")
    }

    type Told = (u32, u64, Option<(u64, u64, u64)>);

    /// Walks along all, and answers what is told of what stands over the joint, and what goes on.
    fn walk(scanner: &mut Scanner, rules: &RuleSet, stream: &Stream, lives: &mut Vec<Live>, joint: u64) -> Vec<Told> {
        let mut told = Vec::new();
        lives.retain_mut(|live| {
            let window = match live.walk(rules, stream, false) {
                Progress::Open => {
                    told.push((live.rule, live.at, None));
                    return true;
                }
                Progress::Dead => None,
                Progress::Final(window) => Some(window),
            };
            let again = scanner.again.as_mut().expect("it is what is seen");
            again.end(rules, live, window, stream);
            let over = |end: u64| live.at < joint && joint < end;
            if let Some(window) = window.filter(|window| over(window.end + u64::from(window.ended_by.is_cut()))) {
                told.push((live.rule, live.at, Some((window.start, window.end, window.settled))));
            }
            false
        });
        told.sort_unstable();
        told
    }

    proptest! {
        /// What isn't walked along again would have told nothing.
        #[test]
        fn what_came_to_an_end_tells_nothing(
            edits in prop::collection::vec((0_usize..9, prop::sample::select(vec!["//ab:11", "ab: 1", "1", "b1 a", "a1/1", ":b", "[redacted:", "ab:", " "]), 0_usize..4), 1..60),
            reaches in prop::collection::vec(prop::sample::select(vec![9_usize, 120, 200, 201, 400]), 1..4),
        ) {
            let rules = rules();
            let mut known = Scanner::new(&rules, false, true);
            let mut plain = Scanner::new(&rules, false, true);
            let mut line = Rewritten::default();
            let (mut lives, mut others) = (Vec::new(), Vec::new());
            for (number, (back, text, times)) in edits.into_iter().enumerate() {
                let reach = reaches[number % reaches.len()];
                let joint = line.write(&mut known, back, text.repeat(times).as_bytes(), reach);
                let stream = &line.stream;
                let (mut one, mut other) = (Found::default(), Found::default());
                known.search(&rules, stream, false, |_, _| true, &mut one);
                plain.search(&rules, stream, false, |_, _| true, &mut other);
                lives.append(&mut one.lives);
                others.append(&mut other.lives);
                prop_assert!(lives.len() <= others.len());
                prop_assert_eq!(
                    walk(&mut known, &rules, stream, &mut lives, joint),
                    walk(&mut plain, &rules, stream, &mut others, joint)
                );
            }
        }
    }

    /// What stands in cells that are as they were is looked up, where all of it would be walked along again.
    #[test]
    fn what_came_to_an_end_is_looked_up() {
        let rules = rules();
        let (mut known, mut plain) = (Scanner::new(&rules, false, true), Scanner::new(&rules, false, true));
        let mut line = Rewritten::default();
        let mut begun = Vec::new();
        for (back, text) in [(0, "//ab:11 ab: 1 "), (1, " "), (1, " "), (5, "b: 1 ")] {
            let joint = line.write(&mut known, back, text.as_bytes(), 100);
            let (mut one, mut other) = (Found::default(), Found::default());
            known.search(&rules, &line.stream, false, |_, _| true, &mut one);
            plain.search(&rules, &line.stream, false, |_, _| true, &mut other);
            begun.push((one.lives.len(), other.lives.len()));
            walk(&mut known, &rules, &line.stream, &mut one.lives, joint);
        }
        assert_eq!(begun, [(4, 4), (1, 4), (1, 4), (1, 4)]);
    }
}
