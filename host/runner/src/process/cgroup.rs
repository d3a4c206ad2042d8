//! A control group of the session's own, where the system lets the host make one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access, getxattr};

/// A cgroup (version 2) below the host's. It is removed when this is dropped.
pub struct Cgroup {
    folder: PathBuf,
}

/// Why there is no cgroup for sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCgroup {
    /// The system has no version 2, or the host is in none.
    Absent,
    /// It isn't the host's to divide.
    NotDelegated,
    /// The kernel can't kill a whole cgroup (before 5.14).
    NoKill,
}

impl Cgroup {
    /// Makes one, named for the host's process.
    pub fn create() -> Result<Self, NoCgroup> {
        let parent = own_folder().ok_or(NoCgroup::Absent)?;
        if !is_delegated(&parent) {
            return Err(NoCgroup::NotDelegated);
        }
        let folder = (0..100)
            .map(|number| parent.join(format!("cofferdam-{}-{number}", std::process::id())))
            .find(|folder| std::fs::create_dir(folder).is_ok())
            .ok_or(NoCgroup::NotDelegated)?;
        let made = Self { folder };
        if access(made.folder.join("cgroup.kill"), Access::WRITE_OK).is_err() {
            return Err(NoCgroup::NoKill);
        }
        Ok(made)
    }

    /// Moves a process into it, with all its threads. A process that is gone, or that may not be moved, is left out:
    /// the cgroup is a second net.
    pub(crate) fn adopt(&self, pid: i32) {
        std::fs::write(self.folder.join("cgroup.procs"), pid.to_string()).ok();
    }

    /// The processes in it and in the groups below it.
    pub fn members(&self) -> Vec<i32> {
        let mut members = Vec::new();
        let mut next = vec![self.folder.clone()];
        while let Some(folder) = next.pop() {
            let text = std::fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
            members.extend(text.lines().filter_map(|line| line.parse::<i32>().ok()));
            next.extend(subfolders(&folder));
        }
        members
    }

    /// Kills every process in it at once, also those that are just being born.
    pub fn kill(&self) {
        std::fs::write(self.folder.join("cgroup.kill"), "1").ok();
    }
}

impl Drop for Cgroup {
    /// A group with living processes can't be removed, and stays.
    fn drop(&mut self) {
        remove(&self.folder);
    }
}

fn remove(folder: &Path) {
    for below in subfolders(folder) {
        remove(&below);
    }
    std::fs::remove_dir(folder).ok();
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let folders = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|entry| entry.path()).collect()
}

/// Whether the host may divide this group: by right for a user who can write there; for root, who can write anywhere,
/// only where a service manager has marked it as handed over, or where none is in charge.
fn is_delegated(folder: &Path) -> bool {
    let writable =
        access(folder, Access::WRITE_OK).is_ok() && access(folder.join("cgroup.procs"), Access::WRITE_OK).is_ok();
    let marked = || {
        ["user.delegate", "trusted.delegate"].into_iter().any(|name| {
            let mut value = [0; 8];
            getxattr(folder, name, &mut value[..]).is_ok_and(|length| value[..length] == *b"1")
        })
    };
    writable && (!rustix::process::geteuid().is_root() || !Path::new("/run/systemd/system").exists() || marked())
}

/// The folder of the group that the host is in.
fn own_folder() -> Option<PathBuf> {
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    locate(&groups, &mounts).filter(|folder| folder.join("cgroup.procs").exists())
}

/// Joins a process's group to the place where the hierarchy is mounted, which may show only a part of it.
fn locate(groups: &str, mounts: &str) -> Option<PathBuf> {
    let group = Path::new(groups.lines().find_map(|line| line.strip_prefix("0::"))?);
    mounts.lines().find_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        if kind.split(' ').next() != Some("cgroup2") {
            return None;
        }
        let mut fields = place.split(' ').skip(3);
        let (root, point) = (unescape(fields.next()?), unescape(fields.next()?));
        Some(Path::new(&point).join(group.strip_prefix(&root).ok()?))
    })
}

/// Undoes the octal escapes (space, tab, newline, backslash) of /proc/self/mountinfo.
fn unescape(field: &str) -> OsString {
    let text = field
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
    OsString::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_found_through_the_mount() {
        let mounts = "24 1 0:20 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
        assert_eq!(
            locate("9:name=systemd:/x\n0::/a/b\n", mounts),
            Some("/sys/fs/cgroup/unified/a/b".into())
        );
        assert_eq!(locate("9:name=systemd:/x\n", mounts), None);
        let part = "24 1 0:20 /a /my\\040groups rw shared:1 - cgroup2 cgroup2 rw\n";
        assert_eq!(locate("0::/a/b\n", part), Some("/my groups/b".into()));
        assert_eq!(locate("0::/other\n", part), None);
        assert_eq!(
            locate("0::/a\n", "24 1 0:20 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"),
            None
        );
    }
}
