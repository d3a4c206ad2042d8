//! One line of a corpus.

use base64ct::{Base64, Base64Unpadded, Encoding as _};
use cofferdam_model::eval::Label;
use cofferdam_model::record::SafeText;
use serde_json::{Map, Value};

/// The longest name of a rule or a source, in bytes.
pub const LONGEST_NAME: usize = 100;

/// A labelled text. It holds uncleared bytes, so it can't be printed.
pub struct Example {
    pub(crate) text: Vec<u8>,
    pub(crate) label: Label,
    pub(crate) rule: SafeText,
    pub(crate) source: SafeText,
    /// Where its secrets are, in bytes: sorted, and none touches another.
    pub(crate) spans: Vec<(u64, u64)>,
}

/// Where an example is from.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The index of its file.
    pub file: usize,
    /// Its line, from 1.
    pub line: u64,
}

/// What is wrong with a line. No message holds anything of the line but positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// It isn't JSON.
    #[error("this is not JSON, from byte {0} on; write one object a line")]
    Json(usize),
    /// It is JSON, and no object.
    #[error("this is JSON and no object; write one object a line")]
    NoObject,
    /// There is no text, or more than one.
    #[error("write either `text` or `text_b64`, as a string")]
    Text,
    /// The text can't be decoded.
    #[error("`text_b64` is not base64; use the standard alphabet")]
    Base64,
    /// The label isn't there, or is neither of the two.
    #[error("`label` must be \"positive\" or \"negative\"")]
    Label,
    /// A name isn't one.
    #[error("`{0}` must be a string of at most {LONGEST_NAME} characters of ASCII, without control characters")]
    Name(&'static str),
    /// Spans aren't a list of pairs.
    #[error("`spans` must be a list of pairs [start, end] of bytes, with start before end and end within the text")]
    Spans,
    /// A negative has a span.
    #[error("a negative has no `spans`")]
    SpansOfNegative,
    /// It is too long.
    #[error("the line is longer than {0} bytes")]
    TooLong(u64),
}

impl Example {
    /// Reads a line. Keys that it doesn't know are left alone.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(line: &[u8]) -> Result<Self, LineError> {
        // What the parser says of a line may quote it.
        let value: Value = serde_json::from_slice(line).map_err(|error| LineError::Json(error.column()))?;
        let Value::Object(object) = value else {
            return Err(LineError::NoObject);
        };
        let text = text(&object)?;
        let label = match object.get("label").and_then(Value::as_str) {
            Some("positive") => Label::Positive,
            Some("negative") => Label::Negative,
            Some(_) | None => return Err(LineError::Label),
        };
        let spans = spans(object.get("spans"), text.len() as u64)?;
        if label == Label::Negative && !spans.is_empty() {
            return Err(LineError::SpansOfNegative);
        }
        Ok(Self {
            label,
            rule: name(&object, "rule")?,
            source: name(&object, "source")?,
            spans,
            text,
        })
    }

    /// What it was labelled.
    pub fn label(&self) -> Label {
        self.label
    }
}

fn text(object: &Map<String, Value>) -> Result<Vec<u8>, LineError> {
    match (object.get("text"), object.get("text_b64")) {
        (Some(Value::String(text)), None) => Ok(text.as_bytes().to_vec()),
        (None, Some(Value::String(text))) => decoded(text).ok_or(LineError::Base64),
        (Some(_) | None, Some(_) | None) => Err(LineError::Text),
    }
}

/// What base64 of the standard alphabet stands for, with its padding or without.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let padded = text.ends_with('=');
    let decode = if padded {
        Base64::decode_vec
    } else {
        Base64Unpadded::decode_vec
    };
    decode(text).ok()
}

/// A name is printed as it stands, so it must not steer a terminal.
fn name(object: &Map<String, Value>, key: &'static str) -> Result<SafeText, LineError> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(SafeText::default()),
        Some(Value::String(name))
            if name.len() <= LONGEST_NAME && name.bytes().all(|byte| matches!(byte, b' '..=b'~')) =>
        {
            Ok(SafeText::vouched(name.clone()))
        }
        Some(_) => Err(LineError::Name(key)),
    }
}

