//! The sections behind the coverage.

use cofferdam_model::shadow::{CandidateReport, Effect, EffectRates, GuestTimes, PlaceClass, Reviewed, RuleReport};

use super::super::words::{CLASSES, failure, fine, lost, next};
use super::ROWS;
use crate::report::chart::{Tone, bar, columns, escape, range, stack, table};
use crate::report::html::section;
use crate::report::words::{bytes, count, length_class, of, rate, severity};

const LEGEND: &str = "<p class=\"legend\"><span class=\"key wrong\"></span>looser<span class=\"key late\"></span>stricter\
                      <span class=\"key right\"></span>same<span class=\"key quiet\"></span>it failed</p>";

/// The tones of the effects, in their order.
fn tones(effects: &EffectRates) -> [(u64, Tone); 4] {
    [
        (effects.looser, Tone::Wrong),
        (effects.stricter, Tone::Late),
        (effects.same, Tone::Right),
        (effects.error, Tone::Quiet),
    ]
}

fn all(effects: &EffectRates) -> u64 {
    effects.same + effects.differences()
}

pub(super) fn matrix(candidate: &CandidateReport, told: &mut String) {
    let effects = &candidate.effects;
    let mut body = String::from(LEGEND);
    body.push_str(&stack(&tones(effects), all(effects)));
    let row = |name: &str, number: u64, of: Option<cofferdam_model::eval::Rate>, base: &str| {
        let shares = of.map(|rate| [rate.value, rate.low, rate.high].map(fine));
        let [value, low, high] = shares.unwrap_or_else(|| ["–", "–", "–"].map(str::to_owned));
        vec![name.to_owned(), count(number), value, low, high, base.to_owned()]
    };
    let in_force = "windows of what is in force";
    let own = "windows of the candidate";
    let rows = [
        row(Effect::Looser.as_str(), effects.looser, effects.looser_rate, in_force),
        row(Effect::Stricter.as_str(), effects.stricter, effects.stricter_rate, own),
        row(Effect::Error.as_str(), effects.error, effects.error_rate, own),
        row(Effect::Same.as_str(), effects.same, None, ""),
    ];
    body.push_str(&table(
        &["Effect", ">places", ">share", ">from", ">to, at 95 %", "of"],
        &rows,
    ));
    let total: u64 = candidate.places.values().sum();
    let rows: Vec<_> = CLASSES
        .iter()
        .map(|class| {
            let number = candidate.places.get(class).copied().unwrap_or(0);
            let tone = match class {
                PlaceClass::Agree => Tone::Right,
                PlaceClass::OnlyCandidate => Tone::Late,
                PlaceClass::Error | PlaceClass::Timeout => Tone::Quiet,
                PlaceClass::OnlyIncumbent | PlaceClass::DifferentSpan | PlaceClass::DifferentAction => Tone::Wrong,
            };
            vec![
                class.as_str().to_owned(),
                stack(&[(number, tone)], total),
                count(number),
            ]
        })
        .collect();
    body.push_str(&table(&["Places", "", ">"], &rows));
    let note = "One place for each stretch of output where either saw something. What lets any byte out that is taken out today is looser, whatever else it does.";
    section("What would have changed", note, &body, told);
}

pub(super) fn rules(candidate: &CandidateReport, told: &mut String) {
    for (title, list) in [("By rule", &candidate.rules), ("By category", &candidate.categories)] {
        if list.is_empty() {
            continue;
        }
        let rows: Vec<_> = list.iter().take(ROWS).map(rule).collect();
        let heads = [
            "Name",
            "Grade",
            "",
            ">looser",
            ">at most, 95 %",
            ">stricter",
            ">same",
            ">failed",
            ">windows",
            "Drops",
        ];
        let mut body = table(&heads, &rows);
        if list.len() > ROWS {
            body.push_str(&format!(
                "<p class=\"note\">{} more are in the JSON report.</p>",
                count((list.len() - ROWS) as u64)
            ));
        }
        let note = "A rule of which any window was dropped can’t claim that nothing got looser.";
        section(title, note, &body, told);
    }
}

