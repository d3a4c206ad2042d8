//! What a promoted plugin did in the last runs, kept in the state folder.

use std::fs::File;
use std::io;
use std::path::Path;

use cofferdam_model::authority::Version;
use cofferdam_model::shadow::Times;
use serde::{Deserialize, Serialize};

use super::AuthorityError;
use crate::record::files::{Care, Disk, open, private_folder, replace};
use crate::session::GuestUse;

/// The folder in the state folder.
const FOLDER: &str = "watched";
/// The most bytes of a file: a thousand runs with all classes of times.
const MOST: u64 = 16 << 20;

/// What one plugin did in its last runs, the newest last. It holds for one component with one table of settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Watched {
    version: Version,
    runs: Vec<One>,
}

/// What it did in one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct One {
    failures: u64,
    times: Times,
}

/// What it did in all of these runs together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Together {
    /// How many runs.
    pub runs: u64,
    /// How often it failed.
    pub failures: u64,
    /// How long its calls took.
    pub times: Times,
}

/// Adds a run, and answers what the plugin did in the last `most` runs with it. A file that can't be read begins anew.
///
/// # Errors
/// It can't be written.
pub fn watch(state: &Path, version: &Version, used: &GuestUse, most: usize) -> Result<Together, AuthorityError> {
    let failed = |source: io::Error| AuthorityError::Unwritten {
        place: FOLDER.to_owned(),
        source,
    };
    let folder = state.join(FOLDER);
    private_folder(&folder, FOLDER).map_err(|error| failed(io::Error::other(error.to_string())))?;
    // Runs that end at once come one after the other.
    let guard = File::open(&folder).map_err(failed)?;
    guard.lock().map_err(failed)?;
    let path = folder.join(format!("{}.json", version.name));
    let mut watched = read(&path)
        .filter(|watched| watched.version == *version)
        .unwrap_or_else(|| Watched {
            version: version.clone(),
            runs: Vec::new(),
        });
    watched.runs.push(One {
        failures: used.failures,
        times: used.times.clone(),
    });
    let surplus = watched.runs.len().saturating_sub(most);
    watched.runs.drain(..surplus);
    let bytes = serde_json::to_vec(&watched).expect("counts are plain JSON");
    replace(&path, &bytes, &Disk, Care::Quick).map_err(failed)?;
    let mut together = Together::default();
    for one in &watched.runs {
        together.runs += 1;
        together.failures += one.failures;
        together.times.merge(&one.times);
    }
    Ok(together)
}

/// Forgets what a plugin did: it is out of force, and begins anew when it comes back.
pub fn forget(state: &Path, version: &Version) {
    std::fs::remove_file(state.join(FOLDER).join(format!("{}.json", version.name))).ok();
}

fn read(path: &Path) -> Option<Watched> {
    let file = open(path).ok()?;
    let found = file.metadata().ok()?;
    if !found.is_file() || found.len() > MOST {
        return None;
    }
    serde_json::from_reader(io::BufReader::new(file)).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cofferdam_model::record::Digest;

    use super::*;

    #[test]
    fn the_last_runs_of_one_version_are_counted_together() {
        let state = tempfile::tempdir().expect("a folder");
        let version = |settings: &[u8]| Version {
            name: "next".parse().expect("a name"),
            digest: Digest::of(b"next"),
            settings: Digest::of(settings),
        };
        let run = |settings: &[u8], failures: u64| {
            let mut times = Times::default();
            times.add(Duration::from_micros(50));
            let used = GuestUse {
                plugin: "next".parse().expect("a name"),
                times,
                failures,
            };
            let together = watch(state.path(), &version(settings), &used, 3).expect("kept");
            (together.runs, together.failures, together.times.count)
        };
        assert_eq!(run(b"{}", 1), (1, 1, 1));
        assert_eq!(run(b"{}", 2), (2, 3, 2));
        assert_eq!(run(b"{}", 4), (3, 7, 3));
        assert_eq!(run(b"{}", 8), (3, 14, 3), "the first one is out of sight");
        assert_eq!(run(b"other", 1), (1, 1, 1), "other settings begin anew");
        forget(state.path(), &version(b"other"));
        assert_eq!(run(b"other", 1), (1, 1, 1));
    }
}
