//! Identifiers with letters among their digits.

/// The letters and digits of `text` in upper case, if there are `N`; any other byte is skipped.
pub(super) fn characters<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let kept = text.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let kept: Vec<u8> = kept.map(u8::to_ascii_uppercase).collect();
    kept.try_into().ok()
}

/// The value of a digit.
pub(super) fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// The values of digits.
pub(super) fn digits<const N: usize>(bytes: [u8; N]) -> Option<[u32; N]> {
    let values: Option<Vec<u32>> = bytes.into_iter().map(digit).collect();
    values?.try_into().ok()
}

/// The place of a letter in the alphabet, counted from 0.
pub(super) fn place(byte: u8) -> Option<u32> {
    byte.is_ascii_uppercase().then(|| u32::from(byte - b'A'))
}

/// Whether `table` has `letter` at `at`.
pub(super) fn is_at(table: &[u8], at: u32, letter: u8) -> Option<bool> {
    Some(*table.get(usize::try_from(at).ok()?)? == letter)
}
