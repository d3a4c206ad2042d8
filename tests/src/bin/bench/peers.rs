//! Other programs over the same text, where they are installed. None is ever installed from here.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use cofferdam_guard::{Anchor, ByteSet, Extent};
use serde_json::{Value, json};

use crate::Plan;
use crate::home::Home;
use crate::inputs::Input;
use crate::logs::Logs;
use crate::memory::{SPEED, main_log, sample};
use crate::rig::{Drive, Rig};
use crate::table::{Budget, Table, figure};
use crate::timing::{Sample, speed, wall};

/// A scanner of files.
struct Scanner {
    program: &'static str,
    /// Its arguments, before the file's name.
    arguments: &'static [&'static str],
    /// What stands once in its report for each finding.
    finding: &'static str,
    /// Whether it does less than a MB a second.
    slow: bool,
}

const SCANNERS: [Scanner; 4] = [
    Scanner {
        program: "kingfisher",
        arguments: &[
            "scan",
            "--no-validate",
            "--no-update-check",
            "--no-dedup",
            "--jobs",
            "1",
            "--format",
            "jsonl",
        ],
        finding: "\"fingerprint\":",
        slow: false,
    },
    Scanner {
        program: "secretlint",
        arguments: &["--secretlintrc", "secretlint.json", "--format", "unix"],
        finding: "peer.log:",
        slow: false,
    },
    Scanner {
        program: "detect-secrets",
        arguments: &["scan", "--all-files"],
        finding: "\"hashed_secret\":",
        slow: true,
    },
    Scanner {
        program: "gitleaks",
        arguments: &["dir", "--no-banner", "--report-format", "json", "--report-path", "-"],
        finding: "\"RuleID\":",
        slow: true,
    },
];

/// Searches for the same anchors, then whole scanners.
pub(crate) fn peers(plan: &Plan, rig: &Rig, home: &Home, logs: &Logs, table: &mut Table) {
    let mut missing = Vec::new();
    let clean = main_log(logs, plan.text);
    let guard = guarded(plan, rig, &clean);
    let file = home.path().join("peer.log");
    fs::write(&file, &clean.bytes).expect("the temporary folder has room");
    if !ripgrep(plan, rig, home, &clean, guard, table) {
        missing.push("ripgrep");
    }
    if !hyperscan(rig, home, &clean, guard, table) {
        missing.push("hyperscan (of Python)");
    }
    let preset = r#"{"rules":[{"id":"@secretlint/secretlint-rule-preset-recommend"}]}"#;
    fs::write(home.path().join("secretlint.json"), preset).expect("the temporary folder has room");
    for scanner in &SCANNERS {
        let size = if scanner.slow { plan.slow_peer } else { plan.peer };
        let input = main_log(logs, size).with_secrets();
        fs::write(&file, &input.bytes).expect("the temporary folder has room");
        if !scan(scanner, home, &input, guarded(plan, rig, &input), table) {
            missing.push(scanner.program);
        }
    }
    fs::remove_file(file).ok();
    missing.iter().for_each(|peer| table.absent(*peer));
    table.note("not-installed", json!(missing));
}

fn guarded(plan: &Plan, rig: &Rig, input: &Input) -> f64 {
    sample(plan.repeats, rig, &mut rig.guards.session(), &input.bytes, Drive::PIPE).median()
}

/// The same literals as fixed strings, once as they are and once in either case.
fn ripgrep(plan: &Plan, rig: &Rig, home: &Home, input: &Input, guard: f64, table: &mut Table) -> bool {
    let literals = rig.literals();
    let lines: Vec<u8> = literals
        .iter()
        .flat_map(|(literal, _)| [literal, &b"\n"[..]].concat())
        .collect();
    fs::write(home.path().join("literals"), lines).expect("the temporary folder has room");
    for (case, flag) in [("case as written", "-s"), ("either case", "-i")] {
        let mut lines = String::new();
        let mut speeds = Vec::new();
        for _ in 0..plan.repeats {
            let words = [
                "--no-config",
                "-j1",
                "-a",
                "-c",
                "-F",
                flag,
                "-f",
                "literals",
                "peer.log",
            ];
            let Some((told, seconds)) = report(home, "rg", &words) else {
                return false;
            };
            lines = String::from_utf8_lossy(&told).trim().to_owned();
            speeds.push(speed(input.bytes.len(), seconds));
        }
        let speeds = Sample::new(speeds);
        let remark = format!("{lines} lines; {}", ratio(guard, &speeds));
        let what = format!("{}, ripgrep -F, same literals, {case}, start included", input.name);
        table.add_with(what, SPEED, Budget::None, &speeds, remark);
    }
    true
}

