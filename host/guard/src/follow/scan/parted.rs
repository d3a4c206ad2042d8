//! Literals that begin directly behind a word of another colour.

use super::{Begun, Scanner, is_inside, what_leads};
use crate::prefilter::Owner;
use crate::ruleset::RuleSet;
use crate::stream::Stream;
use crate::word::{self, LOOK};

impl Scanner {
    /// Finds literals that begin where a colour parts a word, since another word may begin there.
    pub(crate) fn search_parted(&mut self, rules: &RuleSet, stream: &Stream, colours: Vec<u64>) {
        let longest = rules.around.longest as u64;
        for at in colours {
            // What begins a word is found by itself.
            if !word::is_inside(stream.slice(at.saturating_sub(LOOK as u64), at)) {
                continue;
            }
            // What may follow a literal is looked at as well.
            let text = stream.slice(at, at + 2 * longest);
            if !text.first().is_some_and(u8::is_ascii_alphabetic) {
                continue;
            }
            let prefilter = rules.prefilter_for(text);
            let beginning = text.first_chunk();
            if beginning.is_some_and(|eight| !prefilter.may_begin_word(u64::from_le_bytes(*eight))) {
                continue;
            }
            let searched = usize::try_from(self.searched.saturating_sub(at)).expect("a literal is short");
            let typed = self.typed;
            let begun = &mut self.begun;
            prefilter.search(text, searched, |owners, start, end| {
                for owner in owners {
                    let Owner::Rule { rule, anchor } = owner else { continue };
                    let of = &rules.rules[*rule as usize].rule;
                    if start > 0 || end as u64 > longest || !is_inside(of, stream, at) {
                        continue;
                    }
                    if let Some(lead) = what_leads(of, stream, at, typed) {
                        begun.push(Begun {
                            at,
                            end: at + end as u64,
                            lead,
                            alone: true,
                            rule: *rule,
                            anchor: *anchor,
                        });
                    }
                }
            });
        }
    }

    /// From where on colours count for what is searched next.
    pub(crate) fn parted_from(&self, rules: &RuleSet) -> u64 {
        (self.searched + 1).saturating_sub(rules.around.longest as u64)
    }
}
