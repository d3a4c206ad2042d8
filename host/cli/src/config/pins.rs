//! Which file each component is, and which digest it must have.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cofferdam_model::Code;
use cofferdam_model::config::{
    Gravity, Lock, Origin, POLICY_CANDIDATE, PluginName, PolicyChoice, Problem, Resolved, Setting as _, Source, Value,
    plain_path,
};
use cofferdam_model::record::Digest;

use super::file;
use super::lock::{lock_beside, read_lock};

/// A component that is a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pin {
    /// The component, absolute.
    pub(crate) path: PathBuf,
    /// Where it was declared.
    pub(crate) declared: Origin,
    /// The digest that its bytes must have: that of the configuration, else that of the lock.
    pub(crate) expected: Option<Digest>,
    /// There is a lock, and it doesn't know the component.
    pub(crate) unlocked: bool,
    /// It is on trial: what is wrong with it keeps nothing else from starting.
    pub(crate) on_trial: bool,
}

/// All components that are files. Built-in ones are the binary's own, and are pinned by being in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Pins {
    /// Of the plugins in force and on trial.
    pub(crate) plugins: BTreeMap<PluginName, Pin>,
    /// Of the guard policy.
    pub(crate) policy: Option<Pin>,
    /// Of the policy that is on trial, or was and is in force.
    pub(crate) candidate: Option<Pin>,
}

impl Pins {
    /// Every pin with its key.
    fn all(&self) -> impl Iterator<Item = (String, &Pin)> {
        let plugins = self.plugins.iter().map(|(name, pin)| (format!("plugins.{name}"), pin));
        let policies = [("policy", &self.policy), (POLICY_CANDIDATE, &self.candidate)];
        let policies = policies
            .into_iter()
            .filter_map(|(key, pin)| Some((key.to_owned(), pin.as_ref()?)));
        plugins.chain(policies)
    }
}

/// The pins of a configuration, with the locks read but no component. `folder` is the working directory.
pub(crate) fn pins(resolved: &Resolved, folder: &Path) -> (Pins, Vec<Problem>) {
    let mut locks = Locks::default();
    let mut pins = Pins::default();
    let used = resolved.enforced().map(|used| (used, false));
    let used = used.chain(resolved.on_trial().map(|used| (used, true)));
    for ((name, plugin), on_trial) in used {
        let source = plugin.source_or_built_in(name);
        let locked = |lock: &Lock| lock.plugins.get(name).copied();
        let key = format!("plugins.{name}");
        if let Some(pin) = locks.pin(&key, &source, &plugin.digest, folder, on_trial, locked) {
            pins.plugins.insert(name.clone(), pin);
        }
    }
    let policy = &resolved.policy;
    pins.policy = locks.pin("policy", &policy.source, &policy.digest, folder, false, |lock| {
        lock.policy
    });
    let on_trial = resolved.policy_on_trial();
    let in_force = Some(resolved.policy_in_force()).filter(|choice| choice.key == POLICY_CANDIDATE);
    if let Some(choice) = on_trial.clone().or(in_force) {
        let PolicyChoice { source, digest, .. } = &choice;
        let locked = |lock: &Lock| lock.policy_candidate;
        pins.candidate = locks.pin(POLICY_CANDIDATE, source, digest, folder, on_trial.is_some(), locked);
    }
    (pins, locks.problems)
}

/// Reads every component and says which are missing, or aren't those that were pinned.
pub(crate) fn verify(pins: &Pins) -> Vec<Problem> {
    pins.all()
        .filter_map(|(key, pin)| {
            let problem = verify_one(pin)?.at(&pin.declared).of(&key);
            Some(if pin.on_trial { mild(problem) } else { problem })
        })
        .collect()
}

/// What is wrong with what is on trial is told, and keeps nothing from starting.
fn mild(problem: Problem) -> Problem {
    Problem {
        gravity: Gravity::Warning,
        ..problem
    }
}

fn verify_one(pin: &Pin) -> Option<Problem> {
    let found = match digest_of(&pin.path) {
        Ok(found) => found,
        Err(message) => return Some(Problem::error(Code::PluginRead, message)),
    };
    match pin.expected {
        Some(expected) if expected != found => Some(Problem::error(
            Code::LockMismatch,
            format!(
                "{} has the digest {}, and {} was agreed to; put the old file back, or look at the new one and run \
                 `cofferdam plugin lock`",
                plain_path(&pin.path),
                found.show(),
                expected.show()
            ),
        )),
        None if pin.unlocked => Some(Problem::warning(
            Code::LockMismatch,
            "the lock beside this file doesn't know the component; run `cofferdam plugin lock` to pin it",
        )),
        Some(_) | None => None,
    }
}

/// The digest of a component's file, or why it can't be read.
pub(super) fn digest_of(path: &Path) -> Result<Digest, String> {
    let told = |reason: String| {
        format!(
            "the component {} can't be read: {reason}; mend its source",
            plain_path(path)
        )
    };
    match file::read(path, file::MOST_COMPONENT) {
        Ok(Some(bytes)) => Ok(Digest::of(&bytes)),
        Ok(None) => Err(told("there is no such file".to_owned())),
        Err(error) => Err(told(error.to_string())),
    }
}

/// The file of a component; none where the binary holds it. A relative path starts at the folder of the file that
/// declares it, so that a configuration means the same wherever a command is started.
pub(crate) fn component(source: &Value<Source>, folder: &Path) -> Option<PathBuf> {
    match &source.value {
        Source::BuiltIn(_) => None,
        Source::Path(path) => {
            let base = source.origin.file().and_then(Path::parent).unwrap_or(folder);
            Some(folder.join(base).join(path))
        }
    }
}

/// Locks that were read, each once.
#[derive(Default)]
struct Locks {
    read: BTreeMap<PathBuf, Option<Lock>>,
    problems: Vec<Problem>,
}

impl Locks {
    fn pin(
        &mut self,
        key: &str,
        source: &Value<Source>,
        digest: &Value<Option<Digest>>,
        folder: &Path,
        on_trial: bool,
        locked: impl Fn(&Lock) -> Option<Digest>,
    ) -> Option<Pin> {
        let path = component(source, folder)?;
        let lock = self.beside(&source.origin);
        let (has_lock, locked) = (lock.is_some(), lock.and_then(locked));
        if let (Some(written), Some(locked)) = (digest.value, locked)
            && written != locked
        {
            let message = format!(
                "this digest and that of the lock differ ({}); mend the one that is wrong, or run `cofferdam plugin lock`",
                locked.show()
            );
            let problem = Problem::error(Code::LockMismatch, message)
                .at(&digest.origin)
                .of(&format!("{key}.digest"));
            self.problems.push(if on_trial { mild(problem) } else { problem });
        }
        let expected = digest.value.or(locked);
        Some(Pin {
            path,
            declared: source.origin.clone(),
            expected,
            unlocked: has_lock && locked.is_none(),
            on_trial,
        })
    }

    fn beside(&mut self, declared: &Origin) -> Option<&Lock> {
        let path = lock_beside(declared)?;
        if !self.read.contains_key(&path) {
            let lock = read_lock(&path).unwrap_or_else(|problem| {
                self.problems.push(problem);
                None
            });
            self.read.insert(path.clone(), lock);
        }
        self.read.get(&path)?.as_ref()
    }
}
