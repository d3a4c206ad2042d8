//! Where in the configuration the fault lies when a plugin is refused.

use cofferdam_model::config::{Origin, Plugin, PluginName};
use cofferdam_runner::session::engine::{LoadError, LoadReason};

use crate::failure::Failure;

/// A plugin that the engine refuses, with the place that its owner has to look at.
pub(super) fn refused(error: &LoadError, plugin: &Plugin, name: &PluginName) -> Failure {
    let declared = place(&error.reason, plugin, name);
    Failure::before(error.code(), format!("{error} (declared by {declared})"))
}

/// The key that is at fault, where it was set; else what declares the component.
fn place(reason: &LoadReason, plugin: &Plugin, name: &PluginName) -> Origin {
    let of_key = match reason {
        LoadReason::Settings(_) => Some(&plugin.settings.origin),
        LoadReason::PassRefused(_) => plugin.passes().map(|(_, action)| &action.origin).next(),
        LoadReason::NotOffered(_) => Some(&plugin.grants.origin),
        LoadReason::Resources(_) => Some(&plugin.memory.origin),
        LoadReason::Failed { .. } => [
            &plugin.start_deadline.origin,
            &plugin.deadline.origin,
            &plugin.memory.origin,
            &plugin.settings.origin,
        ]
        .into_iter()
        .find(|origin| **origin != Origin::BuiltIn),
        LoadReason::Digest { .. }
        | LoadReason::NotComponent
        | LoadReason::Precompiled
        | LoadReason::CoreModule
        | LoadReason::World { .. }
        | LoadReason::Version { .. }
        | LoadReason::Types(_)
        | LoadReason::NotGranted(_)
        | LoadReason::Compile(_)
        | LoadReason::Describe(_)
        | LoadReason::PolicySettings(_)
        | LoadReason::Rules(_)
        | LoadReason::Promise(_) => None,
    };
    let source = plugin.source_or_built_in(name).origin;
    [of_key, Some(&source)]
        .into_iter()
        .flatten()
        .find(|origin| **origin != Origin::BuiltIn)
        .cloned()
        .unwrap_or_else(|| plugin.declared_at())
}
