//! What the speaker is told to say: chunks and pauses, one a line, so that a test decides each write of a child.

use std::fmt::Write as _;
use std::time::Duration;

/// One line of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Write these bytes to standard output, in one call.
    Out(Vec<u8>),
    /// Write these bytes to standard error, in one call.
    Err(Vec<u8>),
    /// Wait.
    Pause(Duration),
    /// Wait until standard input has a line or ends.
    Read,
    /// Copy what is left of standard input to standard output.
    Copy,
    /// Say the whole again from its first line, for ever.
    Again,
    /// End with this exit code.
    Exit(u8),
}

/// A script as it stands in its file.
#[must_use]
pub fn write(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        let done = match line {
            Line::Out(bytes) => writeln!(text, "out {}", hex(bytes)),
            Line::Err(bytes) => writeln!(text, "err {}", hex(bytes)),
            Line::Pause(time) => writeln!(text, "pause {}", time.as_millis()),
            Line::Read => writeln!(text, "read"),
            Line::Copy => writeln!(text, "copy"),
            Line::Again => writeln!(text, "again"),
            Line::Exit(code) => writeln!(text, "exit {code}"),
        };
        done.expect("text takes everything");
    }
    text
}

/// A script from its file; `None` where it isn't one.
#[must_use]
pub fn read(text: &str) -> Option<Vec<Line>> {
    let line = |line: &str| {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        Some(match word {
            "out" => Line::Out(unhex(rest)?),
            "err" => Line::Err(unhex(rest)?),
            "pause" => Line::Pause(Duration::from_millis(rest.parse().ok()?)),
            "read" => Line::Read,
            "copy" => Line::Copy,
            "again" => Line::Again,
            "exit" => Line::Exit(rest.parse().ok()?),
            _ => return None,
        })
    };
    text.lines().map(line).collect()
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}
