//! Clocks, and what is said of many measurements of one thing.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// Measurements of one thing, in ascending order.
#[derive(Debug, Clone)]
pub(crate) struct Sample(Vec<f64>);

impl Sample {
    /// A sample of one measurement or more.
    pub(crate) fn new(mut values: Vec<f64>) -> Self {
        assert!(!values.is_empty(), "a sample has at least one measurement");
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// What `run` measures, so many times.
    pub(crate) fn of(runs: usize, mut run: impl FnMut() -> f64) -> Self {
        Self::new((0..runs.max(1)).map(|_| run()).collect())
    }

    /// The value that this share of the measurements doesn't exceed.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let last = self.0.len() - 1;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss
        )]
        let index = (last as f64 * share).ceil() as usize;
        self.0[index.min(last)]
    }

    /// The middle one.
    pub(crate) fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }

    /// The least.
    pub(crate) fn least(&self) -> f64 {
        self.0[0]
    }

    /// The greatest.
    pub(crate) fn most(&self) -> f64 {
        self.0[self.0.len() - 1]
    }
}

/// Seconds of the processor that this thread takes for `run`. What else the machine does is not in it, but for the
/// caches and the clock rate that all share.
pub(crate) fn cpu<T>(run: impl FnOnce() -> T) -> (T, f64) {
    let begun = clock(ClockId::ThreadCPUTime);
    let done = run();
    (done, (clock(ClockId::ThreadCPUTime) - begun).as_secs_f64())
}

/// Seconds on the wall.
pub(crate) fn wall<T>(run: impl FnOnce() -> T) -> (T, f64) {
    let begun = Instant::now();
    let done = run();
    (done, begun.elapsed().as_secs_f64())
}

/// The time that all processes of the machine share.
pub(crate) fn monotonic() -> Duration {
    clock(ClockId::Monotonic)
}

fn clock(id: ClockId) -> Duration {
    let time = clock_gettime(id);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).expect("a part of a second"),
    )
}

/// Bytes and seconds as millions of bytes a second.
#[allow(clippy::cast_precision_loss, reason = "no text is that long")]
pub(crate) fn speed(bytes: usize, seconds: f64) -> f64 {
    bytes as f64 / 1e6 / seconds.max(1e-9)
}
