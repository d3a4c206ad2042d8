//! What an answer says: the cause that it has, each fact once, and what was done as what it was.

use std::fs;
use std::process::{Command, Stdio};

use cofferdam_tests::random::Random;
use cofferdam_tests::tickets;

use crate::authority::Office;
use crate::bed::{Bed, Done, finish, guest, program};
use crate::firm::House;
use crate::shadow::packed;

/// A suspect of the hostile guest.
const SUSPECT: &[u8] = b"x hostile_abcdefghijklmnop y\n";

/// A configuration in which the hostile guest answers with an error.
fn failing(bed: &Bed) -> String {
    let text = format!(
        "[plugins.hostile]\nsource = \"{}\"\nsettings = {{ mode = \"error\" }}\n",
        guest("hostile").display()
    );
    bed.aside("hostile.toml", text).display().to_string()
}

#[test]
fn what_a_failed_guard_took_out_is_called_withheld() {
    let bed = Bed::new();
    let config = failing(&bed);
    let script = bed.aside(
        "say.sh",
        [b"echo '".as_slice(), SUSPECT.trim_ascii_end(), b"'\n"].concat(),
    );
    let script = script.display().to_string();
    let done = bed.run(["--config", &config, "exec", "--pipe", "-v", "--", "sh", &script]);
    assert!(done.text().contains("[withheld:hostile-token]"), "{}", done.text());
    let said = done.errors();
    assert!(
        said.contains("cofferdam: withheld: hostile-token ") && !said.contains("redacted"),
        "{said}"
    );
    assert!(
        said.contains(
            "the guard `hostile` failed (it trapped, or answered with an error); its failure action was taken"
        ),
        "{said}"
    );
    let shown = bed.run(["run", "show", "01"]).text();
    let row = shown
        .lines()
        .find(|line| line.contains("hostile/hostile-token"))
        .expect("a row");
    assert!(row.contains(" withheld ") && !row.contains("redacted"), "{shown}");
}

#[test]
fn a_filter_says_each_decision_where_it_is_asked_to() {
    let bed = Bed::new();
    let config = failing(&bed);
    let done = bed.feed(["--config", &config, "filter", "-v"], SUSPECT);
    let said = done.errors();
    assert!(
        said.contains("cofferdam: withheld: hostile-token (") && said.contains(" on stdout at byte "),
        "{said}"
    );
    let done = bed.feed(["--config", &config, "filter"], SUSPECT);
    assert!(!done.errors().contains("withheld: "), "{}", done.errors());
}

#[test]
fn an_output_that_nobody_reads_is_no_error_and_a_full_one_is() {
    let bed = Bed::new();
    let shell = |script: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh"]).arg(program());
        bed.settle(&mut command);
        finish(&mut command)
    };
    for words in ["config keys", "plugin inspect credentials", "--help"] {
        // The reader is gone before anything is written.
        let done = shell(&format!("{{ sleep 2; \"$1\" {words}; echo \"code $?\" >&2; }} | true"));
        assert_eq!(done.errors(), "code 141\n", "{words}");
        let done = shell(&format!("\"$1\" {words} > /dev/full"));
        assert_eq!(done.code(), 122, "{words}");
        assert!(
            done.errors()
                .starts_with("error CFD-406: the output could not be written"),
            "{words}: {}",
            done.errors()
        );
    }
}

#[test]
fn what_was_asked_for_and_is_not_there_is_told_as_that() {
    let bed = Bed::new();
    assert_eq!(bed.run(["exec", "--", "true"]).code(), 0);
    let listed = bed.run(["run", "list", "--limit", "0"]).text();
    assert!(listed.starts_with("RUN ") && listed.lines().count() == 1, "{listed}");
    for words in [["--since", "2099-01-01"], ["--task", "nope"]] {
        let told = bed.run([&["shadow", "report"], &words[..]].concat()).text();
        assert_eq!(
            told,
            "No run that --task and --since ask for is recorded and closed here.\n"
        );
    }
    let told = bed.run(["shadow", "report"]).text();
    assert!(
        told.starts_with("1 run recorded and closed\nNo candidate was on trial"),
        "{told}"
    );
}

