//! Keys on lines that are written over, and on screens.

use cofferdam_tests::random::Random;

use super::{BASE64, holds, key};
use crate::bed::Bed;

/// A program that draws a screen goes from row to row, and one that shows its progress clears a line before it writes
/// on it.
#[test]
fn keys_that_are_drawn_row_by_row_are_taken_out() {
    let mut random = Random::new(319);
    let (text, body) = key(&mut random, "RSA ");
    let rows: Vec<&str> = text.lines().collect();
    let each = |row: &dyn Fn(usize, &str) -> String| -> String {
        let rows = rows.iter().enumerate().map(|(index, line)| row(index, line));
        rows.collect()
    };
    for drawn in [
        each(&|row, line| format!("\x1b[{};1H{line}", row + 1)),
        each(&|row, line| format!("\x1b[{};4H{line}\x1b[K", row + 2)),
        each(&|row, line| format!("\r\x1b[{}d{line}", row + 3)),
        each(&|_, line| format!("{line}\r\x1b[B")),
        each(&|_, line| format!("{line}\x1b[E")),
        each(&|_, line| format!("\x1b[2K{line}\n")),
        each(&|_, line| format!("\x1b[1G\x1b[1K{line}\n")),
        each(&|_, line| format!("\r\x1b[2K{line}\n")),
        // The cursor goes over the blanks that another program would write.
        each(&|_, line| format!("\x1b[4C{line}\r\n")),
        each(&|_, line| format!("|\x1b[3C{line}\x1b[2C|\n")),
        each(&|_, line| format!("\r\x1b[K\x1b[9G{line}\n")),
        format!("\x1b[2J\x1b[H{}", each(&|_, line| format!("key\x1b[4C{line}\r\n"))),
        // Below the last row all others move up.
        format!("\x1b[24;1H{}", each(&|_, line| format!("{line}\x1bE"))),
        format!("\x1b[24;1H{}", each(&|_, line| format!("{line}\x1b[S\r"))),
    ] {
        let bed = Bed::new();
        let shown = bed.feed(["filter"], drawn.as_bytes()).text();
        for piece in body.iter().flat_map(|line| [&line[..16], &line[24..40], &line[48..]]) {
            assert!(!shown.contains(piece), "{piece} of {drawn:?} comes out in {shown:?}");
        }
    }
}

/// A pager shows a key page by page, with a prompt between that it writes over; a program draws its progress between
/// two lines.
#[test]
fn keys_go_on_behind_lines_that_are_written_over() {
    let mut random = Random::new(331);
    for kind in ["RSA ", "OPENSSH ", ""] {
        let (text, body) = key(&mut random, kind);
        for between in [
            ":\x1b[K\r\x1b[K",
            "\x1b[7mkey.pem lines 1-11/28 39%\x1b[27m\x1b[K\r\x1b[K",
            "--More--(45%)\r             \r",
            "\r 10% [==>      ] 3/10\r\x1b[K",
            "\r\x1b[2K\u{280b} resolving 12 of 40 packages\u{2026}\r\x1b[2K",
        ] {
            for number in ["", "     12 "] {
                for every in [3, 5, 11] {
                    let line = |(index, line): (usize, &str)| {
                        let between = if index % every == every - 1 { between } else { "" };
                        format!("{number}{line}\n{between}")
                    };
                    let pages: String = text.lines().enumerate().map(line).collect();
                    let bed = Bed::new();
                    let shown = bed.feed(["filter"], pages.as_bytes()).text();
                    for piece in body.iter().flat_map(|line| [&line[..16], &line[24..40], &line[48..]]) {
                        assert!(!shown.contains(piece), "{piece} of {pages:?} comes out in {shown:?}");
                    }
                    assert!(shown.contains("END"), "{shown:?}");
                }
            }
        }
        // Behind its close nothing is a part of it.
        let other = random.text(BASE64, 64);
        let behind = format!("{text}:\x1b[K\r\x1b[K{other}\n");
        holds(&behind, &body, &[&other]);
        // Neither is what stands behind many lines that aren't written over.
        let (first, _) = text.split_once("-----END").expect("a key ends");
        let more = "and more.\n".repeat(220);
        holds(&format!("{first}cut off here.\n{more}\r{other}\n"), &body, &[&other]);
    }
}
