//! Deadlines of guests whose thread gives way to all others.

use super::bed::{Bed, guest, hostile, tight, tokens};
use crate::{BreakerSettings, Deadlines, Detail, Engine, EngineOptions, PluginSpec};
use rustix::time::{ClockId, clock_gettime};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

fn of_thread() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().expect("time goes on")
}

/// What a call that never ends had of a processor, and how much time passed, while others keep all of them busy.
fn loops_among_others() -> (Duration, Duration) {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = Engine::start(EngineOptions {
        cache: Some(folder.path().join("code")),
        deadlines: Deadlines::Processor,
        ..EngineOptions::default()
    });
    let engine = engine.expect("an engine");
    let detector = engine.load_detector(&hostile("loop", "aaaa")).expect("it loads");
    let policy = PluginSpec::new("standard", guest("standard"));
    let policy = engine.load_policy(&policy, &[], &[detector]).expect("it loads");
    let over = AtomicBool::new(false);
    let busy = std::thread::available_parallelism().map_or(4, |cores| cores.get() * 4);
    std::thread::scope(|scope| {
        for _ in 0..busy {
            scope.spawn(|| {
                while !over.load(Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let called = scope.spawn(|| {
            rustix::process::setpriority_process(None, 5).expect("anybody may give way");
            let mut bed = Bed::on(&engine, &policy, BreakerSettings::default());
            // Its instance is there.
            assert!(bed.session.touch(0));
            let (before, began) = (of_thread(), Instant::now());
            let seen = bed.guard(&tokens(1));
            let (used, passed) = (of_thread() - before, began.elapsed());
            let details: Vec<_> = seen.incidents.iter().map(|incident| incident.detail).collect();
            assert_eq!(details, [Detail::Deadline]);
            (used, passed)
        });
        let times = called.join();
        over.store(true, Relaxed);
        times.expect("the call ends")
    })
}

#[test]
fn a_candidate_is_not_late_for_others_that_keep_the_processor() {
    let (used, passed) = loops_among_others();
    let deadline = tight().deadline;
    assert!(
        used >= deadline || passed >= deadline * Deadlines::PATIENCE,
        "{used:?} of a processor in {passed:?}"
    );
}
