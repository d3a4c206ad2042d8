//! The way of two candidates to the gate, gone as people would go it: one is turned away, and the other comes into
//! force.

use std::time::Instant;

use cofferdam_model::record::Digest;
use cofferdam_tests::random::Random;
use cofferdam_tests::tickets;

use super::bench::{Bench, Said, say};

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
/// So many texts of each form are in the corpus of secrets that must be found.
const CORPUS: usize = 50;

/// Goes it, with so many sessions for each candidate and so many findings labelled.
pub(crate) fn walk(bench: &mut Bench, count: usize, labelled: usize) -> Result<(), String> {
    let begun = Instant::now();
    let team = Team::of(bench, count, labelled)?;
    say("# Version 1 guards, and version 2, by ben, is put on trial beside it.");
    team.configure(bench, &[("tickets-2", "second")])?;
    show(bench, &["plugin", "lock"], 0, ALL)?;
    show(bench, &["shadow", "check"], 0, ALL)?;
    say(&format!("\n# {}", bench.sessions(count, "default")?));
    let report = show(bench, &["shadow", "report"], 0, 32)?;
    expect(&report.out, &["can't claim that nothing got looser", "build-number"])?;
    say("\n# Is it good enough?");
    let refused = promote(bench, "tickets-2@2.0.0", "limited", 1)?;
    let labels = labelled.to_string();
    let reasons = [
        "looser P0",
        "P0 recall",
        "cofferdam sample tickets-2",
        "approve promotion tickets-2",
        "CFD-711",
    ];
    expect(&format!("{}{}", refused.out, refused.errors), &reasons)?;
    say("\n# ann labels what the host draws, and cleo approves it; that doesn't make it better.");
    review(bench, "tickets-2", &labels)?;
    approve(bench, "tickets-2")?;
    let refused = promote(bench, "tickets-2@2.0.0", "limited", 1)?;
    expect(&refused.out, &["missing     looser P0", "missing     P0 recall"])?;
    if labelled >= 200 {
        expect(&refused.out, &["missing     false positives"])?;
    }

    say("\n# ben mends it: version 3 is put on trial.");
    team.configure(bench, &[("tickets-3", "third")])?;
    show(bench, &["plugin", "lock"], 0, ALL)?;
    show(bench, &["shadow", "check"], 0, ALL)?;
    say(&format!("\n# {}", bench.sessions(count, "default")?));
    let report = show(bench, &["shadow", "report", "--plugin", "tickets-3"], 0, 18)?;
    expect(&report.out, &["nothing got looser in what it saw"])?;
    review(bench, "tickets-3", &labels)?;
    approve(bench, "tickets-3")?;
    promote(bench, "tickets-3@3.0.0", "limited", 0)?;
    say(&format!(
        "\n# Of a hundred runs, 20 are guarded by it. {}",
        bench.sessions(count.min(20), "default")?
    ));
    promote(bench, "tickets-3@3.0.0", "enforce", 0)?;
    say("\n# The next session, and who guards it:");
    let mut random = Random::new(7);
    let line = format!("deploying with tkt-{}", random.text(LETTERS, 24));
    let next = show(bench, &["exec", "--", "echo", &line], 0, ALL)?;
    expect(&next.out, &["tkt-[redacted:build-ticket]"])?;
    let list = show(bench, &["plugin", "list"], 0, ALL)?;
    expect(&list.out, &["tickets-3"])?;
    say(&format!("\n# All of it took {} s.", begun.elapsed().as_secs()));
    Ok(())
}

/// All lines of what a command says.
const ALL: usize = usize::MAX;

/// The people, and what they agreed on.
struct Team {
    people: String,
    gate: String,
}

