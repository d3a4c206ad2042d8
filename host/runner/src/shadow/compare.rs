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

    /// What the two sides make of the place. `covers` is all that any guard in force takes out of the stream, and
    /// what no shape may tell; nor may one tell of what stands from `decided` on, since nobody knows yet what is
    /// taken out there.
    pub(super) fn place(
        &self,
        number: u32,
        candidate: &Name,
        channel: Channel,
        (covers, decided): (&Spans, u64),
    ) -> ShadowPlace {
        let (ours, theirs) = (chief(&self.ours), chief(&self.theirs));
        let (taken, would) = (taken_out(&self.ours), taken_out(&self.theirs));
        let (missed, surplus) = (taken.beyond(&would), would.beyond(&taken));
        let (our_action, their_action) = (action(ours), action(theirs));
        let failed = self.theirs.iter().find_map(|seen| seen.failed);
        let (class, effect) = match failed {
            Some(FailureKind::Timeout) => (PlaceClass::Timeout, Effect::Error),
            Some(_) => (PlaceClass::Error, Effect::Error),
            None => {
                let class = PlaceClass::of(our_action, their_action, missed, surplus);
                let effect = Effect::of(our_action, their_action, missed, surplus);
                match (class, self.weakened().next()) {
                    (class, None) => (class, effect),
                    (PlaceClass::Agree, Some(_)) => (PlaceClass::DifferentAction, Effect::Looser),
                    (class, Some(_)) => (class, Effect::Looser),
                }
            }
        };
        let first = theirs.or(ours);
        let all = || self.ours.iter().chain(&self.theirs);
        let severity = all().map(|seen| seen.side.severity).min();
        let fingerprint = [theirs, ours]
            .into_iter()
            .flatten()
            .find_map(|seen| seen.fingerprint.clone());
        let low = all().any(|seen| seen.length == LengthClass::Hidden);
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
            missed_bytes: missed,
            surplus_bytes: if effect == Effect::Error { 0 } else { surplus },
            fingerprint: fingerprint.filter(|_| !low),
            shape: SafeText::vouched(shape.map_or_else(String::new, |shape| {
                let (from, to) = shape.range();
                let mut out = covers.within(from, to).to_vec();
                out.push((decided, u64::MAX));
                if low {
                    out.push((self.start, self.end));
                }
                shape.without(&out)
            })),
        }
    }
}

impl Cluster {
    /// Whose rules the effect of the place counts for. Where something gets looser, these are all of which anything
    /// does: the graver ones mustn't hide behind the strictest.
    pub(super) fn by_rule(&self, effect: Effect) -> Vec<&Seen> {
        let mut all: Vec<&Seen> = match effect {
            Effect::Looser => self.weakened().collect(),
            Effect::Same | Effect::Stricter | Effect::Error => Vec::new(),
        };
        if all.is_empty() {
            all.extend(chief(&self.ours).or_else(|| chief(&self.theirs)));
        }
        all.sort_by(|one, other| (&one.side.rule, one.side.severity).cmp(&(&other.side.rule, other.side.severity)));
        all.dedup_by(|one, other| one.side.rule == other.side.rule);
        all
    }

    /// Findings of the guard in force that the candidate would not carry out as strictly, or not for all of their
    /// bytes.
    fn weakened(&self) -> impl Iterator<Item = &Seen> {
        let by_strength = [1, 2, 3].map(|least| {
            let mut spans = Spans::default();
            for seen in self.theirs.iter().filter(|seen| seen.side.action.strength() >= least) {
                spans.add(seen.kept_from(), seen.end);
            }
            (least, spans)
        });
        self.ours.iter().filter(move |seen| {
            let strength = seen.side.action.strength();
            let would = by_strength.iter().find(|(least, _)| *least == strength);
            seen.kept_from() < seen.end && would.is_some_and(|(_, would)| !would.covers(seen.kept_from(), seen.end))
        })
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
        spans.add(seen.kept_from(), seen.end);
    }
    spans
}

#[cfg(test)]
mod tests {
    use cofferdam_guard::RuleRef;
    use cofferdam_model::record::Severity;
    use cofferdam_model::shadow::Side;

    use super::*;

    fn seen((start, end): (u64, u64), rule: &str, severity: Severity, action: Action) -> Seen {
        Seen {
            start,
            end,
            rule: RuleRef { detector: 0, rule: 0 },
            side: Side {
                plugin: "mine".parse().expect("a name"),
                rule: rule.parse().expect("a name"),
                category: "credential".parse().expect("a name"),
                severity,
                action,
                confidence: 100,
                late_bytes: 0,
            },
            failed: None,
            length: LengthClass::Tiny,
            fingerprint: None,
            shape: None,
        }
    }

