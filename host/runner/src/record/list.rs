//! Finding runs on disk.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use cofferdam_model::record::{Manifest, RunId, TaskId};

use super::files;
use super::{Layout, RecordError};

/// A run that is on disk.
#[derive(Debug)]
pub struct RunSummary {
    /// Its task.
    pub task: TaskId,
    /// The run.
    pub run: RunId,
    /// Its folder.
    pub folder: PathBuf,
    /// Its manifest, as it stands there; none where that is missing or not one. Only `verify` says whether it is true.
    pub manifest: Option<Manifest>,
    /// Whether it is being recorded now.
    pub live: bool,
}

/// All runs beneath `base`, the newest first.
///
/// # Errors
/// The folder of records can't be read. None at all isn't an error.
pub fn list(base: &Path) -> Result<Vec<RunSummary>, RecordError> {
    let layout = Layout::new(base);
    let mut runs = Vec::new();
    for task in names::<TaskId>(&layout.runs(), ".runs")? {
        let place = format!(".runs/{task}/cli");
        for run in names::<RunId>(&layout.task(&task).join("cli"), &place)? {
            let folder = layout.run(&task, run);
            let bytes = files::read(&folder.join("manifest.json"), "").ok().flatten();
            let manifest = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
            let live = files::open(&folder.join("events.jsonl")).is_ok_and(|log| is_locked(&log));
            runs.push(RunSummary {
                task: task.clone(),
                run,
                folder,
                manifest,
                live,
            });
        }
    }
    runs.sort_by_key(|run| std::cmp::Reverse(run.run));
    Ok(runs)
}

/// The tasks that have a folder, in no order.
///
/// # Errors
/// The folder of records can't be read.
pub(crate) fn tasks(base: &Path) -> Result<Vec<TaskId>, RecordError> {
    names(&Layout::new(base).runs(), ".runs")
}

/// The one run whose id begins with `prefix`, in either case.
///
/// # Errors
/// No run has such an id, or more than one has, or no beginning of any is given.
pub fn find(base: &Path, prefix: &str) -> Result<RunSummary, RecordError> {
    if prefix.is_empty() {
        return Err(RecordError::Unnamed);
    }
    let prefix = prefix.to_ascii_lowercase();
    let mut found: Vec<_> = list(base)?
        .into_iter()
        .filter(|run| run.run.to_string().starts_with(&prefix))
        .collect();
    match (found.pop(), found.len()) {
        (Some(run), 0) => Ok(run),
        (Some(_), others) => Err(RecordError::Ambiguous(others + 1)),
        (None, _) => Err(RecordError::Unknown),
    }
}

/// Whether a recorder holds the log.
pub(super) fn is_locked(log: &File) -> bool {
    matches!(log.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// The ids that a folder's entries are named by; other entries aren't ours.
fn names<T: std::str::FromStr>(folder: &Path, place: &str) -> Result<Vec<T>, RecordError> {
    let fail = |error| RecordError::read(place, error);
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(fail(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(
            entry
                .map_err(fail)?
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok()),
        );
    }
    Ok(names)
}
