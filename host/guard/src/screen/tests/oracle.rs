//! The same streams through another model of a terminal, written by others, must leave the same text.

use std::num::NonZeroU16;

use proptest::prelude::*;
use unicode_width::UnicodeWidthChar as _;

use super::super::Screen;
use super::rows;
use super::stream::{Piece, feed, piece, sequences, words};

/// What both know and take in the same way. The other one goes to the margin where rows are made to scroll, and has a
/// cursor and margins for each screen, so that a position follows.
fn operations() -> impl Strategy<Value = String> {
    let controls = [
        "\r",
        "\n",
        "\x08",
        "\t",
        "\r\n",
        "\x1b7",
        "\x1b8",
        "\x1b[m",
        "\x1b[?25l",
        "\x1b[r\x1b[?47h\x1b[r\x1b[2;3H",
        "\x1b[r\x1b[?47l\x1b[r\x1b[4;2H",
    ];
    prop_oneof![
        5 => words(),
        5 => sequences("@ABCDEFGHJKLMPSTX`d"),
        2 => sequences("H"),
        1 => sequences("b"),
        2 => proptest::sample::select(controls.to_vec()).prop_map(str::to_owned),
        1 => (1u16..8, 1u16..8, 1u16..9).prop_map(|(top, more, row)| format!("\x1b[{top};{}r\x1b[{row};1H", top + more)),
        1 => proptest::sample::select(vec!["\x1b[r\x1b[H", "\x1b[r\x1b[H\x1b[?1049h\x1b[r\x1b[H\x1b7", "\x1b[?1049l\x1b[r\x1b[H"]).prop_map(str::to_owned),
    ]
}

/// Whether a piece means the same to both while the next character would go to the next line.
fn means_one_thing(piece: Piece<'_>) -> bool {
    match piece {
        Piece::Ascii(_) | Piece::Wide(_) => true,
        Piece::Control(control) => {
            matches!(
                control,
                b"\r"
                    | b"\n"
                    | b"\x1b7"
                    | [
                        ..,
                        b'H' | b'J' | b'K' | b'm' | b'G' | b'`' | b'L' | b'M' | b'S' | b'T' | b'h' | b'l' | b'r' | b'b'
                    ]
            )
        }
    }
}

/// The characters that take a column, without blanks at the end.
fn seen(row: &str) -> String {
    let seen: String = row.chars().filter(|c| c.width() > Some(0)).collect();
    seen.trim_end().to_owned()
}

proptest! {
    #[test]
    fn shows_what_another_terminal_shows(
        (columns, rows_) in (4u16..30, 9u16..14),
        operations in proptest::collection::vec(operations(), 1..60),
    ) {
        let mut ours = Screen::new(columns, rows_);
        let mut theirs = vt100::Parser::new(NonZeroU16::new(rows_).unwrap(), NonZeroU16::new(columns).unwrap(), 0);
        let mut fed = String::new();
        for operation in operations {
            let scrolls = (ours.top..ours.bottom).contains(&ours.cursor.row);
            if !scrolls && operation.ends_with(['A', 'B', 'E', 'F']) && operation.starts_with('\x1b') {
                // From outside of the rows that scroll, the other one passes their far margin; most stop at it.
                continue;
            }
            let halves = ours.row(ours.cursor.row).any(|cell| cell.c.width() == Some(2));
            if halves && operation.ends_with(['@', 'P']) && operation.starts_with('\x1b') {
                // The other one may leave half of a wide character.
                continue;
            }
            let pending = ours.cursor().1 == columns;
            let operation =
                if pending && !means_one_thing(piece(&operation).0) { format!("\r{operation}") } else { operation };
            feed(&mut ours, &operation, fed.len() as u64);
            theirs.process(operation.as_bytes());
            fed.push_str(&operation);
            let shown: Vec<String> = theirs.screen().rows(0, columns).map(|row| seen(&row)).collect();
            prop_assert_eq!(rows(&ours), shown, "after {:?}", fed);
            prop_assert_eq!(ours.cursor(), theirs.screen().cursor_position(), "after {:?}", fed);
        }
    }
}
