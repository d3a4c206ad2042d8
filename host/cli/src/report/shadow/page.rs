//! The report as one page for a browser, which needs nothing else: to be mailed, kept, and shown in a meeting.

mod sections;

#[cfg(test)]
mod tests;

use cofferdam_model::shadow::{CandidateReport, ShadowReport};

use super::words::{fine, is_same, looser, skipped, stricter, verdict, versions};
use crate::report::chart::{Tone, escape, stack};
use crate::report::html::{self, card, section};
use crate::report::words::{bytes, count, of, percent};

/// How many rows a table of the page has at most.
const ROWS: usize = 25;

/// The page. It is well-formed XML but for its first line, and a browser that reads it asks nobody for anything.
pub(crate) fn page(report: &ShadowReport) -> String {
    let mut told = String::new();
    head(report, &mut told);
    for candidate in &report.candidates {
        title(candidate, &mut told);
        cards(candidate, &mut told);
        coverage(candidate, &mut told);
        sections::matrix(candidate, &mut told);
        sections::rules(candidate, &mut told);
        sections::drift(candidate, &mut told);
        sections::cost(candidate, &mut told);
        sections::reviewed(candidate, &mut told);
        sections::places(candidate, &mut told);
        sections::steps(candidate, &mut told);
    }
    sections::definitions(&mut told);
    html::page("Shadow report", &told)
}

fn head(report: &ShadowReport, told: &mut String) {
    let tasks: Vec<_> = report.tasks.iter().map(ToString::to_string).collect();
    let tasks = match tasks.as_slice() {
        [] => "all tasks".to_owned(),
        tasks => format!("task {}", tasks.join(", ")),
    };
    let since = report.since.map_or_else(String::new, |since| format!(" since {since}"));
    told.push_str(&format!(
        "<header><h1>Shadow report</h1><p>{}, {}{since}. Made {} with Cofferdam {}.</p></header>\n",
        of(report.runs, "closed run"),
        escape(&tasks),
        escape(&report.made.to_string()),
        escape(report.host.as_str())
    ));
    for run in report.skipped.iter().take(ROWS) {
        told.push_str(&format!(
            "<p class=\"note\">Left out: <code>{}</code> of task {}, {}.</p>\n",
            run.run,
            escape(run.task.as_str()),
            escape(skipped(run.why))
        ));
    }
    if report.skipped.len() > ROWS {
        told.push_str(&format!(
            "<p class=\"note\">{} more are left out; the JSON report names them.</p>\n",
            count((report.skipped.len() - ROWS) as u64)
        ));
    }
    if report.candidates.is_empty() {
        told.push_str("<p class=\"alert\">No candidate was on trial in these runs.</p>\n");
    }
}

fn title(candidate: &CandidateReport, told: &mut String) {
    let (own, against) = versions(candidate);
    told.push_str(&format!(
        "<header style=\"margin-top:30px\"><h1>{}</h1><p>{} in shadow, against {}</p></header>\n",
        escape(candidate.name.as_str()),
        escape(&own),
        escape(&against),
    ));
    if is_same(candidate) {
        told.push_str(
            "<p class=\"note\">The two are the same component with the same settings: any difference is one of the measurement.</p>\n",
        );
    }
    let class = if candidate.nothing_looser {
        "verdict"
    } else {
        "verdict no"
    };
    told.push_str(&format!("<p class=\"{class}\">{}</p>\n", escape(&verdict(candidate))));
}

fn cards(candidate: &CandidateReport, told: &mut String) {
    let small = |text: &str| format!("<small>{}</small>", escape(text));
    let effects = &candidate.effects;
    let covered = &candidate.coverage;
    told.push_str("<div class=\"cards\">");
    told.push_str(&card("Looser", &count(effects.looser), &small(&looser(candidate))));
    told.push_str(&card(
        "Stricter",
        &count(effects.stricter),
        &small(&stricter(candidate)),
    ));
    let seen = format!("of {} of output", bytes(covered.bytes));
    let share = match covered.bytes {
        0 => "–".to_owned(),
        _ => fine(1.0 - covered.dropped_share),
    };
    told.push_str(&card("Seen", &share, &small(&seen)));
    let calls = format!("p99 in force: {:.1} µs", candidate.incumbent_cost.p99_micros);
    let p99 = format!("{:.1} µs", candidate.cost.p99_micros);
    told.push_str(&card("A call, p99", &p99, &small(&calls)));
    told.push_str("</div>\n");
}

fn coverage(candidate: &CandidateReport, told: &mut String) {
    let covered = &candidate.coverage;
    let partly = covered.runs - covered.whole_runs;
    let runs = covered.runs + covered.absent_runs;
    let row =
        |name: &str, parts: &[(u64, Tone)], whole: u64, text: String| vec![name.to_owned(), stack(parts, whole), text];
    let seen = covered.bytes - covered.dropped_bytes.min(covered.bytes);
    let windows = covered.incumbent_windows + covered.dropped_windows;
    let rows = [
        row(
            "Runs on trial",
            &[
                (covered.whole_runs, Tone::Right),
                (partly, Tone::Late),
                (covered.absent_runs, Tone::Wrong),
            ],
            runs,
            format!(
                "{} seen whole, {} in part, {} not at all{}",
                count(covered.whole_runs),
                count(partly),
                count(covered.absent_runs),
                match covered.interrupted_runs {
                    0 => String::new(),
                    killed => format!("; {} more never closed", count(killed)),
                }
            ),
        ),
        row(
            "Output",
            &[(seen, Tone::Right), (covered.dropped_bytes, Tone::Wrong)],
            covered.bytes,
            format!("{} seen, {} dropped", bytes(seen), bytes(covered.dropped_bytes)),
        ),
        row(
            "Windows of what is in force",
            &[
                (covered.incumbent_windows, Tone::Right),
                (covered.dropped_windows, Tone::Wrong),
            ],
            windows,
            format!(
                "{} seen, {} dropped",
                count(covered.incumbent_windows),
                count(covered.dropped_windows)
            ),
        ),
    ];
    let note = format!(
        "On trial in {} of all closed runs, on {}. {} of the candidate; {}. What it did not see is held for nothing.",
        percent(covered.sampled),
        of(covered.days, "day"),
        of(covered.windows, "window"),
        of(covered.unique_fingerprints, "different value"),
    );
    let body = crate::report::chart::table(&["", "", ""], &rows);
    section("Coverage", &note, &body, told);
}
