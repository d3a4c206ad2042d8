//! Identifiers of Australia and New Zealand.

use super::sum::{digits, lack, number, weighted};

/// Nine digits, or eight in the oldest.
pub(super) fn tfn(text: &[u8]) -> Option<bool> {
    if let Some(all) = digits::<9>(text) {
        return Some(number(&all) != 0 && weighted(&all, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11));
    }
    let all = digits::<8>(text)?;
    Some(number(&all) != 0 && weighted(&all, &[10, 7, 8, 4, 6, 3, 5, 1]).is_multiple_of(11))
}

/// Eight digits, a check digit, the card's issue, and maybe the person on the card.
pub(super) fn medicare(text: &[u8]) -> Option<bool> {
    let [front @ .., check, issue] = digits::<10>(text).or_else(|| {
        let [short @ .., _] = digits::<11>(text)?;
        Some(short)
    })?;
    let sum = weighted(&front, &[1, 3, 7, 9, 1, 3, 7, 9]);
    Some((2..=6).contains(&front[0]) && issue != 0 && sum % 10 == check)
}

/// Eight or nine digits. Where the first weights leave a ten, others are taken.
pub(super) fn ird(text: &[u8]) -> Option<bool> {
    let all = digits::<9>(text).or_else(|| {
        let [a, b, c, d, e, f, g, h] = digits::<8>(text)?;
        Some([0, a, b, c, d, e, f, g, h])
    })?;
    let [front @ .., check] = all;
    let wanted = match lack(weighted(&front, &[3, 2, 7, 6, 5, 4, 3, 2]), 11) {
        10 => lack(weighted(&front, &[7, 4, 3, 2, 5, 2, 7, 6]), 11),
        wanted => wanted,
    };
    Some((10_000_000..150_000_000).contains(&number(&all)) && wanted == check)
}
