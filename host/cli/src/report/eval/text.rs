//! An evaluation on a terminal.

use std::fmt::Write as _;

use cofferdam_model::eval::{Clean, Comparison, Evaluation, FoundBy, Label, Pair, Score};
use cofferdam_model::record::{PluginKind, Severity};

use super::next::next;
use crate::report::table::Table;
use crate::report::words::{
    alarm_place, bytes, corpus_rule, count, detector_rule, length_class, of, p, per_gigabyte, percent, rate, severity,
    source, speed,
};

/// The report, in lines of at most 100 columns; `all` shows every row of every table.
pub(crate) fn text(evaluation: &Evaluation, all: bool) -> String {
    let mut told = String::new();
    head(evaluation, &mut told);
    if evaluation.totals.texts > 0 {
        totals(evaluation, &mut told);
        sources(evaluation, all, &mut told);
        corpus_rules(evaluation, all, &mut told);
        detector_rules(evaluation, all, &mut told);
    }
    if let Some(comparison) = &evaluation.comparison {
        compared(comparison, all, &mut told);
    }
    if let Some(clean) = &evaluation.clean {
        cleaned(clean, all, &mut told);
    }
    guests(evaluation, &mut told);
    section("Next", &mut told);
    for step in next(evaluation) {
        line(&mut told, &step);
    }
    line(
        &mut told,
        "For a page of this give --html FILE, for all figures --json FILE, for all rows --verbose.",
    );
    told
}

/// A section's heading.
fn section(title: &str, told: &mut String) {
    writeln!(told, "\n{title}").expect("a string takes all");
}

fn line(told: &mut String, text: &str) {
    told.push_str("  ");
    told.push_str(text);
    told.push('\n');
}

fn head(evaluation: &Evaluation, told: &mut String) {
    let totals = &evaluation.totals;
    if totals.texts > 0 {
        writeln!(
            told,
            "{} ({} positive, {} negative; {}) in {} ms: {} texts a second",
            of(totals.texts, "text"),
            count(totals.positives),
            count(totals.negatives),
            bytes(totals.bytes),
            count(totals.millis),
            count(speed(totals.texts, totals.millis))
        )
        .expect("a string takes all");
    }
    let named = |wanted: PluginKind| -> String {
        let plugins = evaluation.plugins.iter().filter(|plugin| plugin.kind == wanted);
        let names: Vec<_> = plugins
            .map(|plugin| format!("{} {}", plugin.name, plugin.version))
            .collect();
        names.join(", ")
    };
    writeln!(
        told,
        "guards: {}; policy: {}; seed {}",
        named(PluginKind::Detector),
        named(PluginKind::GuardPolicy),
        evaluation.seed
    )
    .expect("a string takes all");
    let failures = totals.failures + evaluation.clean.as_ref().map_or(0, |clean| clean.failures);
    if failures > 0 {
        let failed = of(failures, "suspect");
        writeln!(
            told,
            "GUARDS FAILED on {failed}: the figures below are not those of guards that answer"
        )
        .expect("a string takes all");
    }
}

fn totals(evaluation: &Evaluation, told: &mut String) {
    section("All texts, in %, with 95 % intervals", told);
    let mut table = Table::new(&["", "PRECISION", "RECALL", "IN TIME", "F1", "FALSE POSITIVES"], &[]);
    for (name, score) in [("found", &evaluation.found), ("P0, P1", &evaluation.alarm)] {
        table.row([
            name.to_owned(),
            rate(score.precision),
            rate(score.recall),
            percent(score.recall_on_time),
            rate(score.f1),
            rate(score.false_positives),
        ]);
    }
    table.write(true, told);
    line(
        told,
        "found: a finding of P0, P1 or P2. P3 is what a guard itself takes for harmless, as a placeholder.",
    );
    line(
        told,
        "in time: recall without what was found only after bytes of it were out.",
    );
    let mut table = Table::new(&["", "FOUND", "OF THEM LATE", "MISSED", "WRONG", "QUIET"], &[]);
    for (name, score) in [("found", &evaluation.found), ("P0, P1", &evaluation.alarm)] {
        let counts = &score.counts;
        let cells = [counts.found, counts.late, counts.missed, counts.wrong, counts.quiet].map(count);
        table.row(std::iter::once(name.to_owned()).chain(cells));
    }
    told.push('\n');
    table.write(true, told);
    let mut table = Table::new(&["FINDINGS", "P0", "P1", "P2", "P3"], &[]);
    let severities = [Severity::P0, Severity::P1, Severity::P2, Severity::P3];
    let counts = severities.map(|severity| evaluation.severities.get(&severity).copied().unwrap_or_default());
    let cells = counts.map(|severity| count(severity.in_positives));
    table.row(std::iter::once("in positives".to_owned()).chain(cells));
    let cells = counts.map(|severity| count(severity.in_negatives));
    table.row(std::iter::once("in negatives".to_owned()).chain(cells));
    told.push('\n');
    table.write(true, told);
    let both = &evaluation.both_ways;
    if both.negatives > 0 {
        line(
            told,
            &format!(
                "{} are labelled as positives elsewhere; something was found in {} of them",
                of(both.negatives, "negative"),
                count(both.wrong)
            ),
        );
    }
    if let Some(spans) = &evaluation.spans {
        line(
            told,
            &format!(
                "{} with spans: of {} bytes in them {} were missed; {} outside of them were taken too",
                of(spans.texts, "text"),
                count(spans.wanted),
                count(spans.missed),
                count(spans.surplus)
            ),
        );
    }
}

