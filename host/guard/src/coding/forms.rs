//! The forms that a literal has in other encodings.

use super::Coding;
use super::pairs::Pairs;
use super::searched::MEETINGS;
use crate::set::ByteSet;

/// A literal to be searched for, and the encoding that it stands in.
pub(crate) struct Form<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) any_case: bool,
    pub(crate) coding: Coding,
    /// What may stand behind it, byte by byte.
    pub(crate) followers: &'a [ByteSet],
}

/// The fewest characters of a form: shorter ones stand in any text.
const SHORTEST: usize = 4;
/// More characters than these tell nothing more.
pub(crate) const LONGEST: usize = 12;
/// So many bytes make as many characters, wherever in a group they begin.
const BYTES: usize = 12;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// How a literal is likely to be written, where any case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// In small letters, in capitals, or with a capital in front.
    Word,
    /// As a part of a name, in small letters or in capitals. An issuer has many names, and each form costs.
    Name,
}

/// Which forms are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted<'a> {
    All,
    /// Those that a text may hold, by its pairs.
    In(&'a Pairs),
}

impl Wanted<'_> {
    /// Whether a literal is one of these.
    pub(crate) fn takes(self, bytes: &[u8]) -> bool {
        match self {
            Self::All => true,
            Self::In(pairs) => pairs.may_hold(bytes),
        }
    }

    /// Whether a literal's form in base64 may be one of these, or a form of its forms where it is nested.
    fn may_take_base64(self, literal: &[u8], nested: bool) -> bool {
        match self {
            Self::All => true,
            Self::In(pairs) => pairs.may_hold_in_base64(literal, nested),
        }
    }

    fn may_take_hex(self) -> bool {
        match self {
            Self::All => true,
            Self::In(pairs) => pairs.may_hold_in_hex(),
        }
    }
}

