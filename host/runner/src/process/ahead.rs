//! Reading a terminal ahead of the session, so that a child writes on while what it wrote is guarded.
//!
//! A terminal holds a few kilobytes, and a child that has filled them waits. So a session that read, guarded and wrote by itself stood still
//! half of the time, and its child the other half. A pipe holds sixteen times as much; a thread of its own moves what the terminal has into
//! one, and the session reads that as it reads the pipes of other children. The bytes stay in the kernel, but for one buffer.

use std::os::fd::{AsFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, read, write};
use rustix::pipe::{PipeFlags, pipe_with};

use super::pty::set_nonblocking;

/// How many bytes are moved at once.
const AT_ONCE: usize = 32 << 10;

/// Starts to read a terminal, and answers the end of a pipe that has all that it says. It never blocks, and ends where the terminal does.
///
/// The thread ends once the terminal has no process any more or the pipe isn't read any more, and then lets go of the terminal.
///
/// # Errors
/// The system gives no pipe or no thread, and `terminal` is to be read as it is.
pub(super) fn read_ahead(terminal: OwnedFd) -> Result<OwnedFd, OwnedFd> {
    let Ok((ours, theirs)) = pipe_with(PipeFlags::CLOEXEC) else {
        return Err(terminal);
    };
    let Ok(second) = terminal.try_clone() else {
        return Err(terminal);
    };
    if set_nonblocking(&ours).is_err() {
        return Err(terminal);
    }
    let started = std::thread::Builder::new()
        .name("terminal".to_owned())
        .spawn(move || relay(&second, &theirs));
    match started {
        Ok(_) => Ok(ours),
        Err(_) => Err(terminal),
    }
}

/// Moves what the terminal says until either end is gone.
fn relay(terminal: &OwnedFd, to: &OwnedFd) {
    let mut bytes = Vec::with_capacity(AT_ONCE);
    while is_wanted(terminal, to) {
        let ended = fill(terminal, &mut bytes);
        if write_all(to, &bytes).is_err() || ended {
            return;
        }
        bytes.clear();
    }
}

/// Waits until the terminal has something to say. Answers whether anybody reads it.
fn is_wanted(terminal: &OwnedFd, to: &OwnedFd) -> bool {
    loop {
        // That nobody reads any more is told unasked.
        let mut fds = [
            PollFd::new(terminal, PollFlags::IN),
            PollFd::new(to, PollFlags::empty()),
        ];
        match poll(&mut fds, None) {
            Ok(_) if !fds[1].revents().is_empty() => return false,
            Ok(_) if !fds[0].revents().is_empty() => return true,
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

/// Reads what is there, a page at a time, as a terminal gives it. Answers whether that is the end.
fn fill(terminal: &OwnedFd, bytes: &mut Vec<u8>) -> bool {
    loop {
        match read(terminal, spare_capacity(bytes)) {
            Ok(0) => return true,
            Ok(_) if bytes.len() == bytes.capacity() => return false,
            Ok(_) | Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return false,
            // A terminal whose last process is gone says so with an error.
            Err(_) => return true,
        }
    }
}

fn write_all(to: &OwnedFd, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match write(to.as_fd(), bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::super::pty::{Pty, Size};
    use super::*;

    /// Reads the pipe until it has so many bytes, or ends.
    fn take(from: &OwnedFd, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count);
        let until = Instant::now() + Duration::from_secs(20);
        while bytes.len() < count && Instant::now() < until {
            match read(from, spare_capacity(&mut bytes)) {
                Ok(0) => break,
                Ok(_) => {}
                Err(Errno::AGAIN) => std::thread::sleep(Duration::from_millis(1)),
                Err(error) => panic!("{error}"),
            }
        }
        bytes
    }

    #[test]
    fn all_that_a_terminal_says_comes_in_order_and_then_the_end() {
        let (pty, peer) = Pty::open(Size::default(), None).unwrap();
        let from = read_ahead(pty.duplicate().unwrap()).expect("there is a thread to be had");
        let said: Vec<u8> = (0..200_000_u32).flat_map(|n| format!("{n} ").into_bytes()).collect();
        let writer = std::thread::spawn({
            let said = said.clone();
            move || write_all(&peer, &said).unwrap()
        });
        assert!(take(&from, said.len()) == said);
        writer.join().unwrap();
        assert_eq!(take(&from, 1), b"", "the child's end is closed");
    }

    #[test]
    fn a_terminal_that_nobody_reads_any_more_is_let_go() {
        let (pty, peer) = Pty::open(Size::default(), None).unwrap();
        let from = read_ahead(pty.duplicate().unwrap()).expect("there is a thread to be had");
        drop((from, pty));
        // Whoever writes to a terminal without a host gets an error.
        let until = Instant::now() + Duration::from_secs(20);
        while write(&peer, b"x") != Err(Errno::IO) {
            assert!(Instant::now() < until, "the terminal is still held");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
