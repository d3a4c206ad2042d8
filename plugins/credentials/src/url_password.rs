//! Passwords in URLs and connection strings: `scheme://user:password@host`.

use crate::token::unlikely;
use cofferdam_sdk::check::{is_placeholder, is_reference};
use cofferdam_sdk::{ByteSet, Extent, Rule, Severity, Verdict, Window};

/// Values that documentation writes for a password, and that nothing is lost by showing.
const STOCK: [&[u8]; 8] = [
    b"password",
    b"passwd",
    b"pass",
    b"pwd",
    b"secret",
    b"token",
    b"pw",
    b"user_password",
];

pub(crate) fn rule() -> Rule {
    // All printable ASCII but quotes, blanks and angle brackets.
    let body = ByteSet::EMPTY.range(0x21, 0x7E).without(b"\"'`<>\\");
    let user = ByteSet::ALNUM.with(b"._~%!$&'()*+,;=-");
    Rule::new(
        "url-password",
        "Password in a URL",
        "credential.url.password",
        Severity::P0,
    )
    .literal(b"://")
    // The user's name is no secret, and a URL without a colon behind it is never asked about, nor held.
    .extent(Extent::span(body, 4, 1024).gap(64).opener(user, b':'))
}

pub(crate) fn check(window: &Window<'_>) -> Option<Verdict> {
    let start = window.start();
    let rest = window.slice(start..window.end());
    let value = rest.get(..password(rest)?)?;
    if is_reference(value) {
        return None;
    }
    let verdict = window.verdict(start..start + value.len(), 90);
    Some(if is_stock(value) { unlikely(verdict) } else { verdict })
}

/// Whether documentation writes this where a password would stand.
pub(crate) fn is_stock(value: &[u8]) -> bool {
    STOCK.iter().any(|word| word.eq_ignore_ascii_case(value)) || is_placeholder(value, 16)
}

/// How long the password is at the beginning of what follows `://user:`: up to the last `@` of the authority.
fn password(rest: &[u8]) -> Option<usize> {
    let authority_end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let authority = rest.get(..authority_end.unwrap_or(rest.len()))?;
    let end = match authority.iter().rposition(|&byte| byte == b'@') {
        Some(at) => at,
        // A port is not a password.
        None if authority.iter().all(u8::is_ascii_digit) => return None,
        // A password with a raw slash ends what looks like the authority.
        None => rest.iter().rposition(|&byte| byte == b'@')?,
    };
    (end > 0).then_some(end)
}
