//! What is known of a candidate, gathered for the gate.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cofferdam_model::authority::{
    CorpusResult, Evidence, GateReport, GateSchema, PersonName, Phase, Role, Subject, judge,
};
use cofferdam_model::config::{Resolved, Setting as _};
use cofferdam_model::record::{Approvals, Name, SafeText, TaskId, TaskRollouts};
use cofferdam_model::shadow::CandidateReport;
use cofferdam_runner::authority::{Findings, Moment, verify};
use cofferdam_runner::eval::{Evaluator, Place};
use cofferdam_runner::record::{RunClock, read_task};
use cofferdam_runner::session::Guards;
use cofferdam_runner::shadow::{Query, report};

use super::Pair;
use super::pair::name_of;
use crate::authority::state;
use crate::command::exec::base;
use crate::config::Surroundings;
use crate::corpus::CorpusFile;
use crate::failure::Failure;
use crate::guards::InForce;

/// What was gathered, and what the gate says of it.
pub(crate) struct Gathered {
    /// The gate's answer.
    pub(crate) report: GateReport,
    /// What shadow reports of the candidate against this incumbent.
    pub(crate) shadow: Option<CandidateReport>,
    /// What records say of the task's roll-outs.
    pub(crate) rollouts: TaskRollouts,
    /// When the candidate was on trial first.
    pub(crate) first: Option<cofferdam_model::record::Timestamp>,
}

/// A candidate's findings.
pub(crate) fn findings(around: &Surroundings, in_force: &InForce, pair: &Pair) -> Result<Findings, Failure> {
    let folder = base(&in_force.resolved, around);
    Findings::of(&folder, &state(around)?, &pair.candidate, &pair.incumbent)
        .map_err(|error| Failure::before(error.code(), error))
}

/// Gathers all evidence, and asks the gate. `guards` are the candidate alone, to be run over the corpus.
pub(crate) fn collect(
    around: &Surroundings,
    in_force: &InForce,
    pair: &Pair,
    guards: Arc<Guards>,
    (task, to): (&TaskId, Phase),
) -> Result<Gathered, Failure> {
    let resolved = &in_force.resolved;
    let folder = base(resolved, around);
    let told = |error: cofferdam_runner::record::RecordError| Failure::before(error.code(), error);
    let made = RunClock::start().now().time;
    let shadow = candidate((&folder, &state(around)?), pair, made)?;
    let findings = findings(around, in_force, pair)?;
    let (rollouts, approvals) = read_task(&folder, task).map_err(told)?;
    let drawn: BTreeSet<_> = rollouts
        .rollouts
        .get(&pair.candidate.name)
        .into_iter()
        .flat_map(|rollout| &rollout.samples)
        .filter(|sample| sample.candidate == pair.candidate)
        .flat_map(|sample| sample.places.iter().copied())
        .collect();
    let author = pair.plugin.author.value.as_ref();
    let reviews = findings
        .reviews(&folder, &drawn, &resolved.people, author)
        .map_err(told)?;
    let approvers = approvers(around, resolved, pair, &approvals)?;
    let may_approve: BTreeSet<PersonName> = resolved
        .people
        .iter()
        .filter(|(_, person)| person.may.value.allow(Role::Approve) && person.keys.value.iter().next().is_some())
        .map(|(name, _)| name.clone())
        .collect();
    let conditions = judge(
        &resolved.gate,
        &Evidence {
            report: shadow.as_ref(),
            days: findings.days.len() as u64,
            drawn: drawn.len() as u64,
            labelled: reviews.labelled,
            wrong: reviews.wrong,
            corpus: corpus(around, resolved, guards),
            author,
            approvers: &approvers,
            may_approve: &may_approve,
            task,
            plugin: pair.name.as_str(),
        },
    );
    Ok(Gathered {
        report: GateReport {
            schema: GateSchema::V1,
            incumbent: pair.incumbent.clone(),
            candidate: pair.candidate.clone(),
            to,
            made,
            conditions,
        },
        shadow,
        rollouts,
        first: findings.first,
    })
}

/// What shadow reports of exactly this candidate against exactly this incumbent.
fn candidate(
    (folder, state): (&Path, &Path),
    pair: &Pair,
    made: cofferdam_model::record::Timestamp,
) -> Result<Option<CandidateReport>, Failure> {
    let name: Name = name_of(&pair.name);
    let query = Query {
        plugin: Some(name),
        verify: Some(state),
        anchored: true,
        ..Query::default()
    };
    let told = report(folder, &query, env!("CARGO_PKG_VERSION"), made)
        .map_err(|error| Failure::before(error.code(), error))?;
    Ok(told.candidates.into_iter().find(|report| {
        let against = report.incumbent.as_ref();
        report.digest == Some(pair.candidate.digest)
            && report.settings_digest == pair.candidate.settings
            && against.is_some_and(|against| {
                against.digest == pair.incumbent.digest && against.settings_digest == pair.incumbent.settings
            })
    }))
}

/// Who approves this promotion. A document that isn't believed is told, and counts for nothing.
fn approvers(
    around: &Surroundings,
    resolved: &Resolved,
    pair: &Pair,
    approvals: &Approvals,
) -> Result<BTreeSet<PersonName>, Failure> {
    let now = Moment::now(&state(around)?);
    let wanted = Subject::Promotion {
        incumbent: pair.incumbent.clone(),
        candidate: pair.candidate.clone(),
    };
    let mut people = BTreeSet::new();
    for signed in approvals
        .approvals
        .iter()
        .filter(|signed| signed.statement.subject == wanted)
    {
        match verify(signed, &resolved.people, now) {
            Ok(()) => {
                people.insert(signed.statement.by.clone());
            }
            Err(error) => crate::say(&format!(
                "warning {}: an approval is not believed: {error}",
                error.code()
            )),
        }
    }
    Ok(people)
}

/// Runs the candidate over the corpus that the gate names.
fn corpus(around: &Surroundings, resolved: &Resolved, guards: Arc<Guards>) -> CorpusResult {
    let gate = &resolved.gate;
    let (Some(file), Some(digest), Some(_)) = (&gate.corpus.value, &gate.corpus_digest.value, &gate.corpus_owner.value)
    else {
        return CorpusResult::Unnamed;
    };
    let beside = gate.corpus.origin.file().and_then(Path::parent);
    let path: PathBuf = around
        .folder
        .join(beside.unwrap_or(&around.folder))
        .join(file.as_path());
    // A failure's words name the file and its lines, and never hold what stands there.
    let unusable = |failure: Failure| CorpusResult::Unusable(SafeText::vouched(failure.to_string()));
    let mut corpus = match CorpusFile::check(&path) {
        Ok(corpus) => corpus,
        Err(failure) => return unusable(failure),
    };
    if corpus.told.digest != *digest {
        let why = format!(
            "its digest is {}, and {} was named",
            corpus.told.digest.show(),
            digest.show()
        );
        return CorpusResult::Unusable(SafeText::vouched(why));
    }
    let mut evaluator = Evaluator::new(guards, 1, None);
    if let Err(failure) = corpus.examples(&mut |line, example| evaluator.example(Place { file: 0, line }, example)) {
        return unusable(failure);
    }
    let told = corpus.told.clone();
    let evaluation = evaluator.finish(env!("CARGO_PKG_VERSION"), RunClock::start().now().time, vec![told]);
    let counts = evaluation.alarm.counts;
    CorpusResult::Ran {
        digest: *digest,
        positives: counts.positives(),
        // What is found when it is out already was not kept in.
        missed: counts.not_in_time(),
    }
}
