//! Job control: the host stops when its child stops, and goes on when the shell outside says so.

use rustix::process::getpgrp;

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

/// Stops the host, with the terminal outside as it was found, until it gets a SIGCONT; then the terminal is raw again
/// if it was given. Afterwards the caller looks at the size, and lets the child go on.
pub fn suspend_host(terminal: Option<&mut OuterTerminal>) -> Suspension {
    if table::is_orphaned(&table::all(), getpgrp().as_raw_pid()) {
        return Suspension::Impossible;
    }
    match terminal {
        Some(terminal) => {
            terminal.restore();
            stop();
            // If the terminal is gone, its end will be read soon.
            terminal.raw().ok();
        }
        None => stop(),
    }
    Suspension::Resumed
}

/// Stops all threads, this one before it goes on: a signal to the process could reach another thread first, and the
/// terminal would be raw again by the time of the stop.
fn stop() {
    signal_hook::low_level::raise(signal_hook::consts::SIGSTOP).ok();
}
