//! What a candidate saw so far, on disk while its run goes on: all that is left where the host is killed.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cofferdam_model::record::{Name, RunId, SafeText, TaskId};
use cofferdam_model::shadow::{
    Candidate, CandidateState, ShadowBegun, ShadowCoverage, ShadowLine, ShadowPlace, ShadowSchema,
};

use super::file::ShadowFile;
use crate::record::files::{Care, Disk, open, replace};

/// What the file of a candidate ends with; it begins with the candidate's name.
const END: &str = ".shadow-part.jsonl";
/// How often it is written at the most, and so how much is lost at the least.
const EACH: Duration = Duration::from_secs(1);
/// For so many places it is written so much more seldom again, since all of them are written anew.
const PLACES: usize = 500;
/// The most bytes that are read back.
const MOST: u64 = 64 << 20;

/// Where it is written, and what it begins with.
pub(super) struct Part {
    folder: PathBuf,
    begun: ShadowBegun,
    last: Instant,
    places: usize,
}

impl Part {
    /// Of a candidate in a run. Nothing is written yet.
    pub(super) fn new(
        folder: PathBuf,
        (task, run): (TaskId, RunId),
        version: &'static str,
        candidate: Candidate,
    ) -> Self {
        Self {
            folder,
            begun: ShadowBegun {
                schema: ShadowSchema::V1,
                task,
                run,
                host_version: SafeText::constant(version),
                ring_bytes: 0,
                drain_ms: 0,
                candidates: vec![candidate],
            },
            // A run that is over in less than that leaves its record at once.
            last: Instant::now(),
            places: 0,
        }
    }

    /// How long until it may be written again.
    pub(super) fn due(&self) -> Duration {
        let times = u32::try_from(1 + self.places / PLACES).unwrap_or(u32::MAX);
        (EACH * times).saturating_sub(self.last.elapsed())
    }

    /// Writes it anew, all at once. Where that can't be done, nothing is lost but what would be left of a killed host.
    pub(super) fn write(
        &mut self,
        loaded: (Option<SafeText>, Option<cofferdam_model::record::Digest>),
        places: Vec<ShadowPlace>,
        coverage: ShadowCoverage,
    ) {
        self.last = Instant::now();
        self.places = places.len();
        let candidate = &mut self.begun.candidates[0];
        (candidate.version, candidate.digest) = loaded;
        candidate.state = CandidateState::Ran;
        let path = path(&self.folder, &candidate.name);
        let first = ShadowLine::Begun(Box::new(self.begun.clone()));
        let places = places.into_iter().map(|place| ShadowLine::Place(Box::new(place)));
        let lines = std::iter::once(first)
            .chain(places)
            .chain([ShadowLine::Coverage(Box::new(coverage))]);
        let mut text = String::new();
        for line in lines {
            text.push_str(&serde_json::to_string(&line).expect("a line of shadow is plain JSON"));
            text.push('\n');
        }
        replace(&path, text.as_bytes(), &Disk, Care::Quick).ok();
    }

    /// Takes the file away: the run's own record holds all of it by now.
    pub(super) fn remove(folder: &Path, candidate: &Name) {
        std::fs::remove_file(path(folder, candidate)).ok();
    }

    /// What is left in the folder of a run that was never closed.
    pub(super) fn read_all(run_dir: &Path) -> Vec<ShadowFile> {
        let Ok(entries) = std::fs::read_dir(run_dir) else {
            return Vec::new();
        };
        let mut names: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                path.file_name()
                    .is_some_and(|name| name.to_string_lossy().ends_with(END))
            })
            .collect();
        names.sort_unstable();
        names.iter().filter_map(|path| read(path)).collect()
    }
}

fn path(folder: &Path, candidate: &Name) -> PathBuf {
    folder.join(format!("{candidate}{END}"))
}

fn read(path: &Path) -> Option<ShadowFile> {
    let file = open(path).ok()?;
    let found = file.metadata().ok()?;
    if !found.is_file() || found.len() > MOST {
        return None;
    }
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::Read::take(file, MOST), &mut bytes).ok()?;
    ShadowFile::parse(&bytes)
}