/// The same literals, and the same with what must follow them, in a script of its own.
fn hyperscan(rig: &Rig, home: &Home, input: &Input, guard: f64, table: &mut Table) -> bool {
    let patterns = serde_json::to_vec(&patterns(rig)).expect("strings and numbers can be written");
    fs::write(home.path().join("patterns.json"), patterns).expect("the temporary folder has room");
    let words = ["-c", include_str!("hyperscan.py"), "patterns.json", "peer.log"];
    let told = report(home, "python3", &words)
        .map(|(told, _)| told)
        .unwrap_or_default();
    let rows: Vec<Value> = told
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    for row in &rows {
        let speed = Sample::new(vec![row["speed"].as_f64().unwrap_or_default()]);
        let version = row["version"].as_str().unwrap_or_default();
        let remark = format!("{} matches; {}; {version}", row["matches"], ratio(guard, &speed));
        let name = row["name"].as_str().unwrap_or_default();
        let what = format!("{}, Hyperscan, streaming, {name}", input.name);
        table.add_with(what, SPEED, Budget::None, &speed, remark);
    }
    !rows.is_empty()
}

/// Each literal of each rule with what must follow it, for a regular expression.
fn patterns(rig: &Rig) -> Vec<Value> {
    let mut patterns = Vec::new();
    for rule in rig.declared.iter().flat_map(|detector| &detector.rules) {
        let tail = match &rule.extent {
            Extent::Span(span) if span.gap == 0 && span.filler.is_empty() => {
                Some(format!("{}{{{}}}", class(&span.body), span.at_least.min(32)))
            }
            Extent::Span(_) | Extent::Block(_) | Extent::Known(_) => None,
        };
        for anchor in &rule.anchors {
            if let Anchor::Literal(keyword) = anchor {
                let hex: String = keyword.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                patterns.push(json!([hex, keyword.any_case, tail]));
            }
        }
    }
    patterns
}

fn class(set: &ByteSet) -> String {
    let bytes = (0..=u8::MAX).filter(|byte| set.has(*byte));
    let bytes: String = bytes.map(|byte| format!("\\x{byte:02x}")).collect();
    format!("[{bytes}]")
}

/// A scanner's time for a text less its time for an empty one.
fn scan(scanner: &Scanner, home: &Home, input: &Input, guard: f64, table: &mut Table) -> bool {
    fs::write(home.path().join("empty.log"), "").expect("the temporary folder has room");
    let run = |file: &str| report(home, scanner.program, &[scanner.arguments, &[file]].concat());
    // The first start may fill caches.
    if run("empty.log").is_none() {
        return false;
    }
    let (Some((_, start)), Some((told, seconds))) = (run("empty.log"), run("peer.log")) else {
        return false;
    };
    let findings = memchr::memmem::find_iter(&told, scanner.finding).count();
    let sample = Sample::new(vec![speed(input.bytes.len(), seconds - start)]);
    let remark = format!(
        "{findings} findings, {} planted; {}; start of {} s not counted",
        input.planted,
        ratio(guard, &sample),
        figure(start)
    );
    let what = format!("{}, {}, {} bytes", input.name, scanner.program, input.bytes.len());
    table.add_with(what, SPEED, Budget::None, &sample, remark);
    true
}

fn ratio(guard: f64, other: &Sample) -> String {
    format!("the guard does ×{} of it", figure(guard / other.median()))
}

/// What a program writes, and the seconds that it took. They exit with all kinds of codes when they find something.
fn report(home: &Home, program: &str, arguments: &[&str]) -> Option<(Vec<u8>, f64)> {
    let mut command = Command::new(found(program)?);
    home.settle(&mut command);
    command.args(arguments).stdout(Stdio::piped());
    let (output, seconds) = wall(|| command.output());
    Some((output.ok()?.stdout, seconds))
}

/// Where a program lies, as shells find it.
fn found(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&path).map(|folder: std::path::PathBuf| folder.join(program));
    places.find(|place: &std::path::PathBuf| Path::is_file(place))
}
