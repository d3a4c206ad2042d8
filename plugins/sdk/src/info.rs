//! What a guest says of itself.

/// Who a guest is. `describe` turns it into JSON of schema `cofferdam.plugin/v1`.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// The guest's id: lower case, digits and dashes.
    pub id: &'static str,
    /// Its version, usually `env!("CARGO_PKG_VERSION")`.
    pub version: &'static str,
    /// One line for people.
    pub title: &'static str,
    /// The JSON Schema of its settings, as JSON.
    pub settings: &'static str,
}

impl Info {
    /// The schema of settings that hold nothing.
    pub const NO_SETTINGS: &'static str = r#"{"type":"object","additionalProperties":false}"#;

    /// The JSON document that `describe` answers.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"schema\":\"cofferdam.plugin/v1\"");
        for (key, value) in [("id", self.id), ("version", self.version), ("title", self.title)] {
            out.push_str(",\"");
            out.push_str(key);
            out.push_str("\":");
            push_string(&mut out, value);
        }
        out.push_str(",\"settings\":");
        out.push_str(self.settings);
        out.push('}');
        out
    }
}

/// Appends `text` as a JSON string.
fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::Info;

    #[test]
    fn writes_json_with_escapes() {
        let info = Info {
            id: "a",
            version: "1",
            title: "says \"no\"\n",
            settings: Info::NO_SETTINGS,
        };
        assert_eq!(
            info.to_json(),
            r#"{"schema":"cofferdam.plugin/v1","id":"a","version":"1","title":"says \"no\" ","settings":{"type":"object","additionalProperties":false}}"#
        );
    }
}
