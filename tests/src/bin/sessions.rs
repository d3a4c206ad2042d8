//! Holds many varied sessions, one after the other, for `cargo xtask sessions`: a day's work in minutes, from which a shadow report can be
//! made.
//!
//! `sessions [--count N] [--seed N] [--folder FOLDER]`: version 1 of a house's own detector is in force, version 2 with a blind spot and a
//! false alarm is in shadow, and so is version 3 without them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use cofferdam_tests::random::Random;
use cofferdam_tests::traffic::{Holds, session};
use cofferdam_tests::{script, tickets};

const USAGE: &str = "usage: sessions [--count N] [--seed N] [--folder FOLDER]";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (mut count, mut seed, mut folder) = (500, 1, PathBuf::from("target/sessions"));
    while let Some(word) = words.next() {
        let value = words.next().unwrap_or_default();
        let taken = match word.as_str() {
            "--count" => value.parse().map(|number| count = number).is_ok(),
            "--seed" => value.parse().map(|number| seed = number).is_ok(),
            "--folder" => {
                folder = value.into();
                true
            }
            _ => false,
        };
        if !taken {
            say(USAGE);
            return ExitCode::from(2);
        }
    }
    match hold(&folder, count, seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say(&problem);
            ExitCode::FAILURE
        }
    }
}

fn hold(folder: &Path, count: usize, seed: u64) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(folder.join("home")).map_err(told)?;
    let folder = &folder.canonicalize().map_err(told)?;
    let mut config = String::from("[plugins.tickets]\nsource = \"first.wasm\"\n");
    for (name, text) in [
        ("first", tickets::first()),
        ("second", tickets::second()),
        ("third", tickets::third()),
    ] {
        std::fs::write(folder.join(format!("{name}.toml")), text).map_err(told)?;
        let (file, component) = (format!("{name}.toml"), format!("{name}.wasm"));
        run(host(folder, &["plugin", "pack", &file, "-o", &component]))?;
        if name != "first" {
            config.push_str(&format!(
                "[plugins.tickets-{name}]\nof = \"tickets\"\nsource = \"{component}\"\nmode = \"shadow\"\n"
            ));
        }
    }
    std::fs::write(folder.join("config.toml"), config).map_err(told)?;
    run(host(folder, &["--config", "config.toml", "shadow", "check"]))?;
    let speaker = beside("speaker")?;
    let (mut random, mut all) = (Random::new(seed), Holds::default());
    let begun = std::time::Instant::now();
    for _ in 0..count {
        let (lines, holds) = session(&mut random);
        all.tickets += holds.tickets;
        all.old_tickets += holds.old_tickets;
        all.numbers += holds.numbers;
        std::fs::write(folder.join("script"), script::write(&lines)).map_err(told)?;
        let mut command = host(
            folder,
            &[
                "--quiet",
                "--config",
                "config.toml",
                "exec",
                "--pipe",
                "--task",
                "day",
                "--",
            ],
        );
        command.arg(&speaker).arg("script");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().map_err(told)?;
    }
    say(&format!(
        "{count} sessions in {} s: {} tickets, {} of the old form, {} numbers of builds that are no secrets",
        begun.elapsed().as_secs(),
        all.tickets,
        all.old_tickets,
        all.numbers
    ));
    say(&format!(
        "in {}: cofferdam shadow report --html report.html",
        folder.display()
    ));
    Ok(())
}

/// The host with these arguments, at home in the folder.
fn host(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(beside("cofferdam").unwrap_or_else(|_| "cofferdam".into()));
    command
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder.join("home"))
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_STATE_HOME")
        .env_remove("XDG_CACHE_HOME")
        .stdin(Stdio::null());
    command
}

fn run(mut command: Command) -> Result<(), String> {
    let done = command
        .output()
        .map_err(|error| format!("the host could not be started: {error}"))?;
    if done.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&done.stderr).into_owned())
    }
}

/// A program that was built beside this one.
fn beside(name: &str) -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let path = own.with_file_name(name);
    if path.exists() {
        Ok(path)
    } else {
        Err(format!(
            "{name} isn't built beside this program; run `cargo xtask sessions`"
        ))
    }
}

/// Tells a person, who may have left.
fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").ok();
}
