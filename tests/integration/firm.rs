//! Who owns a detector, its candidates and the people that may put one in force.

use std::fs;
use std::path::PathBuf;

use cofferdam_model::record::Digest;
use cofferdam_tests::random::Random;
use cofferdam_tests::script::Line;
use cofferdam_tests::{tickets, traffic};
use serde_json::Value;

use crate::authority::Office;
use crate::bed::{Done, PATIENT_PLUGIN, finish};
use crate::shadow::{fits, packed};

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";

/// A house with version 1 of its detector in force and two candidates in shadow, and with people who may approve.
pub(crate) struct House {
    pub(crate) office: Office,
    pub(crate) people: String,
    pub(crate) plugins: String,
    pub(crate) gate: String,
}

impl House {
    pub(crate) fn new() -> Self {
        let office = Office::new();
        let people: String = ["ann", "ben", "cleo"]
            .iter()
            .map(|name| office.person(name, "\"approve\""))
            .collect();
        let bed = &office.bed;
        let component = |name: &str, rules: &str| packed(bed, name, rules).display().to_string();
        let plugins = format!(
            "[shadow]\ndrain = \"20 s\"\npatience = \"1 min\"\n\
             [plugins.tickets]\nsource = \"{}\"\n{PATIENT_PLUGIN}\
             [plugins.second]\nof = \"tickets\"\nsource = \"{}\"\nmode = \"shadow\"\nauthor = \"ben\"\n{PATIENT_PLUGIN}\
             [plugins.third]\nof = \"tickets\"\nsource = \"{}\"\nmode = \"shadow\"\nauthor = \"ben\"\ntasks = [\"chosen\"]\n{PATIENT_PLUGIN}",
            component("first", &tickets::first()),
            component("second", &tickets::second()),
            component("third", &tickets::third()),
        );
        let mut random = Random::new(91);
        let corpus: String = ["tkt-", "old-"]
            .iter()
            .map(|form| {
                let text = format!("use {form}{} here", random.text(LETTERS, 24));
                format!("{}\n", serde_json::json!({ "text": text, "label": "positive" }))
            })
            .collect();
        let file = bed.aside("corpus.jsonl", &corpus);
        let gate = format!(
            "[policy.gate]\nruns = 5\nwindows = 5\ndays = 1\nlabelled = 8\nfalse-positives = 500\np99 = \"10 s\"\n\
             corpus = \"{}\"\ncorpus-digest = \"sha256:{}\"\ncorpus-owner = \"cleo\"\n",
            file.display(),
            Digest::of(corpus.as_bytes())
        );
        let house = Self {
            office,
            people,
            plugins,
            gate,
        };
        house.configure("");
        let done = house.office.bed.run(["shadow", "check"]);
        assert_eq!(done.code(), 0, "{}{}", done.text(), done.errors());
        house
    }

    pub(crate) fn configure(&self, more: &str) {
        let (people, plugins, gate) = (&self.people, &self.plugins, &self.gate);
        self.office.configure(&format!("{people}{plugins}{gate}{more}"));
    }

    pub(crate) fn run(&self, words: &[&str]) -> Done {
        self.office.bed.run(words)
    }

    /// So many sessions, all with a ticket of each form and a number of a build.
    pub(crate) fn sessions(&self, count: usize) {
        let mut random = Random::new(92);
        for number in 0..count {
            let (mut lines, _) = traffic::session(&mut random);
            let end = lines.pop().expect("an exit");
            let mut ticket = |form: &str| format!("use {form}{} now\n", random.text(LETTERS, 24)).into_bytes();
            lines.push(Line::Out(ticket("tkt-")));
            lines.push(Line::Out(ticket("old-")));
            lines.push(Line::Out(
                format!("see build-{:08}.\n", 12_345_670 + number).into_bytes(),
            ));
            lines.push(end);
            finish(&mut self.office.bed.exec(&["--pipe"], &format!("day-{number}"), &lines));
        }
    }

