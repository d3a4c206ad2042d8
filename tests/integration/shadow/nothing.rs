//! Invariant 7: no output byte, decision, hold or exit code depends on a candidate.

use std::path::Path;
use std::time::{Duration, Instant};

use cofferdam_tests::plant::credentials;
use cofferdam_tests::random::Random;
use cofferdam_tests::script::Line;
use cofferdam_tests::traffic;
use serde_json::Value;

use super::{lines, of_kind};
use crate::bed::{Bed, finish, guest};

/// Far more than a session and its drain need, and far less than for ever.
const LONG: Duration = Duration::from_secs(30);
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// How a candidate behaves: not there, honest, or hostile in a call or already while it is loaded.
const CANDIDATES: [Option<&str>; 11] = [
    None,
    Some("honest"),
    Some("trap"),
    Some("loop"),
    Some("memory"),
    Some("range"),
    Some("unsorted"),
    Some("million"),
    Some("error"),
    Some("configure-trap"),
    Some("describe-trap"),
];

/// An honest guest in force, and a candidate of this kind beside it.
fn config(bed: &Bed, candidate: Option<&str>) -> String {
    let source = guest("hostile").display().to_string();
    let mut text = format!(
        "[guard]\nidle = \"700 ms\"\nstall = \"700 ms\"\n[shadow]\ndrain = \"20 s\"\n[plugins.hostile]\nsource = \"{source}\"\n\
         deadline = \"10 s\"\nsettings = {{ mode = \"honest\" }}\n"
    );
    if let Some(mode) = candidate {
        text.push_str(&format!(
            "[plugins.hostile-next]\nof = \"hostile\"\nsource = \"{source}\"\nmode = \"shadow\"\ndeadline = \"50 ms\"\n\
             settings = {{ mode = \"{mode}\" }}\n"
        ));
    }
    let name = format!("{}.toml", candidate.unwrap_or("none"));
    bed.aside(&name, text).display().to_string()
}

/// A text for both outputs: tokens of the hostile guest and of the default ones, and what is typed over.
fn script(seed: u64, cut: usize) -> Vec<Line> {
    let mut random = Random::new(seed);
    let mut texts = [Vec::new(), Vec::new()];
    for text in &mut texts {
        for plant in credentials(&mut random) {
            text.extend(format!("line with {} in it\n", plant.text()).bytes());
            text.extend(format!("and hostile_{} too\r\n", random.text(LETTERS, 24)).bytes());
            text.extend(b"12%\r 50%\r100% done \x1b[31mred\x1b[0m ok\n");
        }
    }
    let [out, err] = texts;
    let mut lines = Vec::new();
    for (out, err) in out.chunks(cut).zip(err.chunks(cut)) {
        lines.push(Line::Out(out.to_vec()));
        lines.push(Line::Err(err.to_vec()));
    }
    lines.push(Line::Exit(7));
    lines
}

/// Everything that a session did and that could depend on a candidate.
#[derive(Debug, Clone, PartialEq)]
struct Did {
    out: String,
    err: String,
    code: i32,
    decided: Vec<Value>,
    settings: Value,
}

fn did(bed: &Bed, options: &[&str], lines: &[Line]) -> (Did, Duration) {
    let begun = Instant::now();
    let done = finish(&mut bed.exec(options, "script", lines));
    let took = begun.elapsed();
    assert!(took < LONG, "it took {took:?}");
    let run = bed.runs().pop().expect("a run");
    assert_eq!(bed.verify(&run).0, 0);
    let did = Did {
        out: done.text(),
        err: done.errors(),
        code: done.code(),
        decided: decided(&run),
        settings: manifest(&run)["run"]["settings_digest"].clone(),
    };
    (did, took)
}

