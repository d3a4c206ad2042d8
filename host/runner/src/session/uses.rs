//! What the detectors in force did in a session: how often they were asked and failed, and how long they took.

use std::time::Duration;

use cofferdam_model::record::{Name, PluginKind};
use cofferdam_model::shadow::Times;

use super::guards::Guards;

/// What one detector in force did.
#[derive(Debug, Clone)]
pub struct GuestUse {
    /// What it is called in the configuration.
    pub plugin: Name,
    /// How long it took for each suspect: of suspects that were asked about together, each an equal part.
    pub times: Times,
    /// How often it failed.
    pub failures: u64,
}

/// What all of them did, in their order.
#[derive(Default)]
pub(super) struct Uses(Vec<GuestUse>);

impl Uses {
    /// Of these guards, before the first call.
    pub(super) fn of(guards: &Guards) -> Self {
        let detectors = guards
            .plugins()
            .into_iter()
            .filter(|plugin| plugin.kind == PluginKind::Detector);
        Self(
            detectors
                .map(|plugin| GuestUse {
                    plugin: plugin.name,
                    times: Times::default(),
                    failures: 0,
                })
                .collect(),
        )
    }

    /// A detector answered about so many suspects, or failed to.
    pub(super) fn called(&mut self, detector: u16, suspects: usize, took: Duration) {
        if let Some(used) = self.0.get_mut(usize::from(detector)) {
            let each = took / u32::try_from(suspects.max(1)).unwrap_or(u32::MAX);
            (0..suspects).for_each(|_| used.times.add(each));
        }
    }

    /// A plugin failed so many times.
    pub(super) fn failed(&mut self, plugin: &str, count: u64) {
        if let Some(used) = self.0.iter_mut().find(|used| used.plugin.as_str() == plugin) {
            used.failures += count;
        }
    }

    /// What they did.
    pub(super) fn told(self) -> Vec<GuestUse> {
        self.0
    }
}