impl Team {
    fn of(bench: &mut Bench, count: usize, labelled: usize) -> Result<Self, String> {
        for (name, rules) in [
            ("first", tickets::first()),
            ("second", tickets::second()),
            ("third", tickets::third()),
        ] {
            bench.pack(name, &rules)?;
        }
        bench.write("guard.toml", "")?;
        let names = ["ann", "cleo"];
        let keys = bench.agent(&names)?;
        let people = names
            .iter()
            .zip(keys)
            .map(|(name, key)| format!("[people.{name}]\nkeys = [\"{key}\"]\nmay = [\"approve\"]\n\n"))
            .collect();
        let mut random = Random::new(91);
        let mut corpus = String::new();
        for number in 0..2 * CORPUS {
            let form = if number % 2 == 0 { "tkt-" } else { "old-" };
            let text = format!("use {form}{} here", random.text(LETTERS, 24));
            corpus.push_str(&format!("{{\"text\":\"{text}\",\"label\":\"positive\"}}\n"));
        }
        bench.write("p0.jsonl", &corpus)?;
        // Two in a hundred are asked for as ever; fewer labels than the 200 of the defaults can't show that.
        let wrong = if labelled < 200 { 500 } else { 20 };
        let gate = format!(
            "[shadow]\npatience = \"20 s\"\n\n[policy.gate]\nruns = {}\nwindows = {}\ndays = 1              # this walk has no week\nlabelled = {labelled}\n\
             false-positives = {wrong}\ncorpus = \"p0.jsonl\"\ncorpus-digest = \"sha256:{}\"\ncorpus-owner = \"cleo\"\n",
            count - count / 20,
            2 * count,
            Digest::of(corpus.as_bytes())
        );
        Ok(Self { people, gate })
    }

    /// Writes the team's file, with these candidates.
    fn configure(&self, bench: &Bench, candidates: &[(&str, &str)]) -> Result<(), String> {
        let mut text = format!(
            "{}[session]\nssh-agent = \"hide\"      # sessions can't sign\n\n[plugins.tickets]\nsource = \"first.wasm\"\n",
            self.people
        );
        for (name, file) in candidates {
            text.push_str(&format!(
                "\n[plugins.{name}]\nof = \"tickets\"\nsource = \"{file}.wasm\"\nmode = \"shadow\"\nauthor = \"ben\"\nshare = 20\n"
            ));
        }
        text.push_str(&format!("\n{}", self.gate));
        bench.write("guard.toml", &text)
    }
}

/// Draws findings, and labels each for what it is: numbers of builds are no secrets.
fn review(bench: &Bench, candidate: &str, count: &str) -> Result<(), String> {
    let drawn = show(bench, &["sample", candidate, "--count", count], 0, 2)?;
    let (mut right, mut wrong) = (0, 0);
    for place in drawn.out.lines() {
        let shown = bench.host(&["shadow", "show", place])?;
        let verdict = if shown.out.contains("build-number") {
            "false"
        } else {
            "true"
        };
        if verdict == "true" {
            right += 1;
        } else {
            wrong += 1;
        }
        let words = [
            "shadow",
            "label",
            place,
            verdict,
            "--by",
            "ann",
            "--why",
            "looked at it",
        ];
        bench.quiet(&words)?;
    }
    say(&format!("# ann labels them one by one: {right} true, {wrong} false."));
    Ok(())
}

fn approve(bench: &Bench, candidate: &str) -> Result<(), String> {
    let shown = bench.host(&["approve", "promotion", candidate])?.out;
    let at = shown.find("sha256:").ok_or("no digest was shown")?;
    let digest = shown.get(at..at + 71).ok_or("no digest was shown")?.to_owned();
    let words = [
        "approve",
        "promotion",
        candidate,
        &digest,
        "--by",
        "cleo",
        "--why",
        "went through the report",
    ];
    show(bench, &words, 0, ALL).map(|_| ())
}

fn promote(bench: &Bench, candidate: &str, to: &str, code: i32) -> Result<Said, String> {
    let words = [
        "promote",
        candidate,
        "--to",
        to,
        "--by",
        "ann",
        "--why",
        "a day on trial",
    ];
    show(bench, &words, code, ALL)
}

/// A command that must end with this code, as one sees it in a terminal.
fn show(bench: &Bench, words: &[&str], code: i32, most: usize) -> Result<Said, String> {
    let quoted = words.iter().map(|word| {
        if word.contains(' ') {
            format!("'{word}'")
        } else {
            (*word).to_owned()
        }
    });
    say(&format!("\n$ cofferdam {}", quoted.collect::<Vec<_>>().join(" ")));
    let said = bench.host(words)?;
    let folder = format!("{}/", bench.folder().display());
    let all = format!("{}{}", said.out, said.errors).replace(&folder, "");
    let lines: Vec<&str> = all.lines().collect();
    lines.iter().take(most).for_each(|line| say(line));
    if lines.len() > most {
        say(&format!("… and {} more lines", lines.len() - most));
    }
    if said.code == code {
        Ok(said)
    } else {
        Err(format!("it ended with {}, and {code} was to be", said.code))
    }
}

/// What must be among what was said.
fn expect(said: &str, parts: &[&str]) -> Result<(), String> {
    match parts.iter().find(|part| !said.contains(**part)) {
        None => Ok(()),
        Some(part) => Err(format!("`{part}` is not among what was said")),
    }
}
