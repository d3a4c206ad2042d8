//! Words of a shell beside a secret: two strings with blanks between them are parts of one elsewhere.

use proptest::prelude::*;

use super::rig::{Letter, Manner, run_with, token};
use super::words::word_of;
use crate::Outlet;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A shell's next word is masked only where the one before it is no secret by itself.
    #[test]
    fn invariant_3_words_of_a_shell_make_up_no_secret_where_one_is_enough(
        between in prop::sample::select(vec!["\" \"", "' '", "\"\t\"", "\"  '"]),
        first in "[efg]{8,12}|[efg]{1,7}",
        second in "[hij]{8,12}",
        escaped in any::<bool>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let text = format!("x -h \"tokn_{first}{between}{second}\"\n");
        let text = if escaped { text.replace('"', "\\\"") } else { text };
        let whole = run_with(token(), &[Letter::Bytes(text.as_bytes().to_vec())], Outlet::Pipe, false, Manner::default());
        let shown = String::from_utf8_lossy(&whole.shown).into_owned();
        prop_assert!(first.len() < 4 || !shown.contains(&first[..4]), "{shown} of {text}");
        prop_assert_eq!(shown.contains(&second), first.len() >= 8, "{} of {}", shown, text);
        let word = word_of(text.as_bytes(), &[], &cuts);
        prop_assert_eq!(whole.told(), run_with(token(), &word, Outlet::Pipe, false, Manner::default()).told());
    }
}
