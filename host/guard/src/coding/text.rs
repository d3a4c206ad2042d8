//! Telling by its first characters that something is text in base64 or in hexadecimal digits, whatever the text says.
//!
//! A literal is looked for in each encoding, but not in one within another: base64 of hexadecimal digits has no
//! literal in it. So what decodes to text is read as well, and searched as any other. Nothing but text does by
//! chance: each byte of a number, a digest or a name has six chances in sixteen, and eighteen of them, or twelve,
//! have to be text.

use super::Coding;
use super::base64::value;
use super::hex::digit;

/// How many characters are looked at.
pub(super) const FRONT: usize = 24;

/// What the characters at a text's front are in, and how many of them stand before it, if what they stand for is text.
pub(super) fn coding(front: &[u8; FRONT]) -> Option<(Coding, usize)> {
    if front.iter().all(u8::is_ascii_hexdigit) {
        return is_hex(front).then_some((Coding::Hex, 0));
    }
    if let [b'0', b'x' | b'X', rest @ ..] = front {
        return is_hex(rest).then_some((Coding::Hex, 2));
    }
    is_base64(front).then_some((Coding::Base64 { phase: 0 }, 0))
}

fn is_hex(digits: &[u8]) -> bool {
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    digits.as_chunks().0.iter().all(|pair| byte(pair).is_some_and(is_text))
}

fn is_base64(characters: &[u8]) -> bool {
    characters.as_chunks().0.iter().all(|four: &[u8; 4]| {
        let bits = four
            .iter()
            .try_fold(0_u32, |bits, character| Some(bits << 6 | u32::from(value(*character)?)));
        bits.is_some_and(|bits| bits.to_be_bytes()[1..].iter().all(|byte| is_text(*byte)))
    })
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::coding;
    use crate::coding::Coding;

    #[test]
    fn text_is_told_by_its_front() {
        let base64 = Some((Coding::Base64 { phase: 0 }, 0));
        for (front, is) in [
            (b"dG9rZW4gaXMgaW4gaGVyZSBh", base64),
            (b"eyJhbGciOiJIUzI1NiIsInR5", base64),
            (b"746f6b656e20697320696e20", Some((Coding::Hex, 0))),
            (b"0x746f6b656e20697320696e", Some((Coding::Hex, 2))),
            (b"0f1e2d3c4b5a69788796a5b4", None),
            (b"internationalizationOfAl", None),
            (b"------------------------", None),
            (b"123456789012345678901234", None),
        ] {
            assert_eq!(coding(front), is, "{}", String::from_utf8_lossy(front));
        }
    }
}
