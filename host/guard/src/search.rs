//! The search for the literals of all rules, as they stand and in encodings.

use std::sync::OnceLock;

use crate::coding::{LONGEST_FORM, Pairs, Spelling, Wanted, escapes, forms, triggers};
use crate::follow::Ends;
use crate::prefilter::{Behind, Draft, Literals, Owner, Prefilter, Stands};
use crate::rule::{Anchor, Extent, Keyword, Rule, Severity};
use crate::ruleset::Compiled;
use crate::set::ByteSet;
use crate::view::BOUNDARY;

/// The context before an anchor that a detector sees, in bytes.
pub(crate) const CONTEXT: u64 = 256;

/// The compiled search.
pub(crate) struct Search {
    pub(crate) prefilter: Prefilter,
    /// What the prefilter's literals end with, and those of rules alone, once someone asks: most sessions never do.
    ends: OnceLock<Ends>,
    rules_ends: OnceLock<Ends>,
    followed_ends: OnceLock<Ends>,
}

impl Search {
    /// Compiles the literals of rules that have been checked.
    pub(crate) fn new(rules: &[Compiled]) -> Self {
        Self {
            prefilter: Prefilter::new(literals(rules, Wanted::All)),
            ends: OnceLock::new(),
            rules_ends: OnceLock::new(),
            followed_ends: OnceLock::new(),
        }
    }

    /// Whether that is compiled which [`Search::ends`] answers.
    pub(crate) fn has_ends(&self) -> bool {
        self.ends.get().is_some()
    }

    /// What the prefilter's literals end with.
    pub(crate) fn ends(&self) -> &Ends {
        self.ends.get_or_init(|| Ends::new(self.prefilter.literals().iter()))
    }

    /// The same of [`Search::rules_ends`].
    pub(crate) fn has_rules_ends(&self) -> bool {
        self.rules_ends.get().is_some()
    }

    /// The same of literals that rules want to know of as they stand.
    pub(crate) fn rules_ends(&self) -> &Ends {
        self.rules_ends
            .get_or_init(|| Ends::new(self.prefilter.literals().of_rules()))
    }

    /// The same of those that are looked for together with what may follow them.
    pub(crate) fn followed_ends(&self) -> &Ends {
        let followed = || {
            let literals = self.prefilter.literals().of_rules();
            literals.filter(|literal| !literal.followers.is_empty())
        };
        self.followed_ends.get_or_init(|| Ends::new(followed()))
    }
}

/// The search of one short text, while the whole isn't compiled: for the literals that it may hold, which are few.
pub(crate) fn of_text(rules: &[Compiled], text: &[u8]) -> Prefilter {
    Prefilter::new(literals(rules, Wanted::In(&Pairs::of(text))))
}

/// The literals that are wanted.
fn literals(rules: &[Compiled], wanted: Wanted<'_>) -> Literals {
    let room = match wanted {
        Wanted::All => FORMS * rules.iter().map(|compiled| compiled.rule.anchors.len()).sum::<usize>(),
        Wanted::In(_) => FEW,
    };
    let mut literals = Draft::with_room(room);
    for (index, Compiled { rule, .. }) in (0_u32..).zip(rules) {
        let mut behind = None;
        let stands = if rule.word || rule.name.is_some() {
            Stands::BeginsWord
        } else {
            Stands::Anywhere
        };
        for (anchor, of) in (0_u16..).zip(&rule.anchors) {
            let Anchor::Literal(keyword) = of else {
                continue;
            };
            let owner = Owner::Rule { rule: index, anchor };
            if wanted.takes(&keyword.bytes) {
                let behind = *behind.get_or_insert_with(|| literals.behind(&followers(rule)));
                literals.add(&keyword.bytes, keyword.any_case, stands, behind, owner);
            }
            if rule.hold {
                add_forms(&mut literals, rule, keyword, wanted);
            }
        }
    }
    triggers(&mut |form| {
        if wanted.takes(form.bytes) {
            let behind = literals.behind(form.followers);
            let owner = Owner::Coding(form.coding);
            literals.add(form.bytes, form.any_case, Stands::Anywhere, behind, owner);
        }
    });
    literals.finish()
}

