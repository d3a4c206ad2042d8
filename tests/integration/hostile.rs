//! Fail closed: whatever a guest does, the session goes on or ends as configured, in time, and no secret gets out.

use std::time::{Duration, Instant};

use cofferdam_tests::plant::Plant;
use cofferdam_tests::random::Random;
use cofferdam_tests::script::Line;
use serde_json::Value;

use crate::bed::{Bed, Done, guest};
use crate::search::Search;

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Far more than deadlines, back-offs and a loaded machine need, and far less than for ever.
const LONG: Duration = Duration::from_secs(30);

/// A bed whose configuration holds the hostile guest.
fn bed(mode: &str, action: &str) -> (Bed, String) {
    let bed = Bed::new();
    let failures: String = ["trap", "timeout", "out-of-memory", "bad-answer", "missing"]
        .iter()
        .map(|failure| format!("on-{failure} = \"{action}\"\n"))
        .collect();
    let source = guest("hostile").display().to_string();
    let text = format!("[plugins.hostile]\nsource = \"{source}\"\nsettings = {{ mode = \"{mode}\" }}\n{failures}");
    let path = bed.aside("hostile.toml", text).display().to_string();
    (bed, path)
}

fn tokens(count: usize) -> Vec<Plant> {
    let mut random = Random::new(61);
    (0..count)
        .map(|_| Plant {
            rule: "hostile-token",
            shown: ["hos", "tile_"].concat(),
            secret: random.text(LETTERS, 24),
            close: "",
        })
        .collect()
}

/// Runs a session that prints these tokens, each on a line of its own, between other lines.
fn session(bed: &Bed, config: &str, tokens: &[Plant]) -> Done {
    let lines: Vec<Line> = tokens
        .iter()
        .enumerate()
        .map(|(place, token)| Line::Out(format!("line {place}: {} end\n", token.text()).into_bytes()))
        .chain([Line::Err(b"to the other side\n".to_vec()), Line::Exit(7)])
        .collect();
    let begun = Instant::now();
    let mut command = bed.exec(&["--config", config], "script", &lines);
    let done = crate::bed::finish(command.env("COFFERDAM_LOG", "trace"));
    assert!(begun.elapsed() < LONG, "it took {:?}", begun.elapsed());
    let search = Search::of(tokens);
    search.none_in("standard output", &done.out);
    search.none_in("standard error", &done.err);
    bed.places().iter().for_each(|place| {
        search.none_below(place);
    });
    done
}

/// The failures in the record: how the guest failed, and what was done.
fn failures(bed: &Bed) -> Vec<(String, String)> {
    let events = std::fs::read_to_string(bed.run_folder().join("events.jsonl")).expect("a log");
    events
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .filter(|event| event["type"] == "guest.failed")
        .map(|event| {
            let word = |key: &str| event[key].as_str().expect("a word").to_owned();
            assert_eq!(word("plugin"), "hostile");
            (word("kind"), word("action"))
        })
        .collect()
}

fn with(word: &str, tokens: &[Plant]) -> String {
    tokens
        .iter()
        .enumerate()
        .map(|(place, token)| format!("line {place}: {}[{word}:{}] end\n", token.shown, token.rule))
        .collect()
}

/// What goes wrong, and how it is told.
const MODES: [(&str, &str); 7] = [
    ("trap", "trap"),
    ("loop", "timeout"),
    ("memory", "out-of-memory"),
    ("range", "bad-answer"),
    ("unsorted", "bad-answer"),
    // A million findings don't fit into the memory that the guest may have.
    ("million", "out-of-memory"),
    ("error", "trap"),
];

