//! Invariant 2: the cutting of the bytes, and the batching of the asks, can't be observed.

use proptest::prelude::*;

use super::rig::{Letter, Manner, run};
use super::words::{marks, wild, word_of};
use crate::Outlet;

fn outlet() -> impl Strategy<Value = Outlet> {
    prop_oneof![Just(Outlet::Terminal), Just(Outlet::Pipe)]
}

/// A block that begins, goes on, and nearly or really closes, with other suspects inside of it.
const BLOCK: [&str; 11] = ["dcba", "0123", "a", "k_", " ", "\n", "ab: c\n", "-", "--", "--E", "."];
/// What a tool sets around each line, nearly or really alike.
const AROUND: [&str; 6] = [
    "\n[ 9] y: ",
    "\n[10] y: ",
    "\n[10]",
    "7;",
    "\";z\n[8] y: ",
    "dcba\";z\n[8] y: ",
];

fn block() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(&BLOCK[..]), 1..12)
        .prop_map(|pieces| format!("K--{}", pieces.concat()).into_bytes())
}

fn framed() -> impl Strategy<Value = Vec<u8>> {
    let before = prop::sample::select(vec!["z\n", "[8] y: ", "[ 7] y: \"", "9"]);
    let piece = prop_oneof![prop::sample::select(&BLOCK[..]), prop::sample::select(&AROUND[..])];
    (before, prop::collection::vec(piece, 1..12))
        .prop_map(|(before, pieces)| format!("{before}K--{}", pieces.concat()).into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn invariant_2_chunking_law(
        text in wild(), marks in marks(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        outlet in outlet(), blocks in any::<bool>(),
    ) {
        let whole = run(&word_of(&text, &marks, &[]), outlet, blocks, Manner::default()).told();
        let cut = run(&word_of(&text, &marks, &cuts), outlet, blocks, Manner::default()).told();
        prop_assert_eq!(whole, cut);
    }

    #[test]
    fn invariant_2_chunking_law_byte_by_byte(text in wild(), outlet in outlet(), blocks in any::<bool>()) {
        let whole = run(&word_of(&text, &[], &[]), outlet, blocks, Manner::default()).told();
        let bytes: Vec<_> = text.iter().map(|byte| Letter::Bytes(vec![*byte])).collect();
        prop_assert_eq!(whole, run(&bytes, outlet, blocks, Manner::default()).told());
    }

    #[test]
    fn invariant_2_chunking_law_inside_a_block(text in prop_oneof![block(), framed()], outlet in outlet()) {
        let whole = run(&word_of(&text, &[], &[]), outlet, false, Manner::default()).told();
        let bytes: Vec<_> = text.iter().map(|byte| Letter::Bytes(vec![*byte])).collect();
        prop_assert_eq!(whole, run(&bytes, outlet, false, Manner::default()).told());
    }

    #[test]
    fn invariant_2_batching_is_unseen(text in wild(), marks in marks(), outlet in outlet()) {
        let word = word_of(&text, &marks, &[]);
        let plain = run(&word, outlet, true, Manner::default()).told();
        prop_assert_eq!(plain, run(&word, outlet, true, Manner { one_by_one: true, late: false }).told());
    }

    /// Bytes and the end that come while an answer is out wait for it, and change nothing. (Idle marks would: they
    /// find the guard waiting for an answer, and not for bytes.)
    #[test]
    fn invariant_2_late_answers_are_unseen(
        text in wild(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20), outlet in outlet(),
        blocks in any::<bool>(),
    ) {
        let word = word_of(&text, &[], &cuts);
        let prompt = run(&word, outlet, blocks, Manner::default()).told();
        prop_assert_eq!(prompt, run(&word, outlet, blocks, Manner { one_by_one: false, late: true }).told());
    }
}
