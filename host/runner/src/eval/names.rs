//! The names of a detector's rules in a report.

use cofferdam_guard::RuleRef;
use cofferdam_model::record::Name;

use crate::session::Guards;

/// A rule's plugin, id and category. Guards name no rule that isn't there; one that they did would still be counted.
pub(super) fn names(guards: &Guards, rule: RuleRef) -> [Name; 3] {
    match guards.rule_name(rule) {
        Some(name) => [name.plugin, name.rule, name.category].map(Clone::clone),
        None => std::array::from_fn(|_| "unnamed".parse().expect("it is a word")),
    }
}

/// The first two words of a category: rules' own are too many for a table.
pub(super) fn family(category: &Name) -> Name {
    let text = category.as_str();
    let end = text.match_indices('.').nth(1).map_or(text.len(), |(place, _)| place);
    text[..end].parse().unwrap_or_else(|_| category.clone())
}

#[cfg(test)]
mod tests {
    use super::family;

    #[test]
    fn a_family_has_two_words() {
        for (category, wanted) in [
            ("credential.cloud.aws", "credential.cloud"),
            ("personal.email", "personal.email"),
            ("one", "one"),
        ] {
            assert_eq!(family(&category.parse().expect("a name")).as_str(), wanted);
        }
    }
}
