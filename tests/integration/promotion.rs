//! Promotion: a candidate earns its place by evidence and by other people's word, and loses it by itself.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use cofferdam_model::record::Digest;
use serde_json::Value;

use crate::authority::Office;
use crate::bed::guest;
use crate::firm::{House, plugins, refused};
use crate::going_back::failing;
use crate::shadow::fits;

#[test]
fn shown_1_a_worse_candidate_is_refused_with_reasons_and_a_good_one_takes_the_place() {
    let house = House::new();
    let nothing = house.not_holding("third@3.0.0");
    for missing in [
        "runs",
        "windows",
        "days",
        "coverage",
        "looser",
        "failures",
        "latency",
        "false-positives",
        "approvals",
    ] {
        assert!(nothing.iter().any(|name| name == missing), "{missing} in {nothing:?}");
    }
    house.sessions(6);
    // Version 2 is blind to one form, and takes numbers for secrets.
    house.label("second", "20", "false", "ann");
    assert_eq!(house.approve("second", "cleo").code(), 0);
    assert_eq!(
        house.not_holding("second@2.0.0"),
        ["looser", "recall", "false-positives"]
    );
    let done = house.promote("second@2.0.0", "enforce");
    assert_eq!(done.code(), 1);
    assert!(done.errors().starts_with("error CFD-711: "), "{}", done.errors());
    assert!(done.text().contains("looser P0"), "{}", done.text());
    assert!(!house.lock().exists(), "everything is as it was");
    // Version 3 is without either. The author's own word counts for nothing, and neither do their labels.
    assert_eq!(house.not_holding("third@3.0.0"), ["false-positives", "approvals"]);
    house.label("third", "40", "true", "ben");
    assert!(
        house
            .gate_text("third@3.0.0")
            .contains(" not labelled, which counts as wrong")
    );
    let own = house.approve("third", "ben");
    assert!(
        own.code() == 0 && own.text().contains("doesn't count"),
        "{}",
        own.text()
    );
    let list = house.run(&["approvals", "list"]).text();
    assert!(
        list.contains("believed, and not counted: it is the author's own"),
        "{list}"
    );
    assert_eq!(house.not_holding("third@3.0.0"), ["false-positives", "approvals"]);
    house.label("third", "40", "true", "ann");
    assert_eq!(house.not_holding("third@3.0.0"), ["approvals"]);
    assert_eq!(house.approve("third", "cleo").code(), 0);
    assert_eq!(house.not_holding("third@3.0.0"), [""; 0]);
    assert_eq!(house.in_force("default"), ["credentials", "personal", "tickets"]);

    // A session that runs keeps what it began with.
    let mut running = house
        .office
        .bed
        .command(["exec", "--", "sh", "-c", "echo on; read line"]);
    let mut running = running.stdin(Stdio::piped()).spawn().expect("started");
    let mut lines = BufReader::new(running.stdout.take().expect("piped")).lines();
    assert_eq!(lines.next().expect("a line").expect("text"), "on");
    let flight = house.office.bed.runs().pop().expect("a run");

    // First in some tasks, then everywhere; no host is started anew for it.
    let done = house.promote("third@3.0.0", "limited");
    assert_eq!(done.code(), 0, "{}{}", done.text(), done.errors());
    assert_eq!(house.in_force("default"), ["credentials", "personal", "tickets"]);
    assert_eq!(house.in_force("chosen"), ["credentials", "personal", "third"]);
    let done = house.promote("third@3.0.0", "enforce");
    assert_eq!(done.code(), 0, "{}{}", done.text(), done.errors());
    assert_eq!(house.in_force("default"), ["credentials", "personal", "third"]);
    let promoted = fs::read_to_string(house.lock()).expect("a lock");
    refused(&house.promote("third@3.0.0", "enforce"), "CFD-712");
    writeln!(running.stdin.take().expect("piped")).expect("it reads");
    assert_eq!(running.wait().expect("waited for").code(), Some(0));
    assert_eq!(plugins(&flight), ["credentials", "personal", "tickets"]);
    assert_eq!(house.office.bed.verify(&flight).0, 0);

    let rollout = &house.manifest()["rollouts"]["third"];
    let phases = rollout["phases"].as_array().expect("a list");
    let told: Vec<_> = phases.iter().map(|phase| (&phase["from"], &phase["to"])).collect();
    assert_eq!(
        told,
        [
            (&"shadow".into(), &"limited".into()),
            (&"limited".into(), &"enforce".into())
        ]
    );
    assert!(
        phases[0]["results"]["windows"].as_u64() > Some(5) && phases[0]["results"]["looser"] == 0,
        "{}",
        phases[0]
    );
    assert_eq!(phases[1]["results"]["runs"], 1, "{}", phases[1]);
    assert!(
        phases
            .iter()
            .all(|phase| phase["began"].is_string() && phase["ended"].is_string())
    );
    let promotion = &phases[0]["promotion"];
    fits("promotion.v1.json", promotion);
    assert_eq!(promotion["statement"]["by"], "ann");
    assert_eq!(promotion["statement"]["custody"], "advisory");

    // A step back, and not to be undone by putting the old lock back.
    let done = house.run(&["demote", "third", "--to", "limited", "--by", "ann", "--why", "a doubt"]);
    assert_eq!(done.code(), 0, "{}", done.errors());
    assert_eq!(house.in_force("chosen"), ["credentials", "personal", "third"]);
    assert_eq!(house.in_force("default"), ["credentials", "personal", "tickets"]);
    let limited = fs::read_to_string(house.lock()).expect("a lock");
    fs::write(house.lock(), &promoted).expect("written");
    assert_eq!(house.in_force("chosen"), ["credentials", "personal", "tickets"]);
    fs::write(house.lock(), &limited).expect("written");
    refused(&house.run(&["demote", "third", "--to", "limited"]), "CFD-712");

    // Back at once, and forward again without the work being lost.
    let done = house.run(&["demote", "third", "--by", "ann", "--why", "somebody complained"]);
    assert_eq!(done.code(), 0, "{}", done.errors());
    assert_eq!(house.in_force("default"), ["credentials", "personal", "tickets"]);
    refused(&house.run(&["demote", "third"]), "CFD-712");
    // Nobody puts it back by putting the old lock back.
    let demoted = fs::read_to_string(house.lock()).expect("a lock");
    fs::write(house.lock(), &promoted).expect("written");
    let done = house.office.session();
    assert!(
        done.errors().contains("warning CFD-716") && done.errors().contains("it was taken back since"),
        "{}",
        done.errors()
    );
    assert_eq!(house.in_force("default"), ["credentials", "personal", "tickets"]);
    fs::write(house.lock(), &demoted).expect("written");
    // Who approved it before it was taken back didn't know why.
    assert_eq!(house.not_holding("third@3.0.0"), ["approvals"]);
    assert_eq!(house.approve("third", "cleo").code(), 0);
    let done = house.promote("third@3.0.0", "enforce");
    assert_eq!(done.code(), 0, "{}{}", done.text(), done.errors());
    // What the lock says is worth its signature: neither another's nor none at all puts anything in force.
    let good = fs::read_to_string(house.lock()).expect("a lock");
    let entry = good.find("promotion = ").expect("a promotion");
    let approvals = entry + good[entry..].find("approvals = ").expect("approvals");
    let line_end = approvals + good[approvals..].find('\n').expect("an end");
    for (why, text) in [
        ("none", [&good[..entry], &good[line_end + 1..]].concat()),
        (
            "nobody's",
            [&good[..approvals], "approvals = \"[]\"", &good[line_end..]].concat(),
        ),
        (
            "another gate's",
            good.replace("whole, in time and as P0", "whole, and in time"),
        ),
        ("forged", good.replace("it earned it", "it is mine")),
        (
            "another's",
            good.replace("\\\"name\\\":\\\"third\\\"", "\\\"name\\\":\\\"other\\\""),
        ),
    ] {
        assert_ne!(text, good, "{why}");
        fs::write(house.lock(), text).expect("written");
        let done = house.office.session();
        let told = if why == "forged" { "CFD-704" } else { "CFD-716" };
        assert!(
            done.errors().contains(&format!("warning {told}")),
            "{why}: {}",
            done.errors()
        );
        assert_eq!(
            house.in_force("default"),
            ["credentials", "personal", "tickets"],
            "{why}"
        );
    }
    fs::write(house.lock(), &good).expect("written");
    assert_eq!(house.in_force("default"), ["credentials", "personal", "third"]);
    // Nor does it hold where what was done is gone: it could have been taken back.
    let state = house.office.bed.home().join("state/cofferdam");
    for file in ["acts.jsonl", "acts.head"] {
        fs::rename(state.join(file), state.join(format!("{file}.aside"))).expect("moved");
    }
    let done = house.office.session();
    assert!(
        done.errors().contains("warning CFD-716") && done.errors().contains("it was not carried out on this host"),
        "{}",
        done.errors()
    );
    assert_eq!(house.in_force("default"), ["credentials", "personal", "tickets"]);
}