    /// Draws findings, and labels them all.
    pub(crate) fn label(&self, plugin: &str, count: &str, verdict: &str, by: &str) {
        let done = self.run(&["sample", plugin, "--count", count]);
        assert_eq!(done.code(), 0, "{}", done.errors());
        assert!(done.errors().contains("with the seed "), "{}", done.errors());
        for place in done.text().lines() {
            let done = self.run(&["shadow", "label", place, verdict, "--by", by, "--why", "looked at it"]);
            assert_eq!(done.code(), 0, "{}", done.errors());
        }
    }

    pub(crate) fn digest_of(&self, plugin: &str) -> String {
        let text = self.run(&["approve", "promotion", plugin]).text();
        let at = text.find("sha256:").expect("a digest");
        text[at..at + "sha256:".len() + 64].to_owned()
    }

    pub(crate) fn approve(&self, plugin: &str, by: &str) -> Done {
        let digest = self.digest_of(plugin);
        self.run(&[
            "approve",
            "promotion",
            plugin,
            &digest,
            "--by",
            by,
            "--why",
            "went through the sample",
        ])
    }

    pub(crate) fn promote(&self, plugin: &str, to: &str) -> Done {
        self.run(&["promote", plugin, "--to", to, "--by", "ann", "--why", "it earned it"])
    }

    /// The gate's answer: each condition's state.
    pub(crate) fn gate(&self, plugin: &str) -> Vec<(String, String)> {
        let done = self.run(&["promote", plugin, "--to", "enforce", "--check", "--json"]);
        let report: Value = serde_json::from_slice(&done.out).expect("JSON");
        fits("gate.v1.json", &report);
        let word = |condition: &Value, key: &str| condition[key].as_str().expect("a word").to_owned();
        let conditions = report["conditions"].as_array().expect("a list");
        let states: Vec<_> = conditions
            .iter()
            .map(|condition| (word(condition, "name"), word(condition, "state")))
            .collect();
        let all_hold = states.iter().all(|(_, state)| state == "holds");
        assert_eq!(done.code(), i32::from(!all_hold), "{}", done.errors());
        states
    }

    pub(crate) fn gate_text(&self, plugin: &str) -> String {
        self.run(&["promote", plugin, "--to", "enforce", "--check"]).text()
    }

    pub(crate) fn not_holding(&self, plugin: &str) -> Vec<String> {
        let held = |(name, state): (String, String)| (state != "holds").then_some(name);
        self.gate(plugin).into_iter().filter_map(held).collect()
    }

    /// The detectors of a session that starts now.
    pub(crate) fn in_force(&self, task: &str) -> Vec<String> {
        let done = self.run(&["exec", "--task", task, "--", "true"]);
        assert_eq!(done.code(), 0, "{}", done.errors());
        plugins(&self.office.bed.runs().pop().expect("a run"))
    }

    pub(crate) fn manifest(&self) -> Value {
        let path = self.office.bed.work().join(".runs/default/manifest.json");
        let manifest = serde_json::from_str(&fs::read_to_string(path).expect("a manifest")).expect("JSON");
        fits("task-manifest.v1.json", &manifest);
        manifest
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.office.bed.home().join("config/cofferdam/cofferdam.lock")
    }
}

pub(crate) fn plugins(run: &std::path::Path) -> Vec<String> {
    let manifest = fs::read_to_string(run.join("manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    let plugins = manifest["run"]["plugins"].as_array().expect("a list");
    plugins
        .iter()
        .filter(|plugin| plugin["kind"] == "detector")
        .map(|plugin| plugin["name"].as_str().expect("a name").to_owned())
        .collect()
}

pub(crate) fn refused(done: &Done, code: &str) {
    assert_eq!(done.code(), 125, "{}{}", done.text(), done.errors());
    assert!(done.errors().contains(&format!("error {code}: ")), "{}", done.errors());
}
