//! The report over many runs, as it is written down.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, PlaceClass, Times};
use crate::eval::Rate;
use crate::record::{
    Channel, Day, Digest, FailureKind, LengthClass, Name, PluginKind, RunId, SafeText, Severity, TaskId, Timestamp,
};

/// What candidates would have decided beside the guards in force, over all runs that the question covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShadowReport {
    /// The version of this form.
    pub schema: ShadowReportSchema,
    /// The version of the host.
    pub host: SafeText,
    /// When it was made.
    pub made: Timestamp,
    /// The tasks that it covers; empty where it covers all.
    pub tasks: Vec<TaskId>,
    /// The first day that it covers; null where it covers all.
    pub since: Option<Day>,
    /// Closed runs that the question covers, with a candidate or without.
    pub runs: u64,
    /// Runs that could not be taken into account, each with the reason.
    pub skipped: Vec<SkippedRun>,
    /// One for each candidate and version of it.
    pub candidates: Vec<CandidateReport>,
}

/// The version of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum ShadowReportSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.shadow-report/v1")]
    V1,
}

/// A run that could not be taken into account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SkippedRun {
    /// The task.
    pub task: TaskId,
    /// The run.
    pub run: RunId,
    /// Why.
    pub why: SkippedWhy,
}

/// Why a run could not be taken into account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SkippedWhy {
    /// It was not closed: it goes on, or its host was killed.
    Open,
    /// Its record is not the one that was closed, or its `shadow.jsonl` not the one that the closing entry names.
    Tampered,
    /// The task's log tells of it, and nothing of it is there.
    Missing,
    /// Its `shadow.jsonl` or its manifest is of another version than this host knows.
    OtherSchema,
}

/// One candidate in one version, over all runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CandidateReport {
    /// What it is called in the configuration.
    pub name: Name,
    /// What it does.
    pub kind: PluginKind,
    /// Its own version; null where it was never loaded.
    pub version: Option<SafeText>,
    /// Digest of its component; null where it was never loaded.
    pub digest: Option<Digest>,
    /// Digest of its settings.
    pub settings_digest: Digest,
    /// Name, version and digest of what it was compared with; null where there was nothing.
    pub incumbent: Option<super::Incumbent>,
    /// How much it saw.
    pub coverage: Coverage,
    /// Places, by how the two differ.
    pub places: BTreeMap<PlaceClass, u64>,
    /// What that would have meant, with bounds.
    pub effects: EffectRates,
    /// Whether the claim can be made that nothing got looser: nothing did, nothing failed, there were windows of the guard in force, none of
    /// them was dropped, and no run was cut off or can't be taken into account.
    pub nothing_looser: bool,
    /// By rule, with the most differences first.
    pub rules: Vec<RuleReport>,
    /// By category, with the most differences first.
    pub categories: Vec<RuleReport>,
    /// Time and memory of the candidate.
    pub cost: GuestTimes,
    /// Time and memory of what is in force, in the same runs.
    pub incumbent_cost: GuestTimes,
    /// How often it failed, by kind.
    pub failures: BTreeMap<FailureKind, u64>,
    /// Over time: by day, or by shorter stretches where all runs lie close together. Stretches without a run are left out.
    pub periods: Vec<PeriodReport>,
    /// What reviewers said of its places.
    pub labelled: Labelled,
    /// Places that differ, the worst first; 200 at most.
    pub listed: Vec<PlaceRef>,
}

