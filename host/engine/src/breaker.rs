//! The circuit breaker: a guard that keeps failing is not called for a while.

use std::time::Duration;

/// When a circuit opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// So many failures in a row open the circuit; 0 counts as 1.
    pub failures: u32,
    /// How long it stays open the first time.
    pub first: Duration,
    /// The longest that it stays open; each failed probe doubles the time up to here.
    pub longest: Duration,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self {
            failures: 5,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60),
        }
    }
}

/// Whether a guard may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permit {
    /// As often as one likes.
    Call,
    /// Once, to see whether it has recovered.
    Probe,
    /// Not now.
    Refused,
}

/// Counts failures in a row. Pure: the time is an argument, measured from any fixed moment.
#[derive(Debug, Clone)]
pub(crate) struct Breaker {
    settings: BreakerSettings,
    circuit: Circuit,
}

#[derive(Debug, Clone, Copy)]
enum Circuit {
    Closed { failures: u32 },
    Open { until: Duration, wait: Duration },
}

impl Breaker {
    /// A closed circuit.
    pub(crate) fn new(settings: BreakerSettings) -> Self {
        Self {
            settings,
            circuit: Circuit::Closed { failures: 0 },
        }
    }

    /// Whether the guard may be called now. An open circuit whose time is over allows probes until one of them is
    /// reported.
    pub(crate) fn permit(&self, now: Duration) -> Permit {
        match self.circuit {
            Circuit::Closed { .. } => Permit::Call,
            Circuit::Open { until, .. } if now >= until => Permit::Probe,
            Circuit::Open { .. } => Permit::Refused,
        }
    }

    /// Reports a call that was answered.
    pub(crate) fn succeeded(&mut self) {
        self.circuit = Circuit::Closed { failures: 0 };
    }

    /// Reports a call that failed.
    pub(crate) fn failed(&mut self, now: Duration) {
        let wait = match self.circuit {
            Circuit::Closed { failures } if failures + 1 < self.settings.failures => {
                self.circuit = Circuit::Closed { failures: failures + 1 };
                return;
            }
            Circuit::Closed { .. } => self.settings.first,
            Circuit::Open { wait, .. } => wait.saturating_mul(2),
        };
        let wait = wait.min(self.settings.longest);
        self.circuit = Circuit::Open {
            until: now.saturating_add(wait),
            wait,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaker, BreakerSettings, Permit};
    use proptest::prelude::*;
    use std::time::Duration;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn breaker() -> Breaker {
        Breaker::new(BreakerSettings {
            failures: 3,
            first: seconds(1),
            longest: seconds(5),
        })
    }

    #[test]
    fn opens_after_failures_in_a_row_and_not_before() {
        let mut breaker = breaker();
        for _ in 0..2 {
            breaker.failed(seconds(0));
            breaker.failed(seconds(0));
            assert_eq!(breaker.permit(seconds(0)), Permit::Call);
            breaker.succeeded();
        }
        for _ in 0..3 {
            breaker.failed(seconds(0));
        }
        assert_eq!(breaker.permit(seconds(0)), Permit::Refused);
    }

    #[test]
    fn waits_longer_after_each_failed_probe_up_to_the_longest() {
        let mut breaker = breaker();
        for _ in 0..3 {
            breaker.failed(seconds(0));
        }
        let mut now = seconds(0);
        for wait in [1, 2, 4, 5, 5] {
            assert_eq!(
                breaker.permit(now + seconds(wait) - Duration::from_nanos(1)),
                Permit::Refused
            );
            now += seconds(wait);
            assert_eq!(breaker.permit(now), Permit::Probe);
            breaker.failed(now);
        }
    }

    #[test]
    fn a_probe_that_succeeds_closes_the_circuit_and_forgets_the_wait() {
        let mut breaker = breaker();
        for _ in 0..3 {
            breaker.failed(seconds(0));
        }
        breaker.failed(seconds(1));
        breaker.succeeded();
        assert_eq!(breaker.permit(seconds(1)), Permit::Call);
        for _ in 0..3 {
            breaker.failed(seconds(10));
        }
        assert_eq!(breaker.permit(seconds(11)), Permit::Probe);
    }

    proptest! {
        /// Whatever happens, a circuit never stays open longer than its longest, and is open only after enough
        /// failures in a row.
        #[test]
        fn bounds_hold(steps in prop::collection::vec((any::<bool>(), 0_u64..4_000), 0..200)) {
            let mut breaker = breaker();
            let mut now = Duration::ZERO;
            let mut row = 0;
            for (fails, pause) in steps {
                now += Duration::from_millis(pause);
                prop_assert_ne!(breaker.permit(now + seconds(5)), Permit::Refused);
                if breaker.permit(now) == Permit::Refused {
                    prop_assert!(row >= 3);
                    continue;
                }
                if fails { breaker.failed(now); row += 1 } else { breaker.succeeded(); row = 0 }
                prop_assert_eq!(breaker.permit(now) == Permit::Call, row < 3);
            }
        }
    }
}
