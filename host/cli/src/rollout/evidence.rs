//! What is known of a candidate, gathered for the gate.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cofferdam_model::authority::{
    Approval, CorpusResult, Draw, Drawn, Evidence, GateReport, GateSchema, PersonName, Phase, Role, Signed, judge,
};
use cofferdam_model::config::{Resolved, Setting as _};
use cofferdam_model::record::{Approvals, SafeText, TaskId, TaskRollouts};
use cofferdam_model::shadow::CandidateReport;
use cofferdam_runner::authority::{Acts, Findings, Moment, verify_approval};
use cofferdam_runner::eval::{Evaluator, Place};
use cofferdam_runner::record::{RunClock, read_task};
use cofferdam_runner::session::Guards;
use cofferdam_runner::shadow::{Query, report};

use super::Pair;
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
    /// The approvals that counted.
    pub(crate) approvals: Vec<Signed<Approval>>,
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
    let acts = Acts::read(&state(around)?).map_err(|error| Failure::before(error.code(), error))?;
    let drawn = drawn((around, in_force, pair), &findings, &acts)?;
    let author = pair.plugin.author.value.as_ref();
    let approvals = believed(around, resolved, pair, (approvals, &acts))?;
    let approvers = approvals.iter().map(|signed| signed.statement.by.clone()).collect();
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
            drawn,
            corpus: corpus(around, resolved, guards),
            author,
            approvers: &approvers,
            may_approve: &may_approve,
            task,
            plugin: pair.name.as_str(),
            chooses: pair.chooses(to),
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
        approvals,
    })
}

/// What is known of what was drawn. Every draw from these records counts, and is made again from the log of acts, so
/// that none can be taken away; one that comes out otherwise shows that runs are gone from which it was made.
fn drawn(
    (around, in_force, pair): (&Surroundings, &InForce, &Pair),
    findings: &Findings,
    acts: &Acts,
) -> Result<Drawn, Failure> {
    let (mut places, mut lost) = (BTreeSet::new(), 0);
    let is_theirs = |draw: &Draw| draw.candidate.is_same(&pair.candidate) && draw.incumbent.is_same(&pair.incumbent);
    for drawn in acts
        .drawn(&base(&in_force.resolved, around))
        .filter(|drawn| is_theirs(&drawn.draw))
    {
        let sample = findings.drawn(drawn.draw.clone());
        if sample.named() == drawn.sample {
            places.extend(sample.places);
        } else {
            lost += 1;
        }
    }
    let resolved = &in_force.resolved;
    let author = pair.plugin.author.value.as_ref();
    let reviews = findings
        .reviews(&base(resolved, around), &places, &resolved.people, author)
        .map_err(|error| Failure::before(error.code(), error))?;
    Ok(Drawn {
        findings: places.len() as u64,
        labelled: reviews.labelled,
        wrong: reviews.wrong,
        of: findings.places.len() as u64,
        lost,
    })
}

/// What shadow reports of exactly this candidate against exactly this incumbent.
fn candidate(
    (folder, state): (&Path, &Path),
    pair: &Pair,
    made: cofferdam_model::record::Timestamp,
) -> Result<Option<CandidateReport>, Failure> {
    let query = Query {
        version: Some(&pair.candidate),
        verify: Some(state),
        anchored: true,
        ..Query::default()
    };
    let told = report(folder, &query, env!("CARGO_PKG_VERSION"), made)
        .map_err(|error| Failure::before(error.code(), error))?;
    let is_it = |report: &CandidateReport| {
        let against = report.incumbent.as_ref();
        report.digest == Some(pair.candidate.digest) && against.is_some_and(|against| against.is(&pair.incumbent))
    };
    Ok(told.candidates.into_iter().find(is_it))
}

/// The approvals of this promotion by others than the author. A document that isn't believed is told, and counts for
/// nothing; and so is one from before the candidate was taken back, since whoever signed it didn't know of that.
fn believed(
    around: &Surroundings,
    resolved: &Resolved,
    pair: &Pair,
    (approvals, acts): (Approvals, &Acts),
) -> Result<Vec<Signed<Approval>>, Failure> {
    let now = Moment::now(&state(around)?);
    let wanted = pair.subject();
    let author = pair.plugin.author.value.as_ref();
    let mut believed = Vec::new();
    for signed in approvals.approvals {
        if signed.statement.subject != wanted || Some(&signed.statement.by) == author {
            continue;
        }
        match verify_approval(&signed, &resolved.people, now, acts) {
            Ok(()) => believed.push(signed),
            Err(error) => crate::say(&format!(
                "warning {}: an approval of {} is not believed: {error}",
                error.code(),
                signed.statement.by
            )),
        }
    }
    Ok(believed)
}

/// Runs the candidate over the corpus that the gate names.
fn corpus(around: &Surroundings, resolved: &Resolved, guards: Arc<Guards>) -> CorpusResult {
    let gate = &resolved.gate;
    let (Some(file), Some(digest), Some(_)) = (&gate.corpus.value, &gate.corpus_digest.value, &gate.corpus_owner.value)
    else {
        let keys = [
            ("policy.gate.corpus", gate.corpus.value.is_some()),
            ("policy.gate.corpus-digest", gate.corpus_digest.value.is_some()),
            ("policy.gate.corpus-owner", gate.corpus_owner.value.is_some()),
        ];
        return CorpusResult::Unnamed(keys.iter().filter(|(_, set)| !set).map(|(key, _)| *key).collect());
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
    let kept_in = evaluator.kept_in();
    let told = corpus.told.clone();
    let evaluation = evaluator.finish(env!("CARGO_PKG_VERSION"), RunClock::start().now().time, vec![told]);
    let positives = evaluation.totals.positives;
    CorpusResult::Ran {
        digest: *digest,
        positives,
        missed: positives - kept_in,
    }
}
