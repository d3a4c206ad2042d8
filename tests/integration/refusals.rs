//! What nothing could start with is refused where one asks, at the place where it stands.

use std::fs;
use std::path::Path;

use crate::bed::{Bed, Done};

/// What `config check` says of a configuration.
fn check(bed: &Bed, text: &str) -> Done {
    let file = bed.aside("c.toml", text).display().to_string();
    bed.run(["config", "check", &file])
}

/// Standard error, without the folder of the test.
fn told(bed: &Bed, done: &Done) -> String {
    let home = bed.home();
    let folder = home.parent().expect("the bed").display().to_string();
    done.errors().replace(&folder, "BED").trim_end().to_owned()
}

#[test]
fn a_check_refuses_what_no_session_starts_with() {
    let bed = Bed::new();
    let file = bed.aside("text.wasm", "no component\n").display().to_string();
    for (text, code) in [
        (
            "\n[plugins.personal]\nsettings = { enable = \"nope\" }\n".to_owned(),
            "CFD-207",
        ),
        ("\n[plugins.credentials]\non-trap = \"pass\"\n".to_owned(), "CFD-108"),
        (
            "[[policy.settings.rules]]\ncategory = \"credentail\"\naction = \"block\"\n".to_owned(),
            "CFD-209",
        ),
        (format!("[plugins.x]\nsource = \"{file}\"\n"), "CFD-202"),
    ] {
        let done = check(&bed, &text);
        let said = told(&bed, &done);
        assert_eq!((done.code(), done.text().as_str()), (125, ""), "{text}: {said}");
        assert!(said.starts_with(&format!("error {code}: ")), "{text}: {said}");
        assert!(
            said.ends_with("\nThe configuration is refused: 1 error. Nothing starts with it."),
            "{said}"
        );
        let config = bed.aside("c.toml", &text).display().to_string();
        let session = bed.run(["--config", &config, "exec", "--", "true"]);
        assert_eq!(session.code(), 125, "{text}");
    }
    let done = check(&bed, "[plugins.personal]\nsettings = { disable = \"phone\" }\n");
    assert_eq!(
        (done.code(), told(&bed, &done).as_str()),
        (0, "The configuration is valid.")
    );
    assert!(!bed.state().join("keys").exists(), "who only looks makes no key");
}

#[test]
fn a_refusal_names_the_line_that_is_at_fault() {
    let bed = Bed::new();
    let first = |text: &str| {
        let done = check(&bed, text);
        told(&bed, &done).lines().next().expect("a line").to_owned()
    };
    let settings = first("[plugins.personal]\nmode = \"enforce\"\nsettings = { enable = \"nope\" }\n");
    assert!(
        settings.contains("(declared by operator BED/aside/c.toml:3)"),
        "{settings}"
    );
    let pass = first("[plugins.credentials]\non-timeout = \"withhold\"\non-trap = \"pass\"\n");
    assert!(pass.contains("(declared by operator BED/aside/c.toml:3)"), "{pass}");
    let memory = first("[plugins.credentials]\nmemory = \"1 MiB\"\n");
    assert!(
        memory.starts_with("error CFD-2") && memory.contains("(declared by operator BED/aside/c.toml:2)"),
        "{memory}"
    );
}

#[test]
fn a_hint_to_inspect_names_what_to_inspect() {
    let bed = Bed::new();
    let done = check(&bed, "[policy.at-least]\n\"quite.another\" = \"block\"\n");
    assert_eq!(done.code(), 0, "{}", done.errors());
    assert!(
        done.errors().contains("`cofferdam plugin inspect NAME` shows those"),
        "{}",
        done.errors()
    );
}

