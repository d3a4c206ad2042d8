//! Whether a token begins behind a text: what stands before it may be the rest of a longer word, or the end of
//! something else.
//!
//! The host asks before it follows a suspect, and a guest before it confirms one. Both must tell it in the same way,
//! or a token is asked about and refused: so both ask here.

/// How many bytes before a token are looked at: codes for colours are shorter.
pub const LOOK: usize = 64;

/// Whether a token can begin at `at`: what stands before it isn't a part of a longer word ([`is_inside`]). Behind the
/// end of the text it can.
#[must_use]
pub fn starts_token(text: &[u8], at: usize) -> bool {
    text.get(..at).is_none_or(|before| !is_inside(before))
}

/// Whether what stands before a literal makes it a part of a longer word: its last byte is a letter, a digit or an
/// underscore.
///
/// Some of these end something else, and a token begins behind them: the last letter of a terminal's control sequence
/// (`ESC [ 3 1 m`), also of one that is spelled out (`\u001b[31m`, `\e[K`) or of a colour's that has lost its ESC
/// (`[31m`); the end of a backslash escape (`\n`, `\x2e`, `\u002e`, `\056`, `\4` and `\34` as strace and gdb print,
/// syslog's `#012`), of a percent escape (`%3D`, `%253D`), of a control in caret notation (`^I`), of mail's,
/// TeamCity's and Excel's escapes (`=3D`, `|n`, `_x000D_`); and underscores that stand behind no word, as Markdown sets
/// them. No more than [`LOOK`] bytes of `before` count.
#[must_use]
pub fn is_inside(before: &[u8]) -> bool {
    let before = &before[before.len().saturating_sub(LOOK)..];
    let Some((&last, rest)) = before.split_last() else {
        return false;
    };
    if !(last.is_ascii_alphanumeric() || last == b'_') {
        return false;
    }
    !(ends_control(last, rest) || ends_escape(before) || is_emphasis(before))
}

/// Whether a text ends with the flag that sets a property, whose name follows without a blank: `-Dissuer.api.key=`,
/// `-PissuerApiKey=`.
#[must_use]
pub fn sets_property(before: &[u8]) -> bool {
    match before {
        [before @ .., b'-', b'D' | b'P'] => {
            let last = before.last().copied().unwrap_or(b' ');
            !(last.is_ascii_alphanumeric() || matches!(last, b'_' | b'-' | b'.'))
        }
        _ => false,
    }
}

/// How programs spell the ESC of a control sequence that the host's search for words knows behind them.
const SPELLED: [&[u8]; 8] = [
    b"\\u001b", b"\\u001B", b"\\x1b", b"\\x1B", b"\\e", b"\\033", b"%1b", b"%1B",
];

/// Whether a control sequence ends with `last` behind `rest`: ESC `[`, parameters, and a final letter; or the choice
/// of a character set.
fn ends_control(last: u8, rest: &[u8]) -> bool {
    let is_parameter = |byte: &&u8| (0x20..0x40).contains(*byte);
    let parameters = rest.iter().rev().take_while(is_parameter).count();
    let (front, parameters) = rest.split_at(rest.len() - parameters);
    let spelled = |front: &[u8]| SPELLED.iter().any(|escape| front.ends_with(escape));
    if front.ends_with(b"\x1b[") || (parameters.ends_with(b"(") && spelled(&rest[..rest.len() - 1])) {
        return true;
    }
    let brackets: [&[u8]; 3] = [b"[", b"%5B", b"%5b"];
    let opened = brackets.iter().find_map(|bracket| front.strip_suffix(*bracket));
    // One that has lost its ESC is told by its bracket, if it is a colour's.
    let is_colour = last == b'm' && parameters.last().is_some_and(u8::is_ascii_digit);
    // The host finds no word behind any other: `\e[K`, `\e[0K`, `\e[0;1m`.
    let is_usual = match parameters {
        [] => last.is_ascii_alphabetic(),
        [one] => last.is_ascii_alphabetic() && one.is_ascii_digit(),
        [.., end] => last.is_ascii_lowercase() && end.is_ascii_digit(),
    };
    opened.is_some_and(|before| is_colour || (is_usual && spelled(before)))
}

