//! The log of one run: entries in, chained lines out, and the manifest that is their fold.

use std::fs::TryLockError;
use std::path::Path;
use std::sync::Arc;

use cofferdam_model::record::{ChainWriter, Entry, Event, Genesis, Head, Manifest, RunId, Stamp};

use super::RecordError;
use super::files::{AppendFile, Medium};

/// The log of one run. The file is locked for as long as the run is recorded, by which others see that it goes on.
pub(super) struct RunLog {
    file: AppendFile,
    chain: ChainWriter,
    manifest: Manifest,
}

/// Why an event isn't in the log.
pub(super) enum Refused {
    /// The host is at fault.
    Fault(RecordError),
    /// The disk is; the log is as it was. What was to be written is given back.
    Disk(std::io::Error, Box<Entry>),
}

impl RunLog {
    /// Makes the log with its first event.
    pub(super) fn create(
        path: &Path,
        run: RunId,
        first: Event,
        now: Stamp,
        medium: Arc<dyn Medium>,
        durable: bool,
    ) -> Result<(Self, Entry), RecordError> {
        let place = "the run's events.jsonl";
        let mut file = AppendFile::create(path, medium, durable).map_err(|error| RecordError::create(place, error))?;
        match file.file().try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(RecordError::InUse),
            Err(TryLockError::Error(error)) => return Err(RecordError::create(place, error)),
        }
        let mut chain = ChainWriter::new(Genesis::run(run));
        let entry = Entry {
            seq: chain.next_seq(),
            time: now.time,
            elapsed_ms: now.elapsed_ms,
            event: first,
        };
        let manifest = Manifest::open(&entry)?;
        let sealed = chain.seal(&entry)?;
        file.append(sealed.line.as_bytes())
            .map_err(|error| RecordError::create(place, error))?;
        chain.advance(&sealed);
        Ok((Self { file, chain, manifest }, entry))
    }

    /// Appends one event, whole or not at all.
    pub(super) fn append(&mut self, event: Event, now: Stamp) -> Result<Entry, Refused> {
        let fault = |error: RecordError| Refused::Fault(error);
        self.manifest.status.next(&event).map_err(|error| fault(error.into()))?;
        let entry = self.entry(event, now);
        let sealed = self.chain.seal(&entry).map_err(|error| fault(error.into()))?;
        if let Err(error) = self.file.append(sealed.line.as_bytes()) {
            return Err(Refused::Disk(error, Box::new(entry)));
        }
        self.chain.advance(&sealed);
        self.manifest.apply(&entry).map_err(|error| fault(error.into()))?;
        Ok(entry)
    }

    /// The entry that an event would become.
    pub(super) fn entry(&self, event: Event, now: Stamp) -> Entry {
        // A clock that went back, such as another thread's older stamp, must not make the log look swapped.
        let elapsed_ms = now.elapsed_ms.max(self.manifest.duration_ms);
        Entry {
            seq: self.chain.next_seq(),
            time: now.time,
            elapsed_ms,
            event,
        }
    }

    /// The fold of everything that was appended.
    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The last entry.
    pub(super) fn head(&self) -> Head {
        self.chain.head().expect("a log is made with its first entry")
    }

    /// Has the log written through to the disk.
    pub(super) fn sync(&self) -> std::io::Result<()> {
        self.file.file().sync_all()
    }
}
