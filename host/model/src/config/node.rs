//! A value as it was written, before anyone knows which key it is for.
//!
//! It has no `Debug`: what is written may be a secret.

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// A written value and the line it stands on.
pub struct Node {
    pub(super) raw: Raw,
    /// From 1; 0 where there are no lines.
    pub(super) line: u32,
}

/// The shapes that a value can be written in.
pub(super) enum Raw {
    Text(String),
    /// `None` is a number that doesn't fit in 64 bits.
    Integer(Option<i64>),
    Float(f64),
    Boolean(bool),
    Date(String),
    List(Vec<Node>),
    Table(Vec<(String, Node)>),
    /// From a variable or a flag: it may stand for a text, a number, a truth value or a list with commas.
    Word(String),
}

impl Node {
    /// A value from a variable or a flag.
    pub(super) fn word(text: &str) -> Self {
        Self {
            raw: Raw::Word(text.to_owned()),
            line: 0,
        }
    }

    /// A value of a TOML document.
    pub(super) fn table(table: &DeTable<'_>, lines: &Lines) -> Self {
        Self {
            raw: Raw::Table(entries(table, lines)),
            line: 1,
        }
    }

    fn toml(value: &Spanned<DeValue<'_>>, lines: &Lines) -> Self {
        let raw = match value.get_ref() {
            DeValue::String(text) => Raw::Text(text.clone().into_owned()),
            DeValue::Integer(number) => Raw::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()),
            DeValue::Float(number) => Raw::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(truth) => Raw::Boolean(*truth),
            DeValue::Datetime(date) => Raw::Date(date.to_string()),
            DeValue::Array(items) => Raw::List(list(items, lines)),
            DeValue::Table(table) => Raw::Table(entries(table, lines)),
        };
        Self {
            raw,
            line: lines.of(value.span().start),
        }
    }

    /// The text, where one is written.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.raw {
            Raw::Text(text) | Raw::Word(text) => Some(text),
            Raw::Integer(_) | Raw::Float(_) | Raw::Boolean(_) | Raw::Date(_) | Raw::List(_) | Raw::Table(_) => None,
        }
    }

    /// The whole number, where one is written. The inner `None` is one that is too large.
    pub(super) fn integer(&self) -> Option<Option<i64>> {
        match &self.raw {
            Raw::Integer(number) => Some(*number),
            Raw::Word(text) if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') => text[1..]
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| text.parse().ok()),
            Raw::Word(_)
            | Raw::Text(_)
            | Raw::Float(_)
            | Raw::Boolean(_)
            | Raw::Date(_)
            | Raw::List(_)
            | Raw::Table(_) => None,
        }
    }

    /// The truth value, where one is written.
    pub(super) fn boolean(&self) -> Option<bool> {
        match &self.raw {
            Raw::Boolean(truth) => Some(*truth),
            Raw::Word(text) => text.parse().ok(),
            Raw::Text(_) | Raw::Integer(_) | Raw::Float(_) | Raw::Date(_) | Raw::List(_) | Raw::Table(_) => None,
        }
    }

    /// The texts of a list, where every item is one.
    pub(super) fn texts(&self) -> Option<Vec<&str>> {
        match &self.raw {
            Raw::List(items) => items.iter().map(Self::text).collect(),
            Raw::Word(text) => Some(text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect()),
            Raw::Text(_) | Raw::Integer(_) | Raw::Float(_) | Raw::Boolean(_) | Raw::Date(_) | Raw::Table(_) => None,
        }
    }

    /// The entries of a table, where one is written.
    pub(super) fn entries(&self) -> Option<&[(String, Node)]> {
        match &self.raw {
            Raw::Table(entries) => Some(entries),
            Raw::Text(_)
            | Raw::Integer(_)
            | Raw::Float(_)
            | Raw::Boolean(_)
            | Raw::Date(_)
            | Raw::List(_)
            | Raw::Word(_) => None,
        }
    }
}

fn entries(table: &DeTable<'_>, lines: &Lines) -> Vec<(String, Node)> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| {
            // The key's line is the one that a person looks for; a table's own span may be its header or nothing.
            let node = Node {
                line: lines.of(key.span().start),
                ..Node::toml(value, lines)
            };
            (key.get_ref().clone().into_owned(), node)
        })
        .collect();
    // The parser sorts by key; problems are told in the order of the file.
    entries.sort_by_key(|(_, node)| node.line);
    entries
}

fn list(items: &DeArray<'_>, lines: &Lines) -> Vec<Node> {
    items.iter().map(|item| Node::toml(item, lines)).collect()
}

/// Where the lines of a text begin.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at + 1).collect())
    }

    /// The line, from 1, that holds a byte.
    pub(super) fn of(&self, offset: usize) -> u32 {
        let before = self.0.partition_point(|start| *start <= offset);
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }
}