/// Whether a text ends with underscores that stand behind no word, as Markdown sets them.
fn is_emphasis(before: &[u8]) -> bool {
    let underscores = before.iter().rev().take_while(|byte| **byte == b'_').count();
    let behind = before[..before.len() - underscores].last();
    underscores > 0 && !behind.is_some_and(u8::is_ascii_alphanumeric)
}

/// Whether a text ends with an escape: of a backslash, a percent sign, syslog, mail, a caret, TeamCity or Excel.
fn ends_escape(before: &[u8]) -> bool {
    let is = |introducer: &[u8], count: usize, fits: fn(&u8) -> bool| {
        let at = before.len().checked_sub(count);
        at.is_some_and(|at| before[..at].ends_with(introducer) && before[at..].iter().all(fits))
    };
    let octal = |byte: &u8| (b'0'..=b'7').contains(byte);
    is(b"\\", 1, u8::is_ascii_alphabetic)
        || is(b"\\", 1, octal)
        || is(b"\\", 2, octal)
        || is(b"\\", 3, octal)
        || is(b"#", 3, octal)
        || is(b"\\x", 2, u8::is_ascii_hexdigit)
        || is(b"\\u", 4, u8::is_ascii_hexdigit)
        || is(b"%", 2, u8::is_ascii_hexdigit)
        || is(b"%25", 2, u8::is_ascii_hexdigit)
        || is(b"=", 2, |byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte))
        || is(b"^", 1, u8::is_ascii_uppercase)
        || is(b"|", 1, |byte| matches!(byte, b'n' | b'r'))
        || (before.ends_with(b"_") && is(b"_x", 5, |byte| byte.is_ascii_hexdigit() || *byte == b'_'))
}

#[cfg(test)]
mod tests {
    use super::{LOOK, starts_token};

    #[test]
    fn words_go_on_and_codes_end() {
        for boundary in [
            "",
            " ",
            "=",
            "\"",
            "\x1b[31m",
            "x\x1b[0;1;38;5;12m",
            "a\\n",
            "a%3D",
            "a%253D",
            "\\f",
            "\\0",
            "\\4",
            "\\n\\34",
            "\\012",
            "\\x1f",
            "\\u003d",
            "\\u001b[0;32m",
            "\\x1B[1m",
            "\\033[31m",
            "\\e[1m",
            "#033[32m",
            "^[[0;32m",
            "#012",
            "[31m",
            "␛[1m",
            "\\u001b[K",
            "\\u001b[m",
            "\\x1b[01;31m\\x1b[K",
            "\\e[m",
            "\\u001b[0K",
            "\\033[K",
            "%1b%5BK",
            "\\u001b(B",
            "\\u001b[38;2;255;255;255;48;2;100;100;100m",
            "&#27;[0m",
            "%1B%5B32m",
            "^I",
            "=3D",
            "a|n",
            "a_x000D_",
            "_",
            " __",
            "\u{e9}",
            "-",
        ] {
            assert!(starts_token(boundary.as_bytes(), boundary.len()), "{boundary:?}");
        }
        for inside in [
            "x",
            "9",
            "x_",
            "9__",
            "31m",
            "[m",
            "^i",
            "=3d",
            "|a",
            "x000D_",
            "u003d",
            "\\u03d",
            "\\u001b[mm",
            "[K",
            "^[[K",
            "a(B",
            "\\8",
            "\\99",
            "\\39",
            "\\0341",
            "\\d4",
            "%G1",
            "3D",
        ] {
            assert!(!starts_token(inside.as_bytes(), inside.len()), "{inside:?}");
        }
        // What stands farther before counts for nothing.
        let underscores = "_".repeat(LOOK);
        assert!(starts_token(underscores.as_bytes(), LOOK));
        assert!(starts_token(format!("a{underscores}").as_bytes(), LOOK + 1));
        assert!(
            starts_token(b"abc", 9),
            "out of bounds is no reason to let a token through"
        );
    }
}
