//! Passwords in URLs and connection strings: `scheme://user:password@host`.

use cofferdam_sdk::check::{is_placeholder, is_reference};
use cofferdam_sdk::{RegionMarks, Verdict, Window};

use super::placeholder;

/// Values that documentation writes for a password, and that nothing is lost by showing.
const STOCK: [&[u8]; 14] = [
    b"password",
    b"passwd",
    b"pass",
    b"pwd",
    b"secret",
    b"token",
    b"pw",
    b"user_password",
    b"value",
    b"foo",
    b"bar",
    b"foobar",
    b"xyz",
    b"abc",
];

/// The shortest password that is worth hiding: shorter ones are guessed sooner than read.
const SHORTEST: usize = 3;

/// A password of fewer bytes, of lower-case letters and digits only, is taken for documentation where the host is.
const EASY: usize = 12;

pub(crate) fn check(window: &Window<'_>) -> Option<Verdict> {
    let start = window.start();
    let rest = window.slice(start..window.end());
    let user = window.slice(window.anchor_start()..start);
    let length = match password(rest, user.contains(&b'@')) {
        // The `@` may lie beyond a window that was cut: then all of it is the password's, and what goes on is too.
        None if window.marks().contains(RegionMarks::CUT) && !rest.starts_with(b"/") => rest.len(),
        found => found?,
    };
    let value = rest.get(..length)?;
    if is_reference(value) || is_tag(value) {
        return None;
    }
    let verdict = window.verdict(start..start + value.len(), 90);
    let host = host(rest.get(value.len() + 1..).unwrap_or_default());
    let documented = is_easy(value) && is_reserved(host);
    Some(if value.len() < SHORTEST || documented || is_stock(value) {
        placeholder(verdict)
    } else {
        verdict
    })
}

/// Whether this is `<password>` as HTML writes it.
fn is_tag(value: &[u8]) -> bool {
    value.starts_with(b"&lt;") && value.ends_with(b"&gt;")
}

fn is_easy(value: &[u8]) -> bool {
    value.len() < EASY
        && value
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// The host at the front of what follows the password.
fn host(rest: &[u8]) -> &[u8] {
    let end = rest
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')))
        .unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// Whether the host's domain is set apart for documentation.
fn is_reserved(host: &[u8]) -> bool {
    const DOMAINS: [&[u8]; 4] = [b"example.com", b"example.org", b"example.net", b"example"];
    DOMAINS.iter().any(|domain| {
        host.len().checked_sub(domain.len()).is_some_and(|at| {
            let (front, tail) = host.split_at(at);
            tail.eq_ignore_ascii_case(domain) && matches!(front, [] | [.., b'.'])
        })
    })
}

/// Whether documentation writes this where a password would stand.
pub(crate) fn is_stock(value: &[u8]) -> bool {
    STOCK.iter().any(|word| word.eq_ignore_ascii_case(value)) || is_placeholder(value, 16)
}

/// How long the password is at the beginning of what follows `://user:`: up to the last `@` of the authority. A user's name may hold
/// an `@` of its own (`name@tenant`); then what follows may be a host's port or path, and only a second `@` tells.
fn password(rest: &[u8], strict: bool) -> Option<usize> {
    let authority_end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let authority = rest.get(..authority_end.unwrap_or(rest.len()))?;
    let end = match authority.iter().rposition(|&byte| byte == b'@') {
        Some(at) => at,
        // A port is not a password.
        None if authority.iter().all(u8::is_ascii_digit) => return None,
        None if strict => return None,
        // A password with a raw slash ends what looks like the authority.
        None => rest.iter().rposition(|&byte| byte == b'@')?,
    };
    (end > 0).then_some(end)
}