/// What rules need of the text around a literal, known before their literals are compiled.
pub(crate) struct Surroundings {
    /// Bytes before the end that a coming hit may look back at.
    pub(crate) look_back: u64,
    /// No literal, nor a form of one in an encoding, has more bytes.
    pub(crate) longest: usize,
    /// A literal ends with a control byte.
    pub(crate) ends_in_controls: bool,
    /// A literal may stand over a boundary.
    pub(crate) crosses: bool,
}

impl Surroundings {
    pub(crate) fn of(rules: &[Compiled]) -> Self {
        // Forms in encodings are no longer, and end with what is seen.
        let mut longest = LONGEST_FORM;
        let mut longest_lead = 0;
        let mut ends_in_controls = false;
        let mut crosses = false;
        for Compiled { rule, .. } in rules {
            if let Extent::Span(span) = &rule.extent
                && let Some(lead) = &span.lead
            {
                longest_lead = longest_lead.max(u64::from(lead.longest) + u64::from(rule.may_show));
            }
            for anchor in &rule.anchors {
                if let Anchor::Literal(keyword) = anchor {
                    longest = longest.max(keyword.bytes.len());
                    crosses |= keyword.bytes.contains(&BOUNDARY[1]);
                    let last = keyword.bytes.last();
                    ends_in_controls |= last.is_some_and(|last| *last != 0 && last.is_ascii_control());
                }
            }
        }
        Self {
            look_back: CONTEXT + longest_lead + longest as u64,
            longest,
            ends_in_controls,
            crosses,
        }
    }
}

/// How many forms a literal has, about.
const FORMS: usize = 12;
/// How many literals a short text may hold, about.
const FEW: usize = 256;

/// The literal as it stands in encodings.
fn add_forms(literals: &mut Draft, rule: &Rule, keyword: &Keyword, wanted: Wanted<'_>) {
    let (literal, any_case) = match &rule.extent {
        // What is searched for shows, so no more of a known value is.
        Extent::Known(value) => (&value.bytes()[..value.bytes().len().min(4)], false),
        Extent::Span(_) | Extent::Block(_) => (&keyword.bytes[..], keyword.any_case),
    };
    let spelling = if rule.name.is_some() {
        Spelling::Name
    } else {
        Spelling::Word
    };
    forms(
        literal,
        any_case,
        spelling,
        (rule.severity == Severity::P0, wanted),
        &mut |form| {
            if wanted.takes(form.bytes) {
                let owner = Owner::Coding(form.coding);
                literals.add(form.bytes, form.any_case, Stands::Anywhere, Behind::ANYTHING, owner);
            }
        },
    );
}

/// What may follow a literal is looked at so far, if that.
pub(crate) const FOLLOWERS: usize = 14;

