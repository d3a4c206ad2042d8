//! Reading what a child writes.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use cofferdam_guard::Raw;
use rustix::buffer::spare_capacity;
use rustix::io::{Errno, ioctl_fionread, read};

use super::ahead::Ahead;
use super::error::StreamError;

/// One of the child's outputs. It never blocks.
pub struct OutputStream {
    from: Origin,
    /// How many bytes were read.
    taken: u64,
}

enum Origin {
    Itself(OwnedFd),
    /// A terminal, by way of a pipe.
    Ahead(Ahead),
}

/// What a read gave.
pub enum ReadOutcome {
    /// Bytes that no guard has seen; never none.
    Bytes(Raw),
    /// Nothing now: wait until poll says that there is more.
    WouldBlock,
    /// Every writer is gone.
    Eof,
}

impl OutputStream {
    /// Takes a descriptor that has been made non-blocking.
    pub(crate) fn new(fd: OwnedFd) -> Self {
        Self {
            from: Origin::Itself(fd),
            taken: 0,
        }
    }

    /// Takes a terminal, which is read ahead where the system lends a thread. To be called when the child is there: a
    /// thread doesn't outlive a fork.
    pub(crate) fn ahead(terminal: OwnedFd) -> Self {
        let from = match Ahead::begin(terminal) {
            Ok(ahead) => Origin::Ahead(ahead),
            Err(terminal) => Origin::Itself(terminal),
        };
        Self { from, taken: 0 }
    }

    /// How many bytes the child has written here so far, as far as that is known without reading them.
    pub fn said(&self) -> u64 {
        match &self.from {
            Origin::Itself(fd) => self.taken + ioctl_fionread(fd).unwrap_or(0),
            Origin::Ahead(ahead) => ahead.said(),
        }
    }

    /// Whether nothing that the child wrote is on its way here where poll doesn't see it.
    pub fn is_quiet(&self) -> bool {
        match &self.from {
            Origin::Itself(_) => true,
            Origin::Ahead(ahead) => ahead.is_quiet(self.taken),
        }
    }

    /// Reads what is there, at most `budget` bytes (at least one). Interrupted reads are repeated.
    pub fn read(&mut self, budget: usize) -> Result<ReadOutcome, StreamError> {
        let budget = budget.max(1);
        let mut bytes = Vec::with_capacity(budget);
        let ended = fill(&*self, &mut bytes).map_err(StreamError::Read)?;
        if bytes.is_empty() {
            return match &self.from {
                _ if !ended => Ok(ReadOutcome::WouldBlock),
                Origin::Itself(_) => Ok(ReadOutcome::Eof),
                Origin::Ahead(ahead) => ahead
                    .failed()
                    .map_or(Ok(ReadOutcome::Eof), |error| Err(StreamError::Read(error))),
            };
        }
        self.taken += bytes.len() as u64;
        // The end stays, so that the next read tells it.
        if bytes.len() < budget / 2 {
            bytes.shrink_to_fit();
        }
        Ok(ReadOutcome::Bytes(Raw::from_vec(bytes)))
    }
}

impl AsFd for OutputStream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.from {
            Origin::Itself(fd) => fd.as_fd(),
            Origin::Ahead(ahead) => ahead.as_fd(),
        }
    }
}

/// Reads what is there, as far as there is room for it. Answers whether that is the end.
pub(super) fn fill(from: impl AsFd, bytes: &mut Vec<u8>) -> Result<bool, Errno> {
    // A terminal gives at most a page at a time, so one read isn't all that there is.
    loop {
        match read(&from, spare_capacity(bytes)) {
            // A terminal whose last process is gone says so with an error.
            Ok(0) | Err(Errno::IO) => return Ok(true),
            Ok(_) if bytes.len() == bytes.capacity() => return Ok(false),
            Ok(_) | Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use rustix::pipe::{PipeFlags, pipe_with};

    use super::*;

    #[test]
    fn bytes_then_waiting_then_the_end() {
        let (reader, writer) = pipe_with(PipeFlags::NONBLOCK).unwrap();
        let mut stream = OutputStream::new(reader);
        assert!(matches!(stream.read(10), Ok(ReadOutcome::WouldBlock)));
        rustix::io::write(&writer, b"hello world").unwrap();
        assert!(matches!(stream.read(8), Ok(ReadOutcome::Bytes(raw)) if raw.len() == 8));
        drop(writer);
        assert!(matches!(stream.read(8), Ok(ReadOutcome::Bytes(raw)) if raw.len() == 3));
        assert!(matches!(stream.read(8), Ok(ReadOutcome::Eof)));
        assert!(matches!(stream.read(8), Ok(ReadOutcome::Eof)));
    }
}
