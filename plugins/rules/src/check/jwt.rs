//! JSON Web Tokens. P1 by themselves; P0 where the line shows that one is sent as a header or a cookie.

use cofferdam_sdk::check::{decode_prefix, starts_token};
use cofferdam_sdk::{Severity, Verdict, Window};

use super::common;
use crate::fact;
use crate::pattern::holds;
use crate::placeholder::Placeholders;

/// Confirms a token. One that says it has expired by the day `as_of`, or that an example's words stand in, is graded
/// lower.
pub(crate) fn check(window: &Window<'_>, as_of: u32, placeholders: &Placeholders) -> Option<Verdict> {
    // What more of a header leads needs no word's beginning: a protocol has a length there, or a program another text.
    let is_short = window.anchor_end() - window.anchor_start() <= SHORT;
    if is_short && !starts_token(window.text(), window.anchor_start()) {
        return None;
    }
    let line = window.before().rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let (token, length) = unwrapped(line.len(), window.slice(window.anchor_start()..window.end()));
    if !is_jwt(&token) {
        return None;
    }
    let start = window.body_start();
    let verdict = window.verdict(start..window.anchor_start() + length, 95);
    if let Some(fact) = opens_nothing(&token, as_of, placeholders) {
        return Some(verdict.severity(Severity::P2).fact(fact));
    }
    // What a quote closes before its signature isn't cut off, nor is what is shorter than any line that is wrapped.
    let closed = matches!(window.after(), Some(b'"' | b'\'' | b'`')) || token.len() < WRAPPED;
    if (closed && is_unsigned(&token)) || is_abbreviated(&token) {
        return Some(common::lower(verdict));
    }
    Some(if holds(line, b"authorization") || holds(line, b"bearer ") {
        verdict.severity(Severity::P0).fact(fact::HEADER)
    } else if holds(line, b"cookie") {
        verdict.severity(Severity::P0).fact(fact::COOKIE)
    } else {
        verdict
    })
}

/// Any object in base64 begins with so many bytes.
const SHORT: usize = 3;

/// The fewest bytes of a line that mail or a document wraps.
const WRAPPED: usize = 60;

/// Whether it has a header and a payload only. One whose header names no algorithm needs no more.
fn is_unsigned(token: &[u8]) -> bool {
    let mut parts = token.split(|&byte| byte == b'.');
    let mut header = [0; 256];
    let length = decode_prefix(parts.next().unwrap_or_default(), &mut header);
    let none = header.get(..length).is_some_and(|header| holds(header, b"\"none\""));
    !none && parts.nth(1).is_none()
}

/// Whether dots stand for what is left out of it, as manuals write, before most of its signature.
fn is_abbreviated(token: &[u8]) -> bool {
    const DOTS: &[u8] = b"...";
    /// Signatures have 43 characters and more.
    const MOST: usize = 20;
    let dots = token.windows(DOTS.len()).position(|part| part == DOTS);
    dots.and_then(|at| token.get(..at)).is_some_and(|kept| {
        let signature = kept.split(|&byte| byte == b'.').nth(2).unwrap_or_default();
        signature.len() < MOST
    })
}

/// The fact that tells why a token opens nothing: its header or its payload is an example's, it makes no claims, or
/// it has expired.
pub(crate) fn opens_nothing(token: &[u8], as_of: u32, placeholders: &Placeholders) -> Option<u8> {
    let (header, payload) = (part(token, 0), part(token, 1));
    if placeholders.names(&header) || placeholders.names(&payload) {
        // People also take an example's payload and sign it with a key of their own, so it is counted.
        return Some(fact::PUBLISHED);
    }
    // What is signed is a text or a list, and no claims. An encrypted payload can't be told.
    let claims = payload.trim_ascii_start().first().is_none_or(|byte| *byte == b'{') || holds(&header, b"\"enc\"");
    if !claims && payload.iter().all(|byte| !byte.is_ascii_control()) {
        return Some(fact::COMMON);
    }
    expiry(&payload)
        .is_some_and(|day| day < u64::from(as_of))
        .then_some(fact::EXPIRED)
}

