//! What is to be run, and where its file is.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::error::ResolveError;

/// Where a command is looked for when there is no PATH.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A command with its arguments and surroundings. All of it is uncleared, so it can't be printed.
#[derive(Clone)]
pub struct Command {
    /// The program, as it was typed.
    pub program: OsString,
    /// The arguments after the program.
    pub args: Vec<OsString>,
    /// The working directory; the host's own where there is none.
    pub cwd: Option<PathBuf>,
    /// Changes to the host's environment: a value to set, or none to remove.
    pub env: Vec<(OsString, Option<OsString>)>,
}

impl Command {
    /// A command in the host's own directory and environment.
    pub fn new(program: impl Into<OsString>, args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self {
            program: program.into(),
            args: args.into_iter().map(Into::into).collect(),
            cwd: None,
            env: Vec::new(),
        }
    }

    /// The PATH that the child will have.
    pub(crate) fn path(&self) -> Option<OsString> {
        let changed = self.env.iter().rev().find(|(name, _)| name == "PATH");
        changed.map_or_else(|| std::env::var_os("PATH"), |(_, value)| value.clone())
    }
}

/// Finds the file of `program` as `execvp` does: a name with a slash is taken as it is (from `cwd` on), another is
/// looked for in each folder of `path`. A file that may not be executed is remembered and told only if no later one
/// may be.
pub fn resolve(program: &OsStr, path: Option<&OsStr>, cwd: &Path) -> Result<PathBuf, ResolveError> {
    if program.is_empty() {
        return Err(ResolveError::Missing);
    }
    if program.as_bytes().contains(&b'/') {
        return check(cwd.join(program));
    }
    let mut answer = ResolveError::Missing;
    for folder in std::env::split_paths(path.unwrap_or(OsStr::new(DEFAULT_PATH))) {
        match check(cwd.join(folder).join(program)) {
            Ok(found) => return Ok(found),
            Err(ResolveError::NotExecutable) => answer = ResolveError::NotExecutable,
            Err(ResolveError::Missing) => {}
        }
    }
    Err(answer)
}

fn check(file: PathBuf) -> Result<PathBuf, ResolveError> {
    match std::fs::metadata(&file) {
        Ok(metadata) if metadata.is_file() && access(&file, Access::EXEC_OK).is_ok() => Ok(file),
        Ok(_) => Err(ResolveError::NotExecutable),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Err(ResolveError::NotExecutable),
        Err(_) => Err(ResolveError::Missing),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn folder_with(name: &str, mode: u32) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, "#!/bin/sh\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        folder
    }

    #[test]
    fn a_bare_name_is_found_in_path_and_not_in_the_directory() {
        let (first, second) = (folder_with("tool", 0o755), folder_with("tool", 0o755));
        let path = std::env::join_paths([first.path(), second.path()]).unwrap();
        assert_eq!(
            resolve("tool".as_ref(), Some(&path), second.path()),
            Ok(first.path().join("tool"))
        );
        assert_eq!(
            resolve("other".as_ref(), Some(&path), first.path()),
            Err(ResolveError::Missing)
        );
        assert_eq!(
            resolve("tool".as_ref(), Some("/nowhere".as_ref()), first.path()),
            Err(ResolveError::Missing)
        );
    }

    #[test]
    fn a_file_that_may_not_be_executed_is_passed_over_for_one_that_may() {
        let (plain, good) = (folder_with("tool", 0o644), folder_with("tool", 0o755));
        let path = std::env::join_paths([plain.path(), good.path()]).unwrap();
        assert_eq!(
            resolve("tool".as_ref(), Some(&path), plain.path()),
            Ok(good.path().join("tool"))
        );
        assert_eq!(
            resolve("tool".as_ref(), Some(plain.path().as_os_str()), good.path()),
            Err(ResolveError::NotExecutable)
        );
    }

    #[test]
    fn a_name_with_a_slash_starts_at_the_directory() {
        let folder = folder_with("tool", 0o755);
        assert!(resolve("./tool".as_ref(), None, folder.path()).is_ok());
        assert_eq!(
            resolve("./gone".as_ref(), None, folder.path()),
            Err(ResolveError::Missing)
        );
        assert_eq!(
            resolve(folder.path().as_os_str(), None, folder.path()),
            Err(ResolveError::NotExecutable)
        );
        assert_eq!(resolve("".as_ref(), None, folder.path()), Err(ResolveError::Missing));
    }
}
