//! The guard's laws under libFuzzer, for as long as one likes.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::task::succeeded;

/// The targets, as `tests/fuzz/targets` has them.
const TARGETS: &[&str] = &["chunking", "promise", "hold", "again", "projection", "dense"];
/// How long each runs when nobody says, in seconds.
const SECONDS: u32 = 60;
const USAGE: &str = "usage: cargo xtask fuzz [--seconds N] [TARGET...]; targets are chunking, promise, hold, again, projection and dense";

/// Runs each target, or those that are named, for so many seconds, and says how often each was executed.
///
/// What breaks a law lies in `target/fuzz/findings`, what was learnt about the input in `target/fuzz/corpus`, and all
/// that libFuzzer said in `target/fuzz/logs`.
///
/// # Errors
/// The arguments make no sense, a tool is missing, or a law broke.
pub(crate) fn fuzz(root: &Path, arguments: &[String]) -> Result<(), String> {
    let (seconds, targets) = parse(arguments)?;
    let found = Command::new("cargo")
        .args(["fuzz", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !found.is_ok_and(|status| status.success()) {
        return Err(
            "cargo-fuzz is missing; `cargo install cargo-fuzz` installs it, and a C++ compiler must be there too"
                .into(),
        );
    }
    let build = cargo_fuzz(root, "build").status();
    succeeded("cargo fuzz build", build)?;
    let mut broken = Vec::new();
    for target in targets {
        if !run(root, target, seconds)? {
            broken.push(target);
        }
    }
    if broken.is_empty() {
        Ok(())
    } else {
        Err(format!("a law broke in {}", broken.join(", ")))
    }
}

fn parse(arguments: &[String]) -> Result<(u32, Vec<&'static str>), String> {
    let mut seconds = SECONDS;
    let mut targets = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--seconds" {
            seconds = words
                .next()
                .and_then(|number| number.parse().ok())
                .filter(|n| *n > 0)
                .ok_or(USAGE)?;
        } else {
            targets.push(*TARGETS.iter().find(|target| *target == word).ok_or(USAGE)?);
        }
    }
    Ok((seconds, if targets.is_empty() { TARGETS.to_vec() } else { targets }))
}

/// libFuzzer's instrumentation is an unstable flag of the compiler, which a stable one takes when it is told to.
/// There is no sanitizer: `unsafe` is denied in what is fuzzed, so it would find nothing, and only nightly ones have
/// it.
fn cargo_fuzz(root: &Path, command: &str) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root).env("RUSTC_BOOTSTRAP", "1");
    cargo.args([
        "fuzz",
        command,
        "--fuzz-dir",
        "tests/fuzz",
        "--target-dir",
        "target/fuzz",
        "--sanitizer",
        "none",
    ]);
    cargo
}

/// Whether the target held.
fn run(root: &Path, target: &str, seconds: u32) -> Result<bool, String> {
    let folder = root.join("target/fuzz");
    let corpus = folder.join("corpus").join(target);
    let findings = folder.join("findings");
    let logs = folder.join("logs");
    for folder in [&corpus, &findings, &logs] {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let prefix = findings.join(format!("{target}-"));
    let ran = cargo_fuzz(root, "run")
        .arg(target)
        .arg(&corpus)
        .args(["--", "-max_len=1024", "-len_control=20", "-print_final_stats=1"])
        .args([
            format!("-max_total_time={seconds}"),
            format!("-artifact_prefix={}", prefix.display()),
        ])
        .env("RUST_BACKTRACE", "0")
        .output()
        .map_err(|error| format!("cargo fuzz could not be started: {error}"))?;
    fs::write(logs.join(format!("{target}.txt")), &ran.stderr).map_err(|error| format!("its log: {error}"))?;
    let log = String::from_utf8_lossy(&ran.stderr);
    let after = |name: &str| log.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let executed = after("stat::number_of_executed_units:").unwrap_or("no");
    say(format_args!(
        "{target:<10} {executed} executions in {seconds} s at most"
    ));
    if !ran.status.success() {
        // From the panic to the stack: what broke, and for which text.
        let panic = log.lines().skip_while(|line| !line.contains("panicked at"));
        let told = panic
            .take_while(|line| !line.contains("RUST_BACKTRACE") && !line.starts_with("=="))
            .take(12);
        told.for_each(|line| say(format_args!("    {line}")));
        match log.lines().find_map(|line| line.split_once("Test unit written to ")) {
            Some((_, file)) => say(format_args!("    the input is {file}")),
            None => say(format_args!("    target/fuzz/logs/{target}.txt has the rest")),
        }
    }
    Ok(ran.status.success())
}

#[allow(clippy::print_stdout, reason = "xtask talks to a person")]
fn say(line: std::fmt::Arguments<'_>) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{SECONDS, TARGETS, parse};

    fn parsed(words: &[&str]) -> Option<(u32, Vec<&'static str>)> {
        parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn arguments_are_seconds_and_targets() {
        assert_eq!(parsed(&[]), Some((SECONDS, TARGETS.to_vec())));
        assert_eq!(parsed(&["hold", "--seconds", "5"]), Some((5, vec!["hold"])));
        assert_eq!(parsed(&["--seconds"]), None);
        assert_eq!(parsed(&["--seconds", "0"]), None);
        assert_eq!(parsed(&["nothing"]), None);
    }

    #[test]
    fn every_target_has_its_source() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/targets");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of targets")
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
            .collect();
        names.sort_unstable();
        let mut listed = TARGETS.to_vec();
        listed.sort_unstable();
        assert_eq!(names, listed);
    }
}
