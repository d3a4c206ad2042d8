//! JSON Web Tokens. P1 by themselves; P0 where the line shows that one is sent as a header or a cookie.

use cofferdam_sdk::check::{decode_prefix, starts_token};
use cofferdam_sdk::{ByteSet, Extent, Rule, Severity, Verdict, Window};

use crate::fact;

pub(crate) fn rule() -> Rule {
    Rule::new("jwt", "JSON Web Token", "credential.token.jwt", Severity::P1)
        .literal(b"eyJ")
        .word()
        .extent(Extent::span(ByteSet::BASE64_URL.with(b".="), 20, 8192))
}

pub(crate) fn check(window: &Window<'_>) -> Option<Verdict> {
    let token = window.slice(window.anchor_start()..window.end());
    if !starts_token(window.text(), window.anchor_start()) || !is_jwt(token) {
        return None;
    }
    let verdict = window.whole(95);
    let line = window.before();
    let line = line.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    Some(if holds(line, b"authorization") || holds(line, b"bearer ") {
        verdict.severity(Severity::P0).fact(fact::HEADER)
    } else if holds(line, b"cookie") {
        verdict.severity(Severity::P0).fact(fact::COOKIE)
    } else {
        verdict
    })
}

/// Whether the header is JSON that names an algorithm, and a payload follows it.
pub(crate) fn is_jwt(token: &[u8]) -> bool {
    let mut parts = token.split(|&byte| byte == b'.');
    let (Some(header), Some(payload)) = (parts.next(), parts.next()) else {
        return false;
    };
    // A header may carry a whole certificate; the algorithm stands near one of its ends, so look at all of a long one.
    let mut json = [0; 1024];
    let length = decode_prefix(header, &mut json);
    let json = json.get(..length).unwrap_or_default();
    let named = holds(json, b"\"alg\"") || (length == 1024 && json.starts_with(b"{\""));
    // Without a signature it is still one where the payload looks like JSON: a wrapped line may have cut it off.
    named && payload.len() >= 4 && (parts.next().is_some() || payload.starts_with(b"eyJ"))
}

pub(crate) fn holds(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}
