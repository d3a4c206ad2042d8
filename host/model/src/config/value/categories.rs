//! A list of categories.

use super::{Category, Refusal, Setting};
use crate::config::node::Node;

/// The most entries of the list.
const MOST: usize = 256;

/// Categories, each once, in their alphabetic order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Categories(Vec<Category>);

impl Categories {
    /// What nobody may let through unless the operator says otherwise: private keys, and the values that the host was told.
    pub fn never_overridable() -> Self {
        let categories = ["credential.key", "credential.known"];
        Self(
            categories
                .iter()
                .map(|text| Category::parse(text).expect("the default holds categories"))
                .collect(),
        )
    }

    /// The categories.
    pub fn iter(&self) -> impl Iterator<Item = &Category> {
        self.0.iter()
    }

    /// Whether a category is one of these, or below one.
    pub fn covers(&self, category: &str) -> bool {
        self.iter().any(|above| above.covers(category))
    }
}

impl Setting for Categories {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let texts = node.texts().ok_or_else(Refusal::kind::<Self>)?;
        if texts.len() > MOST {
            return Err(Refusal::bounds::<Self>());
        }
        let mut categories = texts.into_iter().map(Category::parse).collect::<Result<Vec<_>, _>>()?;
        categories.sort_unstable();
        categories.dedup();
        Ok(Self(categories))
    }

    fn show(&self) -> String {
        let names: Vec<_> = self.iter().map(Category::as_str).collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    }

    fn expects() -> String {
        "a list of at most 256 categories, such as \"credential.key\"".to_owned()
    }
}
