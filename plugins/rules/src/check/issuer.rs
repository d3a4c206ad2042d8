//! Which numbers issuers give out.

/// What is known of a number's front and length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Issuer {
    /// Cards of this length are in people's hands.
    Issued,
    /// The length is set aside for the range, and not known to be used.
    Reserved,
}

/// Who may give out a card of these digits, if anybody.
pub(crate) fn issuer(digits: &[u8]) -> Option<Issuer> {
    let front = |count: usize| {
        digits
            .iter()
            .take(count)
            .fold(0_u32, |sum, digit| sum * 10 + u32::from(digit.wrapping_sub(b'0')))
    };
    match (front(1), front(2), front(3), front(4), digits.len()) {
        // Visa.
        (4, _, _, _, 16) => Some(Issuer::Issued),
        // Mastercard.
        (_, 51..=55, _, _, 16) | (_, _, _, 2221..=2720, 16) => Some(Issuer::Issued),
        // American Express.
        (_, 34 | 37, _, _, 15) => Some(Issuer::Issued),
        // Diners Club.
        (_, 36 | 38 | 39, _, _, 14) | (_, _, 300..=305, _, 14) => Some(Issuer::Issued),
        // UnionPay.
        (_, 62, _, _, 16..=19) => Some(Issuer::Issued),
        // Maestro.
        (_, _, _, 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761 | 6762 | 6763, 13..=19) => Some(Issuer::Issued),
        // Discover, RuPay, JCB, Mir; Dankort, Troy.
        (_, 65 | 81 | 82, _, _, 16)
        | (_, _, 644..=649, _, 16)
        | (_, _, _, 6011 | 3528..=3589 | 2200..=2204 | 5019 | 9792, 16) => Some(Issuer::Issued),
        (_, 65 | 81 | 82, _, _, 17..=19)
        | (_, _, 644..=649, _, 17..=19)
        | (_, _, _, 6011 | 3528..=3589 | 2200..=2204, 17..=19) => Some(Issuer::Reserved),
        (_, _, _, _, 16) => narrow(front(6)),
        _ => None,
    }
}

/// Ranges that only six digits tell: Elo, Hipercard, Hiper, RuPay.
fn narrow(front: u32) -> Option<Issuer> {
    let issued = matches!(
        front,
        506_699..=506_778
            | 509_000..=509_999
            | 627_780
            | 636_297
            | 636_368
            | 606_282
            | 637_095
            | 637_568
            | 637_599
            | 637_609
            | 637_612
            | 508_500..=508_999
            | 606_985..=607_984
            | 608_001..=608_500
    );
    issued.then_some(Issuer::Issued)
}
