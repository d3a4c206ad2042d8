//! Modes: what is in force in which run.

use cofferdam_tests::script::Line;
use cofferdam_tests::tickets;

use super::{configured, lines, of_kind, report};
use crate::bed::{Bed, finish};

const OLD: &str = "p1o2i3u4y5t6r7e8w9q0a1s2";

/// What a session of this task shows of a ticket of the old form, which only version 1 finds.
fn shows(bed: &Bed, config: &str, task: &str) -> bool {
    let script = [Line::Out(format!("with old-{OLD} ok\n").into_bytes())];
    let done = finish(&mut bed.exec(&["--config", config, "--task", task], "old", &script));
    // Where the version is in force, it is so by the configuration alone, which each run says.
    let is_said = done
        .errors()
        .lines()
        .all(|line| line.starts_with("warning CFD-716: `tickets-next` is in force"));
    assert!(done.code() == 0 && is_said, "{}", done.errors());
    done.text().contains(OLD)
}

#[test]
fn a_version_is_in_force_in_the_tasks_and_the_share_that_are_chosen_and_in_shadow_elsewhere() {
    let bed = Bed::new();
    let config = configured(&bed, &tickets::second(), "mode = \"limited\"\ntasks = [\"canary\"]\n");
    assert!(
        shows(&bed, &config, "canary"),
        "version 2 is in force, and finds nothing of the old form"
    );
    let run = bed.runs().pop().expect("a run");
    assert!(!run.join("shadow.jsonl").exists(), "nothing is on trial in it");
    assert!(!shows(&bed, &config, "other"), "version 1 is in force");
    let other = bed.work().join(".runs/other/cli");
    let run = std::fs::read_dir(other)
        .expect("a task")
        .next()
        .expect("a run")
        .expect("an entry")
        .path();
    assert_eq!(of_kind(&lines(&run), "shadow.place")[0]["effect"], "looser");

    let config = configured(&bed, &tickets::second(), "mode = \"limited\"\nshare = 100\n");
    assert!(shows(&bed, &config, "other"));
    let config = configured(&bed, &tickets::second(), "mode = \"enforce\"\n");
    assert!(
        shows(&bed, &config, "other"),
        "a version in force stands in for the other one"
    );
    let config = configured(&bed, &tickets::second(), "mode = \"off\"\n");
    assert!(!shows(&bed, &config, "other"));
}

#[test]
fn several_versions_are_on_trial_at_once_each_beside_what_is_in_force() {
    let bed = Bed::new();
    let third = super::packed(&bed, "third", &tickets::third());
    let more = format!(
        "mode = \"shadow\"\n[plugins.tickets-third]\nof = \"tickets\"\nsource = \"{}\"\nmode = \"shadow\"\n",
        third.display()
    );
    let config = configured(&bed, &tickets::second(), &more);
    assert!(!shows(&bed, &config, "default"));
    let lines = lines(&bed.run_folder());
    let told: Vec<_> = of_kind(&lines, "shadow.place")
        .iter()
        .map(|place| (place["candidate"].as_str(), place["class"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Some("tickets-next"), Some("only-incumbent")),
            (Some("tickets-third"), Some("agree"))
        ]
    );
}

