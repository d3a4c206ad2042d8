//! What is in force in a run, and what is on trial beside it.

use std::collections::BTreeMap;

use super::layer::Value;
use super::problem::{Problem, plain};
use super::suggest::nearest_of;
use super::table::{Candidate, Plugin, Resolved};
use super::value::{Count, Mode, PluginName, Settings, Source, Tasks};
use crate::Code;
use crate::record::{Digest, RunId, TaskId};
use crate::shadow::is_chosen;

/// What records call a policy on trial.
pub const POLICY_CANDIDATE: &str = "policy.candidate";

/// The policy that decides in a run, or is on trial in it.
#[derive(Debug, Clone)]
pub struct PolicyChoice {
    /// Its component.
    pub source: Value<Source>,
    /// The digest that its file must have.
    pub digest: Value<Option<Digest>>,
    /// Its settings.
    pub settings: Value<Settings>,
    /// The section that says so.
    pub key: &'static str,
}

impl Candidate {
    fn choice(&self) -> Option<PolicyChoice> {
        Some(PolicyChoice {
            source: Value {
                value: self.source.value.clone()?,
                origin: self.source.origin.clone(),
            },
            digest: self.digest.clone(),
            settings: self.settings.clone(),
            key: POLICY_CANDIDATE,
        })
    }
}

impl Resolved {
    /// Decides what `limited` means for one run: in force in the tasks and in the share of runs that are chosen, in shadow elsewhere.
    /// Before this, a limited plugin counts as in shadow.
    pub fn settle(&mut self, task: &TaskId, run: RunId) {
        let settled = |name: &str, mode: &mut Mode, share: &Value<Count<0, 100>>, tasks: &Value<Tasks>| {
            let is_limited = *mode == Mode::Limited;
            let is_chosen = is_limited && (tasks.value.contains(task) || is_chosen(name, run, share.value.get()));
            if is_limited {
                *mode = if is_chosen { Mode::Enforce } else { Mode::Shadow };
            }
            is_chosen
        };
        let mut chosen = Vec::new();
        for (name, plugin) in &mut self.plugins {
            if settled(name.as_str(), &mut plugin.mode.value, &plugin.share, &plugin.tasks) {
                chosen.push(name.clone());
            }
        }
        let Candidate { mode, share, tasks, .. } = &mut self.candidate;
        settled(POLICY_CANDIDATE, &mut mode.value, share, tasks);
        self.settle_rivals(&chosen);
    }

    /// Where several plugins would stand in for the same one in this run, one does and the others are in shadow. One that was chosen for
    /// this run goes before one that is in force everywhere, or it never would be in force; among equals the first by name does.
    fn settle_rivals(&mut self, chosen: &[PluginName]) {
        let mut taken: BTreeMap<PluginName, PluginName> = BTreeMap::new();
        for is_turn_of_chosen in [true, false] {
            for (name, plugin) in &self.plugins {
                let is_in_force = plugin.mode.value == Mode::Enforce && chosen.contains(name) == is_turn_of_chosen;
                if let Some(of) = plugin.of.value.as_ref().filter(|_| is_in_force) {
                    taken.entry(of.clone()).or_insert_with(|| name.clone());
                }
            }
        }
        for (name, plugin) in &mut self.plugins {
            let Some(of) = &plugin.of.value else { continue };
            if plugin.mode.value == Mode::Enforce && taken.get(of) != Some(name) {
                plugin.mode.value = Mode::Shadow;
            }
        }
    }

    /// The plugins that are in force, in the order of their names. One that is in force in another's place stands for it, so that the
    /// other isn't.
    pub fn enforced(&self) -> impl Iterator<Item = (&PluginName, &Plugin)> {
        self.plugins
            .iter()
            .filter(|(name, plugin)| plugin.mode.value == Mode::Enforce && self.stand_in(name).is_none())
    }

    /// The plugins that are on trial, in the order of their names.
    pub fn on_trial(&self) -> impl Iterator<Item = (&PluginName, &Plugin)> {
        let is_on_trial = |plugin: &Plugin| matches!(plugin.mode.value, Mode::Shadow | Mode::Limited);
        self.plugins.iter().filter(move |(_, plugin)| is_on_trial(plugin))
    }

