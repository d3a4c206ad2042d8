//! Lists of what has its values opened, as of URLs: each is asked about, up to the next, and nothing else is taken out.

use proptest::prelude::*;

use super::rig::{Outcome, literal, only, rule, run_text, set, span};
use crate::{DetectorRules, Extent, Opener, Severity, SpanRule};

/// A password in a URL.
fn url() -> Vec<DetectorRules> {
    let word = b"abcdefghijklmnopqrstuvwxyzX0123456789";
    let body = [&word[..], b":/,@"].concat();
    let opened = SpanRule {
        body: set(&body),
        gap: 6,
        opener: Some(Opener {
            before: set(word),
            bytes: set(b":"),
            after: set(b""),
        }),
        ..span(3, 200)
    };
    only(vec![rule(
        "url",
        Severity::P0,
        vec![literal("://")],
        Extent::Span(opened),
    )])
}

fn run(text: &[u8], bytes: bool) -> Outcome {
    run_text(url(), text, bytes)
}

/// Windows with an `x` are nothing to the detector of the laws.
fn list(count: usize, secret: usize) -> String {
    let one = |index| if index == secret { "a://b:kkkk," } else { "a://b:x80," };
    (0..count).map(one).collect()
}

#[test]
fn a_list_without_a_secret_is_shown() {
    for count in [8, 9, 40, 400] {
        let text = list(count, usize::MAX);
        assert_eq!(String::from_utf8_lossy(&run(text.as_bytes(), false).shown), text);
    }
}

#[test]
fn invariant_3_a_secret_in_a_list_is_taken_out() {
    // The first few are asked about with all that follows, in which this detector sees an `x`.
    for secret in 8..40 {
        let text = list(40, secret);
        for bytes in [false, true] {
            let shown = String::from_utf8(run(text.as_bytes(), bytes).shown).expect("ASCII");
            assert!(!shown.contains('k'), "{secret}: {shown}");
            assert!(shown.matches("x80").count() >= 38, "{secret}: {shown}");
        }
    }
}

#[test]
fn a_list_is_asked_about_in_proportion() {
    let [once, twice] = [1000, 2000].map(|count| run(list(count, usize::MAX).as_bytes(), false).asked);
    assert!(twice <= 2 * once + 10_000, "{once} {twice}");
}

/// Of lists, and of what stands in them: escapes, and more than is walked over at once.
const PIECES: [&str; 16] = [
    "a://b:kk,",
    "://",
    ":",
    "/",
    "a",
    "kkk",
    "x",
    "X",
    "://:",
    " ",
    "a://b:a",
    "\\x6bkkk ",
    "%6bkk",
    "%",
    "c://c",
    "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn invariant_2_chunking_law_in_a_list(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..60),
        lead in 0_usize..12,
    ) {
        let text = [list(lead, usize::MAX), pieces.concat()].concat();
        prop_assert_eq!(run(text.as_bytes(), false).told(), run(text.as_bytes(), true).told());
    }
}
