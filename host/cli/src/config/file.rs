//! Files as we read and write them: regular, bounded, and replaced whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// The most bytes of a configuration, a lock or a trust file.
pub(super) const MOST_TEXT: u64 = 1 << 20;
/// The most bytes of a component.
pub(super) const MOST_COMPONENT: u64 = 256 << 20;

/// The most bytes of a file of secrets.
const MOST_SECRETS: u64 = 64 << 10;

/// What a file holds, or `None` where there is none.
///
/// # Errors
///
/// What the system says, and where the file isn't a regular one or is larger than `most` bytes.
pub(super) fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    // A pipe in the file's place must not make us wait; what was opened is looked at, not what the path then names.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).expect("the flag is a small number");
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it is larger than {} KiB", most >> 10)));
    }
    Ok(Some(bytes))
}

/// What a component's file holds.
///
/// # Errors
///
/// As [`read`], and where there is none.
pub(crate) fn read_component(path: &Path) -> io::Result<Vec<u8>> {
    read(path, MOST_COMPONENT)?.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no such file"))
}

/// What a file of secrets holds.
///
/// # Errors
///
/// As [`read`], and where there is none.
pub(crate) fn read_secrets(path: &Path) -> io::Result<Vec<u8>> {
    read(path, MOST_SECRETS)?.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no such file"))
}

/// Puts a whole new file in the place of one, with these rights. A reader sees the old one or the new one, never a
/// part.
///
/// # Errors
///
/// What the system says.
pub(crate) fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    Prepared::new(path, bytes, mode)?.put()
}

/// A file that is written whole, and only has to be put in the place of another one.
pub(crate) struct Prepared {
    beside: PathBuf,
    path: PathBuf,
    is_put: bool,
}

impl Prepared {
    /// Writes it beside the other one.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(crate) fn new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<Self> {
        let prepared = Self {
            beside: beside(path),
            path: path.to_owned(),
            is_put: false,
        };
        match fs::remove_file(&prepared.beside) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut file: File = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&prepared.beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(prepared)
    }

    /// Puts it in its place.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(crate) fn put(mut self) -> io::Result<()> {
        fs::rename(&self.beside, &self.path)?;
        self.is_put = true;
        Ok(())
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        if !self.is_put {
            // A file that was never put in place is of no use to anyone; that it can't be removed either is no second
            // error.
            fs::remove_file(&self.beside).ok();
        }
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[test]
    fn only_regular_files_of_a_bounded_size_are_read() {
        let base = tempfile::tempdir().expect("a folder");
        let path = base.path().join("f");
        assert_eq!(read(&path, 4).expect("no file"), None);
        fs::write(&path, "1234").expect("written");
        assert_eq!(read(&path, 4).expect("a file"), Some(b"1234".to_vec()));
        assert!(read(&path, 3).is_err());
        assert!(read(base.path(), 4).is_err());
        let pipe = base.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .expect("made");
        assert!(read(&pipe, 4).is_err(), "a pipe is refused and not waited for");
    }

    #[test]
    fn a_replaced_file_is_whole_and_leaves_nothing_beside() {
        let base = tempfile::tempdir().expect("a folder");
        let path = base.path().join("f");
        replace(&path, b"one", 0o600).expect("written");
        replace(&path, b"two", 0o600).expect("written");
        assert_eq!(fs::read_to_string(&path).expect("read"), "two");
        assert_eq!(fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(base.path()).expect("listed").count(), 1);
    }
}
