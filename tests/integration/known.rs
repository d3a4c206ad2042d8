//! Known values: what the host was told is taken out wherever it stands, and is in nothing that it leaves.

use std::fs;

use cofferdam_tests::plant::{Plant, base64url};
use cofferdam_tests::random::Random;
use cofferdam_tests::script::Line;
use serde_json::Value;

use crate::bed::{Bed, cache, finish, finish_with};
use crate::search::Search;

/// No detector takes what is made of these for anything.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// A variable that is called as credentials are.
const VARIABLE: &str = "DEPLOY_TOKEN";

/// A value of its own for each test.
fn value(seed: u64) -> String {
    Random::new(seed).text(LETTERS, 27)
}

fn search(value: &str) -> Search {
    Search::of([&Plant {
        rule: "known",
        shown: String::new(),
        secret: value.to_owned(),
        close: "",
    }])
}

/// One write.
fn whole(text: &str) -> Vec<Line> {
    vec![Line::Out(text.into())]
}

/// A write for each byte.
fn cut(text: &str) -> Vec<Line> {
    text.bytes().map(|byte| Line::Out(vec![byte])).collect()
}

/// The decisions of the only run.
fn decisions(bed: &Bed) -> Vec<Value> {
    let events = fs::read_to_string(bed.run_folder().join("events.jsonl")).expect("events");
    events
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .filter(|line| line.to_string().contains("\"guard.decision\""))
        .collect()
}

#[test]
fn a_variables_value_is_taken_out_in_pipes() {
    let value = value(1);
    let text = format!("before {value} between x{value}y after\n");
    let expected = "before [redacted:env-deploy-token] between x[redacted:env-deploy-token]y after\n";
    for lines in [whole(&text), cut(&text)] {
        let bed = Bed::new();
        let done = finish(bed.exec(&["--pipe"], "script", &lines).env(VARIABLE, &value));
        assert_eq!((done.text().as_str(), done.errors().as_str()), (expected, ""));
        let decisions = decisions(&bed);
        assert_eq!(decisions.len(), 2);
        let told = decisions[0].to_string();
        for part in [
            "\"plugin\":\"known\"",
            "\"rule\":\"env-deploy-token\"",
            "\"category\":\"credential.known.environment\"",
            "\"origin\":\"known-value\"",
            "\"severity\":\"p0\"",
            "\"fingerprint\":",
        ] {
            assert!(told.to_lowercase().contains(part), "{part} in {told}");
        }
        assert!(!told.contains("plugin_digest"), "{told}");
    }
}

#[test]
fn a_variables_value_is_taken_out_on_a_terminal() {
    let value = value(2);
    let text = format!("before {value} after\n");
    // Its first bytes may show there, or every key typed would be masked that a value begins with.
    let (shown, taken) = value.split_at(3);
    let expected = format!("before {shown}{} after\r\n", "*".repeat(taken.len()));
    for lines in [whole(&text), cut(&text)] {
        let bed = Bed::new();
        let done = finish(bed.exec(&["--pty"], "script", &lines).env(VARIABLE, &value));
        assert_eq!((done.text(), done.errors()), (expected.clone(), String::new()));
    }
}

#[test]
fn filter_takes_out_what_its_environment_holds() {
    let value = value(3);
    let bed = Bed::new();
    let mut command = bed.command(["filter"]);
    let done = finish_with(command.env(VARIABLE, &value), format!("a {value}\nb").as_bytes());
    assert_eq!(done.text(), "a [redacted:env-deploy-token]\nb");
    let mut command = bed.command(["filter"]);
    command
        .env(VARIABLE, &value)
        .env("COFFERDAM_KNOWN__CREDENTIAL_LIKE", "false");
    let done = finish_with(&mut command, format!("a {value}\nb").as_bytes());
    assert_eq!(done.text(), format!("a {value}\nb"), "nothing looks for it any more");
}

