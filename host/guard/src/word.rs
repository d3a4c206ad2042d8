//! Whether a literal begins a word, by what stands before it.

/// How far back a word's boundary is looked for: colour codes are short.
pub(crate) const LOOK: usize = 40;

/// Whether what stands before a literal makes it a part of a longer word, as the SDK's `starts_token` says too. The last bytes of a control sequence (`ESC [ 3 1 m`), also of one
/// that is spelled out (`\\u001b[31m`), of a backslash escape (`\\n`, `\\x2e`, `\\u002e`, `\\056`) and of a percent escape (`%3D`, `%253D`)
/// look like a word's, and end something else.
pub(crate) fn is_inside(before: &[u8]) -> bool {
    let Some((last, rest)) = before.split_last() else {
        return false;
    };
    if !(last.is_ascii_alphanumeric() || *last == b'_') {
        return false;
    }
    !(ends_control(*last, rest) || ends_escape(before) || is_emphasis(before))
}

/// Whether a control sequence ends with `last` behind `rest`.
fn ends_control(last: u8, rest: &[u8]) -> bool {
    let parameters = rest
        .iter()
        .rev()
        .take_while(|byte| (0x20..0x40).contains(*byte))
        .count();
    let (front, parameters) = rest.split_at(rest.len() - parameters);
    // One that is spelled out, or has lost its ESC, is told by its bracket.
    let opens = || front.ends_with(b"[") || front.ends_with(b"%5B") || front.ends_with(b"%5b");
    let spelled = || last == b'm' && parameters.last().is_some_and(u8::is_ascii_digit) && opens();
    front.ends_with(b"\x1b[") || spelled()
}

/// Whether a text ends with underscores that stand behind no word, as Markdown sets them.
fn is_emphasis(before: &[u8]) -> bool {
    let underscores = before.iter().rev().take_while(|byte| **byte == b'_').count();
    let behind = before[..before.len() - underscores].last();
    underscores > 0 && !behind.is_some_and(u8::is_ascii_alphanumeric)
}

/// Whether a text ends with an escape.
fn ends_escape(before: &[u8]) -> bool {
    let is = |introducer: &[u8], count: usize, fits: fn(&u8) -> bool| {
        let at = before.len().checked_sub(count);
        at.is_some_and(|at| before[..at].ends_with(introducer) && before[at..].iter().all(fits))
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
        // Mail, a control in caret notation, TeamCity, Excel.
        || is(b"=", 2, |byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte))
        || is(b"^", 1, u8::is_ascii_uppercase)
        || is(b"|", 1, |byte| matches!(byte, b'n' | b'r'))
        || (before.ends_with(b"_") && is(b"_x", 5, |byte| byte.is_ascii_hexdigit() || *byte == b'_'))
}

/// Whether a word of a name that begins with `first` is the rest of a longer word: a letter stands before it that isn't a small one
/// before a capital.
pub(crate) fn is_inside_of_name(before: &[u8], first: u8) -> bool {
    // Nearly all stand behind something else than a letter, or inside of a plain word.
    before.last().is_some_and(|last| {
        let goes_on = last.is_ascii_alphabetic() && !(last.is_ascii_lowercase() && first.is_ascii_uppercase());
        goes_on && is_inside(&before[before.len().saturating_sub(LOOK)..])
    })
}

#[cfg(test)]
mod tests {
    use super::is_inside_of_name;

    #[test]
    fn a_word_of_a_name_begins_behind_no_letter() {
        for (before, first, inside) in [
            ("c", b'a', true),
            ("C", b'A', true),
            ("C", b'a', true),
            ("c", b'A', false),
            ("_", b'a', false),
            ("9", b'a', false),
            ("", b'a', false),
            ("a\\n", b'a', false),
            ("\u{1b}[1m", b'a', false),
            ("%3d", b'a', false),
            ("%253d", b'a', false),
            ("\\f", b'a', false),
            ("\\u001b[0;32m", b'a', false),
            ("\\e[1m", b'a', false),
            ("#033[1m", b'a', false),
            ("^[[1m", b'a', false),
            ("[1m", b'a', false),
            ("^I", b'a', false),
            ("[m", b'a', true),
        ] {
            assert_eq!(is_inside_of_name(before.as_bytes(), first), inside, "{before}");
        }
    }
}
