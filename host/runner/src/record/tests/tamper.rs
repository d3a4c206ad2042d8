//! Invariant 8, history is append-only: every change of a record is found.

use std::path::{Path, PathBuf};

use cofferdam_model::record::{Channel, Event};

use super::super::{Place, Verdict};
use super::{Home, at, close, decision, exited, fill};

fn closed(home: &Home) -> PathBuf {
    let mut recorder = home.record(1);
    fill(&mut recorder);
    let folder = close(recorder);
    assert_eq!(home.verify(&folder), Verdict::Valid);
    folder
}

fn is_tampered(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Tampered { .. })
}

/// Runs `check` with the file's content changed to each of these, then puts it back.
fn with_each(path: &Path, changed: impl IntoIterator<Item = Vec<u8>>, mut check: impl FnMut(usize)) {
    let right = std::fs::read(path).expect("a file");
    for (number, bytes) in changed.into_iter().enumerate() {
        std::fs::write(path, bytes).expect("a changed file");
        check(number);
    }
    std::fs::write(path, right).expect("the right file");
}

#[test]
fn invariant_8_history_is_append_only_in_every_byte_of_every_file() {
    let home = Home::new();
    let folder = closed(&home);
    let frames = [
        "frames/index.jsonl",
        "frames/stdout/000000.seg",
        "frames/stderr/000000.seg",
    ];
    let mut paths: Vec<_> = ["events.jsonl", "manifest.json"]
        .iter()
        .chain(&frames)
        .map(|name| folder.join(name))
        .collect();
    paths.push(home.state().join("heads.jsonl"));
    for path in paths {
        let right = std::fs::read(&path).expect("a file");
        let flipped = (0..right.len()).map(|at| {
            let mut bytes = right.clone();
            bytes[at] ^= 1 << (at % 8);
            bytes
        });
        with_each(&path, flipped, |at| {
            assert!(is_tampered(&home.verify(&folder)), "byte {at} of {}", path.display());
        });
    }
    assert_eq!(home.verify(&folder), Verdict::Valid);
}

#[test]
fn invariant_8_a_cut_is_found_at_every_byte_of_a_closed_record() {
    let home = Home::new();
    let folder = closed(&home);
    let path = folder.join("events.jsonl");
    let right = std::fs::read(&path).expect("a file");
    with_each(&path, (0..right.len()).map(|end| right[..end].to_vec()), |end| {
        assert!(is_tampered(&home.verify(&folder)), "cut at byte {end}");
    });
}

#[test]
fn invariant_8_removed_swapped_and_repeated_lines_are_found() {
    let home = Home::new();
    let folder = closed(&home);
    let path = folder.join("events.jsonl");
    let right = std::fs::read(&path).expect("a file");
    let lines: Vec<_> = right.split_inclusive(|byte| *byte == b'\n').collect();
    let mut changed = Vec::new();
    for at in 0..lines.len() {
        let mut removed = lines.clone();
        removed.remove(at);
        let mut repeated = lines.clone();
        repeated.insert(at, lines[at]);
        changed.extend([removed.concat(), repeated.concat()]);
        for other in 0..at {
            let mut swapped = lines.clone();
            swapped.swap(at, other);
            changed.push(swapped.concat());
        }
    }
    with_each(&path, changed, |number| {
        assert!(is_tampered(&home.verify(&folder)), "change {number}")
    });
}

#[test]
fn invariant_8_files_that_are_missing_foreign_or_stale_are_found() {
    let home = Home::new();
    let folder = closed(&home);
    for name in [
        "events.jsonl",
        "manifest.json",
        "frames/index.jsonl",
        "frames/stderr/000000.seg",
    ] {
        let (path, aside) = (folder.join(name), home.base().join("aside"));
        std::fs::rename(&path, &aside).expect("moved aside");
        assert!(is_tampered(&home.verify(&folder)), "{name} is missing");
        std::fs::rename(&aside, &path).expect("moved back");
    }
    for name in ["frames/stdout/000001.seg", "frames/other"] {
        std::fs::write(folder.join(name), b"x").expect("a file");
        let verdict = home.verify(&folder);
        assert!(
            matches!(verdict, Verdict::Tampered { at: Place::Frames, .. }),
            "{name}: {verdict:?}"
        );
        std::fs::remove_file(folder.join(name)).expect("removed");
    }
    let mut other = home.record(2);
    fill(&mut other);
    let other = close(other);
    with_each(
        &folder.join("events.jsonl"),
        [std::fs::read(other.join("events.jsonl")).expect("a file")],
        |_| {
            assert!(is_tampered(&home.verify(&folder)), "the log of another run");
        },
    );
    assert_eq!(home.verify(&folder), Verdict::Valid);
}

