//! What the program says: hints that do what they are about, errors with a code and a name, and a run told in words.

use std::path::Path;

use cofferdam_tests::random::Random;
use cofferdam_tests::script::Line;
use serde_json::Value;

use crate::bed::{Bed, finish, guest, program, root};
use crate::outer::converse;

/// A policy that nobody approved.
const LOOSER: &str = "[policy.settings.defaults]\np0 = \"redact\"\np1 = \"allow\"\np2 = \"allow\"\np3 = \"allow\"\n";

/// A made-up token, assembled so that nothing takes this file for a leak.
fn token() -> String {
    let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    ["gh", "p_", &Random::new(95).text(letters, 36)].concat()
}

/// The id of a run's folder.
fn id(run: &Path) -> String {
    run.file_name().expect("it has one").to_string_lossy().into_owned()
}

#[test]
fn hints_name_the_configuration_that_they_are_about() {
    let bed = Bed::new();
    let config = bed.aside("my operator.toml", LOOSER).display().to_string();
    let with = |words: &str| format!("cofferdam --config '{config}' {words}");
    let done = bed.run(["--config", &config, "exec", "--", "true"]);
    assert_eq!(done.code(), 125);
    assert!(
        done.errors().contains(&format!("`{}`", with("approve policy"))),
        "{}",
        done.errors()
    );
    let shown = bed.run(["--config", &config, "approve", "policy"]).text();
    assert!(
        shown.contains(&format!("To approve it: {}", with("approve policy sha256:"))),
        "{shown}"
    );
    let told = bed.run(["--config", &config, "doctor"]).text();
    assert!(told.contains(&with("approve policy")), "{told}");
    // What is advised is what helps: typed as it stands, it shows the same digest as the error.
    let digest = shown
        .split("sha256:")
        .nth(1)
        .and_then(|rest| rest.get(..64))
        .expect("a digest");
    assert!(done.errors().contains(digest));
    let shell = format!(
        "PATH={}:$PATH; {}",
        program().parent().expect("a folder").display(),
        with("approve policy")
    );
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &shell]);
    bed.settle(&mut command);
    assert!(finish(&mut command).text().contains(digest));
    // Without --config there is nothing to be added.
    let none = bed.run(["run", "list"]).text();
    assert_eq!(
        none,
        "No run is recorded here. `cofferdam exec -- COMMAND` records one.\n"
    );
}

#[test]
fn the_example_of_the_docs_asks_for_the_approval_that_they_tell_of() {
    let docs = std::fs::read_to_string(root().join("docs/configuration.md")).expect("the docs");
    let (_, section) = docs.split_once("\n## An operator's file\n").expect("a section");
    let (before, rest) = section.split_once("```toml\n").expect("an example");
    assert!(
        before.contains("CFD-701"),
        "told before the example, and not behind it: {before}"
    );
    let example = rest.split_once("```").expect("it ends").0;
    let bed = Bed::new();
    let config = bed.aside("guard.toml", example).display().to_string();
    bed.aside("ticket.wasm", std::fs::read(guest("hostile")).expect("a guest"));
    let done = bed.run(["--config", &config, "exec", "--", "true"]);
    assert_eq!(done.code(), 125);
    assert!(done.errors().contains("error CFD-701: "), "{}", done.errors());
    // And without the table that the docs name, nobody has to approve anything.
    let (first, rest) = example
        .split_once("# The built-in policy's own settings.")
        .expect("it is marked");
    let (_, last) = rest.split_once("# A detector of your own").expect("what follows");
    let floors = bed
        .aside("floors.toml", format!("{first}# A detector of your own{last}"))
        .display()
        .to_string();
    let done = bed.run(["--config", &floors, "exec", "--", "true"]);
    assert!(!done.errors().contains("CFD-701"), "{}", done.errors());
}

#[test]
fn a_wrong_command_line_has_a_code() {
    let bed = Bed::new();
    for words in [
        &["--nonsense"][..],
        &["run", "show"],
        &["exec", "--task"],
        &["nonsense"],
        &["run"],
        &[],
    ] {
        let done = bed.run(words);
        assert_eq!((done.code(), done.text().as_str()), (125, ""), "{words:?}");
        let errors = done.errors();
        let coded = errors
            .lines()
            .filter(|line| line.starts_with("error CFD-601: "))
            .count();
        assert_eq!(coded, 1, "{words:?}: {errors}");
        assert!(
            !errors.contains("\nerror: ") && !errors.starts_with("error: "),
            "{errors}"
        );
    }
    let help = bed.run(["--help"]);
    assert_eq!((help.code(), help.errors().as_str()), (0, ""));
}

