//! The reference of all keys, for the documentation.

use std::fmt::Write as _;

use super::environment::variable_of;
use super::key::{ClassWord, Key};

/// All keys in Markdown: path, class, default, what may be written, and the variable that sets it.
pub fn reference() -> String {
    let mut text = String::new();
    for key in Key::all() {
        write_key(&mut text, key).expect("a String takes all that is written");
    }
    text
}

fn write_key(text: &mut String, key: &Key) -> std::fmt::Result {
    writeln!(text, "### `{}`\n", key.path)?;
    writeln!(
        text,
        "{}\n",
        key.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
    )?;
    writeln!(text, "- Write: {}.", (key.expects)())?;
    writeln!(text, "- Default: `{}`.", (key.default)())?;
    match key.class {
        ClassWord::TightenOnly(order) => writeln!(text, "- Class: {}, by `{order}`.", key.class.name())?,
        ClassWord::OperatorOnly | ClassWord::Free => writeln!(text, "- Class: {}.", key.class.name())?,
    }
    let settable = !key.path.ends_with(".settings");
    if settable {
        writeln!(text, "- Variable: `{}`.", variable_of(key.path))?;
    }
    writeln!(text)
}
