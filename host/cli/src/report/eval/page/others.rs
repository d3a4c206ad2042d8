//! The sections beside the labelled texts: two plugins, clean text, and time.

use cofferdam_model::eval::{Clean, Comparison, Evaluation, FoundBy, Label, Pair, Score};
use cofferdam_model::record::Severity;

use super::{ROWS, left_out, rates};
use crate::report::chart::{Tone, escape, range, stack, table};
use crate::report::html::{card, section};
use crate::report::words::{
    alarm_place, bytes, corpus_rule, count, detector_rule, length_class, of, p, per_gigabyte, severity, speed,
};

/// Two plugins over the same texts.
pub(super) fn compared(comparison: &Comparison, told: &mut String) {
    let (base, candidate) = (escape(comparison.base.as_str()), escape(comparison.candidate.as_str()));
    let scored = |name: &str, score: &Score| {
        let mut row = vec![name.to_owned()];
        row.extend(rates(score));
        row
    };
    let scores = [
        scored(&base, &comparison.base_score),
        scored(&candidate, &comparison.candidate_score),
    ];
    let heads = ["Plugin", "Recall", ">%", "Precision", ">%", "False positives", ">%"];
    let mut body = table(&heads, &scores);
    let row = |name: &str, pair: &Pair, value: f64| {
        let cells = [pair.both, pair.only_base, pair.only_candidate, pair.neither].map(count);
        let mut row = vec![name.to_owned()];
        row.extend(cells);
        row.push(escape(&p(value)));
        row
    };
    let pairs = [
        row("With a secret", &comparison.positives, comparison.positives_p),
        row("Without", &comparison.negatives, comparison.negatives_p),
    ];
    let (only_base, only_candidate) = (format!(">only {base}"), format!(">only {candidate}"));
    let heads = [
        "Texts",
        ">both",
        &only_base,
        &only_candidate,
        ">neither",
        ">McNemar, exact",
    ];
    body.push_str(&table(&heads, &pairs));
    let rows: Vec<_> = comparison
        .rules
        .iter()
        .take(ROWS)
        .map(|rule| {
            let (right, wrong) = (&rule.positives, &rule.negatives);
            let mut row = vec![escape(&corpus_rule(&rule.source, &rule.rule))];
            row.extend(
                [
                    right.only_base,
                    right.only_candidate,
                    wrong.only_base,
                    wrong.only_candidate,
                ]
                .map(count),
            );
            row
        })
        .collect();
    let heads = [
        "Rule of the corpus",
        &only_base,
        &only_candidate,
        &format!(">wrong, {}", &only_base[1..]),
        &format!(">wrong, {}", &only_candidate[1..]),
    ];
    body.push_str(&table(&heads, &rows));
    body.push_str(&left_out(comparison.rules.len()));
    let rows: Vec<_> = comparison
        .one_sided
        .iter()
        .take(ROWS)
        .map(|text| {
            let by = match text.found_by {
                FoundBy::Base => &base,
                FoundBy::Candidate => &candidate,
            };
            let label = match text.label {
                Label::Positive => "positive",
                Label::Negative => "negative",
            };
            vec![
                format!("<code>{}</code>", escape(&format!("{}:{}", text.file, text.line))),
                by.clone(),
                label.to_owned(),
                escape(&corpus_rule(&text.source, &text.rule)),
            ]
        })
        .collect();
    body.push_str(&table(&["Text", "Found by", "Label", "Rule of the corpus"], &rows));
    body.push_str(&left_out(comparison.one_sided.len()));
    let note = "Each alone, over the same texts. The p-value says how likely chance alone splits the texts that only one found so unevenly.";
    section(&format!("{base} against {candidate}"), note, &body, told);
}

/// Alarms on text that holds no secret.
pub(super) fn cleaned(clean: &Clean, told: &mut String) {
    let small = |text: &str| format!("<small>{}</small>", escape(text));
    let alarms = small(&per_gigabyte(clean.alarms_per_gigabyte, clean.bytes));
    let found = small(&per_gigabyte(clean.found_per_gigabyte, clean.bytes));
    let files = small(&of(clean.files.len() as u64, "file"));
    let speed = format!("{}/s", bytes(speed(clean.bytes, clean.millis)));
    let mut body = String::from("<div class=\"cards\">");
    body.push_str(&card("Alarms, P0 and P1", &count(clean.alarms), &alarms));
    body.push_str(&card("Findings with P2", &count(clean.found), &found));
    body.push_str(&card("Guarded", &bytes(clean.bytes), &files));
    body.push_str(&card("Speed", &speed, &small("reading included")));
    body.push_str("</div>");
    let most = clean.rules.iter().map(|rule| rule.alarms).max().unwrap_or(0);
    let rows: Vec<_> = clean
        .rules
        .iter()
        .take(ROWS)
        .map(|rule| {
            let severities = [Severity::P0, Severity::P1, Severity::P2, Severity::P3];
            let mut row = vec![
                escape(&detector_rule(&rule.plugin, &rule.rule)),
                stack(&[(rule.alarms, Tone::Wrong)], most),
                count(rule.alarms),
            ];
            row.extend(severities.map(|severity| count(rule.findings.get(&severity).copied().unwrap_or(0))));
            row
        })
        .collect();
    let heads = ["Rule of a detector", "Alarms", ">", ">P0", ">P1", ">P2", ">P3"];
    body.push_str(&table(&heads, &rows));
    body.push_str(&left_out(clean.rules.len()));
    let rows: Vec<_> = clean
        .listed
        .iter()
        .take(ROWS)
        .map(|alarm| {
            vec![
                format!("<code>{}</code>", escape(&alarm_place(alarm))),
                escape(&detector_rule(&alarm.plugin, &alarm.rule)),
                severity(alarm.severity).to_owned(),
                length_class(alarm.length_class).to_owned(),
                format!("<code>{}</code>", escape(alarm.shape.as_str())),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let heads = ["Alarm at byte", "Rule", "Grade", "Bytes", "Shape"];
        body.push_str(&table(&heads, &rows));
        body.push_str(&left_out(clean.listed.len()));
    }
    let note =
        "Every alarm here is a false one, or a secret that nobody knew of. Shapes tell classes of bytes and no values.";
    section("Text that holds no secret", note, &body, told);
}

/// How long calls took.
pub(super) fn guests(evaluation: &Evaluation, told: &mut String) {
    let most = evaluation
        .guests
        .iter()
        .map(|guest| guest.p99_micros)
        .fold(10.0, f64::max);
    let rows: Vec<_> = evaluation
        .guests
        .iter()
        .map(|guest| {
            let values = [guest.p50_micros, guest.p95_micros, guest.p99_micros];
            let mut row = vec![escape(guest.guest.as_str()), range(values, most)];
            row.extend(values.map(|micros| format!("{micros:.1}")));
            row.push(format!("{:.1}", guest.max_micros));
            row.extend([guest.calls, guest.parts, guest.failures].map(count));
            row
        })
        .collect();
    let heads = [
        "Guard",
        "p50 to p99, on a scale of powers of ten",
        ">p50",
        ">p95",
        ">p99",
        ">longest",
        ">calls",
        ">suspects",
        ">failures",
    ];
    let body = table(&heads, &rows);
    section(
        "Latency of each guard",
        "Microseconds a call, of all texts together.",
        &body,
        told,
    );
}
