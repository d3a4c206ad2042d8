//! Loaded plugins.

mod detector;
mod policy;

pub use detector::Detector;
pub(crate) use detector::{DetectorGuest, DetectorInner, DetectorPre};
pub use policy::Policy;
pub(crate) use policy::{PolicyGuest, PolicyInner, PolicyPre};

use crate::call::Live;
use crate::engine::Inner;
use crate::incident::{Detail, Failure};
use crate::limits::State;
use crate::ticker::Ticker;
use wasmtime::{Error, Store};

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

/// Makes a new instance stand in for one that said `first` of itself: renewed, or configured again as that one was
/// and held against it. `renew` answers nothing where the guest can't be renewed.
fn stand_in<G, T: PartialEq>(
    engine: &Inner,
    ticks: Ticks,
    mut live: Live<G>,
    first: &T,
    renew: impl FnOnce(&mut Store<State>, &mut G) -> Result<Option<Result<(), String>>, Error>,
    configure: impl FnOnce(&mut Store<State>, &mut G) -> Result<Result<T, String>, Error>,
) -> Result<Live<G>, Failure> {
    // One that won't be renewed is configured as well.
    if let Some(Ok(())) = live.call(engine, ticks.start, LOAD_FUEL, renew)? {
        return Ok(live);
    }
    match live.call(engine, ticks.start, LOAD_FUEL, configure)? {
        Ok(again) if again == *first => Ok(live),
        Ok(_) => Err(Detail::Unsteady.into()),
        Err(_) => Err(Detail::Refused.into()),
    }
}
