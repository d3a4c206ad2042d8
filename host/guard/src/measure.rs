//! What a bench counts and times beside whole guards.

use crate::ruleset::RuleSet;

impl RuleSet {
    /// How many hits the native search for literals has in a text, before anything is checked behind them. For
    /// measuring the search by itself: a guard does more, and counts nothing.
    pub fn count_hits(&self, text: &[u8]) -> usize {
        let mut hits = 0;
        self.search().prefilter.search(text, 0, |_, _, _| hits += 1);
        hits
    }
}
