//! Commands that a message advises. Every one that the host shows comes through here, so that it does what the
//! message is about.

use std::borrow::Cow;
use std::path::Path;
use std::sync::OnceLock;

use clap::CommandFactory as _;
use cofferdam_model::config::plain_path;

use crate::args::Arguments;

/// What this program is called.
const PROGRAM: &str = "cofferdam ";

/// What stands behind the program's name in every hint: nothing, or ` --config FILE`.
static WITH: OnceLock<String> = OnceLock::new();

/// Remembers the file of `--config`: without it, a hint would be about another configuration.
pub(crate) fn settle(config: Option<&Path>) {
    if let Some(path) = config {
        // Set once at the start of the process; a second time would be a fault, and changes nothing.
        WITH.set(format!("--config {} ", quoted(path))).ok();
    }
}

/// A command of this program to be typed, such as `run show ID`.
pub(crate) fn command(words: &str) -> String {
    format!("{PROGRAM}{}{words}", with())
}

/// A message of a part that knows no command line, with the commands that it advises made whole.
pub(crate) fn told(text: &str) -> Cow<'_, str> {
    if with().is_empty() || !text.contains(PROGRAM) {
        return Cow::Borrowed(text);
    }
    let known = Arguments::command();
    let is_command = |word: &str| known.get_subcommands().any(|command| command.get_name() == word);
    Cow::Owned(completed(text, with(), &is_command))
}

fn with() -> &'static str {
    WITH.get().map_or("", String::as_str)
}

/// A hint stands between backticks, behind a colon, or in a column of its own; a word of prose is none.
fn completed(text: &str, with: &str, is_command: &dyn Fn(&str) -> bool) -> String {
    let mut whole = String::with_capacity(text.len() + with.len());
    let mut rest = text;
    while let Some(at) = rest.find(PROGRAM) {
        let (before, behind) = (&rest[..at], &rest[at + PROGRAM.len()..]);
        let word = behind.split(|letter: char| !letter.is_ascii_lowercase()).next();
        let begins = ["`", ": ", "  "].iter().any(|sign| before.ends_with(sign));
        whole.push_str(before);
        whole.push_str(PROGRAM);
        if begins && word.is_some_and(is_command) {
            whole.push_str(with);
        }
        rest = behind;
    }
    whole.push_str(rest);
    whole
}

/// A path as a shell takes it for one word.
fn quoted(path: &Path) -> String {
    let shown = plain_path(path);
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./+@%:,=".contains(letter);
    if !shown.is_empty() && shown.chars().all(is_plain) {
        shown
    } else {
        format!("'{}'", shown.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{completed, quoted};

    #[test]
    fn hints_are_made_whole_and_prose_is_left_alone() {
        let whole = |text| completed(text, "--config op.toml ", &|word| matches!(word, "approve" | "run"));
        assert_eq!(
            whole("see `cofferdam approve policy`, or: cofferdam run show X"),
            "see `cofferdam --config op.toml approve policy`, or: cofferdam --config op.toml run show X"
        );
        assert_eq!(
            whole("                   cofferdam run list"),
            "                   cofferdam --config op.toml run list"
        );
        for prose in [
            "a cofferdam run by me",
            "`cofferdam --config x run list`",
            "`cofferdam nothing`",
            "cofferdam run list",
        ] {
            assert_eq!(whole(prose), prose);
        }
    }

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        assert_eq!(quoted(Path::new("a/b-1.toml")), "a/b-1.toml");
        assert_eq!(quoted(Path::new("it's mine.toml")), "'it'\\''s mine.toml'");
    }
}
