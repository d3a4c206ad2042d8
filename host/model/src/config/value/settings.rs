//! A plugin's own settings.

use std::fmt;

use serde_json::{Map, Value as Json};

use super::{Refusal, Setting};
use crate::config::node::{Node, Raw};
use crate::config::problem::plain;

/// A plugin's own settings, which the host hands on without reading them. They may hold secrets (words to look for), so
/// neither `Debug` nor a report shows more than their names.
#[derive(Clone, PartialEq, Default)]
pub struct Settings(Map<String, Json>);

impl Settings {
    /// The settings as JSON text, for the plugin alone. The same settings give the same text: names are in the order of
    /// the alphabet, whatever the order in the file.
    pub fn to_json(&self) -> String {
        Json::Object(self.0.clone()).to_string()
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show())
    }
}

impl Setting for Settings {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let entries = node.entries().ok_or_else(Refusal::kind::<Self>)?;
        Ok(Self(object(entries)?))
    }

    fn show(&self) -> String {
        let names: Vec<_> = self.0.keys().map(|name| plain(name)).collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            format!("(values not shown) {}", names.join(", "))
        }
    }

    fn expects() -> String {
        "a table in a file".to_owned()
    }
}

fn object(entries: &[(String, Node)]) -> Result<Map<String, Json>, Refusal> {
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
    sorted
        .into_iter()
        .map(|(name, node)| Ok((name.clone(), json(node)?)))
        .collect()
}

fn json(node: &Node) -> Result<Json, Refusal> {
    Ok(match &node.raw {
        Raw::Text(text) | Raw::Date(text) | Raw::Word(text) => Json::String(text.clone()),
        Raw::Integer(Some(number)) => Json::from(*number),
        Raw::Integer(None) => return Err(Refusal::because("a setting is a number that doesn't fit in 64 bits")),
        Raw::Float(number) => serde_json::Number::from_f64(*number).map(Json::Number).ok_or_else(|| {
            Refusal::because("a setting is a number that isn't finite; plugins get JSON, which has none")
        })?,
        Raw::Boolean(truth) => Json::Bool(*truth),
        Raw::List(items) => Json::Array(items.iter().map(json).collect::<Result<_, _>>()?),
        Raw::Table(entries) => Json::Object(object(entries)?),
    })
}
