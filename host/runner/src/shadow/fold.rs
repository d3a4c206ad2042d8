//! What many runs say of one candidate.

use std::collections::{BTreeMap, BTreeSet};

use cofferdam_model::eval::Rate;
use cofferdam_model::record::{Action, Day, Digest, Name, PluginKind, RunId, SafeText, Severity, Timestamp};
use cofferdam_model::shadow::{
    Candidate, CandidateReport, CandidateState, Coverage, Effect, EffectRates, GuestTimes, Labelled, PeriodReport,
    PlaceClass, PlaceRef, RuleReport, ShadowCoverage, ShadowPlace, SkippedWhy, Times,
};

use super::file::ShadowFile;
use super::labels::Labels;
use crate::record::RunSummary;

/// The shortest stretch of time that is told by itself, in seconds, and how many of it a minute, an hour and a day are.
const SHORTEST: u64 = 60;
const STRETCHES: [u64; 3] = [1, 60, 24 * 60];
/// More stretches than so many are put together to longer ones.
const PERIODS: u64 = 48;
/// So many places are listed of a candidate.
const LISTED: usize = 200;
/// So many of each rule and effect come before the rest.
const FIRST: usize = 5;

/// What makes one candidate another: with other bytes, other settings or another guard in force, nothing of what was
/// seen holds. What either is called makes no difference, or a new name would leave behind what speaks against it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    version: VersionKey,
    settings: Digest,
    incumbent: Option<(Digest, Digest)>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum VersionKey {
    Loaded(Digest),
    /// It was never loaded, so that only its name tells it from others.
    Absent(Name),
}

impl Key {
    pub(super) fn of(candidate: &Candidate) -> Self {
        Self {
            version: match candidate.digest {
                Some(digest) => VersionKey::Loaded(digest),
                None => VersionKey::Absent(candidate.name.clone()),
            },
            settings: candidate.settings_digest,
            incumbent: candidate
                .incumbent
                .as_ref()
                .map(|incumbent| (incumbent.digest, incumbent.settings_digest)),
        }
    }
}

/// Runs in which a candidate was never loaded belong to the version that was, where there is one.
pub(super) fn gather_absent(folds: &mut BTreeMap<Key, Fold>) {
    let absent: Vec<Key> = folds
        .keys()
        .filter(|key| matches!(key.version, VersionKey::Absent(_)))
        .cloned()
        .collect();
    for key in absent {
        let VersionKey::Absent(name) = &key.version else {
            continue;
        };
        let loaded = folds
            .iter()
            .filter(|(other, fold)| {
                matches!(other.version, VersionKey::Loaded(_))
                    && (&other.settings, &other.incumbent) == (&key.settings, &key.incumbent)
                    && fold.candidate.as_ref().is_some_and(|candidate| candidate.name == *name)
            })
            .max_by_key(|(_, fold)| fold.last)
            .map(|(other, _)| other.clone());
        let Some(loaded) = loaded else { continue };
        let fold = folds.remove(&key).unwrap_or_default();
        folds.get_mut(&loaded).expect("it is one of them").join(fold);
    }
}

/// What many runs say of one candidate.
#[derive(Default)]
pub(super) struct Fold {
    candidate: Option<Candidate>,
    /// The first run in which it was on trial, and when the last one began.
    first: Option<RunId>,
    last: Option<Timestamp>,
    runs: u64,
    whole: u64,
    absent: u64,
    interrupted: u64,
    /// Runs since the first that can't be taken into account, and were not merely cut off.
    unseen: u64,
    sum: ShadowCoverage,
    rules: BTreeMap<Name, RuleFold>,
    days: BTreeSet<Day>,
    /// By the number of the shortest stretch since 1970.
    periods: BTreeMap<u64, PeriodFold>,
    fingerprints: BTreeSet<String>,
    labelled: Labelled,
    listed: Vec<PlaceRef>,
}

#[derive(Clone)]
struct RuleFold {
    category: Name,
    severity: Severity,
    windows: u64,
    incumbent_windows: u64,
    dropped_windows: u64,
    effects: BTreeMap<Effect, u64>,
}

#[derive(Default)]
struct PeriodFold {
    runs: u64,
    windows: u64,
    incumbent_windows: u64,
    effects: BTreeMap<Effect, u64>,
    times: Times,
}