/// The decisions, marks and failures of a record, without what each run has of its own.
fn decided(run: &Path) -> Vec<Value> {
    let events = std::fs::read_to_string(run.join("events.jsonl")).expect("a log");
    let wanted = ["guard.decision", "guard.mark", "guest.failed"];
    let mut decided: Vec<Value> = events
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .filter(|event| wanted.iter().any(|wanted| event["type"] == *wanted))
        .map(|mut event| {
            let object = event.as_object_mut().expect("an object");
            for own in ["seq", "time", "elapsed_ms", "micros", "prev", "hash"] {
                object.remove(own);
            }
            event
        })
        .collect();
    // Which of the two outputs is read first is the kernel's choice.
    decided.sort_by_key(|event| (event["channel"].to_string(), event["offset"].as_u64()));
    decided
}

fn manifest(run: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(run.join("manifest.json")).expect("a manifest")).expect("JSON")
}

#[test]
fn invariant_7_shadow_changes_nothing() {
    let bed = Bed::new();
    for cut in [17, 300, 1 << 20] {
        let lines = script(41, cut);
        let mut without = None;
        for candidate in CANDIDATES {
            let config = config(&bed, candidate);
            let (with, _) = did(&bed, &["--config", &config, "--pipe"], &lines);
            let without = without.get_or_insert_with(|| {
                assert!(
                    with.decided.len() > 20 && with.out.contains("[redacted:hostile-token]"),
                    "{with:?}"
                );
                with.clone()
            });
            assert_eq!(with, *without, "{candidate:?} in pieces of {cut}");
        }
    }
}

/// A pause of the child within a token ends its hold: in a pipe and on a terminal.
#[test]
fn invariant_7_shadow_changes_no_hold() {
    let bed = Bed::new();
    let token = Random::new(47).text(LETTERS, 24);
    let (first, rest) = token.split_at(6);
    let lines = [
        Line::Out(format!("held hostile_{first}").into_bytes()),
        Line::Pause(Duration::from_millis(2_500)),
        Line::Out(format!("{rest} end\n").into_bytes()),
    ];
    for mode in ["--pipe", "--pty"] {
        let (without, _) = did(&bed, &["--config", &config(&bed, None), mode], &lines);
        let marks = without.decided.iter().filter(|event| event["type"] == "guard.mark");
        assert!(marks.count() == 1 && !without.out.contains(first), "{without:?}");
        for candidate in ["honest", "trap", "loop"] {
            let (with, _) = did(&bed, &["--config", &config(&bed, Some(candidate)), mode], &lines);
            assert_eq!(with, without, "{candidate} in {mode}");
        }
    }
}

#[test]
fn invariant_7_shadow_changes_nothing_on_a_terminal() {
    let bed = Bed::new();
    let lines = script(43, 200);
    let (without, _) = did(&bed, &["--config", &config(&bed, None), "--pty"], &lines);
    assert!(without.out.contains("hostile_****"), "{without:?}");
    for candidate in ["honest", "trap", "loop", "memory"] {
        let (with, _) = did(&bed, &["--config", &config(&bed, Some(candidate)), "--pty"], &lines);
        assert_eq!(with, without, "{candidate}");
    }
}

