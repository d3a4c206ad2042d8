//! Private numbers of keys, as tools print them in hexadecimal, with colons between and over lines.

use cofferdam_sdk::{Verdict, Window};

/// The fewest bytes of a private number.
const AT_LEAST: usize = 16;

pub(crate) fn check(window: &Window<'_>) -> Option<Verdict> {
    let body = window.body();
    // The next number's name may begin with letters that are digits as well.
    let end = body
        .windows(2)
        .rposition(|pair| pair[0].is_ascii_hexdigit() && matches!(pair[1], b':' | b'\n' | b'\r'))?
        + 1;
    let start = body.iter().position(u8::is_ascii_hexdigit)?;
    let number = body.get(start..end)?;
    let pairs = number
        .split(|byte| !byte.is_ascii_hexdigit())
        .filter(|pair| !pair.is_empty());
    let mut bytes = 0;
    for pair in pairs {
        if pair.len() != 2 {
            return None;
        }
        bytes += 1;
    }
    let from = window.body_start();
    (bytes >= AT_LEAST).then(|| window.verdict(from + start..from + end, 99))
}