/// What can stand directly behind an anchor of a rule, byte by byte, if there is to be a suspect: its body, or what
/// an escape begins with that stands for some of it.
fn followers(rule: &Rule) -> Vec<ByteSet> {
    let escapes = escapes();
    match &rule.extent {
        Extent::Span(span) if span.gap == 0 => {
            // Behind the first byte a filler may stand, unless the head says otherwise.
            let plain = if span.filler.is_empty() {
                usize::from(span.at_least).min(FOLLOWERS)
            } else {
                1
            };
            (0..plain.max(span.head.len()).min(FOLLOWERS))
                .map(|place| span.head.get(place).unwrap_or(&span.body).union(&escapes))
                .collect()
        }
        Extent::Span(_) | Extent::Block(_) | Extent::Known(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    use proptest::prelude::*;

    use super::literals;
    use crate::coding::Wanted;
    use crate::laws::rig;
    use crate::prefilter::Owner;
    use crate::{Anchor, DetectorRules, Extent, FailureMatrix, Keyword, Rule, RuleSet, Severity};

    fn rules() -> RuleSet {
        let rule = |(number, (anchor, any_case)): (usize, (&str, bool))| {
            let bytes = anchor.into();
            let anchors = vec![Anchor::Literal(Keyword { bytes, any_case })];
            Rule {
                word: any_case,
                ..rig::rule(
                    &format!("rule-{number}"),
                    // Of P0 alone forms in forms are looked for.
                    if number % 3 == 1 { Severity::P1 } else { Severity::P0 },
                    anchors,
                    Extent::Span(rig::span(2, 9)),
                )
            }
        };
        let all = [
            ("ghp_", false),
            ("AKIA", false),
            ("token", true),
            ("hvs.", false),
            ("Bearer", true),
            ("=", false),
            ("sk-", false),
            ("sk-ant-api03-", false),
            ("aws_secret_key", true),
            ("xoxb-1", false),
        ];
        let detector = DetectorRules {
            name: "test".into(),
            rules: all.into_iter().enumerate().map(rule).map(Arc::new).collect(),
            fact_count: 0,
            failure: FailureMatrix::default(),
        };
        RuleSet::new(vec![detector]).expect("the rules are good")
    }

    fn hits(rules: &RuleSet, text: &[u8]) -> Vec<(usize, usize, Vec<Owner>)> {
        let mut hits = Vec::new();
        rules
            .prefilter_for(text)
            .search(text, 0, |owners, start, end| hits.push((start, end, owners.to_vec())));
        hits.sort_by_key(|(start, end, owners)| (*start, *end, format!("{owners:?}")));
        hits
    }

    proptest! {
        /// What is compiled for one text finds in it what the whole search finds.
        #[test]
        fn short_texts_are_searched_in_full(
            parts in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), "[a-cA-C1=%&#.\\n]{0,5}"), 0..12),
        ) {
            let rules = rules();
            let all = literals(&rules.rules, Wanted::All);
            let all: Vec<_> = all.iter().collect();
            let mut text = Vec::new();
            for (literal, loud, between) in &parts {
                let bytes = literal.get(&all).bytes;
                text.extend(if *loud { bytes.to_ascii_uppercase() } else { bytes.to_vec() });
                text.extend_from_slice(between.as_bytes());
            }
            let before = hits(&rules, &text);
            prop_assert!(rules.prepared().is_none());
            rules.prepare();
            prop_assert_eq!(before, hits(&rules, &text));
        }

        /// What is compiled for several texts at once finds in each of them what the whole search finds.
        #[test]
        fn expected_texts_are_searched_in_full(
            texts in prop::collection::vec(
                prop::collection::vec((any::<prop::sample::Index>(), "[a-zA-Z0-9=%&#. \\n]{0,6}"), 0..6),
                1..5,
            ),
            cut in any::<prop::sample::Index>(),
        ) {
            let rules = rules();
            let all = literals(&rules.rules, Wanted::All);
            let all: Vec<_> = all.iter().collect();
            let texts: Vec<Vec<u8>> = texts
                .iter()
                .map(|parts| parts.iter().flat_map(|(of, between)| [of.get(&all).bytes, between.as_bytes()].concat()).collect())
                .collect();
            let joined = texts.concat();
            rules.expect(joined.clone());
            let (front, back) = joined.split_at(cut.index(joined.len() + 1));
            let parts = || texts.iter().map(|text| &text[..]).chain([front, back]);
            let before: Vec<_> = parts().map(|text| hits(&rules, text)).collect();
            prop_assert_eq!(rules.alone.load(Ordering::Relaxed), 0);
            rules.prepare();
            prop_assert_eq!(before, parts().map(|text| hits(&rules, text)).collect::<Vec<_>>());
        }
    }
}
