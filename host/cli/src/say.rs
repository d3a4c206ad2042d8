//! Messages for people, on standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use cofferdam_model::config::Color;

use crate::hint;

/// Whether messages are coloured; settled once the configuration is read.
static COLORED: AtomicBool = AtomicBool::new(false);

/// Whether standard error stands in the middle of a line, behind what a session showed there.
static MID_LINE: AtomicBool = AtomicBool::new(false);

/// Settles whether messages are coloured: as asked for, or where standard error is a terminal and `NO_COLOR` isn't set.
pub(crate) fn settle_color(color: Color) {
    let colored = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    COLORED.store(colored, Ordering::Relaxed);
}

/// A message as it is shown: its hints made whole, and its first word in colour, if messages have colours.
pub(crate) fn painted(line: &str) -> String {
    let line = hint::told(line);
    if !COLORED.load(Ordering::Relaxed) {
        return line.into_owned();
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

/// Takes notice of what a session showed where messages go.
pub(crate) fn shown(bytes: &[u8]) {
    MID_LINE.store(stays_open(bytes, MID_LINE.load(Ordering::Relaxed)), Ordering::Relaxed);
}

/// Whether standard output and error go to the same place.
pub(crate) fn together() -> bool {
    let place = |stat: rustix::fs::Stat| (stat.st_dev, stat.st_ino);
    let (out, err) = (rustix::fs::fstat(io::stdout()), rustix::fs::fstat(io::stderr()));
    out.is_ok_and(|out| err.is_ok_and(|err| place(out) == place(err)))
}

/// Standard output of a stream, of which notice is taken where messages go to the same place.
pub(crate) struct Noticed<W> {
    output: W,
    together: bool,
}

impl<W: io::Write> Noticed<W> {
    /// What is written to this output.
    pub(crate) fn new(output: W) -> Self {
        Self {
            output,
            together: together(),
        }
    }
}

impl<W: io::Write> io::Write for Noticed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.write(bytes)?;
        if self.together {
            shown(&bytes[..written]);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// Whether a message has to begin with a line break. It is told once, since the message ends its own line.
pub(crate) fn breaks_line() -> bool {
    MID_LINE.swap(false, Ordering::Relaxed)
}

/// Writes a line to standard error. One that can't be written is lost: there is nobody to tell.
pub(crate) fn say(line: &str) {
    if breaks_line() {
        writeln!(io::stderr()).ok();
    }
    for line in line.lines() {
        writeln!(io::stderr(), "{}", painted(line)).ok();
    }
}

/// Whether a line is begun and not ended after these bytes. Colours and the like put nothing on the line that the
/// last break began.
fn stays_open(bytes: &[u8], open: bool) -> bool {
    let (mut rest, open) = match bytes.iter().rposition(|byte| *byte == b'\n') {
        Some(at) => (&bytes[at + 1..], false),
        None => (bytes, open),
    };
    loop {
        rest = match rest {
            [] => return open,
            [b'\r', behind @ ..] => behind,
            [0x1B, b'[', behind @ ..] => match behind.iter().position(|byte| (0x40..=0x7E).contains(byte)) {
                Some(end) => &behind[end + 1..],
                None => return open,
            },
            [_, ..] => return true,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::stays_open;

    #[test]
    fn a_line_is_open_where_something_stands_on_it() {
        for (bytes, before, after) in [
            (&b""[..], true, true),
            (b"", false, false),
            (b"text", false, true),
            (b"text\n", true, false),
            (b"text\r\n", false, false),
            (b"text\n\x1b[0m\r", true, false),
            (b"\x1b[1;31mtext\x1b[0m", false, true),
            (b"\x1b[0m", true, true),
            (b"50 %\r", false, true),
        ] {
            assert_eq!(stays_open(bytes, before), after, "{bytes:?} after {before}");
        }
    }
}
