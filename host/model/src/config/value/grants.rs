//! The imports that an operator grants.

use std::collections::BTreeSet;
use std::fmt;

use super::{Refusal, Setting};
use crate::config::node::Node;

/// The name of an import, as WIT writes it and without its version: `namespace:package/interface`. A grant means every
/// version that the host links.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant(String);

impl Grant {
    /// The name that a text says, if it is one of at most 128 characters.
    pub fn parse(text: &str) -> Option<Self> {
        let (namespace, rest) = text.split_once(':')?;
        let (package, interface) = rest.split_once('/')?;
        let word = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let fits = text.len() <= 128 && word(namespace) && word(package) && word(interface);
        fits.then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A set of grants; empty unless the operator says more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grants(BTreeSet<Grant>);

impl Grants {
    /// The grants, in their alphabetic order.
    pub fn iter(&self) -> impl Iterator<Item = &Grant> {
        self.0.iter()
    }
}

impl Setting for Grants {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let texts = node.texts().ok_or_else(Refusal::kind::<Self>)?;
        let grants: Option<BTreeSet<_>> = texts.into_iter().map(Grant::parse).collect();
        grants.map(Self).ok_or_else(Refusal::bounds::<Self>)
    }

    fn show(&self) -> String {
        let names: Vec<_> = self.0.iter().map(Grant::as_str).collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    }

    fn expects() -> String {
        "a list of imports without versions, such as \"namespace:package/interface\"".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Grant;

    #[test]
    fn what_is_no_import_is_refused() {
        assert!(Grant::parse("name-space:package/interface").is_some());
        for text in [
            "",
            "log",
            "a:b",
            "a:b/",
            "A:b/c",
            "a:b/c@0.1.0",
            "a:b/c/d",
            "a:b/c d",
            "*",
        ] {
            assert_eq!(Grant::parse(text), None, "{text}");
        }
    }
}
