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

/// How many bytes are looked at before a branch: of long texts, and of short ones.
const BLOCK: usize = 32;
const WORD: usize = 8;

/// How many of the leading bytes are text to be read as it is: no control but tab and line feed, no character without
/// width, and no part of a character at the end.
pub(super) fn plain_len(text: &[u8]) -> usize {
    let mut at = 0;
    loop {
        at += ascii_len(&text[at..]);
        match text.get(at) {
            Some(0x80..) => match sign(&text[at..]) {
                Sign::Text(len) => at += len,
                Sign::Unfinished
                | Sign::Unseen(_)
                | Sign::Escape
                | Sign::C1(_)
                | Sign::Return
                | Sign::Zero
                | Sign::Control => return at,
            },
            Some(_) | None => return at,
        }
    }
}

/// How many of the leading bytes are lines to be read as they are: plain text, and carriage returns that stand before
/// its line feeds, but for one that all of it begins with.
pub(super) fn lines_len(text: &[u8]) -> usize {
    let mut at = plain_len(text);
    while at > 0 && text[at..].starts_with(b"\r\n") {
        at += 1;
        at += plain_len(&text[at..]);
    }
    at
}

/// How many of the leading bytes are plain and ASCII.
fn ascii_len(text: &[u8]) -> usize {
    let is_break = |byte: u8| byte == b'\n' || byte == b'\t';
    let mut at = 0;
    // Between two colours there are but a few bytes, so the first are looked at in smaller steps, as are those where
    // a block is not plain.
    while text.len() - at >= WORD {
        for _ in 0..BLOCK / WORD {
            let Some(word) = text[at..].first_chunk::<WORD>() else {
                break;
            };
            match first_odd(*word) {
                None => at += WORD,
                Some(odd) if is_break(word[odd]) => at += odd + 1,
                Some(odd) => return at + odd,
            }
        }
        while let Some(block) = text.get(at..at + BLOCK)
            && is_plain(block)
        {
            at += BLOCK;
        }
    }
    let rest = text[at..].iter();
    at + rest
        .take_while(|byte| (0x20..0x7F).contains(*byte) || is_break(**byte))
        .count()
}

/// The first of eight bytes that is a control, or no ASCII.
#[inline]
fn first_odd(bytes: [u8; WORD]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; WORD]);
    const HIGHS: u64 = u64::from_le_bytes([0x80; WORD]);
    let word = u64::from_le_bytes(bytes);
    let below = |word: u64, least: u64| word.wrapping_sub(ONES * least) & !word;
    // A borrow may only make a byte odd above one that is odd already.
    let odd = (below(word, 0x20) | below(word ^ (ONES * 0x7F), 1) | word) & HIGHS;
    (odd != 0).then_some(odd.trailing_zeros() as usize / 8)
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
        // Soft hyphen, grapheme joiner, letter mark, vowel separator, zero-width and direction marks, invisible
        // operators, variation selectors, byte order mark, tags.
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

/// The length of so much of a text without the front of a character that would be cut.
pub(super) fn whole_characters(text: &[u8], length: usize) -> usize {
    let is_inside = |at: &usize| text.get(*at).is_some_and(|byte| byte & 0xC0 == 0x80);
    (1..=length).rev().find(|at| !is_inside(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Sign, first_odd, lines_len, plain_len, sign, whole_characters};

    #[test]
    fn no_character_is_cut() {
        let text = "a\u{e9}b".as_bytes();
        let lengths: Vec<_> = (0..=4).map(|length| whole_characters(text, length)).collect();
        assert_eq!(lengths, [0, 1, 1, 3, 4]);
    }

    proptest! {
        #[test]
        fn the_first_odd_byte_is_found(bytes in prop::array::uniform8(prop_oneof![0_u8..0x22, 0x7D_u8..0x82, any::<u8>(), Just(b'a')])) {
            let expected = bytes.iter().position(|byte| !(0x20..0x7F).contains(byte));
            prop_assert_eq!(first_odd(bytes), expected);
        }

        #[test]
        fn plain_text_is_what_signs_say(text in "[a\n\t\u{7f}\r字\u{200b}]{0,80}", odd in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut text = text.into_bytes();
            text.insert(odd.index(text.len() + 1), byte);
            let mut expected = 0;
            while expected < text.len() && let Sign::Text(len) = sign(&text[expected..]) {
                expected += len;
            }
            prop_assert_eq!(plain_len(&text), expected);
        }
    }

    #[test]
    fn plain_text_ends_where_a_look_is_needed() {
        assert_eq!(plain_len("plain\ttext\nwith 字 and é".as_bytes()), 26);
        assert_eq!(plain_len(b"0123456789012345678901234567890123456789\x1b[m"), 40);
        assert_eq!(plain_len("ab\u{200b}".as_bytes()), 2);
        assert_eq!(plain_len(&"ab字".as_bytes()[..4]), 2);
        assert_eq!(plain_len(b"ab\xFF\xC3(c\r"), 6);
    }

    #[test]
    fn a_return_is_part_of_a_line_that_ends_with_it() {
        assert_eq!(lines_len(b"ab\r\n\r\ncd\r\n\nx\re"), 12);
        assert_eq!(lines_len(b"ab\r"), 2);
        assert_eq!(lines_len(b"ab\r\r\n"), 2);
        assert_eq!(lines_len(b"\r\nab"), 0);
    }

    #[test]
    fn signs_are_told_apart() {
        assert_eq!(sign("\u{2066}x".as_bytes()), Sign::Unseen(3));
        assert_eq!(sign("\u{9b}1m".as_bytes()), Sign::C1(0x9B));
        assert_eq!(sign(b"\xE2\x80"), Sign::Unfinished);
        assert_eq!(sign(b"\xE2("), Sign::Text(1));
    }
}
