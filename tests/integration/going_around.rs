//! Ways around the gate, and past a demotion: none of them leads into force.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use cofferdam_tests::tickets;

use crate::bed::{Done, PATIENT_PLUGIN, program};
use crate::firm::{House, plugins};
use crate::shadow::packed;

/// A house in which version 3 wants nothing but an approval.
fn earned() -> House {
    let house = House::new();
    house.sessions(6);
    house.label("third", "40", "true", "ann");
    let checked = house.run(&["promote", "third@3.0.0", "--to", "enforce", "--check"]);
    assert_eq!(house.not_holding("third@3.0.0"), ["approvals"], "{}", checked.text());
    house
}

/// The same, where version 3 is in force.
fn promoted() -> House {
    let house = earned();
    assert_eq!(house.approve("third", "cleo").code(), 0);
    let done = house.promote("third@3.0.0", "enforce");
    assert_eq!(done.code(), 0, "{}{}", done.text(), done.errors());
    assert_eq!(house.in_force("default"), ["credentials", "personal", "third"]);
    house
}

fn log_of(house: &House) -> PathBuf {
    house.office.bed.work().join(".runs/default/events.jsonl")
}

#[test]
fn authority_a_draw_can_not_be_taken_away_and_what_is_gone_closes_the_gate() {
    let house = earned();
    // The log of acts knows of the draw, whatever the task's says.
    let log = log_of(&house);
    let whole = fs::read_to_string(&log).expect("read");
    let last = whole.trim_end().rfind('\n').expect("more than a line");
    assert!(whole[last..].contains("sample.drawn"), "{}", &whole[last..]);
    fs::write(&log, &whole[..=last]).expect("written");
    assert_eq!(house.not_holding("third@3.0.0"), ["approvals"]);
    fs::write(&log, whole).expect("written");
    // A run that was taken away, the first one or another.
    for number in [3, 0] {
        let run = house.office.bed.runs().swap_remove(number);
        let aside = house.office.bed.home().join("taken-away");
        fs::rename(&run, &aside).expect("moved");
        assert_eq!(
            house.not_holding("third@3.0.0"),
            ["records", "false-positives", "approvals"],
            "{number}"
        );
        let report = house.run(&["shadow", "report", "--plugin", "third"]).text();
        assert!(
            report.contains("can't claim that nothing got looser: 1 run altered or missing"),
            "{report}"
        );
        fs::rename(&aside, &run).expect("moved");
        assert_eq!(house.not_holding("third@3.0.0"), ["approvals"]);
    }
    // One that was altered, also while somebody makes believe that it goes on.
    let run = house.office.bed.runs().swap_remove(2);
    let shadow = run.join("shadow.jsonl");
    let text = fs::read_to_string(&shadow).expect("read");
    fs::write(&shadow, text.replacen("same", "looser", 1)).expect("written");
    let records = |house: &House| house.not_holding("third@3.0.0").contains(&"records".to_owned());
    assert!(records(&house));
    let held = fs::File::open(run.join("events.jsonl")).expect("opened");
    held.lock().expect("locked");
    assert!(records(&house));
}

#[test]
fn authority_the_same_version_under_two_names_is_not_seen_twice() {
    let house = House::new();
    let third = house.plugins.find("[plugins.third]").expect("it is there");
    let twin = house.plugins[third..].replace("[plugins.third]", "[plugins.twin]");
    house
        .office
        .configure(&format!("{}{}{twin}{}", house.people, house.plugins, house.gate));
    house.sessions(3);
    let told = house.gate_text("third@3.0.0");
    assert!(told.contains("runs             3 (at least 5)"), "{told}");
}

