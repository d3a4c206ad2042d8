//! What a child does between fork and exec. Everything here is limited to system calls: no allocation, no lock.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;

use rustix::process::{Pid, Signal, getpid, getppid, ioctl_tiocsctty, set_parent_process_death_signal, setsid};

use super::monitor;

/// What the child is to set up before its program runs.
pub(crate) struct Entry {
    /// The host: its death is a hang-up for the child.
    pub host: Pid,
    /// Whether standard input is the terminal that shall be the session's own.
    pub terminal: bool,
    /// Where the command's own process id is written, as four bytes.
    pub report: OwnedFd,
}

impl Entry {
    /// Makes `command` do this before exec.
    #[allow(unsafe_code)]
    pub(crate) fn install(self, command: &mut std::process::Command) {
        // SAFETY: `enter` runs in the forked child and makes only system calls on what was allocated before the fork.
        unsafe { command.pre_exec(move || self.enter()) };
    }

    fn enter(&self) -> io::Result<()> {
        reset_signals();
        setsid()?;
        if self.terminal {
            ioctl_tiocsctty(rustix::stdio::stdin())?;
            // From here on, this process is the monitor, and only its child comes back.
            monitor::split(self.host)?;
        } else {
            die_with(self.host, Signal::HUP)?;
        }
        rustix::io::write(&self.report, &getpid().as_raw_pid().to_ne_bytes())?;
        Ok(())
    }
}

/// Asks for `signal` when the host is gone, also when it went before this call.
pub(crate) fn die_with(host: Pid, signal: Signal) -> io::Result<()> {
    set_parent_process_death_signal(Some(signal))?;
    if getppid() == Some(host) {
        Ok(())
    } else {
        Err(rustix::io::Errno::SRCH.into())
    }
}

/// Gives every signal its default back; the mask has been emptied by the standard library.
#[allow(unsafe_code)]
fn reset_signals() {
    for signal in 1..=64 {
        // SAFETY: a system call that changes one disposition. The numbers that can't be changed give an error.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}
