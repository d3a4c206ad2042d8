//! Whether a candidate has earned it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CorpusResult, Evidence, PersonName, Phase, Version};
use crate::config::Gate;
use crate::eval::Rate;
use crate::record::{Digest, SafeText, Severity, Timestamp};

/// The gate's answer, with the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GateReport {
    /// The version of this form.
    pub schema: GateSchema,
    /// The version in force.
    pub incumbent: Version,
    /// The candidate.
    pub candidate: Version,
    /// How far it is to go.
    pub to: Phase,
    /// When it was judged.
    pub made: Timestamp,
    /// The conditions, each with what was found.
    pub conditions: Vec<Condition>,
}

/// The version of a gate's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum GateSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.gate/v1")]
    V1,
}

impl GateReport {
    /// Whether everything holds. An answer without a condition says nothing.
    #[must_use]
    pub fn holds(&self) -> bool {
        let holds = |condition: &Condition| condition.state == ConditionState::Holds;
        !self.conditions.is_empty() && self.conditions.iter().all(holds)
    }

    /// The digest by which a promotion names this evidence.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&serde_json::to_vec(self).expect("a gate's answer is plain JSON"))
    }
}

/// One condition of the gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Condition {
    /// What must hold.
    pub name: ConditionName,
    /// Whether it does.
    pub state: ConditionState,
    /// What was found.
    pub found: SafeText,
    /// What is wanted.
    pub wanted: SafeText,
    /// The command that would get what is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<SafeText>,
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionState {
    /// It holds.
    Holds,
    /// It doesn't, so far.
    Missing,
    /// It can't, whatever the candidate does: the gate's own settings are at fault.
    Impossible,
}

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionName {
    /// It is known who wrote it.
    Author,
    /// Enough runs.
    Runs,
    /// Enough windows.
    Windows,
    /// Enough days.
    Days,
    /// It saw enough of them.
    Coverage,
    /// Their records are whole.
    Records,
    /// No P0 decision would have been looser.
    Looser,
    /// It never failed.
    Failures,
    /// It is fast enough.
    Latency,
    /// It finds every secret of the corpus.
    Recall,
    /// Few of its findings are wrong.
    FalsePositives,
    /// Other people approve it.
    Approvals,
    /// Its phase chooses some run. It is told only where it is missing, since `limited` alone can choose none.
    Share,
}

impl ConditionName {
    /// The condition in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Runs => "runs",
            Self::Windows => "windows",
            Self::Days => "days",
            Self::Coverage => "coverage",
            Self::Records => "records",
            Self::Looser => "looser P0",
            Self::Failures => "failures",
            Self::Latency => "latency",
            Self::Recall => "P0 recall",
            Self::FalsePositives => "false positives",
            Self::Approvals => "approvals",
            Self::Share => "share",
        }
    }
}

/// Judges every condition, whether the others hold or not.
#[must_use]
pub fn judge(gate: &Gate, evidence: &Evidence<'_>) -> Vec<Condition> {
    let shadow = format!(
        "set plugins.{}.mode = \"shadow\", then: cofferdam exec --task {} -- COMMAND",
        evidence.plugin, evidence.task
    );
    let coverage = evidence.report.map(|report| &report.coverage);
    let counted = |name, found: u64, wanted: u64| at_least(name, found, wanted, &shadow);
    let mut conditions = vec![
        author(evidence),
        counted(
            ConditionName::Runs,
            coverage.map_or(0, |coverage| coverage.whole_runs),
            gate.runs.value.get(),
        ),
        counted(
            ConditionName::Windows,
            coverage.map_or(0, |coverage| coverage.windows),
            gate.windows.value.get(),
        ),
        counted(ConditionName::Days, evidence.days, gate.days.value.get()),
        seen(gate, evidence, &shadow),
        records(gate, evidence),
        looser(evidence),
        failures(evidence),
        latency(gate, evidence),
        recall(gate, evidence),
        false_positives(gate, evidence),
        approvals(gate, evidence),
    ];
    if !evidence.chooses {
        conditions.push(share(evidence));
    }
    conditions
}

fn told(name: ConditionName, state: ConditionState, found: String, wanted: String, next: Option<String>) -> Condition {
    Condition {
        name,
        state,
        found: SafeText::vouched(found),
        wanted: SafeText::vouched(wanted),
        next: next.filter(|_| state != ConditionState::Holds).map(SafeText::vouched),
    }
}

fn state(holds: bool) -> ConditionState {
    if holds {
        ConditionState::Holds
    } else {
        ConditionState::Missing
    }
}

fn at_least(name: ConditionName, found: u64, wanted: u64, next: &str) -> Condition {
    told(
        name,
        state(found >= wanted),
        found.to_string(),
        format!("at least {wanted}"),
        Some(next.to_owned()),
    )
}

