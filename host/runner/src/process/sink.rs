//! Writing to the host's standard output and error without ever waiting for their reader.

use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{FileType, Mode, OFlags, fcntl_getfl, fstat, open};
use rustix::io::{Errno, fcntl_dupfd_cloexec, write};

use super::error::StreamError;

/// What a pipe takes at once when poll says that it is writable.
const PIPE_WRITE: usize = 4096;

/// Whether a sink goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SinkState {
    /// It takes bytes.
    Open,
    /// Its reader is gone; what waited is dropped, and so is what comes.
    Closed,
}

/// An output of the host with a queue of what its reader hasn't taken yet.
///
/// The queue has no bound of its own: the driver stops reading the child while [`queued`](Self::queued) is too much.
pub struct OutputSink {
    fd: OwnedFd,
    /// The most that one write may carry.
    chunk: usize,
    queue: VecDeque<u8>,
    written: u64,
    state: SinkState,
}

impl OutputSink {
    /// The host's standard output.
    pub fn stdout() -> Result<Self, StreamError> {
        Self::over(rustix::stdio::stdout())
    }

    /// The host's standard error.
    pub fn stderr() -> Result<Self, StreamError> {
        Self::over(rustix::stdio::stderr())
    }

    /// Over a descriptor that others share, whose flags are therefore left alone.
    pub fn over(shared: impl AsFd) -> Result<Self, StreamError> {
        let shared = shared.as_fd();
        let kind = FileType::from_raw_mode(fstat(shared).map_err(StreamError::Write)?.st_mode);
        let opened = match kind {
            FileType::Fifo | FileType::CharacterDevice => reopen(shared),
            FileType::RegularFile
            | FileType::Directory
            | FileType::Symlink
            | FileType::Socket
            | FileType::BlockDevice
            | FileType::Unknown => None,
        };
        // A file never makes a writer wait for a reader, and neither does an own description.
        let chunk = if opened.is_some() || kind == FileType::RegularFile {
            usize::MAX
        } else {
            PIPE_WRITE
        };
        let fd = match opened {
            Some(own) => own,
            None => fcntl_dupfd_cloexec(shared, 3).map_err(StreamError::Write)?,
        };
        Ok(Self {
            fd,
            chunk,
            queue: VecDeque::new(),
            written: 0,
            state: SinkState::Open,
        })
    }

    /// Adds bytes to what waits. They are written by the next [`on_writable`](Self::on_writable).
    pub fn push(&mut self, bytes: &[u8]) {
        if self.state == SinkState::Open {
            self.queue.extend(bytes);
        }
    }

    /// Drops what waits, and what comes.
    pub fn abandon(&mut self) {
        self.close();
    }

    /// How many bytes wait.
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    /// How many bytes were written.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Whether the reader is still there, as far as writes have shown.
    pub fn state(&self) -> SinkState {
        self.state
    }

    /// The descriptor to watch for room, while bytes wait.
    pub fn interest(&self) -> Option<BorrowedFd<'_>> {
        (!self.queue.is_empty()).then(|| self.fd.as_fd())
    }

    /// Writes after poll said that there is room: until the reader takes no more, or once where a write could block.
    pub fn on_writable(&mut self) -> Result<SinkState, StreamError> {
        while !self.queue.is_empty() {
            let next = self.queue.as_slices().0;
            match write(&self.fd, &next[..next.len().min(self.chunk)]) {
                Ok(count) => {
                    self.queue.drain(..count);
                    self.written += count as u64;
                    if self.chunk == PIPE_WRITE {
                        break;
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                // A terminal that is gone says so with EIO.
                Err(Errno::PIPE | Errno::IO | Errno::CONNRESET) => {
                    self.close();
                    break;
                }
                Err(error) => {
                    self.close();
                    return Err(StreamError::Write(error));
                }
            }
        }
        Ok(self.state)
    }

    fn close(&mut self) {
        self.state = SinkState::Closed;
        self.queue = VecDeque::new();
    }
}

/// Opens the same pipe or terminal once more, so that it can be made non-blocking for this process alone.
fn reopen(shared: BorrowedFd<'_>) -> Option<OwnedFd> {
    use std::os::fd::AsRawFd;
    let inherited = fcntl_getfl(shared).ok()?;
    if inherited & OFlags::RWMODE == OFlags::RDONLY {
        return None;
    }
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    open(format!("/proc/self/fd/{}", shared.as_raw_fd()), flags, Mode::empty()).ok()
}

#[cfg(test)]
mod tests {
    use rustix::pipe::{PipeFlags, pipe_with};

    use super::*;

    #[test]
    fn a_full_pipe_is_never_waited_for_and_nothing_is_lost() {
        let (reader, writer) = pipe_with(PipeFlags::empty()).unwrap();
        let mut sink = OutputSink::over(&writer).unwrap();
        let sent: Vec<u8> = (0..300_000u32).map(|n| (n % 251) as u8).collect();
        sink.push(&sent);
        // Would hang here if a write could block.
        assert_eq!(sink.on_writable().unwrap(), SinkState::Open);
        assert!(sink.queued() > 0);
        assert!(
            !fcntl_getfl(&writer).unwrap().contains(OFlags::NONBLOCK),
            "the shared descriptor is left alone"
        );
        let mut got = Vec::new();
        while got.len() < sent.len() {
            let mut buffer = [0; 10_000];
            let count = rustix::io::read(&reader, &mut buffer).unwrap();
            got.extend_from_slice(&buffer[..count]);
            sink.on_writable().unwrap();
        }
        assert_eq!(got, sent);
        assert_eq!((sink.queued(), sink.written()), (0, 300_000));
        assert!(sink.interest().is_none());
    }

    #[test]
    fn a_reader_that_left_closes_the_sink() {
        let (reader, writer) = pipe_with(PipeFlags::empty()).unwrap();
        let mut sink = OutputSink::over(&writer).unwrap();
        drop(reader);
        sink.push(b"late");
        assert_eq!(sink.on_writable().unwrap(), SinkState::Closed);
        sink.push(b"later");
        assert_eq!(sink.queued(), 0);
    }

    #[test]
    fn a_file_takes_everything_where_it_stood() {
        let file = tempfile::tempfile().unwrap();
        rustix::io::write(&file, b"before ").unwrap();
        let mut sink = OutputSink::over(&file).unwrap();
        sink.push(&[b'x'; 100_000]);
        sink.on_writable().unwrap();
        assert_eq!((sink.queued(), file.metadata().unwrap().len()), (0, 100_007));
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut sink = OutputSink::over(&full).unwrap();
        sink.push(b"x");
        assert_eq!(sink.on_writable(), Err(StreamError::Write(Errno::NOSPC)));
    }
}
