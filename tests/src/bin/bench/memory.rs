//! The guard over whole texts in memory, on one thread.

use std::hint::black_box;

use cofferdam_runner::session::engine::Session;
use serde_json::json;

use crate::Plan;
use crate::escapes;
use crate::inputs::{self, Input};
use crate::logs::Logs;
use crate::rig::{CHUNK, Counts, Drive, Rig};
use crate::screens;
use crate::table::{Budget, Table, figure, say};
use crate::timing::{Sample, cpu, speed};

/// Millions of bytes a second.
pub(crate) const SPEED: &str = "MB/s";

/// A text that takes so many seconds is guarded less often.
const PATIENCE: f64 = 1.0;

/// The log that most is measured with: a real one, or where cargo could not make one, a written one.
pub(crate) fn main_log(logs: &Logs, size: usize) -> Input {
    if logs.build.is_empty() {
        return inputs::build_log(size);
    }
    Input::repeated("build log", &logs.build, size)
}

/// Guards each text, clean and with secrets.
pub(crate) fn guard(plan: &Plan, rig: &Rig, logs: &Logs, table: &mut Table) {
    let mut bench = Bench::new(plan, rig, table);
    let json = Input::repeated("JSON log", &logs.json, plan.text);
    let texts = [
        main_log(logs, plan.text),
        inputs::sources(plan.text),
        json,
        inputs::build_log(plan.text),
        inputs::json_log(plan.text),
    ];
    for clean in texts.iter().filter(|text| !text.bytes.is_empty()) {
        bench.row("guard, ", clean, Drive::PIPE, Budget::AtLeast(1000.0));
        bench.row("guard, ", &clean.with_secrets(), Drive::PIPE, Budget::AtLeast(500.0));
    }
    let log = &texts[0];
    let small = Drive {
        chunk: 4096,
        ..Drive::PIPE
    };
    bench.row("guard, 4 KiB at a time, ", log, small, Budget::None);
    bench.finish();
}

/// Guards texts that need the line tier or the screen tier.
pub(crate) fn tiers(plan: &Plan, rig: &Rig, logs: &Logs, table: &mut Table) {
    let mut bench = Bench::new(plan, rig, table);
    let sources = inputs::sources(plan.text.min(16_000_000)).bytes;
    let lines = [
        Input::repeated("coloured build log", &logs.coloured, plan.text),
        escapes::each_word_coloured(&sources, plan.text),
        escapes::progress(&main_log(logs, 4 << 20).bytes, plan.text),
    ];
    for text in lines.iter().filter(|text| !text.bytes.is_empty()) {
        bench.row("line tier, terminal, ", text, Drive::TERMINAL, Budget::AtLeast(300.0));
        bench.row("line tier, pipe, ", text, Drive::PIPE, Budget::AtLeast(300.0));
    }
    for text in [screens::editor(&sources, plan.text), screens::processes(plan.text)] {
        bench.row("screen tier, ", &text, Drive::TERMINAL, Budget::AtLeast(50.0));
    }
    bench.finish();
}

/// What the default guards alone do with the log that `filter` is given, in MB/s.
pub(crate) fn own_speed(plan: &Plan, rig: &Rig, logs: &Logs, table: &mut Table) -> f64 {
    let own = Drive {
        own: true,
        ..Drive::PIPE
    };
    let mut bench = Bench::new(plan, rig, table);
    let speed = bench.row(
        "guard, default rules alone, ",
        &main_log(logs, plan.text),
        own,
        Budget::None,
    );
    bench.finish();
    speed
}

/// Measures texts, and keeps what was told of each.
struct Bench<'a> {
    plan: &'a Plan,
    rig: &'a Rig,
    table: &'a mut Table,
    session: Session,
    told: Vec<serde_json::Value>,
}

impl<'a> Bench<'a> {
    fn new(plan: &'a Plan, rig: &'a Rig, table: &'a mut Table) -> Self {
        Self {
            plan,
            rig,
            table,
            session: rig.guards.session(),
            told: Vec::new(),
        }
    }

