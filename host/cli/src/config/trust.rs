//! Which project files this user trusts: each by its path and by what it held.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use cofferdam_model::Code;
use cofferdam_model::config::{Problem, plain_path};
use cofferdam_model::record::Digest;
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use super::file;
use crate::paths::{PlaceError, Places};

/// The trusted files of this user, in their state folder.
pub(crate) struct TrustStore<'a> {
    places: &'a Places,
}

/// How a project's file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It holds what it held when it was trusted.
    Trusted,
    /// It was trusted, and holds something else since.
    Changed,
    /// It was never trusted.
    Unknown,
}

/// Why the trusted files can't be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrustError {
    /// There is no folder for them.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The system says no.
    #[error("the list of trusted files {} can't be used: {reason}", plain_path(path))]
    File {
        /// The list.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// Someone else could have written it.
    #[error(
        "the list of trusted files {} can be written by others; remove it, and trust your projects anew",
        plain_path(path)
    )]
    Exposed {
        /// The list.
        path: PathBuf,
    },
    /// It isn't such a list.
    #[error(
        "{} isn't a list of trusted files; remove it, and trust your projects anew",
        plain_path(path)
    )]
    Broken {
        /// The list.
        path: PathBuf,
    },
    /// The path can't be written down.
    #[error(
        "the path {} isn't UTF-8, so it can't be remembered; rename the folder",
        plain_path(path)
    )]
    Path {
        /// The project's file.
        path: PathBuf,
    },
}

impl TrustError {
    /// The problem that this is.
    pub(crate) fn problem(&self) -> Problem {
        Problem::error(Code::ConfigUntrusted, self.to_string())
    }
}

/// The list as it is written.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct List {
    version: u32,
    trusted: BTreeMap<String, Digest>,
}

const VERSION: u32 = 1;

impl<'a> TrustStore<'a> {
    /// The store of a user. Nothing is read yet.
    pub(crate) const fn new(places: &'a Places) -> Self {
        Self { places }
    }

    /// How a file stands, by its real path and what it holds now.
    ///
    /// # Errors
    ///
    /// Where the list can't be read. The file then isn't trusted.
    pub(crate) fn standing(&self, path: &Path, holds: &[u8]) -> Result<Standing, TrustError> {
        let list = self.read(self.places.state_place()?)?;
        Ok(match list.trusted.get(text(path)?) {
            None => Standing::Unknown,
            Some(digest) if *digest == Digest::of(holds) => Standing::Trusted,
            Some(_) => Standing::Changed,
        })
    }

    /// Remembers that a file that holds this is trusted.
    ///
    /// # Errors
    ///
    /// Where the list can't be written, or the path isn't UTF-8.
    pub(crate) fn trust(&self, path: &Path, holds: &[u8]) -> Result<(), TrustError> {
        let path = text(path)?.to_owned();
        self.update(|trusted| {
            trusted.insert(path, Digest::of(holds));
        })
    }

    /// Forgets a file; false where it wasn't known.
    ///
    /// # Errors
    ///
    /// Where the list can't be written, or the path isn't UTF-8.
    pub(crate) fn revoke(&self, path: &Path) -> Result<bool, TrustError> {
        let path = text(path)?;
        let mut known = false;
        self.update(|trusted| known = trusted.remove(path).is_some())?;
        Ok(known)
    }

    /// All trusted files.
    ///
    /// # Errors
    ///
    /// Where the list can't be read.
    pub(crate) fn list(&self) -> Result<Vec<(PathBuf, Digest)>, TrustError> {
        let list = self.read(self.places.state_place()?)?;
        Ok(list
            .trusted
            .into_iter()
            .map(|(path, digest)| (path.into(), digest))
            .collect())
    }

    fn update(&self, change: impl FnOnce(&mut BTreeMap<String, Digest>)) -> Result<(), TrustError> {
        let folder = self.places.state()?;
        let path = place(folder);
        let failed = |reason| TrustError::File {
            path: path.clone(),
            reason,
        };
        // Two `trust` at once must not lose one. The lock goes with its file handle.
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(folder.join("trust.lock"));
        let lock = lock.map_err(failed)?;
        flock(&lock, FlockOperation::LockExclusive).map_err(|error| failed(error.into()))?;
        let mut list = self.read(folder)?;
        change(&mut list.trusted);
        let mut written = serde_json::to_string_pretty(&list).map_err(|error| failed(error.into()))?;
        written.push('\n');
        file::replace(&path, written.as_bytes(), 0o600).map_err(failed)
    }

