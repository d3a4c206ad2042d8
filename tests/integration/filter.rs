//! `filter`: clean text passes as it is, and guarding guarded output changes nothing.

use std::process::Command;

use cofferdam_tests::plant::{Outlet, Text};
use cofferdam_tests::random::Random;

use crate::bed::{Bed, root};

/// Words, and shapes of words, that logs and sources hold; some of them are the beginnings of secrets.
const WORDS: [&str; 48] = [
    "the",
    "build",
    "of",
    "target",
    "error:",
    "warning:",
    "token",
    "password",
    "secret",
    "key",
    "sk",
    "gh",
    "npm",
    "authorized",
    "bearer",
    "https://docs.example.org/guide",
    "Compiling",
    "v0.48.8",
    "[INFO]",
    "2026-11-21",
    "12:30:05.125",
    "127.0.0.1:8080",
    "0x7ffee4c0",
    "src/main.rs:48:12",
    "fn",
    "let",
    "match",
    "=>",
    "{",
    "}",
    "();",
    "\"name\":",
    "null,",
    "true",
    "4096",
    "1048576",
    "3.14159",
    "-rw-r--r--",
    "caf\u{e9}",
    "na\u{ef}ve",
    "\u{2714}",
    "\u{6f22}\u{5b57}",
    "->",
    "||",
    "user@host",
    "e4d909c2",
    "-----",
    "==",
];

/// Megabytes of clean text: 64, or what the environment says; 1,024 is what the release is shown with.
fn megabytes() -> usize {
    let asked = std::env::var("COFFERDAM_TEST_FILTER_MB").ok();
    asked.map_or(64, |text| text.parse().expect("a number of megabytes"))
}

fn clean(bytes: usize) -> Vec<u8> {
    let mut random = Random::new(31);
    let mut text = Vec::with_capacity(bytes + 64);
    while text.len() < bytes {
        text.extend_from_slice(random.one(&WORDS).as_bytes());
        let end: &[u8] = match random.below(12) {
            0 => b"\n",
            1 => b"\t",
            2 => b"  ",
            3..=11 => b" ",
            _ => b"\r\n",
        };
        text.extend_from_slice(end);
    }
    text
}

#[test]
fn shown_3_clean_text_passes_as_it_is() {
    let bed = Bed::new();
    let text = clean(megabytes() << 20);
    let done = bed.feed(["filter"], &text);
    assert_eq!((done.code(), done.errors().as_str()), (0, ""));
    assert!(
        done.out == text,
        "clean text was changed at {:?}",
        difference(&done.out, &text)
    );
}

#[test]
fn shown_3_the_sources_of_this_project_pass_as_they_are() {
    let bed = Bed::new();
    let listed = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "-z"])
        .output()
        .expect("git is there");
    assert!(listed.status.success(), "a clone of the repository");
    let mut files = 0;
    let mut all = Vec::new();
    for name in listed.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let name = std::str::from_utf8(name).expect("names of sources are UTF-8");
        // The examples of rules are there to be found.
        if (name.starts_with("plugins/") && name.contains("/rules/")) || name.starts_with("host/pack/src/tests/") {
            continue;
        }
        // A file that was just removed is still listed.
        let Ok(text) = std::fs::read(root().join(name)) else {
            continue;
        };
        files += 1;
        all.extend(format!("\n==> {name} <==\n").into_bytes());
        all.extend(text);
    }
    assert!(files > 100, "{files} files");
    let done = bed.feed(["filter"], &all);
    assert_eq!((done.code(), done.errors().as_str()), (0, ""));
    // An alarm here is a mistake of a guard, or a secret in a source: examples are assembled from parts.
    assert!(
        done.out == all,
        "the sources were changed at {:?}",
        difference(&done.out, &all)
    );
}

#[test]
fn guarding_guarded_output_changes_nothing() {
    let bed = Bed::new();
    for seed in 40..48 {
        let text = Text::with_everything(seed);
        let raw = text.chunks(&[]).concat();
        let once = bed.feed(["filter"], &raw);
        assert_eq!(once.text(), String::from_utf8_lossy(&text.guarded(Outlet::Pipe, &[])));
        let decisions = bed.home().join("again.jsonl");
        let again = bed.feed(["filter", "--decisions", &decisions.display().to_string()], &once.out);
        assert_eq!((again.text(), again.code()), (once.text(), 0));
        let decided = std::fs::read_to_string(&decisions).expect("written");
        assert!(
            !decided.contains("\"action\":\"redact"),
            "what stands for a secret isn't taken for one: {decided}"
        );
        // What a terminal was shown is guarded as well.
        let shown = text.guarded(Outlet::Terminal, &[]);
        assert!(bed.feed(["filter"], &shown).out == shown, "masks stay masks");
    }
}

#[test]
fn filter_tells_each_decision_and_nothing_of_the_secret() {
    let bed = Bed::new();
    let text = Text::with_everything(50);
    let file = bed.home().join("decisions.jsonl");
    let done = bed.feed(
        ["filter", "--decisions", &file.display().to_string()],
        &text.chunks(&[]).concat(),
    );
    assert_eq!((done.code(), done.errors().as_str()), (0, ""));
    let lines = std::fs::read_to_string(&file).expect("written");
    let redacted: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .filter(|decision| decision["action"] == "redact")
        .map(|decision| decision["rule"].as_str().expect("a rule").to_owned())
        .collect();
    for plant in text.plants() {
        assert!(
            redacted.iter().any(|rule| rule == plant.rule),
            "{} in {redacted:?}",
            plant.rule
        );
    }
    crate::search::Search::of(text.plants()).none_in("the decisions", lines.as_bytes());
}

fn difference(found: &[u8], wanted: &[u8]) -> (usize, String) {
    let at = found.iter().zip(wanted).take_while(|(one, other)| one == other).count();
    let rest = &found[at.saturating_sub(40)..found.len().min(at + 60)];
    (at, String::from_utf8_lossy(rest).into_owned())
}

/// The host asks its own detectors about many suspects at once, and the same components from files about one at a time.
#[test]
fn the_built_in_detectors_answer_for_each_suspect_by_itself() {
    let bed = Bed::new();
    let guests = root().join("target/guests");
    let config = ["credentials", "personal"].map(|name| {
        let file = guests.join(name).with_extension("wasm");
        format!("[plugins.{name}]\nsource = {:?}\n", file.display().to_string())
    });
    let config = bed.aside("files.toml", config.concat()).display().to_string();
    let raw: Vec<u8> = (60..64)
        .flat_map(|seed| Text::with_everything(seed).chunks(&[]).concat())
        .collect();
    let decided = |name: &str, more: &[&str]| {
        let file = bed.home().join(name).display().to_string();
        let done = bed.feed([more, &["filter", "--decisions", &file]].concat(), &raw);
        assert_eq!(done.code(), 0, "{}", done.errors());
        let lines = std::fs::read_to_string(&file).expect("written");
        let decisions = lines.lines().map(|line| {
            let mut decision: serde_json::Value = serde_json::from_str(line).expect("JSON");
            decision.as_object_mut().expect("an object").remove("micros");
            decision
        });
        (done.out, decisions.collect::<Vec<_>>())
    };
    let (together, apart) = (
        decided("together.jsonl", &[]),
        decided("apart.jsonl", &["--config", &config]),
    );
    assert!(together.1.len() > 40, "{} decisions", together.1.len());
    assert_eq!(together, apart);
}
