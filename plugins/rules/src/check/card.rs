//! Payment cards: an issuer's range and lengths, groups, Luhn's check digit, and what stands around the number.

use std::ops::Range;

use cofferdam_sdk::check::{luhn, starts_token};
use cofferdam_sdk::{RegionMarks, Severity, Verdict, Window};

use super::issuer::{Issuer, issuer};
use super::published;
use crate::fact::{CHECKSUM_VALID, PLACEHOLDER};
use crate::placeholder::Placeholders;

/// The fewest digits of a card.
const FEWEST: usize = 13;
/// The most digits of a card.
const MOST: usize = 19;
/// So many zeros in a row make a round number, or what stands in place of a card.
const ROUND: usize = 8;
/// So many of another digit in a row stand in place of one too.
const ROW_OF_ONE: usize = 10;
/// Four different groups within so many of each other are neighbours in a list. One card in thirty thousand is like that.
const CLOSE: u32 = 200;

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders, verdicts: &mut Vec<Verdict>) {
    let groups = groups(window);
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
    let digits = digits(window, &span);
    let sure = |confidence| window.verdict(span.clone(), confidence).fact(CHECKSUM_VALID);
    // Lists of test numbers have them without their groups.
    if placeholders.publishes(&digits) {
        return published(sure(10));
    }
    let is_round = |row: &[u8]| row.len() >= if row.first() == Some(&b'0') { ROUND } else { ROW_OF_ONE };
    if digits.chunk_by(|a, b| a == b).any(is_round) {
        return sure(10).severity(Severity::P3).fact(PLACEHOLDER);
    }
    let other = || is_literal(window, &span) || is_named_otherwise(window, &span) || is_in_address(window, &span);
    if taken == 1 && other() {
        return sure(40).severity(Severity::P2);
    }
    match issuer(&digits) {
        // Nobody is known to print these; 64-bit integers in code and logs have as many digits.
        Some(Issuer::Reserved) if taken == 1 => sure(40).severity(Severity::P2),
        Some(Issuer::Reserved | Issuer::Issued) | None => sure(90),
    }
}

fn digits(window: &Window<'_>, span: &Range<usize>) -> Vec<u8> {
    let text = window.slice(span.clone());
    text.iter().copied().filter(u8::is_ascii_digit).collect()
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
        let digits = digits(window, &span);
        let fits = (FEWEST..=MOST).contains(&digits.len())
            && issuer(&digits).is_some()
            && is_grouped(window, parts)
            && !is_listing(window, parts)
            && !is_dated(window, parts)
            && !is_among_numbers(window, parts)
            && !follows_row(window, parts)
            && stands_alone(window, &span)
            && luhn(&digits);
        if fits {
            return Some((taken, span));
        }
    }
    None
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

/// Whether a number of six digits and the seconds since 1970 stand side by side, as lists of files have a size and a time:
/// `225755 1739683421.0000000000`. Nobody prints a card so; 19 digits are printed as six and thirteen.
fn is_dated(window: &Window<'_>, parts: &[Range<usize>]) -> bool {
    let [first, second] = parts else { return false };
    let time = window.slice(second.clone());
    // Nine digits reach to September 2001.
    let is_time = time.len() == 9 || (time.len() == 10 && time.starts_with(b"1"));
    first.len() == 6 && is_time && window.slice(first.end..second.start) == b" "
}

/// Whether four groups of four digits are entries of a table: character codes, widths, offsets.
fn is_listing(window: &Window<'_>, parts: &[Range<usize>]) -> bool {
    let mut values: Vec<u32> = parts
        .iter()
        .filter(|part| part.len() == 4)
        .map(|part| number(window.slice((*part).clone())))
        .collect();
    values.sort_unstable();
    let (4, [least, .., most]) = (parts.len(), values.as_slice()) else {
        return false;
    };
    let all_different = values.len() == 4 && values.windows(2).all(|pair| pair[0] != pair[1]);
    (all_different && most - least < CLOSE) || follows_hex(window, parts)
}

