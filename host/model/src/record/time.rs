//! Time as it is written down. Nothing here reads a clock.

use std::fmt;
use std::str::FromStr;

use super::text_type;

/// The last day that four digits of a year can write, counted from 1970-01-01.
const LAST_DAY: u32 = 2_932_896;
const DAY_MILLIS: u64 = 86_400_000;

/// A moment in milliseconds since 1970, written as RFC 3339 in UTC: `2026-11-21T02:04:05.678Z`. Ends with the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment so many milliseconds after 1970 began; later than the year 9999 counts as its end.
    #[must_use]
    pub fn from_unix_millis(millis: u64) -> Self {
        Self(millis.min((u64::from(LAST_DAY) + 1) * DAY_MILLIS - 1))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn unix_millis(self) -> u64 {
        self.0
    }

    /// The day of this moment, in UTC.
    #[must_use]
    pub fn day(self) -> Day {
        Day(u32::try_from(self.0 / DAY_MILLIS).expect("the year is at most 9999"))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.0 % DAY_MILLIS;
        let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
        write!(
            f,
            "{}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
            self.day(),
            rest % 1000
        )
    }
}

/// The text isn't a moment or a day in the one form that records use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time is written as 2026-11-21T02:04:05.678Z, a day as 2026-11-21")]
pub struct TimeError;

fn number(text: &str) -> Result<u64, TimeError> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_err(|_| TimeError)
    } else {
        Err(TimeError)
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let part = |from, to| text.get(from..to).ok_or(TimeError).and_then(number);
        let day: Day = text.get(..10).ok_or(TimeError)?.parse()?;
        let of_day = ((part(11, 13)? * 60 + part(14, 16)?) * 60 + part(17, 19)?) * 1000 + part(20, 23)?;
        let time = Self::from_unix_millis(u64::from(day.0) * DAY_MILLIS + of_day);
        // Writing it again finds every other form, such as a 61st second, at once.
        if time.to_string() == text {
            Ok(time)
        } else {
            Err(TimeError)
        }
    }
}

/// A day, counted from 1970-01-01, written as `2026-11-21`. It takes the place of a clock for detectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Day(u32);

impl Day {
    /// The day so many days after 1970-01-01; later than the year 9999 counts as its last day.
    #[must_use]
    pub fn from_days(days: u32) -> Self {
        Self(days.min(LAST_DAY))
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn days(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Years are counted from March, so that the leap day is the last of its year; an era is 400 years.
        let since = self.0 + 719_468;
        let (era, of_era) = (since / 146_097, since % 146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + u32::from(month <= 2);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let part = |from, to| text.get(from..to).ok_or(TimeError).and_then(number);
        let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
        if year < 1970 || !(1..=12).contains(&month) || day == 0 {
            return Err(TimeError);
        }
        let year = year - u64::from(month <= 2);
        let (era, year_of_era) = (year / 400, year % 400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        let days = (era * 146_097 + of_era).checked_sub(719_468).ok_or(TimeError)?;
        let day = Self::from_days(u32::try_from(days).map_err(|_| TimeError)?);
        if day.to_string() == text {
            Ok(day)
        } else {
            Err(TimeError)
        }
    }
}

text_type!(
    Timestamp,
    "Timestamp",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$",
    "a moment in UTC with milliseconds, as RFC 3339 writes it"
);
text_type!(
    Day,
    "Day",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "a day, as RFC 3339 writes it"
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DAY_MILLIS, Day, LAST_DAY, Timestamp};

    #[test]
    fn known_days_are_written_right() {
        for (days, text) in [
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (19_782, "2024-02-29"),
            (LAST_DAY, "9999-12-31"),
        ] {
            assert_eq!(Day::from_days(days).to_string(), text);
        }
        assert_eq!(
            Timestamp::from_unix_millis(u64::MAX).to_string(),
            "9999-12-31T23:59:59.999Z"
        );
    }

    #[test]
    fn other_forms_are_refused() {
        for bad in [
            "2026-02-29T00:00:00.000Z",
            "2026-02-28T24:00:00.000Z",
            "2026-02-28T00:00:00Z",
            "2026-02-28t00:00:00.000Z",
            "",
        ] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_moment_comes_back(millis in 0..(u64::from(LAST_DAY) + 1) * DAY_MILLIS) {
            let time = Timestamp::from_unix_millis(millis);
            prop_assert_eq!(time.to_string().parse::<Timestamp>(), Ok(time));
        }
    }
}
