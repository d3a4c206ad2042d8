//! Assignments that only a name and the looks of the value speak for: `password = …`, `"api_key": …`.
//!
//! They make nearly all the false alarms of scanners, so they are a class of their own: what is found here is graded low, and a value
//! has to look like a secret, and not like program text.

use std::ops::Range;

use cofferdam_sdk::check::{is_reference, shannon_bits};
use cofferdam_sdk::{Verdict, Window};

use crate::placeholder::Placeholders;
use crate::{assign, fact};

/// What the name says that the value is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Something that a person chose.
    Password,
    /// Something that a machine made.
    Key,
}

/// How sure a name and a value's looks make us.
const NAMED: u8 = 50;
/// The shortest password that is told from a word, in bytes.
const PASSWORD: usize = 6;
/// The shortest key, in bytes.
const KEY: usize = 12;
/// The longest value, in bytes.
const LONGEST: usize = 200;

/// Confirms what stands behind the name.
pub(crate) fn check(window: &Window<'_>, expected: Expected, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.text();
    let value = value(text, window.start(), window.end())?;
    let secret = text.get(value.span.clone())?;
    // The pack's literals are asked last, since there are many of them.
    if is_reference(secret)
        || is_program(secret, &value)
        || !looks(secret, expected, value.quoted)
        || placeholders.is_led(secret)
    {
        return None;
    }
    let verdict = window.verdict(value.span, NAMED).fact(fact::GENERIC);
    Some(match placeholders.judge(secret, secret, secret.len(), &[], &[]) {
        Some(fact) => crate::pattern::unlikely(verdict).fact(fact),
        None => verdict,
    })
}

/// A value, and how it is written.
struct Value {
    span: Range<usize>,
    quoted: bool,
    /// The byte behind it, or behind its quote.
    next: Option<u8>,
}

/// The value behind a separator.
fn value(text: &[u8], from: usize, limit: usize) -> Option<Value> {
    let start = assign::opening(text, from);
    let quote = start
        .checked_sub(1)
        .and_then(|at| text.get(at))
        .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    let rest = text.get(start..limit)?;
    let length = match quote {
        Some(quote) => rest.iter().position(|byte| byte == quote)?,
        None => rest
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || b"\"'`,;<>(){}[]&|\\".contains(byte))
            .unwrap_or(rest.len()),
    };
    let end = start + length;
    (length <= LONGEST).then(|| Value {
        span: start..end,
        quoted: quote.is_some(),
        next: text.get(end + usize::from(quote.is_some())).copied(),
    })
}

/// Whether this is program text that stands where a value would: a call, a path, a name, a place in a text.
fn is_program(value: &[u8], written: &Value) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$' | b'-');
    let called = !written.quoted && matches!(written.next, Some(b'(' | b'[' | b'{' | b'<'));
    let dotted = value.contains(&b'.') && value.iter().all(is_name) && !value.iter().any(u8::is_ascii_digit);
    let is_path = value.starts_with(b"/") || value.starts_with(b"./") || value.starts_with(b"~/");
    let is_place = value.contains(&b'%')
        || value
            .windows(2)
            .any(|pair| matches!(pair, b"${" | b"#{" | b"{{" | b"::" | b"//" | b"=>"));
    called || dotted || is_path || is_place || value.iter().any(|byte| matches!(byte, b' ' | b'\t' | b'{' | b'}'))
}

/// Whether the value looks like what the name says.
fn looks(value: &[u8], expected: Expected, quoted: bool) -> bool {
    let has = |test: fn(&u8) -> bool| value.iter().any(test);
    let digit = has(u8::is_ascii_digit);
    let letter = has(u8::is_ascii_alphabetic);
    let symbol = has(|byte| b"!@#$%^&*+=?~".contains(byte));
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    match expected {
        // Numbers are flags, counts and times.
        Expected::Password if !letter => false,
        Expected::Password if quoted => value.len() >= PASSWORD && (digit || symbol || is_phrase(value)),
        Expected::Password => value.len() >= PASSWORD && ((digit && !is_constant(value)) || symbol),
        Expected::Key => {
            let enough = value.len() >= KEY && digit && letter && shannon_bits(value) > 3.0;
            enough && !is_constant(value) && (mixed || value.len() >= 20 || symbol || quoted)
        }
    }
}

/// Whether these are only letters of one case, too many for a word, as people make passwords of several words.
fn is_phrase(value: &[u8]) -> bool {
    value.len() >= 12 && value.iter().all(u8::is_ascii_lowercase)
}

/// Whether this is how programs name a thing: `SOME_KIND_2`, `some_kind_2`, `v1.2.3`.
fn is_constant(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let words = value.iter().filter(|byte| matches!(byte, b'_' | b'-' | b'.')).count();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    words > 0 && digits <= words + 1 && value.iter().all(is_name)
}
