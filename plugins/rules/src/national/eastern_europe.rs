//! Identifiers of central, eastern and south-eastern Europe.

use super::date::{is_day, pair};
use super::sum::{digits, lack, mod_11_10, number, weighted};

/// A day of birth with the century in its month, four digits, and a check digit.
pub(super) fn pesel(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<11>(text)?;
    let [_, _, month, months, day, days, ..] = front;
    let sum = weighted(&front, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
    Some(is_day(pair(month, months) % 20, pair(day, days)) && lack(sum, 10) == check)
}

/// Ten digits that eleven divides; until 1985 a remainder of ten was written as 0. Women have 50 added to the month,
/// and either may have 20 more.
pub(super) fn birth_number(text: &[u8]) -> Option<bool> {
    let all @ [front @ .., check] = digits::<10>(text)?;
    let [_, _, month, months, day, days, ..] = all;
    let month = pair(month, months) % 50;
    let month = if month > 20 { month - 20 } else { month };
    let is_sum = number(&all).is_multiple_of(11) || (number(&front) % 11 == 10 && check == 0);
    Some(is_day(month, pair(day, days)) && is_sum)
}

pub(super) fn taj(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<9>(text)?;
    Some(weighted(&front, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == check)
}

/// Sex and century, a day of birth, a county, a serial, and a check digit.
pub(super) fn cnp(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<13>(text)?;
    let [sex, _, _, month, months, day, days, ..] = front;
    let rest = match weighted(&front, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
        10 => 1,
        rest => rest,
    };
    Some(sex != 0 && is_day(pair(month, months), pair(day, days)) && rest == check)
}

/// A day of birth with the century in its month, three digits, and a check digit.
pub(super) fn egn(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<10>(text)?;
    let [_, _, month, months, day, days, ..] = front;
    let sum = weighted(&front, &[2, 4, 8, 5, 10, 9, 7, 3, 6]);
    Some(is_day(pair(month, months) % 20, pair(day, days)) && sum % 11 % 10 == check)
}

pub(super) fn oib(text: &[u8]) -> Option<bool> {
    Some(mod_11_10(&digits::<11>(text)?))
}

/// A day of birth with three digits of the year, a region, a serial, and a check digit.
pub(super) fn jmbg(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<13>(text)?;
    let [day, days, month, months, ..] = front;
    let sum = weighted(&front, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    Some(is_day(pair(month, months), pair(day, days)) && lack(sum, 11) == check)
}

/// Where the first weights leave a ten, others are taken.
pub(super) fn baltic(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<11>(text)?;
    let [sex, _, _, month, months, day, days, ..] = front;
    let rest = match weighted(&front, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11 {
        10 => weighted(&front, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10,
        rest => rest,
    };
    Some((1..=8).contains(&sex) && is_day(pair(month, months), pair(day, days)) && rest == check)
}

/// The first weight is minus one, which is ten to eleven.
pub(super) fn ukrainian_tax(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<10>(text)?;
    let sum = weighted(&front, &[10, 5, 7, 9, 4, 6, 10, 5, 7]);
    Some(number(&front) != 0 && sum % 11 % 10 == check)
}

pub(super) fn snils(text: &[u8]) -> Option<bool> {
    let [front @ .., tens, ones] = digits::<11>(text)?;
    let sum = weighted(&front, &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
    Some(number(&front) != 0 && sum % 101 % 100 == pair(tens, ones))
}

/// A person's number has twelve digits, the last two of which are checks.
pub(super) fn inn(text: &[u8]) -> Option<bool> {
    let all @ [.., first, second] = digits::<12>(text)?;
    let one = weighted(&all, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
    let two = weighted(&all, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
    Some(number(&all) != 0 && one == first && two == second)
}
