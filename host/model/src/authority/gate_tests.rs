//! Each condition of the gate holds by itself, and none of them is skipped.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::authority::Drawn;
use crate::config::resolve;
use crate::shadow::CandidateReport;

fn report() -> CandidateReport {
    let none = json!({
        "stricter": 0, "looser": 0, "same": 3, "error": 0, "stricterRate": null, "looserRate": null, "errorRate": null
    });
    let times = json!({
        "calls": 300, "p50Micros": 1.0, "p95Micros": 2.0, "p99Micros": 3.0, "maxMicros": 4.0, "memoryBytes": 5, "cpuMs": 6
    });
    let reviewed = json!({ "right": 0, "wrong": 0, "missed": 0, "precision": null, "recall": null });
    serde_json::from_value(json!({
        "name": "next", "kind": "detector", "version": "2", "digest": null, "settingsDigest": "0".repeat(64), "incumbent": null,
        "coverage": {
            "runs": 100, "wholeRuns": 100, "absentRuns": 0, "days": 7, "bytes": 1000, "droppedBytes": 0, "windows": 1000,
            "incumbentWindows": 1000, "droppedWindows": 0, "sampled": null, "droppedShare": 0.0, "uniqueFingerprints": 1
        },
        "places": {}, "effects": none, "nothingLooser": true,
        "rules": [{
            "rule": "r", "category": "c", "severity": "p0", "windows": 1000, "incumbentWindows": 1000, "dropped": false,
            "droppedWindows": 0, "effects": none
        }],
        "categories": [], "cost": times, "incumbentCost": times, "failures": {}, "periods": [],
        "labelled": { "places": 0, "stale": 0, "candidate": reviewed, "incumbent": reviewed }, "listed": []
    }))
    .expect("it fits its schema")
}

fn name(text: &str) -> PersonName {
    text.parse().expect("a name")
}

/// What is known of a candidate that has earned it.
struct Known {
    report: CandidateReport,
    days: u64,
    drawn: Drawn,
    corpus: CorpusResult,
    author: Option<PersonName>,
    approvers: BTreeSet<PersonName>,
    chooses: bool,
}

impl Known {
    fn good() -> Self {
        Self {
            report: report(),
            days: 7,
            drawn: Drawn {
                findings: 200,
                labelled: 200,
                wrong: 0,
                of: 500,
                lost: 0,
            },
            corpus: CorpusResult::Ran {
                digest: Digest::of(b"corpus"),
                positives: 50,
                missed: 0,
            },
            author: Some(name("ben")),
            approvers: BTreeSet::from([name("cleo")]),
            chooses: true,
        }
    }

    /// The conditions that don't hold under the gate that nobody changed.
    fn missing(&self) -> Vec<ConditionName> {
        let mut gate = resolve([]).resolved.gate;
        gate.corpus_owner.value = Some(name("cleo"));
        let may_approve = ["ann", "ben", "cleo"].map(name).into_iter().collect();
        let conditions = judge(
            &gate,
            &Evidence {
                report: Some(&self.report),
                days: self.days,
                drawn: self.drawn,
                corpus: self.corpus.clone(),
                author: self.author.as_ref(),
                approvers: &self.approvers,
                may_approve: &may_approve,
                task: &"default".parse().expect("an id"),
                plugin: "next",
                chooses: self.chooses,
            },
        );
        let version = |name: &str| Version {
            name: name.parse().expect("a name"),
            digest: Digest::of(name.as_bytes()),
            settings: Digest::of(b"{}"),
        };
        let report = GateReport {
            schema: GateSchema::V1,
            incumbent: version("base"),
            candidate: version("next"),
            to: Phase::Enforce,
            made: Timestamp::default(),
            conditions,
        };
        let missing: Vec<ConditionName> = report
            .conditions
            .iter()
            .filter(|condition| condition.state != ConditionState::Holds)
            .map(|condition| condition.name)
            .collect();
        assert_eq!(report.holds(), missing.is_empty(), "it holds where all of it does");
        missing
    }
}

#[test]
fn authority_each_condition_of_the_gate_closes_it_alone() {
    assert_eq!(Known::good().missing(), []);
    type Change = fn(&mut Known);
    let looser: Change = |known| known.report.rules[0].effects.looser = 1;
    let dropped: Change = |known| known.report.rules[0].dropped = true;
    let failed: Change = |known| {
        known.report.failures.insert(crate::record::FailureKind::Trap, 1);
    };
    let late: Change = |known| {
        known.corpus = CorpusResult::Ran {
            digest: Digest::of(b"corpus"),
            positives: 50,
            missed: 1,
        };
    };
    let cut_off: Change = |known| {
        known.report.coverage.runs = 98;
        known.report.coverage.interrupted_runs = 2;
    };
    let cases: [(ConditionName, Change); 18] = [
        (ConditionName::Author, |known| known.author = None),
        (ConditionName::Runs, |known| known.report.coverage.whole_runs = 99),
        (ConditionName::Windows, |known| known.report.coverage.windows = 999),
        (ConditionName::Days, |known| known.days = 6),
        (ConditionName::Coverage, |known| {
            known.report.coverage.dropped_bytes = 11
        }),
        (ConditionName::Records, |known| known.report.coverage.unseen_runs = 1),
        (ConditionName::Records, cut_off),
        (ConditionName::Looser, looser),
        (ConditionName::Looser, dropped),
        (ConditionName::Failures, failed),
        (ConditionName::Latency, |known| known.report.cost.p99_micros = 20_001.0),
        (ConditionName::Recall, late),
        (ConditionName::FalsePositives, |known| known.drawn.labelled = 199),
        (ConditionName::FalsePositives, |known| known.drawn.wrong = 1),
        (ConditionName::FalsePositives, |known| known.drawn.lost = 1),
        (ConditionName::FalsePositives, |known| {
            known.report.coverage.unlisted = 1
        }),
        (ConditionName::Approvals, |known| known.approvers.clear()),
        (ConditionName::Share, |known| known.chooses = false),
    ];
    for (name, change) in cases {
        let mut known = Known::good();
        change(&mut known);
        assert_eq!(known.missing(), [name]);
    }
}

#[test]
fn authority_what_was_drawn_and_left_unlabelled_counts_as_wrong() {
    let mut known = Known::good();
    known.drawn.findings = 400;
    known.drawn.labelled = 398;
    assert_eq!(known.missing(), [], "2 of 400");
    known.drawn.labelled = 300;
    assert_eq!(known.missing(), [ConditionName::FalsePositives], "100 of 400");
}

#[test]
fn authority_the_authors_own_approval_counts_for_nothing() {
    let mut known = Known::good();
    known.approvers = BTreeSet::from([name("ben")]);
    assert_eq!(known.missing(), [ConditionName::Approvals]);
    known.approvers.insert(name("ann"));
    assert_eq!(known.missing(), []);
}

#[test]
fn a_drop_of_a_rule_that_is_no_p0_closes_nothing() {
    let mut known = Known::good();
    known.report.rules[0].dropped = true;
    known.report.rules[0].severity = Severity::P1;
    assert_eq!(known.missing(), []);
}