#[test]
fn a_command_that_cannot_be_run_is_named_without_what_a_guard_takes_out() {
    let bed = Bed::new();
    let done = bed.run(["exec", "--", "no-such-command"]);
    assert!(
        done.errors().starts_with("error CFD-401: `no-such-command`: "),
        "{}",
        done.errors()
    );
    std::fs::write(bed.work().join("plain"), "text").expect("written");
    let done = bed.run(["exec", "--", "./plain"]);
    assert!(
        done.errors().starts_with("error CFD-402: `./plain`: "),
        "{}",
        done.errors()
    );
    let done = bed.run(["exec", "--", &format!("./{}\x1b[2J", token())]);
    let errors = done.errors();
    assert!(
        errors.starts_with("error CFD-401: `./ghp_[redacted:github-token]"),
        "{errors}"
    );
    assert!(!errors.contains(&token()[4..]) && !errors.contains('\x1b'), "{errors}");
}

#[test]
fn what_is_said_begins_on_a_line_of_its_own() {
    let bed = Bed::new();
    let config = bed.aside("block.toml", "[policy.at-least]\n\"credential.scm\" = \"block\"\n");
    let config = config.display().to_string();
    std::fs::write(
        bed.work().join("half.sh"),
        format!("printf 'half a line {} and '; sleep 60", token()),
    )
    .expect("written");
    for mode in ["--pty", "--pipe"] {
        let (shown, code) = converse(
            &bed,
            &[
                "--color", "never", "--config", &config, "exec", mode, "--", "sh", "half.sh",
            ],
            &[],
        );
        assert_eq!(code, 121, "{shown}");
        let lines: Vec<&str> = shown.lines().collect();
        let own = |begin: &str| lines.iter().any(|line| line.trim_end().starts_with(begin));
        assert!(
            own("half a line ") && own("cofferdam: blocked: ") && own("error CFD-301: "),
            "{shown:?}"
        );
        assert!(
            !shown.contains("\n\r\n") && !shown.contains("\n\n"),
            "and no line is empty: {shown:?}"
        );
    }
    // So does what a filter says, where both go to one place.
    std::fs::write(bed.work().join("half"), format!("half {} and on", token())).expect("written");
    let words = format!("{} --config {config} filter < half", program().display());
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &format!("{words} > both 2>&1")]);
    bed.settle(&mut shell);
    assert_eq!(finish(&mut shell).code(), 121);
    let both = std::fs::read_to_string(bed.work().join("both")).expect("written");
    assert!(both.contains("]\nerror CFD-301: the guard blocked"), "{both}");
    // Where messages go elsewhere, nothing is put between.
    let done = finish(&mut bed.exec(&["-v"], "script", &[Line::Out(format!("a {} b", token()).into_bytes())]));
    assert!(done.errors().starts_with("cofferdam: redacted: "), "{}", done.errors());
}

#[test]
fn a_run_is_told_in_words_and_as_json() {
    let bed = Bed::new();
    let first = "for no in 1 2; do echo token $1; done; echo ann@example.org; exit 3";
    let done = bed.run(["exec", "--task", "one", "--", "sh", "-c", first, "sh", &token()]);
    assert_eq!(done.code(), 3);
    assert_eq!(bed.run(["exec", "--", "no-such-command"]).code(), 127);
    let runs = bed.runs();
    let shown = bed.run(["run", "show", &id(&runs[0])]);
    assert_eq!((shown.code(), shown.errors().as_str()), (0, ""));
    let text = shown.text();
    let is_wide = |line: &&str| line.chars().count() > 110 && !line.starts_with("  command");
    assert_eq!(text.lines().find(is_wide), None, "{text}");
    assert!(!text.contains(&token()[4..]), "{text}");
    // Ids, times, places, digests and how many events there are differ from run to run; what stands around them
    // doesn't.
    let settled: Vec<String> = text
        .replace(&id(&runs[0]), "RUN")
        .replace(&bed.work().canonicalize().expect("there").display().to_string(), "WORK")
        .replace(&bed.work().display().to_string(), "WORK")
        .lines()
        .map(|line| match line.split_once("sha256:") {
            Some((before, _)) => format!("{before}sha256:…"),
            None if line.starts_with("  began") => "  began      …, and took …".to_owned(),
            // How many there are hangs on how the output came in pieces.
            None if line.contains(" events, ") => {
                let at = line.find(" events, ").expect("it is there");
                format!("  N{}", &line[at..])
            }
            None => line.to_owned(),
        })
        .collect();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("run-show", settled.join("\n"));
    });
    let json = bed.run(["run", "show", &id(&runs[0]), "--json"]).text();
    assert_eq!(
        json,
        std::fs::read_to_string(runs[0].join("manifest.json")).expect("a manifest")
    );

    let other = bed.run(["run", "show", &id(&runs[1])]).text();
    assert!(
        other.contains("exit code  127, as shells give it") && other.contains("Nothing was found"),
        "{other}"
    );

    let ids = |words: &[&str]| -> Vec<String> {
        let done = bed.run([&["run", "list", "--json"], words].concat());
        assert_eq!((done.code(), done.errors().as_str()), (0, ""));
        done.text()
            .lines()
            .map(|line| {
                let manifest: Value = serde_json::from_str(line).expect("a line of JSON");
                manifest["run"]["run"].as_str().expect("an id").to_owned()
            })
            .collect()
    };
    assert_eq!(ids(&[]), [id(&runs[1]), id(&runs[0])]);
    assert_eq!(ids(&["--limit", "1"]), [id(&runs[1])]);
    assert_eq!(ids(&["--task", "one"]), [id(&runs[0])]);
    assert_eq!(ids(&["--task", "one", "--task", "default"]).len(), 2);
    let none = bed.run(["run", "list", "--task", "two"]).text();
    assert_eq!(none, "No run of this task is recorded here.\n");
}

