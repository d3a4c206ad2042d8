//! Files that only their owner can read, appended whole or not at all.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use super::RecordError;

/// How bytes reach a file: the seam at which tests make the disk full.
pub(crate) trait Medium: Send + Sync {
    /// Writes some of the bytes, as `write(2)` does.
    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<usize>;
}

/// The real one.
pub(crate) struct Disk;

impl Medium for Disk {
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }
}

/// Writes all bytes.
fn write_all(medium: &dyn Medium, file: &File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match medium.write(file, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A file that grows by whole pieces: a piece that can't be written is taken back.
pub(super) struct AppendFile {
    file: File,
    len: u64,
    medium: Arc<dyn Medium>,
    durable: bool,
}

impl AppendFile {
    /// Makes the file, which must not exist.
    pub(super) fn create(path: &Path, medium: Arc<dyn Medium>, durable: bool) -> io::Result<Self> {
        let file = private().append(true).create_new(true).open(path)?;
        Ok(Self {
            file,
            len: 0,
            medium,
            durable,
        })
    }

    /// Goes on with a file that is `len` bytes long and was opened for appending.
    pub(super) fn resume(file: File, len: u64, medium: Arc<dyn Medium>, durable: bool) -> Self {
        Self {
            file,
            len,
            medium,
            durable,
        }
    }

    /// Appends all of the bytes, or none.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = write_all(self.medium.as_ref(), &self.file, bytes)
            .and_then(|()| if self.durable { self.file.sync_data() } else { Ok(()) });
        match written {
            Ok(()) => {
                self.len += bytes.len() as u64;
                Ok(())
            }
            Err(error) => {
                // The file must not keep part of a piece. Should even this fail, the first error tells more.
                self.file.set_len(self.len).ok();
                Err(error)
            }
        }
    }

    /// How long the file is.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The file itself.
    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

/// Options for a file that only its owner can read, and that is never a symbolic link.
pub(crate) fn private() -> OpenOptions {
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).expect("a flag of open fits");
    let mut options = File::options();
    options.mode(0o600).custom_flags(no_follow);
    options
}

/// Opens a file to read it, unless it is a symbolic link.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    private().read(true).open(path)
}

/// Reads a whole file of so many bytes at the most; one that doesn't exist reads as none. What is no plain file, such
/// as a pipe at which one would wait for ever, is refused.
pub(super) fn read_bounded(path: &Path, place: &str, most: u64) -> Result<Option<Vec<u8>>, RecordError> {
    let failed = |error| RecordError::read(place, error);
    let found = match path.symlink_metadata() {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if !found.is_file() || found.len() > most {
        return Err(failed(io::Error::other(format!(
            "it is no plain file of at most {most} bytes"
        ))));
    }
    read(path, place)
}

/// Reads a whole file; one that doesn't exist reads as none.
pub(super) fn read(path: &Path, place: &str) -> Result<Option<Vec<u8>>, RecordError> {
    let mut bytes = Vec::new();
    match open(path).and_then(|mut file| io::Read::read_to_end(&mut file, &mut bytes)) {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(RecordError::read(place, error)),
    }
}

/// How careful a file is replaced. Each of them is one step for whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    /// After a power loss the file may be empty. Some file systems write a file out when it is renamed over another,
    /// which costs more than everything else that a short run records; so the two are exchanged.
    Quick,
    /// The file system sees to it that the old or the new one is there after a power loss, where it does so.
    Settled,
    /// The new one is written through to the disk first.
    Durable,
}

/// Replaces a file by another at once: a reader sees the old or the new one, never a part.
pub(crate) fn replace(path: &Path, bytes: &[u8], medium: &dyn Medium, care: Care) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let written = private()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&fresh)
        .and_then(|file| {
            write_all(medium, &file, bytes)?;
            if care == Care::Durable { file.sync_all() } else { Ok(()) }
        });
    match written.and_then(|()| put_in_place(&fresh, path, care)) {
        Ok(()) => Ok(()),
        Err(error) => {
            // A rest of it would only be in the way; that it can't be removed is no second error.
            std::fs::remove_file(&fresh).ok();
            Err(error)
        }
    }
}

fn put_in_place(fresh: &Path, path: &Path, care: Care) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    // Where there is nothing to exchange, or no way to, a rename does the same.
    if care == Care::Quick && renameat_with(CWD, fresh, CWD, path, RenameFlags::EXCHANGE).is_ok() {
        return std::fs::remove_file(fresh);
    }
    std::fs::rename(fresh, path)
}

/// Has a folder's list of files written through to the disk.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    open(path)?.sync_all()
}

/// Makes a folder that only its owner can enter, or makes one that exists so. Answers whether it is new.
pub(crate) fn private_folder(path: &Path, place: &str) -> Result<bool, RecordError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => return Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(RecordError::create(place, error)),
    }
    let found = path
        .symlink_metadata()
        .map_err(|error| RecordError::create(place, error))?;
    if !found.is_dir() {
        return Err(RecordError::NotAFolder {
            place: place.to_owned(),
        });
    }
    if found.permissions().mode() & 0o077 != 0 {
        std::fs::set_permissions(path, Permissions::from_mode(0o700))
            .map_err(|error| RecordError::create(place, error))?;
    }
    Ok(false)
}
