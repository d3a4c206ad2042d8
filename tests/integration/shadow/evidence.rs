//! What a report says of a blind spot and a false alarm, and what reviewers make of it.

use std::path::Path;

use cofferdam_tests::random::Random;
use cofferdam_tests::script::Line;
use cofferdam_tests::{tickets, traffic};
use serde_json::Value;

use super::{configured, lines, of_kind, report};
use crate::bed::{Bed, finish};

const NEW: &str = "q7m2x9k4v8c1z6b3n5d0h2j7";
const OLD: &str = "p1o2i3u4y5t6r7e8w9q0a1s2";

/// A bed with one session in which version 2 misses a ticket, finds another, and takes a number for one.
fn differing() -> (Bed, String) {
    let bed = Bed::new();
    let config = configured(&bed, &tickets::second(), "mode = \"shadow\"\n");
    let text = format!("with tkt-{NEW} ok\nwith old-{OLD} ok\nthis is build-20261126 ok\n");
    let script = [Line::Out(text.into_bytes()), Line::Exit(0)];
    let done = finish(&mut bed.exec(&["--config", &config], "three", &script));
    assert_eq!(
        done.text(),
        "with tkt-[redacted:build-ticket] ok\nwith old-[redacted:build-ticket] ok\nthis is build-20261126 ok\n"
    );
    (bed, config)
}

