//! A home of its own for each test, in which the released program runs.

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use cofferdam_tests::script::{self, Line};
use tempfile::TempDir;

/// The variables of the environment that tests pass on.
const KEPT: [&str; 1] = ["PATH"];

/// Longer deadlines than a person would set. A deadline is told by the clock on the wall, and many sessions at a time
/// on a loaded machine would pass the default of 100 ms without doing anything wrong.
const PATIENT: [&str; 6] = [
    "COFFERDAM_PLUGINS__CREDENTIALS__DEADLINE",
    "COFFERDAM_PLUGINS__CREDENTIALS__START_DEADLINE",
    "COFFERDAM_PLUGINS__PERSONAL__DEADLINE",
    "COFFERDAM_PLUGINS__PERSONAL__START_DEADLINE",
    "COFFERDAM_POLICY__DEADLINE",
    "COFFERDAM_POLICY__START_DEADLINE",
];

/// The same, as lines of a plugin in a configuration.
pub(crate) const PATIENT_PLUGIN: &str = "deadline = \"10 s\"\nstart-deadline = \"1 min\"\n";

/// A folder with a home, a working directory, and a place for what the test itself needs. A clone is the same folder.
#[derive(Clone)]
pub(crate) struct Bed {
    folder: Arc<TempDir>,
}

/// What a program wrote, and how it ended.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) out: Vec<u8>,
    pub(crate) err: Vec<u8>,
    pub(crate) status: ExitStatus,
}

impl Bed {
    /// A new home. The first one of all compiles the guards into a cache that all share.
    pub(crate) fn new() -> Self {
        static WARM: OnceLock<()> = OnceLock::new();
        let bed = Self {
            folder: Arc::new(tempfile::tempdir().expect("a temporary folder")),
        };
        for folder in ["home", "work", "aside"] {
            std::fs::create_dir(bed.folder.path().join(folder)).expect("a folder in a new one");
        }
        WARM.get_or_init(|| {
            let done = bed.run(["filter"]);
            assert_eq!(done.code(), 0, "the guards can't be loaded: {}", done.errors());
        });
        bed
    }

    /// Everything that the program may write to, but for the shared cache.
    pub(crate) fn places(&self) -> [PathBuf; 2] {
        [self.home(), self.work()]
    }

    /// The user's home.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The working directory.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// The folder of keys, heads and trust.
    pub(crate) fn state(&self) -> PathBuf {
        self.home().join("state/cofferdam")
    }

    /// Writes a file that isn't the program's: a script, a configuration.
    pub(crate) fn aside(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join("aside").join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    /// The program with these arguments, in this home.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(program());
        command.args(arguments);
        self.settle(&mut command);
        command
    }

    /// Any command, in this home.
    pub(crate) fn settle(&self, command: &mut Command) {
        command
            .env_clear()
            .envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
            .envs(PATIENT.map(|name| (name, "10 s")))
            .env("HOME", self.home())
            .env("XDG_CONFIG_HOME", self.home().join("config"))
            .env("XDG_STATE_HOME", self.home().join("state"))
            .env("XDG_CACHE_HOME", cache())
            .current_dir(self.work())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }

    /// Runs the program to its end.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Done {
        finish(&mut self.command(arguments))
    }

    /// Runs the program to its end on this input.
    pub(crate) fn feed<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>, input: &[u8]) -> Done {
        finish_with(&mut self.command(arguments), input)
    }

    /// A command that speaks a script: the words to stand after `--`.
    pub(crate) fn speaker(&self, name: &str, lines: &[Line]) -> [PathBuf; 2] {
        let script = self.aside(name, script::write(lines));
        [env!("CARGO_BIN_EXE_speaker").into(), script]
    }

    /// `exec` with these options, of a speaker with this script.
    pub(crate) fn exec(&self, options: &[&str], name: &str, lines: &[Line]) -> Command {
        let mut command = self.command(["exec"]);
        command.args(options).arg("--").args(self.speaker(name, lines));
        command
    }

    /// The folders of all runs, the oldest first.
    pub(crate) fn runs(&self) -> Vec<PathBuf> {
        let mut runs = Vec::new();
        for task in folders(&self.work().join(".runs")) {
            runs.extend(folders(&task.join("cli")));
        }
        runs.sort_by_key(|run| run.file_name().map(OsStr::to_owned));
        runs
    }

    /// The folder of the only run.
    pub(crate) fn run_folder(&self) -> PathBuf {
        let mut runs = self.runs();
        assert_eq!(runs.len(), 1, "one run: {runs:?}");
        runs.remove(0)
    }

    /// Verifies a run, and answers the exit code with what was said.
    pub(crate) fn verify(&self, run: &Path) -> (i32, String) {
        let id = run.file_name().expect("a run has a name");
        let done = self.run([OsStr::new("run"), OsStr::new("verify"), id]);
        (done.code(), format!("{}{}", done.text(), done.errors()))
    }
}

impl Done {
    /// The exit code; that of a shell for a signal.
    pub(crate) fn code(&self) -> i32 {
        code(self.status)
    }

    /// What went to standard output.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    /// What went to standard error.
    pub(crate) fn errors(&self) -> String {
        String::from_utf8_lossy(&self.err).into_owned()
    }
}

/// The exit code as a shell would tell it.
pub(crate) fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> Done {
    let output = command.output().expect("started");
    Done {
        out: output.stdout,
        err: output.stderr,
        status: output.status,
    }
}

/// Runs a command to its end on this input.
pub(crate) fn finish_with(command: &mut Command, input: &[u8]) -> Done {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("started");
    let mut stdin = child.stdin.take().expect("piped");
    let output = std::thread::scope(|scope| {
        // Who doesn't read its input to the end is judged by its output.
        scope.spawn(move || stdin.write_all(input).ok());
        child.wait_with_output().expect("waited for")
    });
    Done {
        out: output.stdout,
        err: output.stderr,
        status: output.status,
    }
}

/// The frames of one channel of a run, put together.
pub(crate) fn frames(run: &Path, channel: &str) -> Vec<u8> {
    let Ok(found) = std::fs::read_dir(run.join("frames").join(channel)) else {
        return Vec::new();
    };
    let mut segments: Vec<_> = found.map(|entry| entry.expect("an entry").path()).collect();
    segments.sort();
    segments
        .iter()
        .flat_map(|segment| std::fs::read(segment).expect("a segment"))
        .collect()
}

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie in the repository")
}

/// A guest that was built from source.
pub(crate) fn guest(name: &str) -> PathBuf {
    built(root().join("target/guests").join(name).with_extension("wasm"))
}

/// The released program.
pub(crate) fn program() -> PathBuf {
    built(root().join("target/release/cofferdam"))
}

/// Compiled guards, kept between tests and between runs of them.
pub(crate) fn cache() -> PathBuf {
    root().join("target/test-cache")
}

fn built(path: PathBuf) -> PathBuf {
    assert!(
        path.exists(),
        "{} isn't built; run `cargo xtask test`, which builds it before the tests",
        path.display()
    );
    path
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let Ok(found) = std::fs::read_dir(of) else {
        return Vec::new();
    };
    found
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect()
}

/// Waits until something holds; false where it doesn't in all that time.
pub(crate) fn eventually(most: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    loop {
        if holds() {
            return true;
        }
        if begun.elapsed() > most {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a process lives: one that has ended may still wait for whoever inherited it to take notice.
pub(crate) fn lives(pid: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}