impl Fold {
    pub(super) fn run(
        &mut self,
        run: &RunSummary,
        at: Timestamp,
        candidate: &Candidate,
        file: &ShadowFile,
        labels: &Labels,
    ) {
        self.last = self.last.max(Some(at));
        self.begins(run.run);
        let own = |coverage: &&ShadowCoverage| coverage.candidate.as_ref() == Some(&candidate.name);
        let coverage = file.coverage.iter().find(own);
        if candidate.state != CandidateState::Ran {
            self.absent += 1;
            self.candidate.get_or_insert_with(|| candidate.clone());
            // What it would have had to see was dropped, all of it.
            coverage.into_iter().for_each(|coverage| self.amount(coverage));
            return;
        }
        self.candidate = Some(candidate.clone());
        self.runs += 1;
        if let Some(coverage) = coverage {
            self.coverage(coverage, at);
        }
        for (place, line) in file
            .places
            .iter()
            .filter(|(place, _)| place.candidate == candidate.name)
        {
            let verdict = match labels.get(&(run.run, place.place)) {
                Some(label) if label.line == *line => Some(label.verdict),
                Some(_) => {
                    self.labelled.stale += 1;
                    None
                }
                None => None,
            };
            self.place(run, place, verdict);
        }
    }

    /// What would have changed counts against the candidate wherever it is known; what it saw counts for it only in
    /// whole records.
    pub(super) fn interrupted(&mut self, run: RunId, candidate: &Candidate, file: &ShadowFile) {
        self.begins(run);
        self.interrupted += 1;
        self.candidate.get_or_insert_with(|| candidate.clone());
        for coverage in &file.coverage {
            add_up(&mut self.sum.failures, &coverage.failures);
        }
        for (place, _) in &file.places {
            *self.sum.places.entry(place.class).or_default() += 1;
            *self.sum.effects.entry(place.effect).or_default() += 1;
        }
        for rule in file.coverage.iter().flat_map(|coverage| &coverage.rules) {
            let one = RuleFold {
                category: rule.category.clone(),
                severity: rule.severity,
                windows: 0,
                incumbent_windows: 0,
                dropped_windows: 0,
                effects: rule.effects.clone(),
            };
            self.rule(rule.rule.clone(), one);
        }
    }

    /// A run that can't be taken into account. What was before the last intact run in which the candidate was not on
    /// trial yet has nothing to do with it; between that one and its first, nobody knows.
    pub(super) fn skipped(&mut self, run: RunId, why: SkippedWhy, intact: &BTreeSet<RunId>) {
        let Some(first) = self.first else { return };
        let is_before = intact.range(..first).next_back().is_some_and(|last| run < *last);
        // Another version of the host left records that this one can't read.
        let is_older = why == SkippedWhy::OtherSchema && run < first;
        if is_before || is_older {
            return;
        }
        match why {
            SkippedWhy::Open => self.interrupted += 1,
            SkippedWhy::Tampered | SkippedWhy::Missing | SkippedWhy::OtherSchema => self.unseen += 1,
        }
    }

    fn begins(&mut self, run: RunId) {
        self.first = Some(self.first.map_or(run, |first| first.min(run)));
    }

    /// Runs of the same candidate in which it was never loaded.
    fn join(&mut self, absent: Self) {
        if let Some(first) = absent.first {
            self.begins(first);
        }
        self.absent += absent.absent;
        add_all(&mut self.sum, &absent.sum);
        for (rule, fold) in absent.rules {
            self.rule(rule, fold);
        }
    }

    fn rule(&mut self, rule: Name, one: RuleFold) {
        match self.rules.get_mut(&rule) {
            Some(fold) => fold.merge(&one),
            None => {
                self.rules.insert(rule, one);
            }
        }
    }

    /// How much a run was, whether the candidate saw it or not.
    fn amount(&mut self, coverage: &ShadowCoverage) {
        add_all(&mut self.sum, coverage);
        for rule in &coverage.rules {
            let one = RuleFold {
                category: rule.category.clone(),
                severity: rule.severity,
                windows: rule.windows,
                incumbent_windows: rule.incumbent_windows,
                dropped_windows: rule.dropped(coverage),
                effects: rule.effects.clone(),
            };
            self.rule(rule.rule.clone(), one);
        }
    }

    fn coverage(&mut self, coverage: &ShadowCoverage, at: Timestamp) {
        self.whole += u64::from(coverage.is_whole());
        self.amount(coverage);
        self.days.insert(at.day());
        let fold = self.periods.entry(at.unix_millis() / 1000 / SHORTEST).or_default();
        fold.merge(&PeriodFold {
            runs: 1,
            windows: coverage.windows,
            incumbent_windows: coverage.incumbent_windows,
            effects: coverage.effects.clone(),
            times: coverage.times.clone(),
        });
    }

