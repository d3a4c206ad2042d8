//! Messages for people, on standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use cofferdam_model::config::Color;

/// Whether messages are coloured; settled once the configuration is read.
static COLORED: AtomicBool = AtomicBool::new(false);

/// Settles whether messages are coloured: as asked for, or where standard error is a terminal and `NO_COLOR` isn't set.
pub(crate) fn settle_color(color: Color) {
    let colored = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    COLORED.store(colored, Ordering::Relaxed);
}

/// A message as it is shown: with its first word in colour, if messages are.
pub(crate) fn painted(line: &str) -> String {
    if !COLORED.load(Ordering::Relaxed) {
        return line.to_owned();
    }
    let paint = |code: &str| {
        let (word, rest) = line.split_at(line.find([' ', ':']).unwrap_or(line.len()));
        format!("\x1b[{code}m{word}\x1b[0m{rest}")
    };
    match line.split([' ', ':']).next() {
        Some("error") => paint("1;31"),
        Some("warning") => paint("1;33"),
        Some(_) | None => paint("2"),
    }
}

/// Writes a line to standard error. One that can't be written is lost: there is nobody to tell.
pub(crate) fn say(line: &str) {
    for line in line.lines() {
        writeln!(io::stderr(), "{}", painted(line)).ok();
    }
}
