//! Where a token can begin.

/// Whether a token can begin at `at`: the byte before it isn't a letter, digit or underscore of a longer word.
///
/// Some word bytes end something else and count as boundaries: the last letter of a terminal's colour code (`ESC [ 3 1 m`), also of
/// one that is spelled out (`\u001b[31m`) or has lost its ESC (`[31m`), the end of a backslash escape (`\n`, `\x2e`, `\u002e`, `\056`, syslog's `#012`),
/// of a percent escape (`%3D`, `%253D`), of a control in caret notation (`^I`), of mail's, TeamCity's and Excel's escapes (`=3D`, `|n`, `_x000D_`),
/// and underscores that stand behind no word, as Markdown sets them. The host says the same before it asks.
#[must_use]
pub fn starts_token(text: &[u8], at: usize) -> bool {
    let Some(before) = text.get(..at) else { return true };
    let Some((&last, rest)) = before.split_last() else {
        return true;
    };
    if !(last.is_ascii_alphanumeric() || last == b'_') {
        return true;
    }
    ends_control_sequence(last, rest) || ends_escape(before) || is_emphasis(before)
}

/// Whether a control sequence ends with `last` behind `rest`: ESC `[`, parameters, and a final letter.
fn ends_control_sequence(last: u8, rest: &[u8]) -> bool {
    // Colour codes are short; the bound keeps this linear over a text full of digits.
    let parameters = rest
        .iter()
        .rev()
        .take(32)
        .take_while(|byte| (0x20..=0x3F).contains(*byte))
        .count();
    let (front, parameters) = rest.split_at(rest.len() - parameters);
    // One that is spelled out, or has lost its ESC, is told by its bracket.
    let opens = || front.ends_with(b"[") || front.ends_with(b"%5B") || front.ends_with(b"%5b");
    let spelled = || last == b'm' && parameters.last().is_some_and(u8::is_ascii_digit) && opens();
    front.ends_with(b"\x1b[") || spelled()
}

/// Whether `before` ends with underscores that stand behind no word.
fn is_emphasis(before: &[u8]) -> bool {
    let underscores = before.iter().rev().take(40).take_while(|byte| **byte == b'_').count();
    let behind = before.get(..before.len() - underscores).and_then(<[u8]>::last);
    underscores > 0 && !behind.is_some_and(u8::is_ascii_alphanumeric)
}

/// Whether `before` ends with an escape: of a backslash, a percent sign, syslog, mail, a caret, TeamCity or Excel.
fn ends_escape(before: &[u8]) -> bool {
    let is = |introducer: &[u8], count: usize, fits: fn(&u8) -> bool| {
        let parts = before
            .len()
            .checked_sub(count)
            .and_then(|at| before.split_at_checked(at));
        parts.is_some_and(|(front, end)| front.ends_with(introducer) && end.iter().all(fits))
    };
    let octal = |byte: &u8| (b'0'..=b'7').contains(byte);
    is(b"\\", 1, u8::is_ascii_alphabetic)
        || is(b"\\", 1, |byte| *byte == b'0')
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
    use super::starts_token;

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
            "\\99",
            "%G1",
            "3D",
        ] {
            assert!(!starts_token(inside.as_bytes(), inside.len()), "{inside:?}");
        }
        assert!(
            starts_token(b"abc", 9),
            "out of bounds is no reason to let a token through"
        );
    }
}
