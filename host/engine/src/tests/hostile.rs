//! What a misbehaving guest can do to a session: make it withhold, and no more.

use super::bed::{Bed, detector, engine_of, guest, hostile, policy, tight, tokens};
use crate::{BreakerSettings, Detail, Limits, PluginSpec, Session};
use cofferdam_guard::{BadAnswer, FailureKind};
use std::time::Duration;

/// What a pipe shows of [`tokens`] when the guest found all of them.
fn redacted(count: usize) -> String {
    "say hostile_[redacted:hostile-token] now\n".repeat(count)
}

/// What it shows when the guest failed on all of them.
fn withheld(count: usize) -> String {
    "say hostile_[withheld:hostile-token] now\n".repeat(count)
}

/// A guest that always fails this way, asked in batches and one by one: nothing gets out, and the failure is named.
fn fails(mode: &str, kind: FailureKind, detail: &[Detail]) {
    fails_within(tight(), mode, kind, detail);
}

fn fails_within(limits: Limits, mode: &str, kind: FailureKind, detail: &[Detail]) {
    for together in [false, true] {
        let mut bed = Bed::new(&PluginSpec {
            together,
            limits,
            ..hostile(mode, "")
        });
        let seen = bed.guard(&tokens(3));
        assert_eq!(seen.output, withheld(3), "{mode}");
        assert_eq!(
            seen.incidents.len(),
            if together { 4 } else { 3 },
            "{mode}: {:?}",
            seen.incidents
        );
        for incident in &seen.incidents {
            assert_eq!((incident.kind, incident.plugin.as_ref()), (kind, "hostile"), "{mode}");
            assert!(detail.contains(&incident.detail), "{mode}: {}", incident.detail);
        }
    }
}

/// A guest that fails on one token alone: the failure stays with it, in batches as well.
fn fails_alone(mode: &str, kind: FailureKind) {
    for together in [false, true] {
        let mut bed = Bed::new(&PluginSpec {
            together,
            ..hostile(mode, "bbbb")
        });
        let ask = bed.ask(&tokens(3));
        assert_eq!(ask.suspects().len(), 3);
        let (answer, incidents) = bed.session.scan(&ask, Duration::ZERO);
        assert_eq!(answer.failed, [(1, kind)], "{mode}");
        let found: Vec<_> = answer.findings.iter().map(|finding| finding.suspect).collect();
        assert_eq!(found, [0, 2], "{mode}");
        let counts: Vec<_> = incidents
            .iter()
            .map(|incident| (incident.count, incident.retried))
            .collect();
        assert_eq!(
            counts,
            if together {
                vec![(3, true), (1, false)]
            } else {
                vec![(1, false)]
            },
            "{mode}"
        );
        // The instance after a failure is a fresh one, and as good as the first.
        let (again, _) = bed.session.scan(&ask, Duration::ZERO);
        assert_eq!(again, answer, "{mode}");
    }
}

#[test]
fn an_honest_guest_finds_everything() {
    for together in [false, true] {
        let mut bed = Bed::new(&PluginSpec {
            together,
            ..hostile("honest", "")
        });
        let seen = bed.guard(&tokens(300));
        assert_eq!(seen.output, redacted(300));
        assert_eq!(seen.incidents, []);
    }
}

#[test]
fn a_trap_withholds() {
    fails("trap", FailureKind::Trap, &[Detail::Trap("unreachable")]);
    fails_alone("trap", FailureKind::Trap);
}

#[test]
fn an_endless_loop_ends_at_its_deadline() {
    fails("loop", FailureKind::Timeout, &[Detail::Deadline]);
    fails_alone("loop", FailureKind::Timeout);
}

#[test]
fn memory_has_an_end() {
    fails("memory", FailureKind::OutOfMemory, &[Detail::Memory]);
    fails_alone("memory", FailureKind::OutOfMemory);
}

#[test]
fn an_answer_out_of_range_is_refused() {
    fails(
        "range",
        FailureKind::BadAnswer,
        &[Detail::Answer(BadAnswer::OutsideWindow)],
    );
    fails_alone("range", FailureKind::BadAnswer);
}

