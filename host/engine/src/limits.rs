//! What a guest may use, and the host's book of what it uses.

use crate::deadline::Deadline;
use std::time::Duration;
use wasmtime::{Error, ResourceLimiter};

/// The most memory that any plugin can be given, in bytes: what a slot of the pool holds.
pub(crate) const MOST_MEMORY: usize = 256 << 20;
/// The most elements that a table can be given.
pub(crate) const MOST_TABLE_ELEMENTS: usize = 10_000;
/// The most memories, tables and core instances that one component may have.
pub(crate) const MOST_MEMORIES: u32 = 2;
/// See [`MOST_MEMORIES`].
pub(crate) const MOST_TABLES: u32 = 4;
/// See [`MOST_MEMORIES`].
pub(crate) const MOST_INSTANCES: u32 = 8;
/// Handles to resources that one instance may hold.
pub(crate) const MOST_HANDLES: usize = 64;

/// What one instance of a plugin may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory, all its memories together; 256 MiB at most.
    pub memory: usize,
    /// Memories; 2 at most.
    pub memories: u32,
    /// Tables; 4 at most, of 10,000 elements each.
    pub tables: u32,
    /// Core instances; 8 at most.
    pub instances: u32,
    /// How long one call may take. It is over at the latest two ticks of 2 ms later.
    pub deadline: Duration,
    /// How long an instance may take to come up and to be configured.
    pub start: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 32 << 20,
            memories: MOST_MEMORIES,
            tables: MOST_TABLES,
            instances: MOST_INSTANCES,
            deadline: Duration::from_millis(100),
            start: Duration::from_secs(2),
        }
    }
}

impl Limits {
    /// The first limit that is out of its bounds, as a sentence.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if self.memory > MOST_MEMORY {
            Some("the memory limit is above 256 MiB")
        } else if self.memories > MOST_MEMORIES || self.tables > MOST_TABLES || self.instances > MOST_INSTANCES {
            Some("the limits are above 2 memories, 4 tables or 8 instances")
        } else if self.deadline.is_zero() || self.start.is_zero() {
            Some("a deadline is zero")
        } else {
            None
        }
    }
}

/// The host's side of one instance: it grants memory, and remembers when it refused some.
pub(crate) struct State {
    limits: Limits,
    used: usize,
    refused: bool,
    /// That of the call under way, where its thread's time counts.
    deadline: Option<Deadline>,
}

impl State {
    /// Nothing used yet.
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            used: 0,
            refused: false,
            deadline: None,
        }
    }

    /// How much memory was granted so far, in bytes.
    pub(crate) fn used(&self) -> usize {
        self.used
    }

    /// Forgets refusals, before a call. It has this deadline where its thread's time counts.
    pub(crate) fn begin(&mut self, deadline: Option<Deadline>) {
        self.refused = false;
        self.deadline = deadline;
    }

    /// In how many ticks to look again whether the call is over its time; `None` where it is.
    pub(crate) fn time_left(&self) -> Option<u64> {
        self.deadline.as_ref().and_then(Deadline::left)
    }

    /// Whether memory or a table's growth was refused since [`State::begin`].
    pub(crate) fn refused(&self) -> bool {
        self.refused
    }
}

impl ResourceLimiter for State {
    // wasmtime's own limits count each memory by itself; these count all of them together.
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool, Error> {
        let used = self.used.saturating_add(desired.saturating_sub(current));
        if used > self.limits.memory {
            self.refused = true;
            return Ok(false);
        }
        self.used = used;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: Error) -> Result<(), Error> {
        self.refused = true;
        Ok(())
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool, Error> {
        let fits = desired <= MOST_TABLE_ELEMENTS;
        self.refused |= !fits;
        Ok(fits)
    }

    fn table_grow_failed(&mut self, _error: Error) -> Result<(), Error> {
        self.refused = true;
        Ok(())
    }

    fn instances(&self) -> usize {
        self.limits.instances as usize
    }

    fn tables(&self) -> usize {
        self.limits.tables as usize
    }

    fn memories(&self) -> usize {
        self.limits.memories as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, State};
    use wasmtime::ResourceLimiter as _;

    #[test]
    fn memories_are_counted_together() {
        let mut state = State::new(Limits {
            memory: 100,
            ..Limits::default()
        });
        assert!(state.memory_growing(0, 60, None).expect("a verdict"));
        assert!(!state.memory_growing(0, 41, None).expect("a verdict"));
        assert!(state.refused());
        state.begin(None);
        assert!(state.memory_growing(60, 100, None).expect("a verdict"));
        assert!(!state.refused());
    }

    #[test]
    fn limits_beyond_the_pool_are_refused() {
        assert_eq!(Limits::default().problem(), None);
        assert!(
            Limits {
                memory: usize::MAX,
                ..Limits::default()
            }
            .problem()
            .is_some()
        );
        assert!(
            Limits {
                tables: 5,
                ..Limits::default()
            }
            .problem()
            .is_some()
        );
        assert!(
            Limits {
                deadline: std::time::Duration::ZERO,
                ..Limits::default()
            }
            .problem()
            .is_some()
        );
    }
}
