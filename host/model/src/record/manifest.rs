//! The manifest: the fold of a run's events.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Channel, CutReason, Digest, Entry, Event, IllegalEvent, Lifecycle, Outcome, ProcessExited, RunCompleted, RunFailed,
    RunStarted, Seq, Tally, Timestamp,
};
use crate::shadow::ShadowDigest;

/// Everything about a run at a glance. It is only ever made by applying the run's events in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// The version of this form.
    pub schema: ManifestSchema,
    /// How many events it is the fold of.
    pub events: u64,
    /// Where the run stands.
    pub status: Lifecycle,
    /// How it began.
    pub run: RunStarted,
    /// When it began.
    pub started: Timestamp,
    /// When the last event was written.
    pub updated: Timestamp,
    /// Milliseconds from the first event to the last.
    pub duration_ms: u64,
    /// Process id of the child.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// How the child ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exited: Option<ProcessExited>,
    /// How the run ended, where its child had been started or refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed: Option<RunCompleted>,
    /// Why it could not be carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<RunFailed>,
    /// Why the record is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<CutReason>,
    /// What is recorded of each channel.
    pub channels: BTreeMap<Channel, ChannelState>,
    /// What the guard did.
    pub tally: Tally,
}

/// The version of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum ManifestSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.manifest/v1")]
    V1,
}

/// What is recorded of one channel.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ChannelState {
    /// Cleared bytes that the log told of.
    pub recorded: u64,
    /// Segments that are on disk, in their order.
    pub segments: Vec<SegmentState>,
    /// How many segments there ever were.
    pub opened: u32,
    /// Segments that were dropped from the middle.
    pub dropped_segments: u64,
    /// Bytes that they held.
    pub dropped_bytes: u64,
}

/// One segment of frames.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SegmentState {
    /// Its number in its channel.
    pub segment: u32,
    /// Where it begins in the cleared stream, in bytes.
    pub offset: u64,
    /// What it holds, once it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<ClosedSegment>,
}

/// What a closed segment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClosedSegment {
    /// How many bytes.
    pub len: u64,
    /// Their digest.
    pub sha256: Digest,
}

impl Manifest {
    /// The manifest after the first event.
    ///
    /// # Errors
    /// The first event isn't the beginning of a run, or isn't at place 0.
    pub fn open(first: &Entry) -> Result<Self, IllegalEvent> {
        let status = Lifecycle::Empty.next(&first.event)?;
        let Event::RunStarted(run) = &first.event else {
            return Err(IllegalEvent::State {
                state: Lifecycle::Empty,
                event: first.event.kind(),
            });
        };
        if first.seq != Seq(0) {
            return Err(IllegalEvent::Place { expected: Seq(0) });
        }
        Ok(Self {
            schema: ManifestSchema::V1,
            events: 1,
            status,
            run: run.as_ref().clone(),
            started: first.time,
            updated: first.time,
            duration_ms: first.elapsed_ms,
            pid: None,
            exited: None,
            completed: None,
            failed: None,
            cut: None,
            channels: BTreeMap::new(),
            tally: Tally::default(),
        })
    }

