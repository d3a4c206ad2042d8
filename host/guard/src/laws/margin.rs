//! A secret that begins before a terminal's right margin and goes on behind it is one, however a program has the
//! terminal wrap.

use std::sync::Arc;

use proptest::prelude::*;

use super::rig::{Letter, Manner, alone, rules, run_with, shown_by};
use super::words::word_of;
use crate::{ByteSet, Extent, Outlet};

/// The terminal's width in the rig.
const COLUMNS: usize = 80;

/// How a row is gone on with in the next.
#[derive(Debug, Clone, Copy)]
enum Wrap {
    /// The next character wraps.
    Plain,
    /// A blank is written, and gone back over.
    Blank,
    /// A blank is written, and the cursor returns to where its row begins, which is cleared and written twice.
    Return,
    /// The cursor goes to the row below and to where that begins.
    Below,
    /// The same by a line's end.
    LineEnd,
    /// What stands last in the row is written once more, and the cursor is put to where that came to stand.
    Again,
}

/// The text on a terminal, from its second row on.
fn written(text: &str, wrap: Wrap) -> Vec<u8> {
    let mut out = Vec::new();
    let rows: Vec<&[u8]> = text.as_bytes().chunks(COLUMNS).collect();
    for (index, row) in rows.iter().enumerate() {
        out.extend_from_slice(row);
        if index + 1 == rows.len() {
            break;
        }
        match wrap {
            Wrap::Plain => {}
            Wrap::Blank => out.extend_from_slice(b" \x08"),
            Wrap::Return => {
                out.extend_from_slice(b" \r\x1b[K");
                out.extend(rows[index + 1].first());
                out.push(b'\r');
            }
            Wrap::Below => out.extend_from_slice(b"\x1b[1G\x1b[1B\x1b[1G"),
            Wrap::LineEnd => out.extend_from_slice(b"\r\n"),
            Wrap::Again => {
                out.extend(row.last());
                out.extend_from_slice(format!("\x1b[{};1H", index + 3).as_bytes());
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn invariant_3_a_secret_goes_on_behind_the_right_margin(
        before in 60..90_usize, secret in "[cd]{10}", wrap in prop::sample::select(vec![Wrap::Plain, Wrap::Blank, Wrap::Return, Wrap::Below, Wrap::LineEnd, Wrap::Again]),
        screen in any::<bool>(), first in prop::sample::select(vec!["", "\r", "\n"]), last in prop::sample::select(vec!["", ".\r\n", "\r\n"]),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let screen = screen || matches!(wrap, Wrap::Again | Wrap::Below);
        // A row that nothing is followed in goes on in no other, where the program goes there: so a literal isn't cut.
        let is_own = matches!(wrap, Wrap::Return | Wrap::Below) || (screen && matches!(wrap, Wrap::LineEnd));
        prop_assume!(!is_own || before + 1 != COLUMNS);
        let begin: &[u8] = if screen { b"\x1b[?1049h\x1b[2J\x1b[2;1H" } else { first.as_bytes() };
        let text = format!("{}k_{secret}", ".".repeat(before));
        let text = [begin, &written(&text, wrap), last.as_bytes()].concat();
        let only = alone("key");
        let told = |cuts: &[prop::sample::Index]| {
            run_with(only.clone(), &word_of(&text, &[], cuts), Outlet::Terminal, false, Manner::default()).told()
        };
        let whole = told(&[]);
        let shown = String::from_utf8_lossy(&whole.shown).into_owned();
        // The character that is written twice stands in no line that is read, once it was written over.
        let twice = usize::from(matches!(wrap, Wrap::Again | Wrap::Return));
        let letters = shown.chars().filter(|c| matches!(c, 'c' | 'd')).count();
        prop_assert!(letters <= twice, "{}\ncomes out as\n{shown}", String::from_utf8_lossy(&text));
        prop_assert_eq!(&whole, &told(&cuts));
        let bytes: Vec<_> = text.iter().map(|byte| Letter::Bytes(vec![*byte])).collect();
        prop_assert_eq!(whole, run_with(only, &bytes, Outlet::Terminal, false, Manner::default()).told());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Lines that come at once are read as those that come byte by byte, whatever they end with and however full.
    #[test]
    fn invariant_2_lines_are_what_they_are_byte_by_byte(
        lines in prop::collection::vec((
            prop::sample::select(vec![0, 7, 30, 79, 80, 80, 80, 81, 159, 160, 160, 161]),
            prop::sample::select(vec!["", "k_cdcdcdcdcd", "k_cdcdc", "dcdcdcd", "dcba012", "K--", "--E", "12 345", "pass=", "é", "字"]),
            prop::sample::select(vec!["\r\n", "\n", " \r\n", " \n", "\r\r\n", " \r", "\r", " \x08", "", "\x1b[m\r\n", "\0\r\n"]),
        ), 1..8),
        outlet in prop::sample::select(vec![Outlet::Terminal, Outlet::Pipe]),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let text: String = lines.iter().map(|(length, what, end)| {
            let before = length - what.len().min(*length);
            format!("{}{what}{end}", ".".repeat(before))
        }).collect();
        let only = rules();
        let told = |word: &[Letter]| run_with(only.clone(), word, outlet, false, Manner::default()).told();
        let bytes: Vec<_> = text.bytes().map(|byte| Letter::Bytes(vec![byte])).collect();
        let whole = told(&word_of(text.as_bytes(), &[], &[]));
        prop_assert_eq!(&whole, &told(&bytes), "{}", text.escape_debug());
        prop_assert_eq!(&whole, &told(&word_of(text.as_bytes(), &[], &cuts)), "{}", text.escape_debug());
    }
}

/// The lines of a block wrap in a pager, on a screen of its own or not.
#[test]
fn invariant_3_a_block_goes_on_behind_the_right_margin() {
    let mut only = alone("block");
    let Extent::Block(block) = &mut Arc::make_mut(&mut only[0].rules[0]).extent else {
        panic!("the rig's block")
    };
    block.bound = 400;
    block.body = block.body.union(&ByteSet::of(b"\r"));
    for screen in ["", "\x1b[?1049h", "\x1b[?1049h\x1b[2;1H"] {
        let text = format!("{screen}K--\r\n{} \x08ddd\r\nddddddd\r\n--E\r\n", "d".repeat(COLUMNS));
        let outcome = run_with(
            only.clone(),
            &[Letter::Bytes(text.clone().into_bytes())],
            Outlet::Terminal,
            false,
            Manner::default(),
        );
        let shown = String::from_utf8_lossy(&outcome.shown).into_owned();
        assert_eq!(shown, text.replace('d', "*"));
        let bytes: Vec<_> = text.bytes().map(|byte| Letter::Bytes(vec![byte])).collect();
        let outcome = run_with(only.clone(), &bytes, Outlet::Terminal, false, Manner::default());
        assert_eq!(String::from_utf8_lossy(&outcome.shown), shown);
    }
}

/// Behind a full row that nothing is followed in, a word begins.
#[test]
fn invariant_3_a_word_begins_below_a_full_row() {
    let mut only = alone("key");
    Arc::make_mut(&mut only[0].rules[0]).word = true;
    let full = format!("{}ba", ".".repeat(COLUMNS - 2));
    let over = |text: String| {
        let out = shown_by(&only, &text, Outlet::Terminal);
        assert!(!out.contains("cd"), "{}: {}", text.escape_debug(), out.escape_debug());
    };
    for down in ["\x1b[4;1H", "\x1bE", "\r\x1b[B", "\r\n", "\x1b[1G\x1b[1B\x1b[1G"] {
        over(format!("\x1b[2J\x1b[3;1H{full}{down}k_cdc\x1b[4;6Hdcdcd.\r\n"));
    }
    over(format!("{full} \rk_cdcdcdcd.\r\n"));
}

/// A line of three rows, each with a line's end, is one, however its first row was written.
#[test]
fn invariant_3_lines_of_many_rows_are_read_together() {
    let only = alone("key");
    let full = format!("{} ", ".".repeat(COLUMNS - 2));
    let row = format!("{}k_cdcdc", ".".repeat(COLUMNS - 7));
    for first in [
        format!("\x1b[H\x1b[2J{full}.\r\n"),
        format!("{full}. \r\n"),
        format!("{full}.\x08.\r\n"),
        format!("{full}.\r{full}.\r\n"),
        format!("{full}.\r\n"),
        String::new(),
    ] {
        let text = format!("{first}{row}\r\ndcdc.\r\n");
        let out = shown_by(&only, &text, Outlet::Terminal);
        assert!(
            !out.contains("cd") && !out.contains("dc"),
            "{}: {}",
            text.escape_debug(),
            out.escape_debug()
        );
    }
}

/// A row that was begun with nothing in it stands between a full one and what comes behind the line's end.
#[test]
fn invariant_4_what_stands_below_an_empty_row_is_shown() {
    let row = format!("{}k_cdcdcdcd", ".".repeat(COLUMNS - 10));
    for back in [" \r", " \x08"] {
        let out = shown_by(&alone("key"), &format!("{row}{back}\r\ncccc\r\n"), Outlet::Terminal);
        assert!(out.ends_with("\ncccc\r\n"), "{}", out.escape_debug());
    }
}

/// As much is read at once as ends between a return and its line feed, in a row that is full or isn't.
#[test]
fn invariant_2_a_step_ends_between_a_return_and_a_line_feed() {
    let at_once = 16 * 1024;
    for length in [COLUMNS, 2 * COLUMNS, 50] {
        let row = format!("{}k_cdc\r\n", ".".repeat(length - 5));
        for back in 0..3 {
            let first = at_once + back - 1 - row.len();
            let first = format!("{}\n{}\n", ".".repeat(first / 2), ".".repeat(first - first / 2 - 2));
            let text = format!("{first}{row}dcdcdcd\r\n");
            let out = shown_by(&alone("key"), &text, Outlet::Terminal);
            assert_eq!(
                out.contains('d'),
                length == 50,
                "{}",
                out[at_once - 100..].escape_debug()
            );
        }
    }
}
