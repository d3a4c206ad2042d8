//! When the host stops with its child: not before the child's last words are out.

use std::time::{Duration, Instant};

use super::driver::Driver;
use super::streams::Stream;
use crate::process::suspend_host;

/// How long the host waits for its own readers, and for guards, before it stops all the same: whoever pressed the key
/// wants the shell.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long nothing more may have come. What is written to a terminal is handed on by the system in its own time, and
/// isn't to be seen before.
const QUIET: Duration = Duration::from_millis(50);
/// How long a pause of the child may be to be waited for: a terminal's shows what is held, a pipe's takes as long as
/// the patience.
const PAUSE: Duration = Duration::from_millis(100);

/// The child has stopped, and the host is to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopping {
    until: Instant,
    /// How many bytes had been read when it was looked at last.
    read: u64,
    /// Since when all that was read is out, and nothing came.
    quiet: Option<Instant>,
}

impl Stopping {
    /// The child stopped, and so many bytes have been read.
    fn begin(now: Instant, read: u64) -> Self {
        Self {
            until: now + PATIENCE,
            read,
            quiet: None,
        }
    }

    /// When the host stops, if nothing comes.
    pub(super) fn until(self) -> Instant {
        self.quiet.map_or(self.until, |since| self.until.min(since + QUIET))
    }

    /// So many bytes have been read by now. `settled` says that all of it is out, and that no more is known to be on
    /// its way.
    #[must_use]
    fn step(self, now: Instant, read: u64, settled: bool) -> Self {
        let since = self.quiet.filter(|_| self.read == read).unwrap_or(now);
        Self {
            read,
            quiet: settled.then_some(since),
            ..self
        }
    }
}

impl Driver<'_> {
    /// The child stopped in its terminal, so the host is to stop in the one outside.
    pub(super) fn on_child_stopped(&mut self) {
        if self.child.pty.is_some() {
            self.stop_soon();
        }
    }

    /// The host is to stop. What asks for it again doesn't put it off.
    pub(super) fn stop_soon(&mut self) {
        let read = self.read_so_far();
        self.stopping.get_or_insert(Stopping::begin(Instant::now(), read));
    }

    /// Stops the host once what its child wrote is out; where nobody could wake it, both go on at once.
    pub(super) fn stop_with_child(&mut self, begun: Instant) {
        let Some(stopping) = self.stopping else { return };
        let now = Instant::now();
        let is_settled = |stream: &Stream| stream.is_settled(now.duration_since(begun), PAUSE);
        let settled = self.streams.iter().all(is_settled) && self.book.outputs.are_empty();
        let stopping = stopping.step(now, self.read_so_far(), settled);
        self.stopping = Some(stopping).filter(|stopping| now < stopping.until());
        if self.stopping.is_none() {
            suspend_host(self.terminal.as_mut());
            self.child.resume();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_still_comes_is_waited_for() {
        let begun = Instant::now();
        let stopping = Stopping::begin(begun, 10).step(begun, 10, true);
        assert_eq!(stopping.until(), begun + QUIET);
        let later = begun + QUIET / 2;
        assert_eq!(stopping.step(later, 10, true).until(), begun + QUIET);
        assert_eq!(stopping.step(later, 11, true).until(), later + QUIET);
        assert_eq!(stopping.step(later, 11, false).until(), begun + PATIENCE);
    }

    #[test]
    fn nobody_waits_longer_than_the_patience() {
        let begun = Instant::now();
        let mut stopping = Stopping::begin(begun, 0);
        for read in 0..200 {
            let now = begun + PATIENCE / 100 * read;
            stopping = stopping.step(now, read.into(), read % 3 > 0);
        }
        assert_eq!(stopping.until(), begun + PATIENCE);
    }
}
