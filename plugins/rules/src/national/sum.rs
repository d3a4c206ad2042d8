//! The sums that most countries take over digits.

/// The digits of `text`, if there are `N`; any other byte is skipped.
pub(super) fn digits<const N: usize>(text: &[u8]) -> Option<[u32; N]> {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit());
    let digits: Vec<u32> = digits.map(|byte| u32::from(byte - b'0')).collect();
    digits.try_into().ok()
}

/// The sum of each digit with its weight.
pub(super) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The number that the digits are.
pub(super) fn number(digits: &[u32]) -> u64 {
    let next = |number: u64, digit: &u32| number.wrapping_mul(10).wrapping_add(u64::from(*digit));
    digits.iter().fold(0, next)
}

/// The digit that `sum` lacks to a multiple of `modulus`: 10 or 11, where 11 may give a 10 that is no digit.
pub(super) fn lack(sum: u32, modulus: u32) -> u32 {
    (modulus - sum % modulus) % modulus
}

/// Luhn's check over these digits.
pub(super) fn luhn(digits: &[u32]) -> bool {
    let each = digits.iter().rev().zip([1, 2].into_iter().cycle());
    let values = each.map(|(digit, weight)| digit * weight);
    values.map(|value| value / 10 + value % 10).sum::<u32>() % 10 == 0
}

/// ISO 7064's MOD 11,10.
pub(super) fn mod_11_10(digits: &[u32]) -> bool {
    let Some((last, front)) = digits.split_last() else {
        return false;
    };
    let product = front.iter().fold(10, |product, digit| {
        let sum = match (digit + product) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (product + last) % 10 == 1
}
