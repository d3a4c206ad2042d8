//! The report on a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cofferdam_model::shadow::{CandidateReport, GuestTimes, Reviewed, RuleReport, ShadowReport, SkippedWhy};

use super::words::{CLASSES, failure, fine, is_same, looser, lost, next, skipped, stricter, verdict, versions};
use crate::report::table::Table;
use crate::report::words::{bytes, count, of, percent, severity};

/// The report, in lines of at most 100 columns; `all` shows every row of every table.
pub(crate) fn text(report: &ShadowReport, all: bool) -> String {
    let mut told = String::new();
    // Of runs that were chosen, that there are none says nothing of the others.
    let chosen = !report.tasks.is_empty() || report.since.is_some();
    if chosen && report.runs == 0 && report.skipped.is_empty() {
        line(
            &mut told,
            "No run that --task and --since ask for is recorded and closed here.",
        );
        return told;
    }
    line(&mut told, &format!("{} recorded and closed", of(report.runs, "run")));
    let mut reasons: BTreeMap<SkippedWhy, u64> = BTreeMap::new();
    for run in &report.skipped {
        *reasons.entry(run.why).or_default() += 1;
    }
    for (why, number) in reasons {
        line(&mut told, &format!("{} left out: {}", of(number, "run"), skipped(why)));
    }
    if report.candidates.is_empty() {
        line(
            &mut told,
            "No candidate was on trial in them. Set `mode = \"shadow\"` on a plugin; see docs/shadow.md.",
        );
    }
    for candidate in &report.candidates {
        head(candidate, &mut told);
        coverage(candidate, &mut told);
        matrix(candidate, &mut told);
        rules("BY RULE", &candidate.rules, all, &mut told);
        rules("BY CATEGORY", &candidate.categories, all, &mut told);
        cost(candidate, &mut told);
        labelled(candidate, &mut told);
        places(candidate, all, &mut told);
        steps(candidate, &mut told);
    }
    told
}

fn steps(candidate: &CandidateReport, told: &mut String) {
    line(told, "\n  NEXT");
    for (what, command) in next(candidate) {
        line(told, &format!("  {what}:\n    {command}"));
    }
}

fn line(told: &mut String, text: &str) {
    writeln!(told, "{text}").expect("a string takes all");
}

fn head(candidate: &CandidateReport, told: &mut String) {
    let (own, against) = versions(candidate);
    line(told, &format!("\n{own} against {against}"));
    if is_same(candidate) {
        line(
            told,
            "  The two are the same component with the same settings: any difference is one of the measurement.",
        );
    }
    line(told, &format!("  {}", verdict(candidate)));
}

fn coverage(candidate: &CandidateReport, told: &mut String) {
    let coverage = &candidate.coverage;
    let sampled = percent(coverage.sampled);
    line(told, "\n  COVERAGE");
    let absent = match coverage.absent_runs {
        0 => String::new(),
        absent => format!("; in {} it was not loaded in time", of(absent, "more run")),
    };
    let killed = match coverage.interrupted_runs {
        0 => String::new(),
        killed => format!("; of {} never closed, what it had seen", of(killed, "run")),
    };
    line(
        told,
        &format!(
            "  {} on {}, {} of them whole; {sampled} of all runs sampled{absent}{killed}",
            of(coverage.runs, "run"),
            of(coverage.days, "day"),
            count(coverage.whole_runs)
        ),
    );
    line(
        told,
        &format!(
            "  {} of output, {} dropped; {} of the candidate, {} of what is in force, {} dropped",
            bytes(coverage.bytes),
            fine(coverage.dropped_share),
            of(coverage.windows, "window"),
            count(coverage.incumbent_windows),
            count(coverage.dropped_windows)
        ),
    );
    line(
        told,
        &format!("  {}", of(coverage.unique_fingerprints, "different value")),
    );
}

fn matrix(candidate: &CandidateReport, told: &mut String) {
    line(told, "\n  WHAT WOULD HAVE CHANGED");
    line(told, &format!("  {}", looser(candidate)));
    line(told, &format!("  {}", stricter(candidate)));
    let effects = &candidate.effects;
    line(
        told,
        &format!(
            "  {} the same, {}",
            count(effects.same),
            of(effects.error, "place") + " where it failed"
        ),
    );
    let mut table = Table::new(&["PLACES", "COUNT"], &[]);
    for class in CLASSES {
        let number = candidate.places.get(&class).copied().unwrap_or(0);
        table.row([class.as_str().to_owned(), count(number)]);
    }
    table.write(true, told);
}

