//! History is append-only: what was shown is in the record whatever ends the host, and what was changed later is found.

use std::fs;
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cofferdam_tests::plant::{Outlet, Text};
use cofferdam_tests::script::Line;

use crate::bed::{Bed, finish, frames, lives};
use crate::search::Search;

#[test]
fn shown_5_nothing_acknowledged_is_missing_after_the_host_was_killed() {
    let text = Text::with_everything(71);
    let script: Vec<Line> = [Line::Out(text.chunks(&[]).concat()), Line::Again].into();
    let whole = text.guarded(Outlet::Pipe, &[]);
    for bytes in [1, 5_000, 300_000, 2_500_000] {
        let bed = Bed::new();
        let mut host = bed.exec(&[], "script", &script).spawn().expect("started");
        let mut stdout = host.stdout.take().expect("piped");
        let mut shown = vec![0; bytes];
        stdout.read_exact(&mut shown).expect("so much is printed");
        host.kill().expect("it still runs");
        assert_eq!(host.wait().expect("ended").signal(), Some(9));
        // What the host had written before its end is still in the pipe.
        stdout.read_to_end(&mut shown).expect("to its end");

        let run = bed.run_folder();
        let recorded = frames(&run, "stdout");
        assert!(
            recorded.starts_with(&shown),
            "{} bytes were shown, {} are recorded",
            shown.len(),
            recorded.len()
        );
        let mut wanted = whole.iter().cycle();
        assert!(
            recorded.iter().all(|byte| wanted.next() == Some(byte)),
            "nothing else is"
        );
        let (code, said) = bed.verify(&run);
        assert_eq!(code, 3, "{said}");
        assert!(said.contains("interrupted"), "{said}");
        let id = run.file_name().and_then(|name| name.to_str()).expect("a run's id");
        assert_eq!(bed.run(["run", "output", id]).out, recorded);
        for place in bed.places() {
            Search::of(text.plants()).none_below(&place);
        }
        // The record opens, and the next run isn't in its way.
        assert!(bed.run(["run", "list"]).text().contains("cut off"));
        assert_eq!(bed.run(["exec", "--", "true"]).code(), 0);
    }
}

#[test]
fn the_child_ends_with_a_host_that_was_killed() {
    let bed = Bed::new();
    let mut command = bed.command(["exec", "--", "sh", "-c", "echo $$; exec sleep 1000"]);
    let mut host = command.spawn().expect("started");
    let mut byte = [0];
    let mut said = String::new();
    let mut stdout = host.stdout.take().expect("piped");
    while stdout.read(&mut byte).expect("read") > 0 && byte[0] != b'\n' {
        said.push(char::from(byte[0]));
    }
    host.kill().expect("it still runs");
    host.wait().expect("ended");
    assert!(
        crate::bed::eventually(Duration::from_secs(20), || !lives(said.trim())),
        "{said} lives"
    );
}

/// A closed run that has something of everything in it.
fn recorded() -> (Bed, PathBuf) {
    let bed = Bed::new();
    let text = Text::with_everything(72);
    let mut script: Vec<Line> = text.chunks(&text.places()).into_iter().map(Line::Out).collect();
    script.push(Line::Err(b"and to the other side\n".to_vec()));
    script.push(Line::Exit(5));
    assert_eq!(finish(&mut bed.exec(&[], "script", &script)).code(), 5);
    let run = bed.run_folder();
    let (code, said) = bed.verify(&run);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("valid"), "{said}");
    (bed, run)
}

/// Changes one file of a record, and puts it back after the verdict.
struct Change<'a> {
    bed: &'a Bed,
    run: &'a Path,
    file: PathBuf,
    before: Vec<u8>,
}

impl<'a> Change<'a> {
    fn of(bed: &'a Bed, run: &'a Path, file: impl AsRef<Path>) -> Self {
        let file = run.join(file);
        let before = fs::read(&file).expect("a file of the record");
        Self { bed, run, file, before }
    }

