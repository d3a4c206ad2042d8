//! What text begins with: bytes that are read as they are, or something that needs a look.

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

/// How many bytes are looked at before the first branch.
const BLOCK: usize = 32;

/// How many of the leading bytes are text to be read as it is: no control but tab and line feed, no character without width, and
/// no part of a character at the end.
pub(super) fn plain_len(text: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() {
        if let Some(block) = text.get(at..at + BLOCK)
            && is_plain(block)
        {
            at += BLOCK;
            continue;
        }
        let end = (at + BLOCK).min(text.len());
        while at < end {
            let byte = text[at];
            if (0x20..0x7F).contains(&byte) || byte == b'\n' || byte == b'\t' {
                at += 1;
            } else if byte >= 0x80
                && let Sign::Text(len) = sign(&text[at..])
            {
                at += len;
            } else {
                return at;
            }
        }
    }
    at
}

#[inline]
fn is_plain(block: &[u8]) -> bool {
    let mut odd = 0_u8;
    for byte in block {
        let control = *byte < 0x20 && *byte != b'\n' && *byte != b'\t';
        odd |= u8::from(control) | u8::from(*byte >= 0x7F);
    }
    odd == 0
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
