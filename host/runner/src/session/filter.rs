//! The guard as a Unix filter: standard input to standard output, with no child and no record.

use std::io::Write;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cofferdam_engine::Incident;
use cofferdam_guard::{Action, Cleared, Decision, MarkEffect, MarkKind, Outlet, Raw, Reason, RuleRef, Size};
use cofferdam_model::record::{self as model, Channel, Overridden};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::desk::Desk;
use super::guards::Guards;
use super::listener::Listener;
use crate::process::StreamError;

/// How many bytes are read at a time.
const READ: usize = 256 * 1024;

/// How a filter runs.
pub struct FilterOptions<'a> {
    /// Where bytes come from.
    pub input: BorrowedFd<'a>,
    /// Where cleared bytes go.
    pub output: &'a mut dyn Write,
    /// Told of each decision and failure.
    pub note: &'a mut dyn FnMut(Note),
}

/// Something worth a line in the file of decisions.
pub enum Note {
    /// The guard decided.
    Decision(Box<model::Decision>),
    /// A plugin failed, and how.
    Failure {
        /// The plugin.
        plugin: model::Name,
        /// How it failed, by a stable name.
        detail: String,
    },
}

/// What a filter did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filtered {
    /// Bytes that came in.
    pub taken: u64,
    /// Findings that were redacted.
    pub redacted: u64,
    /// Findings, failures and lines that were withheld.
    pub withheld: u64,
    /// The guard blocked the rest.
    pub blocked: bool,
    /// The reader of the output left.
    pub closed: bool,
}

/// Guards the input until it ends, is blocked, or nobody reads the output any more.
///
/// # Errors
/// The input can't be read, or the output can't be written.
pub fn filter(guards: &Arc<Guards>, options: FilterOptions<'_>) -> Result<Filtered, StreamError> {
    let FilterOptions { input, output, note } = options;
    let begun = Instant::now();
    guards.prepare();
    let mut guard = guards.guard(0, Outlet::Pipe, Size::default());
    let mut desk = Desk::new(Arc::clone(guards));
    let mut end = End {
        guards,
        output,
        note,
        done: Filtered::default(),
        failed: None,
    };
    loop {
        if wait(
            input,
            guard.next_timeout().map(|due| due.saturating_sub(begun.elapsed())),
        )? {
            let mut bytes = Vec::with_capacity(READ);
            match rustix::io::read(input, rustix::buffer::spare_capacity(&mut bytes)) {
                Ok(0) => guard.mark(MarkKind::End),
                Ok(_) => guard.push(begun.elapsed(), Raw::from_vec(bytes)),
                Err(Errno::INTR | Errno::AGAIN) => continue,
                Err(error) => return Err(StreamError::Input(error)),
            }
        } else {
            guard.handle_timeout(begun.elapsed());
        }
        end.done.taken = guard.taken();
        desk.serve(&mut guard, begun.elapsed(), &mut end);
        if let Some(error) = end.failed.take() {
            return Err(StreamError::Write(error));
        }
        if end.done.blocked || end.done.closed || guard.is_ended() {
            return Ok(end.done);
        }
    }
}

/// Answers whether there is something to read; not, when the time is over before.
fn wait(input: BorrowedFd<'_>, time: Option<Duration>) -> Result<bool, StreamError> {
    // Without a deadline the read itself waits: one call less for each piece of a stream.
    let Some(time) = time else { return Ok(true) };
    let mut fds = [PollFd::from_borrowed_fd(input, PollFlags::IN)];
    let time = Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: time.subsec_nanos().into(),
    };
    match poll(&mut fds, Some(&time)) {
        Ok(count) => Ok(count > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(StreamError::Input(error)),
    }
}

struct End<'a> {
    guards: &'a Guards,
    output: &'a mut dyn Write,
    note: &'a mut dyn FnMut(Note),
    done: Filtered,
    failed: Option<Errno>,
}

impl Listener for End<'_> {
    fn cleared(&mut self, cleared: Cleared) {
        let written = self
            .output
            .write_all(cleared.as_bytes())
            .and_then(|()| self.output.flush());
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => self.done.closed = true,
            Err(error) => self.failed = Some(error.raw_os_error().map_or(Errno::IO, Errno::from_raw_os_error)),
        }
    }

    fn decision(&mut self, decision: Decision, micros: u64, overridden: Option<Overridden>) {
        match decision.action {
            Action::Allow => {}
            Action::RedactMarker | Action::RedactMask if decision.reason != Reason::Failure => self.done.redacted += 1,
            Action::RedactMarker | Action::RedactMask | Action::WithholdLine | Action::Block => self.done.withheld += 1,
        }
        if let Some(told) = self.guards.told(&decision, Channel::Stdout, micros, overridden) {
            (self.note)(Note::Decision(Box::new(told)));
        }
    }

    fn marked(&mut self, _: MarkEffect) {}

    fn incident(&mut self, incident: Incident) {
        let (plugin, _) = self.guards.failure(&incident.plugin, incident.kind);
        (self.note)(Note::Failure {
            plugin,
            detail: incident.detail.to_string(),
        });
    }

    fn blocked(&mut self, _: RuleRef) {
        self.done.blocked = true;
    }
}