    /// What verify says of the record with this in the file.
    fn to(&self, what: &str, bytes: &[u8]) -> (i32, String) {
        assert!(bytes != self.before, "{what} changes the file");
        fs::write(&self.file, bytes).expect("written");
        let verdict = self.bed.verify(self.run);
        fs::write(&self.file, &self.before).expect("written");
        (verdict.0, format!("{what}: {}", verdict.1))
    }

    fn is_found(&self, what: &str, bytes: &[u8]) {
        let (code, said) = self.to(what, bytes);
        assert_eq!(code, 4, "{said}");
        assert!(said.contains("tampered at "), "{said}");
    }

    fn lines(&self) -> Vec<Vec<u8>> {
        self.before
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect()
    }
}

#[test]
fn shown_5_altered_removed_swapped_and_cut_records_are_each_found() {
    let (bed, run) = recorded();
    let log = Change::of(&bed, &run, "events.jsonl");
    let lines = log.lines();
    for place in 0..lines.len() {
        let mut altered = lines.clone();
        let middle = altered[place].len() / 2;
        altered[place][middle] ^= 1;
        log.is_found(&format!("entry {place} altered"), &altered.concat());
        let mut removed = lines.clone();
        removed.remove(place);
        // Without its last lines a log looks as if it had been cut off; the state folder knows that it was closed.
        log.is_found(&format!("entry {place} removed"), &removed.concat());
        if place > 0 {
            let mut swapped = lines.clone();
            swapped.swap(place - 1, place);
            log.is_found(&format!("entry {place} swapped"), &swapped.concat());
        }
        log.is_found(&format!("cut before entry {place}"), &lines[..place].concat());
    }
    let mut torn = log.before.clone();
    torn.truncate(torn.len() - 9);
    log.is_found("torn in the last entry", &torn);
    log.is_found(
        "one entry more",
        &[log.before.as_slice(), &lines[lines.len() - 1]].concat(),
    );

    for file in [
        "frames/stdout/000000.seg",
        "frames/stderr/000000.seg",
        "frames/index.jsonl",
    ] {
        let change = Change::of(&bed, &run, file);
        let mut altered = change.before.clone();
        altered[3] ^= 1;
        change.is_found(&format!("{file} altered"), &altered);
        change.is_found(&format!("{file} cut"), &change.before[..change.before.len() - 1]);
        change.is_found(&format!("{file} longer"), &[change.before.as_slice(), b"x"].concat());
    }
    let manifest = Change::of(&bed, &run, "manifest.json");
    let text = String::from_utf8(manifest.before.clone()).expect("JSON");
    manifest.is_found(
        "another exit code",
        text.replace("\"exit_code\": 5", "\"exit_code\": 0").as_bytes(),
    );

    let segment = run.join("frames/stdout/000000.seg");
    fs::rename(&segment, run.join("aside")).expect("moved");
    let (code, said) = bed.verify(&run);
    assert_eq!(code, 4, "a missing segment: {said}");
    fs::rename(run.join("aside"), &segment).expect("moved");
    assert_eq!(bed.verify(&run).0, 0, "as it was");
}

#[test]
fn shown_5_a_record_whose_head_is_kept_nowhere_is_unanchored() {
    let (bed, run) = recorded();
    fs::remove_dir_all(bed.state()).expect("removed");
    let (code, said) = bed.verify(&run);
    assert_eq!(code, 5, "{said}");
    assert!(said.contains("unanchored"), "{said}");
}

#[test]
fn records_are_for_their_user_alone_and_hidden_from_git() {
    let (bed, run) = recorded();
    let task = run.parent().and_then(Path::parent).expect("a task");
    for place in [
        &bed.work().join(".runs"),
        &bed.work().join("out"),
        task,
        &run,
        &run.join("frames"),
        &bed.state(),
    ] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(place).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", place.display());
    }
    let git = |words: &[&str]| {
        let mut command = Command::new("git");
        command.args(words);
        bed.settle(&mut command);
        finish(&mut command)
    };
    assert_eq!(git(&["init", "--quiet"]).code(), 0);
    assert_eq!(git(&["status", "--porcelain", "--untracked-files=all"]).text(), "");
}
