//! Reading what a child writes.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use cofferdam_guard::Raw;
use rustix::buffer::spare_capacity;
use rustix::io::{Errno, read};

use super::ahead::Ahead;
use super::error::StreamError;

/// One of the child's outputs. It never blocks.
pub struct OutputStream {
    from: From,
    /// How many bytes were read.
    taken: u64,
}

enum From {
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
            from: From::Itself(fd),
            taken: 0,
        }
    }

    /// Takes a terminal, which is read ahead where the system lends a thread. To be called when the child is there: a thread doesn't
    /// outlive a fork.
    pub(crate) fn ahead(terminal: OwnedFd) -> Self {
        let from = match Ahead::begin(terminal) {
            Ok(ahead) => From::Ahead(ahead),
            Err(terminal) => From::Itself(terminal),
        };
        Self { from, taken: 0 }
    }

    /// How many bytes the child has written here so far, as far as that is known without reading them.
    pub fn said(&self) -> u64 {
        match &self.from {
            From::Itself(_) => self.taken,
            From::Ahead(ahead) => ahead.said(),
        }
    }

    /// Whether nothing that the child wrote is on its way here where poll doesn't see it.
    pub fn is_quiet(&self) -> bool {
        match &self.from {
            From::Itself(_) => true,
            From::Ahead(ahead) => ahead.is_quiet(self.taken),
        }
    }

    /// Reads what is there, at most `budget` bytes (at least one). Interrupted reads are repeated.
    pub fn read(&mut self, budget: usize) -> Result<ReadOutcome, StreamError> {
        let budget = budget.max(1);
        let mut bytes = Vec::with_capacity(budget);
        // A terminal gives at most a page at a time, so one read isn't all that there is.
        let end = loop {
            match read(&*self, spare_capacity(&mut bytes)) {
                Ok(0) => {
                    if let From::Ahead(ahead) = &self.from
                        && let Some(error) = ahead.failed()
                    {
                        return Err(StreamError::Read(error));
                    }
                    break ReadOutcome::Eof;
                }
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
            From::Itself(fd) => fd.as_fd(),
            From::Ahead(ahead) => ahead.as_fd(),
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
