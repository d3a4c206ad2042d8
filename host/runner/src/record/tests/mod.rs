//! Tests of the recorder.

mod frames;
mod full_disk;
mod key;
mod killed;
mod parallel;
mod places;
mod tamper;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cofferdam_model::record::event::EventSchema;
use cofferdam_model::record::{
    Action, Channel, Day, Decision, Digest, Event, LengthClass, Mode, Name, Origin, Outcome, ProcessExited, RunId,
    RunStarted, SafeText, Severity, Stamp, Timestamp, Whose,
};

use super::{Closing, Options, RunRecorder, Verdict, verify};

/// A folder for records and a state folder, both gone at the end.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    fn base(&self) -> &Path {
        self.folder.path()
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn options(&self) -> Options {
        Options::new(self.state())
    }

    fn record(&self, number: u8) -> RunRecorder {
        RunRecorder::create(self.base(), started(number), self.options(), at(0))
            .expect("a recorder")
            .0
    }

    fn verify(&self, folder: &Path) -> Verdict {
        verify(folder, &self.state()).expect("a verdict")
    }
}

fn at(elapsed_ms: u64) -> Stamp {
    Stamp {
        time: Timestamp::from_unix_millis(1_800_000_000_000 + elapsed_ms),
        elapsed_ms,
    }
}

fn started(number: u8) -> RunStarted {
    RunStarted {
        schema: EventSchema::V1,
        task: "demo".parse().expect("a task id"),
        run: RunId::new(1_800_000_000_000 + u64::from(number), [number; 10]),
        command: SafeText::constant("cargo test"),
        cwd: SafeText::constant("project"),
        mode: Mode::Pipe,
        host_version: SafeText::constant("0.1.0"),
        host_pid: Some(7),
        plugins: Vec::new(),
        policy_digest: Digest::of(b"policy"),
        policy_approval: None,
        unpromoted: Vec::new(),
        settings_digest: Digest::of(b"settings"),
        as_of: Day::from_days(20_000),
        labels: BTreeMap::new(),
    }
}

fn decision(offset: u64) -> Event {
    let name = |text: &str| text.parse::<Name>().expect("a name");
    Event::GuardDecision(Box::new(Decision {
        plugin: name("credentials"),
        rule: name("example-token"),
        category: name("credential.example"),
        severity: Severity::P0,
        origin: Origin::Detector,
        confidence: 200,
        facts: vec![SafeText::constant("checksum")],
        action: Action::Redact,
        reason: SafeText::constant("gives access"),
        channel: Channel::Stdout,
        offset,
        length_class: LengthClass::of(40, false),
        late_bytes: 0,
        fingerprint: None,
        plugin_digest: None,
        micros: 12,
        overridden: None,
    }))
}

fn completed() -> Closing {
    Closing::Completed {
        outcome: Outcome::Completed,
        exit_code: 0,
        whose: Whose::Child,
        raw: BTreeMap::from([(Channel::Stdout, 40), (Channel::Stderr, 4)]),
        stdin_bytes: 3,
        resources: None,
    }
}

fn exited() -> Event {
    Event::ProcessExited(ProcessExited {
        code: Some(0),
        signal: None,
    })
}

/// A small run with some of everything, up to its end but not closed.
fn fill(recorder: &mut RunRecorder) {
    recorder
        .append(Event::ProcessStarted { pid: 42 }, at(1))
        .expect("a start");
    recorder
        .output_bytes(Channel::Stdout, b"hello ", at(2))
        .expect("output");
    recorder.output_bytes(Channel::Stderr, b"oops", at(3)).expect("output");
    recorder.append(decision(6), at(4)).expect("a decision");
    recorder
        .output_bytes(Channel::Stdout, b"[redacted:example-token]\n", at(5))
        .expect("output");
    recorder.append(exited(), at(6)).expect("an end");
}

/// Closes a run that [`fill`] filled, and says where it lies.
fn close(recorder: RunRecorder) -> PathBuf {
    let folder = recorder.folder();
    let finished = recorder.finish(completed(), at(7)).expect("a finished record");
    assert!(
        finished.closing.kept && finished.anchored && finished.problems.is_empty(),
        "{finished:?}"
    );
    folder
}
