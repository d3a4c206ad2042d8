//! Passwords that a command gives its server: `curl -u name:password`.

use cofferdam_sdk::check::is_reference;
use cofferdam_sdk::{Verdict, Window};

use super::common;
use crate::pattern::holds;

/// One of these stands before the flag on its line.
const COMMANDS: [&[u8]; 4] = [b"curl", b"wget", b"http", b"lftp"];

/// Confirms what follows the name and its colon.
pub(crate) fn check(window: &Window<'_>) -> Option<Verdict> {
    let line = window.before().rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let value = window.slice(window.start()..window.end());
    if !COMMANDS.iter().any(|command| holds(line, command)) || value.is_empty() || is_reference(value) {
        return None;
    }
    let user = window.slice(window.anchor_end()..window.start());
    let user = user.strip_suffix(b":").unwrap_or(user);
    let user = user.trim_ascii().strip_prefix(b"\"").unwrap_or(user.trim_ascii());
    Some(common::judged(
        window.verdict(window.start()..window.end(), 90),
        value,
        user,
    ))
}
