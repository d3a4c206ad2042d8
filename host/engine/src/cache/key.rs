//! The host-local key of the cache.

use super::{create_ours, open_ours};
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

const NAME: &str = "host.key";

/// Reads the key of a folder, or makes one. Of two processes that make one at once, both get the same.
pub(super) fn load(folder: &Path) -> io::Result<[u8; 32]> {
    let path = folder.join(NAME);
    match read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        done => return done,
    }
    let mut key = [0; 32];
    random(&mut key)?;
    let temporary = folder.join(temporary_name()?);
    create_ours(&temporary)?.write_all(&key)?;
    // A link, unlike a rename, doesn't replace the key that another process has just put there.
    let linked = fs::hard_link(&temporary, &path);
    fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => read(&path),
    }
}

/// A name that no other process uses.
pub(super) fn temporary_name() -> io::Result<String> {
    let mut bytes = [0; 16];
    random(&mut bytes)?;
    Ok(format!("{:032x}.tmp", u128::from_ne_bytes(bytes)))
}

fn read(path: &Path) -> io::Result<[u8; 32]> {
    let mut file = open_ours(path)?;
    let is = file.metadata()?;
    let ours = is.is_file() && is.uid() == rustix::process::geteuid().as_raw() && is.mode() & 0o077 == 0;
    if !ours {
        return Err(io::Error::other("others may read its key"));
    }
    let mut key = [0; 32];
    if is.len() != 32 {
        return Err(io::Error::other("its key is not whole"));
    }
    file.read_exact(&mut key)?;
    Ok(key)
}

fn random(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|error| io::Error::other(error.to_string()))
}
