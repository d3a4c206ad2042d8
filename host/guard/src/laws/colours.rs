//! Values of colours that meet, with nothing between: each is taken out, whether or not a detector knows what both make
//! together.

use proptest::prelude::*;

use super::rig::{Letter, Manner, Outcome, alone, run, run_with};
use super::words::word_of;
use crate::Outlet;

/// What a tool sets before a word, between two versions of one, and behind them.
const COLOURS: [&str; 5] = [
    "\x1b[1m",
    "\x1b[31m",
    "\x1b[m\x1b[32m",
    "\x1b[0;1m",
    "\x1b(B\x1b[m\x1b[7m",
];

fn colour() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&COLOURS[..])
}

fn shown(outcome: &Outcome) -> String {
    String::from_utf8_lossy(&outcome.shown).into_owned()
}

/// Whether the detector of the laws takes it for a secret.
fn is_secret(value: &str) -> bool {
    value.len() >= 4 && !value.contains('x')
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// The first one ends where the colour does, though the word goes on, and the second one stands behind what names
    /// both.
    #[test]
    fn invariant_3_a_colour_parts_two_secrets(
        (first, second) in ("[a-dx]{1,8}", "[1-3x]{1,8}"),
        [before, between, behind] in [colour(), colour(), colour()],
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let text = format!("k_{before}{first}{between}{second}{behind}.");
        let word = word_of(text.as_bytes(), &[], &cuts);
        let outcome = run_with(alone("key"), &word, Outlet::Pipe, false, Manner::default());
        for value in [first, second].iter().filter(|value| is_secret(value)) {
            prop_assert!(!shown(&outcome).contains(value.as_str()), "{outcome:?}");
        }
    }

    /// A name begins behind a colour, as it does behind a blank.
    #[test]
    fn invariant_3_a_word_begins_behind_a_colour(word in "[a-z]{1,6}", colour in colour(), value in "[a-d]{4,9}") {
        let text = format!("\x1b[31m{word}{colour}AG={value}.");
        let outcome = run_with(alone("named"), &[Letter::Bytes(text.into())], Outlet::Pipe, false, Manner::default());
        prop_assert!(!shown(&outcome).contains(&value), "{outcome:?}");
    }

    /// What is found as a whole is one finding, however many colours it has.
    #[test]
    fn a_secret_in_colours_is_found_once(parts in prop::collection::vec(("[a-d]{1,2}", colour()), 2..4)) {
        let value: String = parts.iter().map(|(part, colour)| format!("{part}{colour}")).collect();
        let text = format!("k_{value}cdcd.");
        let outcome = run_with(alone("key"), &[Letter::Bytes(text.into())], Outlet::Pipe, false, Manner::default());
        prop_assert_eq!(outcome.decisions.len(), 1, "{:?}", outcome);
    }

    #[test]
    fn invariant_2_chunking_law_over_colours(
        pieces in prop::collection::vec(
            (prop::sample::select(&["k_", "kk_", "ag=", "AGto", "pass=", "PASS= ", "//", "+T", ":", "B12", "K--\n", ".", " ", "x", "\n"][..]),
             "[a-dx1-3]{0,6}", prop::option::of(prop_oneof![colour(), Just("\x1b[m")])),
            1..12,
        ),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let text: String = pieces
            .iter()
            .map(|(front, body, colour)| format!("{front}{body}{}", colour.unwrap_or_default()))
            .collect();
        let text = text.as_bytes();
        let outcome = |word: Vec<Letter>| run(&word, Outlet::Pipe, false, Manner::default()).told();
        let bytes = text.iter().map(|byte| Letter::Bytes(vec![*byte])).collect();
        let whole = outcome(word_of(text, &[], &[]));
        prop_assert_eq!(&outcome(word_of(text, &[], &cuts)), &whole);
        prop_assert_eq!(&outcome(bytes), &whole);
    }
}
