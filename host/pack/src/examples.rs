//! Every rule is held against its own examples before a pack is made.

use cofferdam_rules::pack::Pack;
use cofferdam_rules::{RuleEngine, fact};
use cofferdam_sdk::testing::Host;

use crate::compile::problem;
use crate::error::Problem;
use crate::source::{Placed, Source};
use crate::template;

/// The day that examples are judged on, counted from 1970-01-01: a pack's examples must not grow old.
const AS_OF: u32 = 20_000;
/// What tells that a finding only stands where a secret would.
const PLACEHOLDER: u64 = 1 << fact::PLACEHOLDER | 1 << fact::PUBLISHED;
/// The most bytes of an example that a message shows.
const SHOWN: usize = 100;

/// What is wrong with the examples of a compiled pack.
pub(crate) fn check(source: &Source, bytes: &[u8]) -> Vec<Problem> {
    // A pack's texts live as long as the program, as they do in a component's memory. A tool checks a pack once.
    let bytes: &'static [u8] = Box::leak(bytes.to_vec().into_boxed_slice());
    let pack: &'static Pack<'static> = match Pack::read(bytes) {
        Ok(pack) => Box::leak(Box::new(pack)),
        Err(what) => {
            return vec![Problem {
                file: String::new(),
                rule: None,
                what,
            }];
        }
    };
    let rules = (0_u16..).zip(&source.rules);
    rules
        .flat_map(|(index, placed)| check_rule(pack, index, placed))
        .collect()
}

fn check_rule(pack: &'static Pack<'static>, index: u16, placed: &Placed) -> Vec<Problem> {
    let host = Host::of(RuleEngine::one(pack, index, AS_OF));
    let rule = &placed.rule;
    let examples = rule
        .positive
        .iter()
        .map(|text| (text, true))
        .chain(rule.negative.iter().map(|text| (text, false)));
    let judge = |(number, (template, wanted)): (usize, (&String, bool))| {
        let text = match template::expand(template, &format!("{} {number}", rule.id)) {
            Ok(text) => text,
            Err(what) => return Some(problem(placed, what)),
        };
        let found = host.hits(&text).iter().any(|hit| hit.facts & PLACEHOLDER == 0);
        let what = match (wanted, found) {
            (true, true) | (false, false) => return None,
            (true, false) => "nothing is found in the positive example",
            (false, true) => "something is found in the negative example",
        };
        Some(problem(placed, format!("{what} `{}`", shown(template))))
    };
    examples.enumerate().filter_map(judge).collect()
}

/// An example as its file has it, so that no message holds what was generated.
fn shown(template: &str) -> String {
    let mut text: String = template.chars().take(SHOWN).collect();
    if text.len() < template.len() {
        text.push('…');
    }
    text.escape_debug().to_string()
}
