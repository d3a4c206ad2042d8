//! Payment cards: an issuer's range, its lengths, its groups, and Luhn's check digit.

use std::ops::Range;

use cofferdam_sdk::check::{luhn, starts_token};
use cofferdam_sdk::{ByteSet, Extent, Rule, Severity, Verdict, Window};

use crate::CHECKSUM_VALID;

/// The fewest digits of a card.
const FEWEST: usize = 13;
/// The most digits of a card.
const MOST: usize = 19;

pub(crate) fn rule() -> Rule {
    Rule::new("payment-card", "Payment card number", "personal.card", Severity::P1)
        .run(ByteSet::DIGIT, 4)
        .extent(Extent::span(ByteSet::DIGIT, FEWEST as u16, 40).filler(ByteSet::EMPTY.with(b" -")))
        .may_show(6)
        .low_entropy()
}

pub(crate) fn check(window: &Window<'_>, verdicts: &mut Vec<Verdict>) {
    let groups = groups(window);
    let mut first = 0;
    while first < groups.len() {
        match card_from(window, groups.get(first..).unwrap_or_default()) {
            Some((taken, span)) => {
                verdicts.push(window.verdict(span, 90).fact(CHECKSUM_VALID));
                first += taken;
            }
            None => first += 1,
        }
    }
}

/// The stretches of digits in the window, as positions in the region.
fn groups(window: &Window<'_>) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, byte) in (window.start()..).zip(window.slice(window.start()..window.end())) {
        if !byte.is_ascii_digit() {
            continue;
        }
        match groups.last_mut() {
            Some(group) if group.end == at => group.end = at + 1,
            Some(_) | None => groups.push(at..at + 1),
        }
    }
    groups
}

/// The card that begins with the first group, with the number of its groups.
fn card_from(window: &Window<'_>, groups: &[Range<usize>]) -> Option<(usize, Range<usize>)> {
    let start = groups.first()?.start;
    // The longest reading first: a card of 19 digits isn't one of 16 with three more.
    for taken in (1..=groups.len().min(5)).rev() {
        let parts = groups.get(..taken)?;
        let span = start..parts.last()?.end;
        let digits: Vec<u8> = window
            .slice(span.clone())
            .iter()
            .copied()
            .filter(u8::is_ascii_digit)
            .collect();
        let fits = (FEWEST..=MOST).contains(&digits.len())
            && is_issued(&digits)
            && is_grouped(window, parts)
            && stands_alone(window, &span)
            && luhn(&digits);
        if fits {
            return Some((taken, span));
        }
    }
    None
}

/// Whether an issuer gives out numbers that begin like this, of this length.
fn is_issued(digits: &[u8]) -> bool {
    let front = |count: usize| {
        digits
            .iter()
            .take(count)
            .fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    };
    match (front(1), front(2), front(3), front(4), digits.len()) {
        // Visa.
        (4, _, _, _, 16) => true,
        // Mastercard.
        (_, 51..=55, _, _, 16) | (_, _, _, 2221..=2720, 16) => true,
        // American Express.
        (_, 34 | 37, _, _, 15) => true,
        // Diners Club.
        (_, 36 | 38 | 39, _, _, 14) | (_, _, 300..=305, _, 14) => true,
        // Discover, UnionPay, RuPay.
        (_, 65 | 62 | 81 | 82, _, _, 16..=19) | (_, _, 644..=649, _, 16..=19) | (_, _, _, 6011, 16..=19) => true,
        // JCB.
        (_, _, _, 3528..=3589, 16..=19) => true,
        // Mir.
        (_, _, _, 2200..=2204, 16..=19) => true,
        // Maestro.
        (_, _, _, 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761 | 6762 | 6763, 13..=19) => true,
        _ => false,
    }
}

/// Whether the digits stand in one piece or in a card's groups, with the same byte between all of them.
fn is_grouped(window: &Window<'_>, parts: &[Range<usize>]) -> bool {
    let mut between = parts.windows(2).map(|pair| window.slice(pair[0].end..pair[1].start));
    let Some(first) = between.next() else { return true };
    if !between.all(|gap| gap == first) {
        return false;
    }
    let lengths: Vec<usize> = parts.iter().map(Range::len).collect();
    match lengths.as_slice() {
        [4, 6, 4 | 5] => true,
        [4, 4, 4, last] => (1..=7).contains(last),
        [4, 4, 4, 4, last] => (1..=3).contains(last),
        [6, last] => (7..=13).contains(last),
        [8, 8] => true,
        _ => false,
    }
}

/// Whether the number is no part of a longer one, of a word, of a decimal or of an identifier.
fn stands_alone(window: &Window<'_>, span: &Range<usize>) -> bool {
    let text = window.text();
    if !starts_token(text, span.start) {
        return false;
    }
    let before = text.get(..span.start).unwrap_or_default();
    // A decimal, a longer number, or a phone number; a comma, a slash or a word before a dash may well stand before a card.
    let part_of_number = match before {
        [.., b'+'] => true,
        [.., outer, b'.' | b'-'] => outer.is_ascii_digit(),
        _ => false,
    };
    // A dot or a dash after it may end a sentence, and the region holds no byte more: it counts as an end.
    !part_of_number
        && !text
            .get(span.end)
            .is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'_')
}
