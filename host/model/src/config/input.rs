//! What a layer says: values by path, each with its place, before classes and types are looked at.

use std::path::PathBuf;
use std::sync::Arc;

use toml::de::DeTable;

use super::key::Key;
use super::layer::{Layer, Origin};
use super::node::{Lines, Node};
use super::problem::{Gravity, Problem, plain};
use super::suggest;
use crate::Code;

/// The most problems that are told of one layer; a file that isn't a configuration at all should not flood a terminal.
const MOST_PROBLEMS: usize = 50;

/// One layer's values and the problems found while reading it.
pub struct Input {
    pub(super) layer: Layer,
    pub(super) set: Vec<Assignment>,
    pub(super) problems: Vec<Problem>,
}

/// A value on the way to its key.
pub(super) struct Assignment {
    pub(super) key: &'static Key,
    /// What stands in the place of the key's wildcard.
    pub(super) name: String,
    /// The path as it was written.
    pub(super) path: String,
    pub(super) node: Node,
    pub(super) origin: Origin,
}

impl Input {
    /// The layer that a file's text is. `file` is only shown, and tells where relative paths begin; nothing is opened.
    pub fn file(layer: Layer, file: impl Into<PathBuf>, text: &str) -> Self {
        let file: Arc<std::path::Path> = file.into().into();
        let at = |line| Origin::File {
            layer,
            file: Arc::clone(&file),
            line,
        };
        let lines = Lines::new(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut input = Self {
            layer,
            set: Vec::new(),
            problems: Vec::new(),
        };
        for error in &errors {
            let line = error.span().map_or(0, |span| lines.of(span.start));
            // The parser's message without its excerpt: an excerpt would show values.
            let message = format!("not valid TOML: {}", plain(error.message()));
            input.problem(Problem::error(Code::ConfigSyntax, message).at(&at(line)));
        }
        // What the parser made of a broken file is a guess; keys are looked at where it is sound.
        if errors.is_empty() {
            let root = Node::table(table.get_ref(), &lines);
            input.walk(&mut Vec::new(), root, &at);
        }
        input
    }

    /// A layer of single values, as variables and flags are.
    pub(super) fn empty(layer: Layer) -> Self {
        Self {
            layer,
            set: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// What the flags of a command line say: the key's path, the flag as a person wrote it, and the value.
    ///
    /// # Panics
    ///
    /// Where no such key exists: flags are the host's own.
    pub fn flags<'a>(flags: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) -> Self {
        let mut input = Self::empty(Layer::Flags);
        for (path, flag, value) in flags {
            let found = input.set_word(
                path.split('.').map(str::to_owned).collect(),
                value,
                Origin::Flag(flag.to_owned()),
            );
            assert!(found, "the flag {flag} sets a key that exists");
        }
        input
    }

    /// Sets a key to a word; false where no such key exists.
    pub(super) fn set_word(&mut self, path: Vec<String>, value: &str, origin: Origin) -> bool {
        let Some((key, name)) = Key::find(&path) else {
            return false;
        };
        self.set.push(Assignment {
            key,
            name,
            path: path.join("."),
            node: Node::word(value),
            origin,
        });
        true
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// The problems in the order of their lines: errors before warnings where there are too many to tell, the rest counted.
    pub(super) fn told(mut self) -> Vec<Problem> {
        if self.problems.len() > MOST_PROBLEMS {
            self.problems.sort_by_key(|problem| !problem.is_error());
            let rest = self.problems.split_off(MOST_PROBLEMS);
            let message = format!(
                "{} more problems of this layer are not shown; mend these first",
                rest.len()
            );
            let gravity = if rest.iter().any(Problem::is_error) {
                Gravity::Error
            } else {
                Gravity::Warning
            };
            self.problems.sort_by_key(line);
            let last = self.problems.last().map_or(Code::ConfigSyntax, |problem| problem.code);
            self.problems.push(Problem {
                gravity,
                ..Problem::error(last, message)
            });
        } else {
            self.problems.sort_by_key(line);
        }
        self.problems
    }

    fn walk(&mut self, path: &mut Vec<String>, node: Node, at: &impl Fn(u32) -> Origin) {
        let super::node::Raw::Table(entries) = node.raw else {
            return;
        };
        for (part, child) in entries {
            path.push(part);
            let is_table = child.entries().is_some();
            let origin = at(child.line);
            match Key::find(path) {
                Some((key, name)) if !(key.is_open() && is_table) => {
                    self.set.push(Assignment {
                        key,
                        name,
                        path: path.join("."),
                        node: child,
                        origin,
                    });
                }
                Some(_) => self.walk(path, child, at),
                None if Key::any_below(path) && is_table => self.walk(path, child, at),
                None if Key::any_below(path) => self.problem(
                    Problem::error(
                        Code::ConfigSyntax,
                        "this is a section, not a key; write a table of keys",
                    )
                    .at(&origin)
                    .of(&path.join(".")),
                ),
                // Looking for the nearest key costs time, which a hostile file could ask for without end.
                None if self.problems.len() >= MOST_PROBLEMS => self.problem(
                    Problem::error(Code::ConfigUnknownKey, "no such key")
                        .at(&origin)
                        .of(&path.join(".")),
                ),
                None => self.problem(unknown(path).at(&origin)),
            }
            path.pop();
        }
    }
}

/// A key that doesn't exist.
pub(super) fn unknown(path: &[String]) -> Problem {
    let message = match suggest::nearest(path) {
        Some(near) => format!("no such key; did you mean {}?", plain(&near)),
        None => "no such key; `cofferdam config keys` lists them all".to_owned(),
    };
    Problem::error(Code::ConfigUnknownKey, message).of(&path.join("."))
}

fn line(problem: &Problem) -> u32 {
    match &problem.origin {
        Some(Origin::File { line, .. }) => *line,
        Some(Origin::BuiltIn | Origin::Variable(_) | Origin::Flag(_)) | None => 0,
    }
}
