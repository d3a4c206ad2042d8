//! Invariant 9: the same bytes, marks and rules lead to the same decisions, whenever and wherever they are made.

use proptest::prelude::*;

use super::rig::{Manner, run};
use super::words::{marks, text, word_of};
use crate::Outlet;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// A guard made anew, on a thread of its own, decides the same in the same order: nothing hangs on a clock, an
    /// address, a thread or the order of a map.
    #[test]
    fn invariant_9_decisions_can_be_made_again(
        text in text(), marks in marks(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        terminal in any::<bool>(), blocks in any::<bool>(),
    ) {
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let word = word_of(&text, &marks, &cuts);
        let first = run(&word, outlet, blocks, Manner::default());
        let again = std::thread::scope(|scope| {
            scope.spawn(|| run(&word, outlet, blocks, Manner::default())).join().expect("the guard doesn't panic")
        });
        prop_assert_eq!(first, again);
    }
}
