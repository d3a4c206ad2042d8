//! Holds many varied sessions, one after the other, for `cargo xtask sessions`: a day's work in minutes, from which a
//! shadow report can be made.
//!
//! `sessions [--count N] [--seed N] [--folder FOLDER]`: version 1 of a house's own detector is in force, version 2
//! with a blind spot and a false alarm is in shadow, and so is version 3 without them. With `--walk`, the way of both
//! to the gate is gone as people would go it, and each step is printed and must end as it should.

mod bench;
mod walk;

use std::path::PathBuf;
use std::process::ExitCode;

use bench::{Bench, say};
use cofferdam_tests::tickets;

const USAGE: &str = "usage: sessions [--count N] [--seed N] [--folder FOLDER] [--walk [--labelled N]]";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (mut count, mut seed, mut labelled, mut walks) = (500, 1, 200, false);
    let mut folder = PathBuf::from("target/sessions");
    while let Some(word) = words.next() {
        if word == "--walk" {
            walks = true;
            continue;
        }
        let value = words.next().unwrap_or_default();
        let taken = match word.as_str() {
            "--count" => value.parse().map(|number| count = number).is_ok(),
            "--seed" => value.parse().map(|number| seed = number).is_ok(),
            "--labelled" => value.parse().map(|number| labelled = number).is_ok(),
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
    let done = Bench::new(&folder, seed).and_then(|mut bench| {
        if walks {
            walk::walk(&mut bench, count, labelled)
        } else {
            hold(&mut bench, count)
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say(&problem);
            ExitCode::FAILURE
        }
    }
}

/// Sessions with both candidates in shadow.
fn hold(bench: &mut Bench, count: usize) -> Result<(), String> {
    let mut config = String::from("[plugins.tickets]\nsource = \"first.wasm\"\n");
    for (name, text) in [
        ("first", tickets::first()),
        ("second", tickets::second()),
        ("third", tickets::third()),
    ] {
        bench.pack(name, &text)?;
        if name != "first" {
            config.push_str(&format!(
                "[plugins.tickets-{name}]\nof = \"tickets\"\nsource = \"{name}.wasm\"\nmode = \"shadow\"\n"
            ));
        }
    }
    bench.write("guard.toml", &config)?;
    bench.quiet(&["shadow", "check"])?;
    say(&bench.sessions(count, "day")?);
    say(&format!(
        "in {}: cofferdam shadow report --html report.html",
        bench.folder().display()
    ));
    Ok(())
}
