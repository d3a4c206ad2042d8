//! One instance of a guest, and the calls into it.

use crate::deadline::{Deadline, Deadlines};
use crate::engine::Inner;
use crate::incident::{Detail, Failure};
use crate::limits::{Limits, MOST_HANDLES, State};
use std::panic::{AssertUnwindSafe, catch_unwind};
use wasmtime::{Error, Store, Trap, UpdateDeadline};

/// An instance, alive. After a failed call it must be dropped: nothing is known of its state.
pub(crate) struct Live<G> {
    store: Store<State>,
    guest: G,
}

impl<G> Live<G> {
    /// Makes an instance, within `ticks` epochs.
    pub(crate) fn start(
        engine: &Inner,
        limits: &Limits,
        ticks: u64,
        instantiate: impl FnOnce(&mut Store<State>) -> Result<G, Error>,
    ) -> Result<Self, Failure> {
        let mut store = Store::new(&engine.wasm, State::new(*limits));
        store.limiter(|state| state);
        store.set_max_component_handles(MOST_HANDLES);
        // A store begins at its deadline, which would end the first call at once.
        store.set_epoch_deadline(ticks);
        store.data_mut().begin(deadline(engine, ticks));
        if engine.deadlines == Deadlines::Processor {
            store.epoch_deadline_callback(|store| {
                let left = store.data().time_left();
                Ok(left.map_or(UpdateDeadline::Interrupt, UpdateDeadline::Continue))
            });
        }
        let running = engine.ticker.running();
        let made = catch_unwind(AssertUnwindSafe(|| instantiate(&mut store)));
        drop(running);
        match made {
            Ok(Ok(guest)) => Ok(Self { store, guest }),
            Ok(Err(error)) => {
                tracing::debug!(error = %crate::describe::escape(&format!("{error:#}")), "no instance");
                Err(detail(&error, store.data(), Detail::NoInstance).into())
            }
            Err(_) => Err(Detail::Host.into()),
        }
    }

    /// How much memory the instance holds, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.store.data().used()
    }

    /// Calls into the guest. `ticks` is the deadline in epochs, `fuel` the most bytes that its answer may take in the
    /// host.
    pub(crate) fn call<T>(
        &mut self,
        engine: &Inner,
        ticks: u64,
        fuel: usize,
        call: impl FnOnce(&mut Store<State>, &mut G) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        self.store.data_mut().begin(deadline(engine, ticks));
        self.store.set_epoch_deadline(ticks);
        self.store.set_hostcall_fuel(fuel);
        let running = engine.ticker.running();
        // A fault of the host in the middle of a call would be an advisory of wasmtime's; it fails the guest, not the
        // session.
        let done = catch_unwind(AssertUnwindSafe(|| call(&mut self.store, &mut self.guest)));
        drop(running);
        match done {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(detail(&error, self.store.data(), Detail::Unreadable).into()),
            Err(_) => Err(Detail::Host.into()),
        }
    }
}

/// The deadline of a call that begins now, where its thread's time counts.
fn deadline(engine: &Inner, ticks: u64) -> Option<Deadline> {
    (engine.deadlines == Deadlines::Processor).then(|| Deadline::begin(ticks))
}

/// What an error of wasmtime means. What is no trap is `otherwise`. Its text is never used.
fn detail(error: &Error, state: &State, otherwise: Detail) -> Detail {
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => Detail::Deadline,
        // Guests trap when their allocator is refused memory; the trap itself doesn't say so.
        _ if state.refused() => Detail::Memory,
        Some(trap) => Detail::Trap(trap_name(*trap)),
        None => otherwise,
    }
}

fn trap_name(trap: Trap) -> &'static str {
    match trap {
        Trap::StackOverflow => "stack-overflow",
        Trap::MemoryOutOfBounds => "memory-out-of-bounds",
        Trap::TableOutOfBounds => "table-out-of-bounds",
        Trap::IndirectCallToNull | Trap::BadSignature => "bad-call",
        Trap::IntegerOverflow | Trap::IntegerDivisionByZero | Trap::BadConversionToInteger => "arithmetic",
        Trap::UnreachableCodeReached => "unreachable",
        Trap::CannotEnterComponent | Trap::CannotLeaveComponent => "component-entry",
        // The list is wasmtime's and grows.
        _ => "other",
    }
}
