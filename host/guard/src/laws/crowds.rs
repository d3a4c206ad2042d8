//! Crowds of names: only those whose values have begun share anything.

use proptest::prelude::*;

use super::rig::{Outcome, literal, only, rule, run_text, set, span};
use crate::{DetectorRules, Extent, Opener, Severity, SpanRule};

/// A value behind a name, of which what it is called goes on, and what it is written with may stand in between.
fn named() -> Vec<DetectorRules> {
    let word = b"abcdefghijklmnopqrstuvwxyzX0123456789";
    let value = SpanRule {
        body: set(&[&word[..], b"="].concat()),
        gap: 20,
        opener: Some(Opener {
            before: set(&[&word[..], b"_ \""].concat()),
            bytes: set(b"=:"),
            after: set(b" \""),
        }),
        ..span(4, 60)
    };
    only(vec![rule(
        "named",
        Severity::P0,
        vec![literal("ag")],
        Extent::Span(value),
    )])
}

fn run(text: &[u8], bytes: bool) -> Outcome {
    run_text(named(), text, bytes)
}

fn shown(text: &str) -> String {
    let [whole, bytes] = [false, true].map(|bytes| run(text.as_bytes(), bytes).told());
    assert_eq!(whole, bytes);
    String::from_utf8(run(text.as_bytes(), false).shown).expect("ASCII")
}

#[test]
fn names_without_values_are_shown_however_many_they_are() {
    for name in ["ag", "ag0", "ag kk ", "agkkkkkkkkkkkkkkkkkkk"] {
        for count in [8, 9, 40, 400] {
            for end in ["", ".", "\n", "; k = 1"] {
                let text = format!("{}{end}", name.repeat(count));
                assert_eq!(shown(&text), text);
            }
        }
    }
}

#[test]
fn invariant_3_a_value_behind_many_names_is_taken_out() {
    for name in ["ag", "ag0", "ag kk ", "ag=", "ag:k", "ag= ", "ag=kkkkkkk"] {
        for count in 1..40 {
            for opener in ["=", "_k=", "\": \""] {
                let text = format!("{}ag{opener}kkkkkk.", name.repeat(count));
                let shown = shown(&text);
                assert!(!shown.contains("kkkkkk"), "{text}: {shown}");
                assert!(shown.ends_with('.'), "{text}: {shown}");
            }
        }
    }
}

/// A name behind a crowd may be over with its next byte, and still be the first of which what they share is told.
#[test]
fn invariant_3_what_a_crowd_shares_goes_on_behind_a_name_that_is_over() {
    let value = SpanRule {
        body: set(b"abcdefghijklmnopqrstuvwxyz=&;_"),
        gap: 20,
        opener: Some(Opener {
            before: set(b"_k"),
            bytes: set(b"="),
            after: set(b" "),
        }),
        ..span(4, 60)
    };
    let rules = only(vec![rule(
        "named",
        Severity::P0,
        vec![literal("ag")],
        Extent::Span(value),
    )]);
    for count in 7..12 {
        for over in ["ag&", "ag;", "ag;ag;", ""] {
            let text = format!("x {}{over}ag_k=kkkkkk.", "ag=kkkk&".repeat(count));
            let [whole, bytes] = [false, true].map(|bytes| run_text(rules.clone(), text.as_bytes(), bytes));
            let shown = String::from_utf8_lossy(&whole.shown).into_owned();
            assert!(!shown.contains("kkkk") && shown.ends_with('.'), "{text}: {shown}");
            assert_eq!(whole.told(), bytes.told(), "{text}");
        }
    }
}

/// Names, and what values are written with.
const PIECES: [&str; 12] = ["ag", "ag=", "ag:", "=", "k", "kkkkk", "_", "\"", " ", "x", ".", "\\x6b"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn invariant_2_chunking_law_in_a_crowd_of_names(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..80),
        lead in 0_usize..12,
    ) {
        let text = ["ag".repeat(lead), pieces.concat()].concat();
        prop_assert_eq!(run(text.as_bytes(), false).told(), run(text.as_bytes(), true).told());
    }
}
