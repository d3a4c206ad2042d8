//! The clock behind deadlines: a thread that moves the engine's epoch on while calls run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::thread::{self, Thread};
use std::time::Duration;
use wasmtime::EngineWeak;

/// How long an epoch lasts.
pub(crate) const TICK: Duration = Duration::from_millis(2);

/// For so many ticks without a call it goes on, so that a busy session doesn't wake it for each call.
const IDLE_TICKS: u32 = 50;

/// Ticks while calls run, and sleeps when none has run for a while, so that an idle session costs nothing.
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: Thread,
}

struct Shared {
    running: AtomicU32,
    asleep: AtomicBool,
    stop: AtomicBool,
}

impl Ticker {
    /// Starts the thread, asleep.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub(crate) fn start(engine: EngineWeak) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            running: AtomicU32::new(0),
            asleep: AtomicBool::new(false),
            stop: AtomicBool::new(false),
        });
        let seen = Arc::clone(&shared);
        let handle = thread::Builder::new()
            .name("cofferdam-epoch".into())
            .stack_size(64 * 1024)
            .spawn(move || seen.tick(&engine))?;
        Ok(Self {
            shared,
            thread: handle.thread().clone(),
        })
    }

    /// The number of epochs after which a call of this length is certainly over its time.
    pub(crate) fn ticks(deadline: Duration) -> u64 {
        let ticks = deadline.as_nanos().div_ceil(TICK.as_nanos()).saturating_add(1);
        // Far below the largest number, since the engine adds it to the current epoch.
        u64::try_from(ticks).unwrap_or(u64::MAX).min(1 << 40)
    }

    /// Says that a call runs, for as long as the guard lives.
    pub(crate) fn running(&self) -> Running<'_> {
        self.shared.running.fetch_add(1, SeqCst);
        // The thread says that it sleeps before it looks at the counter a last time, and this looks in the other
        // order: one of the two always sees the other.
        if self.shared.asleep.load(SeqCst) {
            self.thread.unpark();
        }
        Running(&self.shared)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stop.store(true, SeqCst);
        self.thread.unpark();
    }
}

/// A call that runs.
pub(crate) struct Running<'a>(&'a Shared);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, SeqCst);
    }
}

impl Shared {
    fn tick(&self, engine: &EngineWeak) {
        let mut idle = IDLE_TICKS;
        while !self.stop.load(SeqCst) {
            if idle < IDLE_TICKS {
                thread::park_timeout(TICK);
                let Some(engine) = engine.upgrade() else { return };
                engine.increment_epoch();
            } else {
                self.asleep.store(true, SeqCst);
                if self.running.load(SeqCst) == 0 {
                    thread::park();
                }
                self.asleep.store(false, SeqCst);
            }
            idle = if self.running.load(SeqCst) > 0 {
                0
            } else {
                (idle + 1).min(IDLE_TICKS)
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TICK, Ticker};
    use std::time::Duration;

    #[test]
    fn a_deadline_is_rounded_up_and_never_missed_by_a_tick_that_was_under_way() {
        assert_eq!(Ticker::ticks(Duration::ZERO), 1);
        assert_eq!(Ticker::ticks(TICK), 2);
        assert_eq!(Ticker::ticks(TICK + Duration::from_nanos(1)), 3);
        assert_eq!(Ticker::ticks(Duration::MAX), 1 << 40);
    }
}
