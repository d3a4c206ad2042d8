//! When the host stops with its child: not before the child's last words are out.

use std::time::{Duration, Instant};

use super::outputs::Outputs;
use super::streams::Stream;

/// How long the host waits for its own readers, and for guards, before it stops all the same: whoever pressed the key wants the shell.
const PATIENCE: Duration = Duration::from_millis(250);

/// The child has stopped, and the host is to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopping {
    until: Instant,
}

impl Stopping {
    pub(super) fn begin(now: Instant) -> Self {
        Self { until: now + PATIENCE }
    }

    /// When the host stops, if nothing allows it before.
    pub(super) fn until(self) -> Instant {
        self.until
    }

    /// Whether all that the child wrote is out, or has been waited for long enough.
    pub(super) fn is_due(self, now: Instant, streams: &[Stream], outputs: &Outputs) -> bool {
        self.until <= now || (streams.iter().all(Stream::is_settled) && outputs.are_empty())
    }
}
