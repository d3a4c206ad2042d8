//! What text begins with: bytes that are read as they are, or something that needs a look.

use std::sync::LazyLock;

use crate::classes::Class;
use crate::set::ByteSet;

/// What stands at the beginning of a text that is not plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// So many bytes of text.
    Text(usize),
    /// A character whose last bytes have not come.
    Unfinished,
    /// A character of so many bytes that has no width: joiners, direction marks, soft hyphens, tags.
    Unseen(usize),
    /// ESC.
    Escape,
    /// An eight-bit control, as the byte that it is in Latin-1.
    C1(u8),
    /// A carriage return.
    Return,
    /// A zero byte.
    Zero,
    /// Any other control byte.
    Control,
}

/// How many of the leading bytes are text to be read as it is: no control but tab and line feed, no character without width, and
/// no part of a character at the end.
pub(super) fn plain_len(text: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        // Between escapes there are a few bytes, for which a table is quicker than blocks.
        let near = rest
            .iter()
            .take(NEAR)
            .take_while(|byte| PLAIN[usize::from(**byte)])
            .count();
        at += if near < NEAR {
            near
        } else {
            odd().first(rest).unwrap_or(rest.len())
        };
        // Characters of many bytes stand by themselves, or in words.
        while text.get(at).is_some_and(|byte| *byte >= 0x80) {
            match sign(&text[at..]) {
                Sign::Text(len) => at += len,
                Sign::Unfinished
                | Sign::Unseen(_)
                | Sign::Escape
                | Sign::C1(_)
                | Sign::Return
                | Sign::Zero
                | Sign::Control => return at,
            }
        }
        if text.get(at).is_some_and(|byte| !PLAIN[usize::from(*byte)]) {
            return at;
        }
    }
    at
}

/// How many bytes are looked at one by one.
const NEAR: usize = 16;

/// Bytes that are read as they are.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0x20;
    while byte < 0x7F {
        plain[byte] = true;
        byte += 1;
    }
    plain[b'\n' as usize] = true;
    plain[b'\t' as usize] = true;
    plain
};

/// All other bytes.
fn odd() -> &'static Class {
    static ODD: LazyLock<Class> = LazyLock::new(|| {
        let odd: Vec<u8> = (0..=u8::MAX).filter(|byte| !PLAIN[usize::from(*byte)]).collect();
        Class::new(ByteSet::of(&odd))
    });
    &ODD
}

/// What a text begins with; it isn't empty.
pub(super) fn sign(text: &[u8]) -> Sign {
    let wanted = match text[0] {
        0x1B => return Sign::Escape,
        b'\r' => return Sign::Return,
        0 => return Sign::Zero,
        b'\t' | b'\n' | 0x20..0x7F => return Sign::Text(1),
        0x01..0x20 | 0x7F => return Sign::Control,
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        // No character begins with it.
        0x80..=0xC1 | 0xF5.. => return Sign::Text(1),
    };
    let Some(char) = text.get(..wanted) else {
        let begun = text[1..].iter().all(|byte| byte & 0xC0 == 0x80);
        return if begun { Sign::Unfinished } else { Sign::Text(1) };
    };
    let Some(c) = std::str::from_utf8(char).ok().and_then(|text| text.chars().next()) else {
        return Sign::Text(1);
    };
    match u32::from(c) {
        code @ 0x80..0xA0 => Sign::C1(u8::try_from(code).expect("it is below 0xA0")),
        // Soft hyphen, grapheme joiner, letter mark, vowel separator, zero-width and direction marks, invisible operators,
        // variation selectors, byte order mark, tags.
        0xAD
        | 0x34F
        | 0x61C
        | 0x180B..=0x180F
        | 0x200B..=0x200F
        | 0x202A..=0x202E
        | 0x2060..=0x206F
        | 0xFE00..=0xFE0F
        | 0xFEFF
        | 0xE0000..=0xE0FFF => Sign::Unseen(wanted),
        _ => Sign::Text(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::{Sign, plain_len, sign};

    #[test]
    fn plain_text_ends_where_a_look_is_needed() {
        assert_eq!(plain_len("plain\ttext\nwith 字 and é".as_bytes()), 26);
        assert_eq!(plain_len(b"0123456789012345678901234567890123456789\x1b[m"), 40);
        assert_eq!(plain_len("ab\u{200b}".as_bytes()), 2);
        assert_eq!(plain_len(&"ab字".as_bytes()[..4]), 2);
        assert_eq!(plain_len(b"ab\xFF\xC3(c\r"), 6);
    }

    #[test]
    fn signs_are_told_apart() {
        assert_eq!(sign("\u{2066}x".as_bytes()), Sign::Unseen(3));
        assert_eq!(sign("\u{9b}1m".as_bytes()), Sign::C1(0x9B));
        assert_eq!(sign(b"\xE2\x80"), Sign::Unfinished);
        assert_eq!(sign(b"\xE2("), Sign::Text(1));
    }
}
