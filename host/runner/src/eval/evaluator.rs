//! Shows texts to guards, and counts what they say.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cofferdam_guard as guard;
use cofferdam_guard::RuleRef;
use cofferdam_model::eval::{Corpus, Counts, Evaluation, EvaluationSchema, Label, Severities, SpanBytes, Totals};
use cofferdam_model::record::{SafeText, Severity, Timestamp};

use super::clean::CleanTally;
use super::cuts::Cuts;
use super::example::{Example, Place};
use super::latency::Latency;
use super::rules::Rules;
use super::spans::{common, length, merged};
use super::twins::Twins;
use super::versus::Sides;
use crate::session::{Guards, Heard, Sighting, Trial};

/// Two plugins to be told apart, each loaded alone.
pub struct Versus {
    /// The one that is there.
    pub base: Arc<Guards>,
    /// The one that might take its place.
    pub candidate: Arc<Guards>,
}

/// Shows texts to guards, one by one, and keeps counts.
pub struct Evaluator {
    seed: u64,
    shown: u64,
    trial: Trial,
    latencies: Latencies,
    totals: Totals,
    took: Duration,
    found: Counts,
    alarm: Counts,
    kept_in: u64,
    twins: Twins,
    severities: Severities,
    spans: SpanBytes,
    rules: Rules,
    clean: CleanTally,
    versus: Option<Sides>,
}

/// What was said of one text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Verdict {
    pub(super) found: bool,
    /// It was found, and never before bytes of it were out.
    pub(super) found_late: bool,
    pub(super) alarm: bool,
    pub(super) alarm_late: bool,
}

/// How long the calls into each guest took: the detectors' in their order, and then the policy's.
pub(super) struct Latencies(Vec<Latency>);

impl Evaluator {
    /// An evaluation of these guards. The seed says where streams are cut.
    pub fn new(guards: Arc<Guards>, seed: u64, versus: Option<Versus>) -> Self {
        let guests = guards.guest_names().count();
        Self {
            seed,
            shown: 0,
            trial: Trial::new(guards),
            latencies: Latencies(std::iter::repeat_with(Latency::default).take(guests).collect()),
            totals: Totals::default(),
            took: Duration::ZERO,
            found: Counts::default(),
            alarm: Counts::default(),
            kept_in: 0,
            twins: Twins::default(),
            severities: Severities::default(),
            spans: SpanBytes::default(),
            rules: Rules::default(),
            clean: CleanTally::default(),
            versus: versus.map(|Versus { base, candidate }| Sides::new(Trial::new(base), Trial::new(candidate))),
        }
    }

    /// Shows a labelled text, as a stream of its own.
    pub fn example(&mut self, place: Place, example: &Example) {
        let cuts = self.cuts();
        let guards = &*Arc::clone(self.trial.guards());
        let begun = Instant::now();
        let heard = self.trial.text(&example.text, cuts.pieces());
        self.took += begun.elapsed();
        self.latencies.add(heard, guards);
        let positive = example.label == Label::Positive;
        let totals = &mut self.totals;
        totals.texts += 1;
        totals.bytes += example.text.len() as u64;
        totals.failures += heard.failures;
        if positive {
            totals.positives += 1;
        } else {
            totals.negatives += 1;
        }
        let mut answered: Vec<RuleRef> = Vec::new();
        for sighting in &heard.sightings {
            let severity = severity(sighting.severity);
            let count = self.severities.entry(severity).or_default();
            if positive {
                count.in_positives += 1;
            } else {
                count.in_negatives += 1;
            }
            self.rules.finding(sighting.rule, severity, guards);
            if counts(example, sighting) && !answered.contains(&sighting.rule) {
                answered.push(sighting.rule);
            }
        }
        let verdict = verdict(example, &heard.sightings);
        self.found.add(positive, verdict.found, verdict.found_late);
        self.alarm.add(positive, verdict.alarm, verdict.alarm_late);
        self.kept_in += u64::from(positive && is_kept_in(example, &heard.sightings));
        self.twins.add(&example.text, positive, verdict.found);
        self.rules.add(example, verdict, &answered, guards);
        if !example.spans.is_empty() {
            let found = heard.sightings.iter().filter(|sighting| is_found(sighting));
            let found = merged(found.map(|sighting| (sighting.start, sighting.end)).collect());
            let (wanted, covered) = (length(&example.spans), common(&example.spans, &found));
            self.spans.texts += 1;
            self.spans.wanted += wanted;
            self.spans.missed += wanted - covered;
            self.spans.surplus += length(&found) - covered;
        }
        if let Some(sides) = &mut self.versus {
            sides.add(place, example, cuts);
        }
    }

    /// Guards text that holds no secret, to its end and as one stream.
    ///
    /// # Errors
    /// It can't be read.
    pub fn clean(&mut self, file: SafeText, input: &mut dyn Read) -> io::Result<()> {
        let cuts = self.cuts();
        self.clean.file(&mut self.trial, &mut self.latencies, file, input, cuts)
    }

    /// Positives of which nothing would have come out: findings of P0 cover all of their spans, and none of these was
    /// late. Where a text has no spans, one such finding will do.
    #[must_use]
    pub fn kept_in(&self) -> u64 {
        self.kept_in
    }

