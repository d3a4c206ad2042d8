//! Private keys that were put through base64 as a whole, header and all, as secret stores and settings hold them.

use cofferdam_sdk::{Verdict, Window};

use crate::pattern::holds;

/// The longest line that tools wrap base64 at; a key is longer.
const LONGEST_LINE: usize = 100;

pub(crate) fn check(window: &Window<'_>) -> Option<Verdict> {
    let start = window.body_start();
    let anchor = window.slice(window.anchor_start()..window.anchor_end());
    // What OpenPGP's blocks hold is found with its header.
    if anchor.starts_with(b"l") && holds(window.before(), b"PRIVATE KEY BLOCK-----") {
        return None;
    }
    // The numbers of a key in hexadecimal digits have its length before them on the same line.
    let is_digits = anchor.iter().all(u8::is_ascii_hexdigit);
    let led = window.before().iter().rev().take_while(|byte| byte.is_ascii_hexdigit());
    let led = if is_digits { led.count() } else { 0 };
    let length = length(window.body(), led + start.saturating_sub(window.anchor_start()));
    Some(window.verdict(start..start + length, 99))
}

/// The numbers that lead a key of RSA in PKCS #1, which are followed by one that everybody may know.
const RSA: [(&[u8], usize); 3] = [(b"IBAAKBgQ", 600), (b"IBAAKCAQEA", 1100), (b"IBAAKCAgEA", 2200)];

/// Confirms what follows the first numbers of a private key.
pub(crate) fn der(window: &Window<'_>) -> Option<Verdict> {
    let anchor = window.slice(window.anchor_start()..window.anchor_end());
    let body = window.body();
    let characters = body.iter().filter(|byte| !byte.is_ascii_whitespace()).count();
    let least = RSA
        .iter()
        .find(|(first, _)| *first == anchor)
        .map_or(40, |(_, least)| *least);
    if characters < least {
        return None;
    }
    // Directly below its header it is found with it.
    let above = window.before().iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    if window
        .before()
        .get(..above)
        .is_some_and(|above| above.trim_ascii_end().ends_with(b"PRIVATE KEY-----"))
    {
        return None;
    }
    let end = body.trim_ascii_end().len();
    let start = window.body_start();
    Some(window.verdict(start..start + end, 95))
}

/// How much of `body` is the key. A first line longer than tools wrap at is all of it; else lines of the same length
/// follow, and perhaps a shorter one.
fn length(body: &[u8], header: usize) -> usize {
    let mut end = 0;
    let mut next = 0;
    let mut wrapped = 0;
    for (index, line) in body.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        match index {
            0 => wrapped = header + text.len(),
            _ if text.is_empty() || text.len() > wrapped || text.len() % 4 != 0 => break,
            _ => {}
        }
        end = next + text.len();
        next += line.len();
        if wrapped > LONGEST_LINE || (index > 0 && text.len() < wrapped) {
            break;
        }
    }
    end
}
