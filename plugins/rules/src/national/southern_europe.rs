//! Identifiers of Spain, Portugal, Italy and Greece.

use super::date::{is_day, pair};
use super::letters::{self, characters, digit, is_at, place};
use super::sum::{digits, lack, luhn, number, weighted};

/// The letter of a Spanish number's remainder of 23.
const SPANISH: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

pub(super) fn dni(text: &[u8]) -> Option<bool> {
    let [front @ .., letter] = characters::<9>(text)?;
    let front: [u32; 8] = letters::digits(front)?;
    spanish(&front, letter)
}

/// `X`, `Y` and `Z` stand for 0, 1 and 2.
pub(super) fn nie(text: &[u8]) -> Option<bool> {
    let [first, middle @ .., letter] = characters::<9>(text)?;
    let [a, b, c, d, e, f, g] = letters::digits(middle)?;
    let first = match first {
        b'X' => 0,
        b'Y' => 1,
        b'Z' => 2,
        _ => return None,
    };
    spanish(&[first, a, b, c, d, e, f, g], letter)
}

fn spanish(front: &[u32], letter: u8) -> Option<bool> {
    let rest = u32::try_from(number(front) % 23).ok()?;
    is_at(SPANISH, rest, letter)
}

/// What is lacking to eleven, and 0 where that is no digit. A person's number begins with 1, 2, 3 or 45.
pub(super) fn nif(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<9>(text)?;
    let is_person = matches!(front[0], 1..=3) || (front[0] == 4 && front[1] == 5);
    Some(is_person && lack(weighted(&front, &[9, 8, 7, 6, 5, 4, 3, 2]), 11) % 10 == check)
}

/// What a letter or its digit counts at an odd place.
const ODD: [u32; 26] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

/// Six letters of the name, the year, a letter of the month, the day (with 40 more for women), the place, and a check
/// letter. Where two people would have the same, letters stand for digits.
pub(super) fn codice_fiscale(text: &[u8]) -> Option<bool> {
    let all @ [front @ .., check] = characters::<16>(text)?;
    let value = |byte: u8| digit(byte).or_else(|| place(byte));
    let mut sum = 0;
    for (at, byte) in front.iter().enumerate() {
        let value = value(*byte)?;
        sum += if at % 2 == 0 {
            *ODD.get(usize::try_from(value).ok()?)?
        } else {
            value
        };
    }
    // The digits that letters stand for in such a case.
    let stands =
        |byte: u8| digit(byte).or_else(|| b"LMNPQRSTUV".iter().position(|letter| *letter == byte)?.try_into().ok());
    let day = pair(stands(all[9])?, stands(all[10])?);
    let is_birth = b"ABCDEHLMPRST".contains(&all[8]) && matches!(day, 1..=31 | 41..=71);
    Some(is_birth && place(check)? == sum % 26)
}

/// A day of birth, four digits, and Luhn's.
pub(super) fn amka(text: &[u8]) -> Option<bool> {
    let all @ [day, days, month, months, ..] = digits::<11>(text)?;
    Some(is_day(pair(month, months), pair(day, days)) && luhn(&all))
}
