//! Base64 of texts in corpora, since they may hold any bytes.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The bytes in base64, padded.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, at| {
            bits << 8 | usize::from(group.get(at).copied().unwrap_or(0))
        });
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            text.push(if at <= group.len() {
                char::from(ALPHABET[bits >> shift & 63])
            } else {
                '='
            });
        }
    }
    text
}

/// What a text in base64 stands for; other characters are left out.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let value = |byte: &u8| ALPHABET.iter().position(|known| known == byte);
    let sixes: Vec<usize> = text.as_bytes().iter().filter_map(value).collect();
    let mut bytes = Vec::with_capacity(sixes.len() * 3 / 4);
    for group in sixes.chunks(4) {
        let bits = (0..4).fold(0_usize, |bits, at| bits << 6 | group.get(at).copied().unwrap_or(0));
        bytes.extend(
            [16, 8, 0]
                .iter()
                .take(group.len() - 1)
                .map(|shift| (bits >> shift & 0xFF) as u8),
        );
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn what_is_encoded_is_decoded() {
        for text in ["", "a", "ab", "abc", "abcd", "\u{e9}\0\n"] {
            assert_eq!(decode(&encode(text.as_bytes())), text.as_bytes());
        }
        assert_eq!(encode(b"Man"), "TWFu");
        assert_eq!(encode(b"Ma"), "TWE=");
    }
}