/// Whether groups of four stand among other numbers of about as many digits.
fn is_among_numbers(window: &Window<'_>, parts: &[Range<usize>]) -> bool {
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        return false;
    };
    let before = window.slice(first.start.saturating_sub(40)..first.start);
    let after = window.text().get(last.end..).unwrap_or_default();
    let after = after.get(..after.len().min(24)).unwrap_or_default();
    let is_number = |word: &[u8]| {
        (1..=20).contains(&word.len()) && word.iter().all(u8::is_ascii_hexdigit) && word.iter().any(u8::is_ascii_digit)
    };
    let groups: Vec<&[u8]> = parts.iter().map(|part| window.slice(part.clone())).collect();
    let same = groups.iter().filter(|group| groups.first() == Some(*group)).count();
    // Two groups of eight are one word of a dump of memory after the other more often than a card.
    let eight = first.len() == 8;
    let is_group = |word: &[u8]| ((3..=5).contains(&word.len()) || (eight && word.len() == 8)) && is_number(word);
    let mut words = before.rsplit(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut next = || before.last().is_some_and(u8::is_ascii_whitespace) && words.next().is_some_and(is_group);
    let follows = next();
    let after_it = after
        .strip_prefix(b" ")
        .and_then(|rest| rest.split(|byte| !byte.is_ascii_alphanumeric()).next());
    // A year may stand before a card and its code behind it, and no more than two such numbers on either side.
    let goes_on = after_it.is_some_and(|word| word.len() >= 4 && is_group(word));
    let repeats = same == 3 && groups.len() == 4 && after_it.is_some_and(is_number);
    // Two groups of four behind it are a series' next ones: a card has one behind it at most, its last day.
    let mut behind = after
        .strip_prefix(b" ")
        .unwrap_or_default()
        .split(|byte| *byte == b' ')
        .take(2);
    let mut four = || {
        behind
            .next()
            .is_some_and(|word| word.len() == 4 && word.iter().all(u8::is_ascii_digit))
    };
    let series = groups.len() >= 4 && four() && four();
    let cells = groups.len() >= 4 && before.last() == Some(&b'<') && after.first() == Some(&b'>');
    repeats || series || cells || (eight && (follows || goes_on)) || (follows && (goes_on || (next() && next())))
}

/// The fewest numbers on a line that make it one of a table.
const ROW: usize = 4;

/// Whether groups with blanks between stand below a line of numbers that are no card's: a row of coordinates, of a dump or of a table.
fn follows_row(window: &Window<'_>, parts: &[Range<usize>]) -> bool {
    let (Some(first), Some(second)) = (parts.first(), parts.get(1)) else {
        return false;
    };
    if window.slice(first.end..second.start) != b" " {
        return false;
    }
    let before = window.slice(0..first.start);
    // A sign before the first of them makes numbers of them all.
    if before.ends_with(b" -") {
        return true;
    }
    let mut lines = before.rsplit(|byte| *byte == b'\n').skip(1);
    let above = lines.find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    // Only numbers with single blanks between, from the line's end on: a date and a time have other signs.
    let row: Vec<&[u8]> = above
        .trim_ascii_end()
        .rsplit(|byte| *byte == b' ')
        .take_while(|word| is_coordinate(word.trim_ascii()))
        .collect();
    (row.len() >= ROW && !is_card_before(&row)) || is_drawn(before)
}

