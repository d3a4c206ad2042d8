//! What happens in memory, on one thread: the guard over whole texts, and what its parts could do alone.

use std::hint::black_box;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use cofferdam_guard::Anchor;
use serde_json::json;

use crate::Plan;
use crate::inputs::{self, Input};
use crate::rig::{CHUNK, Rig};
use crate::table::{Budget, Table, say};
use crate::timing::{Sample, cpu, speed};
use crate::words;

/// Millions of bytes a second.
const SPEED: &str = "MB/s";

/// Guards each text, clean and with secrets. Answers the speed over the clean build log, in MB/s.
pub(crate) fn guard(plan: &Plan, rig: &Rig, table: &mut Table) -> f64 {
    let mut session = rig.guards.session();
    let mut told = Vec::new();
    let mut log_speed = 0.0;
    let texts = [
        (inputs::build_log(plan.text), "build log, secrets"),
        (inputs::sources(plan.text), "source tree, secrets"),
        (inputs::json_log(plan.text), "JSON log, secrets"),
    ];
    for (clean, name) in texts {
        let secret = clean.with_secrets(name);
        for (input, bound) in [(&clean, 1000.0), (&secret, 500.0)] {
            told.push(describe(rig, input, &mut session));
            let sample = Sample::of(plan.repeats, || {
                let (_, seconds) = cpu(|| black_box(rig.drive(&mut session, &input.bytes)));
                speed(input.bytes.len(), seconds)
            });
            if input.name == "build log" {
                log_speed = sample.median();
            }
            table.add(format!("guard, {}", input.name), SPEED, Budget::AtLeast(bound), &sample);
        }
    }
    table.note("inputs", told.into());
    log_speed
}

/// Says what a text is, and how much of it concerns the guards.
#[allow(clippy::cast_precision_loss)]
fn describe(rig: &Rig, input: &Input, session: &mut cofferdam_runner::session::engine::Session) -> serde_json::Value {
    let counts = rig.drive(session, &input.bytes);
    let megabytes = input.bytes.len() as f64 / 1e6;
    let each = |count: usize| count as f64 / megabytes;
    let suspects: usize = input.bytes.chunks(CHUNK).map(|chunk| rig.rules.count_hits(chunk)).sum();
    let quiet = counts.quiet_chunks as f64 / counts.chunks.max(1) as f64 * 100.0;
    say(&format!(
        "{}: sha256 {}, {megabytes:.1} MB; a MB has {:.1} suspects, {:.1} of them asked about, in {:.2} calls; {quiet:.0} % of \
         its 64 KiB chunks need no question; {} secrets planted, {} findings redacted, {} allowed",
        input.name,
        input.digest(),
        each(suspects),
        each(counts.asked),
        each(counts.calls),
        input.planted,
        counts.redacted,
        counts.allowed,
    ));
    let busiest = rig.busiest(&counts);
    let told: Vec<String> = busiest
        .iter()
        .map(|(rule, count)| format!("{rule} {:.1}", each(*count)))
        .collect();
    if !told.is_empty() {
        say(&format!("  most asked about, in a MB: {}", told.join(", ")));
    }
    json!({
        "name": input.name, "sha256": input.digest(), "bytes": input.bytes.len(), "suspects-per-mb": each(suspects),
        "asked-per-mb": each(counts.asked), "calls-per-mb": each(counts.calls), "quiet-chunks-percent": quiet,
        "planted": input.planted, "redacted": counts.redacted, "allowed": counts.allowed, "most-asked": busiest,
    })
}

