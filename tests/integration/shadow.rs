//! Candidates in shadow change nothing, and what they would have done is told with what they saw.

mod evidence;
mod nothing;
mod rollout;

use std::path::{Path, PathBuf};

use cofferdam_tests::random::Random;
use cofferdam_tests::tickets;
use serde_json::Value;

use crate::bed::{Bed, Done, root};

/// A component that is packed from a rule file.
fn packed(bed: &Bed, name: &str, rules: &str) -> PathBuf {
    let file = bed.aside(&format!("{name}.toml"), rules);
    let component = file.with_extension("wasm");
    let words = [
        "plugin",
        "pack",
        &file.display().to_string(),
        "-o",
        &component.display().to_string(),
    ];
    let done = bed.run(words);
    assert_eq!((done.code(), done.errors().as_str()), (0, ""));
    component
}

/// A configuration with version 1 of a house's detector in force, and another version beside it.
fn configured(bed: &Bed, next: &str, more: &str) -> String {
    let first = packed(bed, "first", &tickets::first());
    let next = packed(bed, "next", next);
    let text = format!(
        "[shadow]\ndrain = \"20 s\"\n[plugins.tickets]\nsource = \"{}\"\n[plugins.tickets-next]\nof = \"tickets\"\nsource = \"{}\"\n{more}",
        first.display(),
        next.display()
    );
    let config = bed.aside("tickets-config.toml", text).display().to_string();
    let done = bed.run(["--config", &config, "shadow", "check"]);
    assert_eq!(done.code(), 0, "{}{}", done.text(), done.errors());
    config
}

/// A token that the built-in detector finds.
fn token() -> String {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    ["gh", "p_", &Random::new(77).text(letters, 36)].concat()
}

/// The lines of a run's `shadow.jsonl`, each of which must fit its schema.
fn lines(run: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(run.join("shadow.jsonl")).expect("a record of shadow");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    for line in &lines {
        fits("shadow.v1.json", line);
    }
    lines
}

/// The lines of a kind.
fn of_kind<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["type"] == kind).collect()
}

/// The report over all runs, which must fit its schema.
fn report(bed: &Bed, more: &[&str]) -> (Done, Value) {
    let file = bed.home().join("report.json").display().to_string();
    let done = bed.run([&["shadow", "report", "--json", &file], more].concat());
    assert_eq!(done.code(), 0, "{}", done.errors());
    let report = serde_json::from_str(&std::fs::read_to_string(&file).expect("a report")).expect("JSON");
    fits("shadow-report.v1.json", &report);
    (done, report)
}

fn fits(schema: &str, value: &Value) {
    let text = std::fs::read_to_string(root().join("schemas").join(schema)).expect("a schema");
    let schema = jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a sound schema");
    let errors: Vec<_> = schema.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?} in {value}");
}
