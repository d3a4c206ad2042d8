//! What the program says of itself, and what the README says of it.
//!
//! After a change that is meant, `INSTA_UPDATE=always cargo test --release -p cofferdam-tests help` writes the files
//! anew.

use std::fs;

use crate::bed::{Bed, root};

/// Every command, as one types it.
const COMMANDS: [&str; 29] = [
    "",
    "exec",
    "filter",
    "eval",
    "run",
    "run list",
    "run show",
    "run output",
    "run verify",
    "plugin",
    "plugin list",
    "plugin inspect",
    "plugin lock",
    "config",
    "config check",
    "trust",
    "key",
    "key new",
    "approve",
    "approve policy",
    "approve promotion",
    "approvals list",
    "override",
    "override grant",
    "override revoke",
    "promote",
    "demote",
    "sample",
    "doctor",
];

#[test]
fn each_command_tells_how_it_is_used() {
    let bed = Bed::new();
    for command in COMMANDS {
        let mut words: Vec<&str> = command.split_whitespace().collect();
        words.push("--help");
        let done = bed.run(&words);
        assert_eq!((done.code(), done.errors().as_str()), (0, ""), "{command}");
        let name = format!("cofferdam {command}").trim_end().replace(' ', "-");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, done.text());
        });
    }
}

#[test]
fn completions_are_written_for_each_shell() {
    let bed = Bed::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let done = bed.run(["completions", shell]);
        assert_eq!((done.code(), done.errors().as_str()), (0, ""));
        assert!(
            done.text().contains("cofferdam") && done.text().contains("filter"),
            "{shell}"
        );
    }
}

#[test]
fn plugins_are_listed_and_inspected() {
    let bed = Bed::new();
    let done = bed.run(["plugin", "list"]);
    assert_eq!(done.code(), 0, "{}", done.errors());
    for name in ["credentials", "personal", "standard"] {
        assert!(done.text().contains(name), "{}", done.text());
        let done = bed.run(["plugin", "inspect", name]);
        assert_eq!(done.code(), 0, "{}", done.errors());
        let text = done.text();
        for word in ["digest", "0.1.0", "import "] {
            assert!(text.contains(word), "{name}: {word} in {text}");
        }
    }
    let rules = bed.run(["plugin", "inspect", "credentials"]).text();
    let credentials: std::collections::BTreeSet<&str> = rules
        .split_whitespace()
        .filter(|word| word.starts_with("credential."))
        .collect();
    assert!(
        credentials.len() >= 25,
        "25 kinds of credentials at least: {credentials:?}"
    );
}

#[test]
fn the_doctor_and_the_configuration_answer_on_a_fresh_machine() {
    let bed = Bed::new();
    assert_eq!(bed.run(["config", "check"]).code(), 0);
    let done = bed.run(["doctor"]);
    for what in ["kernel", "pty", "cgroup"] {
        assert!(done.text().contains(what), "{}", done.text());
    }
    // A start that takes its memory page by page is a third slower, which nobody would see otherwise.
    let lent = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled").unwrap_or_default();
    let large = ["[madvise]", "[always]"].iter().any(|word| lent.contains(word));
    let line = if large {
        "ok       pages      the heap lies in large pages\n"
    } else {
        "warn     pages      the system lends no large pages\n"
    };
    assert!(done.text().contains(line), "{}", done.text());
    assert_eq!(bed.run(["run", "list"]).code(), 0);
}

/// The lines of the README after this prompt, up to an empty line.
fn transcript<'a>(readme: &'a str, prompt: &str) -> Vec<&'a str> {
    let mut lines = readme.lines().skip_while(|line| *line != format!("$ {prompt}"));
    assert!(lines.next().is_some(), "the README shows `{prompt}`");
    lines.take_while(|line| !line.is_empty() && *line != "```").collect()
}

#[test]
fn the_readme_shows_what_happens() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let bed = Bed::new();
    let mut script = transcript(&readme, "cat demo.sh").join("\n");
    script.push('\n');
    fs::write(bed.work().join("demo.sh"), script).expect("written");
    let done = bed.run(["exec", "--", "sh", "demo.sh"]);
    assert_eq!((done.code(), done.errors().as_str()), (0, ""));
    assert_eq!(
        done.text().lines().collect::<Vec<_>>(),
        transcript(&readme, "cofferdam exec -- sh demo.sh")
    );
    // Ids and times differ from run to run; what stands around them doesn't.
    let words = |text: &str| -> Vec<String> {
        let is_told = |word: &str| !word.starts_with(|letter: char| letter.is_ascii_digit()) || word.len() < 20;
        text.split_whitespace()
            .filter(|word| is_told(word))
            .map(str::to_owned)
            .collect()
    };
    let listed = bed.run(["run", "list"]).text();
    assert_eq!(
        words(&listed),
        words(&transcript(&readme, "cofferdam run list").join("\n"))
    );
    let prompt = readme
        .lines()
        .find_map(|line| line.strip_prefix("$ cofferdam run verify "));
    let prompt = prompt.expect("the README verifies a run");
    let shown = transcript(&readme, &format!("cofferdam run verify {prompt}")).join("\n");
    let said = bed.run(["run", "verify", "01"]).text();
    assert_eq!(words(&said), words(&shown));
}
