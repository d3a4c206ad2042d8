//! E-mail addresses.

use cofferdam_sdk::{Severity, Verdict, Window};

use super::common::is_below;
use crate::fact::PLACEHOLDER;
use crate::pack::Mail;
use crate::placeholder::Placeholders;

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders, verdicts: &mut Vec<Verdict>) {
    let mail = placeholders.mail();
    let at = window.anchor_start();
    let whole = window.slice(window.start()..at);
    // A dot or dash before the name belongs to the sentence.
    let skipped = whole
        .iter()
        .take_while(|byte| matches!(byte, b'.' | b'-' | b'%' | b'+'))
        .count();
    let local = whole.get(skipped..).unwrap_or_default();
    let domain = window.slice(at + 1..window.end());
    let domain = trim_end(domain);
    if local.is_empty() || local.ends_with(b".") || !is_domain(domain) || is_file(domain, mail) || is_user(window) {
        return;
    }
    let end = at + 1 + domain.len();
    let verdict = window.verdict(window.start() + skipped..end, 80);
    if is_reserved(domain, mail) || is_nobody(local, mail) {
        verdicts.push(Verdict {
            confidence: 10,
            ..verdict.severity(Severity::P3).fact(PLACEHOLDER)
        });
    } else {
        verdicts.push(verdict);
    }
}

/// The most bytes before an address that may be the beginning of a URL.
const URL: usize = 96;

/// Whether it is the user's name or the password of a URL, and the host behind it.
fn is_user(window: &Window<'_>) -> bool {
    let start = window.start();
    let before = window.slice(start.saturating_sub(URL)..start);
    let word = before
        .rsplit(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<'))
        .next()
        .unwrap_or_default();
    let scheme = word.windows(3).rposition(|three| three == b"://");
    scheme
        .and_then(|at| word.get(at + 3..))
        .is_some_and(|rest| !rest.iter().any(|byte| matches!(byte, b'/' | b'?' | b'#')))
}

/// The domain without the dots and dashes of the sentence around it.
fn trim_end(domain: &[u8]) -> &[u8] {
    let kept = domain
        .iter()
        .rposition(u8::is_ascii_alphanumeric)
        .map_or(0, |at| at + 1);
    domain.get(..kept).unwrap_or_default()
}

/// Whether this is labels with dots between them and letters at the end.
fn is_domain(domain: &[u8]) -> bool {
    let mut labels = domain.split(|&byte| byte == b'.');
    let Some(last) = labels.next_back() else { return false };
    let mut others = 0;
    let fits = labels.all(|label| {
        others += 1;
        !label.is_empty() && label.len() <= 63 && !label.starts_with(b"-") && !label.ends_with(b"-")
    });
    fits && others > 0 && (2..=24).contains(&last.len()) && last.iter().all(u8::is_ascii_alphabetic)
}

/// Names like `icon@2x.png` and `unit@host.service` are files and units.
fn is_file(domain: &[u8], mail: &Mail<&[u8]>) -> bool {
    let last = domain.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    mail.files.iter().any(|ending| ending.eq_ignore_ascii_case(last))
}

/// Names that no person has.
fn is_nobody(local: &[u8], mail: &Mail<&[u8]>) -> bool {
    mail.nobody.iter().any(|name| name.eq_ignore_ascii_case(local)) || is_yours(local)
}

/// Whether the reader's own stands there: `your-name`, `yourCompany`.
fn is_yours(text: &[u8]) -> bool {
    text.get(..4).is_some_and(|front| front.eq_ignore_ascii_case(b"your"))
}

/// Domains that are set apart for documentation and tests.
fn is_reserved(domain: &[u8], mail: &Mail<&[u8]>) -> bool {
    let label = domain.split(|&byte| byte == b'.').next().unwrap_or_default();
    is_below(domain, &mail.domains) || is_yours(label)
}