#[test]
fn a_policy_on_trial_is_asked_about_the_same_findings_and_its_other_actions_are_told() {
    let bed = Bed::new();
    let text = "[shadow]\ndrain = \"20 s\"\n[policy.candidate]\nmode = \"shadow\"\nsource = \"builtin:standard\"\n\
                [policy.candidate.settings.defaults]\np0 = \"block\"\np1 = \"redact\"\np2 = \"redact\"\np3 = \"allow\"\n";
    let config = bed.aside("policy.toml", text).display().to_string();
    let checked = bed.run(["--config", &config, "shadow", "check"]);
    assert_eq!(checked.code(), 0, "{}", checked.errors());
    let token = super::token();
    let script = [
        Line::Out(format!("mail ada.lovelace@math-society.org and {token} here\n").into_bytes()),
        Line::Out(format!("again {token} end\n").into_bytes()),
        Line::Exit(3),
    ];
    let done = finish(&mut bed.exec(&["--config", &config], "policy", &script));
    assert_eq!(done.code(), 3);
    assert!(
        done.text().contains("end\n") && !done.text().contains(&token),
        "{}",
        done.text()
    );
    let lines = lines(&bed.run_folder());
    let places = of_kind(&lines, "shadow.place");
    let told: Vec<_> = places
        .iter()
        .map(|place| {
            let action = |side: &str| place[side]["action"].as_str();
            (action("incumbent"), action("challenger"), place["effect"].as_str())
        })
        .collect();
    let block = (Some("redact"), Some("block"), Some("stricter"));
    assert_eq!(told.iter().filter(|told| **told == block).count(), 2, "{told:?}");
    assert!(
        told.contains(&(Some("allow"), Some("redact"), Some("stricter"))),
        "{told:?}"
    );
    let (done, report) = report(&bed, &["--plugin", "policy.candidate"]);
    assert_eq!(report["candidates"][0]["kind"], "guard-policy");
    assert_eq!(report["candidates"][0]["places"]["different-action"], 3, "{report}");
    // The two are one component, and are told from each other by what they differ in.
    let text = done.text();
    let head = text
        .lines()
        .find(|line| line.starts_with("policy.candidate "))
        .expect("a head");
    let settings: Vec<&str> = head
        .split("settings ")
        .skip(1)
        .filter_map(|rest| rest.get(..12))
        .collect();
    assert!(matches!(settings.as_slice(), [own, other] if own != other), "{head}");
    assert!(text.contains("cofferdam approve policy"), "{text}");
    // Executed anew the policy is asked about what the detectors find, who are executed anew as well.
    let line = |text: &str| format!("{{\"text\":\"{text}\",\"label\":\"positive\"}}\n");
    let corpus = bed.aside(
        "policy.jsonl",
        line(&format!("a {token} here")) + &line("nothing at all"),
    );
    let corpus = corpus.display().to_string();
    let replay = [
        "shadow",
        "replay",
        "--candidate",
        "policy.candidate",
        "--corpus",
        &corpus,
    ];
    let done = bed.run([&["--config", &config][..], &replay].concat());
    assert!(
        done.code() == 3
            && done.text().contains("0 looser, 1 stricter, 0 the same")
            && !done.text().contains("not executed"),
        "{}{}",
        done.text(),
        done.errors()
    );
}

#[test]
fn a_check_tells_of_a_version_that_is_in_force_already() {
    let bed = Bed::new();
    let text = "[plugins.personal-next]\nof = \"personal\"\nsource = \"builtin:personal\"\nmode = \"enforce\"\n";
    let config = bed.aside("enforced.toml", text).display().to_string();
    let done = bed.run(["--config", &config, "shadow", "check"]);
    assert_eq!(
        (done.text().as_str(), done.code()),
        (
            "personal-next: in force in the place of personal because the configuration says so; no gate let it through\n\
             No other candidate is on trial.\n",
            0
        )
    );
}

#[test]
fn a_candidate_that_can_not_be_loaded_is_told_by_a_check_and_keeps_nothing_from_starting() {
    let bed = Bed::new();
    let broken = bed.aside("broken.wasm", b"this is no component");
    let text = format!(
        "[plugins.credentials-next]\nof = \"credentials\"\nsource = \"{}\"\nmode = \"shadow\"\n[plugins.personal-next]\nof = \"personal\"\n\
         source = \"nowhere.wasm\"\nmode = \"shadow\"\n",
        broken.display()
    );
    let config = bed.aside("broken.toml", text).display().to_string();
    let done = bed.run(["--config", &config, "shadow", "check"]);
    assert_eq!(done.code(), 1);
    assert!(
        done.errors().contains("CFD-202") && done.errors().contains("CFD-201"),
        "{}",
        done.errors()
    );
    let done = bed.run(["--config", &config, "exec", "--", "echo", "on it goes"]);
    assert_eq!(
        (done.text().as_str(), done.errors().as_str(), done.code()),
        ("on it goes\n", "", 0)
    );
    let lines = lines(&bed.run_folder());
    let begun = of_kind(&lines, "shadow.begun")[0];
    let states: Vec<_> = begun["candidates"]
        .as_array()
        .expect("two")
        .iter()
        .map(|told| told["code"].as_str())
        .collect();
    assert_eq!(states, [Some("CFD-202"), Some("CFD-201")]);
    let (done, told) = report(&bed, &[]);
    assert!(
        done.text().contains("it ran in no run") && told["candidates"][0]["nothingLooser"] == false,
        "{}",
        done.text()
    );
}
