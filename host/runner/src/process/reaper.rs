//! Waiting for every child, also those that were left to the host by their parents.

use rustix::io::Errno;
use rustix::process::{Pid, WaitOptions, WaitStatus, getpid, set_child_subreaper, wait};

use super::exit::Ended;

/// What became of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is gone.
    Ended(Ended),
    /// It was stopped by a signal of this number.
    Stopped(i32),
    /// It goes on.
    Continued,
}

/// The only one in the process who waits for children.
///
/// While it exists, whatever a session's processes leave behind becomes a child of the host.
pub struct Reaper {
    subreaper: bool,
}

impl Reaper {
    /// Makes the host the one to whom orphans come.
    pub fn install() -> Self {
        Self {
            subreaper: set_child_subreaper(Some(getpid())).is_ok(),
        }
    }

    /// Whether orphans come to the host; without it, only the cgroup can find them.
    pub fn is_subreaper(&self) -> bool {
        self.subreaper
    }

    /// The next change of any child; none when nothing has changed. To be repeated at SIGCHLD until it gives none.
    pub fn next_change(&mut self) -> Option<(Pid, Change)> {
        loop {
            match wait(WaitOptions::NOHANG | WaitOptions::UNTRACED | WaitOptions::CONTINUED) {
                Ok(Some((pid, status))) => {
                    if let Some(change) = meaning(status) {
                        return Some((pid, change));
                    }
                }
                Err(Errno::INTR) => {}
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        set_child_subreaper(None).ok();
    }
}

fn meaning(status: WaitStatus) -> Option<Change> {
    if let Some(code) = status.exit_status() {
        return Some(Change::Ended(Ended::Exited(u8::try_from(code).unwrap_or(u8::MAX))));
    }
    if let Some(signal) = status.terminating_signal() {
        return Some(Change::Ended(Ended::Signaled(signal)));
    }
    if let Some(signal) = status.stopping_signal() {
        return Some(Change::Stopped(signal));
    }
    status.continued().then_some(Change::Continued)
}
