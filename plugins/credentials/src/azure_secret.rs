//! Client secrets of Azure's directory: the mark that tells them stands in their fourth to sixth place.

use cofferdam_sdk::check::is_placeholder;
use cofferdam_sdk::{ByteSet, Extent, Rule, Severity, Verdict, Window};

use crate::token::placeholder;

/// The bytes before the mark. They may show: holding three bytes of every word would hold everything.
const LEAD: u16 = 3;
/// The fewest bytes after it.
const AT_LEAST: u16 = 31;

pub(crate) fn rule() -> Rule {
    let extent = Extent::span(ByteSet::WORD.with(b"~.-"), AT_LEAST, 128).lead(ByteSet::WORD.with(b"~."), LEAD, LEAD);
    Rule::new(
        "azure-client-secret",
        "Azure directory client secret",
        "credential.cloud.azure",
        Severity::P0,
    )
    .literal(b"7Q~")
    .literal(b"8Q~")
    .extent(extent)
    .may_show(LEAD)
}

pub(crate) fn check(window: &Window<'_>) -> Option<Verdict> {
    let tail = window.slice(window.anchor_start()..window.end());
    Some(if is_placeholder(tail, usize::from(AT_LEAST)) {
        placeholder(window)
    } else {
        window.whole(95)
    })
}
