//! Where records lie, who can read them, and what is in them.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use cofferdam_model::Code;
use cofferdam_model::record::{Manifest, Metrics, Outcome, State};

use super::super::{RecordError, RunRecorder, Verdict, find, list};
use super::{Home, at, close, completed, fill, started};

fn all_files(folder: &Path, found: &mut Vec<(String, u32)>, root: &Path) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let mode = path.symlink_metadata().expect("metadata").permissions().mode() & 0o777;
        let name = path
            .strip_prefix(root)
            .expect("beneath")
            .to_str()
            .expect("a plain name")
            .to_owned();
        let is_folder = path.is_dir();
        found.push((if is_folder { format!("{name}/") } else { name }, mode));
        if is_folder {
            all_files(&path, found, root);
        }
    }
}

#[test]
fn the_layout_is_that_of_the_design_and_private() {
    let home = Home::new();
    let mut recorder = home.record(1);
    fill(&mut recorder);
    let folder = close(recorder);
    assert_eq!(home.verify(&folder), Verdict::Valid);
    let mut found = Vec::new();
    all_files(home.base(), &mut found, home.base());
    for (name, mode) in &found {
        assert_eq!(*mode, if name.ends_with('/') { 0o700 } else { 0o600 }, "{name}");
    }
    let mut names: Vec<_> = found.into_iter().map(|(name, _)| name).collect();
    names.sort();
    let run = folder
        .strip_prefix(home.base())
        .expect("beneath")
        .to_str()
        .expect("a plain name");
    let mut expected = vec![
        ".runs/",
        ".runs/.gitignore",
        ".runs/demo/",
        ".runs/demo/cli/",
        ".runs/demo/events.jsonl",
    ];
    expected.extend([
        ".runs/demo/metrics.json",
        "out/",
        "out/.gitignore",
        "out/demo/",
        "out/demo/state.json",
    ]);
    expected.extend(["state/", "state/heads.jsonl"]);
    let mut expected: Vec<_> = expected.into_iter().map(str::to_owned).collect();
    for name in [
        "",
        "events.jsonl",
        "manifest.json",
        "frames/",
        "frames/index.jsonl",
        "frames/stdout/",
    ] {
        expected.push(format!("{run}/{name}"));
    }
    for name in ["frames/stdout/000000.seg", "frames/stderr/", "frames/stderr/000000.seg"] {
        expected.push(format!("{run}/{name}"));
    }
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(
        std::fs::read(home.base().join(".runs/.gitignore")).expect("a file"),
        b"*\n"
    );
}

