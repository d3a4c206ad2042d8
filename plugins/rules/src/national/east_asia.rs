//! Identifiers of eastern and south-eastern Asia.

use super::date::{is_day, pair};
use super::letters::{self, characters, digit, is_at, place};
use super::sum::{digits, number, weighted};

/// A region, a day of birth, a serial, and ISO 7064's MOD 11-2.
pub(super) fn resident(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = characters::<18>(text)?;
    let front: [u32; 17] = letters::digits(front)?;
    let [region, _, _, _, _, _, a, b, _, _, month, months, day, days, ..] = front;
    let rest = weighted(&front, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
    let is_birth = matches!(pair(a, b), 19 | 20) && is_day(pair(month, months), pair(day, days));
    Some(region != 0 && is_birth && is_at(b"10X98765432", rest, check)?)
}

/// A day of birth, sex and century, and a check digit.
pub(super) fn rrn(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<13>(text)?;
    let [_, _, month, months, day, days, ..] = front;
    let sum = weighted(&front, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
    Some(is_day(pair(month, months), pair(day, days)) && (11 - sum % 11) % 10 == check)
}

pub(super) fn my_number(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<12>(text)?;
    let rest = weighted(&front, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    let wanted = if rest <= 1 { 0 } else { 11 - rest };
    Some(number(&front) != 0 && wanted == check)
}

/// The number of each letter's county, in the order of the alphabet.
const COUNTIES: [u32; 26] = [
    10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33,
];

/// A county's letter, sex, and a check digit.
pub(super) fn taiwanese(text: &[u8]) -> Option<bool> {
    let [county, rest @ ..] = characters::<10>(text)?;
    let [sex, a, b, c, d, e, f, g, check] = letters::digits(rest)?;
    let county = *COUNTIES.get(usize::try_from(place(county)?).ok()?)?;
    let all = [county / 10, county % 10, sex, a, b, c, d, e, f, g, check];
    let sum = weighted(&all, &[1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]);
    Some(matches!(sex, 1 | 2 | 8 | 9) && sum.is_multiple_of(10))
}

/// One or two letters, six digits, and a digit or `A`.
pub(super) fn hong_kong(text: &[u8]) -> Option<bool> {
    let kept: Vec<u8> = text.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    // A blank before a single letter counts 36.
    let (first, second, rest) = match kept.as_slice() {
        [letter, rest @ ..] if rest.len() == 7 => (36, place(*letter)? + 10, rest),
        [one, two, rest @ ..] if rest.len() == 7 => (place(*one)? + 10, place(*two)? + 10, rest),
        _ => return None,
    };
    let (check, middle) = rest.split_last()?;
    let middle: Option<Vec<u32>> = middle.iter().map(|byte| digit(*byte)).collect();
    let check = if *check == b'A' { 10 } else { digit(*check)? };
    let sum = first * 9 + second * 8 + weighted(&middle?, &[7, 6, 5, 4, 3, 2]) + check;
    Some(sum.is_multiple_of(11))
}

/// A letter of the century and kind, seven digits, and a check letter.
pub(super) fn nric(text: &[u8]) -> Option<bool> {
    let [kind, middle @ .., check] = characters::<9>(text)?;
    let middle: [u32; 7] = letters::digits(middle)?;
    let (more, table) = match kind {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"XWUTRQPNJLK"),
        _ => return None,
    };
    let sum = more + weighted(&middle, &[2, 7, 6, 5, 4, 3, 2]);
    is_at(table, sum % 11, check)
}

pub(super) fn thai(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<13>(text)?;
    let sum = weighted(&front, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    Some((1..=8).contains(&front[0]) && (11 - sum % 11) % 10 == check)
}
