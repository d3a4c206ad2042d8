//! The bench: each budget beside what was measured. It judges nothing by its exit code, since machines are noisy.
//!
//! `cargo xtask bench [--quick | --long] [--json FILE] [--beside BINARY] [PART…]`

mod beside;
mod calls;
mod child;
mod echo;
mod escapes;
mod home;
mod hostile;
mod inputs;
mod logs;
mod many;
mod memory;
mod peers;
mod process;
mod rig;
mod screens;
mod search;
mod shadow;
mod synthetic;
mod table;
mod terminal;
mod timing;
mod words;
mod worst;

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::home::Home;
use crate::logs::Logs;
use crate::rig::Rig;
use crate::table::{Table, say};

/// How much is measured.
pub(crate) struct Plan {
    /// Bytes of a text in memory.
    text: usize,
    /// Bytes of a file for a whole process.
    file: usize,
    /// Bytes through a terminal.
    terminal: usize,
    /// The most bytes of a text that is made to be slow.
    worst: usize,
    /// Bytes for other scanners.
    peer: usize,
    /// Bytes for those that do less than a MB a second.
    slow_peer: usize,
    /// How often most things are measured.
    repeats: usize,
    /// How many pairs of starts.
    pairs: usize,
    /// How many lines in one round of arrivals.
    ticks: usize,
    /// How long a session is flooded.
    flood_seconds: u64,
}

impl Plan {
    const QUICK: Self = Self {
        text: 8_000_000,
        file: 16_000_000,
        terminal: 8_000_000,
        worst: 4_000_000,
        peer: 2_000_000,
        slow_peer: 200_000,
        repeats: 3,
        pairs: 25,
        ticks: 100,
        flood_seconds: 2,
    };
    const NORMAL: Self = Self {
        text: 64_000_000,
        file: 1_000_000_000,
        terminal: 32_000_000,
        worst: 64_000_000,
        peer: 32_000_000,
        slow_peer: 1_000_000,
        repeats: 5,
        pairs: 120,
        ticks: 400,
        flood_seconds: 10,
    };
    const LONG: Self = Self {
        file: 4_000_000_000,
        terminal: 128_000_000,
        flood_seconds: 600,
        ..Self::NORMAL
    };
}

/// What can be measured by itself.
const PARTS: [&str; 13] = [
    "guard", "tiers", "worst", "search", "peers", "calls", "filter", "start", "delay", "memory", "terminal", "echo",
    "shadow",
];

struct Arguments {
    plan: Plan,
    json: Option<String>,
    /// Another build of the host.
    beside: Option<PathBuf>,
    /// Of the worst texts, those whose names hold this; all, if empty.
    only: String,
    parts: Vec<String>,
}

impl Arguments {
    fn wants(&self, part: &str) -> bool {
        (self.parts.is_empty() && self.beside.is_none()) || self.parts.iter().any(|wanted| wanted == part)
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if child::part(&words) {
        return ExitCode::SUCCESS;
    }
    if words.iter().any(|word| is_help(word)) {
        say(&usage());
        return ExitCode::SUCCESS;
    }
    let arguments = match parse(words) {
        Ok(arguments) => arguments,
        Err(usage) => {
            say(&usage);
            return ExitCode::from(2);
        }
    };
    let mut table = Table::default();
    measure(&arguments, &mut table);
    table.print();
    if let Some(path) = &arguments.json
        && let Err(error) = std::fs::write(path, format!("{:#}\n", table.json()))
    {
        say(&format!("the file of figures could not be written ({error})"));
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn parse(words: Vec<String>) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        plan: Plan::NORMAL,
        json: None,
        beside: None,
        only: String::new(),
        parts: Vec::new(),
    };
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => arguments.plan = Plan::QUICK,
            "--long" => arguments.plan = Plan::LONG,
            "--json" => arguments.json = Some(words.next().ok_or("--json wants a file")?),
            "--beside" => arguments.beside = Some(words.next().ok_or("--beside wants a binary")?.into()),
            "--only" => arguments.only = words.next().ok_or("--only wants a part of a worst text's name")?,
            part if PARTS.contains(&part) => arguments.parts.push(word),
            _ => return Err(usage()),
        }
    }
    Ok(arguments)
}

fn is_help(word: &str) -> bool {
    matches!(word, "--help" | "-h")
}

fn usage() -> String {
    format!(
        "usage: bench [--quick | --long] [--json FILE] [--beside BINARY] [--only NAME] [{}]…",
        PARTS.join(" | ")
    )
}

fn measure(arguments: &Arguments, table: &mut Table) {
    let Arguments { plan, .. } = arguments;
    let Some(home) = Home::new() else {
        say("the host's binary isn't beside the bench's, or there is no temporary folder; run `cargo xtask bench`");
        return;
    };
    let rig = Rig::load(home.path());
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split_whitespace().take(3).collect();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let synthetic = rig.rules.len() - rig.guards.rule_count();
    say(&format!(
        "{} on {cores} cores, load {}; {} rules of the default guards and {synthetic} synthetic ones, with {} literals; speeds in \
         memory and costs of calls are of one core, by the thread's processor time, all else by the clock on the wall",
        processor(),
        load.join(" "),
        rig.guards.rule_count(),
        rig.literals().len(),
    ));
    table.note("processor", json!(processor()));
    table.note("cores", json!(cores));
    table.note("load-before", json!(load));
    table.note("rules", json!(rig.guards.rule_count()));
    table.note("synthetic-rules", json!(synthetic));
    table.note("literals", json!(rig.literals().len()));
    let logs = Logs::load();
    if let Some(other) = &arguments.beside {
        beside::beside(plan, &home, other, &logs, table);
    }
    if arguments.wants("guard") {
        memory::guard(plan, &rig, &logs, table);
    }
    if arguments.wants("tiers") {
        memory::tiers(plan, &rig, &logs, table);
    }
    if arguments.wants("worst") {
        worst::worst(plan, &rig, &arguments.only, table);
    }
    if arguments.wants("search") {
        search::parts(plan, &rig, &logs, table);
        search::many(plan, &rig, &logs, table);
    }
    if arguments.wants("peers") {
        peers::peers(plan, &rig, &home, &logs, table);
    }
    if arguments.wants("calls") {
        calls::calls(plan, &rig, table);
    }
    let guard = if arguments.wants("filter") {
        memory::own_speed(plan, &rig, &logs, table)
    } else {
        0.0
    };
    // Children are no dearer to start for a small parent, but the engine's reserved addresses are copied at each fork.
    drop(rig);
    if arguments.wants("filter") {
        let log = memory::main_log(&logs, plan.text);
        process::filter(plan, &home, &log, guard, table);
    }
    if arguments.wants("start") {
        process::start(plan, &home, table);
    }
    if arguments.wants("delay") {
        process::delay(plan, &home, table);
    }
    if arguments.wants("memory") {
        process::memory(plan, &home, table);
    }
    if arguments.wants("terminal") {
        terminal::terminal(plan, &home, table);
    }
    if arguments.wants("shadow") {
        shadow::shadow(plan, &home, table);
    }
    if arguments.wants("echo") {
        echo::echo(plan, &home, table);
    }
}

/// What the processor calls itself.
fn processor() -> String {
    let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = told.lines().find_map(|line| line.strip_prefix("model name"));
    name.map_or_else(
        || "unknown processor".to_owned(),
        |name| name.trim_start_matches([' ', '\t', ':']).to_owned(),
    )
}