/// How much a candidate saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Runs in which it was on trial.
    pub runs: u64,
    /// Runs of them that it saw from their beginning to their end.
    pub whole_runs: u64,
    /// Runs in which it could not be loaded, or was too late.
    pub absent_runs: u64,
    /// Runs that were never closed, from which it is known what it saw until about a second before the end. What would have changed there is
    /// counted; what it saw is not, and they claim nothing.
    #[serde(default)]
    pub interrupted_runs: u64,
    /// Runs since the first in which it was on trial that can't be taken into account: altered, missing, or of another version. Nobody knows
    /// what it did in them.
    #[serde(default)]
    pub unseen_runs: u64,
    /// Places that have no line of their own, since there were too many in their run.
    #[serde(default)]
    pub unlisted: u64,
    /// Days on which it saw something, by the times of the records.
    pub days: u64,
    /// Bytes that the runs' children wrote.
    pub bytes: u64,
    /// Bytes of them that it did not see, or saw too soon after a gap to be held to them.
    pub dropped_bytes: u64,
    /// Windows that it was asked about; for a policy, findings.
    pub windows: u64,
    /// Windows that the guard in force was asked about in what both saw.
    pub incumbent_windows: u64,
    /// Windows that the guard in force was asked about in what the candidate did not see.
    pub dropped_windows: u64,
    /// Of all closed runs that the question covers, the share in which it was on trial.
    pub sampled: Option<Rate>,
    /// Of the bytes, the share that was dropped, from 0 to 1.
    pub dropped_share: f64,
    /// Different values among its places, by their keyed fingerprints.
    pub unique_fingerprints: u64,
}

/// Counts of effects, with the shares of windows that they are. The share of looser places is one of the windows of the guard in force,
/// that of stricter ones of the candidate's.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EffectRates {
    /// More would have been taken out.
    pub stricter: u64,
    /// Something would have come out.
    pub looser: u64,
    /// The output would have been the same.
    pub same: u64,
    /// The candidate failed.
    pub error: u64,
    /// Stricter places in the candidate's windows.
    pub stricter_rate: Option<Rate>,
    /// Looser places in the windows of the guard in force.
    pub looser_rate: Option<Rate>,
    /// Failures in the candidate's windows.
    pub error_rate: Option<Rate>,
}

/// One rule, or one category, over all runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleReport {
    /// The rule; null where it is about a category.
    pub rule: Option<Name>,
    /// The category.
    pub category: Name,
    /// The worst grade.
    pub severity: Severity,
    /// Windows of the candidate.
    pub windows: u64,
    /// Windows of the guard in force, in what both saw.
    pub incumbent_windows: u64,
    /// Whether any of its windows was dropped in a run where it was on trial. Then it can't be said that nothing got looser.
    pub dropped: bool,
    /// Windows and findings of the guard in force that the candidate can't be held to.
    #[serde(default)]
    pub dropped_windows: u64,
    /// What the differences would have meant.
    pub effects: EffectRates,
}

/// What calls into a guest cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuestTimes {
    /// How many calls.
    pub calls: u64,
    /// Half of them took at most so many microseconds. This and those below are at most an eighth too high.
    pub p50_micros: f64,
    /// 95 % of them.
    pub p95_micros: f64,
    /// 99 % of them.
    pub p99_micros: f64,
    /// The longest, in microseconds.
    pub max_micros: f64,
    /// The most memory that an instance held, in bytes.
    pub memory_bytes: u64,
    /// Time of a processor that its own thread used, in milliseconds; 0 for what is in force, which has none of its own.
    pub cpu_ms: u64,
}

/// One stretch of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PeriodReport {
    /// When it begins.
    pub from: Timestamp,
    /// How long it is, in seconds.
    pub seconds: u64,
    /// Runs that began in it.
    pub runs: u64,
    /// Windows of the candidate.
    pub windows: u64,
    /// What the differences would have meant.
    pub effects: EffectRates,
    /// Half of the candidate's calls took at most so many microseconds.
    pub p50_micros: f64,
    /// 99 % of them.
    pub p99_micros: f64,
}

/// What reviewers said of a candidate's places, and what follows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Labelled {
    /// Places that were labelled.
    pub places: u64,
    /// Labels whose place is not the one that was reviewed; they don't count.
    pub stale: u64,
    /// The candidate.
    pub candidate: Reviewed,
    /// What is in force.
    pub incumbent: Reviewed,
}

