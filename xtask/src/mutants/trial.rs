//! One run of the test that must find a mutant, and what came of it.

use std::fmt;
use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::patch::Kills;
use super::tree::Tree;
use crate::task::{SEED, SEED_NAME};

/// A test that runs longer hangs. Building isn't counted.
const LONGEST: Duration = Duration::from_secs(600);

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The test found it.
    Killed,
    /// The test passed all the same.
    Survived,
    /// Nothing was tested, since the patch breaks the build.
    Broken(PathBuf),
    /// The patch doesn't apply any more.
    Stale(String),
    /// The test fails without the patch, or there is none of this name.
    Unsound(String),
}

impl Verdict {
    /// What to do about it.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::Killed => None,
            Self::Survived => Some("the test passes although the invariant is broken; strengthen it".to_owned()),
            Self::Broken(log) => Some(format!(
                "it doesn't build, so that no test has found it; make the patch anew ({})",
                log.display()
            )),
            Self::Stale(problem) => Some(format!("the patch doesn't apply any more; make it anew\n{problem}")),
            Self::Unsound(problem) => Some(problem.clone()),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Killed => "killed",
            Self::Survived => "SURVIVED",
            Self::Broken(_) => "NO BUILD",
            Self::Stale(_) => "STALE",
            Self::Unsound(_) => "UNSOUND",
        })
    }
}

/// What a run of the test showed.
enum Seen {
    Passed,
    Failed,
    /// No test has such a name.
    Nothing,
    /// It doesn't compile; with the compiler's words.
    NoBuild(String),
    Hung,
}

/// A test in the copy of the sources.
pub(super) struct Trial<'a> {
    tree: &'a Tree,
    kills: &'a Kills,
}

impl<'a> Trial<'a> {
    pub(super) fn new(tree: &'a Tree, kills: &'a Kills) -> Self {
        Self { tree, kills }
    }

    /// Whether all is well without a patch; the inner error says what isn't.
    pub(super) fn passes(&self) -> Result<Result<(), String>, String> {
        let log = self.tree.log();
        Ok(match self.run()? {
            Seen::Passed => Ok(()),
            Seen::Failed => Err(format!("the test fails without the patch, too ({})", log.display())),
            Seen::Nothing => Err("no test has the name that the patch gives; correct its first line".to_owned()),
            Seen::NoBuild(_) => Err(format!(
                "it doesn't build without the patch, either ({})",
                log.display()
            )),
            Seen::Hung => Err(format!("the test hangs without the patch, too ({})", log.display())),
        })
    }

    /// What becomes of a mutant that is in the tree.
    pub(super) fn fails(&self) -> Result<Verdict, String> {
        Ok(match (self.run()?, self.kills) {
            (Seen::Failed | Seen::Hung, _) => Verdict::Killed,
            (Seen::NoBuild(words), Kills::Compile { error, .. }) if words.contains(&format!("error[{error}]")) => {
                Verdict::Killed
            }
            (Seen::NoBuild(_), _) => Verdict::Broken(self.tree.log()),
            (Seen::Passed | Seen::Nothing, _) => Verdict::Survived,
        })
    }

    fn run(&self) -> Result<Seen, String> {
        let mut build = vec![];
        match self.kills {
            Kills::Compile { package, .. } => build.push(vec!["check", "--release", "--package", package]),
            Kills::Test { package, words } => {
                if self.kills.needs_program() {
                    build.push(vec!["build", "--release", "--package", "cofferdam"]);
                }
                // Doc tests are compiled as they run; each counts as a test that fails when it doesn't compile.
                if words.iter().any(|word| word == "--doc") {
                    build.push(vec!["build", "--release", "--package", package]);
                } else {
                    let mut step = vec!["test", "--no-run", "--release", "--package", package];
                    step.extend(words.iter().map(String::as_str));
                    build.push(step);
                }
            }
        }
        for step in build {
            if !self.cargo(&step, None)?.is_some_and(|status| status.success()) {
                return Ok(Seen::NoBuild(self.words()?));
            }
        }
        let Kills::Test { package, words } = self.kills else {
            return Ok(Seen::Passed);
        };
        let mut step = vec!["test", "--release", "--package", package];
        step.extend(words.iter().map(String::as_str));
        let status = self.cargo(&step, Some(LONGEST))?;
        let some = self.words()?.lines().any(|line| {
            line.strip_prefix("running ")
                .is_some_and(|rest| !rest.starts_with("0 "))
        });
        Ok(match status {
            None => Seen::Hung,
            Some(_) if !some => Seen::Nothing,
            Some(status) if status.success() => Seen::Passed,
            Some(_) => Seen::Failed,
        })
    }

    /// Runs cargo in the tree, with its words in the log. `None` says that it took longer than it may, and was ended.
    fn cargo(&self, words: &[&str], longest: Option<Duration>) -> Result<Option<ExitStatus>, String> {
        let problem = |error| format!("cargo {}: {error}", words.join(" "));
        let log = File::create(self.tree.log()).map_err(problem)?;
        let mut child = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(self.tree.path())
            .args(words)
            .env("CARGO_TARGET_DIR", self.tree.path().join("target"))
            .env("CARGO_TERM_COLOR", "never")
            // A mutant changes a line or two.
            .env("CARGO_PROFILE_RELEASE_INCREMENTAL", "true")
            // All runs draw the same cases, so that whether a mutant is killed is no matter of luck.
            .env(SEED_NAME, SEED)
            .env("PROPTEST_MAX_SHRINK_ITERS", "0")
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true")
            .stdin(Stdio::null())
            .stderr(log.try_clone().map_err(problem)?)
            .stdout(log)
            .process_group(0)
            .spawn()
            .map_err(problem)?;
        let since = Instant::now();
        loop {
            if let Some(status) = child.try_wait().map_err(problem)? {
                return Ok(Some(status));
            }
            if longest.is_some_and(|longest| since.elapsed() > longest) {
                // Cargo's own children are in its group, and end with it.
                Command::new("kill")
                    .args(["-KILL", "--", &format!("-{}", child.id())])
                    .status()
                    .map_err(problem)?;
                child.wait().map_err(problem)?;
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn words(&self) -> Result<String, String> {
        let log = self.tree.log();
        let bytes = fs::read(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