#[test]
fn invariant_8_a_record_that_was_rewritten_or_rolled_back_as_a_whole_is_found_by_its_head() {
    let home = Home::new();
    let folder = closed(&home);
    // The same run made again elsewhere, with one byte of output changed: everything in it fits together.
    let elsewhere = Home::new();
    let mut forged = elsewhere.record(1);
    forged
        .append(Event::ProcessStarted { pid: 42 }, at(1))
        .expect("a start");
    let read = |name: &str| std::fs::read(forged.folder().join(name)).expect("a file");
    let early = [
        ("events.jsonl", read("events.jsonl")),
        ("manifest.json", read("manifest.json")),
    ];
    forged.output_bytes(Channel::Stdout, b"hullo ", at(2)).expect("output");
    forged.append(exited(), at(6)).expect("an end");
    let forged = close(forged);
    assert_eq!(elsewhere.verify(&forged), Verdict::Valid);
    std::fs::rename(&folder, home.base().join("aside")).expect("moved aside");
    std::fs::rename(&forged, &folder).expect("put in its place");
    assert!(is_tampered(&home.verify(&folder)), "rewritten");
    // And one rolled back to what it was before its first output.
    std::fs::remove_dir_all(folder.join("frames")).expect("removed");
    for (name, bytes) in early {
        std::fs::write(folder.join(name), bytes).expect("written");
    }
    assert!(is_tampered(&home.verify(&folder)), "rolled back");
    std::fs::remove_file(home.state().join("heads.jsonl")).expect("removed");
    assert!(
        matches!(home.verify(&folder), Verdict::Interrupted { .. }),
        "only the head tells"
    );
}

#[test]
fn invariant_8_output_that_the_log_tells_of_is_missed_in_an_interrupted_record_too() {
    let home = Home::new();
    let mut recorder = home.record(1);
    fill(&mut recorder);
    let folder = recorder.folder();
    drop(recorder);
    let path = folder.join("frames/stdout/000000.seg");
    let right = std::fs::read(&path).expect("a file");
    with_each(&path, (0..right.len()).map(|end| right[..end].to_vec()), |end| {
        let verdict = home.verify(&folder);
        let at = Place::Segment(Channel::Stdout, 0);
        assert!(
            matches!(verdict, Verdict::Tampered { at: found, .. } if found == at),
            "cut at byte {end}"
        );
    });
}

#[test]
fn invariant_8_a_record_whose_head_is_not_kept_is_unanchored() {
    let home = Home::new();
    let folder = closed(&home);
    std::fs::remove_file(home.state().join("heads.jsonl")).expect("removed");
    assert_eq!(home.verify(&folder), Verdict::Unanchored);
    assert_eq!(home.verify(&folder).exit_code(), 5);
}

#[test]
fn invariant_8_a_write_that_was_cut_short_is_an_interruption_and_nothing_else_is() {
    let home = Home::new();
    let mut recorder = home.record(1);
    fill(&mut recorder);
    let folder = recorder.folder();
    let path = folder.join("events.jsonl");
    let firm = std::fs::read(&path).expect("a file").len();
    for offset in 0..3 {
        recorder.append(decision(offset), at(8)).expect("a decision");
    }
    let live = home.verify(&folder);
    assert!(
        matches!(
            live,
            Verdict::Interrupted {
                live: true,
                torn_bytes: 0,
                ..
            }
        ),
        "{live:?}"
    );
    drop(recorder);
    let right = std::fs::read(&path).expect("a file");
    with_each(&path, (0..=right.len()).map(|end| right[..end].to_vec()), |end| {
        let verdict = home.verify(&folder);
        let whole = right[..end]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        match verdict {
            Verdict::Interrupted { torn_bytes, live, .. } => {
                assert!(end >= firm, "cut at byte {end}: what the manifest tells of is gone");
                assert_eq!((torn_bytes, live), ((end - whole) as u64, false));
            }
            // The manifest is the fold of more than what is left, or frames lie there that the log doesn't know.
            Verdict::Tampered { .. } => assert!(end < firm, "cut at byte {end}"),
            Verdict::Valid | Verdict::Unanchored => panic!("cut at byte {end}: {verdict:?}"),
        }
    });
    let mut longer = right.clone();
    longer.extend_from_slice(b"{\"seq\":99");
    let mut junk = right.clone();
    junk.push(b'x');
    with_each(
        &path,
        [
            longer,
            junk,
            right[..right.len() - 1].iter().chain(b" ").copied().collect(),
        ],
        |number| {
            assert!(is_tampered(&home.verify(&folder)), "tail {number}");
        },
    );
}
