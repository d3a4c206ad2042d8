//! Private keys over many lines, or on one line with escaped line ends.

use std::ops::Range;

use cofferdam_sdk::check::decode_prefix;
use cofferdam_sdk::{ByteSet, Verdict, Window};

use super::placeholder;
use crate::frame::Frame;

/// What opens a block of any kind.
const BEGIN: &[u8] = b"-----BEGIN";
/// What every kind of header has in it, and so many words it has at most between what opens it and its last one.
const PRIVATE: &[u8] = b"PRIVATE";
const WORDS: usize = 3;
/// The most bytes from what opens a header that is cut up to its last part.
const CUT: usize = 200;
/// The fewest base64 characters of a key; an Ed25519 key in PKCS #8 has 64.
const AT_LEAST: u16 = 40;
/// The longest line of the form `Word: text`.
const LONGEST_LINE: usize = 256;
/// The longest words of prose; a key's lines are longer, even when they are wrapped.
const LONGEST_WORD: usize = 15;

pub(crate) fn check(window: &Window<'_>) -> Option<Verdict> {
    let before = window.before();
    let anchor = window.slice(window.anchor_start()..window.anchor_end());
    let whole = quote(before, anchor);
    let quote = whole.or_else(|| is_cut(before, anchor).then(|| line(before)))?;
    material(window, quote, 0)
}

/// Private lines in PuTTY's form, behind how many there are.
pub(crate) fn check_putty(window: &Window<'_>) -> Option<Verdict> {
    let line = line(window.before());
    let digits = window.body().iter().take_while(|byte| byte.is_ascii_digit()).count();
    material(window, line, (1..5).contains(&digits).then_some(digits)?)
}

/// The material of a key that begins behind `from` bytes of the body, of which each line is quoted by what the first
/// one is.
fn material(window: &Window<'_>, quote: &[u8], from: usize) -> Option<Verdict> {
    let body = window.body();
    let inner = core(body.get(from..)?, quote, window.after())?;
    let core = from + inner.start..from + inner.end;
    let material = body.get(core.clone())?;
    let is_key_byte = |byte: &u8| ByteSet::BASE64.has(*byte);
    let bytes = material.iter().filter(|byte| is_key_byte(byte)).count();
    let longest = material
        .split(|byte| !is_key_byte(byte))
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0);
    if bytes < usize::from(AT_LEAST) || longest <= LONGEST_WORD || is_filled(material) {
        return None;
    }
    let start = window.body_start();
    let verdict = window.verdict(start + core.start..start + core.end, 99);
    // A manual breaks off with a dot or an ellipsis: `MIIEpQIBAAKC….` At the beginning of a line such a sign may be what
    // another program wrote between two lines of the key.
    let breaks_off = matches!(window.after(), Some(b'.' | 0xE2)) && !body.ends_with(b"\n");
    let breaks_off = breaks_off && is_front(material, bytes);
    Some(if breaks_off { placeholder(verdict) } else { verdict })
}

/// So much of a key at its front holds nothing but numbers that are public: an RSA key's modulus makes up a fifth of
/// it.
const PUBLIC: usize = 5;

/// Whether the material is so little of what its own first bytes say of its length that no private number is in it.
fn is_front(material: &[u8], characters: usize) -> bool {
    let mut der = [0; 4];
    // A sequence whose length has two bytes, as each key of RSA.
    let read = decode_prefix(material, &mut der);
    let length = usize::from(u16::from_be_bytes([der[2], der[3]]));
    read == der.len() && der[..2] == [0x30, 0x82] && characters / 4 * 3 < length / PUBLIC
}

/// What stands on a line so far.
fn line(before: &[u8]) -> &[u8] {
    before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default()
}

/// Whether a header ends with `anchor` that begins on a line before it, or in another part of its string: what prints
/// long strings breaks them at blanks, and a key's only ones stand in its header.
fn is_cut(before: &[u8], anchor: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(CUT)..];
    let Some(at) = near.windows(BEGIN.len()).rposition(|part| part == BEGIN) else {
        return false;
    };
    let mut rest = &near[at + BEGIN.len()..];
    let mut words = Vec::new();
    while let Some(&first) = rest.first() {
        let word = rest
            .iter()
            .take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            .count();
        let (front, behind) = rest.split_at(word.max(1));
        // A line's end may be spelled out.
        let spelled = first == b'\\' && matches!(behind.first(), Some(b'n' | b'r'));
        if word > 0 {
            words.push(front);
        } else if !(first.is_ascii_whitespace() || b"\"'\\+".contains(&first)) {
            return false;
        }
        rest = &behind[usize::from(spelled)..];
    }
    words.len() <= WORDS && (words.contains(&PRIVATE) || is_private(anchor))
}

/// Whether this part of a header says that the key is private.
fn is_private(header: &[u8]) -> bool {
    header.windows(PRIVATE.len()).any(|part| part == PRIVATE)
}

/// What stands before the header on the anchor's line; `None` where that line doesn't open a block of such a kind.
fn quote<'a>(before: &'a [u8], anchor: &[u8]) -> Option<&'a [u8]> {
    let line = line(before);
    let at = line.windows(BEGIN.len()).rposition(|part| part == BEGIN)?;
    let (quote, name) = (line.get(..at)?, line.get(at + BEGIN.len()..)?);
    let is_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b" _-+".contains(byte);
    // An anchor that is only the last part of a header doesn't say itself of what.
    let is_part = anchor
        .first()
        .is_some_and(|byte| byte.is_ascii_whitespace() || is_quote(byte));
    (name.iter().all(is_name) && (!is_part || is_private(name))).then_some(quote)
}

