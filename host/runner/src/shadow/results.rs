//! What came of one candidate so far. The session's thread can take it at any time.

use std::collections::BTreeMap;

use cofferdam_guard::{Outlet, RuleRef};
use cofferdam_model::record::{Action, Channel, Digest, LengthClass, Name, SafeText};
use cofferdam_model::shadow::{CandidateState, Effect, RuleCoverage, ShadowCoverage, ShadowPlace};

use super::compare::{Cluster, clusters};
use super::lane::{Dropped, Windows};
use super::seen::Seen;
use super::spans::Spans;
use crate::session::Guards;

/// So many findings of a stream are kept before the first ones are compared.
const KEPT: usize = 20_000;
/// What stands so far before the last settled byte can't be found any more: far more than any window holds.
const SURE: u64 = 1 << 20;
/// So many places have a line of their own.
const LISTED: usize = 10_000;
/// So many stretches are left out of shapes, at most; beyond them there are no shapes.
const COVERS: usize = 100_000;
/// What stands so soon after a gap may depend on what was dropped.
const UNSURE: u64 = 64 * 1024;

/// What came of a candidate.
pub(super) struct Results {
    pub(super) state: CandidateState,
    pub(super) version: Option<SafeText>,
    pub(super) digest: Option<Digest>,
    pub(super) coverage: ShadowCoverage,
    pub(super) listed: Vec<ShadowPlace>,
    streams: BTreeMap<Channel, StreamResults>,
    /// Windows of the candidate's rules, and of those of the guard in force.
    windows: Windows,
    our_windows: Windows,
    /// Findings of the guard in force where nothing can be held against anybody.
    unsure: Windows,
    effects: RuleEffects,
}

type RuleEffects = BTreeMap<Name, (RuleTold, BTreeMap<Effect, u64>)>;

#[derive(Debug, Clone)]
struct RuleTold {
    category: Name,
    severity: cofferdam_model::record::Severity,
}

/// One stream.
pub(super) struct StreamResults {
    outlet: Outlet,
    ours: Vec<Seen>,
    theirs: Vec<Seen>,
    /// All that any guard in force takes out, and what has little entropy.
    covers: Spans,
    /// Where nothing can be held against anybody.
    unsure: Spans,
    gone: Spans,
    /// Nothing more comes of the guard in force, or of the candidate, before these places.
    our_settled: u64,
    settled: u64,
    seen: u64,
    ended: bool,
    /// The guard in force ended the session here.
    limit: u64,
}

impl Default for Results {
    fn default() -> Self {
        Self {
            state: CandidateState::Late,
            version: None,
            digest: None,
            coverage: ShadowCoverage::default(),
            listed: Vec::new(),
            streams: BTreeMap::new(),
            windows: Windows::new(),
            our_windows: Windows::new(),
            unsure: Windows::new(),
            effects: BTreeMap::new(),
        }
    }
}

impl StreamResults {
    fn new(outlet: Outlet) -> Self {
        Self {
            outlet,
            ours: Vec::new(),
            theirs: Vec::new(),
            covers: Spans::default(),
            unsure: Spans::default(),
            gone: Spans::default(),
            our_settled: 0,
            settled: 0,
            seen: 0,
            ended: false,
            limit: u64::MAX,
        }
    }

    /// The candidate saw nothing of these bytes, and begins anew behind them. What it held before them it will never
    /// decide.
    fn gap(&mut self, from: u64, to: u64) {
        self.gone.add(from, to);
        // Nobody knows what a terminal shows once some of what was written to it is missing.
        let until = match self.outlet {
            Outlet::Pipe => to + UNSURE,
            Outlet::Terminal => u64::MAX,
        };
        self.unsure.add(self.settled.min(from), until);
        self.settled = to;
        self.seen = to;
    }
}

impl Results {
    pub(super) fn open(&mut self, channel: Channel, outlet: Outlet) {
        self.streams.insert(channel, StreamResults::new(outlet));
    }

    pub(super) fn gap(&mut self, channel: Channel, from: u64, to: u64) {
        self.coverage.gaps += 1;
        if let Some(stream) = self.streams.get_mut(&channel) {
            stream.gap(from, to);
        }
    }

    pub(super) fn our_windows(&mut self, windows: &Windows) {
        super::lane::add_up(&mut self.our_windows, windows);
    }

    pub(super) fn their_windows(&mut self, windows: &Windows) {
        super::lane::add_up(&mut self.windows, windows);
    }

