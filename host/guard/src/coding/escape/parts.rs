//! Strings that are put together from parts.

use super::{LONGEST, Sign};

/// What closes a list, an object or a call, or parts its members. Behind quotes with nothing but blanks between, the
/// first of them closes a text in a text, and the second that one: `"\"…\"",`, `"'…'"}`. No part is told from that
/// which begins so, and JSON would lose its signs with the secret.
const CLOSES: &[u8] = b",:;)]}";

/// Two parts of a string that meet: `" + "`, `' . '`, `""`, `" || "`. Behind what stands between them, Python's second
/// one may have letters before it: `' b'`, `" f"`, `' rb'`.
pub(super) fn parts(text: &[u8]) -> Sign {
    let blanks = |from: usize| text[from..].iter().take_while(|byte| b" \t\n\r".contains(byte)).count();
    let mut at = 1 + blanks(1);
    // Visual Basic's ampersand is none: it may begin an entity, which is a part of the string. Lua's, SQL's, Haskell's
    // and Elixir's have two bytes, of which the first alone may be one elsewhere.
    let operator = match text[at..] {
        [b'+' | b'.', ..] => 1 + usize::from(text.get(at + 1) == Some(&text[at])),
        [b'|', b'|', ..] | [b'<', b'>', ..] => 2,
        [b'|' | b'<'] => return Sign::Unfinished,
        [..] => 0,
    };
    at += operator;
    at += blanks(at);
    let letters = text[at..].iter().take_while(|byte| b"bfru".contains(byte)).count();
    let fits = letters == 0 || (at > 1 && letters <= PREFIX);
    match text.get(at + letters) {
        None if fits => Sign::Unfinished,
        Some(b'"' | b'\'') if fits => {
            let end = at + letters + 1;
            match text.get(end) {
                Some(next) if operator == 0 && CLOSES.contains(next) => Sign::Plain,
                // No more than so much of a text is looked at.
                None if operator == 0 && end < LONGEST => Sign::Unfinished,
                Some(_) | None => Sign::Escape(end, None),
            }
        }
        Some(_) | None => Sign::Plain,
    }
}

/// Whether what stands between two parts parts two words of a shell as well: blanks alone, on one line.
pub(super) fn are_words(text: &[u8]) -> bool {
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'');
    matches!(text, [first, blanks @ .., last] if is_quote(first) && is_quote(last)
        && !blanks.is_empty() && blanks.iter().all(|byte| matches!(byte, b' ' | b'\t')))
}

/// So many letters may stand before a string of Python's.
const PREFIX: usize = 2;

#[cfg(test)]
mod tests {
    use super::{Sign, are_words, parts};

    #[test]
    fn words_have_blanks_alone_between_them() {
        for text in ["\" \"", "' '", "\"\t \"", "\" '"] {
            assert!(are_words(text.as_bytes()), "{text}");
        }
        for text in ["\"\"", "\" + \"", "\"\n \"", "' b'", "%20", "\""] {
            assert!(!are_words(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn parts_meet_where_an_operator_joins_them() {
        let read = |text: &str| parts(text.as_bytes());
        for text in [
            "\"f",
            "\"f\"x",
            "\" fx\"",
            "\" x\"",
            "' | '",
            "\" & \"",
            "\" && \"",
            "\" +++ \"",
            "\" < \"",
            "' bru'",
            "\" _ \"",
            "\" B\"",
        ] {
            assert_eq!(read(text), Sign::Plain, "{text}");
        }
        for text in ["' || '", "\" .. \"", "\" ++ \"", "\" <> \"", "\" + f'"] {
            assert_eq!(read(text), Sign::Escape(text.len(), None), "{text}");
            assert_eq!(read(&text[..text.len() - 1]), Sign::Unfinished, "{text}");
            assert_eq!(read(&format!("{text},")), Sign::Escape(text.len(), None), "{text}");
        }
        // Without one, the byte behind tells.
        for text in ["' rb'", "\"\"", "'\"", "\"\n  \""] {
            assert_eq!(read(&format!("{text}x")), Sign::Escape(text.len(), None), "{text}");
            assert_eq!(read(text), Sign::Unfinished, "{text}");
            for close in [",", "}", "]", ")", ":", ";"] {
                assert_eq!(read(&format!("{text}{close}")), Sign::Plain, "{text}{close}");
            }
        }
        let longest = format!("\"{}\"", " ".repeat(22));
        assert_eq!(read(&longest), Sign::Escape(24, None));
    }
}
