//! Reading what a child writes.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use cofferdam_guard::Raw;
use rustix::buffer::spare_capacity;
use rustix::io::{Errno, read};

use super::error::StreamError;

/// One of the child's outputs. It never blocks.
pub struct OutputStream {
    fd: OwnedFd,
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
        Self { fd }
    }

    /// Reads what is there, at most `budget` bytes (at least one). Interrupted reads are repeated.
    pub fn read(&mut self, budget: usize) -> Result<ReadOutcome, StreamError> {
        let budget = budget.max(1);
        let mut bytes = Vec::with_capacity(budget);
        // A terminal gives at most a page at a time, so one read isn't all that there is.
        let end = loop {
            match read(&self.fd, spare_capacity(&mut bytes)) {
                Ok(0) => break ReadOutcome::Eof,
                Ok(_) if bytes.len() == bytes.capacity() => break ReadOutcome::WouldBlock,
                Ok(_) | Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break ReadOutcome::WouldBlock,
                // A terminal whose last process is gone says so with an error.
                Err(Errno::IO) => break ReadOutcome::Eof,
                Err(error) => return Err(StreamError::Read(error)),
            }
        };
        if bytes.is_empty() {
            return Ok(end);
        }
        // The end stays, so that the next read tells it.
        if bytes.len() < budget / 2 {
            bytes.shrink_to_fit();
        }
        Ok(ReadOutcome::Bytes(Raw::from_vec(bytes)))
    }
}

impl AsFd for OutputStream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
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
