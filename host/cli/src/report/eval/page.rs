//! An evaluation as one page for a browser, which needs nothing else: to be mailed, kept, and shown in a meeting.

mod others;
mod rules;

use cofferdam_model::eval::{Evaluation, Rate, Score};
use cofferdam_model::record::PluginKind;

use super::next::next;
use crate::report::chart::{Tone, bar, escape, stack, table};
use crate::report::html::{self, card, section};
use crate::report::words::{bytes, count, hundredths, of, percent, rate, source, speed};

/// How many rows a table of the page has at most.
const ROWS: usize = 20;

/// The page. It is well-formed XML but for its first line, and a browser that reads it asks nobody for anything.
pub(crate) fn page(evaluation: &Evaluation) -> String {
    let mut told = String::new();
    head(evaluation, &mut told);
    if evaluation.totals.texts > 0 {
        totals(evaluation, &mut told);
        sources(evaluation, &mut told);
        rules::categories(evaluation, &mut told);
        rules::worst(evaluation, &mut told);
        rules::confusion(evaluation, &mut told);
    }
    if let Some(comparison) = &evaluation.comparison {
        others::compared(comparison, &mut told);
    }
    if let Some(clean) = &evaluation.clean {
        others::cleaned(clean, &mut told);
    }
    others::guests(evaluation, &mut told);
    steps(evaluation, &mut told);
    definitions(&mut told);
    html::page("Guard evaluation", &told)
}

/// What a table leaves out.
fn left_out(all: usize) -> String {
    match all.checked_sub(ROWS) {
        Some(left @ 1..) => format!(
            "<p class=\"note\">{} more are in the JSON report.</p>",
            count(left as u64)
        ),
        Some(_) | None => String::new(),
    }
}

fn head(evaluation: &Evaluation, told: &mut String) {
    told.push_str("<header><h1>Guard evaluation</h1><p>");
    let plugins: Vec<String> = evaluation
        .plugins
        .iter()
        .map(|plugin| {
            let kind = match plugin.kind {
                PluginKind::Detector => "",
                PluginKind::GuardPolicy => "policy ",
            };
            let digest: String = plugin.digest.to_string().chars().take(15).collect();
            let title = format!("{}{} {}", kind, plugin.name, plugin.version);
            format!("{} <code>{}</code>", escape(&title), escape(&digest))
        })
        .collect();
    told.push_str(&plugins.join(" · "));
    told.push_str("</p><p>");
    let mut files: Vec<String> = evaluation
        .corpora
        .iter()
        .map(|corpus| {
            let digest: String = corpus.digest.to_string().chars().take(15).collect();
            let title = format!("{}, {}", corpus.file, of(corpus.texts, "text"));
            format!("{} <code>{}</code>", escape(&title), escape(&digest))
        })
        .collect();
    let more = files.len().saturating_sub(ROWS);
    files.truncate(ROWS);
    if more > 0 {
        files.push(of(more as u64, "more file"));
    }
    if let Some(clean) = &evaluation.clean {
        let number = of(clean.files.len() as u64, "file");
        files.push(format!("{number} of text that holds no secret, {}", bytes(clean.bytes)));
    }
    told.push_str(&files.join(" · "));
    told.push_str(&format!(
        "</p><p>Made {} with Cofferdam {}, seed {}.</p></header>\n",
        escape(&evaluation.made.to_string()),
        escape(evaluation.host.as_str()),
        evaluation.seed
    ));
    let failures = evaluation.totals.failures + evaluation.clean.as_ref().map_or(0, |clean| clean.failures);
    if failures > 0 {
        told.push_str(&format!(
            "<p class=\"alert\">Guards failed on {}. The figures are not those of guards that answer.</p>\n",
            of(failures, "suspect")
        ));
    }
}

