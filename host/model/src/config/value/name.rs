//! Names in a configuration: of plugins and of categories.

use std::fmt;

use super::{Refusal, Setting};
use crate::config::node::Node;
use crate::config::problem::plain;

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It isn't the name of a plugin.
    #[error("not a plugin's name; write lower-case letters, digits and dashes, a letter first, 64 at most")]
    Plugin,
    /// It isn't a category.
    #[error("not a category; write lower-case words with dots between them, 128 characters at most")]
    Category,
}

/// The name that a configuration gives a plugin: lower-case letters, digits and dashes, a letter first, 64 at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PluginName(String);

impl PluginName {
    /// The name that a text says.
    ///
    /// # Errors
    ///
    /// Where the text isn't a name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if is_word(text) && text.len() <= 64 {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Plugin)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PluginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plain(&self.0))
    }
}

impl Setting for PluginName {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let text = node.text().ok_or_else(Refusal::kind::<Self>)?;
        Ok(Self::parse(text)?)
    }

    fn show(&self) -> String {
        self.to_string()
    }

    fn expects() -> String {
        "the name of a plugin".to_owned()
    }
}

/// A category of findings, from general to special: `credential.cloud.aws`. 128 characters at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category(String);

impl Category {
    /// The category that a text says.
    ///
    /// # Errors
    ///
    /// Where the text isn't a category.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let fits = text.len() <= 128 && text.split('.').all(is_word);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Category)
        }
    }

    /// The category.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a category is this one or below it.
    pub fn covers(&self, category: &str) -> bool {
        category
            .strip_prefix(self.0.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::{Category, PluginName};

    #[test]
    fn a_category_covers_itself_and_what_is_below() {
        let cloud = Category::parse("credential.cloud").expect("a category");
        assert!(cloud.covers("credential.cloud") && cloud.covers("credential.cloud.aws"));
        assert!(!cloud.covers("credential") && !cloud.covers("credential.clouds"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "-a", "9a", "A", "a b", "a/b", "a.b", "..", &"a".repeat(65)] {
            assert!(PluginName::parse(text).is_err(), "{text}");
        }
        for text in ["", ".", "a.", ".a", "a..b", "a.B"] {
            assert!(Category::parse(text).is_err(), "{text}");
        }
    }
}
