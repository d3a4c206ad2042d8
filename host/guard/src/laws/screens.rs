//! Programs that leave a terminal's screen and come back to it.

use super::rig::{Letter, Manner, alone, literal, only, rule, run_with, set, shown_by, span};
use crate::{BlockRule, Extent, MarkKind, Outlet, Rule, Severity, SpanRule};

/// What was shown of `text` on a terminal, whole and byte by byte, which must be the same.
fn shown(text: &str) -> String {
    shown_by(&alone("key"), text, Outlet::Terminal)
}

/// A secret whose first bytes were shown far before the last ones, beyond what is replayed on a blank screen, is read
/// together with them.
#[test]
fn invariant_3_a_screen_is_found_as_it_was_left() {
    let long = "\x1b[5;1H..........".repeat(1000);
    let begins = "\x1b[?47h\x1b[1;1Hk_ccc";
    let ends = "\x1b[?47h\x1b[1;6Hddddddd\x1b[?47l\r\n";
    for between in ["", "make\r\n", "ab\rcd\x08\r\n", "\x1b[3;1Hx\x1b[4;1H\r\n"] {
        let text = format!("{begins}{long}\x1b[?47l\r\n{between}{ends}");
        let shown = shown(&text);
        assert!(
            !shown.contains('d') || between.contains('d'),
            "{between:?}: {}",
            shown.escape_debug()
        );
        assert!(!shown.contains("dd"), "{between:?}: {}", shown.escape_debug());
    }
    // Behind more than is replayed, the screen is blank.
    let text = format!("{begins}\x1b[?47l\r\n{}{ends}", "make\r\n".repeat(2000));
    assert_eq!(shown(&text), text);
    // Another text at that place is none.
    let text = format!("{begins}{long}\x1b[1;1H.....\x1b[?47l\r\n{ends}");
    assert_eq!(shown(&text), text);
}

/// So does one that was left twice, and what is written over in the meantime is not read.
#[test]
fn invariant_3_what_was_written_since_is_replayed() {
    let text = "\x1b[?47h\x1b[1;1Hk_cc\x1b[?47l\r\nmake\r\n\x1b[?47h\x1b[1;5Hcc\x1b[?47l\r\n\x1b[?47h\x1b[1;7Hdddddd\x1b[?47l\r\n";
    let shown = shown(text);
    assert!(!shown.contains('d'), "{}", shown.escape_debug());
}

/// What breaks a control sequence off may be taken out, with a secret or at a pause, and all that follows would be
/// taken for the rest of the sequence.
#[test]
fn invariant_2_a_sequence_that_is_broken_off_stays_so() {
    let rules = only(vec![rule(
        "key",
        Severity::P0,
        vec![literal("k_")],
        Extent::Span(SpanRule {
            body: set("cdé".as_bytes()),
            ..span(4, 12)
        }),
    )]);
    let shown = |word: &[Letter], outlet| {
        let shown = run_with(rules.clone(), word, outlet, false, Manner::default()).shown;
        String::from_utf8_lossy(&shown).into_owned()
    };
    let text = |text: &str| Letter::Bytes(text.as_bytes().to_vec());
    let secret = [text("k_cccc\x1b[\u{e9}ccc//a\n")];
    assert_eq!(shown(&secret, Outlet::Terminal), "k_****\x1b[\x18****//a\n");
    assert_eq!(shown(&secret, Outlet::Pipe), "k_[redacted:key]\x1b[\x18//a\n");
    let paused = [
        text("k_cccc\x1b[\u{200b}"),
        Letter::Mark(MarkKind::Stall),
        text("//a\n"),
    ];
    assert_eq!(shown(&paused, Outlet::Pipe), "k_****\x1b[\x18//a\n");
}