    /// How far both sides have come.
    pub(super) fn progress(&mut self, channel: Channel, ours: Option<u64>, theirs: u64, seen: u64, ended: bool) {
        if let Some(stream) = self.streams.get_mut(&channel) {
            stream.our_settled = ours.unwrap_or(stream.our_settled);
            stream.settled = theirs;
            stream.seen = seen;
            stream.ended |= ended;
        }
    }

    /// The guards in force decided. `compared` says whether it is the one that the candidate is held against.
    pub(super) fn ours(&mut self, channel: Channel, seen: Seen, compared: bool) {
        let Some(stream) = self.streams.get_mut(&channel) else {
            return;
        };
        if seen.takes_out() || seen.length == LengthClass::Hidden {
            stream.covers.add(seen.start, seen.end);
        }
        if seen.side.action == Action::Block {
            stream.limit = stream.limit.min(seen.end);
        }
        if compared {
            stream.ours.push(seen);
        }
    }

    pub(super) fn theirs(&mut self, channel: Channel, seen: Seen) {
        if let Some(stream) = self.streams.get_mut(&channel) {
            stream.theirs.push(seen);
        }
    }

    /// A place that needs no comparing: the same finding under two policies.
    pub(super) fn same_finding(&mut self, channel: Channel, name: &Name, ours: Seen, theirs: Seen) {
        // What stands behind it is decided later, so that no shape may tell of it.
        let decided = ours.end.max(theirs.end);
        for cluster in clusters(vec![ours], vec![theirs]) {
            self.tell(&cluster, channel, (name, decided));
        }
    }

    /// A stream of so many bytes ended, and both sides have said all. Another may begin in its place.
    pub(super) fn close(&mut self, channel: Channel, all: u64, name: &Name) {
        self.progress(channel, Some(all), all, all, true);
        self.compare(channel, u64::MAX, name);
    }

    /// Compares what can't change any more, where much waits for it.
    pub(super) fn settle(&mut self, name: &Name) {
        let full: Vec<_> = self
            .streams
            .iter()
            .filter(|(_, stream)| stream.ours.len() + stream.theirs.len() > KEPT)
            .map(|(channel, stream)| (*channel, stream.our_settled.min(stream.settled).saturating_sub(SURE)))
            .collect();
        for (channel, upto) in full {
            self.compare(channel, upto, name);
        }
    }

    fn compare(&mut self, channel: Channel, upto: u64, name: &Name) {
        let Some(stream) = self.streams.get_mut(&channel) else {
            return;
        };
        let found = clusters(std::mem::take(&mut stream.ours), std::mem::take(&mut stream.theirs));
        let limit = stream.limit;
        let mut sure = Vec::new();
        for cluster in found {
            if cluster.end > upto {
                let (ours, theirs) = cluster.into_sides();
                stream.ours.extend(ours);
                stream.theirs.extend(theirs);
            } else if cluster.end <= limit && !stream.unsure.touches(cluster.start, cluster.end) {
                sure.push(cluster);
            } else if cluster.end <= limit {
                for seen in cluster.into_sides().0 {
                    *self.unsure.entry(seen.rule.rule).or_default() += 1;
                }
            }
        }
        for cluster in sure {
            self.tell(&cluster, channel, (name, u64::MAX));
        }
    }

    fn tell(&mut self, cluster: &Cluster, channel: Channel, (name, decided): (&Name, u64)) {
        let number = u32::try_from(self.listed.len() + 1).unwrap_or(u32::MAX);
        let covers = self.streams.get(&channel).map(|stream| &stream.covers);
        let none = Spans::default();
        let mut place = cluster.place(number, name, channel, (covers.unwrap_or(&none), decided));
        if covers.is_none_or(|covers| covers.count() > COVERS) {
            place.shape = SafeText::default();
        }
        *self.coverage.places.entry(place.class).or_default() += 1;
        *self.coverage.effects.entry(place.effect).or_default() += 1;
        count(&mut self.effects, cluster, place.effect);
        if self.listed.len() < LISTED {
            self.listed.push(place);
        } else {
            self.coverage.unlisted += 1;
        }
    }

