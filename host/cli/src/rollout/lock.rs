//! The step itself: the lock beside the configuration is replaced by another, all at once.

use cofferdam_model::authority::{Phase, Version};
use cofferdam_model::config::{LockedRollout, Mode, PluginName, Resolved, Source};

use super::pair::{name_of, other, refuse};
use crate::config::rollouts::{change, lock_of};
use crate::failure::Failure;

/// A candidate's step from one phase to another.
pub(crate) struct Step<'a> {
    /// The configuration.
    pub(crate) resolved: &'a Resolved,
    /// The candidate.
    pub(crate) name: &'a PluginName,
    /// With its component and settings.
    pub(crate) candidate: &'a Version,
    /// What is in force in its place, or was before.
    pub(crate) incumbent: &'a Version,
    /// Where it goes.
    pub(crate) to: Phase,
}

/// Takes the step. Whoever starts from now on does so with the new lock; whoever runs keeps what they began with. Answers what is in
/// force in the candidate's place where it went back, and none where it had gone back already.
pub(crate) fn step(step: &Step<'_>) -> Result<Option<PluginName>, Failure> {
    let Step {
        resolved,
        name,
        candidate,
        incumbent,
        to,
    } = step;
    let plugin = &resolved.plugins[*name];
    let Some(path) = lock_of(name, plugin) else {
        return Err(refuse(format!(
            "`{name}` is declared by a variable, beside which there is no lock; declare it in a file"
        )));
    };
    let rival = other(resolved, name, plugin);
    if let Some(rival) = &rival
        && lock_of(rival, &resolved.plugins[rival]).as_ref() != Some(&path)
    {
        return Err(refuse(format!(
            "`{name}` and `{rival}` are declared in different files, and one lock must change for both; declare them in one"
        )));
    }
    let mode = match to {
        Phase::Shadow => Mode::Shadow,
        Phase::Limited => Mode::Limited,
        Phase::Enforce => Mode::Enforce,
    };
    let base = plugin.of.value.clone();
    let mut back = None;
    let mut had_gone = false;
    change(&path, |lock| {
        let known = lock.rollouts.get(*name).cloned();
        had_gone = mode == Mode::Shadow && known.as_ref().is_some_and(|known| known.mode == Mode::Shadow);
        let mut entry = LockedRollout {
            mode,
            digest: candidate.digest,
            settings: candidate.settings,
            before: known.and_then(|known| known.before),
        };
        if let (Phase::Enforce, Some(rival)) = (to, &rival) {
            let theirs = LockedRollout {
                mode: Mode::Shadow,
                digest: incumbent.digest,
                settings: incumbent.settings,
                before: lock.rollouts.get(rival).and_then(|theirs| theirs.before.clone()),
            };
            lock.rollouts.insert(rival.clone(), theirs);
            entry.before = Some(rival.clone());
        }
        if *to == Phase::Shadow {
            // What was in force before comes back, if it is still what it was then; else the version without a promotion.
            let before = entry
                .before
                .take()
                .filter(|before| resolved.plugins.contains_key(before));
            if let Some(theirs) = before.as_ref().and_then(|before| lock.rollouts.get_mut(before)) {
                theirs.mode = Mode::Enforce;
                back.clone_from(&before);
            }
        }
        if matches!(plugin.source_or_built_in(name).value, Source::Path(_)) {
            lock.plugins.insert((*name).clone(), candidate.digest);
        }
        lock.rollouts.insert((*name).clone(), entry);
    })
    .map_err(|problem| Failure::problems(&[problem]))?;
    debug_assert_eq!(candidate.name, name_of(name), "the version is that of the plugin");
    Ok(if had_gone { None } else { back.or(base) })
}
