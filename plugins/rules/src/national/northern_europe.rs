//! Identifiers of the Nordic countries.

use super::date::{is_day, pair};
use super::letters::{self, is_at};
use super::sum::{digits, lack, luhn, number, weighted};

/// Ten digits, or twelve with the century, which the sum leaves out. A samordningsnummer has 60 added to the day.
pub(super) fn personnummer(text: &[u8]) -> Option<bool> {
    let all = digits::<10>(text).or_else(|| {
        let [century, more, short @ ..] = digits::<12>(text)?;
        matches!(pair(century, more), 18..=20).then_some(short)
    })?;
    let [_, _, month, months, day, days, ..] = all;
    let day = pair(day, days);
    let day = if day > 60 { day - 60 } else { day };
    Some(is_day(pair(month, months), day) && luhn(&all))
}

/// Two check digits. A D-number has 40 added to the day, and a number for tests 40 or 80 to the month.
pub(super) fn fodselsnummer(text: &[u8]) -> Option<bool> {
    let all = digits::<11>(text)?;
    let [day, days, month, months, .., first, second] = all;
    let one = lack(weighted(&all, &[3, 7, 6, 1, 8, 9, 4, 5, 2]), 11);
    let two = lack(weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]), 11);
    Some(is_day(pair(month, months) % 40, pair(day, days) % 40) && one == first && two == second)
}

/// A day of birth and four digits that are not all 0.
pub(super) fn cpr(text: &[u8]) -> Option<bool> {
    let [day, days, month, months, _, _, serial @ ..] = digits::<10>(text)?;
    Some(is_day(pair(month, months), pair(day, days)) && number(&serial) != 0)
}

/// A day of birth, a sign of the century, three digits, and the remainder of 31.
pub(super) fn hetu(text: &[u8]) -> Option<bool> {
    let (birth, rest) = text.split_at_checked(6)?;
    let [century, a, b, c, check] = *rest else { return None };
    let [day, days, month, months, year, years] = letters::digits(birth.try_into().ok()?)?;
    let [a, b, c] = letters::digits([a, b, c])?;
    let rest = number(&[day, days, month, months, year, years, a, b, c]) % 31;
    let is_person = number(&[a, b, c]) >= 2 && b"+-ABCDEFUVWXY".contains(&century);
    let is_sum = is_at(b"0123456789ABCDEFHJKLMNPRSTUVWXY", u32::try_from(rest).ok()?, check)?;
    Some(is_person && is_day(pair(month, months), pair(day, days)) && is_sum)
}

/// A day of birth, two digits, a check digit, and the century's.
pub(super) fn kennitala(text: &[u8]) -> Option<bool> {
    let all = digits::<10>(text)?;
    let [day, days, month, months, .., check, century] = all;
    let sum = weighted(&all, &[3, 2, 7, 6, 5, 4, 3, 2]);
    Some(matches!(century, 0 | 8 | 9) && is_day(pair(month, months), pair(day, days)) && lack(sum, 11) == check)
}
