//! Checksums of tokens and numbers.

/// CRC-32 (IEEE 802.3) of `bytes`, bit by bit: the inputs are short, and a table would be most of a guest.
#[must_use]
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

/// The CRC-32 of `bytes` in base62 (`0-9A-Za-z`), six digits with leading zeros: the tail of GitHub's and npm's tokens.
#[must_use]
pub fn base62_crc32(bytes: &[u8]) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut value = crc32(bytes);
    let mut out = [b'0'; 6];
    for slot in out.iter_mut().rev() {
        *slot = DIGITS[(value % 62) as usize];
        value /= 62;
    }
    out
}

/// Whether the digits in `text` pass Luhn's check; other bytes are skipped.
#[must_use]
pub fn luhn(text: &[u8]) -> bool {
    let mut sum = 0_u32;
    let mut double = false;
    for &byte in text.iter().rev().filter(|byte| byte.is_ascii_digit()) {
        let digit = u32::from(byte - b'0');
        let value = if double { digit * 2 } else { digit };
        sum = (sum + if value > 9 { value - 9 } else { value }) % 10;
        double = !double;
    }
    sum == 0
}

/// Whether `text`, read as an IBAN (its first four characters moved to the end, letters as 10 to 35), is 1 modulo 97.
/// Blanks are skipped; any other byte than `A-Z0-9` fails.
#[must_use]
pub fn mod97_is_one(text: &[u8]) -> bool {
    let chars = || text.iter().copied().filter(|&byte| byte != b' ');
    let mut rest = 0_u32;
    for byte in chars().skip(4).chain(chars().take(4)) {
        rest = match byte {
            b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
            b'A'..=b'Z' => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
            _ => return false,
        };
    }
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::{base62_crc32, crc32, luhn, mod97_is_one};

    #[test]
    fn crc32_has_the_known_check_value() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn base62_is_padded_and_in_order() {
        assert_eq!(&base62_crc32(b""), b"000000");
        // 0xCBF43926 = 3421780262 in base62, computed by hand with the alphabet 0-9A-Za-z.
        assert_eq!(&base62_crc32(b"123456789"), b"3jZRME");
    }

    #[test]
    fn luhn_tells_one_digit_from_another() {
        assert!(luhn(b"7992 7398 713"));
        assert!(!luhn(b"79927398714"));
    }

    #[test]
    fn mod97_accepts_the_standards_example() {
        assert!(mod97_is_one(concat!("GB82 WEST ", "1234 5698 7654 32").as_bytes()));
        assert!(!mod97_is_one(b"GB82 WEST 1234 5698 7654 33"));
        assert!(!mod97_is_one(b"gb82"));
        assert!(!mod97_is_one(b""));
    }
}
