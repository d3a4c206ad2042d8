//! Phone numbers in international form: `+`, a country's code, and ten to fifteen digits in all.

use cofferdam_sdk::check::starts_token;
use cofferdam_sdk::{Verdict, Window};

use super::published;
use crate::placeholder::Placeholders;

/// The fewest digits with the country's code. Shorter ones exist, and so do many more numbers after a plus.
const FEWEST: usize = 10;
/// The most digits that the standard allows.
const MOST: usize = 15;

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders, verdicts: &mut Vec<Verdict>) {
    let start = window.body_start();
    if !starts_token(window.text(), window.anchor_start()) || window.before().ends_with(b"+") {
        return;
    }
    let body = window.body();
    let end = body.iter().rposition(u8::is_ascii_digit).map_or(0, |at| at + 1);
    let body = body.get(..end).unwrap_or_default();
    let digits: Vec<u8> = body.iter().copied().filter(u8::is_ascii_digit).collect();
    let goes_on = match window.text().get(window.end()..).unwrap_or_default() {
        [next, ..] => next.is_ascii_alphanumeric() || *next == b'_',
        [] => false,
    };
    if (FEWEST..=MOST).contains(&digits.len()) && !goes_on && is_assigned(&digits) {
        let verdict = window.verdict(start..start + end, 60);
        // Numbers that are set aside for films and documentation are listed without what stands between their digits.
        verdicts.push(if placeholders.publishes(&digits) {
            published(verdict)
        } else {
            verdict
        });
    }
}

/// Whether the digits begin with a country's code, and what follows can be a number there.
fn is_assigned(digits: &[u8]) -> bool {
    match digits {
        // The North American plan: neither the area nor the exchange begins with 0 or 1, and there are ten digits.
        [b'1', area, _, _, exchange, ..] => digits.len() == 11 && *area >= b'2' && *exchange >= b'2',
        [b'7', area, ..] => digits.len() == 11 && *area >= b'3',
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => true,
        [b'2', b'1'..=b'6' | b'9', _, ..]
        | [b'3', b'5' | b'7' | b'8', _, ..]
        | [b'4', b'2', _, ..]
        | [b'5', b'0' | b'9', _, ..]
        | [b'6', b'7'..=b'9', _, ..]
        | [b'8', b'0' | b'5' | b'7' | b'8', _, ..]
        | [b'9', b'6' | b'7' | b'9', _, ..] => true,
        _ => false,
    }
}