#[test]
fn what_can_not_be_moved_is_told_and_changes_nothing() {
    let house = House::new();
    refused(&house.promote("third", "enforce"), "CFD-601");
    refused(&house.promote("third@9.9.9", "enforce"), "CFD-712");
    refused(&house.promote("tickets@1.0.0", "enforce"), "CFD-712");
    refused(&house.promote("fourth@1.0.0", "enforce"), "CFD-212");
    refused(&house.promote("second@2.0.0", "limited"), "CFD-712");
    refused(&house.run(&["sample", "third", "--count", "5"]), "CFD-712");
    refused(&house.run(&["demote", "third"]), "CFD-712");
    let program = crate::bed::program().display().to_string();
    for words in ["promote third@3.0.0 --to enforce --by ann --why x", "demote third"] {
        let inside = house.run(&["exec", "--", "sh", "-c", &format!("'{program}' {words}")]);
        assert!(inside.errors().contains("CFD-706"), "{}", inside.errors());
    }
    assert!(!house.lock().exists());
    // Two versions that are one.
    let same = house.plugins.replace("second.wasm", "first.wasm");
    assert_ne!(same, house.plugins);
    house.office.configure(&format!("{}{same}{}", house.people, house.gate));
    let done = house.promote("second@1.0.0", "enforce");
    refused(&done, "CFD-712");
    assert!(done.errors().contains("the same component"), "{}", done.errors());
}

