//! The sections about rules.

use cofferdam_model::eval::{CorpusRule, Evaluation};

use super::{ROWS, left_out};
use crate::report::chart::{Tone, bar, escape, stack, table};
use crate::report::html::section;
use crate::report::words::{corpus_rule, count, detector_rule, rate};

/// The categories of the detectors, as bars of right and wrong texts on one scale.
pub(super) fn categories(evaluation: &Evaluation, told: &mut String) {
    let categories = &evaluation.categories;
    let most = categories.iter().map(|category| category.right + category.wrong).max();
    let rows: Vec<_> = categories
        .iter()
        .take(ROWS)
        .map(|category| {
            let parts = [(category.right, Tone::Right), (category.wrong, Tone::Wrong)];
            vec![
                escape(category.category.as_str()),
                stack(&parts, most.unwrap_or(0)),
                count(category.right),
                count(category.wrong),
                rate(category.precision),
                rate(category.false_positives),
            ]
        })
        .collect();
    let heads = [
        "Category",
        "Texts",
        ">right",
        ">wrong",
        ">precision, %",
        ">false positives, %",
    ];
    let body = table(&heads, &rows) + &left_out(categories.len());
    let note = "Texts in which the detectors found something of a category, the most wrong ones first.";
    section("By category of the detectors", note, &body, told);
}

/// What is missed most, and what is found wrongly most.
pub(super) fn worst(evaluation: &Evaluation, told: &mut String) {
    told.push_str("<div class=\"pair\">");
    let missed: Vec<&CorpusRule> = evaluation
        .corpus_rules
        .iter()
        .filter(|rule| rule.found.missed > 0)
        .collect();
    let rows: Vec<_> = missed
        .iter()
        .take(ROWS)
        .map(|rule| {
            vec![
                escape(&corpus_rule(&rule.source, &rule.rule)),
                bar(rule.recall, Tone::Right),
                format!("{} of {}", count(rule.found.found), count(rule.found.positives())),
                rate(rule.recall),
            ]
        })
        .collect();
    let body = table(&["Rule of the corpus", "Recall", ">found", ">%"], &rows) + &left_out(missed.len());
    section(
        "Missed most",
        "Rules of the corpus, with the most misses first.",
        &body,
        told,
    );
    let wrong: Vec<_> = evaluation.detector_rules.iter().filter(|rule| rule.wrong > 0).collect();
    let most = wrong.iter().map(|rule| rule.right + rule.wrong).max().unwrap_or(0);
    let rows: Vec<_> = wrong
        .iter()
        .take(ROWS)
        .map(|rule| {
            vec![
                escape(&detector_rule(&rule.plugin, &rule.rule)),
                stack(&[(rule.right, Tone::Right), (rule.wrong, Tone::Wrong)], most),
                format!("{} of {}", count(rule.wrong), count(rule.right + rule.wrong)),
                rate(rule.precision),
            ]
        })
        .collect();
    let body = table(&["Rule of a detector", "Texts", ">wrong", ">precision, %"], &rows) + &left_out(wrong.len());
    section(
        "Wrong most",
        "Rules of the detectors, with the most wrong texts first.",
        &body,
        told,
    );
    told.push_str("</div>\n");
}

/// Which rules answered for which, where it wasn't one for all.
pub(super) fn confusion(evaluation: &Evaluation, told: &mut String) {
    let mut mixed: Vec<&CorpusRule> = evaluation
        .corpus_rules
        .iter()
        .filter(|rule| rule.answered_by.len() > 1 || (!rule.answered_by.is_empty() && rule.found.missed > 0))
        .collect();
    mixed.sort_by_key(|rule| std::cmp::Reverse((rule.answered_by.len(), rule.found.positives())));
    let rows: Vec<_> = mixed
        .iter()
        .take(ROWS)
        .map(|rule| {
            let mut chips: String = rule
                .answered_by
                .iter()
                .map(|answer| {
                    format!(
                        "<span class=\"chip\">{} <b>{}</b></span>",
                        escape(answer.rule.as_str()),
                        count(answer.texts)
                    )
                })
                .collect();
            if rule.found.missed > 0 {
                chips.push_str(&format!(
                    "<span class=\"chip none\">nobody <b>{}</b></span>",
                    count(rule.found.missed)
                ));
            }
            vec![
                escape(&corpus_rule(&rule.source, &rule.rule)),
                count(rule.found.positives()),
                chips,
            ]
        })
        .collect();
    let body = table(&["Rule of the corpus", ">texts", "Answered by, in texts"], &rows) + &left_out(mixed.len());
    let note =
        "Rules of the corpus for which more than one rule of a detector answered, or only for some of their texts.";
    section("Confusion between rules", note, &body, told);
}
