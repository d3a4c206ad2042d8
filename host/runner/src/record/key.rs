//! The host's key for fingerprints, kept outside the records.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use cofferdam_model::record::KeyId;

use super::RecordError;
use super::clock::{random, wall_clock};
use super::files::{open, private, private_folder};
use super::heads;

/// A key for fingerprints: 32 random bytes that only their owner can read. Its id goes into the record.
pub struct FingerprintKey {
    id: KeyId,
    bytes: [u8; 32],
}

impl FingerprintKey {
    /// The newest key in the state folder; the first one is made.
    ///
    /// # Errors
    /// A key can't be made or read, or others may read it.
    pub fn load_or_create(state_dir: &Path) -> Result<Self, RecordError> {
        let folder = folder(state_dir)?;
        match newest(&folder)? {
            Some(id) => Self::load(&folder, id),
            None => Self::create(&folder, None),
        }
    }

    /// Makes a new key, which is the newest from now on. Older ones stay, so that old records can be compared.
    ///
    /// # Errors
    /// The key can't be made.
    pub fn rotate(state_dir: &Path) -> Result<Self, RecordError> {
        let folder = folder(state_dir)?;
        let last = newest(&folder)?;
        Self::create(&folder, last)
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The key as the guard takes it, from which there is no way out again.
    #[must_use]
    pub fn for_guard(&self) -> cofferdam_guard::FingerprintKey {
        cofferdam_guard::FingerprintKey::new(&self.bytes)
    }

    fn create(folder: &Path, last: Option<KeyId>) -> Result<Self, RecordError> {
        let now = wall_clock().unix_millis();
        // A clock that went back must not let an older key win.
        let millis = last.map_or(now, |last| now.max(last.unix_millis() + 1));
        let key = Self {
            id: KeyId::new(millis, random()?),
            bytes: random()?,
        };
        let (path, fresh) = (path_of(folder, key.id), folder.join(format!(".{}.new", key.id)));
        let made = private()
            .write(true)
            .create_new(true)
            .open(&fresh)
            .and_then(|mut file| {
                file.write_all(&key.bytes)?;
                file.sync_all()
            });
        made.and_then(|()| std::fs::rename(&fresh, &path))
            .map_err(|error| RecordError::create(&place(key.id), error))?;
        Ok(key)
    }

    fn load(folder: &Path, id: KeyId) -> Result<Self, RecordError> {
        let refuse = |why: &str| RecordError::Key {
            place: place(id),
            why: why.to_owned(),
        };
        let fail = |error: io::Error| refuse(&error.to_string());
        let mut file = open(&path_of(folder, id)).map_err(fail)?;
        let found = file.metadata().map_err(fail)?;
        if !found.is_file() {
            return Err(refuse("it is not a file; remove it, and a new key is made"));
        }
        if found.mode() & 0o077 != 0 {
            return Err(refuse("others may read it; remove it, and a new key is made"));
        }
        if found.uid() != rustix::process::geteuid().as_raw() {
            return Err(refuse("it belongs to another user; remove it, and a new key is made"));
        }
        let mut bytes = [0; 32];
        let whole = file.read_exact(&mut bytes).is_ok() && found.len() == bytes.len() as u64;
        if whole {
            Ok(Self { id, bytes })
        } else {
            Err(refuse("it is not 32 bytes; remove it, and a new key is made"))
        }
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FingerprintKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

fn folder(state_dir: &Path) -> Result<PathBuf, RecordError> {
    heads::prepare(state_dir)?;
    let folder = state_dir.join("keys");
    private_folder(&folder, "keys")?;
    Ok(folder)
}

fn newest(folder: &Path) -> Result<Option<KeyId>, RecordError> {
    let fail = |error| RecordError::read("keys", error);
    let mut newest = None;
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let name = entry.map_err(fail)?.file_name();
        let id = name
            .to_str()
            .and_then(|name| name.strip_prefix("fingerprint-"))
            .and_then(|name| name.strip_suffix(".key"))
            .and_then(|id| id.parse::<KeyId>().ok());
        newest = newest.max(id);
    }
    Ok(newest)
}

fn place(id: KeyId) -> String {
    format!("keys/fingerprint-{id}.key")
}

fn path_of(folder: &Path, id: KeyId) -> PathBuf {
    folder.join(format!("fingerprint-{id}.key"))
}
