//! A version in force that does too badly goes back by itself, in one run, over several, or at the start, and never
//! to none.

use std::fs;

use cofferdam_model::record::Digest;
use cofferdam_tests::random::Random;
use cofferdam_tests::script::Line;
use serde_json::Value;

use crate::authority::Office;
use crate::bed::{PATIENT_PLUGIN, finish, guest};
use crate::firm::{plugins, refused};
use crate::shadow::fits;

/// A configuration with the hostile guest twice: one that is honest, and another that isn't in its place.
pub(crate) fn failing(office: &Office, base: &str) -> String {
    let source = guest("hostile").display().to_string();
    let text = format!(
        "[plugins.hostile]\nsource = \"{source}\"\nmode = \"{base}\"\nsettings = {{ mode = \"honest\" }}\n\
         [plugins.next]\n{PATIENT_PLUGIN}of = \"hostile\"\nsource = \"{source}\"\nsettings = {{ mode = \"trap\" }}\n"
    );
    office.configure(&text);
    text
}

fn tokens(count: usize) -> Vec<Line> {
    let mut random = Random::new(93);
    let shown = ["hos", "tile_"].concat();
    (0..count)
        .map(|_| {
            let secret = random.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 24);
            Line::Out(format!("see {shown}{secret} end\n").into_bytes())
        })
        .collect()
}

#[test]
fn a_plugin_in_force_that_fails_too_often_goes_back_by_itself() {
    let office = Office::new();
    failing(&office, "enforce");
    let session = |name: &str, count: usize| finish(&mut office.bed.exec(&[], name, &tokens(count)));
    let done = session("few", 2);
    assert!(!done.errors().contains("CFD-714"), "{}", done.errors());
    let done = session("many", 4);
    assert!(
        done.errors()
            .contains("warning CFD-714: `next` failed too often; `hostile` is in force again"),
        "{}",
        done.errors()
    );
    let of = |place: usize| plugins(&office.bed.runs()[place]);
    assert_eq!(of(1), ["credentials", "next", "personal"]);
    let done = session("after", 4);
    assert!(done.text().contains("[redacted:hostile-token]"), "{}", done.text());
    assert_eq!(of(2), ["credentials", "hostile", "personal"]);
    let path = office.bed.work().join(".runs/default/manifest.json");
    let manifest: Value = serde_json::from_str(&fs::read_to_string(path).expect("a manifest")).expect("JSON");
    fits("task-manifest.v1.json", &manifest);
    let rollout = &manifest["rollouts"]["next"];
    assert_eq!(rollout["incidents"][0][1]["breach"], "failures");
    assert_eq!(rollout["incidents"][0][1]["back_to"], "hostile");
    assert_eq!(rollout["phase"], "shadow");
}

/// The hostile guest with another mode in its own place, under this gate.
fn in_place(office: &Office, mode: &str, gate: &str) {
    let source = guest("hostile").display().to_string();
    office.configure(&format!(
        "[plugins.hostile]\nsource = \"{source}\"\n{PATIENT_PLUGIN}settings = {{ mode = \"honest\" }}\n\
         [plugins.next]\n{PATIENT_PLUGIN}of = \"hostile\"\nsource = \"{source}\"\nsettings = {{ {mode} }}\n\
         [circuit]\nfailures = 1000\n[policy.gate]\n{gate}\n"
    ));
}

/// Sessions with so many tokens each, until the plugin goes back; answers how many, and what the last one said.
fn until_back(office: &Office, lines: &[Line], most: usize) -> (usize, String) {
    for number in 1..=most {
        let done = finish(&mut office.bed.exec(&[], &format!("run-{number}"), lines));
        if done.errors().contains("CFD-714") {
            return (number, done.errors());
        }
    }
    panic!("it stays after {most} runs")
}

fn incident(office: &Office) -> Value {
    let path = office.bed.work().join(".runs/default/manifest.json");
    let manifest: Value = serde_json::from_str(&fs::read_to_string(path).expect("a manifest")).expect("JSON");
    fits("task-manifest.v1.json", &manifest);
    assert_eq!(manifest["rollouts"]["next"]["phase"], "shadow");
    manifest["rollouts"]["next"]["incidents"][0][1].clone()
}

#[test]
fn few_failures_in_each_run_are_too_many_over_several() {
    let office = Office::new();
    let mut random = Random::new(94);
    let shown = ["hos", "tile_"].concat();
    // Two in thirty fail, which no single run's bound forbids.
    let lines: Vec<Line> = (0..30)
        .map(|number| {
            let form = if number % 15 == 0 { "zz" } else { "ab" };
            let secret = random.text("abcdefghijklmnopqrstuvwxy", 22);
            Line::Out(format!("see {shown}{form}{secret} end\n").into_bytes())
        })
        .collect();
    in_place(&office, "mode = \"trap\", only = \"zz\"", "failures = 3");
    let (runs, said) = until_back(&office, &lines, 8);
    assert!(runs > 1, "one run says too little: {said}");
    assert!(
        said.contains("`next` failed too often; `hostile` is in force again"),
        "{said}"
    );
    let incident = incident(&office);
    assert_eq!(
        (&incident["breach"], &incident["runs"]),
        (&"failures".into(), &runs.into())
    );
    assert_eq!(incident["failures"], 2 * runs);
    let done = finish(&mut office.bed.exec(&[], "after", &lines));
    assert!(!done.text().contains("[withheld:"), "{}", done.text());
}

