//! Ending what a session leaves behind.

use std::collections::HashSet;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Signal, WaitId, WaitIdOptions, getpid, waitid};

use super::cgroup::Cgroup;
use super::table::{self, Identity};

/// The time between asking and killing, by default.
pub const DEFAULT_GRACE: Duration = Duration::from_millis(500);
/// How often killing is repeated, for those that were born meanwhile.
const REPEAT: Duration = Duration::from_millis(10);
/// How long killing goes on. What is left then is out of reach (another user's, or stuck in the kernel).
const LIMIT: Duration = Duration::from_secs(2);

/// The processes that a session may have left, and a way to signal them.
pub trait Remains {
    /// Those that live now.
    fn living(&mut self) -> Vec<Identity>;
    /// Sends a signal to one of them.
    fn signal(&mut self, target: Identity, signal: Signal);
    /// Kills all at once where the system can.
    fn kill_all(&mut self) {}
}

/// How many processes were left, and how they went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Found alive after the main process had ended.
    pub found: usize,
    /// Those of them that had to be killed.
    pub killed: usize,
    /// Still alive at the end: out of reach.
    pub remaining: usize,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Call again at this time, or at the next SIGCHLD.
    Wait(Instant),
    /// Nothing more can be done.
    Done(Counts),
}

/// Asks what is left to end (SIGHUP, SIGTERM, SIGCONT), and after a grace kills it, until nothing lives. It never
/// sleeps.
pub struct Leftovers {
    kill_at: Instant,
    give_up_at: Instant,
    asked: HashSet<Identity>,
    killed: HashSet<Identity>,
}

impl Leftovers {
    /// Starts when the main process has ended.
    pub fn begin(now: Instant, grace: Duration) -> Self {
        let kill_at = now + grace;
        Self {
            kill_at,
            give_up_at: kill_at + LIMIT,
            asked: HashSet::new(),
            killed: HashSet::new(),
        }
    }

    /// Does what is due at `now`. The caller reaps before each call.
    pub fn step(&mut self, now: Instant, remains: &mut impl Remains) -> Step {
        let living = remains.living();
        if living.is_empty() || now >= self.give_up_at {
            self.asked.extend(&living);
            return Step::Done(Counts {
                found: self.asked.len(),
                killed: self.killed.len(),
                remaining: living.len(),
            });
        }
        if now < self.kill_at {
            for &process in &living {
                if self.asked.insert(process) {
                    for signal in [Signal::HUP, Signal::TERM, Signal::CONT] {
                        remains.signal(process, signal);
                    }
                }
            }
            return Step::Wait(self.kill_at);
        }
        remains.kill_all();
        for &process in &living {
            self.asked.insert(process);
            self.killed.insert(process);
            remains.signal(process, Signal::KILL);
        }
        Step::Wait((now + REPEAT).min(self.give_up_at))
    }
}

/// What this host's session has left: everything below the host that wasn't there before, and the cgroup's processes.
pub struct HostRemains {
    spared: HashSet<Identity>,
    cgroup: Option<Arc<Cgroup>>,
}

impl HostRemains {
    /// To be made before the child is started: what lives below the host now (a shell's jobs, when the shell replaced
    /// itself with the host) is none of the session's.
    pub fn before_start() -> Self {
        Self {
            spared: below_host(&HashSet::new()).into_iter().collect(),
            cgroup: None,
        }
    }

    /// Puts everything that lives below the host, and all that it starts from now on, into a cgroup as well.
    ///
    /// The kernel takes some ten milliseconds to move a process, which is why this is done by a thread, and only for
    /// sessions that last: what a process starts before it is moved stays outside, where it is found as before.
    pub fn gather(&mut self, cgroup: Cgroup) -> std::io::Result<JoinHandle<()>> {
        let cgroup = Arc::new(cgroup);
        let living = below_host(&self.spared);
        self.cgroup = Some(Arc::clone(&cgroup));
        std::thread::Builder::new().name("cgroup".into()).spawn(move || {
            living.iter().for_each(|process| cgroup.adopt(process.pid));
        })
    }
}

