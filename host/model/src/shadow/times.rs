//! How long calls took, in bounded room and so that it adds up.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Steps between a power of two and the next.
const STEPS: u64 = 8;

/// Counts of times by class. A class is at most an eighth wider than its least time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Times {
    /// How many.
    pub count: u64,
    /// Their sum, in nanoseconds.
    pub sum_nanos: u64,
    /// The longest, in nanoseconds.
    pub max_nanos: u64,
    /// How many are in each class, as pairs of the greatest time of the class in nanoseconds and a count, in rising order.
    #[serde(with = "pairs")]
    #[schemars(with = "Vec<(u64, u64)>")]
    pub classes: BTreeMap<u64, u64>,
}

/// Names of members are text in JSON, and numbers among them don't survive every way of reading; pairs do.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(classes: &BTreeMap<u64, u64>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(classes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<u64, u64>, D::Error> {
        let pairs: Vec<(u64, u64)> = Vec::deserialize(deserializer)?;
        Ok(pairs.into_iter().collect())
    }
}

impl Times {
    /// Counts one.
    pub fn add(&mut self, took: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.count += 1;
        self.sum_nanos = self.sum_nanos.saturating_add(nanos);
        self.max_nanos = self.max_nanos.max(nanos);
        *self.classes.entry(most(nanos)).or_default() += 1;
    }

    /// Counts all of another's.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum_nanos = self.sum_nanos.saturating_add(other.sum_nanos);
        self.max_nanos = self.max_nanos.max(other.max_nanos);
        for (class, count) in &other.classes {
            *self.classes.entry(*class).or_default() += count;
        }
    }

    /// So many of a hundred took at most so many microseconds; 0 where there are none.
    #[must_use]
    pub fn micros(&self, percent: u64) -> f64 {
        let wanted = (self.count * percent).div_ceil(100);
        let mut seen = 0;
        let mut found = self.max_nanos;
        for (class, count) in &self.classes {
            seen += count;
            if seen >= wanted {
                found = (*class).min(self.max_nanos);
                break;
            }
        }
        // One place is all that a clock on the wall can tell.
        f64::from(u32::try_from(found.saturating_add(50) / 100).unwrap_or(u32::MAX)) / 10.0
    }
}

/// The greatest value of the class that a value is in.
fn most(value: u64) -> u64 {
    if value < STEPS {
        return value;
    }
    let width = 1 << (u64::from(value.ilog2()) - u64::from(STEPS.ilog2()));
    value | (width - 1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Times, most};

    #[test]
    fn classes_are_narrow_and_hold_their_values() {
        for value in (0..5000).chain((13..63).map(|power| (1_u64 << power) + 7)) {
            let most = most(value);
            assert!(
                most >= value && most - value <= value / 8,
                "{value} in a class up to {most}"
            );
            assert_eq!(super::most(most), most);
        }
    }

    #[test]
    fn times_add_up_and_tell_their_quantiles() {
        let mut first = Times::default();
        let mut second = Times::default();
        for micros in 1..=50 {
            first.add(Duration::from_micros(micros));
            second.add(Duration::from_micros(50 + micros));
        }
        first.merge(&second);
        assert_eq!((first.count, first.max_nanos), (100, 100_000));
        for (percent, wanted) in [(50, 50.0), (95, 95.0), (99, 99.0)] {
            let found = first.micros(percent);
            assert!((wanted..wanted * 1.125).contains(&found), "{found} for {wanted}");
        }
        assert!(Times::default().micros(99).abs() < 1e-9);
        let text = serde_json::to_string(&first).expect("plain JSON");
        assert_eq!(
            serde_json::from_str::<Times>(&text).expect("it reads what it wrote"),
            first
        );
    }
}