    /// What came of it so far, as if the run ended here, but for what either side may still find: in the places that
    /// both sides are done with, and with what can be said of all of it.
    pub(super) fn so_far(&self, name: &Name) -> (Vec<ShadowPlace>, ShadowCoverage) {
        let (mut places, mut coverage) = (self.listed.clone(), self.coverage.clone());
        let mut effects = self.effects.clone();
        for (channel, stream) in &self.streams {
            let done = stream.our_settled.min(stream.settled).min(stream.limit);
            for cluster in clusters(stream.ours.clone(), stream.theirs.clone()) {
                if cluster.end > done || stream.unsure.touches(cluster.start, cluster.end) || places.len() >= LISTED {
                    continue;
                }
                let number = u32::try_from(places.len() + 1).unwrap_or(u32::MAX);
                let mut place = cluster.place(number, name, *channel, (&stream.covers, done));
                if stream.covers.count() > COVERS {
                    place.shape = SafeText::default();
                }
                *coverage.places.entry(place.class).or_default() += 1;
                *coverage.effects.entry(place.effect).or_default() += 1;
                count(&mut effects, &cluster, place.effect);
                places.push(place);
            }
            coverage.bytes += stream.seen;
        }
        coverage.candidate = Some(name.clone());
        coverage.windows += self.windows.values().sum::<u64>();
        coverage.incumbent_windows += self.our_windows.values().sum::<u64>();
        coverage.rules = rules_of(&effects).into_values().collect();
        (places, coverage)
    }

    /// Compares the rest, and tells what was seen of it all. `taken` is how much the child wrote to each channel.
    pub(super) fn conclude(
        &mut self,
        name: &Name,
        dropped: &Dropped,
        taken: &BTreeMap<Channel, u64>,
        all: &Windows,
        rules: Rules<'_>,
    ) {
        let mut missed = all.clone();
        for (rule, seen) in &self.our_windows {
            // What is being looked at when time is over was neither seen nor dropped by then.
            missed.entry(*rule).and_modify(|count| *count -= (*seen).min(*count));
        }
        if dropped.blind {
            // What was decided about some windows is not known, and nobody knows about which.
            missed.clone_from(all);
            self.our_windows.clear();
        }
        missed.retain(|_, count| *count > 0);
        let channels: Vec<Channel> = self.streams.keys().copied().collect();
        for channel in channels {
            let all = taken.get(&channel).copied().unwrap_or(0);
            let stream = self.streams.get_mut(&channel).expect("it is one of them");
            if dropped.blind {
                stream.unsure.add(0, u64::MAX);
            }
            if !stream.ended {
                // What was held at the end was never decided.
                stream.unsure.add(stream.settled, u64::MAX);
                stream.gone.add(stream.seen, all);
            }
            let mut unsure = Spans::default();
            for (start, end) in stream.unsure.within(0, all.min(stream.limit)) {
                unsure.add(*start, (*end).min(all));
            }
            self.coverage.unsure_bytes += unsure.beyond(&stream.gone);
            self.compare(channel, u64::MAX, name);
        }
        self.coverage.candidate = Some(name.clone());
        self.coverage.bytes = taken.values().sum();
        // Not what the lane counted: bytes that were being looked at when time was over are dropped as well.
        let gone = taken.iter().map(|(channel, all)| match self.streams.get(channel) {
            Some(stream) => stream.gone.len(),
            None => *all,
        });
        self.coverage.dropped_bytes = gone.sum();
        self.coverage.windows += self.windows.values().sum::<u64>();
        self.coverage.incumbent_windows += self.our_windows.values().sum::<u64>();
        self.coverage.dropped_windows += missed.values().sum::<u64>() + dropped.findings;
        self.coverage.rules = self.rules(&missed, rules);
    }

    fn rules(&self, missed: &Windows, rules: Rules<'_>) -> Vec<RuleCoverage> {
        let mut told = rules_of(&self.effects);
        let ours = rules.ours;
        let lists = [
            (rules.theirs, &self.windows, Column::Candidate),
            (ours, &self.our_windows, Column::Incumbent),
            (ours, missed, Column::Dropped),
            (ours, &self.unsure, Column::Unsure),
        ];
        for (guards, windows, column) in lists {
            let Some((guards, detector)) = guards else { continue };
            for (rule, count) in windows {
                let at = RuleRef { detector, rule: *rule };
                let Some((name, severity)) = guards.rule_name(at).zip(guards.severity_of(at)) else {
                    continue;
                };
                let of = RuleTold {
                    category: name.category.clone(),
                    severity,
                };
                let rule = told.entry(name.rule.clone()).or_insert_with(|| rule_of(name.rule, &of));
                match column {
                    Column::Candidate => rule.windows += count,
                    Column::Incumbent => rule.incumbent_windows += count,
                    Column::Dropped => rule.dropped_windows += count,
                    Column::Unsure => rule.unsure = rule.unsure.map(|unsure| unsure + count),
                }
            }
        }
        told.into_values().collect()
    }
}

