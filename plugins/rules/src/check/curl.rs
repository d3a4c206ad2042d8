//! Passwords that a command gives its server: `curl -u name:password`.

use cofferdam_sdk::check::is_reference;
use cofferdam_sdk::{Verdict, Window};

use super::{common, placeholder};
use crate::pattern::holds;
use crate::placeholder::Placeholders;

/// One of these stands before the flag on its line.
const COMMANDS: [&[u8]; 4] = [b"curl", b"wget", b"http", b"lftp"];

/// What an anchor holds that tells a login by itself.
const TOLD: [&[u8]; 3] = [b"curlopt", b"pycurl", b"basic"];

/// The most lines that a command goes on over.
const LINES: usize = 6;

/// What stands before the flag in its command, which goes on over lines that end with a backslash.
fn command(before: &[u8]) -> &[u8] {
    let mut start = before.len();
    for _ in 0..LINES {
        let above = before.get(..start).unwrap_or_default();
        start = above.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let ended = above.get(..start.saturating_sub(1)).unwrap_or_default();
        if start == 0 || !ended.strip_suffix(b"\r").unwrap_or(ended).ends_with(b"\\") {
            break;
        }
        start -= 1;
    }
    before.get(start..).unwrap_or_default()
}

/// The last lines before a flag that stands on a line of its own, as lists of arguments have it.
fn above(before: &[u8]) -> &[u8] {
    let mut ends = before.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n');
    let start = ends.nth(LINES).map_or(0, |(at, _)| at + 1);
    before.get(start..).unwrap_or_default()
}

/// Confirms what follows the name and its colon.
pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let anchor = window.slice(window.anchor_start()..window.anchor_end());
    let line = if anchor.contains(&b'\n') {
        above(window.before())
    } else {
        command(window.before())
    };
    // Curl's options as libraries call them, and what is put through base64 for a header, need no command.
    let is_told = TOLD.iter().any(|word| holds(anchor, word));
    let value = common::without_print(window.slice(window.start()..window.end()));
    // The quote that ends it may be escaped itself, and so may the blank be where a shell quotes a command.
    let value = match window.after() {
        Some(b' ') if anchor.contains(&b'\\') => value.strip_suffix(b"\\").unwrap_or(value),
        after => common::without_close(value, after),
    };
    if !(is_told || COMMANDS.iter().any(|command| holds(line, command)))
        || value.is_empty()
        || value.starts_with(b"//")
        || is_reference(value)
    {
        return None;
    }
    let user = window.slice(window.anchor_end()..window.start()).trim_ascii();
    // `$user . ":" . $password` is put together.
    if is_told
        && [&b"\":"[..], b"':", b"\":\"", b"':'"]
            .iter()
            .any(|end| user.ends_with(end))
    {
        return None;
    }
    // What parts the arguments of a call, and what leads the next entry of a list.
    let signs = user.iter().take_while(|byte| b",=>-] \t".contains(byte)).count();
    let user = user.get(signs..).unwrap_or_default();
    let user = user.strip_suffix(b"\"").or(user.strip_suffix(b"'")).unwrap_or(user);
    let user = user.strip_suffix(b":").unwrap_or(user);
    let user = user.strip_prefix(b"\\").unwrap_or(user);
    let quoted = user.strip_prefix(b"\"").or(user.strip_prefix(b"'"));
    let user = quoted.unwrap_or(user);
    let user = user.strip_suffix(b"\"").or(user.strip_suffix(b"'")).unwrap_or(user);
    // Another argument stands between, and the colon is its own.
    let is_another = |byte: &u8| *byte == b' ' || (is_told && matches!(byte, b',' | b'"' | b'\'' | b':'));
    if user.iter().any(is_another) || (is_told && user.is_empty()) {
        return None;
    }
    let verdict = window.verdict(window.start()..window.start() + value.len(), 90);
    Some(if placeholders.common().is_manual(value, user) {
        placeholder(verdict)
    } else {
        placeholders.common().judged(verdict, value, user)
    })
}