fn scored(name: &str, score: &Score) -> [String; 6] {
    let counts = &score.counts;
    [
        name.to_owned(),
        count(counts.positives() + counts.negatives()),
        rate(score.precision),
        rate(score.recall),
        rate(score.f1),
        rate(score.false_positives),
    ]
}

fn sources(evaluation: &Evaluation, all: bool, told: &mut String) {
    section("By source of the corpus (found)", told);
    let mut table = Table::new(
        &["SOURCE", "TEXTS", "PRECISION", "RECALL", "F1", "FALSE POSITIVES"],
        &[],
    );
    for told in &evaluation.sources {
        table.row(scored(source(&told.source), &told.found));
    }
    table.write(all, told);
}

fn corpus_rules(evaluation: &Evaluation, all: bool, told: &mut String) {
    section(
        "By rule of the corpus, the most misses first, and which rules answered for it (found)",
        told,
    );
    let mut table = Table::new(&["RULE", "FOUND", "RECALL", "WRONG", "ANSWERED BY"], &[4]);
    for rule in &evaluation.corpus_rules {
        let answers: Vec<_> = rule
            .answered_by
            .iter()
            .map(|answer| format!("{} {}", answer.rule, count(answer.texts)))
            .collect();
        table.row([
            corpus_rule(&rule.source, &rule.rule),
            format!("{}/{}", count(rule.found.found), count(rule.found.positives())),
            rate(rule.recall),
            format!("{}/{}", count(rule.found.wrong), count(rule.found.negatives())),
            answers.join(", "),
        ]);
    }
    table.write(all, told);
}

fn detector_rules(evaluation: &Evaluation, all: bool, told: &mut String) {
    section("By category of the detectors, the most wrong texts first (found)", told);
    let heads = ["CATEGORY", "RIGHT", "WRONG", "PRECISION", "FALSE POSITIVES"];
    let mut table = Table::new(&heads, &[]);
    for category in &evaluation.categories {
        table.row([
            category.category.to_string(),
            count(category.right),
            count(category.wrong),
            rate(category.precision),
            rate(category.false_positives),
        ]);
    }
    table.write(all, told);
    section("By rule of the detectors, the most wrong texts first (found)", told);
    let mut table = Table::new(&["RULE", "RIGHT", "WRONG", "PRECISION", "FALSE POSITIVES"], &[]);
    for rule in evaluation
        .detector_rules
        .iter()
        .filter(|rule| rule.right + rule.wrong > 0)
    {
        table.row([
            detector_rule(&rule.plugin, &rule.rule),
            count(rule.right),
            count(rule.wrong),
            rate(rule.precision),
            rate(rule.false_positives),
        ]);
    }
    table.write(all, told);
}

