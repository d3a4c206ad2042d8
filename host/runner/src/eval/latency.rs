//! How long calls took, in bounded memory.

use std::time::Duration;

use cofferdam_model::eval::GuestLatency;
use cofferdam_model::record::Name;

/// How many steps there are between a power of two and the next: each is at most 1.6 % wide.
const STEPS: u64 = 64;

/// The calls into one guest.
#[derive(Debug, Default)]
pub(super) struct Latency {
    /// How many calls took so many nanoseconds, in classes.
    classes: Vec<u64>,
    calls: u64,
    parts: u64,
    longest: u64,
    /// How often it failed.
    pub(super) failures: u64,
}

impl Latency {
    /// Counts one call about so many suspects or findings.
    pub(super) fn add(&mut self, took: Duration, parts: usize) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let class = class(nanos);
        if self.classes.len() <= class {
            self.classes.resize(class + 1, 0);
        }
        self.classes[class] += 1;
        self.calls += 1;
        self.parts += parts as u64;
        self.longest = self.longest.max(nanos);
    }

    /// As a report tells it.
    pub(super) fn told(&self, guest: &Name) -> GuestLatency {
        GuestLatency {
            guest: guest.clone(),
            calls: self.calls,
            parts: self.parts,
            p50_micros: micros(self.quantile(50)),
            p95_micros: micros(self.quantile(95)),
            p99_micros: micros(self.quantile(99)),
            max_micros: micros(self.longest),
            failures: self.failures,
        }
    }

    /// So many of a hundred calls took at most so many nanoseconds.
    fn quantile(&self, percent: u64) -> u64 {
        let wanted = (self.calls * percent).div_ceil(100);
        let mut seen = 0;
        for (class, count) in self.classes.iter().enumerate() {
            seen += count;
            if seen >= wanted && *count > 0 {
                return most(class).min(self.longest);
            }
        }
        self.longest
    }
}

/// The class of a value: values below 64 have one each, others share one with those of the same six bits behind the
/// first.
fn class(value: u64) -> usize {
    let class = if value < STEPS {
        value
    } else {
        let power = u64::from(value.ilog2()) - u64::from(STEPS.ilog2());
        (power + 1) * STEPS + ((value >> power) - STEPS)
    };
    usize::try_from(class).expect("there are fewer than 4096 classes")
}

/// The greatest value of a class.
fn most(class: usize) -> u64 {
    let class = class as u64;
    if class < STEPS {
        return class;
    }
    let (power, step) = (class / STEPS - 1, class % STEPS + STEPS);
    (step << power) + ((1 << power) - 1)
}

/// Nanoseconds as microseconds, with one place, which is all that a clock on the wall can tell.
fn micros(nanos: u64) -> f64 {
    let tenths = u32::try_from(nanos.saturating_add(50) / 100).unwrap_or(u32::MAX);
    f64::from(tenths) / 10.0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Latency, class, most};

    #[test]
    fn classes_are_in_order_and_narrow() {
        let mut last = 0;
        for value in (0..5000).chain((13..63).map(|power| 1_u64 << power)) {
            let place = class(value);
            assert!(place >= last && value <= most(place), "{value}");
            assert!(
                most(place) - value <= value / 64,
                "{value} in a class up to {}",
                most(place)
            );
            last = place;
        }
        assert!(class(u64::MAX) < 4096);
    }

    #[test]
    fn quantiles_are_those_of_the_calls() {
        let mut latency = Latency::default();
        for micros in 1..=100 {
            latency.add(Duration::from_micros(micros), 2);
        }
        let told = latency.told(&"guest".parse().expect("a name"));
        assert_eq!((told.calls, told.parts), (100, 200));
        for (found, wanted) in [
            (told.p50_micros, 50.0),
            (told.p95_micros, 95.0),
            (told.p99_micros, 99.0),
        ] {
            assert!((wanted..wanted * 1.016).contains(&found), "{found} for {wanted}");
        }
        assert!((told.max_micros - 100.0).abs() < 1e-9);
        let none = Latency::default().told(&"guest".parse().expect("a name"));
        assert!(none.p99_micros.abs() < 1e-9);
    }
}
