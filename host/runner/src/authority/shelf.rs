//! A folder of signed documents in the state folder, a file each.

use std::fs;
use std::io::Read as _;
use std::marker::PhantomData;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use cofferdam_model::authority::{Signed, Statement};

use super::AuthorityError;
use crate::record::files::{Care, Disk, open, private_folder, replace};

/// The most bytes of a document.
const MOST: u64 = 64 * 1024;
/// The most documents that are looked at.
const MOST_DOCUMENTS: usize = 4096;

/// Signed documents of one kind.
pub struct Shelf<T> {
    state: PathBuf,
    name: &'static str,
    of: PhantomData<fn() -> T>,
}

/// A document on the shelf.
pub struct Kept<T> {
    /// Its file beneath the state folder.
    pub place: String,
    /// What it holds, or why it can't be read. Nobody has checked its signature.
    pub read: Result<Signed<T>, AuthorityError>,
}

impl<T: Statement> Shelf<T> {
    /// The shelf of this name beneath the state folder. Nothing is made before something is put there.
    #[must_use]
    pub fn new(state: &Path, name: &'static str) -> Self {
        Self {
            state: state.to_owned(),
            name,
            of: PhantomData,
        }
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.state.join(self.name)
    }

    /// Puts a document there. One of the same name gives way to it.
    ///
    /// # Errors
    /// It can't be written.
    pub fn put(&self, name: &str, signed: &Signed<T>) -> Result<PathBuf, AuthorityError> {
        let place = format!("{}/{name}.json", self.name);
        let failed = |source| AuthorityError::Unwritten {
            place: place.clone(),
            source,
        };
        private_folder(&self.folder(), self.name).map_err(|error| failed(std::io::Error::other(error.to_string())))?;
        let path = self.state.join(&place);
        replace(&path, signed.to_text().as_bytes(), &Disk, Care::Durable).map_err(failed)?;
        Ok(path)
    }

    /// All documents, in the order of their names.
    #[must_use]
    pub fn all(&self) -> Vec<Kept<T>> {
        let Ok(entries) = fs::read_dir(self.folder()) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".json") && !name.starts_with('.'))
            .take(MOST_DOCUMENTS)
            .collect();
        names.sort_unstable();
        names
            .into_iter()
            .map(|name| {
                let place = format!("{}/{name}", self.name);
                let read = self.read(&place);
                Kept { place, read }
            })
            .collect()
    }

    fn read(&self, place: &str) -> Result<Signed<T>, AuthorityError> {
        let unread = |why: String| AuthorityError::Unread {
            place: place.to_owned(),
            why,
        };
        let file = open(&self.state.join(place)).map_err(|error| unread(error.to_string()))?;
        let found = file.metadata().map_err(|error| unread(error.to_string()))?;
        if !found.is_file() || found.len() > MOST {
            return Err(unread("it is no file of at most 64 KiB".to_owned()));
        }
        if found.mode() & 0o022 != 0 || found.uid() != rustix::process::geteuid().as_raw() {
            return Err(unread("others may write it".to_owned()));
        }
        let mut bytes = Vec::new();
        file.take(MOST)
            .read_to_end(&mut bytes)
            .map_err(|error| unread(error.to_string()))?;
        // The parser's message may show what the file holds; its place doesn't.
        serde_json::from_slice(&bytes)
            .map_err(|error| unread(format!("line {}: not a signed document of this kind", error.line())))
    }
}