    fn place(&mut self, run: &RunSummary, place: &ShadowPlace, verdict: Option<bool>) {
        if let Some(fingerprint) = &place.fingerprint {
            self.fingerprints
                .insert(format!("{} {}", fingerprint.key_id, fingerprint.value));
        }
        let takes_out = |side: &Option<cofferdam_model::shadow::Side>| {
            side.as_ref().is_some_and(|side| side.action != Action::Allow)
        };
        if let Some(verdict) = verdict {
            let failed = matches!(place.class, PlaceClass::Error | PlaceClass::Timeout);
            self.labelled.places += 1;
            self.labelled
                .candidate
                .add(takes_out(&place.challenger) && !failed, verdict);
            self.labelled.incumbent.add(takes_out(&place.incumbent), verdict);
        }
        let side = place.incumbent.as_ref().or(place.challenger.as_ref());
        if let Some(side) = side.filter(|_| place.class != PlaceClass::Agree) {
            self.listed.push(PlaceRef {
                id: SafeText::vouched(format!("{}:{}", run.run, place.place)),
                task: run.task.clone(),
                class: place.class,
                effect: place.effect,
                rule: side.rule.clone(),
                category: side.category.clone(),
                severity: place.severity,
                channel: place.channel,
                offset: place.offset,
                length_class: place.length_class,
                shape: place.shape.clone(),
                verdict,
            });
        }
        if self.listed.len() > 4 * LISTED {
            self.shorten();
        }
    }

    /// Keeps the worst places: the first ones of each rule and effect before further ones of any, so that one kind of
    /// difference hides no other.
    fn shorten(&mut self) {
        let worst = |effect: Effect| match effect {
            Effect::Looser => 0,
            Effect::Error => 1,
            Effect::Stricter => 2,
            Effect::Same => 3,
        };
        self.listed.sort_by_key(|place| (worst(place.effect), place.severity));
        let mut counts: BTreeMap<(Effect, Name), usize> = BTreeMap::new();
        let mut placed: Vec<(bool, PlaceRef)> = Vec::with_capacity(self.listed.len());
        for place in std::mem::take(&mut self.listed) {
            let count = counts.entry((place.effect, place.rule.clone())).or_default();
            *count += 1;
            placed.push((*count > FIRST, place));
        }
        // Stable: among the first ones and among the others, the worst stay before.
        placed.sort_by_key(|(is_further, _)| *is_further);
        placed.truncate(LISTED);
        self.listed = placed.into_iter().map(|(_, place)| place).collect();
    }

    pub(super) fn told(mut self, runs: u64) -> CandidateReport {
        self.shorten();
        let sum = &self.sum;
        // Of a policy it isn't known which rules' findings were dropped.
        let kind = self.candidate.as_ref().map(|candidate| candidate.kind);
        let all = kind == Some(PluginKind::GuardPolicy) && self.whole < self.runs;
        let effects = EffectRates::of(&sum.effects, sum.windows, sum.incumbent_windows);
        let lost = sum.dropped_bytes + sum.unsure_bytes;
        let candidate = self.candidate.as_ref().expect("a fold has seen one");
        let mut rules: Vec<RuleReport> = self
            .rules
            .iter()
            .map(|(rule, fold)| fold.told(Some(rule.clone()), all))
            .collect();
        let dropped = all || rules.iter().any(|rule| rule.dropped);
        let mut categories = categories(&self.rules, all);
        for list in [&mut rules, &mut categories] {
            list.sort_by_key(|rule| {
                let effects = &rule.effects;
                std::cmp::Reverse((
                    effects.looser,
                    effects.differences(),
                    rule.windows + rule.incumbent_windows,
                ))
            });
        }
        CandidateReport {
            name: candidate.name.clone(),
            kind: candidate.kind,
            version: candidate.version.clone(),
            digest: candidate.digest,
            settings_digest: candidate.settings_digest,
            incumbent: candidate.incumbent.clone(),
            coverage: Coverage {
                runs: self.runs,
                whole_runs: self.whole,
                absent_runs: self.absent,
                interrupted_runs: self.interrupted,
                unseen_runs: self.unseen,
                unlisted: sum.unlisted,
                days: self.days.len() as u64,
                bytes: sum.bytes,
                dropped_bytes: lost,
                windows: sum.windows,
                incumbent_windows: sum.incumbent_windows,
                dropped_windows: sum.dropped_windows,
                sampled: Rate::wilson(self.runs, runs),
                dropped_share: Rate::wilson(lost.min(sum.bytes), sum.bytes).map_or(0.0, |rate| rate.value),
                unique_fingerprints: self.fingerprints.len() as u64,
            },
            nothing_looser: sum.incumbent_windows > 0
                && !dropped
                && self.interrupted == 0
                && self.unseen == 0
                && effects.looser == 0
                && effects.error == 0
                && sum.failures.is_empty(),
            places: sum.places.clone(),
            effects,
            rules,
            categories,
            cost: GuestTimes::of(&sum.times, sum.memory_bytes, sum.cpu_ms),
            incumbent_cost: GuestTimes::of(&sum.incumbent_times, sum.incumbent_memory_bytes, 0),
            failures: sum.failures.clone(),
            periods: periods(&self.periods),
            labelled: self.labelled,
            listed: self.listed,
        }
    }
}

