//! Two plugins over the same texts.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use cofferdam_model::eval::{Comparison, Counts, FoundBy, Label, OneSided, Pair, RulePair};
use cofferdam_model::record::{Name, SafeText};

use super::cuts::Cuts;
use super::evaluator::verdict;
use super::example::{Example, Place};
use crate::session::Trial;

/// How many texts that only one found are listed.
const LISTED: usize = 10_000;

/// Two trials, and what each found alone.
pub(super) struct Sides {
    pub(super) base: Trial,
    pub(super) candidate: Trial,
    scores: [Counts; 2],
    positives: Pair,
    negatives: Pair,
    rules: BTreeMap<(SafeText, SafeText), [Pair; 2]>,
    listed: Vec<(Place, SafeText, SafeText, Label, FoundBy)>,
}

impl Sides {
    pub(super) fn new(base: Trial, candidate: Trial) -> Self {
        Self {
            base,
            candidate,
            scores: Default::default(),
            positives: Pair::default(),
            negatives: Pair::default(),
            rules: BTreeMap::new(),
            listed: Vec::new(),
        }
    }

    /// Shows a text to both, cut in the same places.
    pub(super) fn add(&mut self, place: Place, example: &Example, cuts: Cuts) {
        let base = verdict(example, &self.base.text(&example.text, cuts.pieces()).sightings);
        let candidate = verdict(example, &self.candidate.text(&example.text, cuts.pieces()).sightings);
        let positive = example.label == Label::Positive;
        for (counts, verdict) in self.scores.iter_mut().zip([base, candidate]) {
            counts.add(positive, verdict.found, verdict.found_late);
        }
        let key = (example.source.clone(), example.rule.clone());
        let [positives, negatives] = self.rules.entry(key).or_default();
        let pairs = match example.label {
            Label::Positive => [positives, &mut self.positives],
            Label::Negative => [negatives, &mut self.negatives],
        };
        for pair in pairs {
            pair.add(base.found, candidate.found);
        }
        let found_by = match (base.found, candidate.found) {
            (true, false) => FoundBy::Base,
            (false, true) => FoundBy::Candidate,
            (true, true) | (false, false) => return,
        };
        if self.listed.len() < LISTED {
            let names = (example.source.clone(), example.rule.clone());
            self.listed.push((place, names.0, names.1, example.label, found_by));
        }
    }

    /// As a report tells it. `files` are the names of the corpora.
    pub(super) fn told(self, files: &[SafeText]) -> Comparison {
        let name = |trial: &Trial| -> Name {
            let mut names = trial.guards().guest_names();
            names.next().expect("a policy is there at least").clone()
        };
        let mut rules: Vec<RulePair> = self
            .rules
            .into_iter()
            .map(|((source, rule), [positives, negatives])| RulePair {
                source,
                rule,
                positives,
                negatives,
            })
            .filter(|rule| rule.positives.one_sided() + rule.negatives.one_sided() > 0)
            .collect();
        rules.sort_by_key(|rule| Reverse(rule.positives.one_sided() + rule.negatives.one_sided()));
        let one_sided: Vec<OneSided> = self
            .listed
            .into_iter()
            .map(|(place, source, rule, label, found_by)| OneSided {
                file: files.get(place.file).cloned().unwrap_or_default(),
                line: place.line,
                source,
                rule,
                label,
                found_by,
            })
            .collect();
        let [base_score, candidate_score] = self.scores.map(Into::into);
        Comparison {
            base: name(&self.base),
            candidate: name(&self.candidate),
            base_score,
            candidate_score,
            positives: self.positives,
            positives_p: self.positives.p(),
            negatives: self.negatives,
            negatives_p: self.negatives.p(),
            rules,
            unlisted: self.positives.one_sided() + self.negatives.one_sided() - one_sided.len() as u64,
            one_sided,
        }
    }
}