#[test]
fn a_changed_log_is_told_of_and_what_it_says_steers_no_terminal() {
    let bed = Bed::new();
    assert_eq!(bed.run(["exec", "--", "echo", &token()]).code(), 0);
    let run = bed.run_folder();
    let manifest = std::fs::read_to_string(run.join("manifest.json")).expect("a manifest");
    let changed = manifest.replacen("\"command\": \"echo", "\"command\": \"\\u001b[2Jecho", 1);
    assert_ne!(manifest, changed);
    std::fs::write(run.join("manifest.json"), changed).expect("written");
    let log = std::fs::read_to_string(run.join("events.jsonl")).expect("a log");
    std::fs::write(
        run.join("events.jsonl"),
        log.replacen("guard.decision", "guard.decisiom", 1),
    )
    .expect("written");
    let text = bed.run(["run", "show", &id(&run)]).text();
    assert!(
        text.contains("THE LOG CAN'T BE READ TO ITS END") && !text.contains('\x1b'),
        "{text}"
    );
}

#[test]
fn what_a_run_showed_is_written_again() {
    let bed = Bed::new();
    let session = "echo one; echo two >&2; sleep 0.2; echo token $1; sleep 0.2; echo four >&2";
    let done = bed.run(["exec", "--", "sh", "-c", session, "sh", &token()]);
    let (text, errors) = (done.text(), "two\nfour\n");
    assert!(text.starts_with("one\ntoken ghp_"), "{text}");
    let run = id(&bed.run_folder());
    let output = |words: &[&str]| {
        let done = bed.run([&["run", "output", &run[..18]], words].concat());
        assert_eq!(done.code(), 0, "{}", done.errors());
        (done.text(), done.errors())
    };
    assert_eq!(output(&[]), (text.clone(), errors.to_owned()));
    assert_eq!(output(&["--stream", "stdout"]), (text, String::new()));
    assert_eq!(output(&["--stream", "stderr"]), (errors.to_owned(), String::new()));
    assert_eq!(output(&["--stream", "terminal"]), (String::new(), String::new()));
}

/// What was put into a record afterwards was cleared by nobody.
#[test]
fn nothing_of_a_changed_record_is_shown() {
    for change in ["frames/stdout/000000.seg", "frames/index.jsonl", "events.jsonl"] {
        let bed = Bed::new();
        assert_eq!(bed.run(["exec", "--", "echo", "one"]).code(), 0);
        let run = bed.run_folder();
        let place = run.join(change);
        let text = std::fs::read_to_string(&place).expect("there");
        std::fs::write(&place, format!("{text}{}", text.replace("one", "\x1b]52;c;aGk=\x07"))).expect("written");
        let done = bed.run(["run", "output", &id(&run)]);
        assert_eq!((done.code(), done.text().as_str()), (125, ""), "{change}");
        assert!(
            done.errors().starts_with("error CFD-504: "),
            "{change}: {}",
            done.errors()
        );
    }
}

/// Of a long session the record keeps the beginning and the end, and says so.
#[test]
fn what_a_record_leaves_out_of_a_run_is_told() {
    let bed = Bed::new();
    let few = bed
        .aside("few.toml", "[records]\nframes = 65536\n")
        .display()
        .to_string();
    let done = bed.run(["--config", &few, "exec", "--", "seq", "-f", "line %.0f", "100000"]);
    assert_eq!(done.code(), 0, "{}", done.errors());
    let again = bed.run(["run", "output", &id(&bed.run_folder())]);
    let (text, errors) = (again.text(), again.errors());
    assert!(
        text.starts_with("line 1\nline 2\n") && text.ends_with("line 100000\n"),
        "{}",
        text.len()
    );
    assert!(text.len() < 200_000, "{}", text.len());
    assert!(errors.contains(" in the midst of stdout were not kept: "), "{errors}");
}