fn rules(title: &str, rules: &[RuleReport], all: bool, told: &mut String) {
    let rules: Vec<_> = rules
        .iter()
        .filter(|rule| all || rule.effects.differences() > 0)
        .collect();
    if rules.is_empty() {
        return;
    }
    line(told, &format!("\n  {title}"));
    let heads = [
        "NAME",
        "GRADE",
        "LOOSER",
        "BELOW, 95 %",
        "STRICTER",
        "SAME",
        "ERROR",
        "WINDOWS",
        "DROPS",
    ];
    let mut table = Table::new(&heads, &[1]);
    for rule in rules {
        let effects = &rule.effects;
        let name = rule.rule.as_ref().unwrap_or(&rule.category);
        table.row([
            name.to_string(),
            severity(rule.severity).to_owned(),
            count(effects.looser),
            effects
                .looser_rate
                .map_or_else(|| "–".to_owned(), |rate| fine(rate.high)),
            count(effects.stricter),
            count(effects.same),
            count(effects.error),
            count(rule.incumbent_windows.max(rule.windows)),
            lost(rule),
        ]);
    }
    table.write(all, told);
}

fn cost(candidate: &CandidateReport, told: &mut String) {
    line(told, "\n  COST OF A CALL, IN MICROSECONDS");
    let mut table = Table::new(&["GUARD", "P50", "P95", "P99", "MOST", "CALLS", "MEMORY", "CPU"], &[]);
    let row = |name: &str, times: &GuestTimes| {
        [
            name.to_owned(),
            format!("{:.1}", times.p50_micros),
            format!("{:.1}", times.p95_micros),
            format!("{:.1}", times.p99_micros),
            format!("{:.1}", times.max_micros),
            count(times.calls),
            bytes(times.memory_bytes),
            if times.cpu_ms == 0 {
                "–".to_owned()
            } else {
                format!("{} ms", count(times.cpu_ms))
            },
        ]
    };
    table.row(row(candidate.name.as_str(), &candidate.cost));
    if let Some(incumbent) = &candidate.incumbent {
        table.row(row(incumbent.name.as_str(), &candidate.incumbent_cost));
    }
    table.write(true, told);
    for (kind, number) in &candidate.failures {
        line(
            told,
            &format!("  it failed {}: {}", of(*number, "time"), failure(*kind)),
        );
    }
}

fn labelled(candidate: &CandidateReport, told: &mut String) {
    let labelled = &candidate.labelled;
    if labelled.places == 0 && labelled.stale == 0 {
        return;
    }
    line(told, &format!("\n  REVIEWED: {}", of(labelled.places, "place")));
    let mut table = Table::new(&["GUARD", "RIGHT", "WRONG", "MISSED", "PRECISION %", "RECALL %"], &[]);
    let row = |name: &str, reviewed: &Reviewed| {
        [
            name.to_owned(),
            count(reviewed.right),
            count(reviewed.wrong),
            count(reviewed.missed),
            crate::report::words::rate(reviewed.precision),
            crate::report::words::rate(reviewed.recall),
        ]
    };
    table.row(row(candidate.name.as_str(), &labelled.candidate));
    if let Some(incumbent) = &candidate.incumbent {
        table.row(row(incumbent.name.as_str(), &labelled.incumbent));
    }
    table.write(true, told);
    if labelled.stale > 0 {
        line(
            told,
            &format!("  {} of another place don't count", of(labelled.stale, "label")),
        );
    }
}

fn places(candidate: &CandidateReport, all: bool, told: &mut String) {
    if candidate.listed.is_empty() {
        return;
    }
    line(told, "\n  PLACES THAT DIFFER, THE WORST FIRST");
    let mut table = Table::new(&["ID", "EFFECT", "RULE", "SHAPE"], &[1, 2, 3]);
    for place in &candidate.listed {
        let verdict = match place.verdict {
            None => "",
            Some(true) => " (true)",
            Some(false) => " (false)",
        };
        table.row([
            place.id.to_string(),
            format!("{}{verdict}", place.effect.as_str()),
            place.rule.to_string(),
            place.shape.to_string(),
        ]);
    }
    table.write(all, told);
}