#[test]
fn shown_4_each_failure_withholds_its_suspects_and_the_session_goes_on() {
    let tokens = tokens(3);
    for (mode, kind) in MODES {
        let (bed, config) = bed(mode, "withhold");
        let done = session(&bed, &config, &tokens);
        assert_eq!((done.text(), done.code()), (with("withheld", &tokens), 7), "{mode}");
        assert!(
            done.errors().contains("to the other side\n"),
            "{mode}: {}",
            done.errors()
        );
        assert!(done.errors().contains("`hostile` failed"), "{mode}: {}", done.errors());
        let failures = failures(&bed);
        assert!(!failures.is_empty(), "{mode} is recorded");
        for failure in failures {
            assert_eq!(failure, (kind.to_owned(), "withhold".to_owned()), "{mode}");
        }
        assert_eq!(bed.verify(&bed.run_folder()).0, 0, "{mode}");
    }
}

#[test]
fn shown_4_each_failure_blocks_the_session_where_it_is_told_to() {
    let tokens = tokens(3);
    for (mode, kind) in MODES {
        let (bed, config) = bed(mode, "block");
        let done = session(&bed, &config, &tokens);
        let wanted = format!("line 0: {}[blocked:hostile-token]", tokens[0].shown);
        assert_eq!((done.text(), done.code()), (wanted, 121), "{mode}");
        assert!(done.errors().contains("error CFD-301: "), "{mode}: {}", done.errors());
        assert!(
            failures(&bed).contains(&(kind.to_owned(), "block".to_owned())),
            "{mode}: {:?}",
            failures(&bed)
        );
        assert_eq!(bed.verify(&bed.run_folder()).0, 0, "{mode}");
    }
}

#[test]
fn shown_4_a_guest_that_judges_by_company_is_asked_about_each_suspect_by_itself() {
    let tokens = tokens(40);
    for mode in ["honest", "differs"] {
        let (bed, config) = bed(mode, "block");
        let done = session(&bed, &config, &tokens);
        assert_eq!((done.text(), done.code()), (with("redacted", &tokens), 7), "{mode}");
        assert_eq!(failures(&bed), [], "{mode}");
    }
}

#[test]
fn a_guest_that_keeps_failing_is_left_alone_and_its_suspects_are_still_withheld() {
    let tokens = tokens(60);
    let (bed, config) = bed("loop", "withhold");
    let done = session(&bed, &config, &tokens);
    assert_eq!((done.text(), done.code()), (with("withheld", &tokens), 7));
    let failures = failures(&bed);
    assert!(
        failures.contains(&("circuit-open".to_owned(), "withhold".to_owned())),
        "{failures:?}"
    );
    // Its deadline is 100 ms: sixty time-outs would take six seconds, and five open the circuit.
    let timeouts = failures.iter().filter(|(kind, _)| kind == "timeout").count();
    assert!(timeouts < 30, "it was called {timeouts} times");
}

#[test]
fn a_guest_that_fails_before_the_start_refuses_the_session() {
    for (mode, code) in [
        ("describe-trap", "CFD-210"),
        ("configure-error", "CFD-207"),
        ("configure-trap", "CFD-210"),
        ("slow-configure", "CFD-210"),
        ("no-such-mode", "CFD-207"),
    ] {
        let (bed, config) = bed(mode, "withhold");
        let done = session(&bed, &config, &tokens(1));
        assert_eq!((done.text().as_str(), done.code()), ("", 125), "{mode}");
        assert!(
            done.errors().starts_with(&format!("error {code}: ")),
            "{mode}: {}",
            done.errors()
        );
        assert_eq!(bed.runs().len(), 0, "{mode}: nothing was begun");
    }
}

#[test]
fn pass_is_refused_for_a_plugin_with_a_p0_rule_and_for_any_policy() {
    let (bed, config) = bed("honest", "pass");
    let done = session(&bed, &config, &tokens(1));
    assert_eq!(done.code(), 125);
    assert!(done.errors().starts_with("error CFD-108: "), "{}", done.errors());
    let config = bed
        .aside("policy.toml", "[policy]\non-trap = \"pass\"\n")
        .display()
        .to_string();
    let done = session(&bed, &config, &tokens(1));
    assert_eq!(done.code(), 125);
    assert!(done.errors().contains("error CFD-10"), "{}", done.errors());
}
