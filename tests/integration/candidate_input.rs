//! What bad input about candidates gets: one clear message each, and enforcement as it was.

use std::fs;

use cofferdam_tests::script::Line;
use cofferdam_tests::tickets;

use crate::bed::{Bed, Done, finish, guest};
use crate::firm::House;
use crate::shadow::packed;

/// What was said, with what differs from run to run taken out.
fn told(bed: &Bed, text: &str) -> String {
    let home = bed.home();
    let place = home.parent().expect("the bed").display().to_string();
    let plain = text.replace(&place, "BED");
    let mut told = String::new();
    for word in plain.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric() && !"-.:".contains(letter)) {
        let (body, end) = match word.char_indices().last() {
            Some((at, last)) if !last.is_ascii_alphanumeric() => word.split_at(at),
            Some(_) | None => (word, ""),
        };
        let hex = body.strip_prefix("sha256:").unwrap_or(body);
        let is_digest = hex.len() >= 12 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_id = body.len() == 26 && body.starts_with("01");
        let is_time = body.len() >= 20 && body.starts_with("20") && body.contains('T');
        told.push_str(match (is_digest, is_id, is_time) {
            (true, _, _) => "DIGEST",
            (false, true, _) => "RUN",
            (false, false, true) => "TIME",
            (false, false, false) => body,
        });
        told.push_str(end);
    }
    assert!(!told.contains("panicked"), "{told}");
    told
}

