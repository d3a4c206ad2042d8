//! Values of a Kubernetes Secret: a manifest that says of itself that it holds secrets, with its values in base64 or
//! plain.

use std::ops::Range;

use cofferdam_sdk::check::{decode_prefix, is_placeholder, is_reference};
use cofferdam_sdk::{Verdict, Window};

use super::placeholder;

/// The kind that a manifest has to be of.
const KIND: &[u8] = b"kind:secret";
/// The shortest value, in bytes as they are written: shorter ones are flags and numbers.
const SHORTEST: usize = 8;
/// The fewest bytes of a line of base64 without its key.
const FOLDED: usize = 16;
/// The most bytes of a value that is decoded, to see whether it is text.
const DECODED: usize = 96;

/// Words in the keys of entries that are no secrets.
const OPEN: [&[u8]; 14] = [
    b"user",
    b"host",
    b"port",
    b"namespace",
    b"ca.crt",
    b"tls.crt",
    b"cert.pem",
    b"url",
    b"region",
    b"bucket",
    b"database",
    b"email",
    b"client_id",
    b"enabled",
];

/// Confirms the values of all entries below `data:` and `stringData:`.
pub(crate) fn check(window: &Window<'_>, verdicts: &mut Vec<Verdict>) {
    let text = window.slice(window.anchor_start()..window.end());
    if !text.split(|byte| matches!(byte, b'\n' | b',' | b'{')).any(is_kind) {
        return;
    }
    if text.contains(&b'{') && json(window, verdicts) {
        return;
    }
    let mut section: Option<Section> = None;
    let mut start = window.anchor_start();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let plain = line.trim_ascii();
        let encoded = plain == b"data:";
        if encoded || plain == b"stringData:" {
            section = Some(Section { indent, encoded });
        } else if let Some(inside) = &section
            && !plain.is_empty()
        {
            if indent <= inside.indent {
                section = None;
            } else if let Some(span) = value(line, inside.encoded) {
                verdicts.push(judged(window, start + span.start..start + span.end));
            }
        }
        start += line.len();
    }
}

/// Whether a line or a field says that this is a Secret: `kind: Secret`, `kind: 'secret'`, `"kind": "Secret"`.
fn is_kind(line: &[u8]) -> bool {
    let plain = |byte: &&u8| !byte.is_ascii_whitespace() && !b"\"'}".contains(*byte);
    line.iter()
        .filter(plain)
        .map(u8::to_ascii_lowercase)
        .eq(KIND.iter().copied())
}

/// The verdict on a value: a placeholder's where nobody could mean it.
fn judged(window: &Window<'_>, span: Range<usize>) -> Verdict {
    let secret = window.slice(span.clone());
    let verdict = window.verdict(span.clone(), 70);
    if is_placeholder(secret, secret.len()) {
        placeholder(verdict)
    } else {
        verdict
    }
}

/// Confirms the values of a Secret as JSON; whether there is an object of them.
fn json(window: &Window<'_>, verdicts: &mut Vec<Verdict>) -> bool {
    let from = window.anchor_start();
    let text = window.slice(from..window.end());
    let mut any = false;
    for (key, encoded) in [(b"\"data\"".as_slice(), true), (b"\"stringData\"", false)] {
        let Some(at) = text.windows(key.len()).position(|part| part == key) else {
            continue;
        };
        let rest = text.get(at + key.len()..).unwrap_or_default();
        let opened = rest
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace() || **byte == b':')
            .count();
        if rest.get(opened) != Some(&b'{') {
            continue;
        }
        any = true;
        let inside = at + key.len() + opened + 1;
        let length = text
            .get(inside..)
            .unwrap_or_default()
            .iter()
            .position(|byte| *byte == b'}')
            .unwrap_or(text.len() - inside);
        let mut start = inside;
        for entry in text
            .get(inside..inside + length)
            .unwrap_or_default()
            .split_inclusive(|byte| *byte == b',')
        {
            let end = entry.len() - usize::from(entry.ends_with(b","));
            if let Some(span) = entry.get(..end).and_then(|entry| value(entry, encoded)) {
                verdicts.push(judged(window, from + start + span.start..from + start + span.end));
            }
            start += entry.len();
        }
    }
    any
}

/// The part of a manifest that entries are in.
struct Section {
    indent: usize,
    encoded: bool,
}

/// Where the value of an entry stands in its line, if it is a secret's.
fn value(line: &[u8], encoded: bool) -> Option<Range<usize>> {
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return folded(line, encoded);
    };
    let key = line.get(..colon)?.trim_ascii().to_ascii_lowercase();
    if OPEN
        .iter()
        .any(|word| key.windows(word.len()).any(|part| part == *word))
    {
        return None;
    }
    let rest = line.get(colon + 1..)?;
    let quote = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'');
    let from = colon + 1 + rest.iter().take_while(|byte| quote(byte)).count();
    let to = line.len() - line.iter().rev().take_while(|byte| quote(byte)).count();
    let secret = line.get(from..to)?;
    let is = secret.len() >= SHORTEST
        && !is_reference(secret)
        && !secret.contains(&b' ')
        && !secret.windows(2).any(|pair| matches!(pair, b"{{" | b"${" | b"//"))
        && (!encoded || is_encoded(secret));
    is.then_some(from..to)
}

/// Where a value stands that is a line of a block of its own, behind `key: |`.
fn folded(line: &[u8], encoded: bool) -> Option<Range<usize>> {
    let secret = line.trim_ascii();
    let from = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    (encoded && secret.len() >= FOLDED && is_encoded(secret)).then_some(from..from + secret.len())
}

/// Whether it is base64 of some text or key.
fn is_encoded(secret: &[u8]) -> bool {
    let digits = secret
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    let mut plain = [0; DECODED];
    let length = decode_prefix(secret, &mut plain);
    // A value such as `true` or `5432` opens nothing.
    digits
        && secret.len().is_multiple_of(4)
        && length >= 5
        && plain.iter().take(length).any(|byte| !byte.is_ascii_digit())
}