#[test]
fn a_plugin_in_force_that_takes_too_long_goes_back_after_several_runs() {
    // One slow run, or two, may be the machine's fault.
    for (count, most) in [(120, 3), (30, 4)] {
        let office = Office::new();
        in_place(&office, "mode = \"slow\"", "p99 = \"1 ms\"");
        let (runs, said) = until_back(&office, &tokens(count), most);
        assert_eq!(runs, most, "a hundred calls are needed: {said}");
        assert!(
            said.contains("`next` took too long; `hostile` is in force again"),
            "{said}"
        );
        let incident = incident(&office);
        assert_eq!(
            (&incident["breach"], &incident["runs"]),
            (&"latency".into(), &most.into())
        );
        assert!(incident["p99_micros"].as_u64() > Some(1000), "{incident}");
        assert_eq!(incident["calls"], count * most);
    }
    // The same guest within its budget stays.
    let office = Office::new();
    in_place(&office, "mode = \"slow\"", "p99 = \"10 s\"");
    let done = finish(&mut office.bed.exec(&[], "fine", &tokens(120)));
    assert!(!done.errors().contains("CFD-714"), "{}", done.errors());
}

#[test]
fn a_version_in_force_that_can_not_be_loaded_leaves_its_place_at_once() {
    let office = Office::new();
    in_place(&office, "mode = \"configure-trap\"", "");
    let done = finish(&mut office.bed.exec(&[], "first", &tokens(3)));
    assert_eq!(done.code(), 0, "{}", done.errors());
    assert!(
        done.errors()
            .contains("`next` could not be loaded; `hostile` is in force again from this session on"),
        "{}",
        done.errors()
    );
    assert_eq!(
        done.text().matches("[redacted:hostile-token]").count(),
        3,
        "{}",
        done.text()
    );
    let incident = incident(&office);
    assert_eq!(
        (&incident["breach"], &incident["code"]),
        (&"load".into(), &"CFD-210".into())
    );
    assert_eq!(plugins(&office.bed.runs()[0]), ["credentials", "hostile", "personal"]);
    let done = finish(&mut office.bed.exec(&[], "second", &tokens(3)));
    assert!(!done.errors().contains("CFD-714"), "told once: {}", done.errors());
    // In a pipeline, which has no record, each start says it.
    let office = Office::new();
    in_place(&office, "mode = \"configure-trap\"", "");
    let done = office.bed.feed(["filter"], b"a word\n");
    assert_eq!(
        (done.code(), done.text().as_str()),
        (0, "a word\n"),
        "{}",
        done.errors()
    );
    assert!(done.errors().contains("warning CFD-714"), "{}", done.errors());
    // Where its file is gone or another than the one that was agreed to, likewise; the base itself refuses to start,
    // as ever.
    let office = Office::new();
    let file = office.bed.aside("next.wasm", fs::read(guest("hostile")).expect("read"));
    let source = guest("hostile").display().to_string();
    let config = |base: &str| {
        format!(
            "[plugins.hostile]\nsource = \"{base}\"\n[plugins.next]\nof = \"hostile\"\nsource = \"{}\"\nsettings = {{ mode = \"honest\" }}\n",
            file.display()
        )
    };
    office.configure(&config(&source));
    assert_eq!(office.bed.run(["plugin", "lock"]).code(), 0);
    fs::write(&file, fs::read(guest("standard")).expect("read")).expect("written");
    let done = office.session();
    assert_eq!(done.code(), 0, "{}", done.errors());
    assert!(done.errors().contains("CFD-714"), "{}", done.errors());
    let lock = fs::read_to_string(office.bed.home().join("config/cofferdam/cofferdam.lock")).expect("a lock");
    let other = Digest::of(&fs::read(guest("standard")).expect("read")).to_string();
    assert!(!lock.contains(&other), "nobody agreed to what lies there now");
    office.configure(&config("/nowhere/x.wasm"));
    refused(&office.session(), "CFD-201");
}

#[test]
fn it_never_goes_back_to_none() {
    let office = Office::new();
    failing(&office, "off");
    let session = |name: &str| finish(&mut office.bed.exec(&[], name, &tokens(4)));
    let done = session("one");
    assert!(done.errors().contains("nothing to go back to"), "{}", done.errors());
    assert!(
        session("two").text().contains("[withheld:"),
        "it is in force, and fails closed"
    );
    refused(&office.bed.run(["demote", "next"]), "CFD-712");
}
