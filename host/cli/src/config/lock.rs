//! `cofferdam.lock`, beside the file that declares a component.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use cofferdam_model::Code;
use cofferdam_model::config::{
    Lock, Origin, POLICY_CANDIDATE, PluginName, Problem, Resolved, Source, Value, plain_path,
};
use cofferdam_model::record::Digest;

use super::file;
use super::pins::{component, digest_of};

/// A lock that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LockedFolder {
    /// The lock's file.
    pub(crate) path: PathBuf,
    /// What it holds now.
    pub(crate) lock: Lock,
    /// What it held before.
    pub(crate) before: Option<Lock>,
}

/// What became of an entry of a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It is new.
    Added,
    /// Its digest is another.
    Changed,
    /// Its digest is the same.
    Unchanged,
    /// No component is declared for it any more.
    Removed,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Removed => "removed",
        })
    }
}

impl LockedFolder {
    /// What became of every entry, by its key.
    pub(crate) fn changes(&self) -> Vec<(String, Change)> {
        let (before, now) = (
            self.before.as_ref().map(entries).unwrap_or_default(),
            entries(&self.lock),
        );
        let gone = before
            .keys()
            .filter(|key| !now.contains_key(*key))
            .map(|key| (key.clone(), Change::Removed));
        let mut changes: Vec<_> = gone.collect();
        changes.extend(now.into_iter().map(|(key, digest)| {
            let change = match before.get(&key) {
                None => Change::Added,
                Some(old) if *old == digest => Change::Unchanged,
                Some(_) => Change::Changed,
            };
            (key, change)
        }));
        changes.sort_by(|(one, _), (other, _)| one.cmp(other));
        changes
    }
}

fn entries(lock: &Lock) -> BTreeMap<String, Digest> {
    let plugins = lock
        .plugins
        .iter()
        .map(|(name, digest)| (format!("plugins.{name}"), *digest));
    let policies = [("policy", lock.policy), (POLICY_CANDIDATE, lock.policy_candidate)];
    let policies = policies
        .into_iter()
        .filter_map(|(key, digest)| Some((key.to_owned(), digest?)));
    plugins.chain(policies).collect()
}

/// The lock beside the file of a place. What variables and flags declare has none.
pub(super) fn lock_beside(declared: &Origin) -> Option<PathBuf> {
    declared.file().map(|file| file.with_file_name("cofferdam.lock"))
}

/// The lock of a path; `None` where there is no file.
///
/// # Errors
///
/// Where the file can't be read or isn't a lock: a broken lock pins nothing, so nothing starts with it.
pub(super) fn read_lock(path: &Path) -> Result<Option<Lock>, Problem> {
    let told = |reason: String| {
        let advice = "mend it, or run `cofferdam plugin lock` to write it anew";
        Problem::error(
            Code::LockRead,
            format!("the lock {} can't be used: {reason}; {advice}", plain_path(path)),
        )
    };
    let Some(bytes) = file::read(path, file::MOST_TEXT).map_err(|error| told(error.to_string()))? else {
        return Ok(None);
    };
    let text = String::from_utf8(bytes).map_err(|_| told("it isn't UTF-8".to_owned()))?;
    Lock::parse(&text).map(Some).map_err(|error| told(error.to_string()))
}

