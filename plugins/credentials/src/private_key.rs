//! Private keys over many lines, or on one line with escaped line ends.

use std::ops::Range;

use cofferdam_sdk::{ByteSet, Extent, Rule, Severity, Verdict, Window};

/// The fewest base64 characters of a key; an Ed25519 key in PKCS #8 has 64.
const AT_LEAST: u16 = 40;
/// The longest words of prose; a key's lines are longer, even when they are wrapped.
const LONGEST_WORD: usize = 15;

pub(crate) fn rule() -> Rule {
    // Base64, blanks, escaped line ends, and what quotes a line: mail, diffs, comments, source code.
    let body = ByteSet::BASE64.with(b"= \t\r\\\"',>#|-");
    Rule::new("private-key", "Private key", "credential.key.private", Severity::P0)
        .literal(b"PRIVATE KEY-----")
        .literal(b"PRIVATE KEY BLOCK-----")
        .extent(Extent::block(body, &[b"-----END", b"-----BEGIN"], AT_LEAST, 65_536))
}

pub(crate) fn check(window: &Window<'_>) -> Option<Verdict> {
    if !opens(window.before()) {
        return None;
    }
    let body = window.body();
    let core = core(body)?;
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
    Some(window.verdict(start + core.start..start + core.end, 99))
}

/// Whether the anchor's line opens a block rather than closing it.
fn opens(before: &[u8]) -> bool {
    let line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let begin = b"-----BEGIN";
    let at = line.windows(begin.len()).rposition(|part| part == begin);
    let name = at.and_then(|at| line.get(at + begin.len()..));
    name.is_some_and(|name| {
        name.iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b" _-".contains(byte))
    })
}

/// The body without what surrounds it: line ends, blanks, quotes, escaped line ends, and lines of the form `Word: text`.
fn core(body: &[u8]) -> Option<Range<usize>> {
    let mut start = 0;
    loop {
        let rest = body.get(start..)?;
        let (&first, after) = rest.split_first()?;
        if first == b'\\' {
            // A backslash, however often it was escaped itself, and the letter after it.
            let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
            start += slashes + usize::from(matches!(rest.get(slashes), Some(b'n' | b'r' | b't')));
        } else if let Some(length) = header(rest) {
            start += length;
        } else if first.is_ascii_alphanumeric() || ((first == b'/' || first == b'+') && is_line(after)) {
            break;
        } else {
            start += 1;
        }
    }
    let mut end = body.len();
    while let Some(rest) = body.get(start..end) {
        match rest {
            [.., b'\\', b'n' | b'r' | b't'] => end -= 2,
            [.., last] if last.is_ascii_alphanumeric() || matches!(last, b'=' | b'/' | b'+') => break,
            [_, ..] => end -= 1,
            [] => return None,
        }
    }
    Some(start..end)
}

/// Whether base64 goes on: tells a line that begins with `+` or `/` from a diff's or a comment's mark.
fn is_line(after: &[u8]) -> bool {
    after.first().is_some_and(u8::is_ascii_alphanumeric)
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
    // An escaped line end closes the line as well as a real one.
    let end = rest.windows(2).position(|pair| pair[0] == b'\n' || pair == b"\\n");
    Some(end.map_or(rest.len(), |at| if rest.get(at) == Some(&b'\n') { at + 1 } else { at }))
}

/// Whether the material is one character over and over, as documentation writes it.
fn is_filled(material: &[u8]) -> bool {
    let mut letters = material.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let Some(first) = letters.next() else { return true };
    letters.all(|byte| byte == first)
}
