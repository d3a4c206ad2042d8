//! Overrides: a person lets something through, bounded in scope and time, and every decision that it changed says so.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;
use std::time::Duration;

use cofferdam_tests::plant::{Plant, credentials};
use cofferdam_tests::random::Random;
use serde_json::Value;

use crate::authority::Office;
use crate::bed::{Done, eventually};

/// An office with somebody who may grant, and a token that the guard takes out.
fn office() -> (Office, String, Plant) {
    let office = Office::new();
    let ann = office.person("ann", "\"grant\"");
    office.configure(&ann);
    let token = credentials(&mut Random::new(81)).swap_remove(0);
    (office, ann, token)
}

fn grant(office: &Office, rule: &str, more: &[&str]) -> Done {
    let words = [
        "override",
        "grant",
        "--rule",
        rule,
        "--by",
        "ann",
        "--why",
        "the stage's own token",
    ];
    office.bed.run([&words[..], more].concat())
}

fn refused(done: &Done, code: &str) {
    assert_eq!(done.code(), 125, "{}{}", done.text(), done.errors());
    assert!(
        done.errors().starts_with(&format!("error {code}: ")),
        "{}",
        done.errors()
    );
}

fn say(office: &Office, task: &str, text: &str) -> Done {
    office.bed.run(["exec", "--task", task, "--", "echo", text])
}

/// The events of the newest run.
fn events(office: &Office) -> Vec<Value> {
    let run = office.bed.runs().pop().expect("a run");
    let log = fs::read_to_string(run.join("events.jsonl")).expect("a log");
    log.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn of_type(events: &[Value], kind: &str) -> Vec<Value> {
    events.iter().filter(|event| event["type"] == kind).cloned().collect()
}

#[test]
fn an_override_lets_one_rule_through_in_one_task_and_is_told_with_each_decision() {
    let (office, _, token) = office();
    let taken = format!("{}[redacted:{}]\n", token.shown, token.rule);
    assert_eq!(say(&office, "release", &token.text()).text(), taken);
    let done = grant(&office, token.rule, &["--task", "release", "--expires", "1h"]);
    assert_eq!(done.code(), 0, "{}", done.errors());
    let done = say(&office, "release", &token.text());
    assert_eq!(done.text(), format!("{}\n", token.text()));
    assert!(done.errors().contains("cofferdam: ann lets "), "{}", done.errors());
    let all = events(&office);
    let changed = of_type(&all, "overrides.changed");
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0]["in_force"][0]["by"], "ann");
    // The command line itself is guarded as ever: it is in the record for good.
    let decisions = of_type(&all, "guard.decision");
    let (meta, output): (Vec<&Value>, Vec<&Value>) =
        decisions.iter().partition(|decision| decision["channel"] == "meta");
    assert!(
        meta.iter()
            .all(|decision| decision["action"] == "redact" && decision["override"].is_null())
    );
    assert_eq!(output.len(), 1);
    assert_eq!(output[0]["action"], "allow");
    assert_eq!(output[0]["override"]["id"], changed[0]["in_force"][0]["id"]);
    assert_eq!(output[0]["override"]["instead_of"], "redact");
    let run = office.bed.runs().pop().expect("a run");
    assert_eq!(office.bed.verify(&run).0, 0);
    // Another task, and another rule in the same one, are guarded as ever.
    assert_eq!(say(&office, "other", &token.text()).text(), taken);
    let other = credentials(&mut Random::new(82)).pop().expect("another");
    assert_ne!(other.rule, token.rule);
    assert!(!say(&office, "release", &other.text()).text().contains(&other.secret));
}

#[test]
fn an_override_of_a_floor_and_of_a_block_holds_as_well() {
    let (office, ann, token) = office();
    office.configure(&format!("{ann}[policy.at-least]\n\"credential\" = \"block\"\n"));
    assert_eq!(
        grant(&office, token.rule, &["--task", "t", "--expires", "1h"]).code(),
        0
    );
    let line = format!("printf '%s\\n' '{}'", token.text());
    fs::write(office.bed.work().join("say.sh"), line).expect("written");
    let done = office.bed.run(["exec", "--task", "t", "--", "sh", "say.sh"]);
    assert_eq!((done.text(), done.code()), (format!("{}\n", token.text()), 0));
    let decision = of_type(&events(&office), "guard.decision").pop().expect("decided");
    assert_eq!(decision["override"]["instead_of"], "block");
}

