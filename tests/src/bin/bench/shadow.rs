//! What a candidate in shadow costs the session beside which it runs: its output with and without one, in turns.

use std::path::{Path, PathBuf};

use cofferdam_tests::tickets;
use serde_json::Value;

use crate::Plan;
use crate::home::{Home, run};
use crate::process::flooded;
use crate::table::{Budget, Table, say};
use crate::timing::Sample;

/// How many anchors a foreign candidate has, of which a build's log holds none that what is in force looks for.
const FOREIGN: usize = 50;

/// What one session told.
struct Told {
    speed: f64,
    host_cpu: f64,
    /// Of all candidates: their threads' time, and the share of the output that they saw.
    shadow_cpu: f64,
    seen: f64,
}

/// Sessions at full output: with candidates that have the same anchors as what is in force, and with one of fifty
/// others.
pub(crate) fn shadow(plan: &Plan, home: &Home, table: &mut Table) {
    let none = config(home, "none", "");
    let same = "[plugins.credentials-next]\nof = \"credentials\"\nsource = \"builtin:credentials\"\nmode = \"shadow\"\n\
                [plugins.personal-next]\nof = \"personal\"\nsource = \"builtin:personal\"\nmode = \"shadow\"\n";
    let same = config(home, "same", same);
    std::fs::write(home.path().join("foreign.toml"), tickets::foreign(FOREIGN)).expect("the temporary folder has room");
    run(home.host(&["plugin", "pack", "foreign.toml", "-o", "foreign.wasm"]));
    let foreign = config(
        home,
        "other",
        "[plugins.foreign]\nsource = \"foreign.wasm\"\nmode = \"shadow\"\n",
    );
    for config in [&same, &foreign] {
        run(home.host(&["--config", config, "shadow", "check"]));
    }
    let bytes = plan.text;
    let output = |config: &str| {
        let mut command = command(home, config, 4_000_000);
        command.stdout(home.create("output"));
        run(command);
        std::fs::read(home.path().join("output")).expect("the bench wrote it")
    };
    let plain = output(&none);
    for (name, config) in [("the same anchors", &same), ("foreign anchors", &foreign)] {
        assert!(output(config) == plain, "a candidate with {name} changed the output");
    }
    session(home, &none, bytes);
    let mut speeds = Vec::new();
    for (name, config, budget) in [
        ("candidates of the same anchors", &same, Budget::AtLeast(0.98)),
        ("a candidate of 50 foreign anchors", &foreign, Budget::None),
    ] {
        let (mut ratios, mut cpu, mut own, mut seen, mut without_cpu) = (vec![], vec![], vec![], vec![], vec![]);
        for pair in 0..2 * plan.repeats {
            // Whoever is first of a pair finds other caches, so both are as often.
            let (with, without) = if pair % 2 == 0 {
                let with = session(home, config, bytes);
                (with, session(home, &none, bytes))
            } else {
                let without = session(home, &none, bytes);
                (session(home, config, bytes), without)
            };
            let (Some(with), Some(without)) = (with, without) else {
                say("a session beside a candidate told nothing");
                return;
            };
            ratios.push(with.speed / without.speed);
            cpu.push(with.host_cpu);
            own.push(with.shadow_cpu);
            seen.push(100.0 * with.seen);
            without_cpu.push(without.host_cpu);
            speeds.push(without.speed);
        }
        table.add(
            format!("output with {name} : without, in turns"),
            "×",
            budget,
            &Sample::new(ratios),
        );
        table.add(
            format!("processor time of a session with {name}"),
            "ms",
            Budget::None,
            &Sample::new(cpu),
        );
        table.add("of it without", "ms", Budget::None, &Sample::new(without_cpu));
        table.add("of it the candidates' threads", "ms", Budget::None, &Sample::new(own));
        table.add("output that they saw", "%", Budget::None, &Sample::new(seen));
    }
    table.add(
        "output of a session without a candidate",
        "MB/s",
        Budget::None,
        &Sample::new(speeds),
    );
}

fn config(home: &Home, name: &str, text: &str) -> String {
    let path = home.path().join(format!("{name}-config.toml"));
    std::fs::write(&path, text).expect("the temporary folder has room");
    path.to_str().expect("the temporary folder has a plain name").to_owned()
}

fn report(home: &Home) -> PathBuf {
    home.path().join("shadow-flooded")
}

fn command(home: &Home, config: &str, bytes: usize) -> std::process::Command {
    let (own, bytes) = (Home::own(), bytes.to_string());
    let report = report(home);
    let report = report.to_str().expect("the temporary folder has a plain name");
    let task = "shadow";
    home.host(&[
        "--quiet", "--config", config, "exec", "--pipe", "--task", task, "--", &own, "__flood", &bytes, "600", report,
    ])
}

/// One session whose child writes so many bytes.
fn session(home: &Home, config: &str, bytes: usize) -> Option<Told> {
    run(command(home, config, bytes));
    let speed = flooded(&report(home))?;
    let runs = home.path().join(".runs/shadow/cli");
    let newest = std::fs::read_dir(runs)
        .ok()?
        .filter_map(|run| Some(run.ok()?.path()))
        .max()?;
    let manifest: Value = serde_json::from_slice(&std::fs::read(newest.join("manifest.json")).ok()?).ok()?;
    let host_cpu = manifest["completed"]["resources"]["host_cpu_ms"].as_f64()?;
    let (shadow_cpu, seen) = candidates(&newest);
    Some(Told {
        speed,
        host_cpu,
        shadow_cpu,
        seen,
    })
}

/// What candidates used, and the share of the output that they saw.
fn candidates(run: &Path) -> (f64, f64) {
    let text = std::fs::read_to_string(run.join("shadow.jsonl")).unwrap_or_default();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let (mut cpu, mut bytes, mut dropped) = (0.0, 0.0, 0.0);
    for line in lines.filter(|line| line["type"] == "shadow.coverage") {
        let number = |key: &str| line[key].as_f64().unwrap_or(0.0);
        cpu += number("cpu_ms");
        bytes += number("bytes");
        dropped += number("dropped_bytes") + number("unsure_bytes");
    }
    (cpu, if bytes > 0.0 { 1.0 - dropped / bytes } else { 1.0 })
}
