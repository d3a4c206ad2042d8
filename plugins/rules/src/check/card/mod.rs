//! Payment cards: an issuer's range and lengths, groups, Luhn's check digit, and what speaks for a card around the
//! number.
//!
//! One random number of 16 digits in forty passes the first three. So a number in one piece counts as a card only
//! where something speaks for one and nothing speaks against it:
//!
//! 1. its own name is a card's: it is one, whatever else there is;
//! 2. its name is another's, it is an operand or a literal of a program, or other numbers of its length stand around it that are no
//!    cards: it is counted only;
//! 3. the text before speaks of cards or of payments, another card stands there, or it is a field, a cell, a line or a word of a
//!    sentence by itself: it is a card;
//! 4. nothing of that: it is counted only.
//!
//! Groups as cards are printed in speak for themselves, but among other numbers they are a table's.

mod groups;
mod name;
mod neighbours;
mod place;

use std::ops::Range;

use cofferdam_sdk::check::{luhn, starts_token};
use cofferdam_sdk::{RegionMarks, Severity, Verdict, Window};

use super::issuer::{Issuer, issuer};
use super::published;
use crate::fact::{CHECKSUM_VALID, PLACEHOLDER};
use crate::pack::Cards;
use crate::placeholder::Placeholders;
use name::{Name, Said};
use place::Place;

/// The fewest digits of a card.
const FEWEST: usize = 13;
/// The most digits of a card.
const MOST: usize = 19;
/// So many of one digit in a row make a round number, or what stands in place of a card. One card in a million is
/// like that.
const ROUND: usize = 8;

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders, verdicts: &mut Vec<Verdict>) {
    let groups = groups::stretches(window);
    let mut first = 0;
    while first < groups.len() {
        match card_from(window, groups.get(first..).unwrap_or_default()) {
            Some((taken, span)) => {
                verdicts.push(verdict(window, placeholders, span, taken));
                first += taken;
            }
            None => first += 1,
        }
    }
}

/// How sure we are of a card in `taken` groups.
fn verdict(window: &Window<'_>, placeholders: &Placeholders, span: Range<usize>, taken: usize) -> Verdict {
    let digits = digits(window.slice(span.clone()));
    let sure = |confidence| window.verdict(span.clone(), confidence).fact(CHECKSUM_VALID);
    // Lists of test numbers have them without their groups.
    if placeholders.publishes(&digits) {
        return published(sure(10));
    }
    let is_round = digits.chunk_by(|a, b| a == b).any(|row| row.len() >= ROUND);
    if is_round || is_counted(&digits) || is_of_rows(&digits) {
        return sure(10).severity(Severity::P3).fact(PLACEHOLDER);
    }
    // Nobody is known to print these lengths; 64-bit integers in code and logs have as many digits.
    let is_printed = !matches!(issuer(&digits), Some(Issuer::Reserved));
    let is_one = if taken > 1 {
        !is_called_otherwise(window, &span, placeholders.cards())
    } else {
        is_printed && is_spoken_for(window, &span, placeholders.cards())
    };
    if is_one {
        sure(90)
    } else {
        sure(40).severity(Severity::P2)
    }
}

/// Whether each four are one digit, as who makes a number up may have them: `2222-1111-3333-4444`.
fn is_of_rows(digits: &[u8]) -> bool {
    let mut groups = digits.chunks(4);
    groups.all(|group| group.iter().all(|digit| Some(digit) == group.first()))
}

/// Whether each two digits are one more than the two before, as the bytes of a test have: `4142434445464748`.
fn is_counted(digits: &[u8]) -> bool {
    let pairs: Vec<u32> = digits.chunks_exact(2).map(groups::number).collect();
    pairs.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

/// Whether a name that something assigns to says that groups are something else: `[BUG: 5422 3345 4236 2522`.
fn is_called_otherwise(window: &Window<'_>, span: &Range<usize>, cards: &Cards<&[u8]>) -> bool {
    let place = Place::of(window.slice(0..span.start), window.text().get(span.end).copied());
    let name = place.name();
    matches!(name, Name::Assigned(_)) && cards.said(name, span.len().min(FEWEST)) == Said::Other
}

/// Whether what stands around a number in one piece says that it is a card.
fn is_spoken_for(window: &Window<'_>, span: &Range<usize>, cards: &Cards<&[u8]>) -> bool {
    let before = window.slice(0..span.start);
    let place = Place::of(before, window.text().get(span.end).copied());
    let said = cards.said(place.name(), span.len());
    let behind = window.text().get(span.end..).unwrap_or_default();
    let others = || neighbours::around(before, window.slice(span.clone()), behind);
    match (said, &place) {
        (Said::Card, _) => true,
        (Said::Other, _) | (_, Place::Literal(_) | Place::Address) => false,
        // Cards stand beside cards, and random numbers beside random numbers.
        (Said::Nothing, _) if others().speak_against() => false,
        (Said::Nothing, Place::Field(_) | Place::Cell | Place::Line | Place::Sentence(_)) => true,
        (Said::Nothing, Place::Elsewhere) => {
            others().speak_for() || cards.are_told_of(before) || place::begins_last_day(behind)
        }
    }
}

/// The digits of a text.
fn digits(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(u8::is_ascii_digit).collect()
}

/// Whether these digits are a card's, as far as they tell.
fn is_card(digits: &[u8]) -> bool {
    (FEWEST..=MOST).contains(&digits.len()) && issuer(digits).is_some() && luhn(digits)
}

/// The card that begins with the first group, with the number of its groups.
fn card_from(window: &Window<'_>, groups: &[Range<usize>]) -> Option<(usize, Range<usize>)> {
    let start = groups.first()?.start;
    // The longest reading first: a card of 19 digits isn't one of 16 with three more.
    (1..=groups.len().min(groups::MOST)).rev().find_map(|taken| {
        let parts = groups.get(..taken)?;
        let span = start..parts.last()?.end;
        let fits = is_card(&digits(window.slice(span.clone())))
            && groups::are_a_card_s(window, parts)
            && stands_alone(window, &span);
        fits.then_some((taken, span))
    })
}

/// Whether the number is no part of a longer one, of a word, of a decimal or of an identifier.
fn stands_alone(window: &Window<'_>, span: &Range<usize>) -> bool {
    let text = window.text();
    // A window that was cut says nothing of what follows; the card's own group has a window of its own.
    let is_cut = window.marks().contains(RegionMarks::CUT) && span.end == window.end();
    if is_cut || !starts_token(text, span.start) {
        return false;
    }
    let before = text.get(..span.start).unwrap_or_default();
    // A decimal, a longer number, or a phone number; a comma, a slash or a word before a dash may well stand before a
    // card.
    let part_of_number = match before {
        // `$4503601774854144.0` is an amount or a literal of a program.
        [.., b'+' | b'$'] | [.., b'$', b'('] => true,
        // `.4942` is a decimal too; a word's end before a dot is a sentence's.
        [.., outer, b'.'] => !outer.is_ascii_alphabetic(),
        // A minus directly before the number: `[1,-30270493268992,…]`; a list's dash has a blank behind it.
        [.., outer, b'-'] => outer.is_ascii_digit() || b" ,([=".contains(outer),
        // `19FB0201#2320202020202020` is a frame of a bus.
        [.., outer, b'#'] => outer.is_ascii_alphanumeric(),
        _ => false,
    };
    // A dot or a dash after it may end a sentence, and the region holds no byte more: it counts as an end.
    !part_of_number
        && !text
            .get(span.end)
            .is_some_and(|next| next.is_ascii_alphanumeric() || matches!(next, b'_' | b'*'))
}
