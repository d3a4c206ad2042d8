//! Counts of a run, which add up over runs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Decision, Event, FailureKind, MarkKind, Name, Severity};

/// What a run's guard did, in numbers. Two tallies add up to one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// Decisions.
    pub decisions: u64,
    /// Decisions by action.
    pub by_action: BTreeMap<Action, u64>,
    /// Decisions by severity.
    pub by_severity: BTreeMap<Severity, u64>,
    /// Decisions by `plugin/rule`.
    pub by_rule: BTreeMap<Name, RuleTally>,
    /// Bytes of findings that were already out when these were made.
    pub late_bytes: u64,
    /// How long decisions took.
    pub decision_micros: Histogram,
    /// Failures of plugins.
    pub guest_failures: BTreeMap<FailureKind, u64>,
    /// Marks that changed the output.
    pub marks: BTreeMap<MarkKind, u64>,
    /// Bytes masked by marks.
    pub masked_bytes: u64,
    /// Processes that the child left behind.
    pub leftovers: u64,
}

/// Decisions of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct RuleTally {
    /// All of them, by action.
    pub by_action: BTreeMap<Action, u64>,
    /// Bytes that were already out.
    pub late_bytes: u64,
}

/// Counts of values by the power of two that they stay below.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Histogram {
    /// Values.
    pub count: u64,
    /// Their sum.
    pub sum: u64,
    /// The greatest.
    pub max: u64,
    /// How many have exactly so many binary digits as the place says, from 0.
    pub buckets: Vec<u64>,
}

impl Histogram {
    /// Counts one value.
    pub fn add(&mut self, value: u64) {
        let place = usize::try_from(u64::BITS - value.leading_zeros()).expect("at most 64");
        self.reach(place + 1);
        self.buckets[place] += 1;
        self.count += 1;
        self.sum = self.sum.saturating_add(value);
        self.max = self.max.max(value);
    }

    /// Counts all values of another.
    pub fn merge(&mut self, other: &Self) {
        self.reach(other.buckets.len());
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        self.max = self.max.max(other.max);
    }

    fn reach(&mut self, places: usize) {
        if self.buckets.len() < places {
            self.buckets.resize(places, 0);
        }
    }
}

/// Adds counts to counts.
fn add_up<K: Ord + Clone>(mine: &mut BTreeMap<K, u64>, theirs: &BTreeMap<K, u64>) {
    for (key, count) in theirs {
        *mine.entry(key.clone()).or_default() += count;
    }
}

impl Tally {
    /// Counts one event.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::GuardDecision(decision) => self.decide(decision),
            Event::GuardMark(mark) => {
                *self.marks.entry(mark.kind).or_default() += 1;
                self.masked_bytes += mark.masked;
            }
            Event::GuestFailed(failed) => *self.guest_failures.entry(failed.kind).or_default() += 1,
            Event::LeftoverEnded { count, .. } => self.leftovers += u64::from(*count),
            Event::RunStarted(_)
            | Event::OverridesChanged(_)
            | Event::ProcessStarted { .. }
            | Event::Output { .. }
            | Event::SegmentOpened { .. }
            | Event::SegmentClosed { .. }
            | Event::SegmentDropped { .. }
            | Event::RecordCut { .. }
            | Event::ProcessExited(_)
            | Event::RunCompleted(_)
            | Event::RunFailed(_) => {}
        }
    }

    /// Counts everything that another counted.
    pub fn merge(&mut self, other: &Self) {
        self.decisions += other.decisions;
        self.late_bytes += other.late_bytes;
        self.masked_bytes += other.masked_bytes;
        self.leftovers += other.leftovers;
        add_up(&mut self.by_action, &other.by_action);
        add_up(&mut self.by_severity, &other.by_severity);
        add_up(&mut self.guest_failures, &other.guest_failures);
        add_up(&mut self.marks, &other.marks);
        self.decision_micros.merge(&other.decision_micros);
        for (name, rule) in &other.by_rule {
            let mine = self.by_rule.entry(name.clone()).or_default();
            add_up(&mut mine.by_action, &rule.by_action);
            mine.late_bytes += rule.late_bytes;
        }
    }

    fn decide(&mut self, decision: &Decision) {
        self.decisions += 1;
        self.late_bytes += decision.late_bytes;
        *self.by_action.entry(decision.action).or_default() += 1;
        *self.by_severity.entry(decision.severity).or_default() += 1;
        self.decision_micros.add(decision.micros);
        let rule = self.by_rule.entry(decision.plugin.join(&decision.rule)).or_default();
        *rule.by_action.entry(decision.action).or_default() += 1;
        rule.late_bytes += decision.late_bytes;
    }
}

impl Name {
    /// `self/other`, as far as a name may go.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let mut text = format!("{self}/{other}");
        text.truncate(128);
        text.parse().expect("two names and a slash are a name")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Histogram;

    proptest! {
        #[test]
        fn histograms_add_up(a: Vec<u64>, b: Vec<u64>) {
            let of = |values: &[u64]| {
                let mut histogram = Histogram::default();
                values.iter().for_each(|value| histogram.add(*value));
                histogram
            };
            let mut sum = of(&a);
            sum.merge(&of(&b));
            prop_assert_eq!(sum, of(&[a, b].concat()));
        }
    }
}
