//! What can go wrong with records. Messages name places beneath the folder of records, never that folder itself: where
//! it lies is as uncleared as a working directory.

use std::io;

use cofferdam_model::Code;
use cofferdam_model::record::{BreakKind, IllegalEvent};

/// Why something could not be recorded or read back.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A folder or file couldn't be made.
    #[error(
        "cannot create {place}: {source}; make the folder writable or have records kept elsewhere (records.folder)"
    )]
    Create {
        /// The place, beneath the folder of records or the state folder.
        place: String,
        /// Why.
        source: io::Error,
    },
    /// The folder in which records are to be made isn't there.
    #[error(
        "cannot create {place}: the folder that records.folder names, or the one in which it is to be, does not exist; make it \
         first, or let records.folder name one that exists"
    )]
    NoFolder {
        /// The place beneath it.
        place: String,
    },
    /// A folder of records is a symbolic link.
    #[error(
        "{place} is a symbolic link or not a folder, and records are not written through one; move it elsewhere, or let records.folder name another folder"
    )]
    NotAFolder {
        /// The place, beneath the folder of records or the state folder.
        place: String,
    },
    /// A file couldn't be written.
    #[error("cannot write {place}: {source}; make room, then see `cofferdam run verify` for what is missing")]
    Write {
        /// The place, beneath the folder of records or the state folder.
        place: String,
        /// Why.
        source: io::Error,
    },
    /// A file couldn't be read.
    #[error("cannot read {place}: {source}; check who owns it and its permissions")]
    Read {
        /// The place, beneath the folder of records or the state folder.
        place: String,
        /// Why.
        source: io::Error,
    },
    /// A shared log doesn't verify, so nothing can be added to it.
    #[error("{place} was changed after it was written ({why}); {}", aside(place))]
    Tampered {
        /// The place, beneath the folder of records or the state folder.
        place: String,
        /// Where it breaks.
        why: BreakKind,
    },
    /// Two recorders want the same run.
    #[error("the run is being recorded by another process; use a new run id")]
    InUse,
    /// An event can't follow here.
    #[error("the host tried to record an event where none such can be: {0}; please report this")]
    Illegal(#[from] IllegalEvent),
    /// The recorder writes events of this kind by itself.
    #[error("the host tried to record `{0}`, which the recorder does by itself; please report this")]
    Reserved(&'static str),
    /// An event doesn't become JSON.
    #[error("the host could not write an event as JSON; please report this")]
    Json(#[from] serde_json::Error),
    /// No run has this id.
    #[error("no run here has an id that begins so; `cofferdam run list` shows them")]
    Unknown,
    /// No beginning of an id is given.
    #[error("give the beginning of a run's id; `cofferdam run list` shows them")]
    Unnamed,
    /// More than one run has an id that begins so.
    #[error("{0} runs have an id that begins so; give more of it")]
    Ambiguous(usize),
    /// The key for fingerprints can't be used.
    #[error("the key {place} in the state folder cannot be used: {why}")]
    Key {
        /// The file beneath the state folder.
        place: String,
        /// Why, and what to do.
        why: String,
    },
    /// The kernel gives no random bytes.
    #[error("the kernel gives no random bytes; check that getrandom is permitted here")]
    Random,
}

impl RecordError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Create { .. } | Self::NoFolder { .. } | Self::NotAFolder { .. } | Self::InUse => Code::RecordCreate,
            Self::Write { .. } => Code::RecordWrite,
            Self::Read { .. } => Code::RecordRead,
            Self::Tampered { .. } => Code::RecordTampered,
            Self::Illegal(_) | Self::Reserved(_) | Self::Json(_) | Self::Random => Code::Internal,
            Self::Unknown | Self::Unnamed | Self::Ambiguous(_) => Code::RecordUnknown,
            Self::Key { .. } => Code::KeyUnusable,
        }
    }

    pub(super) fn create(place: &str, source: io::Error) -> Self {
        Self::Create {
            place: place.to_owned(),
            source,
        }
    }

    pub(super) fn write(place: &str, source: io::Error) -> Self {
        Self::Write {
            place: place.to_owned(),
            source,
        }
    }

    pub(super) fn read(place: &str, source: io::Error) -> Self {
        Self::Read {
            place: place.to_owned(),
            source,
        }
    }
}

/// What is to be done with a log that was changed: that of all heads lies in no task's folder.
fn aside(place: &str) -> &'static str {
    if place == super::heads::PLACE {
        "it lies in the state folder: move it aside and keep it as evidence; runs that were closed before verify as unanchored then"
    } else {
        "move the task's folder aside and keep it as evidence"
    }
}
