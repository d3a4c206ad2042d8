//! Job control: the host stops when its child stops, and goes on when the shell outside says so.

use rustix::process::{Signal, getpgrp, getpid, kill_process};

use super::table;
use super::terminal::OuterTerminal;

/// What came of stopping the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspension {
    /// The host was stopped and now goes on.
    Resumed,
    /// Nobody outside could have woken the host up again, so it did not stop.
    Impossible,
}

/// Stops the host, with the terminal outside as it was found, until it gets a SIGCONT; then the terminal is raw again if
/// it was given. Afterwards the caller looks at the size, and lets the child go on.
pub fn suspend_host(terminal: Option<&mut OuterTerminal>) -> Suspension {
    if table::is_orphaned(&table::all(), getpgrp().as_raw_pid()) {
        return Suspension::Impossible;
    }
    match terminal {
        Some(terminal) => {
            terminal.restore();
            kill_process(getpid(), Signal::STOP).ok();
            // If the terminal is gone, its end will be read soon.
            terminal.raw().ok();
        }
        None => {
            kill_process(getpid(), Signal::STOP).ok();
        }
    }
    Suspension::Resumed
}