impl RuleFold {
    /// What the report says of a rule, or of a category where none is named. `all_dropped` is for where nobody knows
    /// whose windows were.
    fn told(&self, rule: Option<Name>, all_dropped: bool) -> RuleReport {
        RuleReport {
            rule,
            category: self.category.clone(),
            severity: self.severity,
            windows: self.windows,
            incumbent_windows: self.incumbent_windows,
            dropped: all_dropped || self.dropped_windows > 0,
            dropped_windows: self.dropped_windows,
            effects: EffectRates::of(&self.effects, self.windows, self.incumbent_windows),
        }
    }

    /// Adds another fold of the same rule, or of the same category; the worst severity stays.
    fn merge(&mut self, other: &Self) {
        self.severity = self.severity.min(other.severity);
        self.windows += other.windows;
        self.incumbent_windows += other.incumbent_windows;
        self.dropped_windows += other.dropped_windows;
        add_up(&mut self.effects, &other.effects);
    }
}

impl PeriodFold {
    fn merge(&mut self, other: &Self) {
        self.runs += other.runs;
        self.windows += other.windows;
        self.incumbent_windows += other.incumbent_windows;
        self.times.merge(&other.times);
        add_up(&mut self.effects, &other.effects);
    }
}

/// Stretches as long as they must be for the list to be short.
fn periods(folds: &BTreeMap<u64, PeriodFold>) -> Vec<PeriodReport> {
    let ends = folds.first_key_value().zip(folds.last_key_value());
    let span = ends.map_or(0, |((first, _), (last, _))| last - first);
    let each = STRETCHES
        .iter()
        .find(|each| span / **each < PERIODS)
        .unwrap_or(&STRETCHES[2]);
    let mut sums: BTreeMap<u64, PeriodFold> = BTreeMap::new();
    for (number, fold) in folds {
        sums.entry(number / each).or_default().merge(fold);
    }
    let told = |(number, fold): (&u64, &PeriodFold)| PeriodReport {
        from: Timestamp::from_unix_millis(number * each * SHORTEST * 1000),
        seconds: each * SHORTEST,
        runs: fold.runs,
        windows: fold.windows,
        effects: EffectRates::of(&fold.effects, fold.windows, fold.incumbent_windows),
        p50_micros: fold.times.micros(50),
        p99_micros: fold.times.micros(99),
    };
    sums.iter().map(told).collect()
}

fn categories(rules: &BTreeMap<Name, RuleFold>, all_dropped: bool) -> Vec<RuleReport> {
    let mut categories: BTreeMap<&Name, RuleFold> = BTreeMap::new();
    for fold in rules.values() {
        match categories.get_mut(&fold.category) {
            Some(sum) => sum.merge(fold),
            None => {
                categories.insert(&fold.category, fold.clone());
            }
        }
    }
    categories.values().map(|sum| sum.told(None, all_dropped)).collect()
}

/// Adds one run's coverage to a sum; rules are summed elsewhere.
fn add_all(sum: &mut ShadowCoverage, run: &ShadowCoverage) {
    sum.bytes += run.bytes;
    sum.dropped_bytes += run.dropped_bytes;
    sum.unsure_bytes += run.unsure_bytes;
    sum.gaps += run.gaps;
    sum.windows += run.windows;
    sum.incumbent_windows += run.incumbent_windows;
    sum.dropped_windows += run.dropped_windows;
    sum.unlisted += run.unlisted;
    sum.cpu_ms += run.cpu_ms;
    sum.memory_bytes = sum.memory_bytes.max(run.memory_bytes);
    sum.incumbent_memory_bytes = sum.incumbent_memory_bytes.max(run.incumbent_memory_bytes);
    sum.times.merge(&run.times);
    sum.incumbent_times.merge(&run.incumbent_times);
    add_up(&mut sum.places, &run.places);
    add_up(&mut sum.effects, &run.effects);
    add_up(&mut sum.failures, &run.failures);
}

fn add_up<K: Ord + Clone>(mine: &mut BTreeMap<K, u64>, theirs: &BTreeMap<K, u64>) {
    for (key, count) in theirs {
        *mine.entry(key.clone()).or_default() += count;
    }
}