#[test]
fn authority_going_back_needs_no_lock_that_can_be_written() {
    let house = promoted();
    let before = fs::read_to_string(house.lock()).expect("a lock");
    // A folder stands where the new lock would be prepared: whoever may write everywhere can't write this one either.
    let script = "mkdir -p \"$0.$$.new/x\" && exec \"$@\"";
    let words = ["demote", "third", "--by", "ann", "--why", "at once"];
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(script)
        .arg(house.lock())
        .arg(program())
        .args(words);
    house.office.bed.settle(&mut command);
    let told = command.output().expect("run");
    let done = Done {
        out: told.stdout,
        err: told.stderr,
        status: told.status,
    };
    assert_eq!(done.code(), 0, "{}", done.errors());
    assert!(done.errors().contains("It went back all the same"), "{}", done.errors());
    assert_eq!(fs::read_to_string(house.lock()).expect("a lock"), before);
    assert_eq!(house.in_force("default"), ["credentials", "personal", "tickets"]);
}

#[test]
fn authority_a_promotion_is_for_the_place_that_it_was_compared_with() {
    let house = promoted();
    // The place of another plugin, by the configuration alone.
    let moved = house.plugins.replacen(
        "[plugins.third]\nof = \"tickets\"",
        "[plugins.third]\nof = \"personal\"",
        1,
    );
    assert_ne!(moved, house.plugins);
    house
        .office
        .configure(&format!("{}{moved}{}", house.people, house.gate));
    let done = house.office.session();
    assert!(done.errors().contains("warning CFD-716"), "{}", done.errors());
    let run = house.office.bed.runs().pop().expect("a run");
    assert_eq!(plugins(&run), ["credentials", "personal", "tickets"]);
    house.configure("");
    assert_eq!(house.in_force("default"), ["credentials", "personal", "third"]);
}

#[test]
fn authority_one_who_leaves_takes_only_their_own_word_along() {
    let house = earned();
    for by in ["cleo", "ann"] {
        assert_eq!(house.approve("third", by).code(), 0);
    }
    assert_eq!(house.promote("third@3.0.0", "enforce").code(), 0);
    let without = |name: &str, gate: &str| {
        let at = house.people.find(&format!("[people.{name}]")).expect("they are there");
        let end = house.people[at + 1..]
            .find("[people.")
            .map_or(house.people.len(), |end| at + 1 + end);
        let people = [&house.people[..at], &house.people[end..]].concat();
        let gate = house.gate.replace("\"cleo\"", "\"somebody\"") + gate;
        house.office.configure(&format!("{people}{}{gate}", house.plugins));
        house.in_force("default")
    };
    assert_eq!(
        without("cleo", ""),
        ["credentials", "personal", "third"],
        "ann's approval is enough"
    );
    assert_eq!(
        without("cleo", "approvals = 2\n"),
        ["credentials", "personal", "tickets"]
    );
    assert_eq!(
        without("ann", ""),
        ["credentials", "personal", "tickets"],
        "she signed the promotion"
    );
}

#[test]
fn authority_what_was_compared_with_another_guard_goes_back_when_a_new_one_comes() {
    let mut house = House::new();
    let rules = tickets::third().replace("Tickets of the build service", "Tickets");
    let component = packed(&house.office.bed, "fourth", &rules);
    let fourth = format!(
        "[plugins.fourth]\n{PATIENT_PLUGIN}of = \"tickets\"\nsource = \"{}\"\nmode = \"shadow\"\nauthor = \"ben\"\n",
        component.display()
    );
    house.plugins.push_str(&fourth);
    house.configure("");
    assert_eq!(house.run(&["shadow", "check"]).code(), 0);
    house.sessions(6);
    for plugin in ["third", "fourth"] {
        house.label(plugin, "40", "true", "ann");
        assert_eq!(house.approve(plugin, "cleo").code(), 0);
    }
    let done = house.promote("third@3.0.0", "limited");
    assert_eq!(done.code(), 0, "{}{}", done.text(), done.errors());
    assert_eq!(house.in_force("chosen"), ["credentials", "personal", "third"]);
    let done = house.promote("fourth@3.0.0", "enforce");
    assert_eq!(done.code(), 0, "{}{}", done.text(), done.errors());
    assert_eq!(house.in_force("chosen"), ["credentials", "fourth", "personal"]);
    // Nor does it come back when the new one goes: it was never in force everywhere.
    assert_eq!(house.run(&["demote", "fourth"]).code(), 0);
    assert_eq!(house.in_force("chosen"), ["credentials", "personal", "tickets"]);
}
