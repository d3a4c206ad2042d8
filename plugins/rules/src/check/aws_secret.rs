//! AWS secret access keys: forty characters with nothing of their own, so a name before them is what finds them.

use cofferdam_sdk::check::{decode_prefix, is_placeholder, is_sequence, shannon_bits};
use cofferdam_sdk::{Verdict, Window};

use super::{common, placeholder, published};
use crate::placeholder::{Placeholders, is_row};
use crate::{assign, fields, words};

/// How long a secret is.
const LENGTH: u16 = 40;
/// How long it is in base64, without the padding.
const CODED: usize = 54;
/// How far behind its name it may stand on the same line without more that speaks for it, in bytes.
const NEAR: usize = 40;
/// How long what follows the four letters of an id is.
const ID: usize = 16;
/// How long a password of SES's is, which is made of a secret.
const MAIL: usize = 44;
/// The least entropy of one that was drawn, in bits a byte. Of a million random ones the least has 4.0.
const ENTROPY: f32 = 4.0;

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let body = window.body();
    // Word diffs and tables have a plus sign behind what ends there.
    let is_marked = matches!(window.after(), None | Some(b'}' | b'|' | b'\n' | b'\r'));
    let body = match body {
        [secret @ .., b'+'] if secret.len() == usize::from(LENGTH) && is_marked => secret,
        body => body,
    };
    if !is_at_its_place(window, body) {
        return None;
    }
    if is_coded(body) {
        return Some(window.verdict(window.body_start()..window.body_start() + CODED, 90));
    }
    // A longer run is something else, such as a hash or a text in base64.
    if body.len() != usize::from(LENGTH) || window.after() == Some(b'=') {
        return None;
    }
    let verdict = |confidence| {
        let start = window.body_start();
        window.verdict(start..start + body.len(), confidence)
    };
    if placeholders.publishes(body) {
        return Some(published(verdict(5)));
    }
    if is_sequence(body) || is_row(body) {
        return Some(common::lower(verdict(40)));
    }
    if is_placeholder(body, usize::from(LENGTH)) {
        return Some(placeholder(verdict(5)));
    }
    is_mixed(body).then(|| verdict(90))
}

/// Confirms what stands behind an id, whatever is between: nothing else is as long, in both cases, and has no order that
/// words have. An id stands beside its secret in every notation that there is.
pub(crate) fn beside_id(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.text();
    let body = window.body();
    let is_id = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let id = text.get(window.anchor_end()..)?.iter().take_while(|byte| is_id(byte));
    let goes_on = |byte: Option<u8>| byte.is_some_and(|byte| byte == b'=' || byte == b'_' || byte == b'%');
    let is_marked = matches!(window.after(), None | Some(b'}' | b'|' | b'\n' | b'\r'));
    let body = match body {
        [secret @ .., b'+'] if secret.len() == usize::from(LENGTH) && is_marked => secret,
        body => body,
    };
    if id.count() != ID || goes_on(window.after()) || !is_secret(body) {
        return None;
    }
    let start = window.body_start();
    // Tokens and digests have dashes and dots where these have a plus and a slash.
    let before = text
        .get(..start)?
        .iter()
        .rev()
        .take_while(|byte| b"._-%".contains(byte));
    if before.count() == 1 && text.get(start.checked_sub(2)?).is_some_and(u8::is_ascii_alphanumeric)
        || assign::is_digest(text, start)
    {
        return None;
    }
    let verdict = window.verdict(start..start + body.len(), 90);
    Some(if placeholders.publishes(body) {
        published(verdict)
    } else {
        verdict
    })
}

/// Whether it was drawn, and is as long as a secret or as a password for mail.
fn is_secret(body: &[u8]) -> bool {
    // A byte of 4 comes first, which tells how it was made.
    let is_mail = body.len() == MAIL && body.starts_with(b"B");
    (body.len() == usize::from(LENGTH) || is_mail)
        && is_drawn(body)
        && shannon_bits(body) >= ENTROPY
        && !words::are_surely_words(body)
        && !is_sequence(body)
        && !is_row(body)
        && !is_placeholder(body, usize::from(LENGTH))
}

/// Whether it has digits and letters of both cases, or letters in no order that words have: one secret in a thousand
/// has no digit.
fn is_drawn(body: &[u8]) -> bool {
    let kinds = [u8::is_ascii_digit, u8::is_ascii_uppercase, u8::is_ascii_lowercase];
    kinds.iter().all(|kind| body.iter().any(kind)) || words::are_random(body)
}

/// Whether it stands directly behind its name, or in a field of its own: there digits of one case may be a digest's.
fn is_at_its_place(window: &Window<'_>, body: &[u8]) -> bool {
    let text = window.text();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let behind = text.get(window.anchor_end()..window.body_start()).unwrap_or_default();
    if behind.len() <= NEAR && !behind.contains(&b'\n') {
        return true;
    }
    let name = window.anchor_end() + behind.iter().take_while(|byte| is_name(byte)).count();
    let mut places = Vec::new();
    fields::values(text, name, true, &mut places);
    places.extend(fields::beyond(text, name));
    is_drawn(body) && places.contains(&window.body_start())
}

/// Whether it is a secret in base64, as a Secret of Kubernetes has it behind its name.
fn is_coded(body: &[u8]) -> bool {
    let mut secret = [0; LENGTH as usize];
    let is_body = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    body.len() == CODED
        && decode_prefix(body, &mut secret) == secret.len()
        && secret.iter().all(is_body)
        && is_mixed(&secret)
        && !is_sequence(&secret)
        && !is_row(&secret)
}

/// A path or a name of forty characters has no digit, or no letter of one case.
fn is_mixed(secret: &[u8]) -> bool {
    let kinds = [u8::is_ascii_digit, u8::is_ascii_uppercase, u8::is_ascii_lowercase];
    kinds.iter().filter(|kind| secret.iter().any(kind)).count() >= 2
}
