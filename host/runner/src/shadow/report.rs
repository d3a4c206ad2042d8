//! The report over many runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cofferdam_model::authority::Version;
use cofferdam_model::record::{Day, Manifest, Name, RunId, SafeText, TaskId, Timestamp};
use cofferdam_model::shadow::{Candidate, ShadowReport, ShadowReportSchema, SkippedRun, SkippedWhy};

use super::file::ShadowFile;
use super::fold::{Fold, Key, gather_absent};
use super::labels::{Labels, labels};
use super::part::Part;
use crate::record::{RecordError, RunSummary, Verdict, list, opened_runs, verify};

/// Which runs a report covers.
#[derive(Debug, Clone, Default)]
pub struct Query<'a> {
    /// These tasks; all where it is empty.
    pub tasks: Vec<TaskId>,
    /// From this day on.
    pub since: Option<Day>,
    /// This candidate alone.
    pub plugin: Option<Name>,
    /// This version alone, whatever it was called; where it was never loaded, by its name and settings.
    pub version: Option<&'a Version>,
    /// The state folder, where each record is to be verified as a whole before it is taken into account.
    pub verify: Option<&'a Path>,
    /// Where each record is verified: whether one counts only if its head is in the state folder.
    pub anchored: bool,
}

/// Reads the records beneath `base`, and tells what they say of candidates.
///
/// # Errors
/// A folder or file can't be read, or a log of labels was changed by others. A run that can't be taken into account is no error: the report
/// names it.
pub fn report(
    base: &Path,
    query: &Query<'_>,
    version: &'static str,
    made: Timestamp,
) -> Result<ShadowReport, RecordError> {
    let mut runs = list(base)?;
    let missing = missing(base, query, &runs)?;
    // The oldest first, so that days and places stand in their order.
    runs.reverse();
    let mut told = ShadowReport {
        schema: ShadowReportSchema::V1,
        host: SafeText::constant(version),
        made,
        tasks: query.tasks.clone(),
        since: query.since,
        runs: 0,
        skipped: Vec::new(),
        candidates: Vec::new(),
    };
    let mut folds: BTreeMap<Key, Fold> = BTreeMap::new();
    let mut verdicts: BTreeMap<TaskId, Labels> = BTreeMap::new();
    let mut unseen: Vec<(RunId, SkippedWhy)> = Vec::new();
    for run in runs {
        if !query.tasks.is_empty() && !query.tasks.contains(&run.task) {
            continue;
        }
        let read = match &run.manifest {
            Some(manifest) if query.since.is_some_and(|since| manifest.started.day() < since) => continue,
            Some(manifest) => read(&run, manifest, query)?,
            None => Err(SkippedWhy::OtherSchema),
        };
        let file = match read {
            Ok(file) => file,
            Err(SkippedWhy::Open) if !run.live && interrupted(&run, query, &mut folds) => continue,
            Err(why) => {
                // One that goes on has nothing to say yet, and holds nothing back.
                if !run.live {
                    unseen.push((run.run, why));
                }
                told.skipped.push(SkippedRun {
                    task: run.task,
                    run: run.run,
                    why,
                });
                continue;
            }
        };
        told.runs += 1;
        let Some((file, manifest)) = file.zip(run.manifest.as_ref()) else {
            continue;
        };
        if !verdicts.contains_key(&run.task) {
            verdicts.insert(run.task.clone(), labels(base, &run.task)?);
        }
        for candidate in file.begun.candidates.iter().filter(|candidate| query.wants(candidate)) {
            let fold = folds.entry(Key::of(candidate)).or_default();
            fold.run(&run, manifest.started, candidate, &file, &verdicts[&run.task]);
        }
    }
    for (task, run) in missing {
        let why = SkippedWhy::Missing;
        unseen.push((run, why));
        told.skipped.push(SkippedRun { task, run, why });
    }
    gather_absent(&mut folds);
    for (run, why) in unseen {
        folds.values_mut().for_each(|fold| fold.skipped(run, why));
    }
    told.candidates = folds.into_values().map(|fold| fold.told(told.runs)).collect();
    told.candidates
        .sort_by(|one, other| (&one.name, one.digest).cmp(&(&other.name, other.digest)));
    Ok(told)
}

impl Query<'_> {
    fn wants(&self, candidate: &Candidate) -> bool {
        let is_version = |version: &Version| {
            let same = candidate.digest == Some(version.digest)
                || (candidate.digest.is_none() && candidate.name == version.name);
            same && candidate.settings_digest == version.settings
        };
        self.plugin.as_ref().is_none_or(|plugin| candidate.name == *plugin) && self.version.is_none_or(is_version)
    }
}

/// Runs that tasks know of, and of which nothing is there any more.
fn missing(base: &Path, query: &Query<'_>, runs: &[RunSummary]) -> Result<Vec<(TaskId, RunId)>, RecordError> {
    let there: BTreeSet<(&TaskId, RunId)> = runs.iter().map(|run| (&run.task, run.run)).collect();
    let tasks: BTreeSet<&TaskId> = runs.iter().map(|run| &run.task).chain(&query.tasks).collect();
    let mut missing = Vec::new();
    for task in tasks {
        if !query.tasks.is_empty() && !query.tasks.contains(task) {
            continue;
        }
        let opened = opened_runs(base, task)?.into_iter();
        let covered = opened.filter(|(_, at)| query.since.is_none_or(|since| at.day() >= since));
        let gone = covered.filter(|(run, _)| !there.contains(&(task, *run)));
        missing.extend(gone.map(|(run, _)| (task.clone(), run)));
    }
    Ok(missing)
}

/// Takes into account what is left of a run that was never closed. Answers whether there is anything.
fn interrupted(run: &RunSummary, query: &Query<'_>, folds: &mut BTreeMap<Key, Fold>) -> bool {
    let mut is_any = false;
    for file in Part::read_all(&run.folder) {
        for candidate in &file.begun.candidates {
            is_any = true;
            if query.wants(candidate) {
                let fold = folds.entry(Key::of(candidate)).or_default();
                fold.interrupted(run.run, candidate, &file);
            }
        }
    }
    is_any
}

type Read = Result<Option<ShadowFile>, SkippedWhy>;

fn read(run: &RunSummary, manifest: &Manifest, query: &Query<'_>) -> Result<Read, RecordError> {
    if let Some(state) = query.verify {
        match verify(&run.folder, state)? {
            Verdict::Valid => {}
            Verdict::Unanchored if !query.anchored => {}
            Verdict::Unanchored => return Ok(Err(SkippedWhy::Tampered)),
            Verdict::Interrupted { .. } => return Ok(Err(SkippedWhy::Open)),
            Verdict::Tampered { .. } => return Ok(Err(SkippedWhy::Tampered)),
        }
    }
    ShadowFile::read(&run.folder, manifest)
}
