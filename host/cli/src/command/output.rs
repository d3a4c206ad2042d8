//! `cofferdam run output`: what a run showed, as far as its record keeps it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use cofferdam_model::Code;
use cofferdam_model::record::{Channel, Entry, Event};
use cofferdam_runner::record::{RunSummary, Verdict, read_log, read_output};

use crate::failure::Failure;
use crate::hint;
use crate::report::words::bytes;

/// A stream that a person may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Stream {
    /// Standard output of a session in pipes
    Stdout,
    /// Standard error of a session in pipes
    Stderr,
    /// All that a session in a terminal showed
    Terminal,
}

impl Stream {
    fn channel(self) -> Channel {
        match self {
            Self::Stdout => Channel::Stdout,
            Self::Stderr => Channel::Stderr,
            Self::Terminal => Channel::Terminal,
        }
    }
}

/// Writes what a run showed, in the order of its log, which tells of a stream in stretches of a quarter of a second:
/// standard error to standard error, all else to `out`. Of one stream alone all goes to `out`.
pub(super) fn output(
    run: &RunSummary,
    verdict: &Verdict,
    only: Option<Stream>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    // What was changed since may hold what no guard has cleared.
    let is_closed = match verdict {
        Verdict::Valid | Verdict::Unanchored => true,
        Verdict::Interrupted { .. } => false,
        Verdict::Tampered { at, why } => {
            let verify = hint::command(&format!("run verify {}", run.run));
            let message = format!(
                "the record was changed after it was written, at {at}: {why}; nothing of it is shown; see `{verify}`"
            );
            return Err(Failure::before(Code::RecordTampered, message));
        }
    };
    let mut log = Log::default();
    read_log(&run.folder, &mut |entry| log.entry(&entry)).map_err(|error| Failure::before(error.code(), error))?;
    let only = only.map(Stream::channel);
    let mut errors = io::stderr();
    let mut missing = BTreeMap::<Channel, u64>::new();
    for (channel, places) in log.stretches(is_closed) {
        if only.is_some_and(|only| only != channel) {
            continue;
        }
        let to_errors = channel == Channel::Stderr && only.is_none();
        let to: &mut dyn Write = if to_errors { &mut errors } else { &mut *out };
        *missing.entry(channel).or_default() += stretch(run, channel, places, to)?;
    }
    out.flush().map_err(|error| Failure::output(&error))?;
    for (channel, gone) in missing.into_iter().filter(|(_, gone)| *gone > 0) {
        let gone = bytes(gone);
        crate::say(&format!(
            "{gone} in the midst of {channel} were not kept: `records.frames` says how much is"
        ));
    }
    if log.is_cut {
        crate::say("the record is cut: what the session showed after that was not recorded");
    }
    Ok(())
}

/// Writes one stretch of a stream. Answers how many of its bytes are gone.
fn stretch(run: &RunSummary, channel: Channel, places: Range<u64>, out: &mut dyn Write) -> Result<u64, Failure> {
    let (mut next, mut gone, mut written) = (places.start, 0, Ok(()));
    let end = places.end;
    read_output(&run.folder, channel, places, &mut |at, part| {
        gone += at.saturating_sub(next);
        next = at + part.as_bytes().len() as u64;
        if written.is_ok() {
            written = out.write_all(part.as_bytes());
        }
    })
    .map_err(|error| Failure::before(error.code(), error))?;
    written.map_err(|error| Failure::output(&error))?;
    // How much there is behind what the log told of, nothing tells.
    let behind = if end == u64::MAX { 0 } else { end.saturating_sub(next) };
    Ok(gone + behind)
}

/// What the log tells of the output.
#[derive(Default)]
struct Log {
    told: Vec<(Channel, Range<u64>)>,
    /// Where what was told of each stream ends.
    ends: BTreeMap<Channel, u64>,
    is_cut: bool,
}

impl Log {
    fn entry(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Output { channel, offset, len } => {
                let end = offset.saturating_add(*len);
                self.ends.insert(*channel, end);
                match self.told.last_mut() {
                    Some((last, places)) if last == channel && places.end == *offset => places.end = end,
                    Some(_) | None => self.told.push((*channel, *offset..end)),
                }
            }
            Event::SegmentOpened { channel, offset, .. } => {
                self.ends.entry(*channel).or_insert(*offset);
            }
            Event::RecordCut { .. } => self.is_cut = true,
            Event::RunStarted(_)
            | Event::ProcessStarted { .. }
            | Event::GuardDecision(_)
            | Event::OverridesChanged(_)
            | Event::GuardMark(_)
            | Event::GuestFailed(_)
            | Event::SegmentClosed { .. }
            | Event::SegmentDropped { .. }
            | Event::LeftoverEnded { .. }
            | Event::ProcessExited(_)
            | Event::RunCompleted(_)
            | Event::RunFailed(_) => {}
        }
    }

    /// What was told of, in its order; and of a log that isn't closed, what was written and not told of any more: the
    /// host was killed, or still runs.
    fn stretches(&self, is_closed: bool) -> impl Iterator<Item = (Channel, Range<u64>)> {
        let rest = self.ends.iter().map(|(channel, end)| (*channel, *end..u64::MAX));
        let rest = rest.filter(move |_| !is_closed);
        self.told.iter().cloned().chain(rest)
    }
}
