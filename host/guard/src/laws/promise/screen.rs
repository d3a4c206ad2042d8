//! A terminal made by others, as a witness.

use std::num::NonZeroU16;

use super::view::{hidden, sequence};

const ROWS: u16 = 24;
const COLUMNS: u16 = 80;
/// What stands for a character, by its cells.
const MASKS: [&str; 3] = ["", "*", "＊"];

/// The first cell that differs and isn't masked: row, column, what was and what is there.
pub(super) fn difference(text: &[u8], shown: &[u8]) -> Option<(u16, u16, String, String)> {
    let bytes = whole(shown);
    let (before, shown) = (parse(&kept(text, &bytes)), parse(&bytes));
    let places = (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| (row, column)));
    for (row, column) in places {
        let cell = |screen: &vt100::Parser| {
            let cell = screen.screen().cell(row, column).expect("inside the screen");
            (
                seen(cell.contents()),
                cell.fgcolor(),
                cell.bold(),
                cell.is_wide_continuation(),
            )
        };
        let (was, is) = (cell(&before), cell(&shown));
        let masked = is.0.starts_with(['*', '＊']);
        // The second half of a wide character has no colour of its own.
        let colours = was.3 || (was.1, was.2) == (is.1, is.2);
        // A secret may begin with an accent, which stands on the cell before it, also where that is a blank.
        let next = shown
            .screen()
            .cell(row, column + 1)
            .map(|cell| cell.contents().starts_with(['*', '＊']));
        let bare = next == Some(true) && was.0.strip_prefix(&is.0).is_some_and(is_accents);
        if !colours || !(masked || bare || was.0 == is.0) {
            return Some((row, column, was.0, is.0));
        }
    }
    let cursors = (before.screen().cursor_position(), shown.screen().cursor_position());
    (cursors.0 != cursors.1).then(|| (cursors.1.0, cursors.1.1, "cursor".into(), "elsewhere".into()))
}

/// Whether these are marks that stand on another character.
fn is_accents(text: &str) -> bool {
    text.chars().all(|char| ('\u{300}'..='\u{36f}').contains(&char))
}

/// Whether the text ends where a row is full, and nothing stands in the next one yet.
pub(super) fn ends_full(text: &[u8]) -> bool {
    parse(&whole(text)).screen().cursor_position().1 == COLUMNS
}

/// The text with a mask for each half of a character, which stands in it, or came out when a pause fell into a whole
/// one: terminals show a cell for one, and this witness doesn't.
fn whole(shown: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    for chunk in shown.utf8_chunks() {
        whole.extend_from_slice(chunk.valid().as_bytes());
        whole.extend(chunk.invalid().first().map(|_| b'*'));
    }
    whole
}

/// What a cell shows: a blank looks like nothing, and so does what has no cell of its own and no ink.
fn seen(contents: &str) -> String {
    let mut seen = String::new();
    for (at, char) in contents.char_indices() {
        if hidden(&contents.as_bytes()[at..]) == 0 && char != ' ' {
            seen.push(char);
        }
    }
    seen
}

/// The text without the characters that have no cell and were masked. A mask stands for cells, so that none stands
/// for these, and a terminal puts them into the cell before, which may be another's: behind a tab, say. Only those
/// count that follow on something masked with nothing between them that is shown.
fn kept(text: &[u8], shown: &[u8]) -> Vec<u8> {
    let mut kept = Vec::new();
    let (mut text, mut shown) = (text, shown);
    let mut masked = false;
    while !text.is_empty() {
        let length = sequence(text).max(character(text));
        let (whole, rest) = text.split_at(length);
        if let Some(behind) = shown.strip_prefix(whole) {
            // Controls stay, and an asterisk looks the same in clear.
            masked &= whole[0].is_ascii_control() || whole == b"*" || whole == "＊".as_bytes();
            shown = behind;
        } else if width(whole) == 0 && masked {
            text = rest;
            continue;
        } else if let Some(behind) = shown.strip_prefix(MASKS[width(whole)].as_bytes()) {
            masked |= width(whole) > 0;
            shown = behind;
        } else {
            // The two have gone apart, which is for the comparison to find.
            masked = false;
        }
        kept.extend_from_slice(whole);
        text = rest;
    }
    kept
}

/// How many bytes the first character has.
fn character(text: &[u8]) -> usize {
    let goes_on = |byte: &&u8| **byte & 0xC0 == 0x80;
    1 + text[1..].iter().take_while(goes_on).count()
}

fn parse(text: &[u8]) -> vt100::Parser {
    let some = |size| NonZeroU16::new(size).expect("not zero");
    let mut parser = vt100::Parser::new(some(ROWS), some(COLUMNS), 0);
    parser.process(text);
    parser
}

/// How many cells a character takes: two at most.
fn width(char: &[u8]) -> usize {
    usize::from(parse(char).screen().cursor_position().1).min(2)
}

/// What may be lost with a secret is an accent, and no character that it stands on.
#[test]
fn a_lost_accent_makes_no_difference() {
    let difference = |text: &str, shown: &str| difference(text.as_bytes(), shown.as_bytes());
    assert_eq!(difference("a\t\u{301}bc", "a\t**"), None);
    assert_eq!(difference("e\u{301}bc", "e**"), None);
    for (text, shown) in [
        ("e\u{301}bc", " **"),
        ("a\t\u{301}bc", "a\tbc"),
        ("e\u{301} bc", "e **"),
    ] {
        assert!(difference(text, shown).is_some(), "{text:?}");
    }
}
