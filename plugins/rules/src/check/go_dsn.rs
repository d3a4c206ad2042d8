//! Passwords in what Go's drivers for MySQL take as a data source: `user:password@tcp(host:port)/name`.

use cofferdam_sdk::check::is_reference;
use cofferdam_sdk::{Verdict, Window};

use super::common;
use super::url_password::{find, host, is_documented};
use crate::placeholder::Placeholders;

/// The networks that stand behind the password. The bracket behind the address ends the window.
/// Without one an address stands in brackets, or nothing but the slash before the name.
const NETWORKS: [&[u8]; 6] = [b"@tcp(", b"@unix(", b"@cloudsql(", b"@tcp6(", b"@(", b"@/"];

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.slice(window.start()..window.end());
    let (end, network) = NETWORKS
        .iter()
        .find_map(|network| Some((find(text, network)?, network)))?;
    let before = text.get(..end)?;
    let (user, start) = login(window, before)?;
    let value = before.get(start..).filter(|value| !value.is_empty())?;
    if is_reference(value) {
        return None;
    }
    let common = placeholders.common();
    let behind = host(text.get(end + network.len()..).unwrap_or_default());
    let from = window.start() + start;
    let verdict = common.judged(window.verdict(from..from + value.len(), 90), value, user);
    Some(common::lower_where(is_documented(common, value, behind), verdict))
}

/// The user, and where the password begins. The window begins behind the first colon, which is that between the two
/// where no quote and no scheme stands before the user.
fn login<'t>(window: &Window<'t>, before: &'t [u8]) -> Option<(&'t [u8], usize)> {
    let scheme = |from: usize| find(before.get(from..)?, b"://");
    let quote = before
        .iter()
        .position(|byte| b"\"'`".contains(byte))
        .map(|quote| quote + 1);
    let from = quote.unwrap_or(before.len() - before.trim_ascii_start().len());
    let from = match scheme(from) {
        Some(place) => from + place + 3,
        None if before.starts_with(b"//") => 2,
        None => from,
    };
    let colon = before.get(from..)?.iter().position(|byte| *byte == b':');
    match colon {
        // A quote or a blank before the user, or a scheme.
        Some(colon) if from > 0 => Some((before.get(from..from + colon)?, from + colon + 1)),
        Some(_) | None => {
            let gap = window.slice(window.anchor_end()..window.start());
            let name = gap.strip_suffix(b":").unwrap_or(gap);
            let begin = name
                .iter()
                .rposition(|byte| b"\"'`= (".contains(byte))
                .map_or(0, |at| at + 1);
            Some((name.get(begin..)?, 0))
        }
    }
}