#[test]
fn what_is_out_of_bounds_is_refused() {
    let (office, ann, token) = office();
    let task = ["--task", "t", "--expires"];
    let with = |expires: &'static str| [&task[..], &[expires]].concat();
    refused(&grant(&office, token.rule, &with("25h")), "CFD-708");
    refused(&grant(&office, "no-such-rule", &with("1h")), "CFD-708");
    refused(&grant(&office, "private-key", &with("1h")), "CFD-708");
    assert_eq!(
        grant(&office, token.rule, &["--expires", "1h"]).code(),
        2 + 123,
        "no scope"
    );
    assert_eq!(grant(&office, token.rule, &["--task", "t"]).code(), 125, "no end");
    refused(
        &grant(&office, token.rule, &["--run", "01", "--expires", "1h"]),
        "CFD-507",
    );
    office.configure(&format!("{ann}[policy]\nnot-overridable = [\"credential\"]\n"));
    refused(&grant(&office, token.rule, &with("1h")), "CFD-708");
    office.configure(&ann.replace("\"grant\"", "\"approve\""));
    refused(&grant(&office, token.rule, &with("1h")), "CFD-703");
    assert!(!office.bed.state().join("overrides").exists());
}

#[test]
fn known_values_are_never_let_through() {
    let (office, _, _) = office();
    let value = Random::new(83).text("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 30);
    let mut command = office.bed.command([
        "override",
        "grant",
        "--rule",
        "known/env-deploy-token",
        "--task",
        "t",
        "--expires",
        "1h",
        "--by",
        "ann",
        "--why",
        "no",
    ]);
    let done = crate::bed::finish(command.env("DEPLOY_TOKEN", &value));
    refused(&done, "CFD-708");
    assert!(done.errors().contains("credential.known"), "{}", done.errors());
}

#[test]
fn what_is_broken_forged_or_beyond_the_bounds_by_now_changes_nothing_and_says_so() {
    let (office, ann, token) = office();
    assert_eq!(
        grant(&office, token.rule, &["--task", "t", "--expires", "2h"]).code(),
        0
    );
    let path = office.document("overrides");
    let good = fs::read_to_string(&path).expect("read");
    let taken = format!("{}[redacted:{}]\n", token.shown, token.rule);
    let closed = |why: &str, code: &str| {
        let done = say(&office, "t", &token.text());
        assert_eq!(done.text(), taken, "{why}");
        assert!(
            done.errors().contains(&format!("changes nothing ({code})")),
            "{why}: {}",
            done.errors()
        );
        let changed = of_type(&events(&office), "overrides.changed");
        assert_eq!(changed[0]["refused"][0]["code"], code, "{why}");
    };
    for (why, text, code) in [
        ("cut", good[..good.len() / 2].to_owned(), "CFD-702"),
        ("empty", String::new(), "CFD-702"),
        (
            "another rule",
            good.replace("the stage's own token", "whatever else"),
            "CFD-704",
        ),
        ("nobody", good.replace("\"ann\"", "\"eve\""), "CFD-703"),
    ] {
        fs::write(&path, text).expect("written");
        closed(why, code);
    }
    fs::write(&path, &good).expect("written");
    assert_eq!(say(&office, "t", &token.text()).text(), format!("{}\n", token.text()));
    office.configure(&format!("{ann}[authority]\nlongest-override = \"60 min\"\n"));
    closed("too long by now", "CFD-708");
    office.configure(&format!(
        "{ann}[policy]\nnot-overridable = [\"credential\", \"personal\"]\n"
    ));
    closed("not to be let through by now", "CFD-708");
    office.configure("");
    closed("nobody may by now", "CFD-703");
}

#[test]
fn an_override_ends_by_itself() {
    let (office, _, token) = office();
    let granted = grant(&office, token.rule, &["--task", "t", "--expires", "2s"]);
    assert_eq!(granted.code(), 0, "{}", granted.errors());
    let ends = || !say(&office, "t", &token.text()).text().contains(&token.secret);
    assert!(eventually(Duration::from_secs(30), ends));
    let listed = office.bed.run(["override", "list"]).text();
    assert!(listed.contains("CFD-705"), "{listed}");
}

#[test]
fn a_running_session_follows_what_is_granted_and_taken_back() {
    let (office, _, token) = office();
    let mut command = office.bed.command(["exec", "--task", "t", "--", "cat"]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("started");
    let mut input = child.stdin.take().expect("piped");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut shows = || {
        writeln!(input, "{}", token.text()).expect("it reads on");
        let line = lines.next().expect("a line").expect("text");
        line.contains(&token.secret)
    };
    assert!(!shows());
    let granted = grant(&office, token.rule, &["--task", "t", "--expires", "1h"]);
    assert_eq!(granted.code(), 0, "{}", granted.errors());
    assert!(eventually(Duration::from_secs(30), &mut shows), "granted meanwhile");
    let id = office
        .document("overrides")
        .file_stem()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    assert_eq!(office.bed.run(["override", "revoke", &id[..20]]).code(), 0);
    assert!(eventually(Duration::from_secs(30), || !shows()), "taken back meanwhile");
    drop(input);
    assert_eq!(child.wait().expect("waited for").code(), Some(0));
    let changes = of_type(&events(&office), "overrides.changed");
    let counts: Vec<usize> = changes
        .iter()
        .map(|event| event["in_force"].as_array().expect("a list").len())
        .collect();
    assert_eq!(counts, [1, 0]);
    let listed = office.bed.run(["override", "list"]).text();
    assert!(listed.contains("it was taken back"), "{listed}");
}

#[test]
fn what_took_an_override_back_can_not_be_deleted() {
    let (office, _, token) = office();
    let granted = || {
        let done = grant(&office, token.rule, &["--task", "t", "--expires", "1h"]);
        assert_eq!(done.code(), 0, "{}", done.errors());
        let said = done.text();
        let at = said.find("override revoke ").expect("its id") + "override revoke ".len();
        said[at..].split('`').next().expect("an id").to_owned()
    };
    let shows = || say(&office, "t", &token.text()).text().contains(&token.secret);
    let first = granted();
    assert!(shows());
    assert_eq!(office.bed.run(["override", "revoke", &first]).code(), 0);
    assert!(!shows());
    let state = office.bed.state();
    fs::remove_dir_all(state.join("revocations")).expect("removed");
    assert!(!shows(), "its file alone is not what took it back");
    // A copy of the document without a word in the log is no override either.
    let log = fs::read_to_string(state.join("acts.jsonl")).expect("a log");
    for line in log.lines() {
        crate::shadow::fits("act.v1.json", &serde_json::from_str(line).expect("JSON"));
    }
    let broken = |text: Option<&str>| {
        match text {
            Some(text) => fs::write(state.join("acts.jsonl"), text).expect("written"),
            None => fs::remove_file(state.join("acts.jsonl")).expect("removed"),
        }
        let done = say(&office, "t", &token.text());
        assert!(!done.text().contains(&token.secret));
        assert!(done.errors().contains("CFD-715"), "{}", done.errors());
    };
    let (grants, _) = log.split_at(log.find('\n').expect("a line") + 1);
    broken(Some(grants));
    broken(Some(&log[grants.len()..]));
    broken(None);
    refused(
        &grant(&office, token.rule, &["--task", "t", "--expires", "1h"]),
        "CFD-715",
    );
    // As the message says: what is to hold is granted anew, and the old one stays out.
    fs::remove_file(state.join("acts.head")).expect("removed");
    let done = say(&office, "t", &token.text());
    assert!(!done.text().contains(&token.secret));
    fs::remove_dir_all(state.join("overrides")).expect("removed");
    granted();
    assert!(shows());
}

#[test]
fn an_override_for_one_run_holds_in_no_other() {
    let (office, _, token) = office();
    say(&office, "t", "first");
    let first = office.bed.runs().pop().expect("a run");
    let id = first.file_name().expect("a name").to_string_lossy().into_owned();
    assert_eq!(grant(&office, token.rule, &["--run", &id, "--expires", "1h"]).code(), 0);
    assert!(!say(&office, "t", &token.text()).text().contains(&token.secret));
}

#[test]
fn a_clock_that_is_set_back_is_told_and_lengthens_nothing() {
    let (office, _, token) = office();
    assert_eq!(
        grant(&office, token.rule, &["--task", "t", "--expires", "1h"]).code(),
        0
    );
    assert!(say(&office, "t", &token.text()).text().contains(&token.secret));
    // As if the newest record had been written under a clock two hours ahead, that was set back since.
    let heads = office.bed.state().join("heads.jsonl");
    let text = fs::read_to_string(&heads).expect("heads");
    let last: Value = serde_json::from_str(text.lines().last().expect("a head")).expect("JSON");
    let written = last["time"].as_str().expect("a time").to_owned();
    fs::write(&heads, text.replace(&written, "2999-01-01T00:00:00.000Z")).expect("written");
    refused(
        &grant(&office, token.rule, &["--task", "t", "--expires", "1h"]),
        "CFD-710",
    );
    let listed = office.bed.run(["override", "list"]).text();
    assert!(listed.contains("CFD-705"), "{listed}");
}