#[test]
fn a_named_variable_and_a_listed_file_are_taken_out() {
    let (named, first, second, plain) = (value(4), value(5), value(6), value(7));
    let bed = Bed::new();
    bed.aside("prod.env", format!("# ours\nA_TOKEN={first}\nexport B='{second}'\n"));
    bed.aside("plain", format!("{plain}\n"));
    let config = "known.environment = ['ORDINARY']\nknown.files = ['prod.env', 'plain']\n";
    let config = bed.aside("c.toml", config).display().to_string();
    let text = format!("{named} {first} {second} {plain}\n");
    let mut command = bed.command(["--config", &config, "filter"]);
    let done = finish_with(command.env("ORDINARY", &named), text.as_bytes());
    let expected =
        "[redacted:env-ordinary] [redacted:file-prod-line-2] [redacted:file-prod-line-3] [redacted:file-plain]\n";
    assert_eq!((done.text().as_str(), done.errors().as_str()), (expected, ""));
}

#[test]
fn white_space_in_a_value_is_any_white_space() {
    let (one, two) = (value(8), value(9));
    let bed = Bed::new();
    let mut command = bed.command(["filter"]);
    command.env(VARIABLE, format!("{one} {two}"));
    let done = finish_with(&mut command, format!("a {one}\r\n\t {two} b").as_bytes());
    assert_eq!(done.text(), "a [redacted:env-deploy-token] b");
}

#[test]
fn what_cannot_be_searched_for_is_told_without_its_value() {
    let bed = Bed::new();
    let short = ["q1", "w2"].concat();
    let config = bed.aside("c.toml", "known.environment = ['SHORT', 'UNSET', 'GOOD']\n");
    let config = config.display().to_string();
    let run = |arguments: &[&str]| {
        let mut command = bed.command([&["--config", &config], arguments].concat());
        finish(command.env("SHORT", &short).env("GOOD", value(10)))
    };
    let done = run(&["config", "check"]);
    assert_eq!(done.code(), 0);
    assert!(
        done.text().ends_with("Known values in force: 1 (env-good)\n"),
        "{}",
        done.text()
    );
    let told = done.errors();
    let warnings: Vec<_> = told
        .lines()
        .filter(|line| line.starts_with("warning CFD-111: "))
        .collect();
    assert!(
        warnings.len() == 2 && warnings[0].contains("SHORT") && warnings[1].contains("UNSET"),
        "{told}"
    );
    let doctor = run(&["doctor"]);
    let line = "warn     known      values in force: 1 (env-good); not searched for: 2\n";
    assert!(doctor.text().contains(line), "{}", doctor.text());
    let exec = run(&["exec", "--pipe", "--", "true"]);
    assert_eq!(exec.errors().lines().count(), 1, "{}", exec.errors());
    assert!(exec.errors().contains("warning CFD-111") && exec.errors().contains("SHORT"));
    for done in [done, doctor, exec] {
        assert!(!format!("{}{}", done.text(), done.errors()).contains(&short));
    }
}

#[test]
fn a_listed_file_that_cannot_be_read_refuses_the_start() {
    let bed = Bed::new();
    let config = bed.aside("c.toml", "known.files = ['none']\n").display().to_string();
    for arguments in [&["exec", "--", "true"][..], &["filter"], &["config", "check"]] {
        let done = bed.run([&["--config", &config], arguments].concat());
        assert_eq!(done.code(), 125, "{arguments:?}");
        assert!(done.errors().contains("error CFD-109: operator "), "{}", done.errors());
    }
    assert!(bed.runs().is_empty());
}

#[test]
fn a_floor_and_the_policys_settings_know_their_categories() {
    let value = value(11);
    let bed = Bed::new();
    let floor = "[policy.at-least]\n'credential.known' = 'block'\n";
    // Nobody approved these settings, which is told unless the host is told to be quiet.
    let settings = "authority.trying = true\n[[policy.settings.rules]]\ncategory = 'credential.known.environment'\naction = 'block'\n";
    for config in [floor, settings] {
        let config = bed.aside("c.toml", config).display().to_string();
        let mut command = bed.command(["--quiet", "--config", &config, "filter"]);
        let done = finish_with(command.env(VARIABLE, &value), format!("a {value} b").as_bytes());
        assert_eq!(
            (done.code(), done.text().as_str()),
            (121, "a [blocked:env-deploy-token]")
        );
        // Nothing is in force here, and the configuration means something all the same.
        let done = bed.feed(["--quiet", "--config", &config, "filter"], b"a");
        assert_eq!((done.code(), done.errors().as_str()), (0, ""));
    }
}

