//! Days of birth, as identifiers hold them.

/// Whether there can be such a day in some year.
pub(super) fn is_day(month: u32, day: u32) -> bool {
    let most = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    (1..=most).contains(&day)
}

/// Two digits as a number.
pub(super) fn pair(tens: u32, ones: u32) -> u32 {
    tens * 10 + ones
}
