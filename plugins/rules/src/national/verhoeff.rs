//! Verhoeff's check digit: products in the group of the symmetries of a pentagon, which tell every swap of neighbours.

/// What a digit becomes at each of eight places, which then come again.
const PLACES: [[u8; 10]; 8] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
];

/// Whether the digits, the check digit last, give the group's neutral element.
pub(super) fn holds(digits: &[u32]) -> bool {
    let places = PLACES.iter().cycle();
    let product = digits.iter().rev().zip(places).try_fold(0, |product, (digit, place)| {
        let digit = place.get(usize::try_from(*digit).ok()?)?;
        Some(times(product, u32::from(*digit)))
    });
    product == Some(0)
}

/// The product of two symmetries: 0 to 4 are turns, 5 to 9 mirrors.
fn times(a: u32, b: u32) -> u32 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    }
}
