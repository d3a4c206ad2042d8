//! The step itself: the lock beside the configuration is replaced by another, all at once.

use std::path::Path;

use cofferdam_model::Code;
use cofferdam_model::authority::{Act, Phase, Version, Warrant};
use cofferdam_model::config::{Lock, LockedRollout, Mode, PluginName, Problem, Resolved, Source};
use cofferdam_model::record::Digest;
use cofferdam_runner::authority::{Acts, AuthorityError, digest_of_path};

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

/// What a step does.
struct Change {
    /// What is in force in the candidate's place where it went back, and none where it had gone back already.
    back: Option<PluginName>,
    /// What is written down of it.
    acts: Vec<Act>,
}

/// Takes the step. Whoever starts from now on does so with the new lock; whoever runs keeps what they began with.
/// Answers what is in force in the candidate's place where it went back, and none where it had gone back already.
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
    let goes_back = step.warrant.is_none();
    let mut went = false;
    let changed = change(
        &path,
        |lock| step.change(lock, &path, rival.as_ref()),
        |change, unwritable| {
            // What goes forward needs both. What goes back is back once that is written down, whoever may write the
            // lock.
            if let Some(problem) = unwritable.filter(|_| !goes_back) {
                return Err(problem.clone());
            }
            went = step.write_down(change)?;
            Ok(())
        },
    );
    match changed {
        Ok(change) => Ok(change.back),
        Err(problem) if goes_back && went => {
            crate::say(&format!(
                "{problem}\nIt went back all the same: no start believes the lock from now on."
            ));
            Ok(plugin.of.value.clone())
        }
        Err(problem) => Err(Failure::problems(&[problem])),
    }
}

impl Step<'_> {
    fn change(&self, lock: &mut Lock, path: &Path, rival: Option<&PluginName>) -> Result<Change, Problem> {
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
        if self.warrant.is_some() {
            self.is_as_judged(lock)?;
        }
        let had_gone = *to == Phase::Shadow && known.as_ref().is_some_and(|known| known.mode == Mode::Shadow);
        let (before, known) = known.map_or((None, None), |known| (known.before, known.warrant));
        let warrant = self.warrant.map(|warrant| Box::new(warrant.clone())).or(known);
        let mut acts = Acted {
            lock: digest_of_path(path),
            acts: Vec::new(),
        };
        acts.moved(candidate, warrant.as_deref(), *to);
        let mut entry = LockedRollout {
            mode: mode(*to),
            digest: candidate.digest,
            settings: candidate.settings,
            before,
            warrant,
        };
        let mut back = None;
        match to {
            Phase::Enforce => {
                self.displace(lock, &mut acts);
                if let Some(rival) = rival {
                    // One that the configuration alone puts in force has no entry so far.
                    lock.rollouts.entry(rival.clone()).or_insert_with(|| LockedRollout {
                        mode: Mode::Shadow,
                        digest: incumbent.digest,
                        settings: incumbent.settings,
                        before: None,
                        warrant: None,
                    });
                    entry.before = Some(rival.clone());
                }
            }
            Phase::Limited | Phase::Shadow => {
                // What was in force before comes back, if it is still what it was then; else the version without a
                // promotion. One that is in force in a share of runs has it beside itself, for the others. Where the
                // candidate had gone back before, something else is in its place by now, which stays.
                let before = entry.before.take();
                let before = before.filter(|before| !had_gone && resolved.plugins.contains_key(before));
                if let Some((theirs, before)) =
                    before.and_then(|before| Some((lock.rollouts.get_mut(&before)?, before)))
                {
                    theirs.mode = Mode::Enforce;
                    acts.moved(&version(&before, theirs), theirs.warrant.as_deref(), Phase::Enforce);
                    back = Some(before);
                }
                // Nobody goes back to what did too badly.
                for other in lock.rollouts.values_mut() {
                    if other.before.as_ref() == Some(*name) {
                        other.before = None;
                    }
                }
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
        Ok(Change {
            back: if had_gone { None } else { back.or(base) },
            acts: acts.acts,
        })
    }

    /// Takes all other promoted versions of the same plugin out of force: nobody compared them with what is in force
    /// from now on.
    fn displace(&self, lock: &mut Lock, acts: &mut Acted) {
        let of = |name: &PluginName| {
            self.resolved
                .plugins
                .get(name)
                .and_then(|plugin| plugin.of.value.as_ref())
        };
        for (other, theirs) in &mut lock.rollouts {
            if other != self.name && of(other) == of(self.name) && theirs.mode != Mode::Shadow {
                theirs.mode = Mode::Shadow;
                acts.moved(&version(other, theirs), theirs.warrant.as_deref(), Phase::Shadow);
            }
        }
    }

    /// Writes the step down among the acts, and answers whether anything was. What puts something in force needs its
    /// line there; going back doesn't wait for one in a log that isn't whole, since that one puts nothing in force.
    fn write_down(&self, change: &Change) -> Result<bool, Problem> {
        for act in &change.acts {
            match Acts::add(self.state, act.clone()) {
                Ok(()) => {}
                Err(AuthorityError::ActsBroken) if self.warrant.is_none() => {
                    let error = AuthorityError::ActsBroken;
                    crate::say(&format!("warning {}: {error}", error.code()));
                }
                Err(error) => return Err(Problem::error(error.code(), error.to_string())),
            }
        }
        Ok(!change.acts.is_empty())
    }

    /// Whether the lock still says what it said when the gate judged: between that and now somebody else may have
    /// moved the candidate, or put another version in force, which nobody compared it with.
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

/// What is written down of one step.
struct Acted {
    lock: Digest,
    acts: Vec<Act>,
}

impl Acted {
    /// A version goes where it goes; one without a promotion has nothing that could be believed later.
    fn moved(&mut self, version: &Version, warrant: Option<&Warrant>, to: Phase) {
        self.acts.extend(warrant.map(|warrant| Act::Moved {
            candidate: version.clone(),
            promotion: warrant.named(),
            lock: self.lock,
            to,
        }));
    }
}

fn version(name: &PluginName, rollout: &LockedRollout) -> Version {
    Version {
        name: record_name(name),
        digest: rollout.digest,
        settings: rollout.settings,
    }
}

fn mode(phase: Phase) -> Mode {
    match phase {
        Phase::Shadow => Mode::Shadow,
        Phase::Limited => Mode::Limited,
        Phase::Enforce => Mode::Enforce,
    }
}
