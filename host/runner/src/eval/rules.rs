//! Counts by source, by rule of the corpus, and by rule and category of the detectors.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use cofferdam_guard::RuleRef;
use cofferdam_model::eval::{AnsweredBy, Category, Counts, DetectorRule, Rate, SourceScore};
use cofferdam_model::eval::{CorpusRule, Label};
use cofferdam_model::record::{Name, SafeText, Severity};

use super::evaluator::Verdict;
use super::example::Example;
use super::names::{family, names};
use crate::session::Guards;

/// Counts by who labelled and by who answered. They grow with the number of rules and not with that of texts.
#[derive(Default)]
pub(super) struct Rules {
    sources: BTreeMap<SafeText, Both>,
    corpus: BTreeMap<(SafeText, SafeText), CorpusTally>,
    detectors: BTreeMap<RuleRef, DetectorTally>,
    families: BTreeMap<Name, RightWrong>,
}

/// A finding of P0 to P2 counts, or only one of P0 or P1.
#[derive(Default, Clone, Copy)]
struct Both {
    found: Counts,
    alarm: Counts,
}

#[derive(Default)]
struct CorpusTally {
    both: Both,
    answered: BTreeMap<RuleRef, u64>,
}

#[derive(Default, Clone, Copy)]
struct RightWrong {
    right: u64,
    wrong: u64,
}

struct DetectorTally {
    names: [Name; 3],
    family: Name,
    texts: RightWrong,
    findings: BTreeMap<Severity, u64>,
}

impl Rules {
    /// Counts one text. `answered` are the rules that found something in it of P0 to P2, each once.
    pub(super) fn add(&mut self, example: &Example, verdict: Verdict, answered: &[RuleRef], guards: &Guards) {
        let positive = example.label == Label::Positive;
        let key = (example.source.clone(), example.rule.clone());
        let corpus = self.corpus.entry(key).or_default();
        for both in [
            self.sources.entry(example.source.clone()).or_default(),
            &mut corpus.both,
        ] {
            both.found.add(positive, verdict.found, verdict.found_late);
            both.alarm.add(positive, verdict.alarm, verdict.alarm_late);
        }
        let mut families: Vec<Name> = Vec::new();
        for rule in answered {
            if positive {
                *corpus.answered.entry(*rule).or_default() += 1;
            }
            let detector = detector(&mut self.detectors, *rule, guards);
            detector.texts.add(positive);
            if !families.contains(&detector.family) {
                families.push(detector.family.clone());
            }
        }
        for family in families {
            self.families.entry(family).or_default().add(positive);
        }
    }

    /// Counts one finding, of whatever severity.
    pub(super) fn finding(&mut self, rule: RuleRef, severity: Severity, guards: &Guards) {
        let detector = detector(&mut self.detectors, rule, guards);
        *detector.findings.entry(severity).or_default() += 1;
    }

    /// The sources, by name.
    pub(super) fn sources(&self) -> Vec<SourceScore> {
        let told = |(source, both): (&SafeText, &Both)| SourceScore {
            source: source.clone(),
            found: both.found.into(),
            alarm: both.alarm.into(),
        };
        self.sources.iter().map(told).collect()
    }

    /// The rules of the corpus, with the most misses first.
    pub(super) fn corpus(&self) -> Vec<CorpusRule> {
        let told = |((source, rule), tally): (&(SafeText, SafeText), &CorpusTally)| {
            let mut answered_by: Vec<_> = tally
                .answered
                .iter()
                .filter_map(|(rule, texts)| {
                    let [plugin, rule, _] = self.detectors.get(rule)?.names.clone();
                    Some(AnsweredBy {
                        plugin,
                        rule,
                        texts: *texts,
                    })
                })
                .collect();
            answered_by.sort_by_key(|answer| Reverse(answer.texts));
            let Both { found, alarm } = tally.both;
            CorpusRule {
                source: source.clone(),
                rule: rule.clone(),
                found,
                alarm,
                recall: Rate::wilson(found.found, found.positives()),
                answered_by,
            }
        };
        let mut rules: Vec<_> = self.corpus.iter().map(told).collect();
        rules.sort_by_key(|rule| (Reverse(rule.found.missed), Reverse(rule.found.wrong), rule.found.found));
        rules
    }

    /// The categories of what was found, with the most wrong texts first. `negatives` is the number of all negatives.
    pub(super) fn categories(&self, negatives: u64) -> Vec<Category> {
        let told = |(category, texts): (&Name, &RightWrong)| Category {
            category: category.clone(),
            right: texts.right,
            wrong: texts.wrong,
            precision: texts.precision(),
            false_positives: Rate::wilson(texts.wrong, negatives),
        };
        let mut categories: Vec<_> = self.families.iter().map(told).collect();
        categories.sort_by_key(|category| (Reverse(category.wrong), Reverse(category.right)));
        categories
    }

    /// The rules of the detectors that found anything, with the most wrong texts first.
    pub(super) fn detectors(&self, negatives: u64) -> Vec<DetectorRule> {
        let told = |tally: &DetectorTally| {
            let [plugin, rule, category] = tally.names.clone();
            DetectorRule {
                plugin,
                rule,
                category,
                right: tally.texts.right,
                wrong: tally.texts.wrong,
                precision: tally.texts.precision(),
                false_positives: Rate::wilson(tally.texts.wrong, negatives),
                findings: tally.findings.clone(),
            }
        };
        let mut rules: Vec<_> = self.detectors.values().map(told).collect();
        rules.sort_by_key(|rule| (Reverse(rule.wrong), Reverse(rule.right)));
        rules
    }
}

impl RightWrong {
    fn add(&mut self, positive: bool) {
        if positive {
            self.right += 1;
        } else {
            self.wrong += 1;
        }
    }

    fn precision(self) -> Option<Rate> {
        Rate::wilson(self.right, self.right + self.wrong)
    }
}

fn detector<'a>(
    detectors: &'a mut BTreeMap<RuleRef, DetectorTally>,
    rule: RuleRef,
    guards: &Guards,
) -> &'a mut DetectorTally {
    detectors.entry(rule).or_insert_with(|| {
        let names = names(guards, rule);
        DetectorTally {
            family: family(&names[2]),
            names,
            texts: RightWrong::default(),
            findings: BTreeMap::new(),
        }
    })
}