#[test]
fn a_blind_spot_and_a_false_alarm_are_told_apart_and_no_byte_of_either_is_recorded() {
    let (bed, _) = differing();
    let run = bed.run_folder();
    let lines = lines(&run);
    let places = of_kind(&lines, "shadow.place");
    let told: Vec<_> = places
        .iter()
        .map(|place| {
            (
                place["class"].as_str(),
                place["effect"].as_str(),
                place["missed_bytes"].as_u64(),
                place["surplus_bytes"].as_u64(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (Some("agree"), Some("same"), None, None),
            (Some("only-incumbent"), Some("looser"), Some(24), None),
            (Some("only-candidate"), Some("stricter"), None, Some(8)),
        ]
    );
    let text = std::fs::read_to_string(run.join("shadow.jsonl")).expect("a record");
    for secret in [NEW, OLD, "20261126"] {
        assert!(
            secret
                .as_bytes()
                .windows(6)
                .all(|piece| !text.contains(std::str::from_utf8(piece).expect("ASCII")))
        );
    }
    // What is taken out today has no shape; what comes out has one.
    let shape = |place: &Value| place["shape"].as_str().expect("a shape").to_owned();
    assert!(shape(places[1]).contains("<\u{2026}>"), "{}", shape(places[1]));
    assert!(shape(places[2]).contains("<9{8}>"), "{}", shape(places[2]));
    let prints: Vec<_> = places
        .iter()
        .map(|place| place["fingerprint"]["value"].as_str().expect("one"))
        .collect();
    assert!(prints[0] != prints[1] && prints[1] != prints[2]);
}

#[test]
fn a_record_of_shadow_that_was_changed_is_found_and_left_out() {
    let (bed, _) = differing();
    let run = bed.run_folder();
    assert_eq!(bed.verify(&run).0, 0);
    let path = run.join("shadow.jsonl");
    let text = std::fs::read_to_string(&path).expect("a record");
    let changes: [(&str, Option<String>); 3] = [
        ("changed", Some(text.replace("looser", "same  "))),
        (
            "cut",
            Some(text.lines().take(2).map(|line| format!("{line}\n")).collect()),
        ),
        ("removed", None),
    ];
    for (what, change) in changes {
        match change {
            Some(change) => std::fs::write(&path, change).expect("written"),
            None => std::fs::remove_file(&path).expect("removed"),
        }
        let (code, said) = bed.verify(&run);
        assert!(code == 4 && said.contains("shadow.jsonl"), "{what}: {said}");
        let (done, told) = report(&bed, &[]);
        assert_eq!(told["skipped"][0]["why"], "tampered", "{what}");
        assert!(
            done.text()
                .contains("1 run left out: its record is not the one that was closed"),
            "{}",
            done.text()
        );
    }
    std::fs::write(&path, text).expect("written");
    assert_eq!(bed.verify(&run).0, 0);
}

#[test]
fn a_run_of_another_schema_is_left_out_with_a_word_and_the_others_are_told() {
    let (bed, config) = differing();
    let older = bed.run_folder();
    finish(&mut bed.exec(&["--config", &config], "more", &[Line::Out(b"nothing\n".to_vec())]));
    let text = std::fs::read_to_string(older.join("shadow.jsonl")).expect("a record");
    reseal(&older, &text.replace("cofferdam.shadow/v1", "cofferdam.shadow/v0"));
    let (done, told) = report(&bed, &[]);
    assert_eq!(
        (&told["runs"], &told["skipped"][0]["why"]),
        (&1.into(), &"other-schema".into())
    );
    assert!(
        done.text()
            .contains("1 run left out: recorded in a form that this version does not know"),
        "{}",
        done.text()
    );
    // A manifest of another form is no error either.
    std::fs::write(older.join("manifest.json"), "{\"schema\":\"cofferdam.manifest/v0\"}\n").expect("written");
    assert_eq!(report(&bed, &[]).1["skipped"][0]["why"], "other-schema");
    // Whoever asks for each record to be verified is told that this one was changed.
    assert_eq!(report(&bed, &["--verify"]).1["skipped"][0]["why"], "other-schema");
}

/// Puts another record of shadow into a run, as if its closing entry had named it.
fn reseal(run: &Path, text: &str) {
    use sha2::Digest as _;
    let before = std::fs::read_to_string(run.join("shadow.jsonl")).expect("a record");
    let digest = |text: &str| -> String {
        let sum = sha2::Sha256::digest(text.as_bytes());
        sum.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let manifest = std::fs::read_to_string(run.join("manifest.json")).expect("a manifest");
    assert_eq!(before.len(), text.len());
    std::fs::write(run.join("shadow.jsonl"), text).expect("written");
    std::fs::write(
        run.join("manifest.json"),
        manifest.replace(&digest(&before), &digest(text)),
    )
    .expect("written");
}

#[test]
fn reviewers_verdicts_give_precision_and_recall_and_hold_for_what_was_reviewed() {
    let (bed, _) = differing();
    let run = bed.run_folder();
    let id = run.file_name().expect("a name").to_string_lossy().into_owned();
    let shown = bed.run(["shadow", "show", &format!("{id}:2")]);
    assert!(
        shown.text().contains("only incumbent, looser") && shown.text().contains("24 bytes that are taken out today"),
        "{}",
        shown.text()
    );
    for (place, verdict) in [(1, "true"), (2, "true"), (3, "true"), (3, "false")] {
        let place = format!("{id}:{place}");
        let done = bed.run([
            "shadow",
            "label",
            &place,
            verdict,
            "--by",
            "ada",
            "--why",
            "I looked at the build",
        ]);
        assert_eq!(done.code(), 0, "{}", done.errors());
    }
    let (_, told) = report(&bed, &[]);
    let labelled = &told["candidates"][0]["labelled"];
    let counts = |of: &str| ["right", "wrong", "missed"].map(|key| labelled[of][key].as_u64());
    // The last verdict on a place counts.
    assert_eq!(counts("candidate"), [Some(1), Some(1), Some(1)], "{labelled}");
    assert_eq!(counts("incumbent"), [Some(2), Some(0), Some(0)], "{labelled}");
    let shown = bed.run(["shadow", "show", &format!("{id}:3")]);
    assert!(shown.text().contains("false, by ada"), "{}", shown.text());
    let wrong = bed.run([
        "shadow",
        "label",
        &format!("{id}:9"),
        "true",
        "--by",
        "ada",
        "--why",
        "x",
    ]);
    assert!(
        wrong.code() == 125 && wrong.errors().contains("CFD-509"),
        "{}",
        wrong.errors()
    );
    // What a reviewer quotes passes the guard as anything else.
    let secret = super::token();
    let done = bed.run([
        "shadow",
        "label",
        &format!("{id}:1"),
        "true",
        "--by",
        "ada",
        "--why",
        &format!("saw {secret}"),
    ]);
    assert_eq!(done.code(), 0, "{}", done.errors());
    let labels = std::fs::read_to_string(run.join("../../shadow-labels.jsonl")).expect("labels");
    assert!(
        !labels.contains(&secret) && labels.contains("[redacted:github-token]"),
        "{labels}"
    );
    for line in labels.lines() {
        super::fits("shadow-label.v1.json", &serde_json::from_str(line).expect("JSON"));
    }
    // A log of labels that was changed gives no figures at all.
    std::fs::write(
        run.join("../../shadow-labels.jsonl"),
        labels.replacen("true", "null", 1),
    )
    .expect("written");
    let done = bed.run(["shadow", "report"]);
    assert!(
        done.code() == 125 && done.errors().contains("CFD-504"),
        "{}",
        done.errors()
    );
}

#[test]
fn shown_1_a_days_sessions_show_a_planted_blind_spot_and_a_planted_false_alarm() {
    let bed = Bed::new();
    let third = super::packed(&bed, "third", &tickets::third());
    let third = format!(
        "mode = \"shadow\"\n[plugins.tickets-third]\nof = \"tickets\"\nsource = \"{}\"\nmode = \"shadow\"\n",
        third.display()
    );
    let config = configured(&bed, &tickets::second(), &third);
    assert_eq!(bed.run(["--config", &config, "shadow", "check"]).code(), 0);
    let mut random = Random::new(99);
    let mut all = traffic::Holds::default();
    for number in 0..40 {
        let (lines, holds) = traffic::session(&mut random);
        all.tickets += holds.tickets;
        all.old_tickets += holds.old_tickets;
        all.numbers += holds.numbers;
        finish(&mut bed.exec(&["--config", &config, "--pipe"], &format!("day-{number}"), &lines));
    }
    let html = bed.home().join("report.html");
    let (done, told) = report(&bed, &["--html", &html.display().to_string()]);
    let candidates = told["candidates"].as_array().expect("two");
    let of = |name: &str| {
        candidates
            .iter()
            .find(|told| told["name"] == name)
            .expect("it was on trial")
    };
    let (second, third) = (of("tickets-next"), of("tickets-third"));
    for told in [second, third] {
        assert_eq!(
            (&told["coverage"]["runs"], &told["coverage"]["wholeRuns"]),
            (&40.into(), &40.into()),
            "{}",
            told["coverage"]
        );
    }
    assert_eq!(second["effects"]["looser"], all.old_tickets, "the blind spot");
    assert_eq!(second["effects"]["stricter"], all.numbers, "the false alarm");
    assert_eq!(second["effects"]["same"], all.tickets);
    assert_eq!(
        (&second["nothingLooser"], &third["nothingLooser"]),
        (&false.into(), &true.into())
    );
    assert_eq!(third["effects"]["same"], all.tickets + all.old_tickets);
    assert!(
        third["effects"]["looserRate"]["high"]
            .as_f64()
            .is_some_and(|high| high > 0.0 && high < 0.05)
    );
    assert!(
        done.text().contains("can't claim that nothing got looser"),
        "{}",
        done.text()
    );
    assert!(
        done.text().contains(&format!("{} looser in ", all.old_tickets)),
        "{}",
        done.text()
    );
    let html = std::fs::read_to_string(html).expect("a page");
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("tickets-third") && html.contains("Drift over time"));
    let alone = report(&bed, &["--plugin", "tickets-third", "--task", "default"]).1;
    assert_eq!(alone["candidates"].as_array().map(Vec::len), Some(1));
    assert_eq!(report(&bed, &["--since", "9999-01-01"]).1["runs"], 0);
    for wrong in [["--since", "yesterday"], ["--task", "../up"], ["--plugin", "No Such"]] {
        let done = bed.run([&["shadow", "report"][..], &wrong].concat());
        assert!(
            done.code() == 125 && done.errors().contains("CFD-601"),
            "{}",
            done.errors()
        );
    }
}

#[test]
fn a_replay_executes_anew_and_calls_nothing_unchanged_that_it_did_not() {
    let (bed, config) = differing();
    let run = bed.run_folder();
    let id = run.file_name().expect("a name").to_string_lossy().into_owned();
    let replay = |more: &[&str]| bed.run([&["--config", &config, "shadow", "replay"][..], more].concat());
    // What the run kept holds the number, which version 2 takes for a secret.
    let done = replay(&["--run", &id, "--candidate", "tickets-next"]);
    assert_eq!(done.code(), 3, "{}{}", done.text(), done.errors());
    assert!(
        done.text().contains("0 looser, 1 stricter") && done.text().contains("not executed: 2 places"),
        "{}",
        done.text()
    );
    // A run of which something was taken out is never called unchanged.
    let script = [Line::Out(format!("with tkt-{NEW} ok\n").into_bytes())];
    finish(&mut bed.exec(&["--config", &config], "one", &script));
    let id = bed.runs().pop().expect("a run");
    let id = id.file_name().expect("a name").to_string_lossy().into_owned();
    let done = replay(&["--run", &id, "--candidate", "tickets-next"]);
    assert!(
        done.code() == 4 && done.text().contains("not known to be unchanged"),
        "{}",
        done.text()
    );
    let plain = bed
        .exec(
            &["--config", &config],
            "plain",
            &[Line::Out(b"nothing to see\n".to_vec())],
        )
        .output();
    assert!(plain.is_ok());
    let id = bed.runs().pop().expect("a run");
    let id = id.file_name().expect("a name").to_string_lossy().into_owned();
    let done = replay(&["--run", &id, "--candidate", "tickets-next"]);
    assert!(
        done.code() == 0 && done.text().ends_with("unchanged\n"),
        "{}{}",
        done.text(),
        done.errors()
    );
    let line = |text: &str| format!("{{\"text\":\"{text}\",\"label\":\"positive\"}}\n");
    let corpus = bed.aside(
        "corpus.jsonl",
        line(&format!("tkt-{NEW}")) + &line(&format!("old-{OLD}")),
    );
    let corpus = corpus.display().to_string();
    let done = replay(&["--corpus", &corpus, "--candidate", "tickets-next"]);
    assert!(
        done.code() == 3 && done.text().contains("1 looser, 0 stricter, 1 the same"),
        "{}{}",
        done.text(),
        done.errors()
    );
    let broken = bed
        .aside("broken.jsonl", line("fine") + "{\"text\": oh no\n")
        .display()
        .to_string();
    let done = replay(&["--corpus", &broken, "--candidate", "tickets-next"]);
    assert!(
        done.code() == 125 && done.errors().contains("CFD-604"),
        "{}",
        done.errors()
    );
    let done = replay(&["--corpus", &corpus, "--candidate", "nobody"]);
    assert!(
        done.code() == 125 && done.errors().contains("CFD-212"),
        "{}",
        done.errors()
    );
}

#[test]
fn what_a_candidate_had_seen_is_left_where_the_host_is_killed() {
    let bed = Bed::new();
    let config = configured(&bed, &tickets::second(), "mode = \"shadow\"\n");
    let text = format!("with old-{OLD} ok\nand more\n");
    let script = [
        Line::Out(text.into_bytes()),
        Line::Pause(std::time::Duration::from_secs(120)),
    ];
    let mut host = bed
        .exec(&["--config", &config], "killed", &script)
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("started");
    let kept = || {
        let run = bed.runs().pop();
        run.is_some_and(|run| run.join("tickets-next.shadow-part.jsonl").exists())
    };
    assert!(crate::bed::eventually(std::time::Duration::from_secs(60), kept));
    host.kill().expect("it still runs");
    host.wait().expect("waited for");
    let (done, told) = report(&bed, &[]);
    let told = &told["candidates"][0];
    let coverage = &told["coverage"];
    assert_eq!(
        (&coverage["interruptedRuns"], &coverage["runs"]),
        (&1.into(), &0.into())
    );
    assert_eq!(
        (&told["effects"]["looser"], &told["nothingLooser"]),
        (&1.into(), &false.into())
    );
    assert!(
        done.text().contains("of 1 run never closed, what it had seen"),
        "{}",
        done.text()
    );
    // A run that is closed leaves its record alone.
    finish(&mut bed.exec(
        &["--config", &config],
        "closed",
        &[
            Line::Out(b"nothing\n".to_vec()),
            Line::Pause(std::time::Duration::from_millis(1500)),
        ],
    ));
    let run = bed.runs().pop().expect("a run");
    assert!(run.join("shadow.jsonl").exists() && !run.join("tickets-next.shadow-part.jsonl").exists());
}
