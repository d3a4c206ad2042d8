//! What a session leaves behind.

use super::*;
use crate::process::testing::isolated;
use crate::process::{Cgroup, Counts, HostRemains, Leftovers, Remains, Step, table};

macro_rules! alone {
    ($name:ident, $body:block) => {
        #[test]
        fn $name() {
            isolated(concat!(module_path!(), "::", stringify!($name)), || $body);
        }
    };
}

/// Ends what is left, as the driver does: reap, step, wait.
fn clear(reaper: &mut Reaper, remains: &mut HostRemains, grace: Duration) -> Counts {
    let mut left = Leftovers::begin(Instant::now(), grace);
    let begun = Instant::now();
    loop {
        while reaper.next_change().is_some() {}
        if let Step::Done(counts) = left.step(Instant::now(), remains) {
            return counts;
        }
        assert!(begun.elapsed() < LIMIT);
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn leave(script: &str, mode: Mode, grace: Duration) -> Counts {
    let mut reaper = Reaper::install();
    let mut remains = HostRemains::before_start();
    let started = spawn(&shell(script), mode).unwrap();
    until(&started.output, "ready");
    end(&mut reaper, &started.child);
    clear(&mut reaper, &mut remains, grace)
}

alone!(a_daemon_is_found_and_ended, {
    let script = "(setsid sleep 1000 >/dev/null 2>&1 &) ; (nohup sleep 1000 >/dev/null 2>&1 &); sleep 0.2; echo ready";
    for mode in [Mode::Pipe, terminal()] {
        let counts = leave(script, mode, Duration::from_secs(30));
        assert_eq!(
            counts,
            Counts {
                found: 2,
                killed: 0,
                remaining: 0
            }
        );
    }
});

alone!(one_that_ignores_every_request_is_killed, {
    let script =
        "(trap '' HUP TERM; setsid sh -c 'while :; do sleep 1000; done' >/dev/null 2>&1 &); sleep 0.2; echo ready";
    let counts = leave(script, Mode::Pipe, Duration::from_millis(50));
    assert!(counts.killed >= 1 && counts.remaining == 0, "{counts:?}");
});

alone!(a_stopped_process_is_ended_too, {
    let counts = leave(
        "setsid sh -c 'kill -STOP $$' >/dev/null 2>&1 & sleep 0.2; echo ready",
        Mode::Pipe,
        Duration::from_secs(30),
    );
    assert_eq!(
        counts,
        Counts {
            found: 1,
            killed: 0,
            remaining: 0
        }
    );
});

alone!(what_was_there_before_is_spared, {
    let mut before = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
    let counts = leave(
        "setsid sleep 1000 >/dev/null 2>&1 & echo ready",
        Mode::Pipe,
        Duration::from_secs(30),
    );
    assert_eq!(counts.found, 1);
    assert!(before.try_wait().unwrap().is_none(), "it lives");
    before.kill().unwrap();
});

alone!(a_cgroup_holds_and_ends_everything, {
    // Not every machine lets the tests make one; doctor says so there.
    for mode in [Mode::Pipe, terminal()] {
        let Ok(cgroup) = Cgroup::create() else { return };
        let mut reaper = Reaper::install();
        let mut remains = HostRemains::before_start();
        let started = spawn(&shell("setsid sleep 1000 & echo ready; sleep 1000"), mode).unwrap();
        until(&started.output, "ready");
        remains.gather(cgroup).unwrap().join().unwrap();
        let members = remains.gathered();
        assert!(
            members.contains(&started.child.pid.as_raw_pid()) && members.len() >= 2,
            "{members:?}"
        );
        remains.kill_all();
        assert_eq!(end(&mut reaper, &started.child), Ended::Signaled(9));
        assert_eq!(clear(&mut reaper, &mut remains, Duration::from_secs(30)).remaining, 0);
        assert!(
            remains
                .gathered()
                .into_iter()
                .filter_map(table::one)
                .all(|process| process.ended)
        );
    }
});
