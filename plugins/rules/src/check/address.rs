//! IP addresses, of versions 4 and 6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use cofferdam_sdk::check::starts_token;
use cofferdam_sdk::{Verdict, Window};

use super::published;
use crate::placeholder::Placeholders;

/// How sure we are of an address: versions of programs also have four numbers.
const LIKELY: u8 = 60;

/// Confirms an address that tells a machine or a household from all others.
pub(crate) fn public(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let (address, span) = find(window)?;
    if is_private(address) {
        return None;
    }
    let verdict = window.verdict(span.clone(), LIKELY);
    Some(if placeholders.publishes(window.slice(span)) {
        published(verdict)
    } else {
        verdict
    })
}

/// Confirms an address that many networks have.
pub(crate) fn private(window: &Window<'_>) -> Option<Verdict> {
    let (address, span) = find(window)?;
    is_private(address).then(|| window.verdict(span, LIKELY))
}

/// The address in the window, which may end with a port or with the sentence's own signs.
fn find(window: &Window<'_>) -> Option<(IpAddr, Range<usize>)> {
    let start = window.start();
    let text = window.slice(start..window.end());
    let goes_on = |next: u8| next.is_ascii_alphanumeric() || matches!(next, b'_' | b'-');
    if !starts_token(window.text(), start) || window.after().is_some_and(goes_on) {
        return None;
    }
    let kept = text.iter().rposition(u8::is_ascii_hexdigit)? + 1;
    let whole = text.get(..kept)?;
    // `::` may end an address of version 6.
    let open = text.get(..kept + 2).filter(|longer| longer.ends_with(b"::"));
    let without_port = whole.split(|byte| *byte == b':').next();
    let candidates = [open, Some(whole), without_port].into_iter().flatten();
    candidates.into_iter().find_map(|candidate| {
        let address = std::str::from_utf8(candidate).ok()?.parse().ok()?;
        Some((address, start..start + candidate.len()))
    })
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_private_v4(mapped),
            None => is_private_v6(address),
        },
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let shared = matches!(address.octets(), [100, 64..=127, ..] | [198, 18 | 19, ..]);
    let no_host = matches!(address.octets(), [0 | 224..=255, ..]);
    shared || no_host || address.is_private() || address.is_loopback() || address.is_link_local()
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    // What is given out begins with 2 or 3.
    !matches!(address.segments(), [0x2000..=0x3FFF, ..])
}
