//! What can go wrong with processes. Messages name no program, argument or variable: those are uncleared.

use cofferdam_model::code::Code;
use rustix::io::Errno;

/// Why a command could not be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// No file of this name exists.
    #[error("the command was not found; check its spelling and PATH, or give its full path")]
    Missing,
    /// A file exists, but it is a folder or may not be executed.
    #[error("the command was found but may not be executed; check its permissions (chmod +x) and that it is no folder")]
    NotExecutable,
}

/// Why a command could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// The command was not found, or may not be executed.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// The kernel refused to execute the file.
    #[error(
        "the command was found but could not be executed ({0}); check its format, its interpreter and its permissions"
    )]
    Exec(Errno),
    /// The working directory doesn't exist or can't be entered.
    #[error("the command's working directory cannot be entered ({0}); give one that exists")]
    Directory(Errno),
    /// The pseudo-terminal could not be made.
    #[error("no pseudo-terminal could be made ({0}); check that /dev/pts is mounted, or run with --pipe")]
    Terminal(String),
    /// A pipe or a process could not be made.
    #[error("the command could not be started ({0}); check the limits on processes, memory and open files (ulimit -a)")]
    Start(Errno),
}

impl SpawnError {
    /// The stable code of this error.
    pub fn code(&self) -> Code {
        match self {
            Self::Resolve(ResolveError::Missing) => Code::CommandNotFound,
            Self::Resolve(ResolveError::NotExecutable) | Self::Exec(_) => Code::CommandNotExecutable,
            Self::Terminal(_) => Code::TerminalFailed,
            Self::Directory(_) | Self::Start(_) => Code::SpawnFailed,
        }
    }

    /// The host's exit code: 127 and 126 as shells use them, else 125 (failed before the start).
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Resolve(ResolveError::Missing) => 127,
            Self::Resolve(ResolveError::NotExecutable) | Self::Exec(_) => 126,
            Self::Terminal(_) | Self::Directory(_) | Self::Start(_) => 125,
        }
    }
}

/// Why a stream of a session failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// The child's output could not be read.
    #[error("the child's output could not be read ({0}); the session cannot go on")]
    Read(Errno),
    /// The host's output could not be written, for another reason than that its reader left.
    #[error("the output could not be written ({0}); check the free space and the quota where it goes")]
    Write(Errno),
    /// Standard input could not be forwarded.
    #[error("standard input could not be forwarded ({0}); run with standard input from /dev/null if it isn't needed")]
    Input(Errno),
}

impl StreamError {
    /// The stable code of this error.
    pub fn code(&self) -> Code {
        match self {
            Self::Read(_) | Self::Write(_) | Self::Input(_) => Code::StreamFailed,
        }
    }
}

/// The error number inside an I/O error; `EIO` where there is none.
pub(crate) fn errno(error: &std::io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::IO, Errno::from_raw_os_error)
}
