//! What happens in whole processes: each run beside one without the host, in turns.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use crate::Plan;
use crate::home::{Home, run};
use crate::inputs::Input;
use crate::table::{Budget, Table, say};
use crate::timing::{Sample, monotonic, speed, wall};

/// `filter` from file to file, and `cat` in turns with it. `guard` is the guard's own speed in MB/s, which bounds it;
/// `log` is written over and over until there is a file.
pub(crate) fn filter(plan: &Plan, home: &Home, log: &Input, guard: f64, table: &mut Table) {
    let (mut file, mut size) = (home.create("log"), 0);
    while size < plan.file && !log.bytes.is_empty() {
        let part = &log.bytes[..log.bytes.len().min(plan.file - size)];
        file.write_all(part).expect("the temporary folder has room");
        size += part.len();
    }
    drop(file);
    let time = |mut command: Command| {
        command.stdin(home.open("log")).stdout(home.create("copy"));
        wall(|| run(command)).1
    };
    let cat = || {
        let mut command = Command::new("cat");
        home.settle(&mut command);
        command
    };
    time(cat());
    let (mut filtered, mut copied, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.repeats.min(3) {
        let (slow, fast) = (time(home.host(&["filter"])), time(cat()));
        filtered.push(speed(size, slow));
        copied.push(speed(size, fast));
        ratios.push(fast / slow);
    }
    let cat = Sample::new(copied);
    let bound = guard.min(cat.median() / 2.0);
    table.add_with(
        "filter, file to file (the guard's own, or half of cat's)",
        "MB/s",
        Budget::AtLeast(bound),
        &Sample::new(filtered),
        format!("{} of {size} bytes, the default rules alone", log.name),
    );
    table.add("cat, file to file", "MB/s", Budget::None, &cat);
    table.add("filter : cat, in turns", "×", Budget::None, &Sample::new(ratios));
    for name in ["log", "copy"] {
        std::fs::remove_file(home.path().join(name)).ok();
    }
}

/// What `exec -- true` adds to `true`.
pub(crate) fn start(plan: &Plan, home: &Home, table: &mut Table) {
    let alone = || {
        let mut command = Command::new("true");
        home.settle(&mut command);
        command
    };
    let guarded = || home.host(&["exec", "--pipe", "--", "true"]);
    run(guarded());
    let before = children_cpu();
    let (mut added, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..plan.pairs {
        let with = wall(|| run(guarded())).1;
        let without = wall(|| run(alone())).1;
        added.push((with - without) * 1e3);
        plain.push(without * 1e3);
    }
    let added = Sample::new(added);
    table.add_value(
        "exec -- true, added to a plain spawn, p50",
        "ms",
        Budget::None,
        added.median(),
        &added,
    );
    table.add_value(
        "exec -- true, added to a plain spawn, p95",
        "ms",
        Budget::AtMost(15.0),
        added.quantile(0.95),
        &added,
    );
    table.add("plain spawn of true", "ms", Budget::None, &Sample::new(plain));
    if let (Some(before), Some(after)) = (before, children_cpu()) {
        #[allow(clippy::cast_precision_loss)]
        let each = (after - before) as f64 / plan.pairs as f64;
        table.add(
            "exec -- true, processor time of a pair",
            "ms",
            Budget::None,
            &Sample::new(vec![each]),
        );
    }
}

/// Milliseconds of the processor that the children of this process took, their children included.
pub(crate) fn children_cpu() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field)?.parse::<u64>().ok();
    // Ticks are hundredths of a second on every Linux that people run.
    Some((ticks(13)? + ticks(14)?) * 10)
}

/// How much later a line arrives that nothing in it holds back.
pub(crate) fn delay(plan: &Plan, home: &Home, table: &mut Table) {
    let count = plan.ticks.to_string();
    let own = Home::own();
    let (mut guarded, mut plain) = (Vec::new(), Vec::new());
    let (mut middle, mut tail) = (Vec::new(), Vec::new());
    for _ in 0..plan.repeats {
        let without = arrivals(home.part(&["__tick", &count, "3"]));
        let with = arrivals(home.host(&["exec", "--pipe", "--", &own, "__tick", &count, "3"]));
        let (slow, fast) = (Sample::new(with.clone()), Sample::new(without.clone()));
        middle.push(slow.median() - fast.median());
        tail.push(slow.quantile(0.99) - fast.quantile(0.99));
        guarded.extend(with);
        plain.extend(without);
    }
    // Rounds are compared with the round beside them, since the machine's own delays come in bursts.
    table.add("added delay of a line, p50", "ms", Budget::None, &Sample::new(middle));
    table.add(
        "added delay of a line, p99",
        "ms",
        Budget::AtMost(1.0),
        &Sample::new(tail),
    );
    let (guarded, plain) = (Sample::new(guarded), Sample::new(plain));
    let p99 = guarded.quantile(0.99);
    table.add_value("arrival through the guard, p99", "ms", Budget::None, p99, &guarded);
    let p99 = plain.quantile(0.99);
    table.add_value("arrival through a plain pipe, p99", "ms", Budget::None, p99, &plain);
}