/// Calls `each` with the forms of a literal, at least with those that are wanted; with those of base64 in base64 as
/// well where `nested` asks for it.
pub(crate) fn forms(
    literal: &[u8],
    any_case: bool,
    spelling: Spelling,
    (nested, wanted): (bool, Wanted<'_>),
    each: &mut impl FnMut(Form<'_>),
) {
    if wanted.may_take_base64(literal, nested) {
        spellings(literal, any_case, spelling, |bytes| {
            cores(bytes, &mut |core, phase| {
                if nested {
                    cores(core, &mut |core, phase| each(base64(core, phase)));
                }
                each(base64(core, phase));
            });
        });
    }
    slashes(literal, any_case, each);
    if literal.len() >= 3 && wanted.may_take_hex() {
        let digit = |value: u8| b"0123456789abcdef"[usize::from(value & 15)];
        let mut digits = [0; LONGEST];
        for (pair, byte) in digits.as_chunks_mut().0.iter_mut().zip(literal) {
            *pair = [digit(byte >> 4), digit(*byte)];
        }
        each(Form {
            bytes: &digits[..LONGEST.min(literal.len() * 2)],
            any_case: true,
            coding: Coding::Hex,
            followers: &[],
        });
    }
}

/// What stands before a slash in a text of JSON's, as PHP writes it, in one more that leaves slashes as they are, and in
/// one more of PHP's.
const SLASHES: [&[u8]; 3] = [b"\\/", b"\\\\/", b"\\\\\\/"];

/// Calls `each` with what tells of a literal whose slashes are all escaped. Backslashes before slashes open no reading
/// wherever they stand, since texts are full of them.
fn slashes(literal: &[u8], any_case: bool, each: &mut impl FnMut(Form<'_>)) {
    // One with backslashes is written for texts of JSON's.
    if literal.len() < SHORTEST || literal.contains(&b'\\') {
        return;
    }
    let Some(first) = literal.iter().position(|byte| *byte == b'/') else {
        return;
    };
    // However many backslashes stand before the first slash, what opens a reading tells that they do. Forms that have
    // them all would be alike to a search by four bytes.
    let front = &literal[first.saturating_sub(LONGEST - 1)..first];
    if front.len() >= SHORTEST - 1 {
        let mut form = [b'\\'; LONGEST];
        form[..front.len()].copy_from_slice(front);
        each(Form {
            bytes: &form[..=front.len()],
            any_case,
            coding: Coding::Escape,
            followers: &[],
        });
        return;
    }
    for slash in SLASHES {
        let mut form = [0; LONGEST];
        let mut length = 0;
        let mut put = |bytes: &[u8]| {
            let bytes = &bytes[..bytes.len().min(LONGEST - length)];
            form[length..length + bytes.len()].copy_from_slice(bytes);
            length += bytes.len();
        };
        put(front);
        for byte in &literal[first..] {
            put(if *byte == b'/' {
                slash
            } else {
                std::slice::from_ref(byte)
            });
        }
        each(Form {
            bytes: &form[..length],
            any_case,
            coding: Coding::Escape,
            followers: &[],
        });
    }
}

/// Calls `each` with what opens an encoded reading whatever stands in it.
pub(crate) fn triggers(each: &mut impl FnMut(Form<'_>)) {
    let hex = ByteSet::of(b"0123456789abcdefABCDEF");
    let number = [ByteSet::of(b"0123456789xX"), ByteSet::of(b"0123456789abcdefABCDEF;")];
    let mut form = |text: &str, coding, followers: &[ByteSet]| {
        each(Form {
            bytes: text.as_bytes(),
            any_case: false,
            coding,
            followers,
        });
    };
    form("\\u00", Coding::Escape, &[]);
    form("\\u{", Coding::Escape, &[hex]);
    form("\\x", Coding::Escape, &[hex, hex]);
    form("&#", Coding::Escape, &number);
    form("%", Coding::Escape, &[ByteSet::of(b"234567"), hex]);
    // A terminal reads over it.
    form("\0", Coding::Escape, &[]);
    // The first bytes of a gzip file and of a zstd frame.
    form("H4sI", Coding::Packed, &[]);
    form("KLUv/", Coding::Packed, &[]);
    for meeting in MEETINGS {
        form(meeting, Coding::Escape, &[]);
    }
    // JSON in base64, and compressed text that was put into base64 twice, as releases of Helm are.
    for opener in [&b"\\u00"[..], b"H4sI", b"KLUv/"] {
        cores(opener, &mut |core, phase| each(base64(core, phase)));
    }
}

fn base64(core: &[u8], phase: u8) -> Form<'_> {
    Form {
        bytes: core,
        any_case: false,
        coding: Coding::Base64 { phase },
        followers: &[],
    }
}

/// Calls `each` with the ways in which a literal is likely to be written, as far as its characters in base64 depend
/// on it.
fn spellings(literal: &[u8], any_case: bool, written: Spelling, mut each: impl FnMut(&[u8])) {
    let literal = literal.get(..BYTES).unwrap_or(literal);
    if !any_case {
        each(literal);
        return;
    }
    let mut kept = [0; BYTES];
    let spelling = &mut kept[..literal.len()];
    spelling.copy_from_slice(literal);
    spelling.make_ascii_lowercase();
    each(spelling);
    spelling[..1].make_ascii_uppercase();
    let title = spelling[0];
    let is_title = title != literal[0].to_ascii_lowercase();
    let titles = written == Spelling::Word;
    if is_title && titles {
        each(spelling);
    }
    spelling.make_ascii_uppercase();
    if spelling[1..].iter().any(u8::is_ascii_uppercase) || (is_title && !titles) {
        each(spelling);
    }
}

/// Calls `each` with the characters of base64 that say nothing but these bytes, in each of three alignments and both
/// alphabets, with how far the first one is from the beginning of its group.
fn cores(bytes: &[u8], each: &mut impl FnMut(&[u8], u8)) {
    let count = bytes.len().min(BYTES);
    for shift in 0..3 {
        let mut group = [0; 16];
        group[shift..shift + count].copy_from_slice(&bytes[..count]);
        let group = u128::from_be_bytes(group);
        let (first, end) = ((shift * 8).div_ceil(6), (shift + count) * 8 / 6);
        let end = end.min(first + LONGEST);
        if end < first + SHORTEST {
            continue;
        }
        let mut core = [0; LONGEST];
        let core = &mut core[..end - first];
        let mut odd = false;
        for (character, index) in core.iter_mut().zip(first..) {
            let sextet = (group >> (122 - 6 * index) & 63) as usize;
            *character = ALPHABET[sextet];
            odd |= sextet >= 62;
        }
        let phase = u8::try_from(first % 4).expect("below four");
        if odd {
            let mut safe = [0; LONGEST];
            for (safe, character) in safe.iter_mut().zip(&*core) {
                *safe = match character {
                    b'+' => b'-',
                    b'/' => b'_',
                    other => *other,
                };
            }
            each(&safe[..core.len()], phase);
        }
        each(core, phase);
    }
}

#[cfg(test)]
mod tests {
    use super::{cores, slashes};

    #[test]
    fn a_literal_is_found_in_every_alignment() {
        let mut found = Vec::new();
        cores(b"ghp_", &mut |core, phase| {
            found.push((String::from_utf8_lossy(core).into_owned(), phase));
        });
        assert_eq!(found, [("Z2hwX".into(), 0), ("docF".into(), 2), ("naHBf".into(), 3)]);
    }

    #[test]
    fn a_literal_has_backslashes_before_its_slashes() {
        let forms = |literal: &str| {
            let mut found = Vec::new();
            slashes(literal.as_bytes(), false, &mut |form| {
                found.push(String::from_utf8_lossy(form.bytes).into_owned());
            });
            found
        };
        assert_eq!(forms("hooks.slack.com/services/"), ["s.slack.com\\"]);
        assert_eq!(forms("1//0"), ["1\\/\\/0", "1\\\\/\\\\/0", "1\\\\\\/\\\\\\/0"]);
        // Too short, written for JSON, or without any.
        for literal in ["://", ":\\/\\/", "token"] {
            assert!(forms(literal).is_empty(), "{literal}");
        }
    }
}
