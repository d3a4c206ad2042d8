//! Passwords in what Go's drivers for MySQL take as a data source: `user:password@tcp(host:port)/name`.

use cofferdam_sdk::check::is_reference;
use cofferdam_sdk::{Verdict, Window};

use super::common;
use super::url_password::{host, is_easy};
use crate::placeholder::Placeholders;

/// The networks that stand behind the password. The bracket behind the address ends the window.
const NETWORKS: [&[u8]; 4] = [b"@tcp(", b"@unix(", b"@cloudsql(", b"@tcp6("];

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.slice(window.start()..window.end());
    let starts = |network: &&[u8]| text.windows(network.len()).position(|part| part == *network);
    let (end, network) = NETWORKS.iter().find_map(|network| Some((starts(network)?, network)))?;
    let before = text.get(..end)?;
    // The window begins at the first colon, which may be an assignment's: then the user stands behind a quote or a blank.
    let opened = before.iter().rposition(|byte| b"\"'` ".contains(byte));
    let (user, start) = match opened {
        Some(quote) => {
            let login = before.get(quote + 1..)?;
            let colon = login.iter().position(|byte| *byte == b':')?;
            (login.get(..colon)?, quote + 1 + colon + 1)
        }
        None => (&[][..], 0),
    };
    let value = before.get(start..).filter(|value| !value.is_empty())?;
    if is_reference(value) {
        return None;
    }
    let common = placeholders.common();
    let behind = host(text.get(end + network.len()..).unwrap_or_default());
    let anywhere = common.is_reserved(behind) || common.is_here(behind);
    let lowered = (anywhere && is_easy(value)) || common.is_nowhere(behind);
    let from = window.start() + start;
    let verdict = common.judged(window.verdict(from..from + value.len(), 90), value, user);
    Some(common::lower_where(lowered, verdict))
}
