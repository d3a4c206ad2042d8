//! What to do with the figures.

use cofferdam_model::eval::Evaluation;

use crate::report::words::of;

/// What to do next, a sentence each; the first is the most pressing.
pub(super) fn next(evaluation: &Evaluation) -> Vec<String> {
    let mut steps = Vec::new();
    let missed = evaluation.found.counts.missed;
    if missed > 0 {
        steps.push(format!(
            "Write a rule for what was missed in {}: docs/rule-packs.md.",
            of(missed, "text")
        ));
    }
    let wrong = evaluation.found.counts.wrong;
    if wrong > 0 {
        steps.push(format!(
            "See what was wrongly found in {}: the rule is too wide, or the label wrong.",
            of(wrong, "text")
        ));
    }
    if evaluation.clean.as_ref().is_some_and(|clean| clean.alarms > 0) {
        steps.push(
            "Look at each alarm in clean text: the rule is too wide, or there was a secret after all.".to_owned(),
        );
    }
    steps.push("Put another version on trial, to see what it would do to live traffic: docs/shadow.md.".to_owned());
    steps
}