fn compared(comparison: &Comparison, all: bool, told: &mut String) {
    let Comparison { base, candidate, .. } = comparison;
    section(
        &format!("{base} (base) against {candidate} (candidate), each alone (found)"),
        told,
    );
    let mut table = Table::new(
        &["PLUGIN", "TEXTS", "PRECISION", "RECALL", "F1", "FALSE POSITIVES"],
        &[],
    );
    table.row(scored(base.as_str(), &comparison.base_score));
    table.row(scored(candidate.as_str(), &comparison.candidate_score));
    table.write(true, told);
    told.push('\n');
    let mut table = Table::new(&["", "BOTH", "ONLY BASE", "ONLY CANDIDATE", "NEITHER", "MCNEMAR"], &[]);
    let row = |name: &str, pair: &Pair, value: f64| {
        let cells = [pair.both, pair.only_base, pair.only_candidate, pair.neither].map(count);
        let [both, base, candidate, neither] = cells;
        [name.to_owned(), both, base, candidate, neither, p(value)]
    };
    table.row(row("positives", &comparison.positives, comparison.positives_p));
    table.row(row("negatives", &comparison.negatives, comparison.negatives_p));
    table.write(true, told);
    if !comparison.rules.is_empty() {
        told.push('\n');
    }
    let mut table = Table::new(
        &[
            "RULE OF THE CORPUS",
            "ONLY BASE",
            "ONLY CANDIDATE",
            "WRONG BASE",
            "WRONG CANDIDATE",
        ],
        &[],
    );
    for rule in &comparison.rules {
        table.row([
            corpus_rule(&rule.source, &rule.rule),
            count(rule.positives.only_base),
            count(rule.positives.only_candidate),
            count(rule.negatives.only_base),
            count(rule.negatives.only_candidate),
        ]);
    }
    table.write(all, told);
    if !comparison.one_sided.is_empty() {
        told.push('\n');
    }
    let mut table = Table::new(
        &["TEXT THAT ONLY ONE FOUND", "BY", "LABEL", "RULE OF THE CORPUS"],
        &[1, 2, 3],
    );
    for text in &comparison.one_sided {
        let by = match text.found_by {
            FoundBy::Base => "base",
            FoundBy::Candidate => "candidate",
        };
        let label = match text.label {
            Label::Positive => "positive",
            Label::Negative => "negative",
        };
        table.row([
            format!("{}:{}", text.file, text.line),
            by.to_owned(),
            label.to_owned(),
            corpus_rule(&text.source, &text.rule),
        ]);
    }
    table.write(all, told);
    unlisted(comparison.unlisted, told);
}

fn cleaned(clean: &Clean, all: bool, told: &mut String) {
    section("Text that holds no secret", told);
    line(
        told,
        &format!(
            "{} in {}, {}/s",
            bytes(clean.bytes),
            of(clean.files.len() as u64, "file"),
            bytes(speed(clean.bytes, clean.millis))
        ),
    );
    for (name, number, rate) in [
        ("P0, P1", clean.alarms, clean.alarms_per_gigabyte),
        ("with P2", clean.found, clean.found_per_gigabyte),
    ] {
        line(
            told,
            &format!(
                "{name:8} {}, {}",
                of(number, "finding"),
                per_gigabyte(rate, clean.bytes)
            ),
        );
    }
    told.push('\n');
    let mut table = Table::new(&["RULE", "ALARMS", "P0", "P1", "P2", "P3"], &[]);
    for rule in &clean.rules {
        let severities = [Severity::P0, Severity::P1, Severity::P2, Severity::P3];
        let cells = severities.map(|severity| count(rule.findings.get(&severity).copied().unwrap_or(0)));
        let name = [detector_rule(&rule.plugin, &rule.rule), count(rule.alarms)];
        table.row(name.into_iter().chain(cells));
    }
    table.write(all, told);
    if !clean.listed.is_empty() {
        told.push('\n');
    }
    let mut table = Table::new(&["ALARM AT", "RULE", "GRADE", "BYTES", "SHAPE"], &[1, 2, 3, 4]);
    for alarm in &clean.listed {
        table.row([
            alarm_place(alarm),
            alarm.rule.to_string(),
            severity(alarm.severity).to_owned(),
            length_class(alarm.length_class).to_owned(),
            alarm.shape.to_string(),
        ]);
    }
    table.write(all, told);
    unlisted(clean.unlisted, told);
}

fn unlisted(number: u64, told: &mut String) {
    if number > 0 {
        line(
            told,
            &format!("{} beyond those are counted and not listed", count(number)),
        );
    }
}

fn guests(evaluation: &Evaluation, told: &mut String) {
    section("Calls into each guard, in µs", told);
    let mut table = Table::new(
        &["GUARD", "CALLS", "SUSPECTS", "P50", "P95", "P99", "LONGEST", "FAILURES"],
        &[],
    );
    for guest in &evaluation.guests {
        let micros = [guest.p50_micros, guest.p95_micros, guest.p99_micros, guest.max_micros];
        let micros = micros.map(|micros| format!("{micros:.1}"));
        let counts = [guest.guest.to_string(), count(guest.calls), count(guest.parts)];
        table.row(counts.into_iter().chain(micros).chain([count(guest.failures)]));
    }
    table.write(true, told);
}