fn spans(value: Option<&Value>, length: u64) -> Result<Vec<(u64, u64)>, LineError> {
    let pairs = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(pairs)) => pairs,
        Some(_) => return Err(LineError::Spans),
    };
    let mut spans = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let pair: Vec<Option<u64>> = match pair {
            Value::Array(ends) => ends.iter().map(Value::as_u64).collect(),
            _ => return Err(LineError::Spans),
        };
        match pair.as_slice() {
            [Some(start), Some(end)] if start < end && *end <= length => spans.push((*start, *end)),
            _ => return Err(LineError::Spans),
        }
    }
    Ok(super::spans::merged(spans))
}

#[cfg(test)]
mod tests {
    use cofferdam_model::eval::Label;

    use super::{Example, LineError};

    fn parse(line: &str) -> Result<Example, LineError> {
        Example::parse(line.as_bytes())
    }

    fn wrong(line: &str) -> LineError {
        parse(line).err().unwrap_or_else(|| panic!("{line} is wrong"))
    }

    #[test]
    fn a_line_holds_what_it_says() {
        let line = r#"{"text":"a\u00e9b","label":"positive","rule":"r.1","source":"s","spans":[[2,4],[0,1],[3,4]],"more":[1]}"#;
        let example = parse(line).expect("a line");
        assert_eq!(example.text, "a\u{e9}b".as_bytes());
        assert_eq!(example.label(), Label::Positive);
        assert_eq!((example.rule.as_str(), example.source.as_str()), ("r.1", "s"));
        assert_eq!(example.spans, [(0, 1), (2, 4)]);
        let bytes = parse(r#"{"text_b64":"/wA=","label":"negative","rule":null}"#).expect("a line");
        assert_eq!(bytes.text, [0xFF, 0]);
        assert_eq!(
            parse(r#"{"text_b64":"/wA","label":"negative"}"#).expect("a line").text,
            [0xFF, 0]
        );
    }

    #[test]
    fn base64_is_read_with_its_padding_or_without() {
        // The examples of RFC 4648, section 10.
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
        ] {
            assert_eq!(super::decoded(text).as_deref(), Some(bytes.as_bytes()), "{text}");
            assert_eq!(
                super::decoded(text.trim_end_matches('=')).as_deref(),
                Some(bytes.as_bytes())
            );
        }
        for wrong in ["Z", "Zg=", "Zg===", "Zm9v=", "Zm9vY", "Zm 9", "Z=g=", "Zm-_"] {
            assert_eq!(super::decoded(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_line_that_is_wrong_says_how_and_nothing_of_itself() {
        for (line, error) in [
            ("{\"text\":\"canary", LineError::Json(15)),
            ("[\"canary\"]", LineError::NoObject),
            (r#"{"label":"positive"}"#, LineError::Text),
            (r#"{"text":"a","text_b64":"YQ==","label":"positive"}"#, LineError::Text),
            (r#"{"text":7,"label":"positive"}"#, LineError::Text),
            (r#"{"text_b64":"canary!","label":"positive"}"#, LineError::Base64),
            (r#"{"text":"a","label":"canary"}"#, LineError::Label),
            (r#"{"text":"a"}"#, LineError::Label),
            (
                "{\"text\":\"a\",\"label\":\"negative\",\"rule\":\"canary\\u001b\"}",
                LineError::Name("rule"),
            ),
            (
                r#"{"text":"a","label":"negative","source":7}"#,
                LineError::Name("source"),
            ),
            (r#"{"text":"a","label":"positive","spans":[[0,2]]}"#, LineError::Spans),
            (r#"{"text":"a","label":"positive","spans":[[1,1]]}"#, LineError::Spans),
            (r#"{"text":"a","label":"positive","spans":[0,1]}"#, LineError::Spans),
            (r#"{"text":"a","label":"positive","spans":[[-1,1]]}"#, LineError::Spans),
            (
                r#"{"text":"a","label":"negative","spans":[[0,1]]}"#,
                LineError::SpansOfNegative,
            ),
        ] {
            let found = wrong(line);
            assert_eq!(found, error, "{line}");
            assert!(!found.to_string().contains("canary"));
        }
        let long = "r".repeat(super::LONGEST_NAME + 1);
        let line = format!(r#"{{"text":"a","label":"negative","rule":"{long}"}}"#);
        assert_eq!(wrong(&line), LineError::Name("rule"));
    }
}
