//! A share of a count, and how far it may be off.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The quantile of the normal distribution that leaves 2.5 % on each side.
const Z: f64 = 1.959_963_984_540_054;

/// A share between 0 and 1, with the interval that holds the true one in 95 of 100 samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rate {
    /// The share.
    pub value: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// How often something comes in 10^9 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PerGigabyte {
    /// How often.
    pub value: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Rate {
    /// `hits` of `of`, with Wilson's score interval: it stays between 0 and 1 and is sound for few samples, where the usual one
    /// is not. None of nothing.
    #[must_use]
    pub fn wilson(hits: u64, of: u64) -> Option<Self> {
        if of == 0 {
            return None;
        }
        let (share, count) = (real(hits) / real(of), real(of));
        let square = Z * Z / count;
        let middle = (share + square / 2.0) / (1.0 + square);
        let half = Z / (1.0 + square) * (share * (1.0 - share) / count + square / (4.0 * count)).sqrt();
        // At the ends the formula is exact, but for what is lost in the arithmetic.
        Some(Self {
            value: share,
            low: if hits == 0 { 0.0 } else { (middle - half).max(0.0) },
            high: if hits == of { 1.0 } else { (middle + half).min(1.0) },
        })
    }

    /// The same of a rising function of the share, whose interval has that function's ends.
    #[must_use]
    pub fn map(self, rising: impl Fn(f64) -> f64) -> Self {
        Self {
            value: rising(self.value),
            low: rising(self.low),
            high: rising(self.high),
        }
    }
}

impl PerGigabyte {
    /// `count` in so many bytes, with the score interval of a Poisson count. None of no bytes.
    #[must_use]
    pub fn of(count: u64, bytes: u64) -> Option<Self> {
        if bytes == 0 {
            return None;
        }
        let gigabytes = real(bytes) / 1e9;
        let middle = real(count) + Z * Z / 2.0;
        let half = Z * (real(count) + Z * Z / 4.0).sqrt();
        Some(Self {
            value: real(count) / gigabytes,
            low: if count == 0 {
                0.0
            } else {
                (middle - half).max(0.0) / gigabytes
            },
            high: (middle + half) / gigabytes,
        })
    }
}

/// Counts are far below 2^53, so nothing is lost.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::{PerGigabyte, Rate};

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 5e-5, "{found} is not {wanted}");
    }

    #[test]
    fn wilsons_interval_has_its_published_values() {
        // Newcombe (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
        for (hits, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let rate = Rate::wilson(hits, of).expect("of something");
            near(rate.low, low);
            near(rate.high, high);
        }
        assert_eq!(Rate::wilson(0, 0), None);
        let all = Rate::wilson(20, 20).expect("of something");
        near(all.low, 1.0 - 0.1611);
        near(all.high, 1.0);
    }

    #[test]
    fn a_count_of_nothing_has_an_upper_end() {
        let none = PerGigabyte::of(0, 1_000_000_000).expect("of something");
        near(none.low, 0.0);
        near(none.high, 3.84146);
        let some = PerGigabyte::of(10, 500_000_000).expect("of something");
        near(some.value, 20.0);
        assert!(some.low < 20.0 && 20.0 < some.high);
        assert_eq!(PerGigabyte::of(0, 0), None);
    }
}