/// A number of a rule's coverage.
enum Column {
    Candidate,
    Incumbent,
    Dropped,
    Unsure,
}

/// Counts what came of a place for each rule that it counts for.
fn count(effects: &mut RuleEffects, cluster: &Cluster, effect: Effect) {
    for Seen { side, .. } in cluster.by_rule(effect) {
        let told = RuleTold {
            category: side.category.clone(),
            severity: side.severity,
        };
        let (of, counts) = effects.entry(side.rule.clone()).or_insert((told, BTreeMap::new()));
        // A finding can be graver than its rule usually is.
        of.severity = of.severity.min(side.severity);
        *counts.entry(effect).or_default() += 1;
    }
}

fn rules_of(effects: &RuleEffects) -> BTreeMap<Name, RuleCoverage> {
    let told = effects.iter().map(|(rule, (of, effects))| {
        let mut told = rule_of(rule, of);
        told.effects.clone_from(effects);
        (rule.clone(), told)
    });
    told.collect()
}

fn rule_of(rule: &Name, of: &RuleTold) -> RuleCoverage {
    RuleCoverage {
        rule: rule.clone(),
        category: of.category.clone(),
        severity: of.severity,
        windows: 0,
        incumbent_windows: 0,
        dropped_windows: 0,
        unsure: Some(0),
        effects: BTreeMap::new(),
    }
}

/// Whose rules the windows are counted by.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    /// The guards in force, and which detector of them the candidate is held against.
    pub(super) ours: Option<(&'a Guards, u16)>,
    /// The candidate.
    pub(super) theirs: Option<(&'a Guards, u16)>,
}

#[cfg(test)]
mod tests {
    use cofferdam_model::record::Severity;
    use cofferdam_model::shadow::Side;

    use super::*;

    fn found(start: u64, rule: u16) -> Seen {
        Seen {
            start,
            end: start + 10,
            rule: RuleRef { detector: 0, rule },
            side: Side {
                plugin: "mine".parse().expect("a name"),
                rule: "token".parse().expect("a name"),
                category: "credential".parse().expect("a name"),
                severity: Severity::P0,
                action: Action::Redact,
                confidence: 100,
                late_bytes: 0,
            },
            failed: None,
            length: LengthClass::Hidden,
            fingerprint: None,
            shape: None,
        }
    }

    #[test]
    fn invariant_7_what_stands_near_a_gap_is_lost_to_its_rule_and_to_no_other() {
        let name: Name = "next".parse().expect("a name");
        let mut results = Results::default();
        results.open(Channel::Stdout, Outlet::Pipe);
        for (start, rule) in [(0, 1), (2_000, 2)] {
            results.ours(Channel::Stdout, found(start, rule), true);
            if rule == 1 {
                results.theirs(Channel::Stdout, found(start, rule));
            }
        }
        results.progress(Channel::Stdout, Some(1_000), 1_000, 1_000, false);
        results.gap(Channel::Stdout, 1_000, 1_500);
        let windows = Windows::from([(1, 1), (2, 1)]);
        results.our_windows(&windows);
        let nobody = Rules {
            ours: None,
            theirs: None,
        };
        let taken = BTreeMap::from([(Channel::Stdout, 3_000)]);
        results.conclude(&name, &Dropped::default(), &taken, &windows, nobody);
        assert_eq!(results.unsure, Windows::from([(2, 1)]), "not the one before the gap");
        assert_eq!(results.coverage.effects, BTreeMap::from([(Effect::Same, 1)]));
        assert!(results.coverage.dropped_bytes >= 500 && results.coverage.dropped_windows == 0);
    }

    #[test]
    fn invariant_7_a_decision_that_nobody_heard_of_is_lost_to_all_rules() {
        let name: Name = "next".parse().expect("a name");
        let mut results = Results::default();
        results.open(Channel::Stdout, Outlet::Pipe);
        let windows = Windows::from([(1, 3), (2, 1)]);
        results.our_windows(&windows);
        let dropped = Dropped {
            blind: true,
            ..Dropped::default()
        };
        let nobody = Rules {
            ours: None,
            theirs: None,
        };
        results.conclude(&name, &dropped, &BTreeMap::new(), &windows, nobody);
        let coverage = &results.coverage;
        assert_eq!((coverage.incumbent_windows, coverage.dropped_windows), (0, 4));
    }
}