#[test]
fn where_no_detector_is_in_force_everybody_says_so() {
    let bed = Bed::new();
    let text = "[plugins.credentials]\nmode = \"off\"\n[plugins.personal]\nmode = \"off\"\n";
    let config = bed.aside("off.toml", text).display().to_string();
    let with = |words: &[&str]| bed.run([&["--config", &config], words].concat());
    for done in [
        with(&["exec", "--", "true"]),
        with(&["filter"]),
        with(&["config", "check"]),
    ] {
        let said = done.errors();
        assert_eq!(done.code(), 0, "{said}");
        assert_eq!(
            said.matches("warning CFD-216: no detector is in force").count(),
            1,
            "{said}"
        );
    }
    assert_eq!(with(&["-q", "exec", "--", "true"]).errors(), "");
    let doctor = with(&["doctor"]).text();
    assert!(
        doctor.contains("warn     guards     no detector is in force: nothing is searched for but known values\n"),
        "{doctor}"
    );
    let doctor = bed.run(["doctor"]).text();
    assert!(doctor.contains(" rules of 2 detectors\n"), "{doctor}");
}

#[test]
fn a_pack_that_is_none_is_told_by_what_is_missing() {
    let bed = Bed::new();
    let folder = bed.work().join("mine");
    fs::create_dir(&folder).expect("made");
    let pack = |path: &Path| bed.run(["plugin".as_ref(), "pack".as_ref(), path.as_os_str()]);
    let done = pack(&folder);
    assert_eq!(done.code(), 125);
    assert!(
        done.errors().contains("CFD-213") && done.errors().contains("in a folder `rules` beneath it"),
        "{}",
        done.errors()
    );
    fs::create_dir(folder.join("rules")).expect("made");
    let done = pack(&folder);
    assert!(done.errors().contains("holds no rule file"), "{}", done.errors());
    let rule = "[pack]\nid = \"x\"\nversion = \"1\"\ntitle = \"x\"\n[[rule]]\nid = \"r\"\ntitle = \"r\"\ncategory = \"c\"\nseverity = \"P0\"\n\
                anchors = [\"abcd-\"]\npattern = '{{anchor}}([a-z0-9{24}'\npositive = [\"abcd-x\"]\nnegative = [\"x\"]\n";
    let done = pack(&bed.aside("r.toml", rule));
    assert_eq!(
        (done.code(), done.errors().lines().count()),
        (125, 1),
        "{}",
        done.errors()
    );
    assert!(
        done.errors()
            .contains("the pattern can't be parsed: unclosed character class, at `[a-z0-9{24}`"),
        "{}",
        done.errors()
    );
}

#[test]
fn an_imported_packs_id_is_one_that_can_be_packed() {
    let bed = Bed::new();
    let file = bed.aside(
        "gitleaks.toml",
        "[[rules]]\nid = \"acme\"\nregex = '''acme_([a-z0-9]{32})'''\n",
    );
    let (file, out) = (file.display().to_string(), bed.work().join("rules.toml"));
    let import = |id: &str| {
        let out = out.display().to_string();
        bed.run(["plugin", "import-gitleaks", &file, "-o", &out, "--id", id])
    };
    let done = import("Bad Id");
    assert_eq!(done.code(), 125);
    assert!(done.errors().starts_with("error CFD-601: --id: "), "{}", done.errors());
    assert!(!out.exists(), "nothing is written");
    assert_eq!(import("good-id").code(), 0);
    assert_eq!(bed.run(["plugin".as_ref(), "pack".as_ref(), out.as_os_str()]).code(), 0);
}

#[test]
fn one_of_two_options_is_asked_for_as_such() {
    let bed = Bed::new();
    for (words, one, other) in [
        (&["eval"][..], "--corpus", "--clean"),
        (
            &[
                "override",
                "grant",
                "--rule",
                "r",
                "--why",
                "w",
                "--expires",
                "1h",
                "--by",
                "ann",
            ],
            "--run",
            "--task",
        ),
        (&["shadow", "replay", "--candidate", "x"], "--corpus", "--run"),
    ] {
        let done = bed.run(words);
        let missing = done.errors().lines().nth(1).unwrap_or_default().to_owned();
        assert!(
            done.code() == 125 && missing.contains(one) && missing.contains(&format!("|{other}")),
            "{}",
            done.errors()
        );
        let usage = done.errors();
        let usage = usage.lines().find(|line| line.starts_with("Usage: ")).expect("one");
        assert!(usage.contains(&format!("|{other}")), "{usage}");
    }
    let both = bed.run(["override", "grant", "--run", "a", "--task", "b"]);
    assert!(both.errors().contains("cannot be used with"), "{}", both.errors());
}

