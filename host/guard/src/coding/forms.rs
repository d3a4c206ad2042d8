//! The forms that a literal has in other encodings.

use super::Coding;
use super::escape::MEETINGS;
use crate::rule::Keyword;
use crate::set::ByteSet;

/// A literal to be searched for, and the encoding that it stands in.
pub(crate) struct Form {
    pub(crate) keyword: Keyword,
    pub(crate) coding: Coding,
    /// What may stand behind it, byte by byte.
    pub(crate) followers: Vec<ByteSet>,
}

/// The fewest characters of a form: shorter ones stand in any text.
const SHORTEST: usize = 4;
/// More characters than these tell nothing more.
const LONGEST: usize = 12;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The forms of a literal; those of base64 in base64 as well where `nested` asks for it.
pub(crate) fn forms(keyword: &Keyword, nested: bool) -> Vec<Form> {
    let mut forms = Vec::new();
    for bytes in spellings(keyword) {
        for (core, phase) in cores(&bytes) {
            if nested {
                forms.extend(cores(&core).into_iter().map(|(core, phase)| base64(core, phase)));
            }
            forms.push(base64(core, phase));
        }
    }
    let bytes = &keyword.bytes;
    if bytes.len() >= 3 {
        let digits = bytes.iter().take(LONGEST / 2).flat_map(|byte| {
            let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
            [digit(byte >> 4), digit(byte & 15)]
        });
        forms.push(Form {
            keyword: Keyword {
                bytes: digits.collect(),
                any_case: true,
            },
            coding: Coding::Hex,
            followers: Vec::new(),
        });
    }
    forms
}

/// What opens an encoded reading whatever stands in it.
pub(crate) fn triggers() -> Vec<Form> {
    let hex = ByteSet::of(b"0123456789abcdefABCDEF");
    let form = |text: &str, coding, followers: &[ByteSet]| Form {
        keyword: Keyword {
            bytes: text.into(),
            any_case: false,
        },
        coding,
        followers: followers.to_vec(),
    };
    let mut triggers = vec![
        form("\\u00", Coding::Escape, &[]),
        form("\\u{", Coding::Escape, &[hex]),
        form("\\x", Coding::Escape, &[hex, hex]),
        form(
            "&#",
            Coding::Escape,
            &[ByteSet::of(b"0123456789xX"), ByteSet::of(b"0123456789abcdefABCDEF;")],
        ),
        form("%", Coding::Escape, &[ByteSet::of(b"234567"), hex]),
        // A terminal reads over it.
        form("\0", Coding::Escape, &[]),
        // The first bytes of a gzip file and of a zstd frame.
        form("H4sI", Coding::Packed, &[]),
        form("KLUv/", Coding::Packed, &[]),
    ];
    // JSON in base64.
    triggers.extend(cores(b"\\u00").into_iter().map(|(core, phase)| base64(core, phase)));
    triggers.extend(MEETINGS.map(|text| form(text, Coding::Escape, &[])));
    triggers
}

fn base64(core: Vec<u8>, phase: u8) -> Form {
    Form {
        keyword: Keyword {
            bytes: core,
            any_case: false,
        },
        coding: Coding::Base64 { phase },
        followers: Vec::new(),
    }
}

/// The ways in which a literal is likely to be written.
fn spellings(keyword: &Keyword) -> Vec<Vec<u8>> {
    if !keyword.any_case {
        return vec![keyword.bytes.clone()];
    }
    let lower = keyword.bytes.to_ascii_lowercase();
    let mut title = lower.clone();
    title[..1].make_ascii_uppercase();
    let mut spellings = vec![lower, title, keyword.bytes.to_ascii_uppercase()];
    spellings.dedup();
    spellings
}

/// The characters of base64 that say nothing but these bytes, in each of three alignments and both alphabets, with how far the
/// first one is from the beginning of its group.
fn cores(bytes: &[u8]) -> Vec<(Vec<u8>, u8)> {
    let mut cores = Vec::new();
    for shift in 0..3 {
        let padded: Vec<u8> = std::iter::repeat_n(0, shift).chain(bytes.iter().copied()).collect();
        let (first, end) = ((shift * 8).div_ceil(6), padded.len() * 8 / 6);
        let end = end.min(first + LONGEST);
        if end < first + SHORTEST {
            continue;
        }
        let sextet = |index: usize| {
            let bit = index * 6;
            let pair = u16::from(padded[bit / 8]) << 8 | u16::from(padded.get(bit / 8 + 1).copied().unwrap_or(0));
            usize::from(pair >> (10 - bit % 8) & 63)
        };
        let core: Vec<u8> = (first..end).map(|index| ALPHABET[sextet(index)]).collect();
        let phase = u8::try_from(first % 4).expect("below four");
        if core.iter().any(|byte| matches!(byte, b'+' | b'/')) {
            let safe = core.iter().map(|byte| match byte {
                b'+' => b'-',
                b'/' => b'_',
                other => *other,
            });
            cores.push((safe.collect(), phase));
        }
        cores.push((core, phase));
    }
    cores
}

#[cfg(test)]
mod tests {
    use super::cores;

    #[test]
    fn a_literal_is_found_in_every_alignment() {
        let text = |core: &(Vec<u8>, u8)| (String::from_utf8_lossy(&core.0).into_owned(), core.1);
        let found: Vec<_> = cores(b"ghp_").iter().map(text).collect();
        assert_eq!(found, [("Z2hwX".into(), 0), ("docF".into(), 2), ("naHBf".into(), 3)]);
    }
}