/// Everything below the host. What has no child has nothing below it, which spares reading all of /proc at the start
/// and the end of most sessions.
fn below_host(spared: &HashSet<Identity>) -> Vec<Identity> {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    if waitid(WaitId::All, look).is_err_and(|error| error == Errno::CHILD) {
        return Vec::new();
    }
    table::descendants(&table::all(), getpid().as_raw_pid(), spared)
}

#[cfg(test)]
impl HostRemains {
    /// The processes in the cgroup.
    pub(crate) fn gathered(&self) -> Vec<i32> {
        self.cgroup.as_ref().map(|cgroup| cgroup.members()).unwrap_or_default()
    }
}

impl Remains for HostRemains {
    fn living(&mut self) -> Vec<Identity> {
        let mut living = below_host(&self.spared);
        if let Some(cgroup) = &self.cgroup {
            let members = cgroup.members().into_iter().filter_map(table::one);
            living.extend(members.filter(|process| !process.ended).map(|process| process.identity));
            living.sort_unstable();
            living.dedup();
        }
        living
    }

    fn signal(&mut self, target: Identity, signal: Signal) {
        table::signal(target, signal);
    }

    fn kill_all(&mut self) {
        if let Some(cgroup) = &self.cgroup {
            cgroup.kill();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Processes that end at the signal they are said to end at.
    struct Fake(Vec<(Identity, Option<Signal>)>, Vec<(i32, Signal)>);

    impl Remains for Fake {
        fn living(&mut self) -> Vec<Identity> {
            self.0.iter().map(|(identity, _)| *identity).collect()
        }

        fn signal(&mut self, target: Identity, signal: Signal) {
            self.1.push((target.pid, signal));
            self.0
                .retain(|&(identity, ends)| identity != target || ends != Some(signal));
        }
    }

    fn identity(pid: i32) -> Identity {
        Identity { pid, started: 7 }
    }

    #[test]
    fn nothing_left_is_done_at_once() {
        let now = Instant::now();
        let mut left = Leftovers::begin(now, DEFAULT_GRACE);
        assert_eq!(left.step(now, &mut Fake(vec![], vec![])), Step::Done(Counts::default()));
    }

    #[test]
    fn the_willing_are_asked_once_and_not_killed() {
        let now = Instant::now();
        let mut fake = Fake(vec![(identity(5), Some(Signal::CONT))], vec![]);
        let mut left = Leftovers::begin(now, DEFAULT_GRACE);
        assert_eq!(left.step(now, &mut fake), Step::Wait(now + DEFAULT_GRACE));
        assert_eq!(fake.1, [(5, Signal::HUP), (5, Signal::TERM), (5, Signal::CONT)]);
        assert_eq!(
            left.step(now, &mut fake),
            Step::Done(Counts {
                found: 1,
                killed: 0,
                remaining: 0
            })
        );
    }

    #[test]
    fn the_stubborn_are_killed_after_the_grace_and_not_before() {
        let now = Instant::now();
        let mut fake = Fake(vec![(identity(5), Some(Signal::KILL))], vec![]);
        let mut left = Leftovers::begin(now, DEFAULT_GRACE);
        left.step(now, &mut fake);
        assert_eq!(
            left.step(now + DEFAULT_GRACE / 2, &mut fake),
            Step::Wait(now + DEFAULT_GRACE)
        );
        assert_eq!(fake.1.len(), 3, "asked once");
        left.step(now + DEFAULT_GRACE, &mut fake);
        assert_eq!(
            left.step(now + DEFAULT_GRACE + REPEAT, &mut fake),
            Step::Done(Counts {
                found: 1,
                killed: 1,
                remaining: 0
            })
        );
    }

    #[test]
    fn what_is_out_of_reach_is_given_up_and_reported() {
        let now = Instant::now();
        let mut fake = Fake(vec![(identity(5), None)], vec![]);
        let mut left = Leftovers::begin(now, Duration::ZERO);
        let mut at = now;
        let mut steps = 0;
        let counts = loop {
            match left.step(at, &mut fake) {
                Step::Wait(next) => at = next,
                Step::Done(counts) => break counts,
            }
            steps += 1;
            assert!(steps < 1000);
        };
        assert_eq!(
            (counts, at),
            (
                Counts {
                    found: 1,
                    killed: 1,
                    remaining: 1
                },
                now + LIMIT
            )
        );
    }
}
