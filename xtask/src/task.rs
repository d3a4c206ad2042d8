//! What each command does: mostly cargo, in the right order.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::guest;
use crate::packages::named;

/// What seeds the random cases of property tests. They are the same in each run, so that a change is judged by what
/// it changes; whoever wants others says so in the environment, and `cargo xtask fuzz` goes on for as long as one
/// likes.
pub(crate) const SEED_NAME: &str = "PROPTEST_RNG_SEED";
/// Used where the environment names none.
pub(crate) const SEED: &str = "20261125";

/// Tells a person what went wrong.
#[allow(clippy::print_stderr, reason = "xtask talks to a person")]
pub(crate) fn fail(problem: &str) -> ExitCode {
    eprintln!("xtask: {problem}");
    ExitCode::FAILURE
}

/// Builds the guards, and the host that holds them.
pub(crate) fn build(root: &Path) -> Result<(), String> {
    build_of_all(root, &["--bin", "cofferdam"])
}

/// Runs the host with these arguments in the caller's folder. Its exit code is ours.
pub(crate) fn run(root: &Path, arguments: &[String]) -> ExitCode {
    if let Err(problem) = build(root) {
        return fail(&problem);
    }
    // The host takes this process's place, so that signals and the terminal are its own.
    let error = std::os::unix::process::CommandExt::exec(Command::new(binary(root)).args(arguments));
    fail(&format!("the host could not be started: {error}"))
}

/// Builds the guards, the host, and the programs of the tests.
fn build_all(root: &Path) -> Result<(), String> {
    build_of_all(root, &["--bins"])
}

/// Builds the guards, and then programs among all packages that are tested.
fn build_of_all(root: &Path, what: &[&str]) -> Result<(), String> {
    guest::build_guests(root).map_err(|problem| problem.to_string())?;
    let words = ["build", "--release"]
        .into_iter()
        .chain(what.iter().copied())
        .chain(named());
    cargo(root, &words.collect::<Vec<_>>())
}

/// Runs every test, or those whose name holds a filter.
pub(crate) fn test(root: &Path, filter: &[String]) -> Result<(), String> {
    // Tests and the programs that they start in one go, so that no core waits for the last program before the first
    // test is compiled.
    build_of_all(root, &["--bins", "--tests"])?;
    let mut words = vec!["test", "--release"];
    words.extend(named());
    words.extend(filter.iter().map(String::as_str));
    let seed = std::env::var_os(SEED_NAME).unwrap_or_else(|| SEED.into());
    let status = Command::new(cargo_program())
        .current_dir(root)
        .args(words)
        .env(SEED_NAME, seed)
        .status();
    succeeded("cargo test", status)
}

/// Measures the budgets.
pub(crate) fn bench(root: &Path, arguments: &[String]) -> Result<(), String> {
    build_all(root)?;
    tool(root, "bench", arguments)
}

/// Holds many sessions with candidates in shadow.
pub(crate) fn sessions(root: &Path, arguments: &[String]) -> Result<(), String> {
    build_all(root)?;
    tool(root, "sessions", arguments)
}

/// Everything that CI checks beside the tests.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    cargo(root, &["fmt", "--all", "--", "--check"])?;
    build_all(root)?;
    cargo(
        root,
        &[
            "clippy",
            "--release",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ],
    )?;
    let docs = Command::new(cargo_program())
        .current_dir(root)
        .env("RUSTDOCFLAGS", "--deny warnings")
        .args([
            "doc",
            "--release",
            "--workspace",
            "--no-deps",
            "--document-private-items",
        ])
        .status();
    succeeded("cargo doc", docs)?;
    schemas(root)?;
    let drift = Command::new("git")
        .current_dir(root)
        .args(["diff", "--exit-code", "--stat", "--", "schemas"])
        .status();
    succeeded(
        "the comparison of schemas with their types (commit what `cargo xtask schemas` wrote)",
        drift,
    )
}

/// Writes the JSON Schemas anew.
pub(crate) fn schemas(root: &Path) -> Result<(), String> {
    build_all(root)?;
    tool(root, "schemas", &[])
}

/// Runs a program of the tests, as it was built with all else.
fn tool(root: &Path, name: &str, arguments: &[String]) -> Result<(), String> {
    let program = root.join("target/release").join(name);
    succeeded(name, Command::new(program).current_dir(root).args(arguments).status())
}

fn binary(root: &Path) -> PathBuf {
    root.join("target/release/cofferdam")
}

fn cargo_program() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn cargo(root: &Path, words: &[&str]) -> Result<(), String> {
    let status = Command::new(cargo_program()).current_dir(root).args(words).status();
    succeeded(&format!("cargo {}", words.first().copied().unwrap_or_default()), status)
}

/// Whether a program did its work; `what` names it.
pub(crate) fn succeeded(what: &str, status: std::io::Result<std::process::ExitStatus>) -> Result<(), String> {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("{what} failed; its own words stand above")),
        Err(error) => Err(format!("{what} could not be started: {error}")),
    }
}