#[test]
fn invariant_1_a_known_value_is_in_nothing_that_the_host_leaves() {
    for (seed, options) in [(12, "--pipe"), (13, "--pty"), (14, "--json")] {
        let (variable, file) = (value(seed), value(seed + 100));
        let bed = Bed::new();
        // The file and the configuration are the operator's, and lie where the host writes nothing.
        bed.aside("secrets", format!("{file}\nA={file}x\n"));
        let config = bed.aside("c.toml", "known.files = ['secrets']\n").display().to_string();
        let text = format!("{variable} and {file} {file}x\n\u{1b}]0;{variable}\u{7}{variable}{file}");
        // What is typed is echoed as it comes: it is read first, so that no echo falls into the midst of what is
        // written.
        let lines = [
            vec![Line::Copy],
            whole(&text),
            cut(&text),
            vec![Line::Err(text.clone().into())],
        ]
        .concat();
        let mut command = bed.command(["--config", &config, "exec", "--verbose", options, "--"]);
        command
            .args(bed.speaker("script", &lines))
            .args([&variable, &format!("--with={file}")])
            .env(VARIABLE, &variable)
            .env("COFFERDAM_LOG", "trace");
        let typed = format!("{variable}\n{file}\n");
        let mut all = vec![finish_with(&mut command, typed.as_bytes())];
        assert_eq!(all[0].code(), 0, "{}", all[0].errors());
        let run = bed
            .run_folder()
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        for arguments in [
            &["config", "check"][..],
            &["doctor"],
            &["run", "show", &run],
            &["plugin", "list"],
        ] {
            let mut command = bed.command([&["--config", &config], arguments].concat());
            all.push(finish(command.env(VARIABLE, &variable)));
        }
        for value in [&variable, &file] {
            let search = search(value);
            for done in &all {
                search.none_in("standard output", &done.out);
                search.none_in("standard error", &done.err);
            }
            for place in bed.places().iter().chain([&cache()]) {
                search.none_below(place);
            }
        }
    }
}

#[test]
fn a_known_value_in_base64_is_taken_out() {
    let value = value(15);
    let bed = Bed::new();
    let search = search(&value);
    for before in ["", "x", "xy"] {
        let coded = base64url(format!("{before}{value} and more").as_bytes());
        for coded in [coded.replace('-', "+").replace('_', "/"), coded] {
            let mut command = bed.command(["filter"]);
            let done = finish_with(command.env(VARIABLE, &value), format!("a: {coded}\nb\n").as_bytes());
            search.none_in("standard output", &done.out);
            assert!(done.text().contains("[redacted:env-deploy-token]"), "{}", done.text());
            assert!(
                done.text().starts_with("a: ") && done.text().ends_with("\nb\n"),
                "{}",
                done.text()
            );
        }
    }
}

/// Signs that mean something in a notation are written in another way there.
#[test]
fn a_value_with_signs_is_taken_out_as_tools_write_it() {
    let random = value(9);
    let (first, second) = random.split_at(13);
    for (sign, written) in [
        ("\\", "\\\\"),
        ("&", "&amp;"),
        ("<", "&lt;"),
        ("'", "'\\''"),
        ("'", "''"),
        ("%2F", "%252F"),
        (" ", "+"),
        (" ", "%20"),
    ] {
        let value = format!("{first}{sign}{second}");
        let text = format!("before {first}{written}{second} after\n");
        let bed = Bed::new();
        let done = finish(bed.exec(&["--pipe"], "script", &whole(&text)).env(VARIABLE, &value));
        let shown = done.text();
        assert!(!shown.contains(first) && !shown.contains(second), "{written}: {shown}");
        assert!(shown.starts_with("before ") && shown.ends_with(" after\n"), "{shown}");
    }
    // Where it is searched for, at its front, no escape is read.
    for (value, written) in [
        (format!("p\"W{second}"), format!("p\\\"W{second}")),
        (format!("aB/d{second}"), format!("aB\\/d{second}")),
    ] {
        let bed = Bed::new();
        let text = format!("{{\"a\":\"{written}\"}}\n");
        let done = finish(bed.exec(&["--pipe"], "script", &whole(&text)).env(VARIABLE, &value));
        assert!(!done.text().contains(second), "{written}: {}", done.text());
    }
}
