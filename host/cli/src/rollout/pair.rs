//! A candidate and what it is compared with.

use cofferdam_model::Code;
use cofferdam_model::authority::{Phase, Subject, Version};
use cofferdam_model::config::{Mode, Plugin, PluginName, Resolved, plain};

use crate::config::Surroundings;
use crate::config::rollouts::{phase, record_name, settings_of};
use crate::failure::Failure;
use crate::guards::{InForce, component_of};

/// A candidate, and the version in whose place it comes.
pub(crate) struct Pair {
    /// The candidate, as the configuration has it.
    pub(crate) plugin: Plugin,
    /// What the configuration calls it.
    pub(crate) name: PluginName,
    /// The plugin of which it is a version.
    pub(crate) base: PluginName,
    /// The candidate.
    pub(crate) candidate: Version,
    /// What is in force in its place; where it is in force itself, the plugin of which it is a version.
    pub(crate) incumbent: Version,
    /// Where it is now.
    pub(crate) phase: Phase,
}

/// Why a candidate can't be moved.
pub(super) fn refuse(why: impl std::fmt::Display) -> Failure {
    Failure::before(Code::RolloutRefused, why)
}

impl Pair {
    /// The candidate of this name.
    pub(crate) fn of(around: &Surroundings, in_force: &InForce, name: &str) -> Result<Self, Failure> {
        let resolved = &in_force.resolved;
        let known = PluginName::parse(name)
            .ok()
            .and_then(|name| Some((resolved.plugins.get(&name)?.clone(), name)));
        let Some((plugin, name)) = known else {
            let message = format!(
                "no plugin is called `{}`; `cofferdam config check` shows those that are",
                plain(name)
            );
            return Err(Failure::before(Code::PluginUnknown, message));
        };
        let Some(base) = plugin.of.value.clone() else {
            return Err(refuse(format!(
                "`{name}` is no version of another plugin, so there is nothing in whose place it could come; set plugins.{name}.of"
            )));
        };
        if plugin.mode.value == Mode::Off {
            return Err(refuse(format!(
                "`{name}` is switched off; set plugins.{name}.mode = \"shadow\" first"
            )));
        }
        let phase = phase(plugin.mode.value);
        let in_its_place = other(resolved, &name, &plugin).unwrap_or_else(|| base.clone());
        let candidate = version(around, &name, &plugin)?;
        let incumbent = version(around, &in_its_place, &resolved.plugins[&in_its_place])?;
        if (candidate.digest, candidate.settings) == (incumbent.digest, incumbent.settings) {
            return Err(refuse(format!(
                "`{name}` and `{in_its_place}` are the same component (sha256:{}) with the same settings: there is nothing to \
                 compare, and nothing to promote",
                candidate.digest
            )));
        }
        Ok(Self {
            plugin,
            name,
            base,
            candidate,
            incumbent,
            phase,
        })
    }

    /// Whether this phase puts the candidate in force in some run: `limited` does so by a share or by tasks.
    pub(crate) fn chooses(&self, to: Phase) -> bool {
        to != Phase::Limited || self.plugin.share.value.get() > 0 || !self.plugin.tasks.value.is_empty()
    }

    /// What has to be approved for the candidate to take the place.
    pub(crate) fn subject(&self) -> Subject {
        Subject::Promotion {
            incumbent: self.incumbent.clone(),
            candidate: self.candidate.clone(),
            author: self.plugin.author.value.clone(),
        }
    }
}

/// Another version of the same plugin that is in force in its place.
pub(super) fn other(resolved: &Resolved, name: &PluginName, plugin: &Plugin) -> Option<PluginName> {
    resolved
        .plugins
        .iter()
        .find(|(other, rival)| *other != name && rival.mode.value == Mode::Enforce && rival.of.value == plugin.of.value)
        .map(|(other, _)| other.clone())
}

/// A plugin with the component and the settings that it has now.
pub(super) fn version(around: &Surroundings, name: &PluginName, plugin: &Plugin) -> Result<Version, Failure> {
    Ok(Version {
        name: record_name(name),
        digest: component_of(around, name, plugin)?.digest(),
        settings: settings_of(plugin),
    })
}