#[test]
fn a_gate_that_can_not_hold_says_so() {
    let house = House::new();
    let impossible = |gate: &str| -> Vec<String> {
        house
            .office
            .configure(&format!("{}{}{gate}", house.people, house.plugins));
        let held = |(name, state): (String, String)| (state == "impossible").then_some(name);
        house.gate("third@3.0.0").into_iter().filter_map(held).collect()
    };
    assert_eq!(impossible(""), ["recall"], "no corpus is named");
    assert_eq!(
        impossible(&house.gate.replace("\"cleo\"", "\"ben\"")),
        ["recall"],
        "the corpus is the author's"
    );
    assert_eq!(
        impossible(&house.gate.replace("false-positives = 500", "false-positives = 0")),
        ["false-positives"]
    );
    assert_eq!(impossible(&format!("{}approvals = 3\n", house.gate)), ["approvals"]);
    assert_eq!(impossible(&house.gate), [""; 0]);
}

#[test]
fn a_corpus_that_is_not_the_named_one_or_has_a_broken_line_shows_nothing() {
    let house = House::new();
    assert!(!house.not_holding("third@3.0.0").contains(&"recall".to_owned()));
    let told = |text: &str, digest: bool| {
        let file = house.office.bed.aside("corpus.jsonl", text);
        let named = format!("sha256:{}", Digest::of(fs::read(file).expect("read").as_slice()));
        let old = house
            .gate
            .split('"')
            .find(|part| part.starts_with("sha256:"))
            .expect("a digest");
        let gate = if digest {
            house.gate.replace(old, &named)
        } else {
            house.gate.clone()
        };
        house
            .office
            .configure(&format!("{}{}{gate}", house.people, house.plugins));
        let done = house.run(&["promote", "third@3.0.0", "--to", "enforce", "--check"]);
        assert_eq!(done.code(), 1, "{}", done.errors());
        done.text()
    };
    assert!(told("{}\n", false).contains("CFD-604"));
    let missed = format!(
        "{}\n",
        serde_json::json!({ "text": "nothing of ours", "label": "positive" })
    );
    assert!(told(&missed, false).contains("was named"));
    assert!(told(&missed, true).contains("0 of 1"));
    assert!(told("", true).contains("impossible"));
}

