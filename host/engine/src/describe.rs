//! What a plugin says of itself, and how text of a plugin's making is made harmless.

use serde::Deserialize;

/// The longest description, in bytes.
pub(crate) const LONGEST: usize = 64 << 10;
/// The longest line of a plugin's text that a person is shown, in characters.
const SHOWN: usize = 300;

/// The identity of a plugin: the JSON of schema cofferdam.plugin/v1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Identity {
    /// Stable: lower-case letters, digits, dashes and dots.
    pub(crate) id: String,
    /// The plugin's own version.
    pub(crate) version: String,
    /// For people.
    #[serde(default)]
    pub(crate) title: String,
}

impl Identity {
    /// Reads a description.
    ///
    /// # Errors
    /// What is wrong with it, escaped.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} bytes"));
        }
        let identity: Self = serde_json::from_str(text).map_err(|error| escape(&error.to_string()))?;
        let id_fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'.';
        if !(1..=64).contains(&identity.id.len()) || !identity.id.bytes().all(id_fits) {
            return Err("the id must be 1 to 64 lower-case letters, digits, dashes and dots".into());
        }
        let version_fits = |c: u8| c.is_ascii_alphanumeric() || b".+-".contains(&c);
        if !(1..=64).contains(&identity.version.len()) || !identity.version.bytes().all(version_fits) {
            return Err("the version must be 1 to 64 letters, digits, dots, dashes and pluses".into());
        }
        if !is_plain(&identity.title, 128) {
            return Err("the title must be plain text of 128 characters at most".into());
        }
        Ok(identity)
    }
}

/// Whether the text can be shown as it is: bounded, with no control and no invisible character.
pub(crate) fn is_plain(text: &str, most: usize) -> bool {
    // Nearly all of it is, and a start looks at more than a thousand titles.
    if text.len() <= most && text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return true;
    }
    text.chars().count() <= most && !text.chars().any(is_harmful)
}

/// The text with what could harm a terminal escaped, cut to a line that can be read.
pub(crate) fn escape(text: &str) -> String {
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == SHOWN {
            shown.push_str(" …");
            break;
        }
        if is_harmful(character) {
            shown.extend(character.escape_unicode())
        } else {
            shown.push(character)
        }
    }
    shown
}

/// Controls, and what changes direction, joins, or can't be seen.
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::{Identity, escape, is_plain};

    #[test]
    fn a_description_is_read() {
        let text = r#"{"id":"credentials","version":"0.1.0","title":"Credentials","settings":{"type":"object"}}"#;
        let identity = Identity::parse(text).expect("it fits");
        assert_eq!(
            (identity.id.as_str(), identity.version.as_str()),
            ("credentials", "0.1.0")
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let long = format!(r#"{{"id":"a","version":"1","title":"{}"}}"#, "x".repeat(129));
        for text in [
            "",
            "[]",
            r#"{"id":"A","version":"1"}"#,
            r#"{"id":"","version":"1"}"#,
            r#"{"id":"a","version":"1 2"}"#,
            r#"{"id":"a","version":"1","title":"\u001b[2J"}"#,
            r#"{"id":"a","version":"1","title":"\u202e"}"#,
            &long,
            &" ".repeat(100_000),
        ] {
            assert!(Identity::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn text_of_a_plugin_can_not_move_the_cursor_and_has_an_end() {
        assert_eq!(escape("a\u{1b}[2Jb\u{202e}"), "a\\u{1b}[2Jb\\u{202e}");
        assert!(escape(&"x".repeat(5000)).chars().count() < 310);
        assert!(!is_plain("a\nb", 10) && is_plain("é", 1) && !is_plain("éé", 1));
    }
}
