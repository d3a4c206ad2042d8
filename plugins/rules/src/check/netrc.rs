//! Passwords in the files that curl, ftp and git read: `machine HOST login NAME password <password>`.

use cofferdam_sdk::check::is_reference;
use cofferdam_sdk::{Verdict, Window};

use super::common;
use crate::placeholder::Placeholders;

/// The words of such a file, none of which is a host's or a user's name.
const KEYS: [&[u8]; 4] = [b"machine", b"login", b"password", b"account"];

/// Confirms a password behind the words that an entry of such a file begins with.
pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let before = spelled_out(window.before());
    let mut lines = before.split(|byte| *byte == b'\n').collect::<Vec<_>>();
    // The password's own line holds an entry's words, or what a tool set before it.
    let last = lines
        .pop()
        .map(words)
        .filter(|words| words.first().is_some_and(|word| is_key(word)));
    let is_one_line = last.is_some();
    let words: Vec<&[u8]> = lines
        .into_iter()
        .filter(|line| !line.trim_ascii_start().starts_with(b"#"))
        .flat_map(words)
        .chain(last.into_iter().flatten())
        .collect();
    let mut words = words.into_iter().rev();
    let mut next = || words.next().unwrap_or_default();
    // They are read from the last to the first: `machine HOST login NAME account NAME`.
    let [mut value, mut key] = [next(), next()];
    if key == b"account" {
        [value, key] = [next(), next()];
    }
    let named = key == b"login";
    let user = value;
    if named {
        value = next();
        key = next();
    }
    // Some tools read a port behind the host.
    if key == b"port" {
        [value, key] = [next(), next()];
    }
    let is_prose = !named && !is_one_line && ends_sentence(value);
    let entry = (key == b"machine" && !is_prose) || (named && value == b"default");
    let body = common::without_close(common::without_print(window.body()), window.after());
    // A program's text may end with the line, and be one in another.
    let body = body
        .windows(2)
        .position(|pair| pair == b"\\n" || pair == b"\\r")
        .and_then(|end| body.get(..end))
        .map_or(body, common::without_slashes);
    // `machine login password account` names the words themselves.
    if !entry || is_reference(body) || KEYS.contains(&value) {
        return None;
    }
    let start = window.body_start();
    let verdict = window.verdict(start..start + body.len(), 90);
    // An anonymous user gives an address where a password would stand; where something else stands, it is one.
    if placeholders.common().is_anonymous(body, user) {
        return Some(common::lower(verdict));
    }
    Some(
        placeholders
            .common()
            .judged(verdict, body, if named { user } else { b"" }),
    )
}

/// The words of a line, from the first one on that such a file has: a tool may have set something before each line,
/// and quotes may stand around them.
fn words(line: &[u8]) -> Vec<&[u8]> {
    let is_sign = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`');
    let words: Vec<&[u8]> = line
        .split(is_sign)
        .filter(|word| !word.is_empty())
        .map(without_signs)
        .collect();
    let first = words.iter().position(|word| is_key(word)).unwrap_or(0);
    words.get(first..).unwrap_or_default().to_vec()
}

/// Whether a word is the last of a sentence, or of a part of one, and no host's name: `called that machine fine.`
fn ends_sentence(word: &[u8]) -> bool {
    word.split_last().is_some_and(|(last, front)| {
        matches!(last, b'.' | b',' | b';' | b'!' | b'?') && front.iter().all(u8::is_ascii_lowercase)
    })
}

fn is_key(word: &[u8]) -> bool {
    word == b"default" || KEYS.contains(&word)
}

/// A word of such a file without a diff's sign, or a path and a number, before it.
fn without_signs(word: &[u8]) -> &[u8] {
    let ends = |key: &&&[u8]| {
        let before = word.len().checked_sub(key.len() + 1).and_then(|at| word.get(at));
        word.ends_with(key) && before.is_some_and(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
    };
    KEYS.iter()
        .find(ends)
        .map_or(word, |key| &word[word.len() - key.len()..])
}

/// The text with line ends that are spelled out as such.
fn spelled_out(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        match rest {
            [b'\\', b'n' | b'r', behind @ ..] => {
                plain.push(b'\n');
                rest = behind;
            }
            _ => {
                plain.push(first);
                rest = behind;
            }
        }
    }
    plain
}
