//! Events for tests.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::event::EventSchema;
use super::{
    Action, Channel, CutReason, Day, Decision, Digest, Entry, Event, FailureAction, FailureKind, GuestFailed,
    LengthClass, Loss, Mark, MarkKind, Mode, Name, Origin, Outcome, ProcessExited, RunCompleted, RunFailed, RunId,
    RunStarted, SafeText, Seq, Severity, Timestamp, Whose,
};
use crate::Code;

pub(super) fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

pub(super) fn run() -> RunId {
    RunId::new(1_800_000_000_000, [7; 10])
}

pub(super) fn started() -> Event {
    Event::RunStarted(Box::new(RunStarted {
        schema: EventSchema::V1,
        task: "demo".parse().expect("a task id"),
        run: run(),
        command: SafeText::constant("printf 'a \"b\"'"),
        cwd: SafeText::constant("project"),
        mode: Mode::Pipe,
        host_version: SafeText::constant("0.1.0"),
        host_pid: None,
        plugins: Vec::new(),
        policy_digest: Digest::of(b"policy"),
        policy_approval: None,
        unpromoted: Vec::new(),
        settings_digest: Digest::of(b"settings"),
        as_of: Day::from_days(20_000),
        // The longest trap for whoever looks for the end of a line.
        labels: BTreeMap::from([(SafeText::constant("hash"), SafeText::vouched("0".repeat(64)))]),
    }))
}

pub(super) fn decision() -> Event {
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
        offset: 6,
        length_class: LengthClass::of(40, false),
        late_bytes: 0,
        fingerprint: None,
        plugin_digest: None,
        micros: 12,
        overridden: None,
    }))
}

pub(super) fn completed(outcome: Outcome, exit_code: u8) -> Event {
    Event::RunCompleted(Box::new(RunCompleted {
        outcome,
        exit_code,
        whose: Whose::Child,
        totals: BTreeMap::new(),
        stdin_bytes: 0,
        lost: Loss::default(),
        resources: None,
        shadow: None,
    }))
}

pub(super) fn failed() -> Event {
    Event::RunFailed(Box::new(RunFailed {
        code: Code::CommandNotFound,
        message: SafeText::constant(Code::CommandNotFound.meaning()),
        exit_code: 127,
        whose: Whose::Shell,
        lost: Loss::default(),
        shadow: None,
    }))
}

pub(super) fn exited(code: i32) -> Event {
    Event::ProcessExited(ProcessExited {
        code: Some(code),
        signal: None,
    })
}

pub(super) fn entry(seq: u64, event: Event) -> Entry {
    Entry {
        seq: Seq(seq),
        time: Timestamp::from_unix_millis(1_800_000_000_000 + seq),
        elapsed_ms: seq,
        event,
    }
}

/// Any event, whether it can happen or not.
pub(super) fn any_event() -> impl Strategy<Value = Event> {
    let channel = prop_oneof![Just(Channel::Stdout), Just(Channel::Stderr)];
    let small = 0_u64..3;
    prop_oneof![
        Just(started()),
        Just(Event::ProcessStarted { pid: 42 }),
        (channel.clone(), small.clone(), small.clone()).prop_map(|(channel, offset, len)| Event::Output {
            channel,
            offset,
            len
        }),
        Just(decision()),
        Just(Event::GuardMark(Mark {
            kind: MarkKind::Idle,
            channel: Channel::Stdout,
            offset: 3,
            masked: 1,
            released: 2
        })),
        Just(Event::GuestFailed(GuestFailed {
            plugin: name("credentials"),
            kind: FailureKind::Trap,
            action: FailureAction::Withhold,
            rule: None,
            detail: Some(3),
        })),
        (channel.clone(), 0_u32..2, small.clone()).prop_map(|(channel, segment, offset)| Event::SegmentOpened {
            channel,
            segment,
            offset
        }),
        (channel.clone(), 0_u32..2, small.clone(), small.clone()).prop_map(|(channel, segment, offset, len)| {
            Event::SegmentClosed {
                channel,
                segment,
                offset,
                len,
                sha256: Digest::of(b""),
            }
        }),
        (channel, 0_u32..2, small.clone(), small).prop_map(|(channel, segment, offset, len)| Event::SegmentDropped {
            channel,
            segment,
            offset,
            len
        }),
        Just(Event::RecordCut {
            reason: CutReason::DiskFull
        }),
        Just(Event::LeftoverEnded { count: 1, signal: 15 }),
        Just(exited(0)),
        Just(completed(Outcome::Completed, 0)),
        Just(failed()),
    ]
}