    /// What a plugin on trial is compared with: the one that it is a version of, or what stands in for that; none where nothing in
    /// force does.
    pub fn incumbent(&self, candidate: &Plugin) -> Option<(&PluginName, &Plugin)> {
        let of = candidate.of.value.as_ref()?;
        let stands = self.stand_in(of).unwrap_or(of);
        self.enforced().find(|(name, _)| *name == stands)
    }

    /// The plugin that is in force in the place of another.
    fn stand_in(&self, of: &PluginName) -> Option<&PluginName> {
        let stands = |plugin: &Plugin| plugin.mode.value == Mode::Enforce && plugin.of.value.as_ref() == Some(of);
        self.plugins
            .iter()
            .find(|(_, plugin)| stands(plugin))
            .map(|(name, _)| name)
    }

    /// The policy that decides.
    pub fn policy_in_force(&self) -> PolicyChoice {
        let candidate = self.candidate.choice();
        candidate
            .filter(|_| self.candidate.mode.value == Mode::Enforce)
            .unwrap_or_else(|| PolicyChoice {
                source: self.policy.source.clone(),
                digest: self.policy.digest.clone(),
                settings: self.policy.settings.clone(),
                key: "policy",
            })
    }

    /// The policy that is on trial.
    pub fn policy_on_trial(&self) -> Option<PolicyChoice> {
        let is_on_trial = matches!(self.candidate.mode.value, Mode::Shadow | Mode::Limited);
        self.candidate.choice().filter(|_| is_on_trial)
    }

    /// Problems of what is on trial.
    pub(super) fn check_rollout(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, plugin) in &self.plugins {
            let Some(of) = &plugin.of.value else { continue };
            let at = |problem: Problem| problem.at(&plugin.of.origin).of(&format!("plugins.{name}.of"));
            if of == name {
                let message = "a plugin is no version of itself; name another one, or leave this out";
                problems.push(at(Problem::error(Code::ConfigValue, message)));
            } else if !self.plugins.contains_key(of) {
                let names = self.plugins.keys().map(PluginName::as_str);
                let message = match nearest_of(of.as_str(), names) {
                    Some(near) => format!("no plugin has this name; did you mean {}?", plain(near)),
                    None => "no plugin has this name; name the plugin of which this one is a version".to_owned(),
                };
                problems.push(at(Problem::error(Code::PluginUnknown, message)));
            } else if let Some(further) = &self.plugins[of].of.value {
                // Versions of one plugin stand side by side, so that each knows its rivals; nor do two stand in for each other.
                let message = format!("plugins.{of} is a version of another plugin itself; name that one: {further}");
                problems.push(at(Problem::error(Code::ConfigValue, message)));
            }
            let rival = self.plugins.iter().find(|(other, rival)| {
                *other < name && rival.of.value.as_ref() == Some(of) && rival.mode.value == Mode::Enforce
            });
            if let (Mode::Enforce, Some((rival, _))) = (plugin.mode.value, rival) {
                let message = format!(
                    "plugins.{rival} is in force in the place of {of} already; only one can be, so set the other to \"shadow\""
                );
                problems.push(at(Problem::error(Code::ConfigValue, message)));
            }
        }
        let plugins = self.plugins.iter();
        let limited =
            plugins.map(|(name, plugin)| (format!("plugins.{name}"), &plugin.mode, &plugin.share, &plugin.tasks));
        let Candidate { mode, share, tasks, .. } = &self.candidate;
        for (key, mode, share, tasks) in limited.chain([(POLICY_CANDIDATE.to_owned(), mode, share, tasks)]) {
            if mode.value == Mode::Limited && share.value.get() == 0 && tasks.value.is_empty() {
                let message = "it is in force in no run, and in shadow in all; set its `share` or its `tasks`";
                problems.push(
                    Problem::warning(Code::ConfigValue, message)
                        .at(&mode.origin)
                        .of(&format!("{key}.mode")),
                );
            }
        }
        if mode.value != Mode::Off && self.candidate.source.value.is_none() {
            let message = "a policy on trial needs a component; set policy.candidate.source";
            problems.push(
                Problem::error(Code::ConfigValue, message)
                    .at(&mode.origin)
                    .of("policy.candidate.mode"),
            );
        }
        problems
    }
}
