//! Passwords in URLs and connection strings: `scheme://user:password@host`.

use std::ops::Range;

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
    Rule::new(
        "url-password",
        "Password in a URL",
        "credential.url.password",
        Severity::P0,
    )
    .literal(b"://")
    .extent(Extent::span(body, 5, 1024))
}

pub(crate) fn check(window: &Window<'_>) -> Option<Verdict> {
    let url = window.body();
    let place = password(url)?;
    let value = url.get(place.clone())?;
    if is_reference(value) {
        return None;
    }
    let start = window.body_start();
    let verdict = window.verdict(start + place.start..start + place.end, 90);
    Some(if is_stock(value) { unlikely(verdict) } else { verdict })
}

/// Whether documentation writes this where a password would stand.
pub(crate) fn is_stock(value: &[u8]) -> bool {
    STOCK.iter().any(|word| word.eq_ignore_ascii_case(value)) || is_placeholder(value, 16)
}

/// Where the password stands in what follows `://`: after the first `:` and up to the last `@` of the authority.
fn password(url: &[u8]) -> Option<Range<usize>> {
    let authority_end = url
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#'))
        .unwrap_or(url.len());
    let authority = url.get(..authority_end)?;
    let colon = authority.iter().position(|&byte| byte == b':')?;
    let end = match authority.iter().rposition(|&byte| byte == b'@') {
        Some(at) => at,
        // A password with a raw slash ends what looks like the authority. A port is not a password.
        None => {
            let port = authority.get(colon + 1..)?;
            if port.iter().all(u8::is_ascii_digit) {
                return None;
            }
            url.iter().rposition(|&byte| byte == b'@')?
        }
    };
    (colon + 1 < end).then_some(colon + 1..end)
}