/// The lines of a gate's answer that don't hold, and what stands below.
fn open(text: &str, name: &str) -> String {
    let mut lines = text.lines().skip_while(|line| !line.contains(&format!("  {name} ")));
    let first = lines.next().expect("the condition");
    let rest = lines.take_while(|line| line.starts_with("     "));
    std::iter::once(first)
        .chain(rest)
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Version 1 guards as it did.
fn guards(bed: &Bed, options: &[&str]) {
    let script = [Line::Out(b"with old-p1o2i3u4y5t6r7e8w9q0a1s2 ok\n".to_vec())];
    let done = finish(&mut bed.exec(options, "as-ever", &script));
    assert_eq!(
        (done.text().as_str(), done.code()),
        ("with old-[redacted:build-ticket] ok\n", 0)
    );
}

fn check(house: &House) -> Done {
    house.run(&["promote", "third@3.0.0", "--to", "enforce", "--check"])
}

#[test]
fn two_versions_with_one_digest() {
    let house = House::new();
    let same = house.plugins.replace("second.wasm", "first.wasm");
    house.office.configure(&format!("{}{same}{}", house.people, house.gate));
    let bed = &house.office.bed;
    let checked = house.run(&["shadow", "check"]);
    let promoted = house.promote("second@1.0.0", "enforce");
    insta::assert_snapshot!(
        "candidate-same-digest",
        told(
            bed,
            &format!("{}{}{}", checked.text(), checked.errors(), promoted.errors())
        )
    );
    guards(bed, &[]);
}

#[test]
fn a_candidate_that_never_finishes() {
    let bed = Bed::new();
    let source = guest("hostile").display().to_string();
    let config = format!(
        "[plugins.hostile]\nsource = \"{source}\"\nsettings = {{ mode = \"honest\" }}\n[plugins.next]\nof = \"hostile\"\n\
         source = \"{source}\"\nmode = \"shadow\"\nsettings = {{ mode = \"loop\" }}\n"
    );
    let config = bed.aside("loop.toml", config).display().to_string();
    assert_eq!(bed.run(["--config", &config, "shadow", "check"]).code(), 0);
    let script = [Line::Out(
        format!("{}{} end\n", ["hos", "tile_"].concat(), "a1b2c3d4".repeat(3)).into_bytes(),
    )];
    let done = finish(&mut bed.exec(&["--config", &config], "loop", &script));
    assert_eq!((done.code(), done.errors().as_str()), (0, ""));
    assert!(done.text().contains("[redacted:hostile-token]"), "{}", done.text());
    let report = bed.run(["--config", &config, "shadow", "report"]);
    let first: String = report
        .text()
        .lines()
        .skip(2)
        .take(2)
        .map(|line| format!("{line}\n"))
        .collect();
    insta::assert_snapshot!("candidate-never-finishes", told(&bed, &first));
}

#[test]
fn a_corpus_with_a_broken_line() {
    let house = House::new();
    let bed = &house.office.bed;
    bed.aside("corpus.jsonl", "{\"text\":\"a\",\"label\":\"positive\"}\n{ broken\n");
    let done = check(&house);
    assert_eq!(done.code(), 1);
    insta::assert_snapshot!("candidate-broken-corpus", told(bed, &open(&done.text(), "P0 recall")));
    guards(bed, &[]);
}

#[test]
fn a_report_over_runs_of_an_older_schema() {
    let bed = Bed::new();
    let first = packed(&bed, "first", &tickets::first());
    let config = bed.aside(
        "one.toml",
        format!("[plugins.tickets]\nsource = \"{}\"\n", first.display()),
    );
    let config = config.display().to_string();
    guards(&bed, &["--config", &config]);
    let run = bed.run_folder();
    fs::write(run.join("manifest.json"), "{\"schema\":\"cofferdam.manifest/v0\"}\n").expect("written");
    let done = bed.run(["--config", &config, "shadow", "report"]);
    assert_eq!(done.code(), 0);
    insta::assert_snapshot!(
        "candidate-older-schema",
        told(&bed, &format!("{}{}", done.text(), done.errors()))
    );
}

#[test]
fn a_gate_with_an_impossible_condition() {
    let house = House::new();
    let gate = format!(
        "{}approvals = 3\n",
        house
            .gate
            .replace("\"cleo\"", "\"ben\"")
            .replace("false-positives = 500", "false-positives = 0")
    );
    house
        .office
        .configure(&format!("{}{}{gate}", house.people, house.plugins));
    let done = check(&house);
    assert_eq!(done.code(), 1);
    let all = ["P0 recall", "false positives", "approvals"]
        .map(|name| open(&done.text(), name))
        .concat();
    insta::assert_snapshot!(
        "candidate-impossible-gate",
        told(&house.office.bed, &format!("{all}{}", done.errors()))
    );
    guards(&house.office.bed, &[]);
}

#[test]
fn an_expired_and_a_forged_approval() {
    let house = House::new();
    assert_eq!(house.approve("third", "cleo").code(), 0);
    let bed = &house.office.bed;
    let path = bed.work().join(".runs/default/approvals/latest.json");
    let good = fs::read_to_string(&path).expect("read");
    fs::write(&path, good.replace("went through the sample", "went through nothing")).expect("written");
    let forged = check(&house);
    insta::assert_snapshot!(
        "candidate-forged-approval",
        told(
            bed,
            &format!("{}{}", open(&forged.text(), "approvals"), forged.errors())
        )
    );
    // One that ends: as long as it takes to be over.
    let shown = house.run(&["approve", "promotion", "third"]).text();
    let at = shown.find("sha256:").expect("a digest");
    let digest = &shown[at..at + 71];
    let words = [
        "approve",
        "promotion",
        "third",
        digest,
        "--by",
        "cleo",
        "--why",
        "for now",
        "--expires",
        "1s",
    ];
    assert_eq!(house.run(&words).code(), 0);
    let over = || check(&house).errors().contains("CFD-705");
    assert!(crate::bed::eventually(std::time::Duration::from_secs(30), over));
    insta::assert_snapshot!("candidate-expired-approval", told(bed, &check(&house).errors()));
    guards(bed, &[]);
}

#[test]
fn approvals_that_are_a_link_a_pipe_or_far_too_many_are_not_read() {
    let house = House::new();
    assert_eq!(house.approve("third", "cleo").code(), 0);
    let path = house.office.bed.work().join(".runs/default/approvals/latest.json");
    let aside = house.office.bed.aside("approvals.json", fs::read(&path).expect("read"));
    let refused = |what: &str| {
        let done = check(&house);
        assert_eq!(done.code(), 125, "{what}: {}{}", done.text(), done.errors());
        assert!(done.errors().contains("error CFD-503"), "{what}: {}", done.errors());
    };
    fs::remove_file(&path).expect("removed");
    std::os::unix::fs::symlink(&aside, &path).expect("a link");
    refused("a link");
    fs::remove_file(&path).expect("removed");
    let made = std::process::Command::new("mkfifo")
        .arg(&path)
        .status()
        .expect("mkfifo");
    assert!(made.success());
    refused("a pipe");
    fs::remove_file(&path).expect("removed");
    fs::File::create(&path)
        .and_then(|file| file.set_len(1 << 30))
        .expect("a large file");
    refused("a large file");
}

#[test]
fn a_clock_that_was_set_back() {
    let house = House::new();
    house.sessions(1);
    let bed = &house.office.bed;
    let heads = bed.state().join("heads.jsonl");
    let text = fs::read_to_string(&heads).expect("heads");
    let last: serde_json::Value = serde_json::from_str(text.lines().last().expect("a head")).expect("JSON");
    let written = last["time"].as_str().expect("a time").to_owned();
    fs::write(&heads, text.replace(&written, "2999-01-01T00:00:00.000Z")).expect("written");
    let done = house.approve("third", "cleo");
    assert_eq!(done.code(), 125);
    insta::assert_snapshot!("candidate-clock-back", told(bed, &done.errors()));
    guards(bed, &[]);
}

#[test]
fn a_sample_and_a_label_are_not_made_inside_a_session() {
    let house = House::new();
    house.sessions(1);
    let program = crate::bed::program().display().to_string();
    for words in ["sample third --count 5", "shadow label 01:1 true --by ann --why x"] {
        let inside = house.run(&["exec", "--", "sh", "-c", &format!("'{program}' {words}")]);
        assert!(inside.errors().contains("CFD-706"), "{words}: {}", inside.errors());
    }
    // Whoever is nobody in the configuration labels for nobody.
    let drawn = house.run(&["sample", "third", "--count", "3"]).text();
    for place in drawn.lines() {
        assert_eq!(
            house
                .run(&["shadow", "label", place, "true", "--by", "eve", "--why", "x"])
                .code(),
            0
        );
    }
    let told = check(&house).text();
    assert!(
        open(&told, "false positives").contains("2 not labelled, which counts as wrong"),
        "{told}"
    );
}
