//! `cargo xtask`: builds the tasks where all else is built, and hands over to them.
//!
//! The tasks need libraries that the host and its tests need as well. Cargo would choose other features of them for
//! one package alone, and compile them anew; so this program, which needs none, has them built among all packages.

mod packages;

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use packages::named;

fn main() -> ExitCode {
    let root = root();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .current_dir(&root)
        .args(["build", "--quiet", "--release", "--bin", "tasks"])
        .args(named())
        .status();
    match built {
        Ok(status) if status.success() => {}
        Ok(_) => return fail("the tasks could not be built; cargo's messages above say why"),
        Err(error) => return fail(&format!("cargo could not be started: {error}")),
    }
    // The tasks take this process's place, so that signals and the terminal are theirs.
    let error = Command::new(root.join("target/release/tasks"))
        .args(std::env::args_os().skip(1))
        .exec();
    fail(&format!("the tasks could not be started: {error}"))
}

/// The workspace, wherever it lies now: cargo tells where the package is that it runs.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let root = Path::new(&package).parent().expect("xtask lies in the workspace");
    root.to_owned()
}

#[allow(clippy::print_stderr, reason = "xtask talks to a person")]
fn fail(problem: &str) -> ExitCode {
    eprintln!("xtask: {problem}");
    ExitCode::FAILURE
}
