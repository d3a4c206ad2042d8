//! What things cost, printed and not judged: `cargo test --release -p cofferdam-engine measure -- --nocapture`.

use super::bed::{Bed, detector, engine, guest, hostile, policy, shared, tokens};
use crate::call::Live;
use crate::plugin::LOAD_FUEL;
use crate::{BreakerSettings, PluginSpec};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The median of some runs.
fn median(runs: usize, mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<_> = (0..runs).map(|_| run()).collect();
    times.sort_unstable();
    times[runs / 2]
}

fn timed<T>(run: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    black_box(run());
    begun.elapsed()
}

#[test]
#[allow(clippy::print_stdout)]
fn measure() {
    let say = |what: &str, time: Duration| println!("{what:<48} {time:>12.1?}");
    let folder = tempfile::tempdir().expect("a folder");
    say("engine start", median(9, || timed(|| engine(folder.path()))));
    for name in ["credentials", "personal", "hostile"] {
        let spec = PluginSpec::new(name, guest(name));
        let cold = engine(folder.path());
        say(
            &format!("load {name}, cold"),
            timed(|| cold.load_detector(&spec).expect("it loads")),
        );
        say(
            &format!("load {name}, warm"),
            median(9, || {
                let warm = engine(folder.path());
                timed(|| warm.load_detector(&spec).expect("it loads"))
            }),
        );
        let bed_detector = detector(&spec);
        let mut bed = Bed::with(&policy(&[bed_detector.clone()]), BreakerSettings::default());
        assert!(bed.session.touch(0));
        say(
            &format!("fresh instance of {name}, configured, called"),
            median(99, || {
                bed.session.forget_instances();
                timed(|| bed.session.touch(0))
            }),
        );
        let plugin = &bed_detector.inner;
        let made = || {
            Live::start(&shared().inner, &plugin.info.limits, plugin.ticks.start, |store| {
                plugin.pre.instantiate(store)
            })
        };
        say(&format!("instance alone of {name}"), median(99, || timed(made)));
        say(
            &format!("configuring {name}, first"),
            median(99, || {
                let mut live = made().expect("an instance");
                timed(|| {
                    live.call(&shared().inner, plugin.ticks.start, LOAD_FUEL, |store, guest| {
                        guest.configure(store, "{}", 0)
                    })
                })
            }),
        );
        let mut live = made().expect("an instance");
        say(
            &format!("configuring {name}, again"),
            median(99, || {
                timed(|| {
                    live.call(&shared().inner, plugin.ticks.start, LOAD_FUEL, |store, guest| {
                        guest.configure(store, "{}", 0)
                    })
                })
            }),
        );
        say(
            &format!("empty call of {name}"),
            timed(|| (0..10_000).for_each(|_| assert!(bed.session.touch(0)))) / 10_000,
        );
    }
    for together in [true, false] {
        let mut bed = Bed::new(&PluginSpec {
            together,
            ..hostile("honest", "")
        });
        for count in [1, 64] {
            let ask = bed.ask(&tokens(count));
            let scan = || black_box(bed.session.scan(&ask, Duration::ZERO)).0.findings.len();
            let time = timed({
                let mut scan = scan;
                move || (0..1000).for_each(|_| assert_eq!(scan(), count))
            }) / 1000;
            say(&format!("{count} suspects, together: {together}"), time);
        }
    }
}