/// Whether this is the header of a token, and nothing that stands for its claims: what manuals leave of one.
pub(crate) fn is_header_alone(token: &[u8]) -> bool {
    let header = token.split(|byte| *byte == b'.').next().unwrap_or_default();
    if token.len() - header.len() >= SHORTEST_CLAIMS {
        return false;
    }
    let plain = part(token, 0);
    let members = plain.strip_prefix(b"{").and_then(|plain| plain.strip_suffix(b"}"));
    let is_members = |members: &[u8]| members.split(|byte| *byte == b',').all(is_member);
    holds(&plain, b"\"alg\"") && members.is_some_and(is_members)
}

/// Claims of fewer characters, with their signature and the dots, are none.
const SHORTEST_CLAIMS: usize = 16;

/// Whether a header has this: how the token is signed, and with which key. What else JSON in base64 holds may be a
/// secret itself.
fn is_member(member: &[u8]) -> bool {
    let names: [&[u8]; 6] = [
        b"\"alg\":",
        b"\"typ\":",
        b"\"kid\":",
        b"\"cty\":",
        b"\"x5t\":",
        b"\"enc\":",
    ];
    names.iter().any(|name| member.trim_ascii().starts_with(name))
}

/// A part of the token as text, as far as it is read.
fn part(token: &[u8], number: usize) -> Vec<u8> {
    let mut json = vec![0; 1024];
    let part = token.split(|&byte| byte == b'.').nth(number).unwrap_or_default();
    let length = decode_prefix(part, &mut json);
    json.truncate(length);
    json
}

/// The day on which the token ends to be good, counted from 1970-01-01.
fn expiry(payload: &[u8]) -> Option<u64> {
    const NAME: &[u8] = b"\"exp\"";
    let at = payload.windows(NAME.len()).position(|part| part == NAME)?;
    let rest = payload.get(at + NAME.len()..)?;
    let digits = rest.iter().skip_while(|byte| matches!(byte, b':' | b' '));
    let digits: Vec<u8> = digits.take_while(|byte| byte.is_ascii_digit()).copied().collect();
    let seconds: u64 = std::str::from_utf8(&digits).ok()?.parse().ok()?;
    Some(seconds / 86_400)
}

/// The lengths of signatures by HMAC, elliptic curves and RSA, in characters.
const SIGNATURES: [usize; 9] = [43, 64, 86, 128, 171, 176, 342, 512, 683];

/// The token without the line ends that wrap it, and how much of `text` it is. `before` is how much of its first line
/// stands before it. It goes on over a line's end while lines are as long as the first one, and in one shorter line
/// where something is missing.
fn unwrapped(before: usize, text: &[u8]) -> (Vec<u8>, usize) {
    let mut token: Vec<u8> = Vec::with_capacity(text.len());
    let mut length = 0;
    let mut next = 0;
    let mut width = 0;
    for (index, line) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let whole = line.strip_suffix(b"\n");
        let part = whole.unwrap_or(line);
        let part = part.split(|&byte| byte == b'\r').next().unwrap_or_default();
        let goes_on = match index {
            0 => {
                width = before + part.len();
                true
            }
            _ => !part.is_empty() && part.len() <= width && (part.len() == width || !is_complete(&token)),
        };
        if !goes_on {
            break;
        }
        token.extend_from_slice(part);
        length = next + part.len();
        next += line.len();
        if whole.is_none() || (index > 0 && part.len() < width) {
            break;
        }
    }
    (token, length)
}

/// Whether a signature of a usual length ends the token.
fn is_complete(token: &[u8]) -> bool {
    let mut parts = token.split(|&byte| byte == b'.');
    let signature = parts.nth(2).unwrap_or_default();
    let bare = signature.iter().take_while(|byte| **byte != b'=').count();
    SIGNATURES.contains(&bare) || bare < signature.len()
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
    let closed = json.trim_ascii_end().ends_with(b"}");
    let named = (holds(json, b"\"alg\"") && closed) || (length == 1024 && json.starts_with(b"{\""));
    // Without a signature it is still one where the payload looks like JSON: a wrapped line may have cut it off.
    named && payload.len() >= 4 && (parts.next().is_some() || payload.starts_with(b"eyJ"))
}
