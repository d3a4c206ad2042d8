//! How far candidates were promoted, as the lock beside a configuration says it.

use std::fs::File;
use std::path::{Path, PathBuf};

use cofferdam_model::Code;
use cofferdam_model::authority::{Approval, Flaw, Phase, Signed, Version, Warrant};
use cofferdam_model::config::{Lock, LockedRollout, Mode, Plugin, PluginName, Problem, Resolved, Source, plain_path};
use cofferdam_model::record::{Digest, Name};
use cofferdam_runner::authority::{Acts, AuthorityError, Moment, verify};
use rustix::fs::{FlockOperation, flock};

use super::Surroundings;
use super::file;
use super::lock::{lock_beside, read_lock};

/// Sets the modes that promotions gave, where they are signed and for the same component and settings as now. A
/// plugin that the configuration switches off stays off. Answers what is wrong, and which plugins a gate let through.
pub(crate) fn apply(around: &Surroundings, resolved: &mut Resolved) -> (Vec<Problem>, Vec<PluginName>) {
    let (mut problems, mut changed, mut promoted) = (Vec::new(), Vec::new(), Vec::new());
    for (name, plugin) in &resolved.plugins {
        let origin = plugin.source_or_built_in(name).origin;
        // A lock that can't be read refuses the start by itself, once components are pinned.
        let Some(lock) = lock_beside(&origin).and_then(|path| read_lock(&path).ok().flatten()) else {
            continue;
        };
        let Some(rollout) = lock.rollouts.get(name) else {
            continue;
        };
        let problem = |code: Code, message: String| {
            Problem::warning(code, message)
                .at(&plugin.mode.origin)
                .of(&format!("plugins.{name}.mode"))
        };
        if let Err(why) = fits(&lock, name, plugin, rollout) {
            problems.push(problem(
                Code::RolloutStale,
                format!("its promotion doesn't hold: {why}"),
            ));
        } else if plugin.mode.value == Mode::Off {
            // The operator's word is the stronger one.
        } else if rollout.mode == Mode::Shadow && !is_something_there(resolved, plugin) {
            problems.push(problem(
                Code::RolloutStale,
                "the lock takes it out of force, and nothing would be in force in its place; it stays".to_owned(),
            ));
        } else if rollout.mode == Mode::Shadow {
            changed.push((name.clone(), Mode::Shadow));
        } else {
            match is_promoted(around, resolved, (name, plugin), rollout) {
                Ok(()) => {
                    changed.push((name.clone(), rollout.mode));
                    promoted.push(name.clone());
                }
                Err(Doubt::Unsigned(why)) => problems.push(problem(
                    Code::Unpromoted,
                    format!("the lock puts it in force, and {why}; what the configuration says holds"),
                )),
                Err(Doubt::Authority(error)) => problems.push(problem(
                    error.code(),
                    format!("the lock puts it in force, and its promotion is not believed: {error}; what the configuration says holds"),
                )),
            }
        }
    }
    for (name, mode) in changed {
        if let Some(plugin) = resolved.plugins.get_mut(&name) {
            plugin.mode.value = mode;
        }
    }
    (problems, promoted)
}

/// Why a lock's entry puts nothing in force.
enum Doubt {
    Unsigned(String),
    Authority(AuthorityError),
}

/// Whether this plugin, as it is now, was promoted as far as the entry says: by somebody who may, through a gate that
/// held, with the approvals that it asks for, and on this host, where nobody took it back since.
fn is_promoted(
    around: &Surroundings,
    resolved: &Resolved,
    (name, plugin): (&PluginName, &Plugin),
    rollout: &LockedRollout,
) -> Result<(), Doubt> {
    let doubt = |why: &dyn std::fmt::Display| Doubt::Unsigned(why.to_string());
    let Some(warrant) = &rollout.warrant else {
        return Err(doubt(&"no promotion is with it"));
    };
    let candidate = Version {
        name: record_name(name),
        digest: rollout.digest,
        settings: rollout.settings,
    };
    let to = phase(rollout.mode).max(Phase::Limited);
    let (Some(of), Some(lock)) = (&plugin.of.value, lock_of(name, plugin)) else {
        return Err(doubt(&"it is no version of another plugin"));
    };
    covers(warrant, resolved, (plugin, &candidate, of), to).map_err(|flaw| doubt(&flaw))?;
    let state = around
        .places
        .state()
        .map_err(|_| doubt(&"there is no state folder to see whether it was taken back"))?;
    let acts = Acts::read(state).map_err(Doubt::Authority)?;
    verify(&warrant.promotion, &resolved.people, Moment::after(state, &acts)).map_err(Doubt::Authority)?;
    match acts.goes(&lock, &candidate, warrant.named()) {
        Some(goes) if goes >= to => Ok(()),
        Some(_) => Err(doubt(&"it was taken back since")),
        None => Err(doubt(
            &"it was not carried out on this host, or another one was since (acts.jsonl in the state folder)",
        )),
    }
}

