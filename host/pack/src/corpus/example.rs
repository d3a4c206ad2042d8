//! The name and the value in a rule's example.

use std::ops::Range;

use crate::source::RuleSource;
use crate::template::{CLOSE, OPEN, expand_with_parts};

/// What is called so in an example without a name.
const NAME: &str = "SERVICE_TOKEN";

/// A rule's value, and what it is called.
pub(super) struct Example {
    /// The value's template, without what stands around it.
    template: String,
    /// The words of its name, in lower case.
    pub(super) name: Vec<String>,
}

impl Example {
    /// The value of `template` and its name; `None` where they can't be told from what stands around them.
    pub(super) fn of(rule: &RuleSource, template: &str) -> Option<Example> {
        let open = template.find(OPEN)?;
        let before = template.get(..open)?;
        let start = before
            .rfind(|c: char| !is_value(c))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let mut end = open;
        while let Some(rest) = template.get(end..) {
            if rest.starts_with(OPEN) {
                end += rest.find(CLOSE)? + CLOSE.len();
                // A pattern may itself end with such a sign.
                continue;
            }
            match rest.chars().next() {
                Some(c) if is_value(c) || c == ':' || c == '=' => end += c.len_utf8(),
                Some(_) | None => break,
            }
        }
        let value = template.get(start..end)?;
        // What is generated elsewhere in the example belongs to the rule as well.
        let is_part = template.get(end..).is_some_and(|rest| rest.contains(OPEN));
        if is_part || value.contains("//") || value.contains('\\') {
            return None;
        }
        let named = rule
            .pattern
            .as_deref()
            .is_some_and(|pattern| pattern.contains("{{assign}}"));
        let anchors = || {
            rule.anchors
                .iter()
                .chain(&rule.keywords)
                .map(|anchor| anchor.to_ascii_lowercase())
        };
        let name = name(before.get(..start)?).filter(|name| name.len() > 2).unwrap_or(NAME);
        let lower = if named { name } else { value }.to_ascii_lowercase();
        // A value behind a name is told by that name, and any other by what leads it: that must be a part of it.
        let is_told = if named {
            anchors().any(|anchor| lower.contains(&anchor))
        } else {
            rule.lead.is_some() || anchors().any(|anchor| lower.starts_with(&anchor))
        };
        is_told.then(|| Example {
            template: value.to_owned(),
            name: words(name),
        })
    }

    /// A value, and where in it the secret stands. The same name gives the same one.
    pub(super) fn value(&self, name: &str) -> Result<(Vec<u8>, Range<usize>), String> {
        let (text, parts) = expand_with_parts(&self.template, name)?;
        let secret = match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            (None, _) | (_, None) => 0..text.len(),
        };
        Ok((text, secret))
    }
}

/// Whether this can stand in a value on the left of what is generated.
fn is_value(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '/' | '~' | '$' | '!')
}

/// The name at the end of what stands before a value.
fn name(before: &str) -> Option<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let between = before.trim_end_matches(|c: char| {
        matches!(
            c,
            ' ' | '"' | '\'' | '`' | '=' | ':' | '>' | '(' | ',' | '|' | '[' | ']' | '\\'
        )
    });
    if between.len() == before.len() {
        return None;
    }
    let start = between.rfind(|c: char| !is_name(c)).map_or(0, |at| at + 1);
    between
        .get(start..)
        .filter(|name| name.chars().any(|c| c.is_ascii_alphabetic()))
}

/// The words of a name: `acmeApiKey`, `ACME_API_KEY` and `acme-api-key` have the same ones.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        let begins = !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && lower);
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        lower = c.is_ascii_lowercase();
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::{name, words};

    #[test]
    fn a_name_is_told_from_what_stands_around_it() {
        assert_eq!(name("export ACME_KEY="), Some("ACME_KEY"));
        assert_eq!(name("{\"acme-key\": \""), Some("acme-key"));
        assert_eq!(name("let acmeKey = "), Some("acmeKey"));
        assert_eq!(name("acme"), None);
    }

    #[test]
    fn a_name_has_the_same_words_in_every_case() {
        for same in [
            "acmeApiKey",
            "ACME_API_KEY",
            "acme-api-key",
            "acme.api.key",
            "AcmeApiKey",
        ] {
            assert_eq!(words(same), ["acme", "api", "key"], "{same}");
        }
    }
}