/// Whether each hint of an answer that names a command has the `--config` of the command line.
fn hints_have(config: &str, told: &str) {
    for line in told.lines().filter(|line| line.contains("cofferdam ")) {
        for part in line.split("cofferdam ").skip(1) {
            assert!(part.starts_with(&format!("--config {config} ")), "{line}");
        }
    }
}

#[test]
fn the_gates_hints_can_be_typed_and_a_missing_share_is_one_of_them() {
    let house = House::new();
    let text = [&house.people, &house.plugins, &house.gate]
        .map(String::as_str)
        .concat();
    let digest = house
        .gate
        .lines()
        .find(|line| line.starts_with("corpus-digest"))
        .expect("one");
    let text = text.replace(digest, "");
    let config = house.office.bed.aside("gate.toml", &text).display().to_string();
    house.office.configure("");
    let asked = |plugin: &str, to: &str| house.run(&["--config", &config, "promote", plugin, "--to", to, "--check"]);
    let done = asked("third@3.0.0", "enforce");
    assert_eq!(done.code(), 1, "{}", done.errors());
    hints_have(&config, &done.text());
    assert!(done.text().contains("shadow report --plugin third"), "{}", done.text());
    assert!(
        done.text().contains("set policy.gate.corpus-digest\n"),
        "only what is missing is asked for: {}",
        done.text()
    );
    assert!(!done.text().contains("share"), "{}", done.text());
    let done = asked("second@2.0.0", "limited");
    assert_eq!(done.code(), 1, "{}", done.errors());
    assert!(
        done.text()
            .contains("missing     share            `limited` would choose no run")
            && done.text().contains("set plugins.second.share or plugins.second.tasks")
            && done.text().contains("approvals"),
        "{}",
        done.text()
    );
}

#[test]
fn a_label_that_the_gate_does_not_count_says_so() {
    let house = House::new();
    house.sessions(1);
    let place = house
        .run(&["sample", "second", "--count", "1"])
        .text()
        .trim()
        .to_owned();
    let label = |by: &str| {
        house
            .run(&["shadow", "label", &place, "true", "--by", by, "--why", "seen"])
            .text()
    };
    assert!(!label("ann").contains("the gate doesn't"));
    assert!(label("eve").contains("the gate doesn't: nobody among `people`"));
}

/// A configuration with a candidate beside version 1 of a detector.
fn beside(bed: &Bed) -> String {
    let first = packed(bed, "first", &tickets::first());
    let next = packed(bed, "next", &tickets::second());
    let text = format!(
        "[plugins.tickets]\nsource = \"{}\"\n[plugins.tickets-next]\nof = \"tickets\"\nmode = \"shadow\"\nsource = \"{}\"\n\
         [plugins.personal]\nmode = \"off\"\n[policy.candidate]\nmode = \"shadow\"\nsource = \"builtin:standard\"\n",
        first.display(),
        next.display()
    );
    bed.aside("beside.toml", text).display().to_string()
}

#[test]
fn a_guard_that_is_not_in_force_can_be_looked_at() {
    let bed = Bed::new();
    let config = beside(&bed);
    let with = |words: &[&str]| bed.run([&["--config", &config], words].concat());
    let inspected = |name: &str| -> Done {
        let done = with(&["plugin", "inspect", name]);
        assert_eq!(done.code(), 0, "{name}: {}", done.errors());
        done
    };
    let next = inspected("tickets-next").text();
    assert!(
        next.contains("state     not in force: its mode is `shadow`") && next.contains("version   2.0.0"),
        "{next}"
    );
    assert!(inspected("personal").text().contains("its mode is `off`"));
    assert!(inspected("policy.candidate").text().contains("kind      guard policy"));
    assert!(!inspected("tickets").text().contains("not in force"));
    let none = with(&["plugin", "inspect", "nope"]);
    assert_eq!(none.code(), 125);
    assert!(
        none.errors().contains("tickets-next") && none.errors().contains("personal"),
        "{}",
        none.errors()
    );
    let listed = with(&["plugin", "list"]).text();
    let rules = next
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("rules "))
        .expect("a count");
    let row = listed
        .lines()
        .find(|line| line.starts_with("tickets-next"))
        .expect("a row");
    assert!(
        row.split_whitespace().any(|word| word == rules.trim()),
        "{rules} in {row}"
    );
}

