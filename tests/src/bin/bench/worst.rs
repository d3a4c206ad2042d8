//! The slowest texts that we can make, each at two lengths: their speed, and whether time grows with length alone.

use std::hint::black_box;

use cofferdam_runner::session::engine::Session;

use crate::Plan;
use crate::hostile::{self, Hostile};
use crate::inputs::Input;
use crate::memory::{SPEED, beside, most_asked};
use crate::rig::{Counts, Drive, Rig};
use crate::table::{Budget, Table, figure, say};
use crate::timing::{Sample, cpu, speed};

/// The longer text has so many times the length of the shorter one.
const TIMES: usize = 4;

/// How much more than in proportion the longer one may take before we call it out: clocks and caches of shared
/// machines are not quite the same twice.
const PROPORTIONAL: f64 = 1.25;

/// A text that took so many seconds isn't tried at four times the length.
const PATIENCE: f64 = 0.5;

/// Measures each text whose name holds `only`, and then tells the worst of all.
pub(crate) fn worst(plan: &Plan, rig: &Rig, only: &str, table: &mut Table) {
    let mut session = rig.guards.session();
    let (mut slowest, mut steepest) = (f64::INFINITY, 0.0_f64);
    let mut names = ("", "");
    let texts = hostile::all(&rig.literals());
    let chosen = texts.into_iter().filter(|text| text.name.contains(only));
    for text in chosen {
        let (measured, growth) = measure(plan, rig, &mut session, &text, table);
        if measured < slowest {
            (slowest, names.0) = (measured, text.name);
        }
        if growth > steepest {
            (steepest, names.1) = (growth, text.name);
        }
    }
    say("");
    // What holds of some says nothing of all.
    if !only.is_empty() {
        if !slowest.is_finite() {
            say(&format!("no worst text has `{only}` in its name"));
        }
        return;
    }
    let one = |value| Sample::new(vec![value]);
    table.add_with(
        "worst text of all",
        SPEED,
        Budget::AtLeast(50.0),
        &one(slowest),
        names.0,
    );
    table.add_with(
        "time of 4 times the text : 4 times its time, the worst of all",
        "×",
        Budget::AtMost(PROPORTIONAL),
        &one(steepest),
        names.1,
    );
}

/// The speed of the longer text in MB/s, and its time by that of the shorter one in proportion.
#[allow(clippy::cast_precision_loss)]
fn measure(plan: &Plan, rig: &Rig, session: &mut Session, text: &Hostile, table: &mut Table) -> (f64, f64) {
    let drive = Drive {
        outlet: text.outlet,
        ..Drive::PIPE
    };
    let mut run = |bytes: &[u8]| -> (Counts, f64) {
        // Failures of guests open circuits, and what comes then is no measure of anything.
        *session = rig.guards.session();
        cpu(|| black_box(rig.drive(session, bytes, drive)))
    };
    let mut size = 62_500;
    while size * TIMES < plan.worst && run(&text.text(size)).1 < PATIENCE {
        size *= TIMES;
    }
    let (short, long) = (text.text(size), Input::new(text.name, text.text(size * TIMES)));
    let mut once = Vec::new();
    while again(plan, &once) {
        once.push(run(&short).1);
    }
    let once = once.into_iter().fold(f64::INFINITY, f64::min);
    let mut counts = Counts::default();
    let mut repeats = Vec::new();
    while again(plan, &repeats) {
        let (counted, seconds) = run(&long.bytes);
        counts = counted;
        repeats.push(seconds);
    }
    let most = repeats.iter().copied().fold(f64::INFINITY, f64::min);
    let growth = most / once.max(1e-9) / TIMES as f64;
    let speeds = Sample::new(
        repeats
            .iter()
            .map(|seconds| speed(long.bytes.len(), *seconds))
            .collect(),
    );
    let remark = format!(
        "{} MB take ×{:.2} of {} MB; {}",
        figure(long.bytes.len() as f64 / 1e6),
        most / once.max(1e-9),
        figure(short.len() as f64 / 1e6),
        beside(rig, &long, &counts)
    );
    let remark = match most_asked(rig, &long, &counts) {
        Some(most) => format!("{remark}; most: {most}"),
        None => remark,
    };
    table.add_with(
        format!("worst text, {}", text.name),
        SPEED,
        Budget::AtLeast(50.0),
        &speeds,
        remark,
    );
    (speed(long.bytes.len(), most), growth)
}

/// Whether a text that took these seconds so far is guarded once more.
fn again(plan: &Plan, taken: &[f64]) -> bool {
    taken.len() < plan.repeats.min(3) && taken.iter().sum::<f64>() < 4.0 * PATIENCE
}
