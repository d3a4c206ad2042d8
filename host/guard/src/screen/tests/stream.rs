//! Streams for the screen: how they are cut into text and controls, and random ones.

use proptest::prelude::*;

use super::super::{Moved, Screen};

/// A piece of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Control(&'a [u8]),
    Ascii(&'a [u8]),
    Wide(char),
}

/// Cuts the first piece off a stream that isn't empty.
pub(super) fn piece(stream: &str) -> (Piece<'_>, usize) {
    let bytes = stream.as_bytes();
    let end = |from: usize, is_end: fn(&u8) -> bool| {
        bytes
            .iter()
            .skip(from)
            .position(is_end)
            .map_or(bytes.len(), |at| from + at + 1)
    };
    match bytes {
        [0x1b, b'[', ..] => {
            let end = end(2, |byte| (0x40..0x7f).contains(byte));
            (Piece::Control(&bytes[..end]), end)
        }
        [0x1b, ..] => {
            let end = end(1, |byte| !(0x20..0x30).contains(byte));
            (Piece::Control(&bytes[..end]), end)
        }
        [..0x20 | 0x7f, ..] => (Piece::Control(&bytes[..1]), 1),
        [0x20..0x7f, ..] => {
            let end = bytes
                .iter()
                .position(|byte| !(0x20..0x7f).contains(byte))
                .unwrap_or(bytes.len());
            (Piece::Ascii(&bytes[..end]), end)
        }
        _ => {
            let c = stream.chars().next().unwrap();
            (Piece::Wide(c), c.len_utf8())
        }
    }
}

/// Feeds a stream whose first byte is at `raw`.
pub(super) fn feed(screen: &mut Screen, stream: &str, raw: u64) -> Moved {
    let (mut at, mut moved) = (0, Moved::No);
    while at < stream.len() {
        let (piece, len) = piece(&stream[at..]);
        match piece {
            Piece::Control(control) => {
                if screen.control(control) == Moved::Yes {
                    moved = Moved::Yes;
                }
            }
            Piece::Ascii(text) => screen.print_ascii(text, raw + at as u64),
            Piece::Wide(c) => screen.print(c, raw + at as u64),
        }
        at += len;
    }
    moved
}

pub(super) fn screen(columns: u16, rows: u16, stream: &str) -> Screen {
    let mut screen = Screen::new(columns, rows);
    feed(&mut screen, stream, 0);
    screen
}

/// Text: mostly ASCII, some of two columns, accented, or without a width.
pub(super) fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[ -~]{1,12}",
        1 => "[ -~]{20,60}",
        2 => "[a-z字漢é]{1,6}",
        1 => "[a-z\u{301}\u{200b}😀]{1,4}",
    ]
}

/// A control sequence with up to two small numbers and one of these final bytes.
pub(super) fn sequences(last: &'static str) -> impl Strategy<Value = String> {
    let number = prop_oneof![2 => Just(String::new()), 6 => (0u16..14).prop_map(|n| n.to_string()), 1 => Just("65535".to_owned())];
    let last = proptest::sample::select(last.chars().collect::<Vec<_>>());
    (number.clone(), proptest::option::of(number), last).prop_map(|(first, second, last)| match second {
        Some(second) => format!("\x1b[{first};{second}{last}"),
        None => format!("\x1b[{first}{last}"),
    })
}

/// Anything that the screen knows.
pub(super) fn anything() -> impl Strategy<Value = String> {
    let others = [
        "\r",
        "\n",
        "\x08",
        "\t",
        "\x0b",
        "\x0c",
        "\x1bD",
        "\x1bE",
        "\x1bH",
        "\x1bM",
        "\x1b7",
        "\x1b8",
        "\x1bc",
        "\x1b#8",
        "\x1b[4h",
        "\x1b[4l",
        "\x1b[20h",
        "\x1b[20l",
        "\x1b[?6h",
        "\x1b[?6l",
        "\x1b[?7h",
        "\x1b[?7l",
        "\x1b[?47h",
        "\x1b[?47l",
        "\x1b[?1047h",
        "\x1b[?1047l",
        "\x1b[?1048h",
        "\x1b[?1048l",
        "\x1b[?1049h",
        "\x1b[?1049l",
        "\x1b[!p",
        "\x1b[?5W",
        "\x1b[31m",
        "\x1b(0",
        "\x1b[3\n1m",
        "\x1b[1:2;3H",
    ];
    prop_oneof![
        4 => words(),
        5 => sequences("@ABCDEFGHIJKLMPSTXZ`abdefgrsu"),
        3 => proptest::sample::select(others.to_vec()).prop_map(str::to_owned),
    ]
}