#[test]
fn a_place_of_a_replay_has_no_id_to_be_labelled_by() {
    let bed = Bed::new();
    let config = beside(&bed);
    let ticket = Random::new(93).text("abcdefghijklmnopqrstuvwxyz0123456789", 24);
    let text = serde_json::json!({ "text": format!("use old-{ticket} here"), "label": "positive" });
    let corpus = bed.aside("corpus.jsonl", format!("{text}\n")).display().to_string();
    let words = ["shadow", "replay", "--corpus", &corpus, "--candidate", "tickets-next"];
    let done = bed.run([&["--config", &config][..], &words].concat());
    assert_eq!(done.code(), 3, "{}{}", done.text(), done.errors());
    assert!(
        done.text().contains("tickets-next: 1 text of ") && done.text().contains("place 1 of this replay: "),
        "{}",
        done.text()
    );
    assert!(!done.text().contains("shadow label"), "{}", done.text());
}

#[test]
fn a_key_that_there_is_already_is_told_before_a_passphrase_is_asked_for() {
    let office = Office::new();
    office.person("ann", "\"approve\"");
    // Without a terminal, a question for a passphrase would be what is refused.
    let done = office.bed.run(["key", "new", "--name", "ann"]);
    assert_eq!(done.code(), 125);
    assert!(
        done.errors().contains("signing/ann.key is there already"),
        "{}",
        done.errors()
    );
    let listed = office.bed.run(["key", "list"]).text();
    assert!(listed.contains("  file signing/ann.key, advisory: "), "{listed}");
}

#[test]
fn a_cut_record_is_told_once() {
    let bed = Bed::new();
    let stop = bed
        .aside("stop.toml", "[records]\non-full = \"stop\"\n")
        .display()
        .to_string();
    let cut = |options: &str| {
        let script = format!(
            "ulimit -f 512; \"$1\" {options} exec -- head -c 4000000 /dev/zero > /dev/null; echo \"code $?\" >&2"
        );
        let mut command = Command::new("sh");
        command.args(["-c", &script, "sh"]).arg(program()).stdin(Stdio::null());
        bed.settle(&mut command);
        finish(&mut command).errors()
    };
    let said = cut("");
    assert_eq!(said.matches("CFD-502").count(), 1, "{said}");
    assert!(
        said.contains("(CFD-502); what follows is shown and not recorded; free some space\n")
            && said.ends_with("code 0\n"),
        "{said}"
    );
    let said = cut(&format!("--config {stop}"));
    assert_eq!(said.matches("CFD-502").count(), 1, "{said}");
    assert!(
        !said.contains("shown and not recorded") && said.ends_with("code 122\n"),
        "{said}"
    );
}

#[test]
fn what_another_finding_took_out_is_not_told_as_let_through() {
    let bed = Bed::new();
    let readme = fs::read_to_string(crate::bed::root().join("README.md")).expect("the README");
    let script = readme
        .split("$ cat demo.sh\n")
        .nth(1)
        .and_then(|rest| rest.split("\n```").next());
    let script = script.and_then(|rest| rest.split("\n\n").next()).expect("the demo");
    fs::write(bed.work().join("demo.sh"), script).expect("written");
    assert_eq!(bed.run(["exec", "--", "sh", "demo.sh"]).code(), 0);
    let shown = bed.run(["run", "show", "01"]).text();
    let through = shown.split("FOUND AND LET THROUGH").nth(1).expect("a part");
    let row = through
        .lines()
        .find(|line| line.contains("generic-key-argument"))
        .expect("a row");
    assert!(row.contains(" overlapped ") && !row.contains("let through"), "{shown}");
}
