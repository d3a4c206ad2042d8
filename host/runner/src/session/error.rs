//! Why a session could not be held.

use cofferdam_model::Code;

use crate::process::{SpawnError, StreamError};
use crate::record::RecordError;

/// Why a session could not be held, or not be brought to its end. Messages hold no uncleared byte.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The record could not be begun; nothing was started.
    #[error("{0}")]
    Record(#[from] RecordError),
    /// The child could not be started.
    #[error("{0}")]
    Spawn(#[from] SpawnError),
    /// A stream failed.
    #[error("{0}")]
    Stream(#[from] StreamError),
    /// Signals, or waiting for them, could not be set up.
    #[error("the host could not wait for its session ({0}); check the limits on open files (ulimit -n)")]
    Wait(std::io::Error),
}

impl SessionError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Record(error) => error.code(),
            Self::Spawn(error) => error.code(),
            Self::Stream(error) => error.code(),
            Self::Wait(_) => Code::Internal,
        }
    }

    /// The host's exit code: 126 and 127 as shells use them, else 125, since nothing was started.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Spawn(error) => error.exit_code(),
            Self::Record(_) | Self::Stream(_) | Self::Wait(_) => 125,
        }
    }
}