/// Labelled places, as one of the two judged them.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reviewed {
    /// Found, and rightly.
    pub right: u64,
    /// Found, and wrongly.
    pub wrong: u64,
    /// Not found, though the other found it rightly.
    pub missed: u64,
    /// Of what it found, what is right.
    pub precision: Option<Rate>,
    /// Of what either found rightly, what it found. What neither found is not known to anyone.
    pub recall: Option<Rate>,
}

/// A place that differs, as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaceRef {
    /// What `shadow show` and `shadow label` take.
    pub id: SafeText,
    /// The task.
    pub task: TaskId,
    /// How the two differ.
    pub class: PlaceClass,
    /// What that would have meant.
    pub effect: Effect,
    /// The rule of the guard in force, or else the candidate's.
    pub rule: Name,
    /// Its category.
    pub category: Name,
    /// The worse of the two grades.
    pub severity: Severity,
    /// The stream.
    pub channel: Channel,
    /// Where it begins in the raw stream, in bytes.
    pub offset: u64,
    /// Roughly how long it is.
    pub length_class: LengthClass,
    /// Classes of characters.
    pub shape: SafeText,
    /// What a reviewer said last; null where nobody did.
    pub verdict: Option<bool>,
}

impl EffectRates {
    /// Counts with the shares that they are of so many windows of the candidate and of the guard in force.
    #[must_use]
    pub fn of(effects: &BTreeMap<Effect, u64>, windows: u64, incumbent_windows: u64) -> Self {
        let count = |effect: Effect| effects.get(&effect).copied().unwrap_or(0);
        let (stricter, looser, error) = (count(Effect::Stricter), count(Effect::Looser), count(Effect::Error));
        // What the host finds by itself is in no window.
        let rate = |hits: u64, of: u64| Rate::wilson(hits, of.max(hits));
        Self {
            stricter,
            looser,
            same: count(Effect::Same),
            error,
            stricter_rate: rate(stricter, windows),
            looser_rate: rate(looser, incumbent_windows),
            error_rate: rate(error, windows),
        }
    }

    /// Places that differ.
    #[must_use]
    pub fn differences(&self) -> u64 {
        self.stricter + self.looser + self.error
    }
}

impl Reviewed {
    /// Counts one labelled place.
    pub fn add(&mut self, found: bool, verdict: bool) {
        match (found, verdict) {
            (true, true) => self.right += 1,
            (true, false) => self.wrong += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
        self.precision = Rate::wilson(self.right, self.right + self.wrong);
        self.recall = Rate::wilson(self.right, self.right + self.missed);
    }
}

impl GuestTimes {
    /// What these times tell.
    #[must_use]
    pub fn of(times: &Times, memory_bytes: u64, cpu_ms: u64) -> Self {
        Self {
            calls: times.count,
            p50_micros: times.micros(50),
            p95_micros: times.micros(95),
            p99_micros: times.micros(99),
            max_micros: times.micros(100),
            memory_bytes,
            cpu_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{EffectRates, Reviewed};
    use crate::shadow::Effect;

    #[test]
    fn none_looser_in_many_windows_has_an_upper_bound() {
        let rates = EffectRates::of(&BTreeMap::from([(Effect::Same, 12)]), 50_000, 41_233);
        let looser = rates.looser_rate.expect("of windows");
        assert!(
            looser.value.abs() < 1e-12 && (looser.high - 0.000_093).abs() < 1e-6,
            "{looser:?}"
        );
        assert_eq!(EffectRates::of(&BTreeMap::new(), 0, 0).looser_rate, None);
    }

    #[test]
    fn labels_tell_precision_and_recall_of_what_either_found() {
        let mut reviewed = Reviewed::default();
        for (found, verdict) in [(true, true), (true, true), (true, false), (false, true), (false, false)] {
            reviewed.add(found, verdict);
        }
        assert_eq!((reviewed.right, reviewed.wrong, reviewed.missed), (2, 1, 1));
        let value = |rate: Option<crate::eval::Rate>| rate.expect("of something").value;
        assert!((value(reviewed.precision) - 2.0 / 3.0).abs() < 1e-12);
        assert!((value(reviewed.recall) - 2.0 / 3.0).abs() < 1e-12);
    }
}