fn totals(evaluation: &Evaluation, told: &mut String) {
    let (found, alarm) = (&evaluation.found, &evaluation.alarm);
    let figure = |name: &str, take: fn(&Score) -> Option<Rate>, tone: Tone| {
        let whole = take(found);
        let interval = whole.map_or_else(String::new, |rate| {
            format!("95 % interval {} to {} %", hundredths(rate.low), hundredths(rate.high))
        });
        let below = format!(
            "{}<small>{interval}</small><small>P0 and P1 alone: {}</small>",
            bar(whole, tone),
            percent(take(alarm))
        );
        card(name, &percent(whole), &below)
    };
    told.push_str("<div class=\"cards\">");
    told.push_str(&figure("Recall", |score| score.recall, Tone::Right));
    told.push_str(&figure("Precision", |score| score.precision, Tone::Right));
    told.push_str(&figure("F1", |score| score.f1, Tone::Right));
    told.push_str(&figure("False positives", |score| score.false_positives, Tone::Wrong));
    told.push_str("</div>\n");
    let totals = &evaluation.totals;
    let rows = [("P0 to P2", found), ("P0 and P1", alarm)].map(|(name, score)| {
        let counts = &score.counts;
        let in_time = counts.found - counts.late;
        let positives = [
            (in_time, Tone::Right),
            (counts.late, Tone::Late),
            (counts.missed, Tone::Wrong),
        ];
        let negatives = [(counts.quiet, Tone::Quiet), (counts.wrong, Tone::Wrong)];
        vec![
            name.to_owned(),
            stack(&positives, counts.positives()),
            count(in_time),
            count(counts.late),
            count(counts.missed),
            stack(&negatives, counts.negatives()),
            count(counts.quiet),
            count(counts.wrong),
        ]
    });
    let mut body = String::from(
        "<p class=\"legend\"><span class=\"key right\"></span>found in time<span class=\"key late\"></span>found late\
         <span class=\"key wrong\"></span>missed, or wrong<span class=\"key quiet\"></span>rightly quiet</p>",
    );
    let positives = format!("{} with a secret", count(totals.positives));
    let negatives = format!("{} without", count(totals.negatives));
    let heads = [
        "", &positives, ">in time", ">late", ">missed", &negatives, ">quiet", ">wrong",
    ];
    body.push_str(&table(&heads, &rows));
    let both = &evaluation.both_ways;
    if both.negatives > 0 {
        body.push_str(&format!(
            "<p class=\"note\">{} are labelled as positives elsewhere; something was found in {} of them.</p>",
            of(both.negatives, "negative"),
            count(both.wrong)
        ));
    }
    if let Some(spans) = &evaluation.spans {
        body.push_str(&format!(
            "<p class=\"note\">{} name the bytes of their secrets: {} bytes, of which {} were missed; {} bytes beside them were taken too.</p>",
            of(spans.texts, "text"),
            count(spans.wanted),
            count(spans.missed),
            count(spans.surplus)
        ));
    }
    let note = format!(
        "{}, {}, each as a stream of its own; {} texts a second.",
        of(totals.texts, "text"),
        bytes(totals.bytes),
        count(speed(totals.texts, totals.millis))
    );
    section("All texts", &note, &body, told);
}

fn sources(evaluation: &Evaluation, told: &mut String) {
    let rows: Vec<_> = evaluation
        .sources
        .iter()
        .take(ROWS)
        .map(|told| {
            let counts = &told.found.counts;
            let texts = count(counts.positives() + counts.negatives());
            let mut row = vec![escape(source(&told.source)), texts];
            row.extend(rates(&told.found));
            row
        })
        .collect();
    let heads = [
        "Source",
        ">texts",
        "Recall",
        ">%",
        "Precision",
        ">%",
        "False positives",
        ">%",
    ];
    let body = table(&heads, &rows) + &left_out(evaluation.sources.len());
    let note = "Who labelled the texts. Whiskers and brackets are 95 % intervals.";
    section("By source of the corpus", note, &body, told);
}

/// Recall, precision and false positives, each as a bar and in figures.
fn rates(score: &Score) -> [String; 6] {
    [
        bar(score.recall, Tone::Right),
        rate(score.recall),
        bar(score.precision, Tone::Right),
        rate(score.precision),
        bar(score.false_positives, Tone::Wrong),
        rate(score.false_positives),
    ]
}

fn steps(evaluation: &Evaluation, told: &mut String) {
    let steps: String = next(evaluation)
        .iter()
        .map(|step| format!("<li>{}</li>", escape(step)))
        .collect();
    section("Next", "", &format!("<ol>{steps}</ol>"), told);
}

fn definitions(told: &mut String) {
    let terms = [
        (
            "found",
            "a finding of P0, P1 or P2, in a text whose secrets are marked one that touches a mark; P3 is what a guard itself takes for harmless, as a placeholder",
        ),
        ("P0 and P1", "what the default policy takes out of a stream"),
        (
            "late",
            "found only after bytes of it were out. A P2 rule that the policy lets pass is never held back, so all its findings are late",
        ),
        (
            "wrong",
            "something was found in a text that is labelled to hold no secret",
        ),
        (
            "interval",
            "Wilson’s score interval: in 95 of 100 samples the true share lies in it. It knows of chance and not of a corpus that is unlike your texts",
        ),
    ];
    let terms: String = terms
        .iter()
        .map(|(term, meaning)| format!("<dt>{term}</dt><dd>{meaning}</dd>"))
        .collect();
    let body = format!("<dl>{terms}</dl>");
    section("What counts as what", "No byte of a text is in this page.", &body, told);
}

#[cfg(test)]
mod tests;
