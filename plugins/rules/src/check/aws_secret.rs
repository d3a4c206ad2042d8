//! AWS secret access keys: forty characters with nothing of their own, so a name before them is what finds them.

use cofferdam_sdk::check::{decode_prefix, is_placeholder, is_sequence};
use cofferdam_sdk::{Verdict, Window};

use super::{common, placeholder, published};
use crate::fields;
use crate::placeholder::{Placeholders, is_row};

/// How long a secret is.
const LENGTH: u16 = 40;
/// How long it is in base64, without the padding.
const CODED: usize = 54;
/// How far behind its name it may stand on the same line without more that speaks for it, in bytes.
const NEAR: usize = 40;

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

/// Whether it stands directly behind its name, or in a field of its own: there digits of one case may be a digest's.
fn is_at_its_place(window: &Window<'_>, body: &[u8]) -> bool {
    let text = window.text();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let behind = text.get(window.anchor_end()..window.body_start()).unwrap_or_default();
    if behind.len() <= NEAR && !behind.contains(&b'\n') {
        return true;
    }
    let name = window.anchor_end() + behind.iter().take_while(|byte| is_name(byte)).count();
    let mut places = Vec::new();
    fields::values(text, name, true, &mut places);
    let kinds = [u8::is_ascii_digit, u8::is_ascii_uppercase, u8::is_ascii_lowercase];
    kinds.iter().all(|kind| body.iter().any(kind)) && places.contains(&window.body_start())
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
