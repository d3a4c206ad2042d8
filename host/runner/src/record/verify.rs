//! Whether a record is what was written.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

use cofferdam_model::record::{ChainReader, Channel, Digest, Entry, Genesis, Head, Manifest, RunId, Seq, TaskId};

use super::heads::{self, Anchor};
use super::list::is_locked;
use super::recorder::SHADOW;
use super::verify_frames::FramesCheck;
use super::{RecordError, files};

/// What a record is found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is closed, nothing was changed, and its head is the one that the state folder keeps.
    Valid,
    /// It is a right beginning without a closing entry.
    Interrupted {
        /// The last entry; none where not even one was written.
        last: Option<Seq>,
        /// Bytes of an entry whose write was cut short.
        torn_bytes: u64,
        /// Whether the run is still being recorded.
        live: bool,
        /// Where the recorded output of each channel ends, in bytes of its cleared stream.
        output: BTreeMap<Channel, u64>,
    },
    /// It was changed after it was written.
    Tampered {
        /// Where.
        at: Place,
        /// What is wrong there.
        why: String,
    },
    /// It is closed and nothing contradicts it, but its head isn't kept in the state folder.
    Unanchored,
}

impl Verdict {
    /// The exit code for this verdict: 0 valid, 3 interrupted, 4 tampered, 5 unanchored.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Interrupted { .. } => 3,
            Self::Tampered { .. } => 4,
            Self::Unanchored => 5,
        }
    }
}

/// A place in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An entry of the log.
    Entry(Seq),
    /// A segment of frames.
    Segment(Channel, u32),
    /// The index of segments.
    Index,
    /// The folder of frames.
    Frames,
    /// The manifest.
    Manifest,
    /// What candidates would have decided.
    Shadow,
    /// The log of heads in the state folder.
    Heads,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(seq) => write!(f, "entry {seq}"),
            Self::Segment(channel, segment) => write!(f, "segment {segment} of {channel}"),
            Self::Index => f.write_str("frames/index.jsonl"),
            Self::Frames => f.write_str("frames"),
            Self::Manifest => f.write_str("manifest.json"),
            Self::Shadow => f.write_str(SHADOW),
            Self::Heads => f.write_str("the state folder's heads.jsonl"),
        }
    }
}

/// Something that is wrong, or an error on the way to it.
pub(super) enum Stop {
    Tampered(Place, String),
    Error(RecordError),
}

impl From<RecordError> for Stop {
    fn from(error: RecordError) -> Self {
        Self::Error(error)
    }
}

/// A check that stops at the first thing that is wrong.
pub(super) type Check<T> = Result<T, Stop>;

pub(super) fn tampered<T>(at: Place, why: impl fmt::Display) -> Check<T> {
    Err(Stop::Tampered(at, why.to_string()))
}

/// Checks the record of a run in its folder against itself and against the head that the state folder keeps.
///
/// # Errors
/// The folder isn't one of a run, or a file can't be read.
pub fn verify(run_dir: &Path, state_dir: &Path) -> Result<Verdict, RecordError> {
    match Record::check(run_dir, state_dir) {
        Ok(verdict) => Ok(verdict),
        Err(Stop::Tampered(at, why)) => Ok(Verdict::Tampered { at, why }),
        Err(Stop::Error(error)) => Err(error),
    }
}

/// What is known of a record while it is read.
struct Record {
    run: RunId,
    task: TaskId,
    /// The manifest as it lies on disk, and how many events it claims to be the fold of.
    found: Option<(Vec<u8>, u64)>,
    /// Whether the fold was equal to it, at that many events.
    seen: bool,
    fold: Option<Manifest>,
    frames: FramesCheck,
    torn_bytes: u64,
    live: bool,
}

impl Record {
    fn check(run_dir: &Path, state_dir: &Path) -> Check<Verdict> {
        let mut record = Self::open(run_dir)?;
        let head = record.read_log(&run_dir.join("events.jsonl"))?;
        let anchor = heads::look_up(state_dir, record.run)?;
        let closed = record.fold.as_ref().is_some_and(|fold| fold.status.is_terminal());
        match (anchor, head) {
            (Anchor::Broken, _) => return tampered(Place::Heads, "its chain is broken"),
            (Anchor::Closed(kept), head) if head != Some(kept) => {
                let at = head.map_or(Seq(0), |head| head.seq.min(kept.seq));
                return tampered(Place::Entry(at), "the record does not end as it did when it was closed");
            }
            (Anchor::Closed(_) | Anchor::Absent, _) => {}
        }
        let anchored = anchor != Anchor::Absent;
        record.check_manifest(closed, anchored)?;
        record.check_shadow(run_dir, closed)?;
        let output = record
            .frames
            .check(&run_dir.join("frames"), record.fold.as_ref(), closed)?;
        Ok(match (closed, anchored) {
            (true, true) => Verdict::Valid,
            (true, false) => Verdict::Unanchored,
            (false, _) => Verdict::Interrupted {
                last: head.map(|head| head.seq),
                torn_bytes: record.torn_bytes,
                live: record.live,
                output,
            },
        })
    }

