//! Just enough base64 to look at the beginning of a token.

/// Decodes base64 (standard or URL-safe) from the front into `out`, up to the first byte that isn't base64 or until
/// `out` is full. Returns how many bytes were written.
pub fn decode_prefix(text: &[u8], out: &mut [u8]) -> usize {
    let mut written = 0;
    let (mut bits, mut held) = (0_u32, 0_u32);
    for &byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            let Some(slot) = out.get_mut(written) else { break };
            *slot = (bits >> held & 0xFF) as u8;
            written += 1;
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::decode_prefix;

    #[test]
    fn decodes_until_the_text_or_the_room_ends() {
        let mut out = [0; 32];
        let n = decode_prefix(b"eyJhbGciOiJIUzI1NiJ9.rest", &mut out);
        assert_eq!(&out[..n], br#"{"alg":"HS256"}"#);
        let mut small = [0; 4];
        assert_eq!(decode_prefix(b"eyJhbGciOiJIUzI1NiJ9", &mut small), 4);
        assert_eq!(&small, b"{\"al");
        assert_eq!(decode_prefix(b"", &mut out), 0);
        assert_eq!(decode_prefix(b"=", &mut out), 0);
    }
}
