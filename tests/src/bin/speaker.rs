//! A child for tests: says what a script tells it, each chunk in one write, with pauses between.

use std::fs::File;
use std::io::{BufRead as _, Write as _};
use std::os::fd::AsFd;
use std::process::ExitCode;

use cofferdam_tests::script::{Line, read};

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        return ExitCode::from(64);
    };
    let script = std::fs::read_to_string(path).ok().and_then(|text| read(&text));
    let Some(script) = script else {
        return ExitCode::from(65);
    };
    // A reader that left ends the speech, as it ends that of other programs.
    speak(&script).unwrap_or(ExitCode::from(74))
}

fn speak(script: &[Line]) -> std::io::Result<ExitCode> {
    let mut stdin = std::io::stdin().lock();
    let mut at = 0;
    while let Some(line) = script.get(at) {
        at += 1;
        match line {
            Line::Out(bytes) => say(std::io::stdout(), bytes)?,
            Line::Err(bytes) => say(std::io::stderr(), bytes)?,
            Line::Pause(time) => std::thread::sleep(*time),
            Line::Read => stdin.read_line(&mut String::new()).map(|_| ())?,
            Line::Copy => std::io::copy(&mut stdin, &mut std::io::stdout()).map(|_| ())?,
            Line::Again => at = 0,
            Line::Exit(code) => return Ok(ExitCode::from(*code)),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes past the standard library's buffer, which would cut a chunk at its last line end.
fn say(to: impl AsFd, bytes: &[u8]) -> std::io::Result<()> {
    File::from(to.as_fd().try_clone_to_owned()?).write_all(bytes)
}