fn author(evidence: &Evidence<'_>) -> Condition {
    told(
        ConditionName::Author,
        state(evidence.author.is_some()),
        evidence
            .author
            .map_or_else(|| "unknown".to_owned(), ToString::to_string),
        "known".to_owned(),
        Some(format!(
            "set plugins.{}.author to the name of who wrote it",
            evidence.plugin
        )),
    )
}

fn seen(gate: &Gate, evidence: &Evidence<'_>, next: &str) -> Condition {
    let wanted = gate.coverage.value.get();
    let (bytes, dropped) = evidence
        .report
        .map_or((0, 0), |report| (report.coverage.bytes, report.coverage.dropped_bytes));
    let holds = bytes > 0 && u128::from(bytes - dropped.min(bytes)) * 100 >= u128::from(bytes) * u128::from(wanted);
    told(
        ConditionName::Coverage,
        state(holds),
        format!("{} of {bytes} bytes seen", bytes - dropped.min(bytes)),
        format!("at least {wanted} %"),
        Some(format!("make shadow.ring or shadow.drain larger, then: {next}")),
    )
}

/// What was altered or taken away may be what speaks against the candidate. Some runs are always cut off, by a machine that goes down; they
/// may be as many as what may be left unseen of the others.
fn records(gate: &Gate, evidence: &Evidence<'_>) -> Condition {
    let coverage = evidence.report.map(|report| &report.coverage);
    let (unseen, cut_off, all) = coverage.map_or((0, 0, 0), |coverage| {
        let cut_off = coverage.interrupted_runs;
        (
            coverage.unseen_runs,
            cut_off,
            coverage.runs + coverage.absent_runs + cut_off,
        )
    });
    let wanted = gate.coverage.value.get();
    let holds = unseen == 0 && u128::from(all - cut_off) * 100 >= u128::from(all) * u128::from(wanted);
    told(
        ConditionName::Records,
        state(coverage.is_some() && holds),
        format!("{unseen} altered or missing, {cut_off} cut off, of {}", all + unseen),
        format!("none altered or missing, at most {} % cut off", 100 - wanted),
        Some(format!(
            "cofferdam shadow report --plugin {0}; find out what happened to those runs; another version of {0} starts anew",
            evidence.plugin
        )),
    )
}

fn looser(evidence: &Evidence<'_>) -> Condition {
    let rules = evidence
        .report
        .map(|report| report.rules.as_slice())
        .unwrap_or_default();
    let grave = rules.iter().filter(|rule| rule.severity == Severity::P0);
    let (mut looser, mut blind) = (0, 0);
    for rule in grave {
        looser += rule.effects.looser;
        blind += u64::from(rule.dropped);
    }
    told(
        ConditionName::Looser,
        state(evidence.report.is_some() && looser == 0 && blind == 0),
        format!("{looser} looser, {blind} rules of which something was dropped"),
        "none".to_owned(),
        Some(format!("cofferdam shadow report --plugin {}", evidence.plugin)),
    )
}

fn failures(evidence: &Evidence<'_>) -> Condition {
    let failed = evidence
        .report
        .map_or(0, |report| report.failures.values().sum::<u64>());
    told(
        ConditionName::Failures,
        state(evidence.report.is_some() && failed == 0),
        failed.to_string(),
        "none".to_owned(),
        Some("mend the candidate; another component starts anew".to_owned()),
    )
}

fn latency(gate: &Gate, evidence: &Evidence<'_>) -> Condition {
    let budget = gate.p99.value.get();
    // A time in milliseconds of at most 10 s is exact as a number with a fraction.
    let budget_micros = f64::from(u32::try_from(budget).unwrap_or(u32::MAX)) * 1000.0;
    let p99 = evidence
        .report
        .filter(|report| report.cost.calls > 0)
        .map(|report| report.cost.p99_micros);
    told(
        ConditionName::Latency,
        state(p99.is_some_and(|p99| p99 <= budget_micros)),
        p99.map_or_else(|| "no call".to_owned(), |p99| format!("p99 {p99:.0} µs")),
        format!("p99 at most {budget} ms"),
        Some(format!("cofferdam shadow report --plugin {}", evidence.plugin)),
    )
}

