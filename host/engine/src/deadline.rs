//! How much longer a call may take whose thread gives way to all others.

use crate::ticker::TICK;
use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};

/// What deadlines count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deadlines {
    /// The time that passes, since somebody waits for the answer.
    #[default]
    Wall,
    /// The time that the calling thread has of a processor, and [`PATIENCE`](Self::PATIENCE) times as much that
    /// passes. A thread that gives way to all others is late on a busy machine, and that says nothing of the guest.
    Processor,
}

impl Deadlines {
    /// So many times its deadline a call may take, as time passes, where its thread had less of a processor.
    pub const PATIENCE: u32 = 20;

    /// What tells how much of a question's time is used up, from now on and on this thread.
    pub(crate) fn stopwatch(self) -> impl Fn() -> Duration {
        let (began, used_before) = (Instant::now(), of_thread());
        move || match self {
            Self::Wall => began.elapsed(),
            Self::Processor => of_thread().saturating_sub(used_before),
        }
    }
}

/// The deadline of a call, by the time of its thread.
pub(crate) struct Deadline {
    allowed: Duration,
    began: Instant,
    used_before: Duration,
}

impl Deadline {
    /// That of a call that begins now, on this thread, and may take so many ticks.
    pub(crate) fn begin(ticks: u64) -> Self {
        Self {
            allowed: TICK.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX)),
            began: Instant::now(),
            used_before: of_thread(),
        }
    }

    /// In how many ticks to look again; `None` where the call is over its time.
    pub(crate) fn left(&self) -> Option<u64> {
        let used = of_thread().saturating_sub(self.used_before);
        left(self.allowed, used, self.began.elapsed())
    }
}

fn left(allowed: Duration, used: Duration, passed: Duration) -> Option<u64> {
    let patience = allowed.saturating_mul(Deadlines::PATIENCE);
    let left = allowed.checked_sub(used)?.min(patience.checked_sub(passed)?);
    if left.is_zero() {
        return None;
    }
    let ticks = left.as_nanos().div_ceil(TICK.as_nanos());
    Some(u64::try_from(ticks).unwrap_or(u64::MAX))
}

/// What this thread had of a processor so far.
fn of_thread() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::left;
    use std::time::Duration;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn what_counts_is_the_processor_s_time_and_no_call_goes_on_for_ever() {
        assert_eq!(left(MS * 100, MS, MS * 100), Some(50));
        assert_eq!(left(MS * 100, MS * 99, MS * 1900), Some(1));
        assert_eq!(left(MS * 100, MS, MS * 1990), Some(5));
        assert_eq!(left(MS * 100, MS * 100, MS * 100), None);
        assert_eq!(left(MS * 100, MS, MS * 2000), None);
    }
}
