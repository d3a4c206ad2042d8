//! Processes: starting a child, its streams and terminal, signals, and the end of everything it leaves.
//!
//! There is no runtime here. Every source is a descriptor that the session's driver polls, and every function does
//! what is due and returns; a thread of its own has only what a terminal says (`ahead.rs`). What is read from a child
//! leaves this module only as [`Raw`](cofferdam_guard::Raw).

pub mod doctor;
pub mod table;

mod ahead;
mod cgroup;
mod command;
mod enter;
mod error;
mod exit;
mod heap;
mod host;
mod job;
mod leftovers;
mod monitor;
mod pty;
mod reaper;
mod signals;
mod sink;
mod spawn;
mod stdin;
mod stream;
mod terminal;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use cgroup::{Cgroup, NoCgroup};
pub use command::{Command, resolve};
pub use error::{ResolveError, SpawnError, StreamError};
pub use exit::{Ended, die_of_interrupt};
pub use heap::make_room;
pub use host::{Hardening, harden};
pub use job::{Suspension, suspend_host};
pub use leftovers::{Counts, DEFAULT_GRACE, HostRemains, Leftovers, Remains, Step};
pub use pty::{Pty, Size};
pub use reaper::{Change, Reaper};
pub use signals::{HostSignal, Signals};
pub use sink::{OutputSink, SinkState};
pub use spawn::{Child, Mode, Spawned, spawn};
pub use stdin::{ChildInput, StdinForwarder};
pub use stream::{OutputStream, ReadOutcome};
pub use terminal::OuterTerminal;