fn rule(rule: &RuleReport) -> Vec<String> {
    let effects = &rule.effects;
    let name = rule.rule.as_ref().unwrap_or(&rule.category);
    vec![
        escape(name.as_str()),
        severity(rule.severity).to_owned(),
        stack(&tones(effects), all(effects)),
        count(effects.looser),
        effects
            .looser_rate
            .map_or_else(|| "–".to_owned(), |rate| fine(rate.high)),
        count(effects.stricter),
        count(effects.same),
        count(effects.error),
        count(rule.windows.max(rule.incumbent_windows)),
        lost(rule),
    ]
}

pub(super) fn drift(candidate: &CandidateReport, told: &mut String) {
    let periods = &candidate.periods;
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
        return;
    };
    if periods.len() == 1 {
        // One column as wide as the page is no drift, and looks like one.
        let note = format!(
            "All runs were in one stretch of time, which began {}, so that there is no drift to be seen yet.",
            escape(&first.from.to_string())
        );
        section("Drift over time", &note, "", told);
        return;
    }
    let series: Vec<Vec<_>> = periods.iter().map(|period| tones(&period.effects).to_vec()).collect();
    let differences = |effects: &EffectRates| vec![(effects.looser, Tone::Wrong), (effects.stricter, Tone::Late)];
    let apart: Vec<Vec<_>> = periods.iter().map(|period| differences(&period.effects)).collect();
    let most = periods
        .iter()
        .map(|period| all(&period.effects))
        .max()
        .unwrap_or(1)
        .max(1);
    let most_apart = periods
        .iter()
        .map(|period| period.effects.looser + period.effects.stricter);
    let most_apart = most_apart.max().unwrap_or(1).max(1);
    // A microsecond is whole enough to be drawn.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "times are short and not negative"
    )]
    let slow: Vec<u64> = periods.iter().map(|period| period.p99_micros.round() as u64).collect();
    let slowest = slow.iter().copied().max().unwrap_or(1).max(1);
    let slow: Vec<Vec<_>> = slow.into_iter().map(|micros| vec![(micros, Tone::Right)]).collect();
    let axis = format!(
        "<p class=\"axis\"><span>{}</span><span>{}</span></p>",
        escape(&first.from.to_string()),
        escape(&last.from.to_string())
    );
    let mut body = String::from(LEGEND);
    for (title, series, most, unit) in [
        ("All places", &series, most, " places"),
        ("Places that differ", &apart, most_apart, " places"),
        ("A call, p99", &slow, slowest, " µs"),
    ] {
        body.push_str(&format!(
            "<p class=\"note\">{title}; the highest column is {}{unit}.</p>",
            count(most)
        ));
        body.push_str(&columns(series, most, title));
        body.push_str(&axis);
    }
    let note = format!(
        "{} of {}; stretches without a run are left out.",
        of(periods.len() as u64, "stretch").replace("stretchs", "stretches"),
        match first.seconds {
            60 => "a minute each",
            3600 => "an hour each",
            _ => "a day each",
        }
    );
    section("Drift over time", &note, &body, told);
}

pub(super) fn cost(candidate: &CandidateReport, told: &mut String) {
    let most = candidate
        .cost
        .p99_micros
        .max(candidate.incumbent_cost.p99_micros)
        .max(10.0);
    let row = |name: &str, times: &GuestTimes| {
        let values = [times.p50_micros, times.p95_micros, times.p99_micros];
        let mut row = vec![escape(name), range(values, most)];
        row.extend(values.map(|micros| format!("{micros:.1}")));
        row.push(format!("{:.1}", times.max_micros));
        row.push(count(times.calls));
        row.push(bytes(times.memory_bytes));
        row.push(if times.cpu_ms == 0 {
            "–".to_owned()
        } else {
            format!("{} ms", count(times.cpu_ms))
        });
        row
    };
    let mut rows = vec![row(candidate.name.as_str(), &candidate.cost)];
    if let Some(incumbent) = &candidate.incumbent {
        rows.push(row(incumbent.name.as_str(), &candidate.incumbent_cost));
    }
    let heads = [
        "Guard",
        "p50 to p99, on a scale of powers of ten",
        ">p50",
        ">p95",
        ">p99",
        ">longest",
        ">calls",
        ">memory",
        ">CPU",
    ];
    let mut body = table(&heads, &rows);
    for (kind, number) in &candidate.failures {
        body.push_str(&format!(
            "<p class=\"note\">It failed {}: {}.</p>",
            of(*number, "time"),
            failure(*kind)
        ));
    }
    let note = "Microseconds a call. A candidate runs at the lowest priority, so its longest calls are long where the machine is busy. CPU is that of its thread, its guard included.";
    section("Cost", note, &body, told);
}

