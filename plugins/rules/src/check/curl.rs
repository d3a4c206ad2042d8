//! Passwords that a command gives its server: `curl -u name:password`.

use cofferdam_sdk::check::is_reference;
use cofferdam_sdk::{Verdict, Window};

use super::{common, placeholder};
use crate::pattern::holds;
use crate::placeholder::Placeholders;

/// One of these stands before the flag on its line.
const COMMANDS: [&[u8]; 4] = [b"curl", b"wget", b"http", b"lftp"];

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

/// Confirms what follows the name and its colon.
pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let line = command(window.before());
    let value = common::without_print(window.slice(window.start()..window.end()));
    let value = common::without_close(value, window.after());
    if !COMMANDS.iter().any(|command| holds(line, command))
        || value.is_empty()
        || value.starts_with(b"//")
        || is_reference(value)
    {
        return None;
    }
    let user = window.slice(window.anchor_end()..window.start()).trim_ascii();
    let user = user.strip_suffix(b"\"").or(user.strip_suffix(b"'")).unwrap_or(user);
    let user = user.strip_suffix(b":").unwrap_or(user);
    let user = user.strip_prefix(b"\\").unwrap_or(user);
    let quoted = user.strip_prefix(b"\"").or(user.strip_prefix(b"'"));
    let user = quoted.unwrap_or(user);
    let user = user.strip_suffix(b"\"").or(user.strip_suffix(b"'")).unwrap_or(user);
    // Another argument stands between, and the colon is its own.
    if user.contains(&b' ') {
        return None;
    }
    let verdict = window.verdict(window.start()..window.start() + value.len(), 90);
    Some(if placeholders.common().is_manual(value, user) {
        placeholder(verdict)
    } else {
        placeholders.common().judged(verdict, value, user)
    })
}
