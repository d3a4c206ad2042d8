//! Groups of digits: those that cards are printed in, and those of tables, dumps and drawings.

use std::ops::Range;

use cofferdam_sdk::Window;
use cofferdam_sdk::check::luhn;

/// A card is printed in so many groups at most.
pub(super) const MOST: usize = 5;
/// Four different groups within so many of each other are neighbours in a list. One card in thirty thousand is like
/// that.
const CLOSE: u32 = 200;
/// Four different groups, so many of which are whole hundreds, were counted and not drawn. One card in three hundred
/// thousand is like that.
const HUNDREDS: usize = 3;

/// The stretches of digits in the window, as positions in the region.
pub(super) fn stretches(window: &Window<'_>) -> Vec<Range<usize>> {
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

/// Whether the digits stand in one piece, or in a card's groups that are nothing else.
pub(super) fn are_a_card_s(window: &Window<'_>, parts: &[Range<usize>]) -> bool {
    is_grouped(window, parts)
        && !follows_part(window, parts)
        && !is_listing(window, parts)
        && !is_dated(window, parts)
        && !is_range(window, parts)
        && !is_among_numbers(window, parts)
        && !follows_row(window, parts)
}

/// Whether groups stand directly behind a digit and a colon: `warning(4:4244 4305 4018 4550)`.
fn follows_part(window: &Window<'_>, parts: &[Range<usize>]) -> bool {
    let start = parts.first().map_or(0, |part| part.start);
    parts.len() > 1 && matches!(window.slice(0..start), [.., b'0'..=b'9', b':'])
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

/// Whether a number of six digits and the seconds since 1970 stand side by side, as lists of files have a size and a
/// time: `225755 1739683421.0000000000`. Nobody prints a card so; 19 digits are printed as six and thirteen.
fn is_dated(window: &Window<'_>, parts: &[Range<usize>]) -> bool {
    let [first, second] = parts else { return false };
    let time = window.slice(second.clone());
    // Nine digits reach to September 2001.
    let is_time = time.len() == 9 || (time.len() == 10 && time.starts_with(b"1"));
    first.len() == 6 && is_time && window.slice(first.end..second.start) == b" "
}

/// Whether two groups are the first and the last place of a range, or the other way round: `47174334-47174763`. One
/// card in a thousand of those that are printed so is like that.
fn is_range(window: &Window<'_>, parts: &[Range<usize>]) -> bool {
    let [first, last] = parts else { return false };
    let between = window.slice(first.end..last.start);
    let (first, last) = (window.slice(first.clone()), window.slice(last.clone()));
    between == b"-" && first.len() == last.len() && first.get(..3) == last.get(..3)
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
    let hundreds = values.iter().filter(|value| value.is_multiple_of(100)).count();
    (all_different && (most - least < CLOSE || hundreds >= HUNDREDS)) || follows_hex(window, parts)
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

/// Whether groups with blanks between stand below a line of numbers that are no card's: a row of coordinates, of a
/// dump or of a table.
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

pub(super) fn number(digits: &[u8]) -> u32 {
    digits
        .iter()
        .fold(0, |sum, digit| sum * 10 + u32::from(digit.wrapping_sub(b'0')))
}

/// Whether a row of a resource's source leads up to the number: groups of four hexadecimal digits alone.
fn is_resource(row: &[u8]) -> bool {
    let groups = row.trim_ascii_start().strip_prefix(b"$\"");
    let is_group = |group: &[u8]| group.is_empty() || (group.len() == 4 && group.iter().all(u8::is_ascii_hexdigit));
    groups.is_some_and(|groups| groups.split(|byte| *byte == b' ').all(is_group))
}

/// Whether the two words before the number are four or five hexadecimal digits each, with a letter beside a digit in
/// one: then so is the number.
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
    let is_row = |line: &[u8]| {
        let (place, groups) = line.split_at(line.iter().position(|byte| *byte == b':').unwrap_or(line.len()));
        let is_digits = |word: &[u8]| word.iter().all(u8::is_ascii_hexdigit);
        (6..=16).contains(&place.len())
            && is_digits(place)
            && groups
                .get(1..)
                .is_some_and(|groups| groups.split(|byte| *byte == b' ').all(is_digits))
    };
    // A row of a dump begins with its place, and one of a resource's source with a sign: `$"5180 5208 5151 5051`.
    let row = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    if is_row(row) || is_resource(row) {
        return true;
    }
    before.ends_with(b" ") && is_hex(first) && is_hex(last) && (is_mixed(first) || is_mixed(last))
}