    /// What came of it.
    pub fn finish(self, host: &'static str, made: Timestamp, corpora: Vec<Corpus>) -> Evaluation {
        let guards = Arc::clone(self.trial.guards());
        let files: Vec<SafeText> = corpora.iter().map(|corpus| corpus.file.clone()).collect();
        let totals = Totals {
            millis: u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            ..self.totals
        };
        Evaluation {
            schema: EvaluationSchema::V1,
            host: SafeText::constant(host),
            made,
            seed: self.seed,
            plugins: guards.plugins(),
            corpora,
            totals,
            found: self.found.into(),
            alarm: self.alarm.into(),
            both_ways: self.twins.told(),
            severities: self.severities,
            spans: (self.spans.texts > 0).then_some(self.spans),
            sources: self.rules.sources(),
            corpus_rules: self.rules.corpus(),
            categories: self.rules.categories(totals.negatives),
            detector_rules: self.rules.detectors(totals.negatives),
            guests: guards
                .guest_names()
                .zip(&self.latencies.0)
                .map(|(name, latency)| latency.told(name))
                .collect(),
            clean: self.clean.told(&guards),
            comparison: self.versus.map(|sides| sides.told(&files)),
        }
    }

    fn cuts(&mut self) -> Cuts {
        self.shown += 1;
        Cuts::of(self.seed, self.shown)
    }
}

/// What findings say of a text.
pub(super) fn verdict(example: &Example, sightings: &[Sighting]) -> Verdict {
    let mut verdict = Verdict {
        found_late: true,
        alarm_late: true,
        ..Verdict::default()
    };
    for sighting in sightings.iter().filter(|sighting| counts(example, sighting)) {
        verdict.found = true;
        verdict.found_late &= sighting.late;
        if sighting.severity <= guard::Severity::P1 {
            verdict.alarm = true;
            verdict.alarm_late &= sighting.late;
        }
    }
    verdict
}

fn is_kept_in(example: &Example, sightings: &[Sighting]) -> bool {
    let sure = |sighting: &&Sighting| sighting.severity == guard::Severity::P0 && !sighting.late;
    let sure = sightings.iter().filter(sure);
    let covered = merged(sure.map(|sighting| (sighting.start, sighting.end)).collect());
    if example.spans.is_empty() {
        !covered.is_empty()
    } else {
        common(&example.spans, &covered) == length(&example.spans)
    }
}

/// Whether a finding counts: it is of P0 to P2, and touches a span where the text has any.
fn counts(example: &Example, sighting: &Sighting) -> bool {
    let touches = |(start, end): &(u64, u64)| sighting.start < *end && *start < sighting.end;
    is_found(sighting) && (example.spans.is_empty() || example.spans.iter().any(touches))
}

/// P3 is what a detector itself takes for harmless, as a placeholder.
fn is_found(sighting: &Sighting) -> bool {
    sighting.severity <= guard::Severity::P2
}

/// The guard's word as records have it.
pub(super) fn severity(severity: guard::Severity) -> Severity {
    match severity {
        guard::Severity::P0 => Severity::P0,
        guard::Severity::P1 => Severity::P1,
        guard::Severity::P2 => Severity::P2,
        guard::Severity::P3 => Severity::P3,
    }
}

impl Latencies {
    /// Counts the calls that were heard of.
    pub(super) fn add(&mut self, heard: &Heard, guards: &Guards) {
        let policy = self.0.len() - 1;
        for call in &heard.calls {
            if let Some(latency) = self.0.get_mut(call.detector.map_or(policy, usize::from)) {
                latency.add(call.took, call.parts);
            }
        }
        for plugin in &heard.incidents {
            let place = guards.guest_names().position(|name| name.as_str() == &**plugin);
            self.0[place.unwrap_or(policy)].failures += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authority_a_secret_is_kept_in_only_whole_in_time_and_as_p0() {
        let sighting = |start, end, severity, late| Sighting {
            rule: RuleRef { detector: 0, rule: 0 },
            severity,
            start,
            end,
            length: None,
            late,
        };
        let example = |spans: &[(u64, u64)]| Example {
            text: vec![b'x'; 40],
            label: Label::Positive,
            rule: SafeText::default(),
            source: SafeText::default(),
            spans: spans.to_vec(),
        };
        let (p0, p1) = (guard::Severity::P0, guard::Severity::P1);
        let spans = example(&[(10, 20), (30, 35)]);
        assert!(is_kept_in(
            &spans,
            &[sighting(8, 22, p0, false), sighting(30, 35, p0, false)]
        ));
        assert!(!is_kept_in(&spans, &[sighting(8, 22, p0, false)]), "one of two");
        assert!(
            !is_kept_in(&spans, &[sighting(11, 35, p0, false)]),
            "not its first byte"
        );
        assert!(!is_kept_in(&spans, &[sighting(8, 36, p1, false)]), "of a lesser grade");
        assert!(!is_kept_in(&spans, &[sighting(8, 36, p0, true)]), "too late");
        assert!(is_kept_in(&example(&[]), &[sighting(1, 2, p0, false)]));
        assert!(!is_kept_in(&example(&[]), &[sighting(1, 2, p0, true)]));
    }
}
