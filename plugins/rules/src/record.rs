//! A value in a record in which other fields stand between it and the field that names it.

/// The most fields between.
const FIELDS: usize = 4;
/// The most bytes of the value of a field between.
const VALUE: usize = 40;
/// The most bytes of the name of a field that holds a value.
const NAME: usize = 24;

/// Where the value of a name begins that is itself the value of a field and ends at `from`: `"key": "TOKEN", "target":
/// ["production"], "value": "…"`, `name="TOKEN" class="wide" value="…"`. Nothing but a field that is called so is its
/// value.
pub(crate) fn value(text: &[u8], from: usize) -> Option<usize> {
    let mut record = Record {
        text: text.get(from..)?,
        next: 0,
    };
    record.quote()?;
    record.blanks();
    let (parts, assigns): (_, fn(u8) -> bool) = if record.take(|byte| byte == b',').is_some() {
        (true, |byte| matches!(byte, b':' | b'='))
    } else {
        (false, |byte| byte == b'=')
    };
    for _ in 0..FIELDS {
        record.blanks();
        let quoted = record.quote().is_some();
        let name = record.word();
        if name.is_empty() || (quoted && record.quote().is_none()) {
            return None;
        }
        record.blanks();
        record.take(assigns)?;
        record.take(|byte| byte == b'>');
        record.blanks();
        if holds_value(name) {
            record.quote();
            return Some(from + record.next);
        }
        record.scalar()?;
        record.blanks();
        if parts {
            record.take(|byte| byte == b',')?;
        }
    }
    None
}

/// Whether a field of this name holds the value of another that names it: `value`, `ParameterValue`, `option_value`.
pub(crate) fn holds_value(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 4] = [b"value", b"val", b"content", b"plaintext"];
    NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)) || front_of_value(name).is_some()
}

/// What stands before the last word of a field's name where that is `value`: `Parameter` of `ParameterValue`,
/// `option_` of `option_value`.
pub(crate) fn front_of_value(name: &[u8]) -> Option<&[u8]> {
    let (front, last) = name.split_at_checked(name.len().checked_sub(b"value".len())?)?;
    let begins = match front.last() {
        Some(b'_' | b'-' | b'.') => true,
        Some(before) => before.is_ascii_lowercase() && last.starts_with(b"V"),
        None => false,
    };
    (begins && name.len() <= NAME && last.eq_ignore_ascii_case(b"value")).then_some(front)
}

/// Fields that are read one by one.
struct Record<'t> {
    text: &'t [u8],
    next: usize,
}

impl<'t> Record<'t> {
    fn rest(&self) -> &'t [u8] {
        self.text.get(self.next..).unwrap_or_default()
    }

    fn take(&mut self, is: impl Fn(u8) -> bool) -> Option<u8> {
        let byte = self.rest().first().copied().filter(|byte| is(*byte))?;
        self.next += 1;
        Some(byte)
    }

    fn blanks(&mut self) {
        while self.take(|byte| byte.is_ascii_whitespace()).is_some() {}
    }

    /// A quote, before which backslashes stand in a text that is itself quoted.
    fn quote(&mut self) -> Option<u8> {
        let begin = self.next;
        while self.take(|byte| byte == b'\\').is_some() {}
        let quote = self.take(|byte| matches!(byte, b'"' | b'\''));
        if quote.is_none() {
            self.next = begin;
        }
        quote
    }

    fn word(&mut self) -> &'t [u8] {
        let rest = self.rest();
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let length = rest.iter().take_while(is_part).count();
        self.next += length;
        &rest[..length]
    }

    /// A short text, a list of such, a number or a word.
    fn scalar(&mut self) -> Option<()> {
        let closer = match self.quote() {
            Some(quote) => quote,
            None if self.take(|byte| byte == b'[').is_some() => b']',
            None => return (!self.word().is_empty()).then_some(()),
        };
        let value = self.rest().iter().take(VALUE);
        let length = value
            .take_while(|byte| !matches!(byte, b'\n' | b'{' | b'}'))
            .position(|byte| *byte == closer)?;
        self.next += length + 1;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::{front_of_value, holds_value, value};

    fn of(text: &str) -> Option<&str> {
        let from = text.find("TOKEN").expect("each has a name") + "TOKEN".len();
        value(text.as_bytes(), from).and_then(|at| text.get(at..at + 5))
    }

    #[test]
    fn other_fields_may_stand_between() {
        for text in [
            r#"{"type":"encrypted","key":"TOKEN","target":["production"],"value":"V4lue"}"#,
            r#"{"key":"TOKEN","type":"secret","enabled":true,"value":"V4lue"}"#,
            r#"{"OptionName":"TOKEN","ResourceName":"y","Value":"V4lue"}"#,
            r#"{\"key\":\"TOKEN\",\"target\":[\"production\"],\"value\":\"V4lue\"}"#,
            "{'key': 'TOKEN', 'rank': 12, 'value': 'V4lue'}",
            "{:key=>\"TOKEN\", \"rank\"=>12, \"value\"=>\"V4lue\"}",
            "\"name\": \"TOKEN\",\n  \"target\": \"all\",\n  \"value\": \"V4lue\"",
            r#"<input name="TOKEN" id="x" class="form-control" value="V4lue">"#,
            "<meta name='TOKEN' data-x='1' content='V4lue'>",
        ] {
            assert_eq!(of(text), Some("V4lue"), "{text}");
        }
    }

    #[test]
    fn what_is_no_value_of_the_same_record_is_none() {
        for text in [
            r#"{"key":"TOKEN","target":"production","digest":"V4lue"}"#,
            r#"{"key":"TOKEN","target":"production"},{"value":"V4lue"}"#,
            r#"{"TOKEN":"x","value":"V4lue"}"#,
            r#"{"key":"TOKEN","of":{"value":"V4lue"}}"#,
            r#"["TOKEN", "a", "value", "V4lue"]"#,
            r#"<input name="TOKEN"><input id="x" value="V4lue">"#,
            r#"f("TOKEN", value("V4lue"))"#,
            "TOKEN, value: V4lue",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_word_of_a_field_tells_that_it_holds_a_value() {
        for name in [
            "value",
            "Value",
            "ParameterValue",
            "option_value",
            "OPTION_VALUE",
            "keyValue",
        ] {
            assert!(holds_value(name.as_bytes()), "{name}");
        }
        for name in ["evaluevalue", "PRIMEVALUE", "valued", "undervalue", "values", "key"] {
            assert!(!holds_value(name.as_bytes()), "{name}");
        }
        assert_eq!(front_of_value(b"ParameterValue"), Some(&b"Parameter"[..]));
        assert_eq!(front_of_value(b"value"), None);
    }
}
