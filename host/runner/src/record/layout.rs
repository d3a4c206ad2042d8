//! Where records lie.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use cofferdam_model::record::{RunId, TaskId};

use super::RecordError;
use super::files::{private, private_folder};

/// The places of records beneath one folder, which holds `.runs` and `out`.
#[derive(Debug, Clone)]
pub struct Layout {
    base: PathBuf,
}

impl Layout {
    /// The places beneath `base`.
    #[must_use]
    pub fn new(base: &Path) -> Self {
        Self { base: base.to_owned() }
    }

    /// `.runs`.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.base.join(".runs")
    }

    /// `.runs/<task>`: the task's log, its metrics and its runs.
    #[must_use]
    pub fn task(&self, task: &TaskId) -> PathBuf {
        self.runs().join(task.as_str())
    }

    /// `.runs/<task>/cli/<run>`: the run's log, manifest and frames.
    #[must_use]
    pub fn run(&self, task: &TaskId, run: RunId) -> PathBuf {
        self.task(task).join("cli").join(run.to_string())
    }

    /// `out/<task>`: the task's state.
    #[must_use]
    pub fn out(&self, task: &TaskId) -> PathBuf {
        self.base.join("out").join(task.as_str())
    }

    /// Makes the folders of a new run, all private and hidden from git.
    ///
    /// A folder `out` that was there before isn't ours: it stays as it is, and only the task's folder in it is hidden.
    pub(super) fn prepare(&self, task: &TaskId, run: RunId) -> Result<(), RecordError> {
        self.prepare_task(task)?;
        let place = format!(".runs/{task}/cli");
        private_folder(&self.task(task).join("cli"), &place)?;
        let place = format!("{place}/{run}");
        if !private_folder(&self.run(task, run), &place)? {
            return Err(RecordError::InUse);
        }
        Ok(())
    }

    /// Makes the folders of a task.
    pub(super) fn prepare_task(&self, task: &TaskId) -> Result<(), RecordError> {
        private_folder(&self.runs(), ".runs").map_err(|error| match error {
            RecordError::Create { place, source } if source.kind() == io::ErrorKind::NotFound => {
                RecordError::NoFolder { place }
            }
            error => error,
        })?;
        hide(&self.runs(), ".runs")?;
        private_folder(&self.task(task), &format!(".runs/{task}"))?;
        let out = self.base.join("out");
        match std::fs::symlink_metadata(&out) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                return Err(RecordError::NotAFolder {
                    place: "out".to_owned(),
                });
            }
            Err(_) => {
                private_folder(&out, "out")?;
                hide(&out, "out")?;
            }
        }
        let place = format!("out/{task}");
        private_folder(&self.out(task), &place)?;
        if out.join(".gitignore").exists() {
            Ok(())
        } else {
            hide(&self.out(task), &place)
        }
    }
}

/// Hides a folder's content from git.
fn hide(folder: &Path, place: &str) -> Result<(), RecordError> {
    let made = private().write(true).create_new(true).open(folder.join(".gitignore"));
    match made.and_then(|mut file| file.write_all(b"*\n")) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(RecordError::create(&format!("{place}/.gitignore"), error)),
    }
}
