//! What guests declare when they are configured, in the host's own words, held against its bounds.

use crate::describe::{escape, is_plain};
use crate::kept::grade;
use cofferdam_guard::rule_limits as limits;
use cofferdam_guard::{NameParts, Rule, Severity};
use serde::{Deserialize, Serialize, Serializer};
use std::collections::HashSet;
use std::sync::Arc;

/// The most reasons of a policy.
const MOST_REASONS: usize = 256;

/// What a detector declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) rules: Vec<Arc<Rule>>,
    pub(crate) facts: Vec<String>,
    /// What names are made of besides anchors; none where that is out of bounds.
    pub(crate) parts: Option<NameParts>,
}

impl Described {
    /// Holds all of it against the bounds.
    ///
    /// # Errors
    /// The first thing that can't be used, in words that can be shown.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.check_words()?;
        let mut ids = HashSet::with_capacity(self.rules.len());
        for rule in &self.rules {
            rule.check().map_err(|error| error.to_string())?;
            if !ids.insert(rule.id.as_str()) {
                return Err(format!("rule `{}` is declared twice", rule.id));
            }
        }
        Ok(())
    }

    /// Holds against the bounds what no set of rules checks by itself: how many there are, and what people are shown.
    /// So what an earlier host kept under looser bounds is held against these.
    ///
    /// # Errors
    /// As [`Described::check`].
    pub(crate) fn check_words(&self) -> Result<(), String> {
        if self.rules.len() > limits::RULES {
            return Err(format!(
                "it declares {} rules, and {} is the most",
                self.rules.len(),
                limits::RULES
            ));
        }
        if self.facts.len() > limits::FACTS || !self.facts.iter().all(|fact| is_plain(fact, 64)) {
            return Err("facts must be at most 64, each plain text of 64 characters at most".into());
        }
        if self.parts.is_none() {
            return Err("parts of names must be 256 words at most, each of 1 to 32 lower-case letters".into());
        }
        match self.rules.iter().find(|rule| !is_plain(&rule.title, 128)) {
            Some(rule) => Err(format!(
                "rule `{}`: the title must be plain text of 128 characters at most",
                escape(&rule.id)
            )),
            None => Ok(()),
        }
    }
}

/// A rule, as a policy is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct PolicyRule {
    pub(crate) plugin: String,
    pub(crate) rule: String,
    pub(crate) category: String,
    #[serde(serialize_with = "graded")]
    pub(crate) severity: Severity,
    pub(crate) facts: Vec<String>,
}

fn graded<S: Serializer>(severity: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(grade(*severity))
}

/// What a policy promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Promise {
    pub(crate) acts: Vec<bool>,
    pub(crate) reasons: Vec<String>,
}

/// What a policy promises, and what an instance is made of that stands in for the one that did.
#[derive(Serialize, Deserialize)]
pub(crate) struct Promised {
    pub(crate) promise: Promise,
    /// None where each instance must be told all rules.
    pub(crate) state: Option<Vec<u8>>,
}

impl Promise {
    /// # Errors
    /// The first thing that can't be used, in words that can be shown.
    pub(crate) fn check(&self, rules: usize) -> Result<(), String> {
        if self.acts.len() != rules {
            return Err(format!(
                "it promises for {} rules, and there are {rules}",
                self.acts.len()
            ));
        }
        if self.reasons.len() > MOST_REASONS || !self.reasons.iter().all(|reason| is_plain(reason, 200)) {
            return Err("reasons must be at most 256, each plain text of 200 characters at most".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Described, Promise};
    use cofferdam_guard::{Anchor, ByteSet, Extent, Keyword, NameParts, Rule, Severity, SpanRule};
    use std::sync::Arc;

    fn rule(id: &str) -> Rule {
        Rule {
            id: id.into(),
            title: "A token".into(),
            category: "credential.test".into(),
            severity: Severity::P0,
            low_entropy: false,
            word: false,
            name: None,
            anchors: vec![Anchor::Literal(Keyword {
                bytes: b"tok_".to_vec(),
                any_case: false,
            })],
            extent: Extent::Span(SpanRule {
                body: ByteSet::of(b"0123456789"),
                filler: ByteSet::default(),
                head: Vec::new(),
                at_least: 8,
                longest: 64,
                gap: 0,
                opener: None,
                lead: None,
            }),
            may_show: 0,
            required: None,
            hold: true,
        }
    }

    fn check(rules: Vec<Rule>, facts: &[&str]) -> Result<(), String> {
        Described {
            rules: rules.into_iter().map(Arc::new).collect(),
            facts: facts.iter().map(|fact| (*fact).into()).collect(),
            parts: NameParts::new(["key".to_owned()]),
        }
        .check()
    }

    #[test]
    fn bounds_of_a_descriptor_hold() {
        assert_eq!(check(vec![rule("a"), rule("b")], &["checksum"]), Ok(()));
        assert!(
            check(vec![rule("a"), rule("a")], &[])
                .expect_err("twice")
                .contains("twice")
        );
        assert!(check(vec![rule("A")], &[]).is_err());
        assert!(
            check(
                vec![Rule {
                    title: "\u{1b}]0;".into(),
                    ..rule("a")
                }],
                &[]
            )
            .is_err()
        );
        let nothing = Rule {
            required: Some(ByteSet::default()),
            ..rule("a")
        };
        assert!(check(vec![nothing], &[]).expect_err("no byte").contains("requires"));
        assert!(check(vec![rule("a"); 4097], &[]).expect_err("many").contains("4097"));
        assert!(check(Vec::new(), &["x"; 65]).is_err());
        assert!(check(Vec::new(), &["\n"]).is_err());
    }

    #[test]
    fn parts_of_names_are_words() {
        let with = |parts: &[&str]| Described {
            rules: Vec::new(),
            facts: Vec::new(),
            parts: NameParts::new(parts.iter().map(|part| (*part).to_owned())),
        };
        assert_eq!(with(&["key", "token"]).check(), Ok(()));
        assert!(
            with(&["api_key"])
                .check()
                .expect_err("no word")
                .contains("parts of names")
        );
    }

    #[test]
    fn bounds_of_a_promise_hold() {
        let promise = |acts: usize, reasons: &[&str]| Promise {
            acts: vec![true; acts],
            reasons: reasons.iter().map(|reason| (*reason).into()).collect(),
        };
        assert_eq!(promise(2, &["because"]).check(2), Ok(()));
        assert!(promise(1, &[]).check(2).is_err());
        assert!(promise(2, &["\u{7}"]).check(2).is_err());
        assert!(promise(2, &["x"; 257]).check(2).is_err());
    }
}