#[test]
fn an_unsorted_answer_is_refused() {
    let details = [
        Detail::Answer(BadAnswer::Unsorted),
        Detail::Answer(BadAnswer::NoSuchSuspect),
    ];
    fails("unsorted", FailureKind::BadAnswer, &details);
    fails_alone("unsorted", FailureKind::BadAnswer);
}

#[test]
fn a_million_findings_are_refused_before_they_are_read() {
    let roomy = Limits {
        memory: 256 << 20,
        deadline: Duration::from_secs(5),
        ..tight()
    };
    fails_within(roomy, "million", FailureKind::BadAnswer, &[Detail::Unreadable]);
    // In little memory, the guest doesn't even get as far.
    fails("million", FailureKind::OutOfMemory, &[Detail::Memory]);
}

#[test]
fn an_error_code_is_a_failure() {
    fails("error", FailureKind::Trap, &[Detail::Error(7)]);
    fails_alone("error", FailureKind::Trap);
}

#[test]
fn a_guest_that_answers_differently_in_batches_never_sees_one() {
    let mut bed = Bed::new(&hostile("differs", ""));
    assert_eq!(bed.guard(&tokens(3)).output, redacted(3));
    let mut trusted = Bed::new(&PluginSpec {
        together: true,
        ..hostile("differs", "")
    });
    assert_eq!(
        trusted.guard(&tokens(3)).output,
        tokens(3),
        "else this test shows nothing"
    );
}

#[test]
fn an_open_circuit_withholds_without_a_call() {
    let breaker = BreakerSettings {
        failures: 2,
        ..BreakerSettings::default()
    };
    let mut bed = Bed::with(&policy(&[detector(&hostile("trap", ""))]), breaker);
    let seen = bed.guard(&tokens(10));
    assert_eq!(seen.output, withheld(10));
    let details: Vec<_> = seen
        .incidents
        .iter()
        .map(|incident| (incident.detail, incident.count))
        .collect();
    let trap = Detail::Trap("unreachable");
    assert_eq!(details, [(trap, 1), (trap, 1), (Detail::Circuit, 8)]);
}

#[test]
fn a_loop_costs_no_more_than_its_share_of_time() {
    let mut bed = Bed::new(&hostile("loop", ""));
    let seen = bed.guard(&tokens(200));
    assert_eq!(seen.output, withheld(200));
    assert_eq!(seen.incidents.last().map(|last| last.detail), Some(Detail::Budget));
    assert!(seen.incidents.len() < 30, "{}", seen.incidents.len());
}

#[test]
fn sessions_do_not_share_instances_nor_circuits() {
    let breaker = BreakerSettings {
        failures: 1,
        ..BreakerSettings::default()
    };
    let policy = policy(&[detector(&hostile("trap", "bbbb"))]);
    let (mut one, mut other) = (Bed::with(&policy, breaker), Bed::with(&policy, breaker));
    let opened = one.guard(&tokens(4)).incidents;
    assert_eq!(opened.last().map(|last| last.detail), Some(Detail::Circuit));
    assert!(other.guard(&tokens(1)).incidents.is_empty());
}

#[test]
fn no_more_instances_than_the_pool_holds_and_no_waiting_for_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = engine_of(folder.path(), 4);
    let detector = engine.load_detector(&hostile("honest", "")).expect("it loads");
    let policy = PluginSpec::new("standard", guest("standard"));
    let policy = engine.load_policy(&policy, &[], &[detector]).expect("it loads");
    let mut sessions: Vec<_> = (0..4)
        .map(|_| Session::new(&engine, &policy, BreakerSettings::default()))
        .collect();
    let ask = Bed::new(&hostile("honest", "")).ask(&tokens(1));
    let asked = |session: &mut Session| session.scan(&ask, Duration::ZERO);
    // The policy's instance from its load takes one place.
    for session in &mut sessions[..3] {
        assert_eq!(asked(session).1, []);
    }
    let (answer, incidents) = asked(&mut sessions[3]);
    assert_eq!(answer.failed, [(0, FailureKind::Missing)]);
    assert_eq!(incidents[0].detail, Detail::NoInstance);
    sessions[0].forget_instances();
    assert_eq!(asked(&mut sessions[3]).1, []);
}
