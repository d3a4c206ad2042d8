//! What things cost, printed and not judged: `cargo test --release -p cofferdam-engine measure -- --nocapture`.

use super::bed::{Bed, detector, engine, guest, hostile, policy, shared, tight, tokens};
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

/// What compiling takes, which is spread over threads, and how late a deadline is.
fn on_the_wall<T>(run: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    black_box(run());
    begun.elapsed()
}

/// Memory of this process, in KiB.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").expect("the status of this process");
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("its memory")
        .trim()
        .to_owned()
}

/// The processor's time, since the clock on the wall also counts what else the machine does.
fn timed<T>(run: impl FnOnce() -> T) -> Duration {
    let begun = spent();
    black_box(run());
    spent() - begun
}

fn spent() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).expect("less than a second"),
    )
}

#[test]
#[allow(clippy::print_stdout)]
fn measure() {
    let say = |what: &str, time: Duration| println!("{what:<48} {time:>12.1?}");
    let folder = tempfile::tempdir().expect("a folder");
    say("engine start", median(9, || timed(|| engine(folder.path()))));
    println!("memory: {}", resident());
    let _one = engine(folder.path());
    println!("memory with an engine: {}", resident());
    for name in ["credentials", "personal", "hostile"] {
        let spec = PluginSpec::new(name, guest(name));
        let cold = engine(folder.path());
        say(
            &format!("load {name}, cold"),
            on_the_wall(|| cold.load_detector(&spec).expect("it loads")),
        );
        say(
            &format!("load {name}, warm"),
            median(9, || {
                let warm = engine(folder.path());
                timed(|| warm.load_detector(&spec).expect("it loads"))
            }),
        );
        let warm = engine(folder.path());
        let digest = spec.component.digest();
        let cache = warm.inner.cache.as_ref().expect("a cache");
        say(
            &format!("digest of {name}"),
            median(9, || timed(|| crate::Digest::of(&spec.component))),
        );
        say(
            &format!("reading and verifying {name}"),
            median(9, || {
                timed(|| cache.read(&digest, crate::cache::Form::Code).expect("kept"))
            }),
        );
        println!(
            "{} bytes of code",
            cache
                .read(&digest, crate::cache::Form::Code)
                .expect("kept")
                .bytes()
                .len()
        );
        say(
            &format!("code of {name}"),
            median(9, || {
                timed(|| crate::compile::code(&warm.inner, name, &spec.component, &digest).expect("kept"))
            }),
        );
        let bed_detector = detector(&spec);
        let mut bed = Bed::with(&policy(std::slice::from_ref(&bed_detector)), BreakerSettings::default());
        assert!(bed.session.touch(0));
        say(
            &format!("fresh instance of {name}, configured, called"),
            median(99, || {
                bed.session.forget_instances();
                timed(|| bed.session.touch(0))
            }),
        );
        let plugin = &bed_detector.inner;
        let code = plugin.linked.get(&shared().inner).expect("it is linked");
        let made = || {
            Live::start(&shared().inner, &plugin.info.limits, plugin.ticks.start, |store| {
                code.pre.instantiate(store)
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
    let mut bed = Bed::new(&hostile("loop", ""));
    let ask = bed.ask(&tokens(1));
    let looped = median(9, || on_the_wall(|| bed.session.scan(&ask, Duration::ZERO)));
    say(
        &format!("an endless loop with a deadline of {:?}", tight().deadline),
        looped,
    );
}
