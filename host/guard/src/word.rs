//! Whether a literal begins a word, by what stands before it.

/// How far back a word's boundary is looked for: colour codes are short.
pub(crate) const LOOK: usize = 40;

/// Whether what stands before a literal makes it a part of a longer word. The last bytes of a control sequence (`ESC [ 3 1 m`),
/// of a backslash escape (`\\n`, `\\x2e`, `\\u002e`) and of a percent escape (`%3D`) look like a word's, and end something else.
pub(crate) fn is_inside(before: &[u8]) -> bool {
    let Some((last, rest)) = before.split_last() else {
        return false;
    };
    if !(last.is_ascii_alphanumeric() || *last == b'_') {
        return false;
    }
    let parameters = rest
        .iter()
        .rev()
        .take_while(|byte| (0x20..0x40).contains(*byte))
        .count();
    let control = rest[..rest.len() - parameters].ends_with(b"\x1b[");
    let percent = last.is_ascii_hexdigit() && matches!(rest, [.., b'%', digit] if digit.is_ascii_hexdigit());
    let backslash = last.is_ascii_alphabetic() && rest.ends_with(b"\\");
    let digits = |introducer: &[u8], count: usize| {
        let at = before.len().checked_sub(count);
        at.is_some_and(|at| before[..at].ends_with(introducer) && before[at..].iter().all(u8::is_ascii_hexdigit))
    };
    !(control || percent || backslash || digits(b"\\x", 2) || digits(b"\\u", 4))
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
        ] {
            assert_eq!(is_inside_of_name(before.as_bytes(), first), inside, "{before}");
        }
    }
}
