//! Where a text holds literals that a rule's suspects begin with.

use crate::rule::{Anchor, Keyword, Rule};
use crate::set::ByteSet;

/// Where the literal of the rule stands that ends first in a text, as it is the first to be told however the text
/// comes; and how long it is.
pub(super) fn first(rule: &Rule, text: &[u8]) -> Option<(usize, usize)> {
    let begins = begins(rule);
    let mut found: Option<(usize, usize)> = None;
    for (at, _) in text.iter().enumerate().filter(|(_, byte)| begins.has(**byte)) {
        if found.is_some_and(|(end, _)| at >= end) {
            break;
        }
        found = found
            .into_iter()
            .chain(ends_at(rule, text, at).map(|end| (end, at)))
            .min();
    }
    found.map(|(end, at)| (at, end - at))
}

/// What a literal of the rule begins with.
fn begins(rule: &Rule) -> ByteSet {
    literals(rule).flat_map(Keyword::first).collect()
}

/// Where the literals of the rule end that stand at a place of a text.
fn ends_at(rule: &Rule, text: &[u8], at: usize) -> impl Iterator<Item = usize> {
    let here = text.get(at..).unwrap_or_default();
    let stands = literals(rule).filter(move |keyword| keyword.leads(here));
    stands.map(move |keyword| at + keyword.bytes.len())
}

/// How long the longest of them is.
pub(super) fn longest(rule: &Rule) -> usize {
    literals(rule).map(|keyword| keyword.bytes.len()).max().unwrap_or(0)
}

/// The literals of the rule.
pub(crate) fn literals(rule: &Rule) -> impl Iterator<Item = &Keyword> {
    rule.anchors.iter().filter_map(|anchor| match anchor {
        Anchor::Literal(keyword) => Some(keyword),
        Anchor::Run { .. } => None,
    })
}
