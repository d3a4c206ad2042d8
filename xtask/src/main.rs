//! Builds the guests and the host, runs, tests, measures.

mod guest;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace");
    match std::env::args().nth(1).as_deref() {
        Some("guests") => match guest::build_guests(root) {
            Ok(()) => ExitCode::SUCCESS,
            Err(problem) => fail(&problem.to_string()),
        },
        _ => fail("usage: cargo xtask guests"),
    }
}

#[allow(clippy::print_stderr, reason = "xtask talks to a person")]
fn fail(problem: &str) -> ExitCode {
    eprintln!("xtask: {problem}");
    ExitCode::FAILURE
}
