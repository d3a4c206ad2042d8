//! The terminal outside, in which the host itself runs.

use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::{Errno, fcntl_dupfd_cloexec};
use rustix::process::getpgrp;
use rustix::termios::{
    OptionalActions, QueueSelector, Termios, isatty, tcflush, tcgetattr, tcgetpgrp, tcgetwinsize, tcsetattr,
};

use super::pty::Size;

/// How long a terminal may take to answer what it was asked for last: its position, its colours, its name.
const ANSWERS: Duration = Duration::from_millis(50);

/// The host's own terminal. It is given back as it was found when this is dropped, also by a panic.
pub struct OuterTerminal {
    fd: OwnedFd,
    found: Termios,
    raw: bool,
}

impl OuterTerminal {
    /// The terminal on standard input; none where that is something else.
    pub fn of_stdin() -> Option<Self> {
        Self::of(fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3).ok()?)
    }

    fn of(fd: OwnedFd) -> Option<Self> {
        if !isatty(&fd) {
            return None;
        }
        let found = tcgetattr(&fd).ok()?;
        Some(Self { fd, found, raw: false })
    }

    /// The attributes that it had, for the child's terminal to have too.
    pub fn attributes(&self) -> Termios {
        self.found.clone()
    }

    /// Its size; none where it doesn't know one.
    pub fn size(&self) -> Option<Size> {
        let size = tcgetwinsize(&self.fd).ok()?;
        (size.ws_row > 0 && size.ws_col > 0).then_some(Size {
            rows: size.ws_row,
            cols: size.ws_col,
        })
    }

    /// Lets every key through as bytes. In the background this stops the host until it is in front, as it should.
    pub fn raw(&mut self) -> Result<(), Errno> {
        let mut attributes = self.found.clone();
        attributes.make_raw();
        rustix::io::retry_on_intr(|| tcsetattr(&self.fd, OptionalActions::Now, &attributes))?;
        self.raw = true;
        Ok(())
    }

    /// Drops what was typed and not read, and what the terminal answers to a command that was ended: the shell would
    /// take it for a line. Answers come within the time that is waited for.
    pub fn discard_input(&self) {
        std::thread::sleep(ANSWERS);
        if self.is_in_front() {
            tcflush(&self.fd, QueueSelector::IFlush).ok();
        }
    }

    fn is_in_front(&self) -> bool {
        tcgetpgrp(&self.fd).is_ok_and(|front| front == getpgrp())
    }

    /// Gives it back as it was found. In the background it is somebody else's, and is left alone.
    pub fn restore(&mut self) {
        let in_front = self.is_in_front();
        if std::mem::take(&mut self.raw) && in_front {
            rustix::io::retry_on_intr(|| tcsetattr(&self.fd, OptionalActions::Now, &self.found)).ok();
        }
    }
}

impl Drop for OuterTerminal {
    fn drop(&mut self) {
        self.restore();
    }
}
