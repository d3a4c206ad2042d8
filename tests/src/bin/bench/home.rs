//! A home of its own for the host, so that the bench neither sees nor changes the user's.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with places for configuration, state, cache and records.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    binary: PathBuf,
}

impl Home {
    /// A new one. `None` when the host's binary isn't beside the bench's.
    pub(crate) fn new() -> Option<Self> {
        Self::of(std::env::current_exe().ok()?.with_file_name("cofferdam"))
    }

    /// One of another build. `None` when there is no such binary.
    pub(crate) fn of(binary: PathBuf) -> Option<Self> {
        let folder = tempfile::tempdir().ok()?;
        binary.is_file().then_some(Self { folder, binary })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The host with these arguments. Its outputs go nowhere.
    pub(crate) fn host(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments);
        self.settle(&mut command);
        command
    }

    /// The bench itself as a child, in one of its parts.
    pub(crate) fn part(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(Self::own());
        command.args(arguments);
        self.settle(&mut command);
        command
    }

    /// The bench's own file, as an argument.
    pub(crate) fn own() -> String {
        let own = std::env::current_exe().expect("this process has a file");
        own.to_str().expect("the target folder has a plain name").to_owned()
    }

    /// Gives a command this home, and nothing to read or to write to.
    pub(crate) fn settle(&self, command: &mut Command) {
        let home = self.path();
        command
            .current_dir(home)
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
    }

    /// A file in it, to be read.
    pub(crate) fn open(&self, name: &str) -> File {
        File::open(self.path().join(name)).expect("the bench wrote it")
    }

    /// A file in it, made or emptied.
    pub(crate) fn create(&self, name: &str) -> File {
        File::create(self.path().join(name)).expect("the temporary folder has room")
    }
}

/// Runs a command to its end.
///
/// # Panics
/// It can't be started, or fails: then nothing that was measured can be believed.
pub(crate) fn run(mut command: Command) {
    let status = command.status().expect("the command starts");
    assert!(status.success(), "a command of the bench failed: {status}");
}
