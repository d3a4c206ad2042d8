//! What each match of a rule's pattern has behind its anchor, so that the host asks about nothing that lacks it.

use std::slice;

use cofferdam_rules::pack::Set;
use cofferdam_rules::pattern::Kind;
use regex_syntax::hir::{Hir, HirKind};

use crate::pattern::Parts;
use crate::source::RuleSource;
use crate::steps::class_set;

/// Bytes that make up so much of ordinary text, in 10,000, stand in nearly each suspect: to look for them costs more
/// than it spares.
const COMMON: u32 = 3000;

/// The bytes of which each match has one, the rarest of all such sets. `None` where all of them are common.
pub(crate) fn of_pattern(rule: &RuleSource, parts: &Parts) -> Option<Set> {
    let pattern = [&parts.before, &parts.secret].map(|items| rarest(items));
    // Of what begins before its anchor, the bytes that its text must hold may all stand there.
    let held = Some(rule).filter(|rule| rule.lead.is_none());
    let kinds = held
        .into_iter()
        .flat_map(|rule| rule.needs.iter().filter_map(|kind| set_of(*kind)));
    let texts = held.into_iter().flat_map(|rule| rule.holds.iter());
    let bytes = texts.flat_map(|text| text.as_bytes()).map(|byte| Set::of(&[*byte]));
    let all = pattern.into_iter().flatten().chain(kinds).chain(bytes);
    all.min_by_key(weight).filter(|set| weight(set) < COMMON)
}

/// The rarest set of which each match of a sequence has a byte.
fn rarest(items: &[Hir]) -> Option<Set> {
    let of = |item: &Hir| match item.kind() {
        HirKind::Empty | HirKind::Look(_) => None,
        HirKind::Literal(literal) => literal.0.iter().map(|byte| Set::of(&[*byte])).min_by_key(weight),
        HirKind::Class(class) => Some(class_set(class)),
        HirKind::Repetition(repetition) if repetition.min == 0 => None,
        HirKind::Repetition(repetition) => rarest(slice::from_ref(&repetition.sub)),
        HirKind::Capture(capture) => rarest(slice::from_ref(&capture.sub)),
        HirKind::Concat(parts) => rarest(parts),
        HirKind::Alternation(parts) => {
            let mut sets = parts.iter().map(|part| rarest(slice::from_ref(part)));
            sets.try_fold(Set::default(), |all, set| Some(all.or(&set?)))
        }
    };
    items.iter().filter_map(of).min_by_key(weight)
}

/// The bytes of a kind; `None` where ordinary text is full of them: of small letters, and of the sign before a value.
fn set_of(kind: Kind) -> Option<Set> {
    let range = |from: u8, to: u8| Set::of(&(from..=to).collect::<Vec<u8>>());
    match kind {
        Kind::Digit => Some(range(b'0', b'9')),
        Kind::Upper => Some(range(b'A', b'Z')),
        // Random letters have no digit.
        Kind::Lower | Kind::Letter | Kind::Random | Kind::Symbol => None,
    }
}

/// How much these bytes make up of ordinary text behind an anchor, in 10,000.
fn weight(set: &Set) -> u32 {
    (0..=u8::MAX).filter(|byte| set.has(*byte)).map(weight_of).sum()
}

/// The same of one byte, counted over logs and sources and rounded; what names and values are put together with stands
/// more often there than elsewhere.
fn weight_of(byte: u8) -> u32 {
    /// Those of `a` to `z`.
    const LETTERS: [u32; 26] = [
        540, 110, 300, 280, 850, 170, 140, 200, 500, 12, 60, 300, 210, 480, 500, 220, 10, 500, 520, 620, 230, 90, 90,
        50, 110, 12,
    ];
    match byte {
        b'a'..=b'z' => LETTERS[usize::from(byte - b'a')],
        b'A'..=b'Z' => 25,
        b'0'..=b'9' => 100,
        b' ' => 1500,
        b'\n' => 250,
        b'_' | b'.' | b'/' | b'-' | b':' | b'"' | b'=' => 300,
        b',' | b'(' | b')' | b';' | b'\t' => 100,
        b'\'' | b'<' | b'>' | b'{' | b'}' | b'[' | b']' | b'*' | b'#' | b'&' => 30,
        b'+' | b'\\' | b'|' | b'!' | b'?' | b'%' | b'$' | b'`' => 10,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use cofferdam_rules::pack::Set;

    use super::of_pattern;
    use crate::pattern::Parts;
    use crate::source::RuleSource;

    /// What a rule with this pattern and these keys requires.
    fn required(pattern: &str, keys: &str) -> Option<String> {
        let rule = format!(
            "id = 'a'\ntitle = 'a'\ncategory = 'a'\nseverity = 'P2'\nanchors = ['secret']\npattern = '''{pattern}'''\n\
             {keys}\npositive = ['a']\nnegative = ['a']\n"
        );
        let rule: RuleSource = toml::from_str(&rule).unwrap();
        let set = of_pattern(&rule, &Parts::of(pattern).unwrap())?;
        Some(
            (0..=u8::MAX)
                .filter(|byte| Set::has(&set, *byte))
                .map(char::from)
                .collect(),
        )
    }

    #[test]
    fn the_rarest_bytes_that_each_match_has_are_required() {
        for (pattern, keys, wanted) in [
            ("{{anchor}}([0-9a-f]{32}-us[0-9]{1,2})", "", "u"),
            ("{{anchor}}[a-z]{0,9}@([a-z]{20})", "", "@"),
            ("{{anchor}}([a-z]{4}(?:!|[?]{2})[a-z]{9})", "", "!?"),
            ("{{anchor}}([A-Z]{5}[0-9]{4}[A-Z])", "", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            ("{{anchor}}([a-z0-9]{20})", "needs = ['digit']", "0123456789"),
            ("{{anchor}}([a-z0-9~]{20})", "holds = ['T3']", "T"),
        ] {
            assert_eq!(required(pattern, keys).as_deref(), Some(wanted), "{pattern} {keys}");
        }
    }

    #[test]
    fn what_may_be_missing_is_not_required() {
        for (pattern, keys) in [
            ("{{anchor}}([a-z0-9]{20})", ""),
            ("{{anchor}}@?([a-z]{4}(?:!|[a-z]{2})[a-z]{9})", ""),
            ("{{anchor}}([a-z]{20})", "needs = ['letter', 'symbol', 'random']"),
            // What stands before the anchor has them, or may.
            (
                "{{anchor}}([a-z]{20})",
                "needs = ['digit']\nlead = { set = '[a-z0-9]', at-least = 4, longest = 9 }",
            ),
        ] {
            assert_eq!(required(pattern, keys), None, "{pattern} {keys}");
        }
    }
}
