//! Another build of the host beside this one, in turns: one program by itself varies by a half from hour to hour.

use std::io::Write as _;
use std::path::Path;

use crate::Plan;
use crate::home::{Home, run};
use crate::inputs::{self, Input};
use crate::logs::Logs;
use crate::process::children_cpu;
use crate::table::{Budget, Table, say};
use crate::timing::{Sample, wall};

/// So many starts of one build before as many of the other: a start's own traces in caches are then those of its build.
const STARTS: usize = 20;
/// How often each filters each text.
const ROUNDS: usize = 6;
/// The most bytes of a text.
const TEXT: usize = 48_000_000;

/// What `exec -- true` takes, and what `filter` takes of a processor, of this build and of another.
pub(crate) fn beside(plan: &Plan, home: &Home, other: &Path, logs: &Logs, table: &mut Table) {
    let Some(there) = Home::of(other.to_owned()) else {
        say("there is no such binary to measure beside this one");
        return;
    };
    let builds = [("this build", home), ("the other build", &there)];
    starts(plan, builds, table);
    let size = plan.file.min(TEXT);
    let texts = [
        Input::repeated("build log", &logs.build, size),
        Input::repeated("JSON log", &logs.json, size),
        inputs::sources(size),
    ];
    for text in &texts {
        filters(text, builds, table);
    }
}

fn starts(plan: &Plan, builds: [(&str, &Home); 2], table: &mut Table) {
    let mut taken = [Vec::new(), Vec::new()];
    for (_, home) in builds {
        run(home.host(&["exec", "--pipe", "--", "true"]));
    }
    for _ in 0..plan.pairs.div_ceil(STARTS) {
        for ((_, home), taken) in builds.into_iter().zip(&mut taken) {
            let start = || wall(|| run(home.host(&["exec", "--pipe", "--", "true"]))).1 * 1e3;
            taken.extend(std::iter::repeat_with(start).take(STARTS));
        }
    }
    for ((name, _), taken) in builds.into_iter().zip(taken) {
        let sample = Sample::new(taken);
        for (share, quantile) in [("p50", 0.5), ("p95", 0.95)] {
            let what = format!("exec -- true, {share}, {name}");
            table.add_value(what, "ms", Budget::None, sample.quantile(quantile), &sample);
        }
    }
}

fn filters(text: &Input, builds: [(&str, &Home); 2], table: &mut Table) {
    let mut taken = [Vec::new(), Vec::new()];
    for (_, home) in builds {
        home.create("text")
            .write_all(&text.bytes)
            .expect("the temporary folder has room");
    }
    for _ in 0..ROUNDS {
        for ((_, home), taken) in builds.into_iter().zip(&mut taken) {
            let mut command = home.host(&["filter"]);
            command.stdin(home.open("text"));
            let Some(before) = children_cpu() else { return };
            run(command);
            #[allow(clippy::cast_precision_loss, reason = "no text takes that long")]
            taken.extend(children_cpu().map(|after| (after - before) as f64));
        }
    }
    for ((name, home), taken) in builds.into_iter().zip(taken) {
        let what = format!("filter, processor time, {}, {name}", text.name);
        let remark = format!("{} bytes, sha256 {}", text.bytes.len(), &text.digest()[..16]);
        table.add_with(what, "ms", Budget::None, &Sample::new(taken), remark);
        std::fs::remove_file(home.path().join("text")).ok();
    }
}
