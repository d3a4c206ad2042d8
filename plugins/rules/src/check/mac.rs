//! Addresses of network interfaces: six pairs of hexadecimal digits with the same sign between all of them.

use cofferdam_sdk::check::starts_token;
use cofferdam_sdk::{Verdict, Window};

use super::{placeholder, published};
use crate::placeholder::Placeholders;

/// The bytes of an address as it is written.
const LENGTH: usize = 17;

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let start = window.start();
    let text = window.slice(start..window.end());
    let goes_on = |next: u8| next.is_ascii_alphanumeric() || next == b'_';
    if text.len() != LENGTH || !starts_token(window.text(), start) || window.after().is_some_and(goes_on) {
        return None;
    }
    let between = *text.get(2)?;
    let mut pairs = text.split(|byte| *byte == between);
    let is_pair = |pair: &[u8]| pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit);
    if !matches!(between, b':' | b'-') || !pairs.all(is_pair) {
        return None;
    }
    let verdict = window.verdict(start..window.end(), 80);
    // No interface has one digit throughout: that is a broadcast, or nobody's address.
    let first = text.first()?;
    let is_filled = text.iter().all(|byte| byte == first || *byte == between);
    Some(if is_filled {
        placeholder(verdict)
    } else if placeholders.publishes(text) {
        published(verdict)
    } else {
        verdict
    })
}