    fn open(run_dir: &Path) -> Check<Self> {
        let name = |folder: Option<&Path>| folder.and_then(|path| path.file_name()?.to_str().map(str::to_owned));
        let run = name(Some(run_dir))
            .and_then(|name| name.parse().ok())
            .ok_or(RecordError::Unknown)?;
        let task_dir = run_dir.parent().and_then(Path::parent);
        let task = name(task_dir)
            .and_then(|name| name.parse().ok())
            .ok_or(RecordError::Unknown)?;
        if !run_dir.is_dir() {
            return Err(RecordError::Unknown.into());
        }
        let found = match files::read(&run_dir.join("manifest.json"), "manifest.json")? {
            None => None,
            Some(bytes) => match serde_json::from_slice::<Manifest>(&bytes) {
                Ok(manifest) => Some((bytes, manifest.events)),
                Err(_) => return tampered(Place::Manifest, "it is not a manifest"),
            },
        };
        let frames = FramesCheck::default();
        Ok(Self {
            run,
            task,
            found,
            seen: false,
            fold: None,
            frames,
            torn_bytes: 0,
            live: false,
        })
    }

    /// Reads the log and folds it. Answers with its head.
    fn read_log(&mut self, path: &Path) -> Check<Option<Head>> {
        let fail = |error| RecordError::read("events.jsonl", error);
        let file = match files::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(fail(error).into()),
        };
        self.live = is_locked(&file);
        let mut lines = BufReader::new(file);
        let mut chain = ChainReader::new(Genesis::run(self.run));
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).map_err(fail)? > 0 {
            let Some(whole) = line.strip_suffix(b"\n") else {
                // The write of the last line may have been cut short, and only there. One that goes on is no sign of
                // it.
                if let Err(broken) = chain.check_torn::<Entry>(&line) {
                    return tampered(Place::Entry(broken.at), broken.why);
                }
                self.torn_bytes = line.len() as u64;
                break;
            };
            match chain.read::<Entry>(whole) {
                Ok(entry) => self.fold(&entry)?,
                Err(broken) => return tampered(Place::Entry(broken.at), broken.why),
            }
            line.clear();
        }
        if self.torn_bytes > 0 && self.fold.as_ref().is_some_and(|fold| fold.status.is_terminal()) {
            let at = chain.head().map_or(Seq(0), |head| head.seq.next());
            return tampered(Place::Entry(at), "something follows the closing entry");
        }
        Ok(chain.head())
    }

    fn fold(&mut self, entry: &Entry) -> Check<()> {
        let fold = match self.fold.take() {
            None => Manifest::open(entry).map(|fold| {
                let same = fold.run.run == self.run && fold.run.task == self.task;
                (fold, same)
            }),
            Some(mut fold) => fold.apply(entry).map(|()| (fold, true)),
        };
        let fold = match fold {
            Ok((fold, true)) => fold,
            Ok((_, false)) => return tampered(Place::Entry(entry.seq), "the record is that of another run"),
            Err(illegal) => return tampered(Place::Entry(entry.seq), illegal),
        };
        self.frames.note(&entry.event);
        if let Some((bytes, events)) = &self.found
            && *events == fold.events
        {
            if *bytes != fold.to_text().as_bytes() {
                return tampered(Place::Manifest, "it is not the fold of the events");
            }
            self.seen = true;
        }
        self.fold = Some(fold);
        Ok(())
    }

    /// A run that was not closed may have one already, of which nothing is known.
    fn check_shadow(&self, run_dir: &Path, closed: bool) -> Check<()> {
        if !closed {
            return Ok(());
        }
        let told = self.fold.as_ref().and_then(Manifest::shadow);
        match (told, files::read(&run_dir.join(SHADOW), SHADOW)?) {
            (None, None) => Ok(()),
            (None, Some(_)) => tampered(Place::Shadow, "the log does not know it"),
            (Some(_), None) => tampered(Place::Shadow, "it is missing"),
            (Some(told), Some(found)) if told.len == found.len() as u64 && told.sha256 == Digest::of(&found) => Ok(()),
            (Some(_), Some(_)) => tampered(Place::Shadow, "it was changed"),
        }
    }

    fn check_manifest(&self, closed: bool, anchored: bool) -> Check<()> {
        let events = self.fold.as_ref().map_or(0, |fold| fold.events);
        match &self.found {
            // The first manifest is written after the first event.
            None if events <= 1 => Ok(()),
            None => tampered(Place::Manifest, "it is missing"),
            Some(_) if !self.seen => tampered(Place::Manifest, "it tells of events that the log does not have"),
            // The last one is written between the closing entry and the head that is kept.
            Some((_, seen)) if closed && anchored && *seen != events => tampered(Place::Manifest, "it is an older one"),
            Some(_) => Ok(()),
        }
    }
}
