//! Settings of a detector: a flat JSON object of strings, read without a JSON library.

use std::fmt;

/// The settings that a detector was given.
///
/// Detectors stay small: their settings are a flat object whose values are strings. Anything else is an error.
#[derive(Debug, Default)]
pub struct Settings<'a> {
    entries: Vec<(&'a str, String)>,
}

/// Why settings can't be accepted. The text names the key at fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingsError(String);

impl SettingsError {
    /// An error that says `message`.
    #[must_use]
    pub fn new(message: impl Into<String>) -> SettingsError {
        SettingsError(message.into())
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SettingsError {}

impl<'a> Settings<'a> {
    /// Reads a flat JSON object of strings; an empty text and `null` stand for no settings.
    ///
    /// # Errors
    /// Says what was expected instead.
    pub fn parse(json: &'a str) -> Result<Settings<'a>, SettingsError> {
        let mut rest = json.trim();
        if rest.is_empty() || rest == "null" {
            return Ok(Settings::default());
        }
        let mut entries = Vec::new();
        eat(&mut rest, '{')?;
        if !rest.starts_with('}') {
            loop {
                let key = string(&mut rest)?;
                eat(&mut rest, ':')?;
                let value = string(&mut rest)?;
                entries.push((key, unescape(value)?));
                if !rest.starts_with(',') {
                    break;
                }
                eat(&mut rest, ',')?;
            }
        }
        eat(&mut rest, '}')?;
        if rest.is_empty() {
            Ok(Settings { entries })
        } else {
            Err(expected("nothing after the object"))
        }
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value.as_str())
    }

    /// Refuses every key that isn't in `known`.
    ///
    /// # Errors
    /// Names the first key that isn't.
    pub fn only(&self, known: &[&str]) -> Result<(), SettingsError> {
        match self.entries.iter().find(|(key, _)| !known.contains(key)) {
            None => Ok(()),
            Some((key, _)) => Err(SettingsError(format!("unknown setting `{key}`"))),
        }
    }
}

fn expected(what: &str) -> SettingsError {
    SettingsError(format!(
        "settings must be a flat JSON object of strings: expected {what}"
    ))
}

/// Takes `c` and the blanks after it.
fn eat(rest: &mut &str, c: char) -> Result<(), SettingsError> {
    let after = rest.strip_prefix(c).ok_or_else(|| expected(&format!("`{c}`")))?;
    *rest = after.trim_start();
    Ok(())
}

/// Takes a JSON string and the blanks after it; the answer still has its escapes.
fn string<'a>(rest: &mut &'a str) -> Result<&'a str, SettingsError> {
    let inner = rest.strip_prefix('"').ok_or_else(|| expected("a string"))?;
    let mut escaped = false;
    for (i, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let (value, after) = (inner.get(..i), inner.get(i + 1..));
                *rest = after.unwrap_or_default().trim_start();
                return value.ok_or_else(|| expected("a string"));
            }
            _ => {}
        }
    }
    Err(expected("the end of a string"))
}

/// Takes the escapes out of a JSON string.
fn unescape(raw: &str) -> Result<String, SettingsError> {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some(c @ ('"' | '\\' | '/')) => out.push(c),
            Some(_) | None => return Err(expected("one of the escapes \\n \\t \\r \\\" \\\\ \\/")),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn reads_flat_objects_and_nothing() {
        let settings = Settings::parse(r#" { "mode" : "a\"b", "only":"x" } "#).unwrap();
        assert_eq!(settings.get("mode"), Some("a\"b"));
        assert_eq!(settings.get("only"), Some("x"));
        assert_eq!(settings.get("other"), None);
        for nothing in ["", "{}", " null ", "{ }"] {
            assert!(Settings::parse(nothing).unwrap().only(&[]).is_ok(), "{nothing}");
        }
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for bad in [
            "{",
            "[]",
            r#"{"a":1}"#,
            r#"{"a":"b"} x"#,
            r#"{"a":"b",}"#,
            r#"{"a"}"#,
            "\"",
            r#"{"a":"\u0041"}"#,
        ] {
            assert!(Settings::parse(bad).is_err(), "{bad}");
        }
        let settings = Settings::parse(r#"{"known":"1","nope":"2"}"#).unwrap();
        assert_eq!(
            settings.only(&["known"]).unwrap_err().to_string(),
            "unknown setting `nope`"
        );
    }
}
