//! Invariant 5 at its edges: answers that don't fit, and policies that fail.

use std::sync::Arc;
use std::time::Duration;

use super::rig::{rules, settings};
use crate::{
    Action, Answer, Ask, FailureAction, FailureKind, FailureMatrix, Finding, Guard, MarkKind, Origin, Outlet, Output,
    PolicyDecision, Raw, Reason, RuleSet, Settings, Severity, Verdicts,
};

/// Two suspects in one ask; the detector may answer anything.
const TEXT: &str = ".k_cccc.k_dddd.";
const WITHHELD: &str = ".k_[withheld:key].k_[withheld:key].";
const REDACTED: &str = ".k_[redacted:key].k_[redacted:key].";

/// What comes out, and where its decisions come from.
fn guarded(settings: Settings, answer: impl Fn(&Ask) -> Answer, verdicts: &Verdicts) -> (String, Vec<Origin>) {
    let mut rules = rules();
    rules.truncate(1);
    rules[0].rules.truncate(1);
    let mut guard = Guard::new(Arc::new(RuleSet::new(rules).expect("the rules are good")), settings);
    let (mut shown, mut origins) = (Vec::new(), Vec::new());
    guard.push(Duration::ZERO, Raw::from_vec(TEXT.into()));
    guard.mark(MarkKind::End);
    while let Some(output) = guard.poll() {
        match output {
            Output::Cleared(cleared) => shown.extend_from_slice(cleared.as_bytes()),
            Output::Ask(ask) => guard.answer(&ask, answer(&ask)),
            Output::Consult(consult) => guard.verdicts(consult.id(), verdicts.clone()),
            Output::Decision(decision) => origins.push(decision.origin),
            Output::Marked(_) | Output::Blocked(_) => {}
        }
    }
    (String::from_utf8(shown).expect("text"), origins)
}

/// A right finding on a suspect.
fn finding(ask: &Ask, suspect: u32) -> Finding {
    let asked = &ask.suspects()[suspect as usize];
    Finding {
        suspect,
        start: asked.window_start,
        end: asked.window_end,
        confidence: 100,
        severity: Severity::P0,
        facts: 0b11,
    }
}

fn redact() -> Verdicts {
    let decision = PolicyDecision {
        action: Action::RedactMarker,
        reason: Reason::Policy(0),
    };
    vec![Ok(decision), Ok(decision)]
}

#[test]
fn invariant_5_an_answer_that_does_not_fit_is_a_failure() {
    let right = |ask: &Ask| Answer {
        findings: vec![finding(ask, 0), finding(ask, 1)],
        failed: Vec::new(),
    };
    let (shown, origins) = guarded(settings(Outlet::Pipe), right, &redact());
    assert_eq!((shown.as_str(), origins), (REDACTED, vec![Origin::Detector; 2]));

    type Change = fn(&mut Answer);
    let wrong: [(&str, Change); 9] = [
        ("a suspect that is not there", |answer| answer.findings[1].suspect = 2),
        ("not sorted", |answer| answer.findings.swap(0, 1)),
        ("too many", |answer| {
            let one = answer.findings[0].clone();
            answer.findings = vec![one; 17];
        }),
        ("before its window", |answer| answer.findings[0].start -= 1),
        ("after its window", |answer| answer.findings[0].end += 1),
        ("empty", |answer| answer.findings[0].end = answer.findings[0].start),
        ("surer than sure", |answer| answer.findings[0].confidence = 101),
        ("a fact that is not declared", |answer| answer.findings[0].facts = 0b100),
        ("a failure on what is not there", |answer| {
            *answer = Answer {
                findings: Vec::new(),
                failed: vec![(2, FailureKind::Trap)],
            };
        }),
    ];
    for (what, change) in wrong {
        let answer = |ask: &Ask| {
            let mut answer = right(ask);
            change(&mut answer);
            answer
        };
        let (shown, origins) = guarded(settings(Outlet::Pipe), answer, &redact());
        assert_eq!(shown, WITHHELD, "{what}");
        assert_eq!(origins, [Origin::Failure(FailureKind::BadAnswer); 2], "{what}");
    }
}

#[test]
fn invariant_5_a_policy_that_fails_lets_nothing_pass() {
    let answer = |ask: &Ask| Answer {
        findings: vec![finding(ask, 0), finding(ask, 1)],
        failed: Vec::new(),
    };
    let pass = FailureMatrix {
        trap: FailureAction::Pass,
        bad_answer: FailureAction::Pass,
        ..FailureMatrix::default()
    };
    for policy_failure in [FailureMatrix::default(), pass] {
        let settings = Settings {
            policy_failure,
            ..settings(Outlet::Pipe)
        };
        for verdicts in [vec![Err(FailureKind::Trap); 2], Vec::new()] {
            let (shown, _) = guarded(settings.clone(), answer, &verdicts);
            assert_eq!(shown, WITHHELD, "{policy_failure:?} {verdicts:?}");
        }
    }
}
