//! How long a session's streams are read once none of its processes lives.

use std::time::{Duration, Instant};

/// How long a stream may stay open after every process of the session is gone, and say nothing: somebody else holds it.
const STRAGGLE: Duration = Duration::from_millis(250);
/// What the processes wrote may still be in the system then, in bytes: at most two pipes, which it lets nobody make
/// larger than 1 MiB each. Beyond that it is somebody else who writes.
const LEFT: u64 = 2 << 20;

/// Until when the streams are read. All that the session's processes wrote is read, however slow the host's own
/// reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Drain {
    until: Instant,
    /// How many bytes had been read when it was looked at last.
    read: u64,
    /// As many, when what comes is somebody else's.
    most: u64,
}

impl Drain {
    /// The last process is gone, and so many bytes have been read.
    pub(super) fn begin(now: Instant, read: u64) -> Self {
        Self {
            until: now + STRAGGLE,
            read,
            most: read + LEFT,
        }
    }

    /// So many bytes have been read by now. `held_up` says that more was written, and can't be read yet.
    #[must_use]
    pub(super) fn step(self, now: Instant, read: u64, held_up: bool) -> Self {
        let goes_on = held_up || (self.read < read && read < self.most);
        Self {
            until: if goes_on { now + STRAGGLE } else { self.until },
            read,
            ..self
        }
    }

    /// When it is over, if nothing comes before.
    pub(super) fn until(self) -> Instant {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_stream_is_given_up() {
        let begun = Instant::now();
        let drain = Drain::begin(begun, 100);
        let later = begun + STRAGGLE / 2;
        assert_eq!(drain.step(later, 100, false).until(), begun + STRAGGLE);
    }

    #[test]
    fn what_comes_is_waited_for_and_so_is_a_slow_reader() {
        let begun = Instant::now();
        let drain = Drain::begin(begun, 100);
        let later = begun + STRAGGLE * 9;
        let read = drain.step(later, 101, false);
        assert_eq!(read.until(), later + STRAGGLE);
        assert_eq!(read.step(later + STRAGGLE, 101, false).until(), later + STRAGGLE);
        assert_eq!(read.step(later + STRAGGLE, 101, true).until(), later + STRAGGLE * 2);
    }

    #[test]
    fn whoever_else_writes_on_is_given_up() {
        let begun = Instant::now();
        let mut drain = Drain::begin(begun, 0);
        let mut now = begun;
        for read in (0..4 * LEFT).step_by(1 << 16) {
            now += STRAGGLE / 4;
            drain = drain.step(now, read, false);
        }
        assert!(drain.until() < now);
    }
}
