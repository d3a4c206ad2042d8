//! The rules of values that the host was told: the guard makes their findings itself, and only the policy hears of
//! them.

use crate::rules::PolicyRule;
use cofferdam_guard::{DetectorRules, FailureMatrix, KnownValue, Severity};
use std::sync::Arc;

/// What stands for a detector in records and for the policy. No plugin of a configuration has this name.
const NAME: &str = "known";

/// Where the host was told a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownFrom {
    /// A variable of its environment.
    Environment,
    /// A file that the operator lists.
    File,
}

impl KnownFrom {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Environment, Self::File];

    /// The category of its values.
    pub const fn category(self) -> &'static str {
        match self {
            Self::Environment => "credential.known.environment",
            Self::File => "credential.known.file",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Environment => "the value of an environment variable",
            Self::File => "what a listed file holds",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::File => "file",
        }
    }
}

/// Values that the host was told, each as a rule. They are in memory only, and no guest is given any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRules(DetectorRules);

impl Default for KnownRules {
    fn default() -> Self {
        Self(DetectorRules {
            name: NAME.to_owned(),
            rules: Vec::new(),
            fact_count: 0,
            failure: FailureMatrix::default(),
        })
    }
}

impl KnownRules {
    /// Adds a value. The id must be unique among them, and made of 1 to 64 lower-case letters, digits and dashes.
    pub fn add(&mut self, id: String, from: KnownFrom, value: KnownValue) {
        let rule = value.rule(id, from.title().to_owned(), from.category().to_owned());
        self.0.rules.push(Arc::new(rule));
    }

    /// The rules' ids, in the order that they were added.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.rules.iter().map(|rule| rule.id.as_str())
    }

    pub(crate) fn rules(&self) -> &DetectorRules {
        &self.0
    }

    /// The rules as the policy is told of them. One for each category stands behind them, of which there are no
    /// findings: what an operator says of a category must not be refused on a day on which no variable is set.
    pub(crate) fn told(&self) -> Vec<PolicyRule> {
        let rule = |id: &str, category: &str| PolicyRule {
            plugin: NAME.to_owned(),
            rule: id.to_owned(),
            category: category.to_owned(),
            severity: Severity::P0,
            facts: Vec::new(),
        };
        let rules = self.0.rules.iter().map(|known| rule(&known.id, &known.category));
        let categories = KnownFrom::ALL.iter().map(|from| rule(from.word(), from.category()));
        rules.chain(categories).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{KnownFrom, KnownRules};
    use cofferdam_guard::{KnownValue, RuleSet};

    #[test]
    fn the_guard_takes_them_and_nothing_prints_a_value() {
        let canary = ["canary", "-7391"].concat();
        let mut known = KnownRules::default();
        for (id, from) in [("env-a", KnownFrom::Environment), ("file-b", KnownFrom::File)] {
            known.add(id.into(), from, KnownValue::new(canary.as_bytes()).expect("a value"));
        }
        assert_eq!(known.ids().collect::<Vec<_>>(), ["env-a", "file-b"]);
        let set = RuleSet::new(vec![known.rules().clone()]).expect("a set of rules");
        assert_eq!(set.len(), 2);
        let told = known.told();
        let categories: Vec<_> = told.iter().map(|rule| rule.category.as_str()).collect();
        let [environment, file] = KnownFrom::ALL.map(KnownFrom::category);
        assert_eq!(categories, [environment, file, environment, file]);
        assert!(!format!("{known:?}{told:?}").contains(&canary));
    }
}