#[test]
fn an_approval_that_is_forged_expired_or_of_another_version_counts_for_nothing() {
    let house = House::new();
    assert_eq!(house.approve("third", "cleo").code(), 0);
    assert!(!house.not_holding("third@3.0.0").contains(&"approvals".to_owned()));
    let path = house.office.bed.work().join(".runs/default/approvals/latest.json");
    let good = fs::read_to_string(&path).expect("read");
    fits("approvals.v1.json", &serde_json::from_str(&good).expect("JSON"));
    let missing = || house.not_holding("third@3.0.0").contains(&"approvals".to_owned());
    for (from, to) in [
        ("went through the sample", "went through nothing"),
        ("\"cleo\"", "\"ann\""),
        ("passphrase", "agent"),
        ("advisory", "passphrase"),
    ] {
        let text = good.replace(from, to);
        fs::write(&path, &text).expect("written");
        assert_eq!(missing(), text != good, "{from}");
    }
    fs::write(&path, "{ broken").expect("written");
    refused(&house.promote("third@3.0.0", "enforce"), "CFD-503");
    fs::write(&path, &good).expect("written");
    assert!(!missing());
    // Other settings make another version.
    house.configure("[plugins.third.settings]\n\"x\" = 1\n");
    let done = house.run(&["promote", "third@3.0.0", "--to", "enforce", "--check"]);
    assert!(
        done.code() == 125 || done.text().contains("0 people"),
        "{}{}",
        done.text(),
        done.errors()
    );
    assert_eq!(house.approve("second", "eve").code(), 125);
}

#[test]
fn a_lock_takes_no_guard_out_of_force_that_nothing_stands_in_for() {
    let office = Office::new();
    office.configure(&format!(
        "[plugins.hostile]\nsource = \"{}\"\n",
        guest("hostile").display()
    ));
    let digest = |bytes: &[u8]| format!("sha256:{}", Digest::of(bytes));
    let component = digest(&fs::read(guest("hostile")).expect("read"));
    let text = format!(
        "version = 1\n\n[plugins]\nhostile = \"{component}\"\n\n[rollout.hostile]\nmode = \"shadow\"\ndigest = \"{component}\"\nsettings = \"{}\"\n",
        digest(b"{}")
    );
    fs::write(office.bed.home().join("config/cofferdam/cofferdam.lock"), text).expect("written");
    let done = office.session();
    assert!(done.errors().contains("warning CFD-713"), "{}", done.errors());
    let run = office.bed.runs().pop().expect("a run");
    assert_eq!(plugins(&run), ["credentials", "hostile", "personal"]);
}

#[test]
fn what_the_configuration_alone_puts_in_force_is_said_in_each_run() {
    let office = Office::new();
    let source = guest("hostile").display().to_string();
    office.configure(&format!(
        "[plugins.hostile]\nsource = \"{source}\"\n[plugins.next]\nof = \"hostile\"\nsource = \"{source}\"\n\
         settings = {{ mode = \"honest\" }}\n"
    ));
    let done = office.session();
    assert_eq!(done.code(), 0);
    assert!(
        done.errors()
            .contains("warning CFD-716: `next` is in force because the configuration says so"),
        "{}",
        done.errors()
    );
    let manifest = fs::read_to_string(office.bed.runs().pop().expect("a run").join("manifest.json")).expect("read");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    fits("manifest.v1.json", &manifest);
    assert_eq!(manifest["run"]["unpromoted"], serde_json::json!(["next"]));
    let lines = office.bed.run(["exec", "--json", "--", "true"]).text();
    assert!(lines.contains("CFD-716"), "{lines}");
    let done = office.bed.feed(["filter"], b"a word\n");
    assert!(done.errors().contains("warning CFD-716"), "{}", done.errors());
    // On trial it is nobody's guard.
    office.configure(&format!(
        "[plugins.hostile]\nsource = \"{source}\"\n[plugins.next]\nof = \"hostile\"\nsource = \"{source}\"\n\
         mode = \"shadow\"\nsettings = {{ mode = \"honest\" }}\n"
    ));
    assert!(!office.session().errors().contains("CFD-716"));
}

#[test]
fn a_promotion_is_for_one_component() {
    let office = Office::new();
    let source = failing(&office, "enforce");
    office.configure(&source.replace("of = \"hostile\"\n", "of = \"hostile\"\nmode = \"shadow\"\n"));
    // As a promotion writes it, but for another component.
    let lock = office.bed.home().join("config/cofferdam/cofferdam.lock");
    let digest = format!("sha256:{}", Digest::of(b"another"));
    let text = format!(
        "version = 1\n\n[plugins]\n\n[rollout.next]\nmode = \"enforce\"\ndigest = \"{digest}\"\nsettings = \"{digest}\"\n"
    );
    fs::write(&lock, &text).expect("written");
    let done = office.session();
    assert!(done.errors().contains("warning CFD-713"), "{}", done.errors());
    let run = office.bed.runs().pop().expect("a run");
    assert_eq!(plugins(&run), ["credentials", "hostile", "personal"]);
    fs::write(&lock, text.replace("enforce", "whatever")).expect("written");
    refused(&office.session(), "CFD-121");
}