/// Whether what stands before is the text of a drawing: numbers on either side of operators, `2684 4157 l 2685 4158`.
fn is_drawn(before: &[u8]) -> bool {
    let near = before.get(before.len().saturating_sub(NEAR)..).unwrap_or_default();
    let words: Vec<&[u8]> = near
        .rsplit(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .collect();
    // `2535 3000 m`: one letter behind two numbers.
    let operator = matches!(words.as_slice(), [[letter], first, second, ..]
        if letter.is_ascii_lowercase() && is_coordinate(first) && is_coordinate(second));
    let numbers = words.iter().filter(|word| is_coordinate(word)).count();
    let listed = words.windows(ROW).filter(|row| is_card_before(row)).count() * ROW;
    operator || numbers.saturating_sub(listed) >= ROW
}

/// How far before a number others of a drawing stand, in bytes.
const NEAR: usize = 64;

/// Whether a word is a number as drawings and tables have them: a sign, up to seven digits, a point.
fn is_coordinate(word: &[u8]) -> bool {
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    let points = digits.iter().filter(|byte| **byte == b'.').count();
    (1..=8).contains(&digits.len()) && points <= 1 && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// Whether four words, the last one first, are the groups of another card.
fn is_card_before(row: &[&[u8]]) -> bool {
    row.len() == ROW
        && row
            .iter()
            .all(|word| word.len() == 4 && word.iter().all(u8::is_ascii_digit))
        && luhn(&row.iter().rev().copied().collect::<Vec<_>>().concat())
}

/// Whether a number in one piece is a part of a URL's path: `https://tracker.corp.io/feature/5128908798164992`.
fn is_in_address(window: &Window<'_>, span: &Range<usize>) -> bool {
    let before = window.slice(0..span.start);
    let word = before.rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
    word.ends_with(b"/") && word.windows(3).any(|part| part == b"://") && !word.ends_with(b"://")
}

/// The last words of names whose numbers are no card's.
const OTHERS: [&[u8]; 34] = [
    b"id",
    b"off",
    b"offset",
    b"ino",
    b"inode",
    b"addr",
    b"address",
    b"ptr",
    b"pointer",
    b"size",
    b"len",
    b"length",
    b"count",
    b"pos",
    b"position",
    b"hash",
    b"seed",
    b"time",
    b"timestamp",
    b"ts",
    b"ns",
    b"nsec",
    b"usec",
    b"nanos",
    b"mask",
    b"flags",
    b"cookie",
    b"serial",
    b"model",
    b"imei",
    b"version",
    b"build",
    b"firmware",
    b"revision",
];
/// A part of a name that may be a card's or an account's.
const CARDS: [&[u8]; 18] = [
    b"card", b"pan", b"cc", b"num", b"nr", b"no", b"acc", b"pay", b"pai", b"bank", b"visa", b"union", b"maestro",
    b"kart", b"cart", b"tarj", b"val", b"input",
];
/// So many digits are a 64-bit integer's more often than a card's.
const INTEGER: usize = 17;
/// A shorter name says nothing.
const NAMING: usize = 3;
/// The longest name that is looked at, in bytes.
const NAME: usize = 32;

/// Whether the name before a number in one piece says that it is something else: `"id": "6290630306542078308"`, `d_off=6213035594955637826`,
/// `Model 6220000702010001`.
fn is_named_otherwise(window: &Window<'_>, span: &Range<usize>) -> bool {
    let before = window.slice(span.start.saturating_sub(NAME)..span.start);
    let quoted = |text: &[u8]| matches!(text.last(), Some(b'"' | b'\''));
    let mut name = before.trim_ascii_end();
    if quoted(name) {
        name = name.get(..name.len() - 1).unwrap_or_default().trim_ascii_end();
    }
    let assigned = matches!(name.last(), Some(b':' | b'='));
    if assigned {
        name = name.get(..name.len() - 1).unwrap_or_default().trim_ascii_end();
        if quoted(name) {
            name = name.get(..name.len() - 1).unwrap_or_default();
        }
    } else if before.last() != Some(&b' ') {
        return false;
    }
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = name.iter().rev().take_while(|byte| is_name(byte)).count();
    let name = name.get(name.len() - length..).unwrap_or_default();
    let last = last_word(name);
    let other = OTHERS.iter().any(|word| last.eq_ignore_ascii_case(word));
    // A name that says nothing of a card leads 64-bit integers in dumps and traces.
    let integer = || {
        let holds = |part: &[u8]| name.windows(part.len()).any(|at| at.eq_ignore_ascii_case(part));
        span.len() >= INTEGER
            && name.len() >= NAMING
            && name.iter().any(u8::is_ascii_alphabetic)
            && !CARDS.iter().any(|part| holds(part))
    };
    other || (assigned && integer())
}

/// The last word of a name: `off` of `d_off`, `Id` of `orderId`.
fn last_word(name: &[u8]) -> &[u8] {
    let part = name
        .rsplit(|byte| matches!(byte, b'_' | b'-'))
        .next()
        .unwrap_or_default();
    let capital = part
        .windows(2)
        .rposition(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    capital.and_then(|at| part.get(at + 1..)).unwrap_or(part)
}

/// Whether a number in one piece is a literal in a list of literals, or the first one of a call, as programs write them. A row of
/// comma-separated values has no blank behind its commas.
fn is_literal(window: &Window<'_>, span: &Range<usize>) -> bool {
    let before = window.slice(span.start.saturating_sub(40)..span.start);
    let listed = || {
        let front = before.trim_ascii_end().strip_suffix(b",")?;
        let last = front.rsplit(|byte| !byte.is_ascii_alphanumeric()).next()?;
        let is_number = !last.is_empty() && last.iter().all(u8::is_ascii_digit);
        (is_number && before.last().is_some_and(u8::is_ascii_whitespace)).then_some(())
    };
    // `-58930369951719,352419522365346`: behind a negative number stands another number.
    let signed = || {
        let front = before.strip_suffix(b",")?;
        let last = front.rsplit(|byte| b",[({ \t\n".contains(byte)).next()?;
        let digits = last.strip_prefix(b"-")?;
        (!digits.is_empty() && digits.iter().all(u8::is_ascii_digit)).then_some(())
    };
    // `{2203661538010620,2.93e-16}`: no notation of data has a number behind a brace.
    let braced = before.ends_with(b"{") && window.text().get(span.end) == Some(&b',');
    // `(5118547639858115.0 * mass)`: the region holds no more than the dot.
    let decimal = before.ends_with(b"(") && window.text().get(span.end) == Some(&b'.');
    let called = matches!(before, [.., name, b'('] if name.is_ascii_alphanumeric() || *name == b'_')
        && window.text().get(span.end) == Some(&b',');
    // The first of a list stands behind what opens it.
    let opens = matches!(before.trim_ascii_end(), [.., b'[' | b'(' | b'{'])
        && before.last().is_some_and(u8::is_ascii_whitespace);
    let opened = opens && window.text().get(span.end) == Some(&b',');
    braced || decimal || called || opened || listed().is_some() || signed().is_some()
}

fn number(digits: &[u8]) -> u32 {
    digits
        .iter()
        .fold(0, |sum, digit| sum * 10 + u32::from(digit.wrapping_sub(b'0')))
}

/// Whether the two words before the number are four or five hexadecimal digits each, with a letter beside a digit in one: then so is
/// the number.
fn follows_hex(window: &Window<'_>, parts: &[Range<usize>]) -> bool {
    let start = parts.first().map_or(0, |part| part.start);
    let before = window.slice(0..start);
    let mut words = before
        .rsplit(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .take(2);
    let (Some(last), Some(first)) = (words.next(), words.next()) else {
        return false;
    };
    let is_hex = |word: &[u8]| (4..=5).contains(&word.len()) && word.iter().all(u8::is_ascii_hexdigit);
    let is_mixed = |word: &[u8]| word.iter().any(u8::is_ascii_digit) && !word.iter().all(u8::is_ascii_digit);
    before.ends_with(b" ") && is_hex(first) && is_hex(last) && (is_mixed(first) || is_mixed(last))
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
    // A decimal, a longer number, or a phone number; a comma, a slash or a word before a dash may well stand before a card.
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