pub(super) fn reviewed(candidate: &CandidateReport, told: &mut String) {
    let labelled = &candidate.labelled;
    if labelled.places == 0 && labelled.stale == 0 {
        return;
    }
    let row = |name: &str, reviewed: &Reviewed| {
        vec![
            escape(name),
            bar(reviewed.precision, Tone::Right),
            rate(reviewed.precision),
            bar(reviewed.recall, Tone::Right),
            rate(reviewed.recall),
            count(reviewed.right),
            count(reviewed.wrong),
            count(reviewed.missed),
        ]
    };
    let mut rows = vec![row(candidate.name.as_str(), &labelled.candidate)];
    if let Some(incumbent) = &candidate.incumbent {
        rows.push(row(incumbent.name.as_str(), &labelled.incumbent));
    }
    let heads = [
        "Guard",
        "Precision",
        ">%",
        "Recall",
        ">%",
        ">right",
        ">wrong",
        ">missed",
    ];
    let body = table(&heads, &rows);
    let note = format!(
        "{} labelled by reviewers; {} that no longer fit don’t count. Recall is of what either found: what neither found is not known to anyone.",
        of(labelled.places, "place"),
        of(labelled.stale, "label")
    );
    section("Reviewed", &note, &body, told);
}

pub(super) fn places(candidate: &CandidateReport, told: &mut String) {
    let rows: Vec<_> = candidate
        .listed
        .iter()
        .take(ROWS)
        .map(|place| {
            let verdict = match place.verdict {
                None => "–",
                Some(true) => "true",
                Some(false) => "false",
            };
            vec![
                format!("<code>{}</code>", escape(place.id.as_str())),
                place.effect.as_str().to_owned(),
                place.class.as_str().to_owned(),
                escape(place.rule.as_str()),
                severity(place.severity).to_owned(),
                length_class(place.length_class).to_owned(),
                format!("<code>{}</code>", escape(place.shape.as_str())),
                verdict.to_owned(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let heads = ["Place", "Effect", "Class", "Rule", "Grade", "Bytes", "Shape", "Label"];
    let mut body = table(&heads, &rows);
    if candidate.listed.len() > ROWS {
        body.push_str("<p class=\"note\">More are in the JSON report.</p>");
    }
    let note = "The worst first. Shapes tell classes of bytes and no values; … stands for what is taken out today, &lt; and &gt; for where the place begins and ends.";
    section("Places that differ", note, &body, told);
}

pub(super) fn steps(candidate: &CandidateReport, told: &mut String) {
    let steps: String = next(candidate)
        .iter()
        .map(|(what, command)| format!("<li>{}:<br/><code>{}</code></li>", escape(what), escape(command)))
        .collect();
    if !steps.is_empty() {
        let note = "Each command is typed where the runs were recorded.";
        section("Next", note, &format!("<ol>{steps}</ol>"), told);
    }
}

pub(super) fn definitions(told: &mut String) {
    let terms = [
        (
            "looser",
            "something would have come out that is taken out today, or have come out before it was found",
        ),
        ("stricter", "something would have been taken out that comes out today"),
        (
            "window",
            "a stretch of output that a guard was asked about; for a policy, a finding",
        ),
        (
            "dropped",
            "not looked at: the ring was full, the run was over, or a gap had just been. Nothing is claimed of it",
        ),
        (
            "at 95 %",
            "Wilson’s score interval: in 95 of 100 samples the true share lies in it. It knows of chance, and not of traffic that is yet to come",
        ),
    ];
    let terms: String = terms
        .iter()
        .map(|(term, meaning)| format!("<dt>{term}</dt><dd>{meaning}</dd>"))
        .collect();
    section(
        "What counts as what",
        "No byte of a session is in this page.",
        &format!("<dl>{terms}</dl>"),
        told,
    );
}