    fn read(&self, folder: &Path) -> Result<List, TrustError> {
        let path = place(folder);
        let failed = |reason| TrustError::File {
            path: path.clone(),
            reason,
        };
        let Some(bytes) = file::read(&path, file::MOST_TEXT).map_err(failed)? else {
            return Ok(List {
                version: VERSION,
                ..List::default()
            });
        };
        let found = fs::metadata(&path).map_err(failed)?;
        if found.mode() & 0o022 != 0 || found.uid() != rustix::process::geteuid().as_raw() {
            return Err(TrustError::Exposed { path });
        }
        let list = serde_json::from_slice(&bytes)
            .ok()
            .filter(|list: &List| list.version == VERSION);
        list.ok_or(TrustError::Broken { path })
    }
}

fn place(folder: &Path) -> PathBuf {
    folder.join("trust.json")
}

fn text(path: &Path) -> Result<&str, TrustError> {
    path.to_str().ok_or_else(|| TrustError::Path { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn places(base: &Path) -> Places {
        let base = base.to_owned();
        Places::new(move |name| (name == "HOME").then(|| base.clone().into()))
    }

    fn list(base: &Path) -> PathBuf {
        base.join(".local/state/cofferdam/trust.json")
    }

    #[test]
    fn a_file_is_trusted_until_it_changes_or_is_revoked() {
        let base = tempfile::tempdir().expect("a folder");
        let places = places(base.path());
        let store = TrustStore::new(&places);
        let project = Path::new("/p/cofferdam.toml");
        assert_eq!(store.standing(project, b"a").expect("read"), Standing::Unknown);
        assert!(!list(base.path()).exists(), "looking writes nothing");
        store.trust(project, b"a").expect("written");
        assert_eq!(store.standing(project, b"a").expect("read"), Standing::Trusted);
        assert_eq!(store.standing(project, b"b").expect("read"), Standing::Changed);
        assert_eq!(
            store.standing(Path::new("/q/cofferdam.toml"), b"a").expect("read"),
            Standing::Unknown
        );
        assert_eq!(fs::metadata(list(base.path())).expect("there").mode() & 0o777, 0o600);
        assert!(store.revoke(project).expect("written"));
        assert!(!store.revoke(project).expect("written"));
        assert_eq!(store.standing(project, b"a").expect("read"), Standing::Unknown);
    }

    #[test]
    fn a_list_that_others_could_write_is_not_believed() {
        let base = tempfile::tempdir().expect("a folder");
        let places = places(base.path());
        let store = TrustStore::new(&places);
        store.trust(Path::new("/p"), b"a").expect("written");
        fs::set_permissions(list(base.path()), fs::Permissions::from_mode(0o620)).expect("opened");
        assert!(matches!(
            store.standing(Path::new("/p"), b"a"),
            Err(TrustError::Exposed { .. })
        ));
    }

    #[test]
    fn a_broken_list_is_told_and_kept() {
        let base = tempfile::tempdir().expect("a folder");
        let places = places(base.path());
        let store = TrustStore::new(&places);
        store.trust(Path::new("/p"), b"a").expect("written");
        for broken in [
            "",
            "{}",
            "{\"version\":2,\"trusted\":{}}",
            "{\"version\":1,\"trusted\":{\"/p\":\"0\"}}",
        ] {
            fs::write(list(base.path()), broken).expect("written");
            assert!(
                matches!(store.trust(Path::new("/q"), b"a"), Err(TrustError::Broken { .. })),
                "{broken}"
            );
            assert_eq!(fs::read_to_string(list(base.path())).expect("read"), broken);
        }
    }

    #[test]
    fn trusting_at_once_loses_nothing() {
        let base = tempfile::tempdir().expect("a folder");
        let places = places(base.path());
        std::thread::scope(|scope| {
            for number in 0..8 {
                let store = TrustStore::new(&places);
                scope.spawn(move || store.trust(Path::new(&format!("/p{number}")), b"a").expect("written"));
            }
        });
        assert_eq!(TrustStore::new(&places).list().expect("read").len(), 8);
    }
}
