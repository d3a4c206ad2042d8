//! Quantities with their bounds in the type.

use std::time::Duration;

use super::{Refusal, Setting};
use crate::config::node::Node;

/// Units of time, in milliseconds, largest first.
const TIMES: &[(&str, u64)] = &[("min", 60_000), ("s", 1_000), ("ms", 1)];
/// Units of size, in bytes, largest first.
const SIZES: &[(&str, u64)] = &[
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

/// Declares a quantity that is between its bounds wherever it exists.
macro_rules! quantity {
    ($(#[doc = $doc:literal])+ $Name:ident, $units:expr, |$value:ident| $expects:expr) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $Name<const LEAST: u64, const MOST: u64>(u64);

        impl<const LEAST: u64, const MOST: u64> $Name<LEAST, MOST> {
            /// The quantity.
            ///
            /// # Panics
            ///
            /// Out of its bounds.
            pub const fn new(value: u64) -> Self {
                assert!(LEAST <= value && value <= MOST, "a quantity is between its bounds");
                Self(value)
            }

            /// The number.
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl<const LEAST: u64, const MOST: u64> Setting for $Name<LEAST, MOST> {
            fn parse(node: &Node) -> Result<Self, Refusal> {
                let value = match node.integer() {
                    Some(number) => number.and_then(|number| u64::try_from(number).ok()),
                    None => measure(node.text().ok_or_else(Refusal::kind::<Self>)?, $units),
                };
                match value {
                    Some(value) if (LEAST..=MOST).contains(&value) => Ok(Self(value)),
                    Some(_) | None => Err(Refusal::bounds::<Self>()),
                }
            }

            fn show(&self) -> String {
                shown(self.0, $units)
            }

            fn expects() -> String {
                let $value = |value: u64| shown(value, $units);
                $expects(LEAST, MOST)
            }
        }
    };
}

quantity! {
    /// A time in milliseconds. Written as a number of milliseconds, or with a unit: `"25 ms"`, `"1 s"`, `"2 min"`.
    Millis, TIMES, |show| |least, most| {
        format!("a time from {} to {}, as milliseconds or with a unit (ms, s, min)", show(least), show(most))
    }
}

impl<const LEAST: u64, const MOST: u64> Millis<LEAST, MOST> {
    /// The time.
    pub const fn duration(self) -> Duration {
        Duration::from_millis(self.0)
    }
}

quantity! {
    /// A size in bytes. Written as a number of bytes, or with a unit: `"64 MiB"`.
    Bytes, SIZES, |show| |least, most| {
        format!("a size from {} to {}, as bytes or with a unit (B, KiB, MiB, GiB, TiB)", show(least), show(most))
    }
}

quantity! {
    /// A number.
    Count, &[], |show| |least, most| format!("a number from {} to {}", show(least), show(most))
}

/// The number that a text with a unit says. A unit must be written: a bare number is a number, not a text.
fn measure(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start_matches(' '))?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

/// A number in the largest unit that leaves it whole.
fn shown(value: u64, units: &[(&str, u64)]) -> String {
    match units
        .iter()
        .find(|(_, factor)| value != 0 && value.is_multiple_of(*factor))
        .or(units.last())
    {
        Some((unit, factor)) => format!("{} {unit}", value / factor),
        None => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{SIZES, TIMES, measure, shown};

    #[test]
    fn units_are_read_and_shown() {
        for (text, units, value) in [
            ("25 ms", TIMES, 25),
            ("1s", TIMES, 1_000),
            ("2 min", TIMES, 120_000),
            ("64 MiB", SIZES, 64 << 20),
        ] {
            assert_eq!(measure(text, units), Some(value), "{text}");
            assert_eq!(measure(&shown(value, units), units), Some(value), "{text}");
        }
        assert_eq!(shown(0, TIMES), "0 ms");
        assert_eq!(shown(1_500, TIMES), "1500 ms");
    }

    #[test]
    fn what_is_no_measure_is_refused() {
        for text in [
            "",
            "5",
            "ms",
            "-5 ms",
            "5 mss",
            "5 MB",
            "1.5 s",
            "99999999999999999999 ms",
            "18446744073709551615 s",
        ] {
            assert_eq!(measure(text, TIMES), None, "{text}");
        }
    }
}
