//! Identifiers of Türkiye, the Near East and India.

use super::letters::characters;
use super::sum::{digits, luhn, weighted};
use super::verhoeff;

pub(super) fn tckn(text: &[u8]) -> Option<bool> {
    let all @ [front @ .., first, second] = digits::<11>(text)?;
    // Seven times the odd places less the even ones; minus one is nine to ten.
    let one = weighted(&front, &[7, 9, 7, 9, 7, 9, 7, 9, 7]) % 10;
    let [ten @ .., _] = all;
    let two = ten.iter().sum::<u32>() % 10;
    Some(front[0] != 0 && one == first && two == second)
}

pub(super) fn teudat_zehut(text: &[u8]) -> Option<bool> {
    let all = digits::<9>(text)?;
    Some(all.iter().any(|digit| *digit != 0) && luhn(&all))
}

/// A citizen's number begins with 1, a resident's with 2.
pub(super) fn saudi(text: &[u8]) -> Option<bool> {
    let all = digits::<10>(text)?;
    Some(matches!(all[0], 1 | 2) && luhn(&all))
}

pub(super) fn emirates(text: &[u8]) -> Option<bool> {
    let all = digits::<15>(text).or_else(|| {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = digits::<12>(text)?;
        Some([7, 8, 4, a, b, c, d, e, f, g, h, i, j, k, l])
    })?;
    Some(all.starts_with(&[7, 8, 4]) && luhn(&all))
}

/// It begins with no 0 or 1, and is no palindrome.
pub(super) fn aadhaar(text: &[u8]) -> Option<bool> {
    let all = digits::<12>(text)?;
    let is_palindrome = all.iter().eq(all.iter().rev());
    Some(all[0] >= 2 && !is_palindrome && verhoeff::holds(&all))
}

pub(super) fn pan(text: &[u8]) -> Option<bool> {
    let [a, b, c, whose, e, number @ .., check] = characters::<10>(text)?;
    let letters = [a, b, c, e, check].iter().all(u8::is_ascii_uppercase);
    Some(letters && b"ABCFGHLJPTK".contains(&whose) && number.iter().all(u8::is_ascii_digit) && number != *b"0000")
}
