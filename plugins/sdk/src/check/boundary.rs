//! Where a token can begin.

/// Whether a token can begin at `at`: the byte before it isn't a letter, digit or underscore of a longer word.
///
/// Three kinds of word bytes end something else and count as boundaries: the last letter of a terminal's colour code (`ESC [ 3 1 m`), the
/// letter of a backslash escape (`\n`), and the digits of a percent escape (`%3D`).
#[must_use]
pub fn starts_token(text: &[u8], at: usize) -> bool {
    let Some(before) = text.get(..at) else { return true };
    let Some((&last, rest)) = before.split_last() else {
        return true;
    };
    if !(last.is_ascii_alphanumeric() || last == b'_') {
        return true;
    }
    ends_control_sequence(before) || ends_escape(last, rest)
}

/// Whether `before` ends with a control sequence: ESC `[`, parameters, and a final letter.
fn ends_control_sequence(before: &[u8]) -> bool {
    let Some((last, rest)) = before.split_last() else {
        return false;
    };
    if !(0x40..=0x7E).contains(last) {
        return false;
    }
    // Colour codes are short; the bound keeps this linear over a text full of digits.
    let parameters = rest
        .iter()
        .rev()
        .take(32)
        .take_while(|byte| (0x20..=0x3F).contains(*byte))
        .count();
    let start = rest.len() - parameters;
    matches!(rest.get(..start), Some([.., 0x1B, b'[']))
}

/// Whether `last` ends a backslash escape or a percent escape after `rest`.
fn ends_escape(last: u8, rest: &[u8]) -> bool {
    match rest {
        [.., b'\\'] => matches!(last, b'n' | b'r' | b't'),
        [.., b'%', high] => high.is_ascii_hexdigit() && last.is_ascii_hexdigit(),
        _ => false,
    }
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
            "\u{e9}",
            "-",
        ] {
            assert!(starts_token(boundary.as_bytes(), boundary.len()), "{boundary:?}");
        }
        for inside in ["x", "9", "_", "31m", "[31m", "\\d", "%G1", "3D"] {
            assert!(!starts_token(inside.as_bytes(), inside.len()), "{inside:?}");
        }
        assert!(
            starts_token(b"abc", 9),
            "out of bounds is no reason to let a token through"
        );
    }
}
