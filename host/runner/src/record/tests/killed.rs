//! A host that is killed in the middle of output.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use cofferdam_model::record::{Channel, Event};

use super::super::{Options, RunRecorder, Verdict, list, verify};
use super::{Home, at, started};

const PLACE: &str = "COFFERDAM_TEST_RECORD_UNTIL_KILLED";

/// Not a test by itself: records without an end when the other test starts it as a process of its own.
#[test]
fn child() {
    let Some(base) = std::env::var_os(PLACE) else { return };
    let base = Path::new(&base);
    let options = Options {
        frame_bound: 64 * 1024,
        ..Options::new(base.join("state"))
    };
    let mut recorder = RunRecorder::create(base, started(1), options, at(0))
        .expect("a recorder")
        .0;
    recorder
        .append(Event::ProcessStarted { pid: 42 }, at(1))
        .expect("a start");
    for round in 1_u64.. {
        recorder
            .output_bytes(Channel::Stdout, &[b'x'; 1000], at(round))
            .expect("output");
        writeln!(std::io::stdout(), "shown {}", round * 1000).expect("a reader");
    }
}

#[test]
fn nothing_acknowledged_is_missing_after_a_kill() {
    for round in 0..5 {
        let home = Home::new();
        let mut host = Command::new(std::env::current_exe().expect("this test"))
            .args(
                ["--exact", "--nocapture", concat!(module_path!(), "::child")].map(|name| {
                    // The harness names tests without the crate.
                    name.strip_prefix(concat!(env!("CARGO_CRATE_NAME"), "::"))
                        .unwrap_or(name)
                }),
            )
            .env(PLACE, home.base())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let lines = BufReader::new(host.stdout.take().expect("a pipe")).lines();
        let (mut shown, mut seen) = (0_u64, 0);
        // What the child said before its end can still be read after it.
        for line in lines.map_while(Result::ok) {
            let Some(count) = line.strip_prefix("shown ").and_then(|count| count.parse().ok()) else {
                continue;
            };
            (shown, seen) = (count, seen + 1);
            if seen == 40 * (round + 1) {
                host.kill().expect("killed");
            }
        }
        host.wait().expect("ended");
        assert!(shown >= 40_000, "{shown}");
        let runs = list(home.base()).expect("a list");
        let verdict = verify(&runs[0].folder, &home.state()).expect("a verdict");
        let Verdict::Interrupted {
            live: false, output, ..
        } = verdict
        else {
            panic!("{verdict:?}")
        };
        assert!(output[&Channel::Stdout] >= shown, "{output:?} and {shown} shown");
    }
}
