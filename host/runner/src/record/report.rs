//! What goes into the recorder and what it says of its work.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use cofferdam_model::Code;
use cofferdam_model::record::{Channel, CutReason, Entry, Head, Manifest, Outcome, Resources, SafeText, Whose};

use super::RecordError;

/// How a run is recorded.
#[derive(Debug, Clone)]
pub struct Options {
    /// The most bytes of cleared output that are kept, half from the beginning and half from the end.
    /// Less than 64 KiB counts as that.
    pub frame_bound: u64,
    /// Whether everything is written through to the disk before it is acknowledged.
    pub durable: bool,
    /// The user's state folder, where heads of closed logs are kept.
    pub state_dir: PathBuf,
}

impl Options {
    /// The defaults: 64 MiB of frames, not durable.
    #[must_use]
    pub fn new(state_dir: PathBuf) -> Self {
        Self {
            frame_bound: 64 * 1024 * 1024,
            durable: false,
            state_dir,
        }
    }
}

/// Whether everything is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Everything is.
    Whole,
    /// Output and decisions no longer are; how the run goes on and ends still is.
    Cut(CutReason),
    /// Nothing can be written any more; the record will be found interrupted.
    Dead(CutReason),
}

/// An event that was handed to the recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The event at its place, or at the place that it would have had.
    pub entry: Entry,
    /// Whether it is in the log. An event that isn't is counted as lost.
    pub kept: bool,
}

/// Output that was handed to the recorder and may be shown now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Where it begins in the channel's cleared stream, in bytes.
    pub offset: u64,
    /// Whether all of it is in the frames. What isn't is counted as lost.
    pub kept: bool,
}

/// How a run ends, as far as the recorder doesn't know it by itself.
#[derive(Debug, Clone)]
pub enum Closing {
    /// Its child had been started or refused.
    Completed {
        /// What became of it.
        outcome: Outcome,
        /// The exit code that the host gives to its caller.
        exit_code: u8,
        /// Whose code that is.
        whose: Whose,
        /// Bytes that the child wrote to each channel.
        raw: BTreeMap<Channel, u64>,
        /// Bytes of standard input that were forwarded.
        stdin_bytes: u64,
        /// What the run used.
        resources: Option<Resources>,
    },
    /// It could not be carried out.
    Failed {
        /// The stable code of the error.
        code: Code,
        /// What happened, in the host's words.
        message: SafeText,
        /// The exit code that the host gives to its caller.
        exit_code: u8,
        /// Whose code that is.
        whose: Whose,
    },
}

/// What became of a record.
#[derive(Debug)]
pub struct Finished {
    /// The closing entry, for those who follow.
    pub closing: Appended,
    /// The fold of the record.
    pub manifest: Manifest,
    /// The last entry that is in the log.
    pub head: Head,
    /// Whether the head is kept in the state folder.
    pub anchored: bool,
    /// What else could not be done. The run's own record is closed all the same, if its closing entry was kept.
    pub problems: Vec<RecordError>,
}

/// Why a record is cut, from what the file system said.
pub(super) fn reason(error: &io::Error) -> CutReason {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => CutReason::DiskFull,
        io::ErrorKind::FileTooLarge => CutReason::FileTooLarge,
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => CutReason::ReadOnly,
        _ => CutReason::Io,
    }
}
