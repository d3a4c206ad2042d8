//! How far candidates were promoted, as the lock beside a configuration says it.

use std::fs::File;
use std::path::{Path, PathBuf};

use cofferdam_model::Code;
use cofferdam_model::config::{Lock, LockedRollout, Mode, Plugin, PluginName, Problem, Resolved, Source, plain_path};
use cofferdam_model::record::Digest;
use rustix::fs::{FlockOperation, flock};

use super::file;
use super::lock::{lock_beside, read_lock};

/// Sets the modes that promotions gave, where they are for the same component and settings as now. A plugin that the configuration
/// switches off stays off. Answers what is wrong.
pub(crate) fn apply(resolved: &mut Resolved) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut changed = Vec::new();
    for (name, plugin) in &resolved.plugins {
        let origin = plugin.source_or_built_in(name).origin;
        // A lock that can't be read refuses the start by itself, once components are pinned.
        let Some(lock) = lock_beside(&origin).and_then(|path| read_lock(&path).ok().flatten()) else {
            continue;
        };
        let Some(rollout) = lock.rollouts.get(name) else {
            continue;
        };
        match fits(&lock, name, plugin, rollout) {
            Ok(()) if plugin.mode.value == Mode::Off => {}
            Ok(()) => changed.push((name.clone(), rollout.mode)),
            Err(why) => problems.push(
                Problem::warning(Code::RolloutStale, format!("its promotion doesn't hold: {why}"))
                    .at(&plugin.mode.origin)
                    .of(&format!("plugins.{name}.mode")),
            ),
        }
    }
    for (name, mode) in changed {
        if let Some(plugin) = resolved.plugins.get_mut(&name) {
            plugin.mode.value = mode;
        }
    }
    problems
}

fn fits(lock: &Lock, name: &PluginName, plugin: &Plugin, rollout: &LockedRollout) -> Result<(), &'static str> {
    let pinned = match plugin.source_or_built_in(name).value {
        Source::BuiltIn(built_in) => crate::builtin::component(built_in.as_str()).map(Digest::of),
        Source::Path(_) => lock.plugins.get(name).copied(),
    };
    if pinned != Some(rollout.digest) {
        Err("the component is another one by now; it has to be promoted anew")
    } else if settings_of(plugin) != rollout.settings {
        Err("its settings are others by now; it has to be promoted anew")
    } else {
        Ok(())
    }
}

/// The digest of a plugin's settings, as records name it.
pub(crate) fn settings_of(plugin: &Plugin) -> Digest {
    Digest::of(plugin.settings.value.to_json().as_bytes())
}

/// The lock that a plugin's promotion is written into.
pub(crate) fn lock_of(name: &PluginName, plugin: &Plugin) -> Option<PathBuf> {
    lock_beside(&plugin.source_or_built_in(name).origin)
}

/// Changes a lock, all at once: whoever starts meanwhile reads the old one or the new one. Two who change it come one after the
/// other.
pub(crate) fn change(path: &Path, change: impl FnOnce(&mut Lock)) -> Result<(), Problem> {
    let told = |error: String| {
        let message = format!("the lock {} can't be written: {error}", plain_path(path));
        Problem::error(Code::LockRead, message)
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let guard = File::open(folder).map_err(|error| told(error.to_string()))?;
    flock(&guard, FlockOperation::LockExclusive).map_err(|error| told(error.to_string()))?;
    let mut lock = read_lock(path)?.unwrap_or_default();
    change(&mut lock);
    file::replace(path, lock.format().as_bytes(), 0o644).map_err(|error| told(error.to_string()))
}
