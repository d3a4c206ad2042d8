//! What is wrong with a configuration, said so that it can be mended.

use std::fmt;
use std::path::Path;

use super::layer::Origin;
use crate::Code;

/// Whether a problem refuses the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// Nothing starts with this configuration.
    Error,
    /// The configuration holds, without what the problem names.
    Warning,
}

/// One problem. It names the place, the key and the next step, and never a value: values may be secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The stable code.
    pub code: Code,
    /// Whether it refuses the configuration.
    pub gravity: Gravity,
    /// Where, if it is at a place.
    pub origin: Option<Origin>,
    /// The key's dotted path, free of control characters.
    pub key: Option<String>,
    /// What happened and what to do about it, in one line.
    pub message: String,
}

impl Problem {
    /// A problem that refuses the configuration. `message` must hold no value of the configuration.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            gravity: Gravity::Error,
            origin: None,
            key: None,
            message: message.into(),
        }
    }

    /// A problem that the configuration survives. `message` must hold no value of the configuration.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self {
            gravity: Gravity::Warning,
            ..Self::error(code, message)
        }
    }

    /// The same problem, at a place.
    #[must_use]
    pub fn at(mut self, origin: &Origin) -> Self {
        self.origin = Some(origin.clone());
        self
    }

    /// The same problem, of a key. The key may come from a file that nobody trusts: what could steer a terminal is escaped.
    #[must_use]
    pub fn of(mut self, key: &str) -> Self {
        self.key = Some(plain(key));
        self
    }

    /// Whether it refuses the configuration.
    pub fn is_error(&self) -> bool {
        self.gravity == Gravity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gravity = match self.gravity {
            Gravity::Error => "error",
            Gravity::Warning => "warning",
        };
        write!(f, "{gravity} {}: ", self.code)?;
        if let Some(origin) = &self.origin {
            write!(f, "{origin}: ")?;
        }
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// The most characters of a name from outside that a message shows.
const SHOWN: usize = 96;

/// A name from outside, made fit for a terminal: control, formatting and direction characters are escaped, and what is
/// longer than 96 characters is cut.
pub fn plain(text: &str) -> String {
    let mut shown = escaped(text.chars().take(SHOWN));
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// A path, escaped as [`plain`] does and never cut. Bytes that are not UTF-8 are shown as replacement characters.
pub fn plain_path(path: &Path) -> String {
    escaped(path.to_string_lossy().chars())
}

fn escaped(chars: impl Iterator<Item = char>) -> String {
    let mut shown = String::new();
    for char in chars {
        if steers(char) {
            shown.extend(char.escape_unicode());
        } else {
            shown.push(char);
        }
    }
    shown
}

/// Whether a character is invisible or changes how its neighbours are shown.
fn steers(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}c\nd"), "a\\u{1b}[2Jb\\u{202e}c\\u{a}d");
        assert_eq!(plain("fail-on"), "fail-on");
        assert_eq!(plain("ключ"), "ключ");
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(plain(&"x".repeat(500)).chars().count(), SHOWN + 1);
        assert_eq!(plain(&"x".repeat(SHOWN)).chars().count(), SHOWN);
    }
}
