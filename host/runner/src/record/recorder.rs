//! The recorder of one run.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cofferdam_guard::Cleared;
use cofferdam_model::record::task::{RunClosed, TaskSchema};
use cofferdam_model::record::{
    Channel, ChannelTotals, Digest, Entry, Event, Loss, Manifest, RunCompleted, RunFailed, RunId, RunStarted, Stamp,
    TaskEvent, TaskId,
};
use cofferdam_model::shadow::{ShadowDigest, ShadowLine};

use super::files::{self, Care, Disk, Medium};
use super::frames::Frames;
use super::report::{Appended, Closing, Finished, Health, Options, Shown, reason};
use super::run_log::{Refused, RunLog};
use super::{Layout, RecordError, folds, heads};

/// For how long neighbouring output is told as one event.
const COALESCE_MS: u64 = 250;
/// Room that is kept for the closing entries of a record on a full disk, beside the size of its first entry.
const RESERVE: usize = 64 * 1024;
/// What candidates would have decided.
pub(super) const SHADOW: &str = "shadow.jsonl";
/// The least bound of frames, below which segments would be too many.
const LEAST_BOUND: u64 = 64 * 1024;

/// The recorder of one run: the only writer of its folder.
///
/// Dropping it without [`RunRecorder::finish`] leaves an interrupted record behind, which is what happened then.
pub struct RunRecorder {
    layout: Layout,
    task: TaskId,
    run: RunId,
    options: Options,
    medium: Arc<dyn Medium>,
    log: RunLog,
    frames: Frames,
    health: Health,
    shown: BTreeMap<Channel, u64>,
    pending: BTreeMap<Channel, Pending>,
    lost: Loss,
    notices: Vec<Entry>,
    shadow: Option<ShadowDigest>,
}

/// Output that is in the frames and not yet told in the log.
struct Pending {
    offset: u64,
    len: u64,
    since_ms: u64,
}

impl RunRecorder {
    /// Makes the folders of a run beneath `base` and records its beginning, before there is a child.
    ///
    /// # Errors
    /// A folder or file can't be made, the run exists, or the task's log was changed by others.
    pub fn create(
        base: &Path,
        started: RunStarted,
        options: Options,
        now: Stamp,
    ) -> Result<(Self, Entry), RecordError> {
        let frame_bound = options.frame_bound.max(LEAST_BOUND);
        Self::create_on(base, started, Options { frame_bound, ..options }, now, Arc::new(Disk))
    }

    pub(super) fn create_on(
        base: &Path,
        started: RunStarted,
        options: Options,
        now: Stamp,
        medium: Arc<dyn Medium>,
    ) -> Result<(Self, Entry), RecordError> {
        let (layout, task, run) = (Layout::new(base), started.task.clone(), started.run);
        heads::prepare(&options.state_dir)?;
        layout.prepare(&task, run)?;
        let folder = layout.run(&task, run);
        let opened = TaskEvent::RunOpened {
            schema: TaskSchema::V1,
            task: task.clone(),
            run,
            command: started.command.clone(),
        };
        let first = Event::RunStarted(Box::new(started));
        let path = folder.join("events.jsonl");
        let (log, entry) = RunLog::create(&path, run, first, now, Arc::clone(&medium), options.durable)?;
        // A manifest is written several times over, so room for one is kept too.
        let reserve = vec![0; RESERVE + 2 * log.manifest().to_text().len()];
        let place = "the run's .reserve";
        files::replace(&folder.join(".reserve"), &reserve, medium.as_ref(), Care::Quick)
            .map_err(|error| RecordError::create(place, error))?;
        let frames = Frames::new(
            folder.join("frames"),
            options.frame_bound,
            Arc::clone(&medium),
            options.durable,
        );
        let recorder = Self {
            layout,
            task,
            run,
            options,
            medium,
            log,
            frames,
            health: Health::Whole,
            shown: BTreeMap::new(),
            pending: BTreeMap::new(),
            lost: Loss::default(),
            notices: Vec::new(),
            shadow: None,
        };
        recorder
            .write_manifest()
            .map_err(|error| RecordError::create("the run's manifest.json", error))?;
        recorder.tell_task(opened, now)?;
        Ok((recorder, entry))
    }

    /// Records an event. A disk that is full or fails is no error: see [`Appended::kept`] and [`RunRecorder::health`].
    ///
    /// # Errors
    /// The event can't happen here, or is one that the recorder writes by itself: a fault of the host.
    pub fn append(&mut self, event: Event, now: Stamp) -> Result<Appended, RecordError> {
        match event {
            Event::Output { .. }
            | Event::SegmentOpened { .. }
            | Event::SegmentClosed { .. }
            | Event::SegmentDropped { .. }
            | Event::RecordCut { .. }
            | Event::RunStarted(_)
            | Event::RunCompleted(_)
            | Event::RunFailed(_) => Err(RecordError::Reserved(event.kind())),
            Event::GuardDecision(_) | Event::GuardMark(_) | Event::GuestFailed(_) => {
                self.tell_output(now)?;
                self.put(event, now, false)
            }
            Event::ProcessStarted { .. } | Event::LeftoverEnded { .. } | Event::ProcessExited(_) => {
                self.tell_output(now)?;
                self.put(event, now, true)
            }
        }
    }

