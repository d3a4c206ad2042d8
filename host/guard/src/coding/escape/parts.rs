//! Strings that are put together from parts.

use super::Sign;

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
        Some(b'"' | b'\'') if fits => Sign::Escape(at + letters + 1, None),
        Some(_) | None => Sign::Plain,
    }
}

/// So many letters may stand before a string of Python's.
const PREFIX: usize = 2;

#[cfg(test)]
mod tests {
    use super::{Sign, parts};

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
        for text in ["' || '", "\" .. \"", "\" ++ \"", "\" <> \"", "' rb'", "\" + f'"] {
            assert_eq!(read(text), Sign::Escape(text.len(), None), "{text}");
            assert_eq!(read(&text[..text.len() - 1]), Sign::Unfinished, "{text}");
        }
    }
}