/// The body without what surrounds it: line ends, blanks, quotes, escaped line ends, and lines of the form `Word:
/// text`.
///
/// A plus sign is base64 as well as a diff's mark: it is a mark where `quote` is one too. `after` is what follows.
fn core(body: &[u8], quote: &[u8], after: Option<u8>) -> Option<Range<usize>> {
    // One at a line's end joins strings.
    let is_mark = |rest: &[u8]| rest[0] == b'+' && (quote == b"+" || matches!(rest.get(1), Some(b'\n' | b'\r')));
    let frame = Frame::new(quote);
    let mut start = behind(body);
    loop {
        let rest = body.get(start..)?;
        let &first = rest.first()?;
        let set_before = if start > 0 && body[start - 1] == b'\n' {
            frame.length(rest)
        } else {
            0
        };
        if set_before > 0 {
            start += set_before;
        } else if first == b'\\' {
            // A backslash, however often it was escaped itself, and the letter after it.
            let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
            start += slashes + usize::from(matches!(rest.get(slashes), Some(b'n' | b'r' | b't')));
        } else if let Some(length) = header(rest).or_else(|| name(&body[..start], rest)) {
            start += length;
        } else if first.is_ascii_alphanumeric() || first == b'/' || (first == b'+' && !is_mark(rest)) {
            break;
        } else {
            start += 1;
        }
    }
    let mut end = body.len();
    if let Some(line) = body.iter().rposition(|&byte| byte == b'\n')
        && line > start
        && frame.is_all_of(&body[line + 1..])
    {
        end = line;
    }
    while let Some(rest) = body.get(start..end) {
        match rest {
            [.., b'\\', b'n' | b'r' | b't'] | [.., b'\n', b'+' | b'/'] => end -= 2,
            [.., last] if last.is_ascii_alphanumeric() || matches!(last, b'=' | b'/' | b'+') => {
                match of_others(rest, body.get(end..).unwrap_or_default(), after) {
                    0 => break,
                    length => end -= length,
                }
            }
            [_, ..] => end -= 1,
            [] => return None,
        }
    }
    Some(start..end)
}

/// The length of a field's name in quotes at the front, with the colon behind it, if it is opened before: lines of a
/// key that are fields of one object have names between.
fn name(before: &[u8], rest: &[u8]) -> Option<usize> {
    let quote = before.last().filter(|byte| is_quote(byte))?;
    let length = rest
        .iter()
        .take(LONGEST_WORD + 1)
        .take_while(|byte| is_of_name(byte))
        .count();
    let behind = rest.get(length..)?.strip_prefix(std::slice::from_ref(quote))?;
    let colon = behind.trim_ascii_start();
    (length <= LONGEST_WORD && colon.starts_with(b":")).then(|| rest.len() - colon.len() + 1)
}

/// How many bytes at the end of a text with a key stand behind the quote that closes it: the next field's name, of which
/// `behind` and `after` are the rest, or an argument of digits.
fn of_others(text: &[u8], behind: &[u8], after: Option<u8>) -> usize {
    let Some(quote) = text.iter().rposition(is_quote) else {
        return 0;
    };
    let last = &text[quote + 1..];
    let is_closed = behind.trim_ascii_end() == &text[quote..=quote];
    let is_name = after == Some(b':') && is_closed && last.len() <= LONGEST_WORD && last.iter().all(is_of_name);
    let digits = last.trim_ascii_start().strip_prefix(b",").map(<[u8]>::trim_ascii_start);
    let is_number = digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
    if is_name || is_number { last.len() + 1 } else { 0 }
}

fn is_quote(byte: &u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

fn is_of_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The length of what a tool set behind the header on its line, such as the end of a field of JSON: no key has a byte
/// of it.
fn behind(body: &[u8]) -> usize {
    let line = body.iter().position(|&byte| byte == b'\n').unwrap_or(0);
    let is_foreign = |byte: &u8| matches!(byte, b'{' | b'}' | b'[' | b']' | b'(' | b')' | b':');
    let has_header = header(body).is_some();
    // A text in quotes ends there, and what follows it on the line has no piece of a key.
    let is_short = |part: &[u8]| part.len() <= LONGEST_WORD;
    let first = &body[..line];
    let ends = || matches!(first, [b'"' | b'\'', ..]) && first.split(|byte| !ByteSet::BASE64.has(*byte)).all(is_short);
    if (first.iter().any(is_foreign) || ends()) && !has_header {
        line
    } else {
        0
    }
}

/// The length of a line of the form `Word: text` at the front, with its line end.
fn header(rest: &[u8]) -> Option<usize> {
    let word = rest
        .iter()
        .take(33)
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
        .count();
    if word == 0 || rest.get(word) != Some(&b':') {
        return None;
    }
    // A line end that is spelled out closes the line as well as a real one, and where there is none at all the text
    // is a word.
    let near = &rest[..rest.len().min(LONGEST_LINE)];
    if let Some(at) = near.iter().position(|byte| matches!(byte, b'\n' | b'\\' | b'#')) {
        return Some(if near.get(at) == Some(&b'\n') { at + 1 } else { at });
    }
    let is_blank = |byte: &&u8| matches!(**byte, b' ' | b'\t');
    let blanks = rest[word + 1..].iter().take_while(is_blank).count();
    let text = rest[word + 1 + blanks..]
        .iter()
        .take_while(|byte| !is_blank(byte))
        .count();
    Some(word + 1 + blanks + text)
}

/// Whether the material is one character over and over, as documentation writes it.
fn is_filled(material: &[u8]) -> bool {
    let mut letters = material.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let Some(first) = letters.next() else { return true };
    letters.all(|byte| byte == first)
}