    /// Takes the next event into account.
    ///
    /// # Errors
    /// It can't be the next one; the manifest stays as it was.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), IllegalEvent> {
        if entry.seq.0 != self.events {
            return Err(IllegalEvent::Place {
                expected: Seq(self.events),
            });
        }
        let status = self.status.next(&entry.event)?;
        match &entry.event {
            Event::ProcessStarted { pid } => self.pid = Some(*pid),
            Event::Output { channel, offset, len } => {
                self.frames(*channel, |state| state.output(*offset, *len))?;
            }
            Event::SegmentOpened {
                channel,
                segment,
                offset,
            } => {
                self.frames(*channel, |state| state.open(*segment, *offset))?;
            }
            Event::SegmentClosed {
                channel,
                segment,
                offset,
                len,
                sha256,
            } => {
                let closed = ClosedSegment {
                    len: *len,
                    sha256: *sha256,
                };
                self.frames(*channel, |state| state.close(*segment, *offset, closed))?;
            }
            Event::SegmentDropped {
                channel,
                segment,
                offset,
                len,
            } => {
                self.frames(*channel, |state| state.drop_segment(*segment, *offset, *len))?;
            }
            Event::RecordCut { reason } => self.cut = Some(*reason),
            Event::ProcessExited(exited) => self.exited = Some(*exited),
            Event::RunCompleted(completed) => self.completed = Some(completed.as_ref().clone()),
            Event::RunFailed(failed) => self.failed = Some(failed.as_ref().clone()),
            Event::RunStarted(_)
            | Event::GuardDecision(_)
            | Event::GuardMark(_)
            | Event::GuestFailed(_)
            | Event::LeftoverEnded { .. } => {}
        }
        self.tally.apply(&entry.event);
        self.status = status;
        self.events += 1;
        self.updated = entry.time;
        self.duration_ms = entry.elapsed_ms;
        Ok(())
    }

    /// The manifest as it stands in its file, to the byte.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a manifest is plain JSON");
        text.push('\n');
        text
    }

    /// What became of the run, once it ended.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        let failed = self.failed.as_ref().map(|_| Outcome::Failed);
        self.completed.as_ref().map(|completed| completed.outcome).or(failed)
    }

    /// The exit code that the host gave to its caller, once the run ended.
    #[must_use]
    pub fn exit_code(&self) -> Option<u8> {
        let failed = self.failed.as_ref().map(|failed| failed.exit_code);
        self.completed.as_ref().map(|completed| completed.exit_code).or(failed)
    }

    /// What the closing entry says of the run's `shadow.jsonl`; none where no candidate was on trial.
    #[must_use]
    pub fn shadow(&self) -> Option<ShadowDigest> {
        let completed = self.completed.as_ref().and_then(|completed| completed.shadow);
        completed.or_else(|| self.failed.as_ref().and_then(|failed| failed.shadow))
    }

    fn frames(
        &mut self,
        channel: Channel,
        change: impl FnOnce(&mut ChannelState) -> Option<()>,
    ) -> Result<(), IllegalEvent> {
        let fresh = !self.channels.contains_key(&channel);
        let done = change(self.channels.entry(channel).or_default());
        if done.is_none() && fresh {
            self.channels.remove(&channel);
        }
        done.ok_or(IllegalEvent::Frames { channel })
    }
}

/// Each change answers `None`, and changes nothing, where it doesn't follow from what is there.
impl ChannelState {
    fn output(&mut self, offset: u64, len: u64) -> Option<()> {
        let within = self.segments.last().is_some_and(|last| last.closed.is_none());
        (within && offset == self.recorded).then_some(())?;
        self.recorded = offset.checked_add(len)?;
        Some(())
    }

    fn open(&mut self, segment: u32, offset: u64) -> Option<()> {
        let closed = self.segments.last().is_none_or(|last| last.closed.is_some());
        (closed && segment == self.opened && offset == self.recorded).then_some(())?;
        self.opened = self.opened.checked_add(1)?;
        self.segments.push(SegmentState {
            segment,
            offset,
            closed: None,
        });
        Some(())
    }

    fn close(&mut self, segment: u32, offset: u64, closed: ClosedSegment) -> Option<()> {
        let last = self.segments.last_mut()?;
        let is_open = last.closed.is_none() && last.segment == segment && last.offset == offset;
        (is_open && offset.checked_add(closed.len) == Some(self.recorded)).then_some(())?;
        last.closed = Some(closed);
        Some(())
    }

    fn drop_segment(&mut self, segment: u32, offset: u64, len: u64) -> Option<()> {
        let at = self
            .segments
            .iter()
            .position(|known| known.segment == segment && known.offset == offset)?;
        (self.segments[at].closed?.len == len).then_some(())?;
        self.segments.remove(at);
        self.dropped_segments += 1;
        self.dropped_bytes += len;
        Some(())
    }
}
