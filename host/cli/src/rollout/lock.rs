//! The step itself: the lock beside the configuration is replaced by another, all at once.

use std::path::Path;

use cofferdam_model::Code;
use cofferdam_model::authority::{Act, Phase, Version, Warrant};
use cofferdam_model::config::{Lock, LockedRollout, Mode, PluginName, Problem, Resolved, Source};
use cofferdam_runner::authority::Acts;

use super::pair::{other, refuse};
use crate::config::rollouts::{change, lock_of, record_name};
use crate::failure::Failure;

/// A candidate's step from one phase to another.
pub(crate) struct Step<'a> {
    /// The configuration.
    pub(crate) resolved: &'a Resolved,
    /// The state folder.
    pub(crate) state: &'a Path,
    /// The candidate.
    pub(crate) name: &'a PluginName,
    /// With its component and settings.
    pub(crate) candidate: &'a Version,
    /// What is in force in its place, or was before.
    pub(crate) incumbent: &'a Version,
    /// Where it goes.
    pub(crate) to: Phase,
    /// What puts it in force, signed; none on its way back.
    pub(crate) warrant: Option<&'a Warrant>,
}

/// Takes the step. Whoever starts from now on does so with the new lock; whoever runs keeps what they began with. Answers what is in
/// force in the candidate's place where it went back, and none where it had gone back already.
pub(crate) fn step(step: &Step<'_>) -> Result<Option<PluginName>, Failure> {
    let plugin = &step.resolved.plugins[step.name];
    let Some(path) = lock_of(step.name, plugin) else {
        return Err(refuse(format!(
            "`{}` is declared by a variable, beside which there is no lock; declare it in a file",
            step.name
        )));
    };
    let rival = other(step.resolved, step.name, plugin);
    if let Some(rival) = &rival
        && lock_of(rival, &step.resolved.plugins[rival]).as_ref() != Some(&path)
    {
        return Err(refuse(format!(
            "`{}` and `{rival}` are declared in different files, and one lock must change for both; declare them in one",
            step.name
        )));
    }
    debug_assert_eq!(
        step.candidate.name,
        record_name(step.name),
        "the version is that of the plugin"
    );
    change(&path, |lock| step.change(lock, rival.as_ref())).map_err(|problem| Failure::problems(&[problem]))
}

impl Step<'_> {
    fn change(&self, lock: &mut Lock, rival: Option<&PluginName>) -> Result<Option<PluginName>, Problem> {
        let Self {
            resolved,
            name,
            candidate,
            incumbent,
            to,
            ..
        } = self;
        let plugin = &resolved.plugins[*name];
        let known = lock.rollouts.get(*name).cloned();
        if *to != Phase::Shadow {
            self.is_as_judged(lock)?;
        }
        let had_gone = *to == Phase::Shadow && known.as_ref().is_some_and(|known| known.mode == Mode::Shadow);
        let (before, known) = known.map_or((None, None), |known| (known.before, known.warrant));
        let warrant = self.warrant.map(|warrant| Box::new(warrant.clone())).or(known);
        // Before the lock: who reads the old one from now on is told how far it goes by now.
        if let Some(warrant) = &warrant {
            self.moved(candidate, warrant, *to)?;
        }
        let mut entry = LockedRollout {
            mode: mode(*to),
            digest: candidate.digest,
            settings: candidate.settings,
            before,
            warrant,
        };
        if let (Phase::Enforce, Some(rival)) = (to, rival) {
            let theirs = lock.rollouts.get(rival);
            let theirs = LockedRollout {
                mode: Mode::Shadow,
                digest: incumbent.digest,
                settings: incumbent.settings,
                before: theirs.and_then(|theirs| theirs.before.clone()),
                warrant: theirs.and_then(|theirs| theirs.warrant.clone()),
            };
            if let Some(warrant) = &theirs.warrant {
                self.moved(incumbent, warrant, Phase::Shadow)?;
            }
            lock.rollouts.insert(rival.clone(), theirs);
            entry.before = Some(rival.clone());
        }
        let mut back = None;
        if *to != Phase::Enforce {
            // What was in force before comes back, if it is still what it was then; else the version without a promotion. One that is in
            // force in a share of runs has it beside itself, for the others.
            let before = entry
                .before
                .take()
                .filter(|before| resolved.plugins.contains_key(before));
            if let Some((theirs, before)) = before.and_then(|before| Some((lock.rollouts.get_mut(&before)?, before))) {
                theirs.mode = Mode::Enforce;
                let version = Version {
                    name: record_name(&before),
                    digest: theirs.digest,
                    settings: theirs.settings,
                };
                if let Some(warrant) = &theirs.warrant {
                    self.moved(&version, warrant, Phase::Enforce)?;
                }
                back = Some(before);
            }
        }
        if matches!(plugin.source_or_built_in(name).value, Source::Path(_)) {
            // Going back agrees to no file that nobody agreed to before.
            let pin = lock.plugins.entry((*name).clone()).or_insert(candidate.digest);
            if *to != Phase::Shadow {
                *pin = candidate.digest;
            }
        }
        lock.rollouts.insert((*name).clone(), entry);
        let base = plugin.of.value.clone();
        Ok(if had_gone { None } else { back.or(base) })
    }

    /// Writes the move down among the acts. What puts something in force needs its line there; going back doesn't wait for one, since a log
    /// that isn't whole puts nothing in force.
    fn moved(&self, version: &Version, warrant: &Warrant, to: Phase) -> Result<(), Problem> {
        let act = Act::Moved {
            candidate: version.clone(),
            promotion: warrant.named(),
            to,
        };
        match Acts::add(self.state, act) {
            Ok(()) => Ok(()),
            Err(error) if self.warrant.is_none() => {
                crate::say(&format!("warning {}: {error}", error.code()));
                Ok(())
            }
            Err(error) => Err(Problem::error(error.code(), error.to_string())),
        }
    }

    /// Whether the lock still says what it said when the gate judged: between that and now somebody else may have moved the candidate,
    /// or put another version in force, which nobody compared it with.
    fn is_as_judged(&self, lock: &Lock) -> Result<(), Problem> {
        let in_force = lock.rollouts.iter().find(|(name, rollout)| {
            *name != self.name
                && rollout.mode == Mode::Enforce
                && self.resolved.plugins.get(*name).map(|plugin| &plugin.of.value)
                    == self.resolved.plugins.get(self.name).map(|plugin| &plugin.of.value)
        });
        let other = in_force.is_some_and(|(name, _)| name.as_str() != self.incumbent.name.as_str());
        let pinned = lock.plugins.iter().any(|(name, digest)| {
            (name.as_str() == self.incumbent.name.as_str() && *digest != self.incumbent.digest)
                || (name == self.name && *digest != self.candidate.digest)
        });
        if other || pinned {
            let message = "the lock changed while the gate was asked: what is in force by now is not what the candidate was compared \
                           with; ask the gate again";
            return Err(Problem::error(Code::RolloutRefused, message));
        }
        Ok(())
    }
}

fn mode(phase: Phase) -> Mode {
    match phase {
        Phase::Shadow => Mode::Shadow,
        Phase::Limited => Mode::Limited,
        Phase::Enforce => Mode::Enforce,
    }
}
