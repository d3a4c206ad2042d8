//! What records say of a candidate beyond the report on it: which findings are its own, and on which days it was seen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cofferdam_model::authority::{Draw, PersonName, Sample, SampledPlace, Version};
use cofferdam_model::record::{Action, Day, RunId, TaskId, Timestamp};
use cofferdam_model::shadow::{Candidate, CandidateState, PlaceClass, ShadowPlace};

use super::People;
use crate::record::{RecordError, Verdict, closed_heads, list, verify as verify_record};
use crate::shadow::{Labels, ShadowFile, labels};

/// A candidate's findings in all closed runs whose `shadow.jsonl` is the one that the run's closing entry names.
#[derive(Debug, Default)]
pub struct Findings {
    /// Each finding of its own that it would have acted on.
    pub places: Vec<SampledPlace>,
    /// Days on which it saw something, by records whose times only grow.
    pub days: BTreeSet<Day>,
    /// When the first run began in which it was on trial.
    pub first: Option<Timestamp>,
    /// How many runs the state folder knows to be closed.
    pub heads: u64,
    /// Of each run its task, and its place among those that were closed.
    runs: BTreeMap<RunId, (TaskId, u64)>,
}

/// What reviewers said of drawn places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reviews {
    /// Places that somebody other than the author labelled.
    pub labelled: u64,
    /// Those of them that are no finding.
    pub wrong: u64,
}

impl Findings {
    /// Reads the records beneath `base`. Runs count only where their whole record is the one whose head is in the
    /// state folder, and against this incumbent; days only where those heads, in their order, never went back in
    /// time.
    ///
    /// # Errors
    /// A folder or file can't be read.
    pub fn of(base: &Path, state: &Path, candidate: &Version, incumbent: &Version) -> Result<Self, RecordError> {
        let heads = closed_heads(state)?;
        let mut findings = Self {
            heads: heads.len() as u64,
            ..Self::default()
        };
        for run in list(base)? {
            let Some(manifest) = &run.manifest else { continue };
            // Whoever can write records could make up runs; a head in the state folder is no more than a second place
            // to write, and still one.
            if manifest.shadow().is_none() || verify_record(&run.folder, state)? != Verdict::Valid {
                continue;
            }
            let Ok(Some(file)) = ShadowFile::read(&run.folder, manifest)? else {
                continue;
            };
            // Whatever it is called: a new name leaves nothing behind.
            let is_it = |told: &&Candidate| {
                told.is(candidate)
                    && told.state == CandidateState::Ran
                    && told.incumbent.as_ref().is_some_and(|against| against.is(incumbent))
            };
            let Some((told, closed)) = file.begun.candidates.iter().find(is_it).zip(heads.get(&run.run)) else {
                continue;
            };
            if closed.grows {
                findings.days.insert(closed.time.day());
            }
            findings.first = Some(
                findings
                    .first
                    .map_or(manifest.started, |first| first.min(manifest.started)),
            );
            findings.runs.insert(run.run, (run.task.clone(), closed.seq.0));
            let own = file.places.iter().filter(|(place, _)| place.candidate == told.name);
            findings
                .places
                .extend(own.filter(|(place, _)| acts(place)).map(|(place, line)| SampledPlace {
                    run: run.run,
                    place: place.place,
                    line: *line,
                }));
        }
        Ok(findings)
    }

    /// What comes of a draw from the findings of the runs that were closed when it was made.
    #[must_use]
    pub fn drawn(&self, draw: Draw) -> Sample {
        let heads = draw.heads;
        let was_closed = |place: &&SampledPlace| self.runs.get(&place.run).is_some_and(|(_, seq)| *seq < heads);
        draw.from(self.places.iter().filter(was_closed).copied().collect())
    }

    /// What reviewers said of these places. Those count who are among `people` and aren't the author, and no label on
    /// a place that changed since.
    ///
    /// # Errors
    /// A log of labels can't be read, or was changed by others.
    pub fn reviews(
        &self,
        base: &Path,
        places: &BTreeSet<SampledPlace>,
        people: &People,
        author: Option<&PersonName>,
    ) -> Result<Reviews, RecordError> {
        let mut known: BTreeMap<TaskId, Labels> = BTreeMap::new();
        let mut reviews = Reviews::default();
        for place in places {
            let Some((task, _)) = self.runs.get(&place.run) else {
                continue;
            };
            if !known.contains_key(task) {
                known.insert(task.clone(), labels(base, task)?);
            }
            let Some(label) = known[task].get(&(place.run, place.place)) else {
                continue;
            };
            let is_authors = author.is_some_and(|author| author.as_str() == label.by.as_str());
            let is_somebodys = people.keys().any(|name| name.as_str() == label.by.as_str());
            if label.line == place.line && is_somebodys && !is_authors {
                reviews.labelled += 1;
                reviews.wrong += u64::from(!label.verdict);
            }
        }
        Ok(reviews)
    }
}

/// Whether the candidate itself found something there, and would have acted on it.
fn acts(place: &ShadowPlace) -> bool {
    let failed = matches!(place.class, PlaceClass::Error | PlaceClass::Timeout);
    !failed
        && place
            .challenger
            .as_ref()
            .is_some_and(|side| side.action != Action::Allow)
}
