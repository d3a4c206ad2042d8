//! What calls to guests cost.

use std::hint::black_box;

use crate::Plan;
use crate::inputs;
use crate::rig::Rig;
use crate::table::{Budget, Table, say};
use crate::timing::{Sample, cpu};
use crate::words;

/// Calls with and without suspects, and instances that must be made first.
pub(crate) fn calls(plan: &Plan, rig: &Rig, table: &mut Table) {
    let mut session = rig.guards.session();
    let names: Vec<_> = rig
        .guards
        .policy()
        .detectors()
        .iter()
        .map(|detector| detector.info().name.clone())
        .collect();
    for (index, name) in names.iter().enumerate() {
        assert!(session.touch(index), "the detector answers");
        let touch = per_call(plan, 2000, || session.touch(index));
        table.add(
            format!("warm call of {name}, no suspects"),
            "µs",
            Budget::AtMost(1.0),
            &touch,
        );
        let fresh = Sample::of(plan.repeats * 20, || {
            session.forget_instances();
            cpu(|| session.touch(index)).1 * 1e6
        });
        table.add(
            format!("fresh instance of {name}, configured and called"),
            "µs",
            Budget::AtMost(50.0),
            &fresh,
        );
    }
    assert!(session.touch_policy(), "the policy answers");
    let fresh = Sample::of(plan.repeats * 20, || {
        session.forget_instances();
        cpu(|| session.touch_policy()).1 * 1e6
    });
    table.add(
        "fresh instance of the policy, configured and called",
        "µs",
        Budget::AtMost(50.0),
        &fresh,
    );
    let mut random = inputs::Random::new(5);
    for count in [1, 64] {
        let text: String = (0..count).map(|_| words::token(&mut random)).collect();
        let Some(ask) = rig.first_ask(&text) else {
            say("no question came of a text with a token; the rules may have changed");
            continue;
        };
        let asked = ask.suspects().len();
        let sample = per_call(plan, 200, || {
            session.scan(&ask, std::time::Duration::ZERO).0.failed.is_empty()
        });
        table.add(
            format!("warm call, {asked} suspects of tokens"),
            "µs",
            Budget::None,
            &sample,
        );
    }
}

/// Microseconds of one call of many.
fn per_call(plan: &Plan, calls: u32, mut call: impl FnMut() -> bool) -> Sample {
    Sample::of(plan.repeats * 3, || {
        let (answered, seconds) = cpu(|| (0..calls).all(|_| black_box(call())));
        assert!(answered, "a guest failed, so nothing here can be believed");
        seconds * 1e6 / f64::from(calls)
    })
}