#[test]
fn invariant_7_what_a_hostile_candidate_does_is_counted_and_it_is_left_alone() {
    let bed = Bed::new();
    let tokens: Vec<Line> = (0..40)
        .map(|number| Line::Out(format!("{number} hostile_{} end\n", "a1b2c3d4".repeat(3)).into_bytes()))
        .collect();
    for (mode, kind, class) in [
        ("trap", "trap", "error"),
        ("loop", "timeout", "timeout"),
        ("memory", "out-of-memory", "error"),
        ("range", "bad-answer", "error"),
    ] {
        let config = config(&bed, Some(mode));
        let done = finish(&mut bed.exec(&["--config", &config], "tokens", &tokens));
        assert_eq!((done.code(), done.errors().as_str()), (0, ""), "{mode}");
        let run = bed.runs().pop().expect("a run");
        let lines = lines(&run);
        let coverage = of_kind(&lines, "shadow.coverage")[0];
        assert!(coverage["failures"][kind].as_u64() >= Some(1), "{mode}: {coverage}");
        assert!(
            coverage["failures"]["circuit-open"].as_u64() >= Some(1),
            "{mode}: {coverage}"
        );
        let places = of_kind(&lines, "shadow.place");
        assert!(
            places
                .iter()
                .any(|place| place["class"] == class && place["effect"] == "error"),
            "{mode}"
        );
        assert!(
            places.iter().all(|place| place["effect"] == "error"),
            "{mode}: nobody knows what it would have said"
        );
    }
    // One that can't even be loaded is told as well, and nothing is claimed for it.
    let config = config(&bed, Some("configure-trap"));
    finish(&mut bed.exec(&["--config", &config], "tokens", &tokens));
    let lines = lines(&bed.runs().pop().expect("a run"));
    let begun = of_kind(&lines, "shadow.begun")[0];
    assert_eq!(
        (&begun["candidates"][0]["state"], &begun["candidates"][0]["code"]),
        (&"refused".into(), &"CFD-210".into())
    );
    let coverage = of_kind(&lines, "shadow.coverage")[0];
    assert_eq!(coverage["dropped_bytes"], coverage["bytes"]);
}

#[test]
fn invariant_7_what_a_candidate_has_no_room_for_is_dropped_and_counted() {
    let bed = Bed::new();
    let source = guest("hostile").display().to_string();
    let text = format!(
        "[shadow]\nring = \"64 KiB\"\ndrain = \"100 ms\"\n[plugins.hostile]\nsource = \"{source}\"\nsettings = {{ mode = \"honest\" }}\n\
         [plugins.hostile-next]\nof = \"hostile\"\nsource = \"{source}\"\nmode = \"shadow\"\nsettings = {{ mode = \"loop\" }}\n"
    );
    let config = bed.aside("small.toml", text).display().to_string();
    assert_eq!(bed.run(["--config", &config, "shadow", "check"]).code(), 0);
    let line = format!(
        "hostile_{} end\n{}",
        "a1b2c3d4".repeat(3),
        "no secret at all\n".repeat(4000)
    );
    let script: Vec<Line> = (0..20).map(|_| Line::Out(line.clone().into_bytes())).collect();
    let begun = Instant::now();
    let done = finish(&mut bed.exec(&["--config", &config], "much", &script));
    assert!(begun.elapsed() < LONG);
    assert_eq!(done.code(), 0);
    assert_eq!(done.text().matches("[redacted:hostile-token]").count(), 20);
    let lines = lines(&bed.runs().pop().expect("a run"));
    let coverage = of_kind(&lines, "shadow.coverage")[0];
    let count = |key: &str| coverage[key].as_u64().expect("a count");
    assert_eq!(count("bytes"), 20 * line.len() as u64);
    assert!(
        count("dropped_bytes") > count("bytes") / 2 && count("dropped_windows") > 0,
        "{coverage}"
    );
    assert_eq!(count("incumbent_windows") + count("dropped_windows"), 20, "{coverage}");
    let (_, report) = super::report(&bed, &[]);
    let told = &report["candidates"][0];
    assert_eq!(told["nothingLooser"], false);
    assert!(
        told["rules"]
            .as_array()
            .expect("rules")
            .iter()
            .all(|rule| rule["dropped"] == true),
        "{told}"
    );
}

