//! Disks that are full.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use cofferdam_model::record::{Channel, CutReason, Event, Outcome};

use super::super::files::Medium;
use super::super::{Health, Options, RunRecorder, Verdict, verify};
use super::{Home, at, completed, decision, exited, started};

/// A disk with room for so many bytes, and again for so many once it was full: what the recorder gives back.
struct Quota(Mutex<(usize, usize)>);

impl Medium for Quota {
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        let (left, again) = &mut *self.0.lock().expect("one thread");
        if *left == 0 && !bytes.is_empty() {
            (*left, *again) = (*again, 0);
            return Err(io::ErrorKind::StorageFull.into());
        }
        // A write that goes over the room is a short one.
        let count = file.write(&bytes[..bytes.len().min(*left)])?;
        *left -= count;
        Ok(count)
    }
}

/// The verdict on a record that this process has closed. A child of another test in this process shares its lock from
/// its fork to its exec.
fn once_let_go(verify: impl Fn() -> Verdict) -> Verdict {
    for _ in 0..200 {
        match verify() {
            Verdict::Interrupted { live: true, .. } => std::thread::sleep(std::time::Duration::from_millis(10)),
            verdict => return verdict,
        }
    }
    verify()
}

/// Records a run on such a disk. Answers `None` where the run can't even begin.
fn run(home: &Home, number: u8, room: usize, reserve: usize) -> Option<(Verdict, Health, u64)> {
    let medium = Arc::new(Quota(Mutex::new((room, reserve))));
    let (mut recorder, _) = RunRecorder::create_on(home.base(), started(number), home.options(), at(0), medium).ok()?;
    let folder = recorder.folder();
    recorder
        .append(Event::ProcessStarted { pid: 42 }, at(1))
        .expect("no fault");
    let mut offset = 0;
    for time in 0..20 {
        let shown = recorder
            .output_bytes(Channel::Stdout, &[b'x'; 100], at(time))
            .expect("no fault");
        assert_eq!(shown.offset, offset);
        offset += 100;
        recorder.append(decision(offset), at(time)).expect("no fault");
    }
    recorder.append(exited(), at(30)).expect("no fault");
    let notices = recorder.take_notices();
    assert_eq!(notices.is_empty(), recorder.health() == Health::Whole);
    let finished = recorder.finish(completed(), at(31)).expect("no fault");
    let verdict = once_let_go(|| home.verify(&folder));
    let cut = finished.manifest.cut.is_some();
    if let Some(completed) = &finished.manifest.completed {
        let lost: u64 = completed.lost.bytes.values().sum();
        let recorded = finished
            .manifest
            .channels
            .get(&Channel::Stdout)
            .map_or(0, |state| state.recorded);
        assert_eq!(recorded + lost, 2000, "what isn't recorded is counted");
        assert_eq!(completed.totals[&Channel::Stdout].cleared, 2000);
        assert_eq!(completed.outcome, Outcome::Completed);
    }
    let health = match (cut, finished.closing.kept) {
        (false, true) => Health::Whole,
        (_, true) => Health::Cut(CutReason::DiskFull),
        (_, false) => Health::Dead(CutReason::DiskFull),
    };
    Some((verdict, health, finished.manifest.events))
}

#[test]
fn wherever_the_disk_fills_up_the_record_is_cut_and_verifies() {
    let (mut cut, mut whole) = (0, 0);
    // Steps that share no factor with the sizes of lines, so that writes are cut short in all kinds of places.
    for room in (70_000..110_000).step_by(487) {
        let home = Home::new();
        let Some((verdict, health, _)) = run(&home, 1, room, 64 * 1024) else {
            continue;
        };
        match health {
            Health::Whole => whole += 1,
            Health::Cut(_) => cut += 1,
            Health::Dead(_) => panic!("room {room}: the kept room was not enough"),
        }
        assert!(
            matches!(verdict, Verdict::Valid | Verdict::Unanchored),
            "room {room}: {verdict:?}"
        );
    }
    assert!(
        cut > 10 && whole > 5,
        "{cut} cut and {whole} whole: the sizes no longer fit this test"
    );
}

#[test]
fn a_disk_that_stays_full_leaves_an_interrupted_record() {
    let mut dead = 0;
    for room in (70_000..95_000).step_by(487) {
        let home = Home::new();
        let Some((verdict, health, _)) = run(&home, 1, room, 0) else {
            continue;
        };
        if matches!(health, Health::Dead(_)) {
            dead += 1;
            assert!(
                matches!(verdict, Verdict::Interrupted { live: false, .. }),
                "room {room}: {verdict:?}"
            );
        }
    }
    assert!(dead > 10, "{dead}: the sizes no longer fit this test");
}

const PLACE: &str = "COFFERDAM_TEST_RECORD_ON_A_SMALL_DISK";

/// Not a test by itself: records on a small disk when the other test starts it in a mount namespace of its own.
#[test]
fn child() {
    let Some(base) = std::env::var_os(PLACE) else { return };
    let base = Path::new(&base);
    let options = Options::new(base.join("state"));
    let mut recorder = RunRecorder::create(base, started(1), options, at(0))
        .expect("a recorder")
        .0;
    recorder
        .append(Event::ProcessStarted { pid: 42 }, at(1))
        .expect("no fault");
    for _ in 0..200 {
        recorder
            .output_bytes(Channel::Stdout, &[b'x'; 5000], at(2))
            .expect("no fault");
        recorder.append(decision(0), at(2)).expect("no fault");
    }
    assert_eq!(recorder.health(), Health::Cut(CutReason::DiskFull));
    // More than the rest of a block holds: this needs the room that was kept.
    for _ in 0..60 {
        let told = recorder.append(Event::LeftoverEnded { count: 1, signal: 15 }, at(2));
        assert!(told.expect("no fault").kept);
    }
    recorder.append(exited(), at(3)).expect("no fault");
    let folder = recorder.folder();
    let finished = recorder.finish(completed(), at(4)).expect("no fault");
    assert!(finished.closing.kept && finished.anchored, "{finished:?}");
    assert_eq!(verify(&folder, &base.join("state")).expect("a verdict"), Verdict::Valid);
    writeln!(io::stdout(), "cut and closed").expect("a reader");
}

#[test]
fn a_real_small_disk_holds_a_closed_record() {
    let home = Home::new();
    let script = "mount -t tmpfs -o size=400k none \"$1\" || exit 77; exec \"$2\" --exact --nocapture \"$3\"";
    let name = concat!(module_path!(), "::child");
    let name = name
        .strip_prefix(concat!(env!("CARGO_CRATE_NAME"), "::"))
        .unwrap_or(name);
    let unshared = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"])
        .args([
            home.base().as_os_str(),
            std::env::current_exe().expect("this test").as_os_str(),
            name.as_ref(),
        ])
        .env(PLACE, home.base())
        .output();
    // Where namespaces aren't permitted, the tests above stand alone.
    let Ok(output) = unshared else { return };
    let said = String::from_utf8_lossy(&output.stdout);
    if said.contains("running ") {
        assert!(
            said.contains("cut and closed"),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
