//! What single controls do, where the other model doesn't know them or takes them otherwise.

use super::super::{Moved, Screen};
use super::stream::{feed, screen};
use super::{rows, text};

/// Columns, rows, the stream, the rows that it leaves, and the cursor.
type Case = (u16, u16, &'static str, &'static [&'static str], (u16, u16));

#[test]
fn controls_do_what_terminals_agree_on() {
    let cases: [Case; 27] = [
        (6, 1, "abcd\x1b[2G\x1b[4hXY", &["aXYbcd"], (0, 3)),
        (6, 1, "abcd\x1b[2G\x1b[4h字", &["a字bcd"], (0, 3)),
        (6, 1, "abcdef\x1b[2G\x1b[4hXY\x1b[4lZ", &["aXYZcd"], (0, 4)),
        (20, 1, "\tx\x1b[3g\r\ty", &["        x          y"], (0, 20)),
        (20, 1, "\x1b[4G\x1bH\r\tx\tyz\x1b[2Z!", &["   !    yz"], (0, 4)),
        (20, 1, "\x1b[2Ix", &["                x"], (0, 17)),
        (20, 1, "\x1b[9G\x1b[g\r\tx\x1b[?5W\r\ty", &["        y       x"], (0, 9)),
        (4, 3, "ab\x1bDc\x1bEd", &["ab", "  c", "d"], (2, 1)),
        (4, 3, "a\r\nb\r\nc\x1b[H\x1bMz", &["z", "a", "b"], (0, 1)),
        (3, 2, "\x1b[2;2H\x1b#8", &["EEE", "EEE"], (0, 0)),
        (3, 2, "\x1b#8\x1b[2;2H\x1b[K\x1b[1;2Hx", &["ExE", "E"], (0, 2)),
        (
            5,
            4,
            "\x1b[2;3r\x1b[?6h\x1b[1;2Ha\x1b[9;9Hb",
            &["", " a", "    b", ""],
            (2, 5),
        ),
        (5, 4, "\x1b[2;3r\x1b[?6h\x1b[2dx\x1b[?6ly", &["y", "", "x", ""], (0, 1)),
        (5, 2, "\x1b[?7labcdefg\x1b[?7h", &["abcdg", ""], (0, 5)),
        (5, 2, "\x1b[?7labcdefg\x1b[?7hh", &["abcdg", "h"], (1, 1)),
        (4, 2, "\x1b[?7labc字d", &["abcd", ""], (0, 4)),
        (5, 2, "ab\x1b[scd\x1b[ue", &["abed", ""], (0, 3)),
        (5, 2, "ab\x1b[?1047hcd\x1b[?1047lef", &["ab  e", "f"], (1, 1)),
        (5, 2, "ab\x1b[?1049h\x1b[Hcd\x1b[?1049lef", &["abef", ""], (0, 4)),
        (5, 2, "ab\x1b[?1047hcd\x1b[?1047l\x1b[?47h", &["", ""], (0, 4)),
        (5, 2, "ab\x1b[?1048h\x1b[Hcd\x1b[?1048le", &["cde", ""], (0, 3)),
        (5, 2, "abc\x1b[?6h\x1b[4h\x1bcd", &["d", ""], (0, 1)),
        (5, 2, "\x1b[4h\x1b[?7l\x1b[!pabcdef", &["abcde", "f"], (1, 1)),
        (5, 3, "\x1b[20ha\nb", &["a", "b", ""], (1, 1)),
        (5, 2, "abcde\x08\x08x", &["abxde", ""], (0, 3)),
        (5, 2, "abcde\x1b[Kx", &["abcde", "x"], (1, 1)),
        // A control within a sequence comes first; numbers after a colon don't count.
        (5, 2, "ab\x1b[3\r:7Gc", &["abc", ""], (0, 3)),
    ];
    for (columns, height, stream, left, cursor) in cases {
        let screen = screen(columns, height, stream);
        assert_eq!(rows(&screen), left, "{stream:?}");
        assert_eq!(screen.cursor(), cursor, "{stream:?}");
    }
}

#[test]
fn half_of_a_wide_character_is_never_left() {
    for (stream, left) in [
        ("字漢\x1b[2Gx", " x漢"),
        ("字漢\x1b[3Gx", "字x"),
        ("字漢\x1b[2G語", " 語"),
        ("字漢\x1b[2G\x1b[X", "  漢"),
        ("字漢\x1b[2G\x1b[P", " 漢"),
        ("字漢\x1b[2G\x1b[@x", " x 漢"),
        ("a字漢\x1b[1G\x1b[@", " a字"),
        ("字漢\x1b[2G\x1b[1K", "  漢"),
        ("字漢\x1b[4G\x1b[K", "字"),
    ] {
        assert_eq!(text(&screen(5, 1, stream), 0), left, "{stream:?}");
    }
}

#[test]
fn wide_characters_go_to_the_next_line_whole() {
    let screen = screen(3, 2, "ab字");
    assert_eq!(rows(&screen), ["ab", "字"]);
    assert!(screen.wraps(0));
    // The column that is left free shows nothing, not even a blank.
    assert_eq!(screen.row(0).count(), 2);
}

#[test]
fn rows_go_on_only_where_text_ran_over_the_end() {
    let wraps = |stream: &str| (0..4).map(|row| screen(4, 4, stream).wraps(row)).collect::<Vec<_>>();
    assert_eq!(wraps("abcdefghij"), [true, true, false, false]);
    assert_eq!(wraps("abcd\r\nef"), [false; 4]);
    assert_eq!(wraps("a\r\nb\r\nc\r\ndefghij"), [false, false, true, false]);
    assert_eq!(wraps("abcdef\x1b[H\x1b[K"), [false; 4]);
    assert_eq!(wraps("abcdef\x1b[1;4Hx"), [false; 4]);
    assert_eq!(wraps("abcdef\x1b[1;2H\x1b[P"), [false; 4]);
    // Lines put between part the two halves.
    assert_eq!(wraps("abcdef\x1b[L"), [false; 4]);
    assert_eq!(wraps("abcdef\x1b[1;1H\x1b[L"), [false, true, false, false]);
    assert_eq!(wraps("abcdef\x1b[2;3r\x1b[S"), [false; 4]);
}

#[test]
fn tells_which_controls_moved_or_changed_something() {
    for (stream, control, moved) in [
        ("ab", "\x1b[31m", Moved::No),
        ("ab", "\x1b]0;title\x07", Moved::No),
        ("ab", "\x1b[?25l", Moved::No),
        ("ab", "\x1b[?7l", Moved::No),
        ("ab", "\x1b[K", Moved::No),
        ("ab", "\x1b[1;3H", Moved::No),
        ("ab", "\x07", Moved::No),
        ("", "\r", Moved::No),
        ("ab", "\r", Moved::Yes),
        ("ab", "\x1b[1K", Moved::Yes),
        ("ab", "\x1b[1;2H", Moved::Yes),
        ("ab", "\x1b[2J", Moved::Yes),
        ("ab", "\x1b[?1049h", Moved::Yes),
        ("ab", "\x1b[b", Moved::Yes),
        ("ab", "\n", Moved::Yes),
    ] {
        assert_eq!(
            feed(&mut screen(5, 2, stream), control, 9),
            moved,
            "{stream:?} {control:?}"
        );
    }
}

#[test]
fn another_size_keeps_what_has_room() {
    let mut screen = screen(5, 3, "one\r\ntwo\r\nthree");
    screen.resize(4, 2);
    assert_eq!(rows(&screen), ["two", "thre"]);
    assert_eq!(screen.cursor(), (1, 3));
    screen.resize(8, 4);
    assert_eq!(rows(&screen), ["two", "thre", "", ""]);
    assert!(screen.blank_from(2) && !screen.blank_from(1));
    // What is over the end isn't kept in secret.
    feed(&mut screen, "\x1b[1;1H\x1b[4@", 0);
    assert_eq!(text(&screen, 0), "    two");
}

#[test]
fn sizes_are_bounded() {
    let mut screen = Screen::new(u16::MAX, 0);
    feed(&mut screen, "\x1b[65535;65535Hx", 0);
    assert_eq!(screen.cursor(), (0, 1000));
    screen.resize(0, u16::MAX);
    feed(&mut screen, "\x1b[65535;65535Hx", 0);
    assert_eq!(screen.cursor(), (999, 1));
}