/// The native search alone, and what else could be done with the same text.
pub(crate) fn parts(plan: &Plan, rig: &Rig, table: &mut Table) {
    let input = inputs::build_log(plan.text);
    let text = &input.bytes;
    let measure = |each: &dyn Fn(&[u8]) -> usize| {
        Sample::of(plan.repeats, || {
            let (_, seconds) = cpu(|| {
                text.chunks(CHUNK)
                    .map(|chunk| black_box(each(black_box(chunk))))
                    .sum::<usize>()
            });
            speed(text.len(), seconds)
        })
    };
    let mut copy = vec![0; CHUNK];
    let copied = Sample::of(plan.repeats, || {
        let (_, seconds) = cpu(|| {
            for chunk in text.chunks(CHUNK) {
                copy[..chunk.len()].copy_from_slice(black_box(chunk));
                black_box(&copy);
            }
        });
        speed(text.len(), seconds)
    });
    let search = measure(&|chunk| rig.rules.count_hits(chunk));
    let escapes = measure(&|chunk| memchr::memchr3_iter(0x1b, b'\r', 8, chunk).count());
    table.add("native search alone, build log", SPEED, Budget::None, &search);
    let mut beside = |what: &str, other: &Sample| {
        table.add(what, SPEED, Budget::None, other);
        let ratio = Sample::new(vec![search.median() / other.median()]);
        table.add(format!("native search : {what}"), "×", Budget::None, &ratio);
    };
    beside("plain copy", &copied);
    beside("memchr of ESC, CR, BS", &escapes);
    let literals = literals(rig);
    for (name, kind) in [
        ("aho-corasick DFA, same literals", AhoCorasickKind::DFA),
        ("aho-corasick NFA, same literals", AhoCorasickKind::ContiguousNFA),
    ] {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(kind))
            .build(&literals)
            .expect("the literals fit");
        beside(name, &measure(&|chunk| automaton.find_overlapping_iter(chunk).count()));
    }
}

/// Every literal of every rule, once.
fn literals(rig: &Rig) -> Vec<Vec<u8>> {
    let rules = rig.guards.policy().rules();
    let anchors = rules
        .iter()
        .flat_map(|detector| &detector.rules)
        .flat_map(|rule| &rule.anchors);
    let mut literals: Vec<_> = anchors
        .filter_map(|anchor| match anchor {
            Anchor::Literal(keyword) => Some(keyword.bytes.to_ascii_lowercase()),
            Anchor::Run { .. } => None,
        })
        .collect();
    literals.sort();
    literals.dedup();
    literals
}

/// What calls to guests cost.
pub(crate) fn calls(plan: &Plan, rig: &Rig, table: &mut Table) {
    let mut session = rig.guards.session();
    let names: Vec<_> = rig
        .guards
        .policy()
        .detectors()
        .iter()
        .map(|detector| detector.info().name.clone())
        .collect();
    for (index, name) in names.iter().enumerate() {
        assert!(session.touch(index), "the detector answers");
        let touch = per_call(plan, 2000, || session.touch(index));
        table.add(
            format!("warm call of {name}, no suspects"),
            "µs",
            Budget::AtMost(1.0),
            &touch,
        );
        let fresh = Sample::of(plan.repeats * 20, || {
            session.forget_instances();
            cpu(|| session.touch(index)).1 * 1e6
        });
        table.add(
            format!("fresh instance of {name}, configured and called"),
            "µs",
            Budget::AtMost(50.0),
            &fresh,
        );
    }
    let mut random = inputs::Random::new(5);
    for count in [1, 64] {
        let text: String = (0..count).map(|_| words::token(&mut random)).collect();
        let Some(ask) = rig.first_ask(&text) else {
            say("no question came of a text with a token; the rules may have changed");
            continue;
        };
        let asked = ask.suspects().len();
        let sample = per_call(plan, 200, || {
            session.scan(&ask, std::time::Duration::ZERO).0.failed.is_empty()
        });
        table.add(
            format!("warm call, {asked} suspects of tokens"),
            "µs",
            Budget::None,
            &sample,
        );
    }
}

/// Microseconds of one call of many.
fn per_call(plan: &Plan, calls: u32, mut call: impl FnMut() -> bool) -> Sample {
    Sample::of(plan.repeats * 3, || {
        let (answered, seconds) = cpu(|| (0..calls).all(|_| black_box(call())));
        assert!(answered, "a guest failed, so nothing here can be believed");
        seconds * 1e6 / f64::from(calls)
    })
}