    /// Writes cleared output to the frames before it is shown. It may be shown whatever the answer is.
    ///
    /// # Errors
    /// There is no child whose output it could be: a fault of the host.
    pub fn output(&mut self, channel: Channel, cleared: &Cleared, now: Stamp) -> Result<Shown, RecordError> {
        self.output_bytes(channel, cleared.as_bytes(), now)
    }

    /// Writes what candidates would have decided, whose digest the closing entry will hold.
    ///
    /// # Errors
    /// It can't be written; the run's own record goes on without it.
    pub fn shadow(&mut self, lines: &[ShadowLine]) -> Result<(), RecordError> {
        let mut text = String::new();
        for line in lines {
            text.push_str(&serde_json::to_string(line)?);
            text.push('\n');
        }
        let care = if self.options.durable {
            Care::Durable
        } else {
            Care::Quick
        };
        files::replace(&self.folder().join(SHADOW), text.as_bytes(), self.medium.as_ref(), care)
            .map_err(|error| RecordError::write("the run's shadow.jsonl", error))?;
        self.shadow = Some(ShadowDigest {
            len: text.len() as u64,
            sha256: Digest::of(text.as_bytes()),
        });
        Ok(())
    }

    /// Entries that the recorder wrote by itself and that those who follow should see: that the record is cut.
    pub fn take_notices(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.notices)
    }

    /// Whether everything is recorded.
    #[must_use]
    pub fn health(&self) -> Health {
        self.health
    }

    /// The folder of the run.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.layout.run(&self.task, self.run)
    }

    /// The fold of everything recorded so far.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        self.log.manifest()
    }

    /// Closes the record: segments, closing entry, manifest, one sync, the head in the state folder, the task's log.
    ///
    /// # Errors
    /// The run can't end here: a fault of the host. Everything else that fails is told in [`Finished`].
    pub fn finish(mut self, closing: Closing, now: Stamp) -> Result<Finished, RecordError> {
        self.tell_output(now)?;
        for channel in self.frames.channels() {
            self.close_segment(channel, now)?;
        }
        // Told last, so that a disk which fills up only now is still in the counts of the closing entry.
        let event = self.closing_event(closing);
        let closing = self.put(event, now, true)?;
        let mut problems = Vec::new();
        let folder = self.folder();
        if let Err(error) = self.write_manifest().or_else(|_| {
            self.free_reserve();
            self.write_manifest()
        }) {
            problems.push(RecordError::write("the run's manifest.json", error));
        }
        self.free_reserve();
        if let Err(error) = self.log.sync() {
            problems.push(RecordError::write("the run's events.jsonl", error));
        }
        if self.options.durable
            && let Err(error) = files::sync_folder(&folder)
        {
            problems.push(RecordError::write("the run's folder", error));
        }
        let head = self.log.head();
        let mut anchored = false;
        if closing.kept && problems.is_empty() {
            let (state, names, medium) = (
                &self.options.state_dir,
                (&self.task, self.run),
                Arc::clone(&self.medium),
            );
            match heads::anchor(state, names, head, now.time, medium, self.options.durable) {
                Ok(()) => anchored = true,
                Err(error) => problems.push(error),
            }
        }
        if let Some(closed) = RunClosed::of(self.log.manifest(), head)
            && let Err(error) = self.tell_task(TaskEvent::RunClosed(Box::new(closed)), now)
        {
            problems.push(error);
        }
        Ok(Finished {
            closing,
            manifest: self.log.manifest().clone(),
            head,
            anchored,
            problems,
        })
    }

    pub(super) fn output_bytes(&mut self, channel: Channel, bytes: &[u8], now: Stamp) -> Result<Shown, RecordError> {
        let shown = self.shown.entry(channel).or_default();
        let offset = *shown;
        *shown += bytes.len() as u64;
        let mut rest = bytes;
        while !rest.is_empty() && self.health == Health::Whole {
            if let Some(event) = self.frames.open(channel) {
                self.put(event, now, true)?;
                continue;
            }
            let at = self.frames.end(channel);
            match self.frames.write(channel, rest) {
                Ok(count) => {
                    rest = &rest[count..];
                    let fresh = Pending {
                        offset: at,
                        len: 0,
                        since_ms: now.elapsed_ms,
                    };
                    self.pending.entry(channel).or_insert(fresh).len += count as u64;
                }
                Err(error) => self.cut(&error, now),
            }
            if self.frames.is_full(channel) {
                self.tell_output(now)?;
                self.close_segment(channel, now)?;
            }
        }
        if self
            .pending
            .values()
            .any(|pending| now.elapsed_ms.saturating_sub(pending.since_ms) >= COALESCE_MS)
        {
            self.tell_output(now)?;
        }
        if !rest.is_empty() {
            *self.lost.bytes.entry(channel).or_default() += rest.len() as u64;
        }
        Ok(Shown {
            offset,
            kept: rest.is_empty(),
        })
    }

    /// Appends an event. One that says how the run goes on is also tried when the record is cut.
    fn put(&mut self, event: Event, now: Stamp, essential: bool) -> Result<Appended, RecordError> {
        let may_try = match self.health {
            Health::Whole => true,
            Health::Cut(_) => essential,
            Health::Dead(_) => false,
        };
        if !may_try {
            self.lost.events += 1;
            return Ok(Appended {
                entry: self.log.entry(event, now),
                kept: false,
            });
        }
        let before = self.log.manifest().status;
        match self.log.append(event, now) {
            Ok(entry) => {
                if self.log.manifest().status != before && !self.log.manifest().status.is_terminal() {
                    // The log is the truth; a manifest that lags behind it is still one of its folds.
                    if let Err(error) = self.write_manifest() {
                        self.cut(&error, now);
                    }
                }
                Ok(Appended { entry, kept: true })
            }
            Err(Refused::Fault(error)) => Err(error),
            Err(Refused::Disk(error, entry)) => {
                if self.health == Health::Whole {
                    self.cut(&error, now);
                    return self.put(entry.event, now, essential);
                }
                self.health = Health::Dead(reason(&error));
                self.lost.events += 1;
                Ok(Appended {
                    entry: *entry,
                    kept: false,
                })
            }
        }
    }

    /// From here on the record is cut. The room kept for this is given back, and the log is told, if that is possible.
    fn cut(&mut self, error: &io::Error, now: Stamp) {
        if self.health != Health::Whole {
            return;
        }
        let reason = reason(error);
        self.health = Health::Cut(reason);
        self.free_reserve();
        let event = Event::RecordCut { reason };
        match self.log.append(event, now) {
            Ok(entry) => self.notices.push(entry),
            Err(Refused::Disk(_, entry)) => {
                self.notices.push(*entry);
                self.health = Health::Dead(reason);
            }
            // While there is a run, its record can be cut; a run that has ended writes nothing.
            Err(Refused::Fault(_)) => self.health = Health::Dead(reason),
        }
    }

    /// Tells the log of output that is in the frames.
    fn tell_output(&mut self, now: Stamp) -> Result<(), RecordError> {
        for (channel, Pending { offset, len, .. }) in std::mem::take(&mut self.pending) {
            self.put(Event::Output { channel, offset, len }, now, true)?;
        }
        Ok(())
    }

    fn close_segment(&mut self, channel: Channel, now: Stamp) -> Result<(), RecordError> {
        if let Some(event) = self.frames.close(channel) {
            self.put(event, now, true)?;
        }
        while let Some(event) = self.frames.overflow() {
            let Event::SegmentDropped { channel, segment, .. } = event else {
                continue;
            };
            if self.put(event, now, true)?.kept
                && let Err(error) = self.frames.remove(channel, segment)
            {
                self.cut(&error, now);
            }
        }
        Ok(())
    }

    fn closing_event(&self, closing: Closing) -> Event {
        let lost = self.lost.clone();
        match closing {
            Closing::Completed {
                outcome,
                exit_code,
                whose,
                raw,
                stdin_bytes,
                resources,
            } => {
                let mut totals: BTreeMap<Channel, ChannelTotals> = BTreeMap::new();
                for (channel, raw) in raw {
                    totals.entry(channel).or_default().raw = raw;
                }
                for (channel, cleared) in &self.shown {
                    totals.entry(*channel).or_default().cleared = *cleared;
                }
                let completed = RunCompleted {
                    outcome,
                    exit_code,
                    whose,
                    totals,
                    stdin_bytes,
                    lost,
                    resources,
                    shadow: self.shadow,
                };
                Event::RunCompleted(Box::new(completed))
            }
            Closing::Failed {
                code,
                message,
                exit_code,
                whose,
            } => Event::RunFailed(Box::new(RunFailed {
                code,
                message,
                exit_code,
                whose,
                lost,
                shadow: self.shadow,
            })),
        }
    }

    fn write_manifest(&self) -> io::Result<()> {
        let text = self.log.manifest().to_text();
        let path = self.folder().join("manifest.json");
        let care = match (self.options.durable, self.log.manifest().status.is_terminal()) {
            (true, _) => Care::Durable,
            (false, true) => Care::Settled,
            (false, false) => Care::Quick,
        };
        files::replace(&path, text.as_bytes(), self.medium.as_ref(), care)
    }

    /// Gives the room back that was kept for the closing entries.
    fn free_reserve(&self) {
        // It may be gone already, and nothing depends on it.
        std::fs::remove_file(self.folder().join(".reserve")).ok();
    }

    fn tell_task(&self, event: TaskEvent, now: Stamp) -> Result<(), RecordError> {
        folds::record(
            &self.layout,
            &self.task,
            event,
            now.time,
            &self.medium,
            self.options.durable,
        )
    }
}
