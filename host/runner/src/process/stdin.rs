//! Forwarding standard input. It is counted, and neither looked at nor recorded.

use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::{Errno, fcntl_dupfd_cloexec, read, write};
use rustix::process::getpgrp;
use rustix::termios::{isatty, tcgetpgrp};

use super::error::StreamError;
use super::pty::end_of_file_byte;

/// How many bytes may wait for a child that doesn't read.
const CAPACITY: usize = 64 * 1024;

/// The way into the child: its standard input's pipe, or its terminal.
pub struct ChildInput {
    fd: OwnedFd,
    terminal: bool,
}

impl ChildInput {
    pub(crate) fn pipe(fd: OwnedFd) -> Self {
        Self { fd, terminal: false }
    }

    pub(crate) fn terminal(fd: OwnedFd) -> Self {
        Self { fd, terminal: true }
    }
}

/// Moves bytes from the host's standard input into the child.
pub struct StdinForwarder {
    /// None when there is nothing more to read.
    source: Option<OwnedFd>,
    source_is_terminal: bool,
    /// None when the child takes nothing more.
    sink: Option<ChildInput>,
    waiting: VecDeque<u8>,
    forwarded: u64,
    last: Option<u8>,
}

impl StdinForwarder {
    /// Forwards from the host's own standard input.
    pub fn from_host(sink: ChildInput) -> Result<Self, StreamError> {
        let source = fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3).map_err(StreamError::Input)?;
        Ok(Self::new(source, sink))
    }

    /// Forwards from any descriptor, which is read only after poll said that it can be.
    pub fn new(source: OwnedFd, sink: ChildInput) -> Self {
        let source_is_terminal = isatty(&source);
        Self {
            source: Some(source),
            source_is_terminal,
            sink: Some(sink),
            waiting: VecDeque::new(),
            forwarded: 0,
            last: None,
        }
    }

    /// The descriptor to watch for input, while there is room and someone to take it.
    ///
    /// A terminal isn't watched while the host is in the background, since reading there would stop the host.
    pub fn readable_interest(&self) -> Option<BorrowedFd<'_>> {
        let source = self
            .source
            .as_ref()
            .filter(|_| self.sink.is_some() && self.waiting.len() < CAPACITY)?;
        let in_background = self.source_is_terminal && tcgetpgrp(source).is_ok_and(|front| front != getpgrp());
        (!in_background).then(|| source.as_fd())
    }

    /// The descriptor to watch for room, while bytes wait.
    pub fn writable_interest(&self) -> Option<BorrowedFd<'_>> {
        self.sink
            .as_ref()
            .filter(|_| !self.waiting.is_empty())
            .map(|sink| sink.fd.as_fd())
    }

    /// How many bytes the child has been given.
    pub fn forwarded(&self) -> u64 {
        self.forwarded
    }

    /// Reads once, after poll said that there is something, and passes on what the child takes at once.
    pub fn on_readable(&mut self) -> Result<(), StreamError> {
        let room = CAPACITY.saturating_sub(self.waiting.len());
        // A read into no room would look like the end.
        let Some(source) = self.source.as_ref().filter(|_| room > 0) else {
            return self.on_writable();
        };
        let mut bytes = vec![0; room];
        match read(source, &mut bytes[..]) {
            // A terminal outside that is gone says so with an error.
            Ok(0) | Err(Errno::IO) => self.end(),
            Ok(count) => {
                self.last = Some(bytes[count - 1]);
                self.waiting.extend(&bytes[..count]);
            }
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => {
                self.end();
                self.on_writable()?;
                return Err(StreamError::Input(error));
            }
        }
        self.on_writable()
    }

    /// Writes what waits, as much as the child takes now.
    pub fn on_writable(&mut self) -> Result<(), StreamError> {
        while let Some(sink) = self.sink.as_ref().filter(|_| !self.waiting.is_empty()) {
            match write(&sink.fd, self.waiting.as_slices().0) {
                Ok(count) => {
                    self.waiting.drain(..count);
                    self.forwarded += count as u64;
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(()),
                // The child closed its input, which is its right.
                Err(Errno::PIPE | Errno::IO) => self.close(),
                Err(error) => {
                    self.close();
                    return Err(StreamError::Input(error));
                }
            }
        }
        if self.source.is_none() {
            self.close();
        }
        Ok(())
    }

    /// Stops for good: what waits is dropped, and the child's input is closed.
    pub fn close(&mut self) {
        self.source = None;
        self.sink = None;
        self.waiting.clear();
    }

    /// Nothing more comes. A pipe is closed when it is empty; a terminal is told with its end-of-file key, which ends a
    /// line that was begun first, and so is needed twice then.
    fn end(&mut self) {
        self.source = None;
        let Some(sink) = self.sink.as_ref().filter(|sink| sink.terminal) else {
            return;
        };
        if let Some(key) = end_of_file_byte(&sink.fd) {
            let begun = self.last.is_some_and(|byte| byte != b'\n' && byte != b'\r');
            self.waiting.extend(std::iter::repeat_n(key, if begun { 2 } else { 1 }));
        }
    }
}
