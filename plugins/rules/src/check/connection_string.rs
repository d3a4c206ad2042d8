//! Passwords in connection strings of the form `Server=host;User Id=name;Password=<password>;`.

use cofferdam_sdk::check::is_reference;
use cofferdam_sdk::{Verdict, Window};

use super::common;
use super::url_password::is_easy;
use crate::placeholder::Placeholders;

/// One of these, lower case, stands before the password of a real connection string.
const KEYS: [&[u8]; 10] = [
    b"server=",
    b"data source=",
    b"uid=",
    b"user id=",
    b"user=",
    b"username=",
    b"host=",
    b"database=",
    b"initial catalog=",
    b"driver=",
];

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let before = window.before();
    let line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let named = |key: &&[u8]| line.windows(key.len()).any(|part| part.eq_ignore_ascii_case(key));
    let value = window.body();
    let opened = window.slice(window.anchor_end()..window.body_start());
    if !KEYS.iter().any(named) || is_reference(value) || is_code(value, opened.is_empty(), window.after()) {
        return None;
    }
    let common = placeholders.common();
    let host = entry(line, &HOSTS)
        .split(|byte| matches!(byte, b',' | b':' | b'\\'))
        .next()
        .unwrap_or_default();
    let verdict = common.judged(window.whole(85), value, entry(line, &USERS));
    let documented = (is_easy(value) && (common.is_here(host) || common.is_reserved(host))) || common.is_nowhere(host);
    Some(common::lower_where(documented, verdict))
}

/// What leads a host.
const HOSTS: [&[u8]; 3] = [b"server=", b"data source=", b"host="];
/// What leads a user.
const USERS: [&[u8]; 4] = [b"uid=", b"user id=", b"user=", b"username="];

/// The value of the last entry of the line that one of `keys` leads.
fn entry<'t>(line: &'t [u8], keys: &[&[u8]]) -> &'t [u8] {
    let mut parts = line.rsplit(|byte| matches!(byte, b';' | b'"' | b'\''));
    let value = |part: &'t [u8]| {
        let part = part.trim_ascii();
        keys.iter().find_map(|key| {
            let at = part
                .windows(key.len())
                .position(|word| word.eq_ignore_ascii_case(key))?;
            part.get(at + key.len()..)
        })
    };
    parts.find_map(value).unwrap_or_default()
}

/// Whether a program's text stands where the password would: a member, a part of a pattern, or what is joined behind a quote.
fn is_code(value: &[u8], bare: bool, after: Option<u8>) -> bool {
    let joined = !bare
        && matches!(value, [b'+' | b'.' | b'&', ..])
        && value
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || b"_+.&()[]$>-".contains(byte));
    joined
        || value.starts_with(b"#{")
        || (value.starts_with(b"$") && value.ends_with(b"-") && after == Some(b'>'))
        || value.windows(4).any(|four| four == b"(.*)")
}
