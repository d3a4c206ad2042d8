//! The pseudo-terminal between the host and a child.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use portable_pty::{MasterPty, PtySize};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::{Errno, fcntl_dupfd_cloexec};
use rustix::process::Pid;
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer};
use rustix::termios::{OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr};

use super::error::SpawnError;
use super::host::with_descriptor;

/// The size of a terminal in character cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Lines.
    pub rows: u16,
    /// Cells in a line.
    pub cols: u16,
}

impl Default for Size {
    /// 24 by 80, where there is no terminal outside.
    fn default() -> Self {
        Self { rows: 24, cols: 80 }
    }
}

impl From<Size> for cofferdam_guard::Size {
    fn from(size: Size) -> Self {
        Self {
            columns: size.cols,
            rows: size.rows,
        }
    }
}

impl From<Size> for PtySize {
    fn from(size: Size) -> Self {
        Self {
            rows: size.rows,
            cols: size.cols,
            pixel_width: 0,
            pixel_height: 0,
        }
    }
}

/// The host's end of a child's terminal. Dropping it hangs the terminal up.
pub struct Pty {
    system: Box<dyn MasterPty + Send>,
    master: OwnedFd,
}

impl Pty {
    /// Opens a pair: the host's end, and the child's.
    ///
    /// portable-pty opens the pair and sets sizes, and nothing else. Its way to start a child closes the descriptor
    /// on which a failed exec is reported, falls back to the home folder, and its writer types an end of file when
    /// dropped.
    pub(crate) fn open(size: Size, like: Option<&Termios>) -> Result<(Self, OwnedFd), SpawnError> {
        let told = |error: Errno| SpawnError::Terminal(error.to_string());
        let pair = portable_pty::native_pty_system()
            .openpty(size.into())
            .map_err(|error| SpawnError::Terminal(error.to_string()))?;
        let number = pair.master.as_raw_fd().ok_or_else(|| told(Errno::NOTTY))?;
        let master = with_descriptor(number, |fd| fcntl_dupfd_cloexec(fd, 3)).map_err(told)?;
        let peer =
            ioctl_tiocgptpeer(&master, OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).map_err(told)?;
        if let Some(attributes) = like {
            tcsetattr(&peer, OptionalActions::Now, attributes).map_err(told)?;
        }
        set_nonblocking(&master).map_err(told)?;
        Ok((
            Self {
                system: pair.master,
                master,
            },
            peer,
        ))
    }

    /// Tells the child's terminal its new size; its foreground processes get a SIGWINCH.
    pub fn resize(&self, size: Size) -> Result<(), Errno> {
        self.system.resize(size.into()).map_err(|_| Errno::IO)
    }

    /// The process group that has the terminal, if any.
    pub(crate) fn foreground(&self) -> Option<Pid> {
        tcgetpgrp(&self.master).ok()
    }

    /// A second descriptor of the host's end.
    pub(crate) fn duplicate(&self) -> Result<OwnedFd, Errno> {
        fcntl_dupfd_cloexec(&self.master, 3)
    }
}

impl AsFd for Pty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.master.as_fd()
    }
}

/// The byte that the terminal behind `master` takes for an end of file, if it has one.
pub(crate) fn end_of_file_byte(master: impl AsFd) -> Option<u8> {
    tcgetattr(master)
        .ok()
        .map(|attributes| attributes.special_codes[SpecialCodeIndex::VEOF])
        .filter(|&byte| byte != 0)
}

/// Makes calls on the host's own end return at once. Never for an inherited descriptor, which is shared with others.
pub(crate) fn set_nonblocking(fd: impl AsFd) -> Result<(), Errno> {
    let fd = fd.as_fd();
    fcntl_setfl(fd, fcntl_getfl(fd)? | OFlags::NONBLOCK)
}
