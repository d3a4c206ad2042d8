//! The environment layer: `COFFERDAM_GUARD__IDLE` sets `guard.idle`.

use std::ffi::OsStr;

use super::input::{Input, unknown};
use super::key::Key;
use super::layer::{Layer, Origin};
use super::problem::Problem;
use crate::Code;

/// What the names of our variables begin with.
pub const PREFIX: &str = "COFFERDAM_";
/// Variables with our prefix that aren't keys.
pub const OTHER_VARIABLES: &[&str] = &["COFFERDAM_CONFIG", "COFFERDAM_LOG", "COFFERDAM_SESSION"];

/// The variable that sets a key: upper case, `__` for a dot and `_` for a dash.
pub fn variable_of(path: &str) -> String {
    format!(
        "{PREFIX}{}",
        path.to_ascii_uppercase().replace('-', "_").replace('.', "__")
    )
}

impl Input {
    /// The layer of the environment. Variables without our prefix are passed over, and so are those with it that
    /// neither hold a `__` nor are near a key's: a parent Cofferdam may have set some for its child.
    pub fn environment<'a>(variables: impl IntoIterator<Item = (&'a OsStr, &'a OsStr)>) -> Self {
        let mut input = Self::empty(Layer::Environment);
        let mut ours: Vec<_> = variables
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_str()?, value)))
            .filter(|(name, _)| name.starts_with(PREFIX) && !OTHER_VARIABLES.contains(name))
            .collect();
        // An environment has no order of its own; messages should.
        ours.sort_unstable_by_key(|(name, _)| *name);
        for (name, value) in ours {
            input.variable(name, value);
        }
        input
    }

    fn variable(&mut self, name: &str, value: &OsStr) {
        let origin = Origin::Variable(name.to_owned());
        let written = &name[PREFIX.len()..];
        if !written.contains("__") {
            if let Some(meant) = with_single_underscores(name) {
                let message = format!("no such key; the variable of {meant} is {}", variable_of(meant));
                self.problem(Problem::error(Code::ConfigUnknownKey, message).at(&origin));
            }
            return;
        }
        let path: Vec<String> = written
            .split("__")
            .map(|part| part.to_ascii_lowercase().replace('_', "-"))
            .collect();
        let Some(value) = value.to_str() else {
            let message = "the value isn't UTF-8; set it in a file, or write it anew";
            self.problem(
                Problem::error(Code::ConfigSyntax, message)
                    .at(&origin)
                    .of(&path.join(".")),
            );
            return;
        };
        if !self.set_word(path.clone(), value, origin.clone()) {
            self.problem(unknown(&path).at(&origin));
        }
    }
}

/// The key whose variable this would be if a dot were one underscore.
fn with_single_underscores(name: &str) -> Option<&'static str> {
    Key::all()
        .iter()
        .map(|key| key.path)
        .find(|path| variable_of(path).replace("__", "_") == name)
}
