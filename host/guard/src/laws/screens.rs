//! Programs that leave a terminal's screen and come back to it.

use super::rig::{Letter, Manner, alone, literal, only, rule, run_with, set, span};
use crate::{Extent, MarkKind, Outlet, Severity, SpanRule};

/// What was shown of `text` on a terminal, whole and byte by byte, which must be the same.
fn shown(text: &str) -> String {
    let only = alone("key");
    let told = |word: &[Letter]| run_with(only.clone(), word, Outlet::Terminal, false, Manner::default()).told();
    let whole = told(&[Letter::Bytes(text.as_bytes().to_vec())]);
    let bytes: Vec<_> = text.bytes().map(|byte| Letter::Bytes(vec![byte])).collect();
    assert_eq!(whole, told(&bytes), "{}", text.escape_debug());
    String::from_utf8_lossy(&whole.shown).into_owned()
}

/// A secret whose first bytes were shown far before the last ones, beyond what is replayed on a blank screen, is read together with them.
#[test]
fn invariant_3_a_screen_is_found_as_it_was_left() {
    let long = "\x1b[5;1H..........".repeat(1000);
    let begins = "\x1b[?47h\x1b[1;1Hk_ccc";
    let ends = "\x1b[?47h\x1b[1;6Hddddddd\x1b[?47l\r\n";
    for between in ["", "make\r\n", "ab\rcd\x08\r\n", "\x1b[3;1Hx\x1b[4;1H\r\n"] {
        let text = format!("{begins}{long}\x1b[?47l\r\n{between}{ends}");
        let shown = shown(&text);
        assert!(
            !shown.contains('d') || between.contains('d'),
            "{between:?}: {}",
            shown.escape_debug()
        );
        assert!(!shown.contains("dd"), "{between:?}: {}", shown.escape_debug());
    }
    // Behind more than is replayed, the screen is blank.
    let text = format!("{begins}\x1b[?47l\r\n{}{ends}", "make\r\n".repeat(2000));
    assert_eq!(shown(&text), text);
    // Another text at that place is none.
    let text = format!("{begins}{long}\x1b[1;1H.....\x1b[?47l\r\n{ends}");
    assert_eq!(shown(&text), text);
}

/// So does one that was left twice, and what is written over in the meantime is not read.
#[test]
fn invariant_3_what_was_written_since_is_replayed() {
    let text = "\x1b[?47h\x1b[1;1Hk_cc\x1b[?47l\r\nmake\r\n\x1b[?47h\x1b[1;5Hcc\x1b[?47l\r\n\x1b[?47h\x1b[1;7Hdddddd\x1b[?47l\r\n";
    let shown = shown(text);
    assert!(!shown.contains('d'), "{}", shown.escape_debug());
}

/// What breaks a control sequence off may be taken out, with a secret or at a pause, and all that follows would be taken for the rest of the
/// sequence.
#[test]
fn invariant_2_a_sequence_that_is_broken_off_stays_so() {
    let rules = only(vec![rule(
        "key",
        Severity::P0,
        vec![literal("k_")],
        Extent::Span(SpanRule {
            body: set("cdé".as_bytes()),
            ..span(4, 12)
        }),
    )]);
    let shown = |word: &[Letter], outlet| {
        let shown = run_with(rules.clone(), word, outlet, false, Manner::default()).shown;
        String::from_utf8_lossy(&shown).into_owned()
    };
    let text = |text: &str| Letter::Bytes(text.as_bytes().to_vec());
    let secret = [text("k_cccc\x1b[\u{e9}ccc//a\n")];
    assert_eq!(shown(&secret, Outlet::Terminal), "k_****\x1b[\x18****//a\n");
    assert_eq!(shown(&secret, Outlet::Pipe), "k_[redacted:key]\x1b[\x18//a\n");
    let paused = [
        text("k_cccc\x1b[\u{200b}"),
        Letter::Mark(MarkKind::Stall),
        text("//a\n"),
    ];
    assert_eq!(shown(&paused, Outlet::Pipe), "k_****\x1b[\x18//a\n");
}