#[test]
fn folders_that_others_could_enter_are_closed_and_a_foreign_out_is_left_alone() {
    let home = Home::new();
    for name in [".runs", "out"] {
        std::fs::create_dir(home.base().join(name)).expect("a folder");
        std::fs::set_permissions(home.base().join(name), std::fs::Permissions::from_mode(0o755)).expect("a mode");
    }
    drop(home.record(1));
    let mode = |name: &str| {
        home.base()
            .join(name)
            .metadata()
            .expect("metadata")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!((mode(".runs"), mode("out"), mode("out/demo")), (0o700, 0o755, 0o700));
    assert!(!home.base().join("out/.gitignore").exists());
    assert!(home.base().join("out/demo/.gitignore").exists());
}

#[test]
fn a_place_that_cannot_take_records_is_a_clear_error_before_the_start() {
    let home = Home::new();
    std::fs::write(home.base().join(".runs"), b"").expect("a file");
    let error = RunRecorder::create(home.base(), started(1), home.options(), at(0))
        .err()
        .expect("an error");
    assert_eq!(error.code(), Code::RecordCreate);
    // Nothing can be made in this folder, not even by root.
    let error = RunRecorder::create(Path::new("/proc"), started(1), home.options(), at(0))
        .err()
        .expect("an error");
    assert_eq!(error.code(), Code::RecordCreate);
    assert!(
        error.to_string().contains(".runs") && !error.to_string().contains("/proc"),
        "{error}"
    );
}

#[test]
fn records_are_not_written_through_a_link() {
    let home = Home::new();
    let elsewhere = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(elsewhere.path(), home.base().join(".runs")).expect("a link");
    let error = RunRecorder::create(home.base(), started(1), home.options(), at(0))
        .err()
        .expect("an error");
    assert!(matches!(error, RecordError::NotAFolder { .. }), "{error}");
    assert_eq!(std::fs::read_dir(elsewhere.path()).expect("a folder").count(), 0);
}

#[test]
fn folds_say_what_happened() {
    let home = Home::new();
    let mut recorder = home.record(1);
    let folder = recorder.folder();
    assert!(
        list(home.base()).expect("a list")[0].live,
        "a run that is recorded is live"
    );
    fill(&mut recorder);
    close(recorder);
    let read = |path: &Path| std::fs::read(path).expect("a file");
    let manifest: Manifest = serde_json::from_slice(&read(&folder.join("manifest.json"))).expect("a manifest");
    assert_eq!(
        (manifest.outcome(), manifest.tally.decisions),
        (Some(Outcome::Completed), 1)
    );
    let metrics: Metrics =
        serde_json::from_slice(&read(&home.base().join(".runs/demo/metrics.json"))).expect("metrics");
    assert_eq!((metrics.instance_stats.opened, metrics.privacy_events.total), (1, 1));
    assert_eq!(
        (metrics.throughput.raw_bytes, metrics.throughput.cleared_bytes),
        (44, 35)
    );
    let state: State = serde_json::from_slice(&read(&home.base().join("out/demo/state.json"))).expect("state");
    let handle = &state.handles[&manifest.run.run];
    assert!(
        handle
            .artefacts
            .iter()
            .all(|artefact| home.base().join(&artefact.path).exists())
    );
}

#[test]
fn a_handle_that_no_host_wrote_is_made_again() {
    let home = Home::new();
    home.record(1);
    let path = home.base().join("out/demo/state.json");
    let whole = std::fs::read_to_string(&path).expect("a state");
    let before: State = serde_json::from_str(&whole).expect("a state");
    let handle = whole
        .lines()
        .find(|line| line.contains("artefacts"))
        .and_then(|line| line.split_once(": "))
        .expect("a handle on a line")
        .1;
    let long = format!("{{\"outcome\":null,\"more\":\"{}\"}}", "x".repeat(5000));
    for (number, foreign) in (2..).zip([r#"{"note":1}"#, "7", "{\"outcome\":null,\n\"more\":1}", &long]) {
        std::fs::write(&path, whole.replace(handle, foreign)).expect("a file");
        home.record(number);
        let state: State = serde_json::from_slice(&std::fs::read(&path).expect("a state")).expect("a state");
        let run = started(1).run;
        assert_eq!(state.handles[&run], before.handles[&run], "{foreign}");
    }
}

#[test]
fn runs_are_found_by_the_beginning_of_their_ids() {
    let home = Home::new();
    assert_eq!(list(home.base()).expect("a list").len(), 0);
    let (one, two) = (home.record(1), home.record(2));
    let id = started(2).run.to_string();
    let runs = list(home.base()).expect("a list");
    assert_eq!(
        runs.iter().map(|run| run.run).collect::<Vec<_>>(),
        [started(2).run, started(1).run]
    );
    assert_eq!(
        find(home.base(), &id.to_ascii_uppercase()).expect("a run").folder,
        two.folder()
    );
    assert!(matches!(find(home.base(), &id[..8]), Err(RecordError::Ambiguous(2))));
    assert!(matches!(find(home.base(), "zzz"), Err(RecordError::Unknown)));
    drop(one);
}

#[test]
fn the_recorder_keeps_its_own_events_to_itself() {
    let home = Home::new();
    let mut recorder = home.record(1);
    let closing = cofferdam_model::record::Event::RunStarted(Box::new(started(1)));
    assert!(matches!(
        recorder.append(closing, at(1)),
        Err(RecordError::Reserved("run.started"))
    ));
    assert!(matches!(
        recorder.append(super::exited(), at(1)),
        Err(RecordError::Illegal(_))
    ));
    let folder = recorder.folder();
    recorder.finish(completed(), at(2)).expect("a finished record");
    assert_eq!(home.verify(&folder), Verdict::Valid);
}