fn recall(gate: &Gate, evidence: &Evidence<'_>) -> Condition {
    let owner = gate.corpus_owner.value.as_ref();
    let wanted = "all of a corpus that somebody other than the author answers for".to_owned();
    let condition = |state, found: String, next: &str| {
        told(
            ConditionName::Recall,
            state,
            found,
            wanted.clone(),
            Some(next.to_owned()),
        )
    };
    if owner.is_some() && owner == evidence.author {
        let found = "the corpus is the author's own".to_owned();
        let next = "set policy.gate.corpus-owner to another person, who answers for the corpus";
        return condition(ConditionState::Impossible, found, next);
    }
    match &evidence.corpus {
        CorpusResult::Unnamed(missing) => condition(
            ConditionState::Impossible,
            "no corpus that is named with its digest and its owner".to_owned(),
            &format!("set {}", missing.join(" and ")),
        ),
        CorpusResult::Unusable(why) => condition(ConditionState::Missing, why.to_string(), "mend policy.gate.corpus"),
        CorpusResult::Ran { positives: 0, .. } => condition(
            ConditionState::Impossible,
            "the corpus holds no secret".to_owned(),
            "name a corpus of labelled secrets",
        ),
        CorpusResult::Ran { positives, missed, .. } => condition(
            state(*missed == 0),
            format!("{} of {positives} whole, in time and as P0", positives - missed),
            &format!("cofferdam eval --plugin {} --corpus FILE", evidence.plugin),
        ),
    }
}

/// What was drawn and nobody labelled counts as wrong, or one would label what is right and leave the rest; and so does what has no line to
/// be drawn by.
fn false_positives(gate: &Gate, evidence: &Evidence<'_>) -> Condition {
    let (least, most) = (gate.labelled.value.get(), gate.false_positives.value.get());
    let drawn = evidence.drawn;
    let unlabelled = drawn.findings.saturating_sub(drawn.labelled);
    let unlisted = evidence.report.map_or(0, |report| report.coverage.unlisted);
    let hidden = Rate::wilson(unlisted, unlisted + drawn.of).map_or(0.0, |share| share.value);
    let share = Rate::wilson(drawn.wrong + unlabelled, drawn.findings);
    let high = share.map(|share| share.high * (1.0 - hidden) + hidden);
    // Per mille as a share.
    let bound = f64::from(u32::try_from(most).unwrap_or(u32::MAX)) / 1000.0;
    let wanted = format!("upper bound below {:.1} % of at least {least} labelled", bound * 100.0);
    let mut found = high.map_or_else(
        || "none drawn".to_owned(),
        |high| {
            format!(
                "{} wrong of {}, below {:.2} % at 95 %",
                drawn.wrong,
                drawn.findings,
                high * 100.0
            )
        },
    );
    for (count, what) in [
        (unlabelled, "not labelled, which counts as wrong"),
        (unlisted, "without a line to be drawn by, which count as wrong"),
        (drawn.lost, "drawn before runs were changed or taken away"),
    ] {
        if count > 0 {
            found.push_str(&format!("; {count} {what}"));
        }
    }
    if most == 0 {
        let next = "set policy.gate.false-positives above 0: no sample shows that there are none";
        return told(
            ConditionName::FalsePositives,
            ConditionState::Impossible,
            found,
            wanted,
            Some(next.to_owned()),
        );
    }
    let holds = drawn.lost == 0 && drawn.labelled >= least && high.is_some_and(|high| high < bound);
    let next = if drawn.lost > 0 {
        "find out who changed or took away runs; another version starts anew".to_owned()
    } else if unlabelled == 0 {
        format!(
            "cofferdam sample {} --task {} --count {least}",
            evidence.plugin, evidence.task
        )
    } else {
        format!("cofferdam shadow label RUN:PLACE true|false --by WHO --why TEXT, for {unlabelled} that were drawn")
    };
    told(ConditionName::FalsePositives, state(holds), found, wanted, Some(next))
}

fn approvals(gate: &Gate, evidence: &Evidence<'_>) -> Condition {
    let wanted = gate.approvals.value.get();
    let count =
        |people: &BTreeSet<PersonName>| people.iter().filter(|name| Some(*name) != evidence.author).count() as u64;
    let (found, possible) = (count(evidence.approvers), count(evidence.may_approve));
    let (state, next) = if possible < wanted {
        let next = format!("those who may approve, other than the author, are {possible}; add others to `people`");
        (ConditionState::Impossible, next)
    } else {
        let next = format!(
            "cofferdam approve promotion {} --task {} DIGEST --by WHO --why TEXT",
            evidence.plugin, evidence.task
        );
        (state(found >= wanted), next)
    };
    told(
        ConditionName::Approvals,
        state,
        format!("{found} {}", if found == 1 { "person" } else { "people" }),
        format!("at least {wanted}, the author not counted"),
        Some(next),
    )
}

fn share(evidence: &Evidence<'_>) -> Condition {
    told(
        ConditionName::Share,
        ConditionState::Missing,
        "`limited` would choose no run".to_owned(),
        "a share of runs, or tasks".to_owned(),
        Some(format!("set plugins.{0}.share or plugins.{0}.tasks", evidence.plugin)),
    )
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