/// Milliseconds from the time that each line tells to its arrival.
fn arrivals(mut command: Command) -> Vec<f64> {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the command starts");
    let mut from = child.stdout.take().expect("it was asked for");
    let (mut buffer, mut line, mut late) = ([0; 4096], String::new(), Vec::new());
    loop {
        let count = from.read(&mut buffer).expect("a pipe can be read");
        let now = monotonic();
        if count == 0 {
            break;
        }
        line += &String::from_utf8_lossy(&buffer[..count]);
        while let Some((first, rest)) = line.split_once('\n') {
            let told: u64 = first.parse().expect("a line is a number of nanoseconds");
            let told = std::time::Duration::from_nanos(told);
            late.push(now.saturating_sub(told).as_secs_f64() * 1e3);
            line = rest.to_owned();
        }
    }
    assert!(child.wait().is_ok_and(|status| status.success()), "the ticking failed");
    // The first ones wait for the loop to be warm.
    late.split_off(late.len().min(5))
}

/// The memory of a session whose child writes all it can.
pub(crate) fn memory(plan: &Plan, home: &Home, table: &mut Table) {
    // A first start compiles the guards, which takes more memory than a session.
    let warm = home.host(&["exec", "--pipe", "--", "true"]).status();
    assert!(warm.is_ok_and(|status| status.success()), "a warm start failed");
    let report = home.path().join("flooded");
    let (own, seconds) = (Home::own(), plan.flood_seconds.to_string());
    let most = u64::MAX.to_string();
    let report_name = report.to_str().expect("the temporary folder has a plain name");
    let words = [
        "exec",
        "--pipe",
        "--task",
        "flood",
        "--",
        &own,
        "__flood",
        &most,
        &seconds,
        report_name,
    ];
    let mut child = home.host(&words).spawn().expect("the host starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    let ended = loop {
        if let Some(status) = child.try_wait().expect("the host is our child") {
            break status;
        }
        peak = peak.max(high_water(&status));
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    assert!(ended.success(), "the flood failed: {ended}");
    let peak = peak.max(recorded_peak(home, "flood"));
    match peak {
        #[allow(clippy::cast_precision_loss)]
        Some(kib) => {
            let name = format!("peak memory of a session at full output, {seconds} s");
            table.add(
                name,
                "MB",
                Budget::AtMost(40.0),
                &Sample::new(vec![kib as f64 * 1024.0 / 1e6]),
            );
        }
        None => say("the peak of memory could not be read"),
    }
    if let Some(sample) = flooded(&report) {
        table.add(
            "output of that session through pipes",
            "MB/s",
            Budget::None,
            &Sample::new(vec![sample]),
        );
    }
}

fn high_water(status: &str) -> Option<u64> {
    let status = std::fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// What the session's own record says, which also sees its last moment.
fn recorded_peak(home: &Home, task: &str) -> Option<u64> {
    let runs = home.path().join(".runs").join(task).join("cli");
    let manifests = std::fs::read_dir(runs).ok()?.filter_map(|run| {
        let text = std::fs::read(run.ok()?.path().join("manifest.json")).ok()?;
        let manifest: serde_json::Value = serde_json::from_slice(&text).ok()?;
        manifest["resources"]["host_peak_kib"]
            .as_u64()
            .or_else(|| manifest["resources"]["host-peak-kib"].as_u64())
    });
    manifests.max()
}

/// Bytes a second that a flooding child got rid of, by its own report, in MB/s.
pub(crate) fn flooded(report: &std::path::Path) -> Option<f64> {
    let told = std::fs::read_to_string(report).ok()?;
    let (bytes, nanos) = told.split_once(' ')?;
    let (bytes, nanos): (usize, u64) = (bytes.parse().ok()?, nanos.parse().ok()?);
    Some(speed(bytes, std::time::Duration::from_nanos(nanos).as_secs_f64()))
}
