//! International bank account numbers: a country, its length, and the remainder of 97.

use cofferdam_sdk::check::{mod97_is_one, starts_token};
use cofferdam_sdk::{Verdict, Window};

use super::{placeholder, published};
use crate::fact::CHECKSUM_VALID;
use crate::placeholder::Placeholders;

/// The countries of the registry with the length of their numbers.
const COUNTRIES: [(&[u8; 2], u8); 88] = [
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MT", 31),
    (b"NL", 18),
    (b"NO", 15),
    (b"PK", 24),
    (b"PL", 28),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"SA", 24),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"BI", 27),
    (b"DJ", 27),
    (b"FK", 18),
    (b"GT", 28),
    (b"HN", 28),
    (b"IQ", 23),
    (b"LC", 32),
    (b"LY", 25),
    (b"MN", 20),
    (b"MR", 27),
    (b"MU", 30),
    (b"NI", 28),
    (b"OM", 23),
    (b"PS", 29),
    (b"RU", 33),
    (b"SC", 31),
    (b"SD", 18),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
];

/// The country code and its two check digits.
const PREFIX: usize = 4;

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders, verdicts: &mut Vec<Verdict>) {
    let start = window.anchor_start();
    let text = window.slice(start..window.end());
    let Some(length) = text.get(..2).and_then(length_of) else {
        return;
    };
    if !starts_token(window.text(), start) {
        return;
    }
    let Some(end) = end_of(text, length) else { return };
    let Some(number) = text.get(..end) else { return };
    let next = window.text().get(start + end);
    let goes_on = next.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    if !goes_on && is_possible(number) && has_form(number) && is_grouped(number) && mod97_is_one(number) {
        let verdict = window
            .verdict(window.body_start()..start + end, 95)
            .fact(CHECKSUM_VALID);
        let plain: Vec<u8> = number.iter().copied().filter(|byte| *byte != b' ').collect();
        let is_row = |row: &[u8]| row.first() == Some(&b'0') && row.len() >= ZEROS;
        verdicts.push(if placeholders.publishes(&plain) {
            published(verdict)
        } else if plain.chunk_by(|a, b| a == b).any(is_row) {
            placeholder(verdict)
        } else {
            verdict
        });
    }
}

/// So many zeros in a row stand in place of an account. Banks fill short accounts up with fewer.
const ZEROS: usize = 12;

/// Whether there can be such check digits: they are 98 less a remainder of 97.
fn is_possible(number: &[u8]) -> bool {
    !matches!(number.get(2..4), Some(b"00" | b"01" | b"99"))
}

/// The countries whose numbers are digits only, and so no table of hexadecimal ones.
const DIGITS: [&[u8]; 29] = [
    b"AE", b"AT", b"BA", b"BE", b"CR", b"CZ", b"DE", b"DK", b"EE", b"EG", b"ES", b"FI", b"HR", b"HU", b"IL", b"IS",
    b"LT", b"ME", b"MR", b"NO", b"PL", b"PT", b"RS", b"SE", b"SI", b"SK", b"TL", b"TN", b"XK",
];
/// A bank and its branch are eight digits in Andorra.
const ANDORRA: usize = 8;

/// Whether digits stand where the country has them.
fn has_form(number: &[u8]) -> bool {
    let plain: Vec<u8> = number.iter().copied().filter(|byte| *byte != b' ').collect();
    let (Some(country), Some(rest)) = (plain.get(..2), plain.get(PREFIX..)) else {
        return false;
    };
    let digits = if DIGITS.contains(&country) {
        rest.len()
    } else if country == b"AD" {
        ANDORRA
    } else {
        0
    };
    rest.iter().take(digits).all(u8::is_ascii_digit)
}

fn length_of(code: &[u8]) -> Option<usize> {
    COUNTRIES
        .iter()
        .find(|(known, _)| *known == code)
        .map(|&(_, length)| usize::from(length))
}

/// The end of the first `length` characters, blanks not counted.
fn end_of(text: &[u8], length: usize) -> Option<usize> {
    let mut places = text.iter().enumerate().filter(|(_, byte)| **byte != b' ');
    places.nth(length.checked_sub(1)?).map(|(at, _)| at + 1)
}

/// Whether the number is in one piece, or begins with its prefix as a group of its own, as it is printed.
fn is_grouped(number: &[u8]) -> bool {
    !number.contains(&b' ') || number.get(PREFIX) == Some(&b' ')
}