    /// Guards a text a few times. Answers the median speed in MB/s.
    fn row(&mut self, kind: &str, input: &Input, drive: Drive, budget: Budget) -> f64 {
        let (counts, seconds) = cpu(|| self.rig.drive(&mut self.session, &input.bytes, drive));
        // A guard that is slow is known well enough from fewer runs: the whole bench should end within ten minutes.
        let few = if seconds > PATIENCE { 1 } else { 3 };
        let repeats = if seconds > PATIENCE { 2 } else { self.plan.repeats };
        let told = describe(self.rig, input, &counts);
        if !self.told.contains(&told) {
            self.told.push(told);
        }
        let sample = sample(repeats, self.rig, &mut self.session, &input.bytes, drive);
        let unasked = Drive { guests: false, ..drive };
        let unasked = self::sample(
            few.min(self.plan.repeats),
            self.rig,
            &mut self.session,
            &input.bytes,
            unasked,
        );
        let remark = format!(
            "{}; without guests {}",
            beside(self.rig, input, &counts),
            figure(unasked.median())
        );
        self.table
            .add_with(format!("{kind}{}", input.name), SPEED, budget, &sample, remark);
        sample.median()
    }

    fn finish(self) {
        self.table.note_more("inputs", self.told);
    }
}

/// How fast a text is guarded, so many times, in MB/s.
pub(crate) fn sample(repeats: usize, rig: &Rig, session: &mut Session, text: &[u8], drive: Drive) -> Sample {
    Sample::of(repeats, || {
        let (_, seconds) = cpu(|| black_box(rig.drive(session, text, drive)));
        speed(text.len(), seconds)
    })
}

/// What a MB of a text holds for the guards, in few words.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn beside(rig: &Rig, input: &Input, counts: &Counts) -> String {
    let megabytes = input.bytes.len() as f64 / 1e6;
    let failed = match counts.incidents {
        0 => String::new(),
        incidents => format!(", {incidents} failures of guests"),
    };
    format!(
        "suspects {}/MB, asks {}/MB, decisions {}/MB{failed}",
        figure(suspects(rig, input) as f64 / megabytes),
        figure(counts.asked as f64 / megabytes),
        figure((counts.redacted + counts.allowed) as f64 / megabytes)
    )
}

/// How many anchors a text has, as the native search sees them.
fn suspects(rig: &Rig, input: &Input) -> usize {
    input.bytes.chunks(CHUNK).map(|chunk| rig.rules.count_hits(chunk)).sum()
}

/// Says what a text is, and how much of it concerns the guards.
#[allow(clippy::cast_precision_loss)]
fn describe(rig: &Rig, input: &Input, counts: &Counts) -> serde_json::Value {
    let megabytes = input.bytes.len() as f64 / 1e6;
    let each = |count: usize| count as f64 / megabytes;
    let quiet = counts.quiet_chunks as f64 / counts.chunks.max(1) as f64 * 100.0;
    say(&format!(
        "{}: {} bytes, sha256 {}; a MB has {:.1} suspects, {:.1} of them asked about, in {:.2} calls; {quiet:.0} % of its chunks \
         need no question; {} secrets planted, {} findings redacted, {} allowed",
        input.name,
        input.bytes.len(),
        input.digest(),
        each(suspects(rig, input)),
        each(counts.asked),
        each(counts.calls),
        input.planted,
        counts.redacted,
        counts.allowed,
    ));
    let busiest = rig.busiest(counts);
    if let Some(most) = most_asked(rig, input, counts) {
        say(&format!("  most asked about, in a MB: {most}"));
    }
    json!({
        "name": input.name, "sha256": input.digest(), "bytes": input.bytes.len(), "suspects-per-mb": each(suspects(rig, input)),
        "asked-per-mb": each(counts.asked), "calls-per-mb": each(counts.calls), "quiet-chunks-percent": quiet,
        "planted": input.planted, "redacted": counts.redacted, "allowed": counts.allowed, "most-asked": busiest,
        "failures": counts.incidents,
    })
}

/// The rules that are asked about most, and how often in a MB; nothing where none is.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn most_asked(rig: &Rig, input: &Input, counts: &Counts) -> Option<String> {
    let megabytes = input.bytes.len() as f64 / 1e6;
    let busiest = rig.busiest(counts);
    let told: Vec<String> = busiest
        .iter()
        .map(|(rule, count)| format!("{rule} {}", figure(*count as f64 / megabytes)))
        .collect();
    (!told.is_empty()).then(|| told.join(", "))
}