#[test]
fn nothing_is_taken_for_something() {
    let bed = Bed::new();
    let refused = |words: &[&str], code: &str, part: &str| {
        let done = bed.run(words);
        assert_eq!(done.code(), 125, "{words:?}: {}", done.errors());
        assert!(
            done.errors().starts_with(&format!("error {code}: ")) && done.errors().contains(part),
            "{words:?}: {}",
            done.errors()
        );
    };
    let empty = bed.aside("empty.jsonl", "\n\n").display().to_string();
    refused(&["eval", "--corpus", &empty], "CFD-604", "holds no text");
    refused(
        &["shadow", "replay", "--corpus", &empty, "--candidate", "personal"],
        "CFD-604",
        "holds no text",
    );
    refused(&["exec", "--", ""], "CFD-601", "the command's name is empty");
    assert_eq!(bed.run(["exec", "--", "true"]).code(), 0);
    refused(&["run", "show", ""], "CFD-507", "give the beginning of a run's id");
    refused(
        &["override", "revoke", ""],
        "CFD-601",
        "give the beginning of an override's id",
    );
    let text = bed.aside("text", "nothing here\n").display().to_string();
    refused(&["eval", "--clean", &text, "--json", "-"], "CFD-601", "--json: `-`");
    refused(&["filter", "--decisions", "-"], "CFD-601", "--decisions: `-`");
    assert!(!bed.work().join("-").exists());
}

#[test]
fn a_folder_for_records_that_is_not_there_is_named_by_its_key() {
    let bed = Bed::new();
    let config = bed
        .aside("c.toml", "[records]\nfolder = \"/nowhere/at/all\"\n")
        .display()
        .to_string();
    let done = bed.run(["--config", &config, "exec", "--", "true"]);
    assert_eq!(done.code(), 125);
    insta::assert_snapshot!(done.errors().trim_end(), @"error CFD-501: cannot create .runs: the folder that records.folder names, or the one in which it is to be, does not exist; make it first, or let records.folder name one that exists");
}

#[test]
fn a_log_of_heads_that_was_changed_is_told_where_it_lies() {
    let bed = Bed::new();
    assert_eq!(bed.run(["exec", "--", "true"]).code(), 0);
    let heads = bed.state().join("heads.jsonl");
    let text = fs::read_to_string(&heads).expect("a log");
    fs::write(&heads, text.replace("\"seq\":0", "\"seq\":7")).expect("written");
    assert_ne!(fs::read_to_string(&heads).expect("a log"), text);
    let said = bed.run(["exec", "--", "true"]).errors();
    assert!(
        !said.contains("the task's folder"),
        "its place is the state folder: {said}"
    );
    let doctor = bed.run(["doctor"]);
    assert!(
        doctor.text().contains("heads.jsonl was changed after it was written\n")
            && doctor.text().contains("warn     state "),
        "{}",
        doctor.text()
    );
    fs::write(&heads, "{}\n").expect("written");
    let said = bed.run(["exec", "--", "true"]).errors();
    assert!(said.contains("CFD-504") && said.contains("state folder"), "{said}");
}

#[test]
fn an_override_that_is_refused_says_what_is_allowed() {
    let bed = Bed::new();
    let grant = |rule: &str, expires: &str| {
        let words = [
            "override", "grant", "--rule", rule, "--task", "t", "--why", "w", "--by", "ann",
        ];
        bed.run([&words[..], &["--expires", expires]].concat()).errors()
    };
    let long = grant("email", "48h");
    assert!(
        long.contains("give a shorter time: 1440 min is the most (built-in)"),
        "{long}"
    );
    let never = grant("private-key", "1h");
    assert!(
        never.contains("CFD-708") && !never.contains(") ("),
        "brackets aren't doubled: {never}"
    );
}