/// Whether a warrant covers what it is to put in force, by what the configuration says of people, author and gate. An
/// approval may be over by now; it had to hold when the promotion was signed.
pub(crate) fn covers(
    warrant: &Warrant,
    resolved: &Resolved,
    (plugin, candidate, of): (&Plugin, &Version, &PluginName),
    to: Phase,
) -> Result<(), Flaw> {
    let (author, least) = (plugin.author.value.as_ref(), resolved.gate.approvals.value.get());
    let then = Moment::at(warrant.promotion.statement.at);
    let is_believed = |signed: &Signed<Approval>| verify(signed, &resolved.people, then).is_ok();
    warrant.covers((candidate, &record_name(of)), to, (author, least), is_believed)
}

/// Never to none: what a plugin is a version of has to be there, and not be switched off.
pub(crate) fn is_something_there(resolved: &Resolved, plugin: &Plugin) -> bool {
    let base = plugin.of.value.as_ref().and_then(|base| resolved.plugins.get(base));
    base.is_some_and(|base| base.mode.value == Mode::Enforce)
}

fn fits(lock: &Lock, name: &PluginName, plugin: &Plugin, rollout: &LockedRollout) -> Result<(), &'static str> {
    let pinned = match plugin.source_or_built_in(name).value {
        Source::BuiltIn(built_in) => crate::builtin::component(built_in.as_str()).map(|component| component.digest()),
        Source::Path(_) => lock.plugins.get(name).copied(),
    };
    if plugin.of.value.is_none() {
        Err("it is no version of another plugin; take the entry out of the lock")
    } else if pinned != Some(rollout.digest) {
        Err("the component is another one by now; it has to be promoted anew")
    } else if settings_of(plugin) != rollout.settings {
        Err("its settings are others by now; it has to be promoted anew")
    } else {
        Ok(())
    }
}

/// A plugin's name, as records write it.
pub(crate) fn record_name(name: &PluginName) -> Name {
    name.as_str().parse().expect("each plugin's name is a name of records")
}

/// The digest of a plugin's settings, as records name it.
pub(crate) fn settings_of(plugin: &Plugin) -> Digest {
    Digest::of(plugin.settings.value.to_json().as_bytes())
}

/// The digest that was agreed to for a plugin's component.
pub(crate) fn locked(name: &PluginName, plugin: &Plugin) -> Option<Digest> {
    let lock = || read_lock(&lock_of(name, plugin)?).ok().flatten();
    plugin.digest.value.or_else(|| lock()?.plugins.get(name).copied())
}

/// The lock that a plugin's promotion is written into.
pub(crate) fn lock_of(name: &PluginName, plugin: &Plugin) -> Option<PathBuf> {
    lock_beside(&plugin.source_or_built_in(name).origin)
}

/// Changes a lock, all at once: whoever starts meanwhile reads the old one or the new one. Two who change it come one
/// after the other. Where `change` refuses, nothing is written. `then` is called before the new one is in place, with
/// why it can't be put there where that is so.
pub(crate) fn change<T>(
    path: &Path,
    change: impl FnOnce(&mut Lock) -> Result<T, Problem>,
    then: impl FnOnce(&T, Option<&Problem>) -> Result<(), Problem>,
) -> Result<T, Problem> {
    let told = |error: std::io::Error| {
        let message = format!("the lock {} can't be written: {error}", plain_path(path));
        Problem::error(Code::LockRead, message)
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let guard = File::open(folder).map_err(told)?;
    flock(&guard, FlockOperation::LockExclusive).map_err(|error| told(error.into()))?;
    let mut lock = read_lock(path)?.unwrap_or_default();
    let done = change(&mut lock)?;
    let prepared = file::Prepared::new(path, lock.format().as_bytes(), 0o644).map_err(told);
    then(&done, prepared.as_ref().err())?;
    prepared?.put().map_err(told)?;
    Ok(done)
}

/// How far a lock says that a plugin goes, whether it is believed or not.
pub(crate) fn locked_phase(name: &PluginName, plugin: &Plugin) -> Option<Phase> {
    let lock = read_lock(&lock_of(name, plugin)?).ok().flatten()?;
    lock.rollouts.get(name).map(|rollout| phase(rollout.mode))
}

/// The phase of a plugin in this mode. One that is off is nowhere near to being in force.
pub(crate) fn phase(mode: Mode) -> Phase {
    match mode {
        Mode::Off | Mode::Shadow => Phase::Shadow,
        Mode::Limited => Phase::Limited,
        Mode::Enforce => Phase::Enforce,
    }
}
