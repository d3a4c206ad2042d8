//! Identifiers of the Americas.

use super::date::{is_day, pair};
use super::letters::{characters, digit, place};
use super::sum::{digits, lack, luhn, number, weighted};

/// Areas 000, 666 and 900 to 999, group 00 and serial 0000 were never given out.
pub(super) fn ssn(text: &[u8]) -> Option<bool> {
    let [a, b, c, d, e, serial @ ..] = digits::<9>(text)?;
    let area = number(&[a, b, c]);
    Some(area != 0 && area != 666 && area < 900 && pair(d, e) != 0 && number(&serial) != 0)
}

/// It begins with 9, and its fourth and fifth digit are in ranges of their own.
pub(super) fn itin(text: &[u8]) -> Option<bool> {
    let [first, _, _, d, e, ..] = digits::<9>(text)?;
    Some(first == 9 && matches!(pair(d, e), 50..=65 | 70..=88 | 90..=92 | 94..=99))
}

/// No person's number begins with 0 or 8.
pub(super) fn sin(text: &[u8]) -> Option<bool> {
    let all = digits::<9>(text)?;
    Some(!matches!(all[0], 0 | 8) && luhn(&all))
}

pub(super) fn curp(text: &[u8]) -> Option<bool> {
    let all = characters::<18>(text)?;
    let mut sum = 0;
    for (byte, weight) in all.iter().take(17).zip((2..=18).rev()) {
        // `Ñ` has a place of its own in this alphabet, behind `N`.
        let value = match place(*byte) {
            Some(place) => place + 10 + u32::from(*byte > b'N'),
            None => digit(*byte)?,
        };
        sum += value * weight;
    }
    let [m, n, d, e] = [digit(all[6])?, digit(all[7])?, digit(all[8])?, digit(all[9])?];
    Some(is_day(pair(m, n), pair(d, e)) && digit(all[17])? == lack(sum, 10))
}

/// A check digit of the Brazilian kind: what is lacking to eleven, and 0 where that is no digit.
fn brazilian(sum: u32) -> u32 {
    lack(sum, 11) % 10
}

pub(super) fn cpf(text: &[u8]) -> Option<bool> {
    let all @ [front @ .., first, second] = digits::<11>(text)?;
    let differs = all.iter().any(|digit| *digit != second);
    Some(
        differs
            && brazilian(weighted(&front, &[10, 9, 8, 7, 6, 5, 4, 3, 2])) == first
            && brazilian(weighted(&all, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2])) == second,
    )
}

pub(super) fn cnpj(text: &[u8]) -> Option<bool> {
    let all @ [front @ .., first, second] = digits::<14>(text)?;
    let differs = all.iter().any(|digit| *digit != second);
    Some(
        differs
            && brazilian(weighted(&front, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) == first
            && brazilian(weighted(&all, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) == second,
    )
}

/// A person's number begins with 20, 23, 24 or 27, a company's with 30, 33 or 34.
pub(super) fn cuit(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<11>(text)?;
    let is_person = matches!(pair(front[0], front[1]), 20 | 23..=27);
    // Ten is no digit: 9 is written then.
    let wanted = lack(weighted(&front, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]), 11).min(9);
    Some(is_person && wanted == check)
}

/// Seven or eight digits, and a digit or `K`.
pub(super) fn rut(text: &[u8]) -> Option<bool> {
    let kept = text.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let kept: Vec<u8> = kept.map(u8::to_ascii_uppercase).collect();
    let (check, front) = kept.split_last()?;
    let values: Option<Vec<u32>> = front.iter().rev().map(|byte| digit(*byte)).collect();
    let sum = weighted(&values?, &[2, 3, 4, 5, 6, 7, 2, 3]);
    let check = if *check == b'K' { 10 } else { digit(*check)? };
    Some((7..=8).contains(&front.len()) && lack(sum, 11) == check)
}

/// It begins with a province's number, and its third digit is 5 at the most.
pub(super) fn ecuador(text: &[u8]) -> Option<bool> {
    let all @ [a, b, c, ..] = digits::<10>(text)?;
    Some(matches!(pair(a, b), 1..=24 | 30) && c < 6 && luhn(&all))
}

pub(super) fn uruguay(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<8>(text)?;
    Some(lack(weighted(&front, &[2, 9, 8, 7, 6, 3, 4]), 10) == check)
}

pub(super) fn dominican(text: &[u8]) -> Option<bool> {
    let all = digits::<11>(text)?;
    Some(all[0] < 5 && luhn(&all))
}
