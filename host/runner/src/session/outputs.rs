//! The host's own outputs.

use std::os::fd::AsFd as _;

use rustix::event::{PollFd, PollFlags, poll};

use crate::process::{HostSignal, OutputSink, Signals, SinkState, StreamError};

/// How many bytes may wait for a slow reader before the child is no longer read.
const QUEUED_MOST: usize = 256 * 1024;

/// Which of the host's outputs shows a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownOn {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// The host's standard output and error, written as their readers take it.
pub struct Outputs {
    /// Standard output.
    pub stdout: OutputSink,
    /// Standard error.
    pub stderr: OutputSink,
}

impl Outputs {
    /// The outputs of this process.
    ///
    /// # Errors
    /// An output can't be looked at.
    pub fn of_process() -> Result<Self, StreamError> {
        Ok(Self {
            stdout: OutputSink::stdout()?,
            stderr: OutputSink::stderr()?,
        })
    }

    /// Whether so much waits for one of them that no more should be read of what it shows.
    pub(super) fn is_full(&self, shown_on: ShownOn) -> bool {
        match shown_on {
            ShownOn::Stdout => self.stdout.queued() > QUEUED_MOST,
            ShownOn::Stderr => self.stderr.queued() > QUEUED_MOST,
        }
    }

    /// Gives up what waits: its readers don't take it, and the host is told to end.
    pub(super) fn abandon(&mut self) {
        self.stdout.abandon();
        self.stderr.abandon();
    }

    /// Whether nothing waits.
    pub(super) fn are_empty(&self) -> bool {
        self.stdout.queued() == 0 && self.stderr.queued() == 0
    }

    /// Whether the reader of standard output left.
    pub(super) fn is_closed(&self) -> bool {
        self.stdout.state() == SinkState::Closed
    }

    /// Writes what waits, however slow its readers are. A reader that leaves ends the waiting, and so does a signal
    /// that asks the host to end.
    pub(super) fn flush(&mut self, signals: &mut Signals) {
        while !self.are_empty() {
            let interests = [self.stdout.interest(), self.stderr.interest()];
            let mut fds: Vec<_> = interests
                .into_iter()
                .flatten()
                .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::OUT))
                .collect();
            fds.push(PollFd::from_borrowed_fd(signals.as_fd(), PollFlags::IN));
            match poll(&mut fds, None) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return,
            }
            if signals.take().into_iter().any(HostSignal::asks_for_the_end) {
                self.abandon();
                return;
            }
            for sink in [&mut self.stdout, &mut self.stderr] {
                match sink.on_writable() {
                    Ok(SinkState::Open | SinkState::Closed) => {}
                    // A sink that failed has dropped what waited.
                    Err(_) => {}
                }
            }
        }
    }
}
