//! Sessions: a command's streams, the guard, the recorder and the outputs, brought together by one loop.

mod command;
mod desk;
mod drain;
mod driver;
mod error;
mod filter;
mod guards;
mod listener;
mod outputs;
mod plain;
mod start;
mod stopping;
mod streams;
mod trial;
mod usage;
mod uses;
mod warmth;

pub(crate) use desk::Desk;
pub(crate) use guards::action_of;
pub(crate) use listener::Listener;
pub(crate) use streams::failure_kind;
pub(crate) use trial::{Heard, Sighting, Trial};

pub use cofferdam_engine as engine;
pub use cofferdam_guard::{Cleared, ClearedText, Outlet, Replacement};
pub use error::SessionError;
pub use filter::{FilterOptions, Filtered, Note, filter};
pub use guards::{Floor, GuardTimes, Guards, RuleName};
pub use outputs::{Outputs, ShownOn};
pub use plain::clear_text;
pub use start::{FailOn, OnFull, SessionEnd, SessionMode, SessionSpec, exec};
pub use uses::GuestUse;

/// Who follows a session while it goes on: it renders what was recorded onto the host's outputs.
pub trait Reporter {
    /// An event was recorded, or would have been if the disk had room.
    fn entry(&mut self, entry: &cofferdam_model::record::Entry, outputs: &mut Outputs);

    /// Which output shows a channel; while too much waits there, the channel is not read.
    fn shown_on(&self, channel: cofferdam_model::record::Channel) -> ShownOn;

    /// Cleared output was recorded and may be shown. `offset` is its place in the channel's cleared stream, in bytes.
    fn output(
        &mut self,
        at: cofferdam_model::record::Stamp,
        channel: cofferdam_model::record::Channel,
        offset: u64,
        cleared: &Cleared,
        outputs: &mut Outputs,
    );

    /// The host ended the command, all that it wrote is shown, and the terminal outside is about to be given back.
    fn ended_by_host(&mut self, outputs: &mut Outputs);
}

/// The guard's own words, for those who configure it.
pub mod words {
    pub use cofferdam_guard::{Action, FailureAction, FailureMatrix, KnownValue, KnownValueError, Severity};
}
