//! Compiled code on disk, and what guests said of themselves, under a key that never leaves this host.
//!
//! Whoever can make the host load compiled code runs in the host. So the folder must be ours alone, and each file
//! carries a MAC that is checked before anything else looks at it. What doesn't verify is compiled again.

mod key;

use cofferdam_model::Code;
use cofferdam_model::record::Digest;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rustix::fs::OFlags;
use sha2::Sha256;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{Hash as _, Hasher};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Begins each file, so that a later layout is never read as this one.
const MAGIC: &[u8; 16] = b"cofferdam-code 1";
const MAC: usize = 32;
/// A compiled guest is far smaller; a larger file isn't ours.
const LONGEST: u64 = 256 << 20;
/// So many files of each form are kept, the newest ones.
const KEPT: usize = 48;

/// What is kept of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Its compiled code.
    Code,
    /// What it said of itself.
    Said,
}

impl Form {
    const ALL: [Self; 2] = [Self::Code, Self::Said];

    /// How the names of such files end.
    fn ending(self) -> &'static str {
        match self {
            Self::Code => ".code",
            Self::Said => ".said",
        }
    }
}

/// A folder of what is kept of components.
pub(crate) struct Cache {
    folder: PathBuf,
    key: [u8; 32],
    /// What the engine says of the code that it makes: version, target, features of the processor, settings.
    engine: Digest,
}

/// Why compiled code is not kept. The engine works on without, and compiles at each start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("compiled plugins are not kept in {}: {problem}; {}", folder.display(), remedy)]
pub struct CacheWarning {
    folder: PathBuf,
    problem: String,
    remedy: &'static str,
}

impl CacheWarning {
    /// The stable code of this warning.
    pub fn code(&self) -> Code {
        Code::CacheUnusable
    }
}

impl Cache {
    /// Opens the folder, and makes it and its key where they are missing.
    pub(crate) fn open(folder: &Path, engine: &wasmtime::Engine) -> Result<Self, CacheWarning> {
        let warn = |problem: String, remedy| CacheWarning {
            folder: folder.to_owned(),
            problem,
            remedy,
        };
        let failed = |error: io::Error| {
            warn(
                error.to_string(),
                "make it writable for you, or name another cache folder",
            )
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(failed)?;
        let folder_is = fs::metadata(folder).map_err(failed)?;
        if folder_is.uid() != rustix::process::geteuid().as_raw() {
            return Err(warn(
                "it belongs to another user".into(),
                "name a cache folder of your own",
            ));
        }
        if folder_is.mode() & 0o022 != 0 {
            return Err(warn(
                "others can write to it".into(),
                "take their right away with `chmod go-w`",
            ));
        }
        let key = key::load(folder).map_err(|error| warn(error.to_string(), "delete its file `host.key`"))?;
        Ok(Self {
            folder: folder.to_owned(),
            key,
            engine: engine_digest(engine),
        })
    }

    /// What was kept under a digest, if it is here and whole.
    pub(crate) fn read(&self, of: &Digest, form: Form) -> Option<Verified> {
        let name = self.name(of, form);
        let file = open_ours(&self.folder.join(&name)).ok()?;
        let length = file
            .metadata()
            .ok()
            .map(|file| file.len())
            .filter(|length| *length <= LONGEST)?;
        let mut bytes = Vec::with_capacity(usize::try_from(length).ok()? + 1);
        file.take(LONGEST + 1).read_to_end(&mut bytes).ok()?;
        let (magic, rest) = bytes.split_first_chunk::<16>()?;
        let (mac, kept) = rest.split_first_chunk::<MAC>()?;
        if magic != MAGIC || self.mac(&name, kept).verify_slice(mac).is_err() {
            tracing::warn!(file = %name, "a kept file does not verify; what it holds is made again");
            return None;
        }
        Some(Verified {
            bytes,
            start: MAGIC.len() + MAC,
        })
    }

    /// Whether something is kept under a digest. Whether it is whole is seen when it is read.
    pub(crate) fn has(&self, of: &Digest, form: Form) -> bool {
        open_ours(&self.folder.join(self.name(of, form))).is_ok()
    }

    /// Keeps something under a digest. Readers see the whole file or none.
    pub(crate) fn write(&self, of: &Digest, form: Form, bytes: &[u8]) -> io::Result<()> {
        let name = self.name(of, form);
        let temporary = self.folder.join(key::temporary_name()?);
        let written = (|| {
            let mut file = create_ours(&temporary)?;
            file.write_all(MAGIC)?;
            file.write_all(&self.mac(&name, bytes).finalize().into_bytes())?;
            file.write_all(bytes)?;
            fs::rename(&temporary, self.folder.join(&name))
        })();
        if written.is_err() {
            // Nothing more can be done about a file that can't be removed either; `prune` tries again.
            drop(fs::remove_file(&temporary));
        }
        self.prune();
        written
    }

    /// The name covers everything that the file depends on, and the MAC covers the name: no file passes for another.
    fn name(&self, of: &Digest, form: Form) -> String {
        let mut both = [0; 64];
        both[..32].copy_from_slice(of.as_bytes());
        both[32..].copy_from_slice(self.engine.as_bytes());
        format!("{}{}", Digest::of(&both), form.ending())
    }

    fn mac(&self, name: &str, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(&self.key).expect("a MAC takes a key of any length");
        mac.update(name.as_bytes());
        mac.update(bytes);
        mac
    }

    /// Removes the oldest files, and what a killed process left half written. Failing to is no failure.
    fn prune(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        let mut files: Vec<_> = entries
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let changed = entry.metadata().ok()?.modified().ok()?;
                Some((changed, name))
            })
            .collect();
        files.sort_unstable_by(|a, b| b.cmp(a));
        let old = |changed: std::time::SystemTime| changed.elapsed().is_ok_and(|age| age.as_secs() > 3600);
        let kept = Form::ALL.iter().flat_map(|form| {
            let of_form = files.iter().filter(|(_, name)| name.ends_with(form.ending()));
            of_form.skip(KEPT)
        });
        let torn = files
            .iter()
            .filter(|(changed, name)| name.ends_with(".tmp") && old(*changed));
        for (_, name) in kept.chain(torn) {
            drop(fs::remove_file(self.folder.join(name)));
        }
    }
}

/// What was kept, and whose MAC was right. Only [`Cache::read`] makes one.
pub(crate) struct Verified {
    bytes: Vec<u8>,
    start: usize,
}

impl Verified {
    /// What was kept itself.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

/// Opens a file that is no link.
fn open_ours(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(no_follow()).open(path)
}

/// Makes a file that wasn't there, for us alone.
fn create_ours(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(no_follow())
        .open(path)
}

fn no_follow() -> i32 {
    i32::try_from((OFlags::NOFOLLOW | OFlags::CLOEXEC).bits()).expect("the flags of open are small numbers")
}

fn engine_digest(engine: &wasmtime::Engine) -> Digest {
    /// Feeds what a type hashes of itself to SHA-256, since the standard hasher is neither stable nor strong.
    struct Feed(Sha256);
    impl Hasher for Feed {
        fn write(&mut self, bytes: &[u8]) {
            sha2::Digest::update(&mut self.0, bytes);
        }
        fn finish(&self) -> u64 {
            0
        }
    }
    let mut feed = Feed(sha2::Digest::new());
    feed.write(env!("CARGO_PKG_VERSION").as_bytes());
    feed.write(crate::version().as_bytes());
    engine.precompile_compatibility_hash().hash(&mut feed);
    Digest::from_bytes(sha2::Digest::finalize(feed.0).into())
}

#[cfg(test)]
mod tests;
