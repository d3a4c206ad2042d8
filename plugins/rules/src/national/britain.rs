//! Identifiers of the United Kingdom and Ireland.

use super::letters::{characters, digit, is_at, place};
use super::sum::{digits, lack, weighted};

/// Two letters that were given out, six digits, and a letter from A to D.
pub(super) fn nino(text: &[u8]) -> Option<bool> {
    let [first, second, middle @ .., last] = characters::<9>(text)?;
    let never = matches!(
        [first, second],
        [b'B', b'G'] | [b'G', b'B'] | [b'K', b'N'] | [b'N', b'K'] | [b'N', b'T'] | [b'T', b'N'] | [b'Z', b'Z']
    );
    let letters = first.is_ascii_uppercase()
        && second.is_ascii_uppercase()
        && !b"DFIQUV".contains(&first)
        && !b"DFIOQUV".contains(&second);
    Some(letters && !never && middle.iter().all(u8::is_ascii_digit) && (b'A'..=b'D').contains(&last))
}

pub(super) fn nhs(text: &[u8]) -> Option<bool> {
    let [front @ .., check] = digits::<10>(text)?;
    Some(lack(weighted(&front, &[10, 9, 8, 7, 6, 5, 4, 3, 2]), 11) == check)
}

/// Seven digits, a check letter, and since 2013 a second letter that counts in the sum.
pub(super) fn pps(text: &[u8]) -> Option<bool> {
    let kept: Vec<u8> = text.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let (front, [check, more @ ..]) = kept.split_at_checked(7)? else {
        return None;
    };
    let values: Option<Vec<u32>> = front.iter().map(|byte| digit(*byte)).collect();
    let second = match more {
        [] | [b'W'] => 0,
        [letter] => place(*letter)? + 1,
        _ => return None,
    };
    let sum = weighted(&values?, &[8, 7, 6, 5, 4, 3, 2]) + second * 9;
    is_at(b"WABCDEFGHIJKLMNOPQRSTUV", sum % 23, *check)
}
