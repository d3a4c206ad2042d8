//! The copy of the sources that mutants are made in, so that a fault never touches a file that somebody works on.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The copy, at `target/mutants/tree`. It has a target folder of its own, which stays, so that only what a mutant
/// changes is built again.
pub(super) struct Tree {
    path: PathBuf,
    logs: PathBuf,
    /// Held as long as the copy is used: another run would take this one's fault away, and its mutant would survive.
    _lock: File,
}

impl Tree {
    /// Makes the copy of what lies in the work tree now, committed or not. What is edited later isn't in it.
    ///
    /// # Errors
    /// Another run has the copy, a file can't be copied, or git says why it can't.
    pub(super) fn prepare(root: &Path) -> Result<Self, String> {
        let root = fs::canonicalize(root).map_err(|error| failed(root, &error))?;
        let base = root.join("target/mutants");
        let (path, logs) = (base.join("tree"), base.join("logs"));
        for folder in [&path, &logs] {
            fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        }
        let lock = base.join("lock");
        let file = File::create(&lock).map_err(|error| failed(&lock, &error))?;
        file.try_lock().map_err(|error| {
            format!(
                "{}: {error}; wait until the other run of mutants has ended",
                lock.display()
            )
        })?;
        copy(&root, &path)?;
        let tree = Self {
            path,
            logs,
            _lock: file,
        };
        // A repository of its own: some tests ask git which files there are, and git takes a patch's paths from the
        // root of the repository that it finds.
        tree.git(&["init", "--quiet"])?;
        tree.git(&["add", "--all"])?;
        Ok(tree)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the words of the last trial are kept.
    pub(super) fn log(&self) -> PathBuf {
        self.logs.join("last.txt")
    }

    /// Takes every fault out again. What is as it was isn't touched, so that it isn't built again.
    pub(super) fn restore(&self) -> Result<(), String> {
        self.git(&["checkout", "--quiet", "--", "."])?;
        self.git(&["clean", "--quiet", "--force", "-d"])
    }

    /// Puts a patch on the copy.
    pub(super) fn apply(&self, patch: &Path) -> Result<(), String> {
        git_apply(&self.path, &[], patch)
    }

    fn git(&self, words: &[&str]) -> Result<(), String> {
        git(&self.path, words).map(|_| ())
    }
}

/// Makes a folder equal to the sources. What is equal isn't touched, so that it isn't built again.
fn copy(root: &Path, folder: &Path) -> Result<(), String> {
    let files = sources(root)?;
    for file in &files {
        let (from, to) = (root.join(file), folder.join(file));
        let wanted = fs::read(&from).map_err(|error| failed(&from, &error))?;
        if fs::read(&to).is_ok_and(|found| found == wanted) {
            continue;
        }
        fs::create_dir_all(to.parent().unwrap_or(folder))
            .and_then(|()| fs::copy(&from, &to))
            .map_err(|error| failed(&to, &error))?;
    }
    remove_others(folder, folder, &files).map_err(|error| failed(folder, &error))
}

/// The files that git knows of or would add, by their paths in the repository.
fn sources(root: &Path) -> Result<BTreeSet<PathBuf>, String> {
    let listed = git(root, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    let names = String::from_utf8(listed).map_err(|_| "a file's name is not UTF-8; rename it".to_owned())?;
    let files = names.split_terminator('\0').map(PathBuf::from);
    Ok(files.filter(|file| root.join(file).is_file()).collect())
}

/// Runs `git apply` at the root of a repository.
pub(super) fn git_apply(root: &Path, options: &[&str], patch: &Path) -> Result<(), String> {
    let patch = patch.to_str().ok_or("the name of a patch is not UTF-8; rename it")?;
    let words: Vec<_> = ["apply"].iter().chain(options).chain(&[patch]).copied().collect();
    git(root, &words).map(|_| ())
}

/// Runs git in a folder, whatever repository the caller's environment names.
fn git(folder: &Path, words: &[&str]) -> Result<Vec<u8>, String> {
    let mut git = Command::new("git");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        git.env_remove(name);
    }
    let done = git
        .current_dir(folder)
        .args(words)
        .output()
        .map_err(|error| format!("git could not be started: {error}"))?;
    if done.status.success() {
        Ok(done.stdout)
    } else {
        Err(format!(
            "git {}: {}",
            words.join(" "),
            String::from_utf8_lossy(&done.stderr).trim()
        ))
    }
}

fn remove_others(top: &Path, folder: &Path, files: &BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Ok(name) = path.strip_prefix(top) else { continue };
        if path.is_dir() {
            if name != Path::new("target") && name != Path::new(".git") {
                remove_others(top, &path, files)?;
            }
        } else if !files.contains(name) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}
