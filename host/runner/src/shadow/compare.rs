//! What two guards said of one stream, place by place.

use cofferdam_guard::FailureKind;
use cofferdam_model::record::{Action, Channel, LengthClass, Name, SafeText};
use cofferdam_model::shadow::{Effect, PlaceClass, ShadowPlace};

use super::seen::Seen;
use super::spans::Spans;

/// Findings of both sides that overlap: one place.
#[derive(Default)]
pub(super) struct Cluster {
    pub(super) start: u64,
    pub(super) end: u64,
    ours: Vec<Seen>,
    theirs: Vec<Seen>,
}

/// Puts findings that overlap together, in the order of the stream.
pub(super) fn clusters(ours: Vec<Seen>, theirs: Vec<Seen>) -> Vec<Cluster> {
    let mut all: Vec<(bool, Seen)> = ours.into_iter().map(|seen| (true, seen)).collect();
    all.extend(theirs.into_iter().map(|seen| (false, seen)));
    all.sort_by_key(|(_, seen)| (seen.start, seen.end));
    let mut clusters: Vec<Cluster> = Vec::new();
    for (is_ours, seen) in all {
        let overlaps = clusters.last().is_some_and(|last| seen.start < last.end);
        if !overlaps {
            clusters.push(Cluster {
                start: seen.start,
                end: seen.end,
                ..Cluster::default()
            });
        }
        let last = clusters.last_mut().expect("there is one now");
        last.end = last.end.max(seen.end);
        if is_ours {
            last.ours.push(seen);
        } else {
            last.theirs.push(seen);
        }
    }
    clusters
}

impl Cluster {
    /// The findings again.
    pub(super) fn into_sides(self) -> (Vec<Seen>, Vec<Seen>) {
        (self.ours, self.theirs)
    }

    /// What the two sides make of the place. `covers` is all that any guard in force takes out of the stream, and what no shape may tell.
    pub(super) fn place(&self, number: u32, candidate: &Name, channel: Channel, covers: &Spans) -> ShadowPlace {
        let (ours, theirs) = (chief(&self.ours), chief(&self.theirs));
        let (taken, would) = (taken_out(&self.ours), taken_out(&self.theirs));
        let late = |seen: Option<&Seen>| {
            seen.filter(|seen| seen.takes_out())
                .map_or(0, |seen| seen.side.late_bytes)
        };
        // A byte that is out before the finding is made is out, as one is that is never found.
        let (early, later) = (late(ours), late(theirs));
        let both = taken.len() > 0 && would.len() > 0;
        let missed = taken.beyond(&would) + if both { later.saturating_sub(early) } else { 0 };
        let surplus = would.beyond(&taken) + if both { early.saturating_sub(later) } else { 0 };
        let (our_action, their_action) = (action(ours), action(theirs));
        let failed = self.theirs.iter().find_map(|seen| seen.failed);
        let (class, effect) = match failed {
            Some(FailureKind::Timeout) => (PlaceClass::Timeout, Effect::Error),
            Some(_) => (PlaceClass::Error, Effect::Error),
            None => (
                PlaceClass::of(our_action, their_action, missed, surplus),
                Effect::of(our_action, their_action, missed, surplus),
            ),
        };
        let first = theirs.or(ours);
        let severity = [ours, theirs]
            .into_iter()
            .flatten()
            .map(|seen| seen.side.severity)
            .min();
        let fingerprint = [theirs, ours]
            .into_iter()
            .flatten()
            .find_map(|seen| seen.fingerprint.clone());
        let hidden = |seen: &&Seen| seen.length == LengthClass::Hidden;
        let low = [ours, theirs].into_iter().flatten().any(|seen| hidden(&seen));
        let shape = [theirs, ours]
            .into_iter()
            .flatten()
            .find_map(|seen| seen.shape.as_ref());
        ShadowPlace {
            place: number,
            candidate: candidate.clone(),
            class,
            effect,
            channel,
            offset: self.start,
            length_class: if low {
                LengthClass::Hidden
            } else {
                first.map_or(LengthClass::Tiny, |seen| seen.length)
            },
            severity: severity.unwrap_or(cofferdam_model::record::Severity::P3),
            incumbent: ours.map(|seen| seen.side.clone()),
            challenger: theirs.map(|seen| seen.side.clone()),
            missed_bytes: if effect == Effect::Error { 0 } else { missed },
            surplus_bytes: if effect == Effect::Error { 0 } else { surplus },
            fingerprint: fingerprint.filter(|_| !low),
            shape: SafeText::vouched(shape.map_or_else(String::new, |shape| {
                let (from, to) = shape.range();
                let mut out = covers.within(from, to).to_vec();
                if low {
                    out.push((self.start, self.end));
                }
                shape.without(&out)
            })),
        }
    }
}

/// The finding that speaks for its side: the strictest, then the gravest, then the first.
fn chief(side: &[Seen]) -> Option<&Seen> {
    side.iter().min_by_key(|seen| {
        let strength = std::cmp::Reverse(seen.side.action.strength());
        (strength, seen.side.severity, seen.start, seen.end, seen.rule)
    })
}

fn action(seen: Option<&Seen>) -> Option<Action> {
    seen.map(|seen| seen.side.action)
}

fn taken_out(side: &[Seen]) -> Spans {
    let mut spans = Spans::default();
    for seen in side.iter().filter(|seen| seen.takes_out()) {
        spans.add(seen.start, seen.end);
    }
    spans
}