#[test]
fn invariant_7_a_drop_counts_for_the_rules_whose_windows_it_held_alone() {
    let bed = Bed::new();
    let source = guest("hostile").display().to_string();
    let text = format!(
        "[shadow]\nring = \"64 KiB\"\ndrain = \"20 s\"\n[plugins.hostile]\nsource = \"{source}\"\nsettings = {{ mode = \"honest\" }}\n\
         [plugins.hostile-next]\nof = \"hostile\"\nsource = \"{source}\"\nmode = \"shadow\"\nsettings = {{ mode = \"honest\", only = \"zz\" }}\n"
    );
    let config = bed.aside("plain.toml", text).display().to_string();
    assert_eq!(bed.run(["--config", &config, "shadow", "check"]).code(), 0);
    // The tokens are seen long before so much comes that there is no room for it, which holds none.
    let token = format!("hostile_{} end\n", "a1b2c3d4".repeat(3));
    let plain = "no secret at all\n".repeat(400_000);
    let lines_of = |end: &str| {
        let mut script: Vec<Line> = (0..20).map(|_| Line::Out(token.clone().into_bytes())).collect();
        script.push(Line::Pause(Duration::from_secs(2)));
        script.push(Line::Out(plain.clone().into_bytes()));
        script.push(Line::Out(end.to_owned().into_bytes()));
        script
    };
    let told = |name: &str, end: &str| {
        finish(&mut bed.exec(&["--config", &config], name, &lines_of(end)));
        let lines = lines(&bed.runs().pop().expect("a run"));
        let coverage = of_kind(&lines, "shadow.coverage")[0].clone();
        assert!(coverage["dropped_bytes"].as_u64() > Some(0), "{coverage}");
        let (_, report) = super::report(&bed, &[]);
        report["candidates"][0].clone()
    };
    let clean = told("clean", "");
    assert_eq!(clean["nothingLooser"], true, "{}", clean["rules"]);
    assert_eq!(clean["coverage"]["wholeRuns"], 0);
    // A token right behind all that: nobody knows what the candidate would have said of it.
    let lost = told("lost", &token);
    assert_eq!(lost["nothingLooser"], false, "{}", lost["rules"]);
    assert_eq!(lost["rules"][0]["droppedWindows"], 1, "{}", lost["rules"]);
}

#[test]
fn a_candidate_that_is_what_is_in_force_never_differs() {
    let bed = Bed::new();
    let text = "[shadow]\ndrain = \"20 s\"\n[plugins.credentials-next]\nof = \"credentials\"\nsource = \"builtin:credentials\"\nmode = \"shadow\"\n\
                deadline = \"10 s\"\n[plugins.personal-next]\nof = \"personal\"\nsource = \"builtin:personal\"\nmode = \"shadow\"\ndeadline = \"10 s\"\n";
    let config = bed.aside("same.toml", text).display().to_string();
    let checked = bed.run(["--config", &config, "shadow", "check"]);
    assert_eq!(
        checked.text().matches("nothing can differ").count(),
        2,
        "{}",
        checked.text()
    );
    let mut random = Random::new(5);
    for (round, option) in ["--pipe", "--pty"].into_iter().cycle().take(8).enumerate() {
        let (mut lines, _) = traffic::session(&mut random);
        let planted = credentials(&mut random);
        let planted = planted
            .iter()
            .map(|plant| Line::Out(format!("{} \r\n", plant.text()).into_bytes()));
        lines.splice(0..0, planted);
        finish(&mut bed.exec(&["--config", &config, option], &format!("same-{round}"), &lines));
        let lines = super::lines(&bed.runs().pop().expect("a run"));
        let places = of_kind(&lines, "shadow.place");
        assert!(places.len() >= 10, "{} places", places.len());
        assert!(
            places.iter().all(|place| place["class"] == "agree"),
            "{option}: {places:#?}"
        );
        for coverage in of_kind(&lines, "shadow.coverage") {
            assert_eq!(
                (&coverage["dropped_bytes"], &coverage["unsure_bytes"]),
                (&0.into(), &0.into()),
                "{coverage}"
            );
            assert_eq!(coverage["windows"], coverage["incumbent_windows"], "{coverage}");
        }
    }
    let (done, report) = super::report(&bed, &[]);
    assert!(
        done.text().contains("nothing got looser in what it saw"),
        "{}",
        done.text()
    );
    assert!(
        report["candidates"]
            .as_array()
            .expect("two")
            .iter()
            .all(|told| told["nothingLooser"] == true)
    );
}