    /// The effect, and the rules that it counts for.
    fn compared(ours: Vec<Seen>, theirs: Vec<Seen>) -> (Effect, Vec<String>) {
        let clusters = clusters(ours, theirs);
        assert_eq!(clusters.len(), 1);
        let place = clusters[0].place(
            1,
            &"next".parse().expect("a name"),
            Channel::Stdout,
            (&Spans::default(), u64::MAX),
        );
        let rules = clusters[0].by_rule(place.effect);
        let rules = rules.iter().map(|seen| seen.side.rule.to_string()).collect();
        assert_eq!(
            place.class == PlaceClass::Agree,
            place.effect == Effect::Same,
            "{place:?}"
        );
        (place.effect, rules)
    }

    #[test]
    fn invariant_7_what_gets_looser_counts_for_each_rule_that_it_does() {
        let (redact, withhold) = (Action::Redact, Action::WithholdLine);
        let line = || seen((0, 40), "line", Severity::P2, withhold);
        let token = || seen((10, 30), "token", Severity::P0, redact);
        let same = |rule: &str, action| seen((0, 40), rule, Severity::P2, action);
        assert_eq!(compared(vec![line(), token()], vec![line(), token()]).0, Effect::Same);
        // The line would be withheld in any case: nothing of the token comes out.
        assert_eq!(compared(vec![line(), token()], vec![line()]).0, Effect::Same);
        let (effect, rules) = compared(vec![line(), token()], vec![token()]);
        assert_eq!((effect, rules), (Effect::Looser, vec!["line".to_owned()]));
        let (effect, rules) = compared(vec![line(), token()], vec![same("other", redact)]);
        assert_eq!((effect, rules), (Effect::Looser, vec!["line".to_owned()]));
        let (effect, rules) = compared(vec![line(), token()], Vec::new());
        assert_eq!(
            (effect, rules),
            (Effect::Looser, vec!["line".to_owned(), "token".to_owned()])
        );
        let short = seen((0, 20), "line", Severity::P2, withhold);
        let (effect, rules) = compared(vec![line(), token()], vec![short]);
        assert_eq!(
            (effect, rules),
            (Effect::Looser, vec!["line".to_owned(), "token".to_owned()])
        );
        // As strict in one place, and not in the other: the strictest of each side would say that nothing changed.
        let elsewhere = seen((35, 45), "else", Severity::P2, withhold);
        let (effect, rules) = compared(vec![line()], vec![same("other", redact), elsewhere]);
        assert_eq!((effect, rules), (Effect::Looser, vec!["line".to_owned()]));
        // In time for one of two, and too late for the other.
        let next = || seen((25, 50), "next", Severity::P0, redact);
        let mut late = next();
        late.side.late_bytes = 12;
        let (effect, rules) = compared(vec![token(), next()], vec![token(), late]);
        assert_eq!((effect, rules), (Effect::Looser, vec!["next".to_owned()]));
        let (effect, rules) = compared(Vec::new(), vec![token()]);
        assert_eq!((effect, rules), (Effect::Stricter, vec!["token".to_owned()]));
    }

    #[test]
    fn invariant_1_a_shape_tells_nothing_of_what_is_not_decided() {
        let name: Name = "next".parse().expect("a name");
        let text = b"key abcdefghij and more of it";
        let mut found = seen((4, 14), "token", Severity::P0, Action::Redact);
        found.shape = Some(cofferdam_guard::Shape::new(0, text, 4, 14));
        let cluster = clusters(Vec::new(), vec![found]).remove(0);
        let shape = |decided| {
            let place = cluster.place(1, &name, Channel::Stdout, (&Spans::default(), decided));
            place.shape.to_string()
        };
        assert_ne!(shape(u64::MAX), shape(15));
        assert!(shape(15).ends_with('…'), "{}", shape(15));
        let mut hidden = seen((6, 8), "low", Severity::P2, Action::Redact);
        hidden.length = LengthClass::Hidden;
        let (ours, mut theirs) = cluster.into_sides();
        theirs.push(hidden);
        let place = clusters(ours, theirs)[0].place(1, &name, Channel::Stdout, (&Spans::default(), u64::MAX));
        assert_eq!(place.length_class, LengthClass::Hidden, "of any finding of the place");
    }
}
