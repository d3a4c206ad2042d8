//! Identifiers of Africa.

use super::date::{is_day, pair};
use super::sum::{digits, luhn};

/// A day of birth, a serial, citizenship, and Luhn's digit.
pub(super) fn south_african(text: &[u8]) -> Option<bool> {
    let all @ [_, _, month, months, day, days, .., citizen, _, _] = digits::<13>(text)?;
    Some(is_day(pair(month, months), pair(day, days)) && citizen <= 2 && luhn(&all))
}
