//! Real logs: what cargo writes when it checks a crate of this repository and all that it depends on, with lints on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest as _, Sha256};

use crate::rig::root;
use crate::table::say;

/// The logs of one build, as they came. Empty where cargo could not make them.
pub(crate) struct Logs {
    /// What a person sees without colours: commands, environment, warnings with their sources.
    pub(crate) build: Vec<u8>,
    /// The same as a terminal gets it.
    pub(crate) coloured: Vec<u8>,
    /// The same as messages in JSON, one a line, and cargo's metadata, a package a line.
    pub(crate) json: Vec<u8>,
}

/// Lints that speak much about any sources: so the log holds words of many people.
const LINTS: &str =
    "-Wmissing_docs\x1f-Wunreachable_pub\x1f-Wunused_results\x1f-Wunused_qualifications\x1f-Wsingle_use_lifetimes";

impl Logs {
    /// Those of the last run while the dependencies are the same, so that the texts keep their digests; else new ones.
    pub(crate) fn load() -> Self {
        let folder = root().join("target/bench");
        let lock = Sha256::digest(fs::read(root().join("Cargo.lock")).unwrap_or_default());
        let key: String = lock.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let paths = ["build", "coloured", "json"].map(|name| folder.join(format!("{name}-{key}.log")));
        if !paths.iter().all(|path| path.is_file()) {
            make(&folder, &paths);
        }
        let [build, coloured, json] = paths.map(|path| fs::read(path).unwrap_or_default());
        Self { build, coloured, json }
    }
}

/// Runs cargo in a target folder of its own: once in earnest, and twice more for the same messages in other dress.
fn make(folder: &Path, paths: &[PathBuf; 3]) {
    say("making logs of a real build, which takes about a minute and is kept in target/bench");
    if fs::create_dir_all(folder).is_err() {
        return;
    }
    let target = folder.join("target");
    let check = |dress: &[&str]| {
        let mut command = cargo();
        command
            .env("CARGO_ENCODED_RUSTFLAGS", LINTS)
            .args(["check", "--offline", "-vv", "-p", "cofferdam-model", "--target-dir"])
            .arg(&target)
            .args(dress)
            .stdin(Stdio::null());
        command.output()
    };
    let [plain, coloured, json] = paths;
    for (dress, path) in [("never", plain), ("always", coloured)] {
        if let Ok(output) = check(&["--color", dress])
            && output.status.success()
        {
            fs::write(path, output.stderr).ok();
        }
    }
    if let Ok(output) = check(&["--message-format", "json"])
        && output.status.success()
    {
        let mut text = output.stdout;
        for package in packages() {
            text.extend(package.to_string().bytes());
            text.push(b'\n');
        }
        fs::write(json, text).ok();
    }
    fs::remove_dir_all(target).ok();
}

/// What cargo knows of each package.
pub(crate) fn packages() -> Vec<serde_json::Value> {
    // Packages for other machines than this one have not been downloaded.
    let version = cargo()
        .arg("-vV")
        .output()
        .map(|output| output.stdout)
        .unwrap_or_default();
    let version = String::from_utf8_lossy(&version);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let platform = host.map(|host| ["--filter-platform", host]);
    let told = cargo()
        .args(["metadata", "--format-version=1", "--offline"])
        .args(platform.into_iter().flatten())
        .output();
    let told: serde_json::Value = told
        .ok()
        .and_then(|output| serde_json::from_slice(&output.stdout).ok())
        .unwrap_or_default();
    told["packages"].as_array().cloned().unwrap_or_default()
}

fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}
