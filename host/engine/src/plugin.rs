//! Loaded plugins.

mod detector;
mod policy;

pub use detector::Detector;
pub(crate) use detector::{DetectorGuest, DetectorInner, DetectorPre};
pub use policy::Policy;
pub(crate) use policy::{PolicyGuest, PolicyInner, PolicyPre};

use crate::ticker::Ticker;

/// What a guest may hand back while it is loaded, in bytes: some thousand rules.
pub(crate) const LOAD_FUEL: usize = 8 << 20;

/// Deadlines, in epochs.
#[derive(Clone, Copy)]
pub(crate) struct Ticks {
    pub(crate) call: u64,
    pub(crate) start: u64,
}

impl Ticks {
    pub(crate) fn of(limits: &crate::limits::Limits) -> Self {
        Self {
            call: Ticker::ticks(limits.deadline),
            start: Ticker::ticks(limits.start),
        }
    }
}
