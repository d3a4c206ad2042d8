//! AWS secret access keys: forty characters with nothing of their own, so a name before them is what finds them.

use cofferdam_sdk::check::is_placeholder;
use cofferdam_sdk::{ByteSet, Extent, Rule, Severity, Verdict, Window};

use crate::token::placeholder;

/// How long a secret is.
const LENGTH: u16 = 40;
/// How far it may stand behind its name: quotes, blanks, colons, an arrow, a tag's end.
const GAP: u16 = 24;

pub(crate) fn rule() -> Rule {
    // No two of these fit one place, so that no secret is asked about twice.
    let names = [
        "secret_access_key",
        "secretaccesskey",
        "secret-access-key",
        "secret access key",
        "aws_secret_key",
        "awssecretkey",
        "aws-secret-key",
        "aws_secret=",
        "aws_secret:",
        "aws_secret ",
    ];
    let rule = Rule::new(
        "aws-secret-key",
        "AWS secret access key",
        "credential.cloud.aws",
        Severity::P0,
    );
    let rule = rule.extent(Extent::span(ByteSet::BASE64, LENGTH, 256).gap(GAP));
    names.iter().fold(rule, |rule, name| rule.keyword(name.as_bytes()))
}

pub(crate) fn check(window: &Window<'_>) -> Option<Verdict> {
    let body = window.body();
    if is_placeholder(body, usize::from(LENGTH)) {
        return Some(placeholder(window));
    }
    // A path or a name of forty characters has no digit, or no letter of one case.
    let kinds = [u8::is_ascii_digit, u8::is_ascii_uppercase, u8::is_ascii_lowercase];
    let mixed = kinds.iter().filter(|kind| body.iter().any(kind)).count() >= 2;
    mixed.then(|| window.whole(90))
}