/// What a cursor goes over behind all that is written is read as the blanks that are seen, and what scrolls as the
/// next row: a key that is indented so goes on in the next line. A control that stays where it is parts what stands
/// on its two sides in a row.
#[test]
fn invariant_3_what_a_cursor_goes_over_is_read() {
    let block = BlockRule {
        body: set(b"cd\r"),
        until: vec![],
        at_least: 20,
        bound: 200,
    };
    let rules = only(vec![rule(
        "block",
        Severity::P0,
        vec![literal("K--")],
        Extent::Block(block),
    )]);
    let lines = ["K--", "cdcdcdcdcdcdcdcd", "dcdcdcdcdcdcdcdc", "ccddccddccddccdd"];
    let each = |form: &dyn Fn(&str) -> String| lines.iter().map(|line| form(line)).collect::<String>();
    for text in [
        each(&|line| format!("\x1b[4C{line}\r\n")),
        each(&|line| format!("\x1b[5G{line}\n")),
        each(&|line| format!("|\x1b[3C{line}\n")),
        each(&|line| format!("\r\x1b[2K\x1b[2C{line}\n")),
        format!("\x1b[2J\x1b[H{}", each(&|line| format!("\x1b[7C{line}\r\n"))),
        format!("\x1b[24;1H{}", each(&|line| format!("{line}\x1bE"))),
        // Over what an older screen had, of which the rest of each row is cleared.
        format!(
            "\x1b[2J\x1b[H{}\x1b[H{}",
            "zzzzzzzzzzzzzzzzzzzzzz\r\n".repeat(6),
            each(&|line| format!("{line}\x1b[K\r\n"))
        ),
        format!("x\n{}", each(&|line| format!("\x1b[B\r\x1b[K{line}"))),
        format!("\x1b[24;1H{}", each(&|line| format!("{line}\x1b[S\r"))),
        // The column is set by itself, behind the row or before it.
        format!("\x1b[2J\x1b[3;9H{}", each(&|line| format!("\x1b[B\x1b[1G{line}"))),
        format!(
            "\x1b[2J\x1b[H{}",
            each(&|line| format!("{line}\x1b[16D\x1b[B")).replace("K--\x1b[16D", "K--\x1b[3D")
        ),
        format!(
            "\x1b[2J\x1b[H{}",
            each(&|line| format!("{line}\x1b[B\x1b[{}D", line.len()))
        ),
        // The screen was filled with blanks that were written.
        format!(
            "\x1b[2J\x1b[H{}\x1b[H{}",
            format!("{}\r\n", " ".repeat(70)).repeat(6),
            each(&|line| format!("\x1b[5C{line}\r\n"))
        ),
    ] {
        for outlet in [Outlet::Pipe, Outlet::Terminal] {
            let shown = shown_by(&rules, &text, outlet).replace("[redacted:block]", "");
            assert!(
                !shown.contains("cd") && !shown.contains("dc"),
                "{}",
                shown.escape_debug()
            );
        }
    }
    let word = only(vec![Rule {
        word: true,
        ..rule(
            "key",
            Severity::P0,
            vec![literal("k_")],
            Extent::Span(SpanRule {
                body: set(b"cd"),
                ..span(4, 12)
            }),
        )
    }]);
    for stays in ["\x1b[L", "\x1b[S", "\x1b[2J", "\x1b[K", "\x1b[6G", "\x1b[2D"] {
        let text = format!("\x1b[2J\x1b[5;3Habc{stays}k_cccccc\x1b[9;1H.\n");
        let shown = shown_by(&word, &text, Outlet::Pipe);
        assert!(!shown.contains("cc"), "{}", shown.escape_debug());
    }
}

/// An editor shows a long line over many rows. It has the terminal wrap by writing the last sign of each once more,
/// and then writes the next row over that from its first cell on.
#[test]
fn invariant_3_a_line_of_many_rows_is_read_as_one() {
    let rules = only(vec![rule(
        "key",
        Severity::P0,
        vec![literal("k_")],
        Extent::Span(span(4, 900)),
    )]);
    for length in [100, 240, 241, 700] {
        let line = format!("a: k_{}. done", "cdcdd".repeat(length / 5));
        let rows: Vec<_> = line.as_bytes().chunks(80).map(String::from_utf8_lossy).collect();
        let mut drawn = String::from("\x1b[?1049h\x1b[H\x1b[2J\x1b[1;1H");
        for (index, row) in rows.iter().enumerate() {
            let wraps = |row: &str| format!("{}\x1b[{};1H", &row[row.len() - 1..], index + 2);
            let end = if index + 1 < rows.len() {
                wraps(row)
            } else {
                "\r\n".into()
            };
            drawn.extend([&row[..], &end]);
        }
        drawn.push_str("next\x1b[?1049l\r\n");
        let shown = shown_by(&rules, &drawn, Outlet::Terminal);
        assert!(
            !shown.contains("cd") && shown.contains("done"),
            "{length}: {}",
            shown.escape_debug()
        );
    }
}

/// Where a program moves about in a line of many rows without end, what may be read again runs out for the rows far
/// above, and never for the row that the cursor is in.
#[test]
fn invariant_3_a_row_is_read_whatever_the_rows_above_cost() {
    let rules = only(vec![rule(
        "key",
        Severity::P0,
        vec![literal("k_")],
        Extent::Span(span(12, 40)),
    )]);
    let mut drawn = String::from("\x1b[?1049h\x1b[H\x1b[2J\x1b[1;1H");
    drawn.push_str(&".".repeat(80 * 20));
    for round in 0..2000 {
        // The secret's first part makes a suspect, behind which the cursor is put where its last part goes on.
        let column = 5 + round % 7;
        drawn.push_str(&format!("\x1b[20;{column}Hk_cdcd\x1b[20;{}Hcdcdcddd.", column + 6));
    }
    drawn.push_str("\x1b[?1049l\r\n");
    let shown = run_with(
        rules,
        &[Letter::Bytes(drawn.into_bytes())],
        Outlet::Terminal,
        false,
        Manner::default(),
    )
    .shown;
    let shown = String::from_utf8_lossy(&shown);
    assert_eq!(
        shown.matches("cddd").count(),
        0,
        "{}",
        &shown[shown.len() - 400..].escape_debug()
    );
}