/// Writes the locks of all components that files declare, each beside its file, from what the components are now.
/// Plugins that are off are locked too, so that switching one on again brings nothing that nobody agreed to.
///
/// # Errors
///
/// All components that can't be read; then nothing is written. Or the lock that can't be written.
pub(crate) fn write_locks(resolved: &Resolved, folder: &Path) -> Result<Vec<LockedFolder>, Vec<Problem>> {
    let mut locks: BTreeMap<PathBuf, Lock> = BTreeMap::new();
    let mut problems = Vec::new();
    let plugins = resolved
        .plugins
        .iter()
        .map(|(name, plugin)| (Entry::Plugin(name), plugin.source_or_built_in(name)));
    let candidate = &resolved.candidate.source;
    let candidate = candidate.value.clone().map(|value| Value {
        value,
        origin: candidate.origin.clone(),
    });
    let policy = [(Entry::Policy, resolved.policy.source.clone())];
    let all = plugins
        .chain(policy)
        .chain(candidate.map(|source| (Entry::PolicyCandidate, source)));
    for (entry, source) in all {
        if let Err(problem) = add(&mut locks, entry, &source, folder) {
            problems.push(problem);
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    locks
        .into_iter()
        .map(|(path, lock)| write(path, lock).map_err(|problem| vec![problem]))
        .collect()
}

/// What an entry of a lock is about.
#[derive(Debug, Clone, Copy)]
enum Entry<'a> {
    Plugin(&'a PluginName),
    Policy,
    PolicyCandidate,
}

fn add(
    locks: &mut BTreeMap<PathBuf, Lock>,
    entry: Entry<'_>,
    source: &Value<Source>,
    folder: &Path,
) -> Result<(), Problem> {
    let Some((path, beside)) = component(source, folder).zip(lock_beside(&source.origin)) else {
        return Ok(());
    };
    let digest = digest_of(&path).map_err(|message| {
        let key = match entry {
            Entry::Plugin(name) => format!("plugins.{name}"),
            Entry::Policy => "policy".to_owned(),
            Entry::PolicyCandidate => POLICY_CANDIDATE.to_owned(),
        };
        Problem::error(Code::PluginRead, message).at(&source.origin).of(&key)
    })?;
    let lock = locks.entry(beside).or_default();
    match entry {
        Entry::Plugin(name) => {
            lock.plugins.insert(name.clone(), digest);
        }
        Entry::Policy => lock.policy = Some(digest),
        Entry::PolicyCandidate => lock.policy_candidate = Some(digest),
    }
    Ok(())
}

fn write(path: PathBuf, mut lock: Lock) -> Result<LockedFolder, Problem> {
    // A lock that can't be understood is what this command is to mend.
    let before = read_lock(&path).ok().flatten();
    if let Some(before) = &before {
        // What was promoted stays so; for another component it holds no longer, which each start says.
        lock.rollouts.clone_from(&before.rollouts);
    }
    file::replace(&path, lock.format().as_bytes(), 0o644).map_err(|error| {
        Problem::error(
            Code::LockRead,
            format!("the lock {} can't be written: {error}", plain_path(&path)),
        )
    })?;
    Ok(LockedFolder { path, lock, before })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use cofferdam_model::config::{Input, Layer, resolve};

    use super::super::pins::{pins, verify};
    use super::*;

    /// A folder with a configuration, a plugin and a policy.
    fn desk() -> (tempfile::TempDir, impl Fn(&str) -> (Resolved, PathBuf)) {
        let desk = tempfile::tempdir().expect("a folder");
        fs::write(desk.path().join("words.wasm"), "one").expect("written");
        fs::write(desk.path().join("policy.wasm"), "policy").expect("written");
        let folder = desk.path().to_owned();
        let read = move |more: &str| {
            let text = format!("policy.source = 'policy.wasm'\n[plugins.words]\nsource = 'words.wasm'\n{more}");
            let resolution = resolve([Input::file(Layer::Operator, folder.join("c.toml"), &text)]);
            assert!(!resolution.is_refused(), "{:?}", resolution.problems);
            // Started elsewhere: paths and lock are beside the file that declares the plugin.
            (resolution.resolved, PathBuf::from("/"))
        };
        (desk, read)
    }

    fn told(resolved: &Resolved, folder: &Path) -> Vec<String> {
        let (found, mut problems) = pins(resolved, folder);
        problems.extend(verify(&found));
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_changed_file_under_an_unchanged_lock_is_refused() {
        let (desk, read) = desk();
        let (resolved, elsewhere) = read("");
        assert_eq!(told(&resolved, &elsewhere), [""; 0], "no lock, nothing pinned");
        let written = write_locks(&resolved, &elsewhere).expect("written");
        assert_eq!(written[0].path, desk.path().join("cofferdam.lock"));
        let keys = written[0].changes();
        assert_eq!(
            keys,
            [
                ("plugins.words".to_owned(), Change::Added),
                ("policy".to_owned(), Change::Added)
            ]
        );
        assert_eq!(told(&resolved, &elsewhere), [""; 0]);
        let (found, _) = pins(&resolved, &elsewhere);
        assert_eq!(found.policy.expect("a file").expected, Some(Digest::of(b"policy")));

        fs::write(desk.path().join("words.wasm"), "two").expect("written");
        let problems = told(&resolved, &elsewhere);
        assert!(
            problems.len() == 1 && problems[0].contains("error CFD-120"),
            "{problems:?}"
        );
        assert!(
            problems[0].contains("plugins.words") && problems[0].contains("c.toml:3"),
            "{problems:?}"
        );
        let written = write_locks(&resolved, &elsewhere).expect("written");
        assert_eq!(written[0].changes()[0].1, Change::Changed);
        assert_eq!(written[0].changes()[1].1, Change::Unchanged);
        assert_eq!(told(&resolved, &elsewhere), [""; 0]);
    }

    #[test]
    fn a_component_that_the_lock_does_not_know_is_a_warning() {
        let (desk, read) = desk();
        fs::write(desk.path().join("cofferdam.lock"), Lock::default().format()).expect("written");
        let (resolved, elsewhere) = read("");
        let problems = told(&resolved, &elsewhere);
        assert!(
            problems.len() == 2 && problems.iter().all(|problem| problem.starts_with("warning CFD-120")),
            "{problems:?}"
        );
    }

    #[test]
    fn a_broken_lock_is_refused_and_can_be_written_anew() {
        let (desk, read) = desk();
        let (resolved, elsewhere) = read("");
        fs::write(desk.path().join("cofferdam.lock"), "version = 1\nplugins = 1\n").expect("written");
        let problems = told(&resolved, &elsewhere);
        assert!(
            problems.len() == 1 && problems[0].contains("error CFD-121") && problems[0].contains("line 2"),
            "{problems:?}"
        );
        write_locks(&resolved, &elsewhere).expect("written");
        assert_eq!(told(&resolved, &elsewhere), [""; 0]);
    }

    #[test]
    fn the_configurations_digest_and_the_locks_must_agree() {
        let (_desk, read) = desk();
        let (resolved, elsewhere) = read(&format!("digest = 'sha256:{}'", Digest::of(b"two")));
        let problems = told(&resolved, &elsewhere);
        assert!(
            problems.len() == 1 && problems[0].contains("error CFD-120"),
            "{problems:?}"
        );
        write_locks(&resolved, &elsewhere).expect("written");
        let problems = told(&resolved, &elsewhere);
        assert!(
            problems.len() == 2 && problems[0].contains("plugins.words.digest"),
            "{problems:?}"
        );
    }

    #[test]
    fn nothing_is_locked_while_a_component_is_missing() {
        let (desk, read) = desk();
        fs::remove_file(desk.path().join("words.wasm")).expect("removed");
        let (resolved, elsewhere) = read("");
        let problems = write_locks(&resolved, &elsewhere).expect_err("missing");
        assert!(problems[0].to_string().contains("CFD-201"), "{problems:?}");
        assert!(!desk.path().join("cofferdam.lock").exists());
        assert!(told(&resolved, &elsewhere)[0].contains("CFD-201"));
    }

    #[test]
    fn a_plugin_that_is_off_is_not_read() {
        let (desk, read) = desk();
        fs::remove_file(desk.path().join("words.wasm")).expect("removed");
        let (resolved, elsewhere) = read("mode = 'off'");
        assert_eq!(told(&resolved, &elsewhere), [""; 0]);
    }
}
