//! Identifiers of Germany, Austria, Switzerland, the Netherlands, Belgium and France.

use super::date::{is_day, pair};
use super::letters::{self, characters, place};
use super::sum::{digits, lack, mod_11_10, number, weighted};

/// In its first ten digits one stands two or three times, and no other more than once.
pub(super) fn german_tax(text: &[u8]) -> Option<bool> {
    let all @ [front @ .., _] = digits::<11>(text)?;
    let counts = (0..10).map(|digit| front.iter().filter(|other| **other == digit).count());
    let repeated: Vec<usize> = counts.filter(|count| *count > 1).collect();
    Some(front[0] != 0 && matches!(repeated.as_slice(), [2 | 3]) && mod_11_10(&all))
}

/// Two digits of the area, a day of birth, a letter, two digits, and a check digit.
pub(super) fn german_pension(text: &[u8]) -> Option<bool> {
    let [front @ .., initial, serial, more, check] = characters::<12>(text)?;
    let [a, b, day, days, month, months, year, years] = letters::digits(front)?;
    let [serial, more, check] = letters::digits([serial, more, check])?;
    let letter = place(initial)? + 1;
    let all = [
        a,
        b,
        day,
        days,
        month,
        months,
        year,
        years,
        letter / 10,
        letter % 10,
        serial,
        more,
    ];
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let products = all.iter().zip(weights).map(|(digit, weight)| digit * weight);
    let sum: u32 = products.map(|product| product / 10 + product % 10).sum();
    Some(is_day(pair(month, months), pair(day, days)) && sum % 10 == check)
}

/// The check digit is the fourth, and a day of birth follows. Numbers that ran out have a month above 12.
pub(super) fn svnr(text: &[u8]) -> Option<bool> {
    let all = digits::<10>(text)?;
    let [first, _, _, check, day, days, month, months, ..] = all;
    let sum = weighted(&all, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]);
    let is_date = (1..=31).contains(&pair(day, days)) && (1..=15).contains(&pair(month, months));
    Some(first != 0 && is_date && sum % 11 == check)
}

/// An article number whose country is 756.
pub(super) fn ahv(text: &[u8]) -> Option<bool> {
    let all = digits::<13>(text).or_else(|| {
        let [a, b, c, d, e, f, g, h, i, j] = digits::<10>(text)?;
        Some([7, 5, 6, a, b, c, d, e, f, g, h, i, j])
    })?;
    let [front @ .., check] = all;
    let sum = weighted(&front, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
    Some(front.starts_with(&[7, 5, 6]) && lack(sum, 10) == check)
}

/// The test of eleven, in which the last digit counts against the others.
pub(super) fn bsn(text: &[u8]) -> Option<bool> {
    let all = digits::<9>(text)?;
    // Minus one is ten to eleven.
    let sum = weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2, 10]);
    Some(number(&all) >= 1_000_000 && sum.is_multiple_of(11))
}

/// Who was born since 2000 has a 2 before the number when the sum is taken.
pub(super) fn belgian(text: &[u8]) -> Option<bool> {
    let [front @ .., tens, ones] = digits::<11>(text)?;
    let [_, _, month, months, ..] = front;
    let check = u64::from(pair(tens, ones));
    let fits = |front: u64| 97 - front % 97 == check;
    // Numbers for those who are not registered have 20 or 40 added to the month; an unknown one is 0.
    let is_month = pair(month, months) % 20 <= 12 && pair(month, months) < 60;
    Some(is_month && (fits(number(&front)) || fits(number(&front) + 2_000_000_000)))
}

/// Sex, year, month, place, serial, and what is lacking to a multiple of 97; Corsica's departments are `2A` and `2B`.
pub(super) fn nir(text: &[u8]) -> Option<bool> {
    let [sex, year, years, month, months, place, places, rest @ ..] = characters::<15>(text)?;
    let [sex, year, years, month, months, place] = letters::digits([sex, year, years, month, months, place])?;
    // `2A` counts as 19 and `2B` as 18.
    let [place, places] = match (place, places) {
        (2, b'A') => [1, 9],
        (2, b'B') => [1, 8],
        (_, other) => [place, letters::digit(other)?],
    };
    let [a, b, c, d, e, f, tens, ones] = letters::digits(rest)?;
    let front = [sex, year, years, month, months, place, places, a, b, c, d, e, f];
    let is_month = matches!(pair(month, months), 1..=12 | 20..=42 | 50..=99);
    let is_sex = matches!(sex, 1..=4 | 7 | 8);
    Some(is_sex && is_month && 97 - number(&front) % 97 == u64::from(pair(tens, ones)))
}
