//! Reading a terminal ahead of the session, so that a child writes on while what it wrote is guarded.
//!
//! A terminal holds a few kilobytes, and a child that has filled them waits. So a session that read, guarded and
//! wrote by itself stood still half of the time, and its child the other half. A pipe holds sixteen times as much; a
//! thread of its own moves what the terminal has into one, and the session reads that as it reads the pipes of other
//! children. The bytes stay in the kernel, but for one buffer.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, ioctl_fionread, write};
use rustix::pipe::{PipeFlags, pipe_with};

use super::pty::set_nonblocking;
use super::stream::fill;

/// How many bytes are moved at once.
const AT_ONCE: usize = 32 << 10;
/// How often it is asked what the terminal said while the thread is just taking it.
const TRIES: usize = 1000;

/// A terminal that is read ahead.
pub(super) struct Ahead {
    /// What it says.
    pipe: OwnedFd,
    /// The terminal itself, to be asked what is still in it.
    terminal: OwnedFd,
    moving: Arc<Moving>,
}

/// What the thread tells of its work.
#[derive(Default)]
struct Moving {
    /// It is about to take bytes, or has some that are not counted yet.
    takes: AtomicBool,
    /// How many bytes it has taken.
    taken: AtomicU64,
    /// The error that ended it, as a number of the system's; zero where the terminal did.
    failed: AtomicI32,
}

impl Ahead {
    /// Starts to read a terminal. The pipe never blocks, and ends where the terminal does.
    ///
    /// The thread ends once the terminal has no process any more or the pipe isn't read any more, and then lets go of
    /// the terminal.
    ///
    /// # Errors
    /// The system gives no pipe or no thread, and the terminal is to be read as it is.
    pub(super) fn begin(terminal: OwnedFd) -> Result<Self, OwnedFd> {
        // The thread has a descriptor of its own, since where there is none this one is given back.
        let (Ok((pipe, to)), Ok(from)) = (pipe_with(PipeFlags::CLOEXEC), terminal.try_clone()) else {
            return Err(terminal);
        };
        if set_nonblocking(&pipe).is_err() {
            return Err(terminal);
        }
        let moving = Arc::new(Moving::default());
        let shared = Arc::clone(&moving);
        let started = std::thread::Builder::new()
            .name("terminal".to_owned())
            .spawn(move || shared.relay(&from, &to));
        match started {
            Ok(_) => Ok(Self { pipe, terminal, moving }),
            Err(_) => Err(terminal),
        }
    }

    /// How many bytes the terminal has said so far, those in it included.
    pub(super) fn said(&self) -> u64 {
        let mut said = 0;
        for _ in 0..TRIES {
            let taken = self.moving.taken.load(Ordering::SeqCst);
            said = taken + self.inside();
            // What moved meanwhile would be counted twice, or not at all.
            if !self.moving.takes.load(Ordering::SeqCst) && self.moving.taken.load(Ordering::SeqCst) == taken {
                break;
            }
            std::thread::yield_now();
        }
        said
    }

    /// Whether all that the terminal said is in these bytes that were read.
    pub(super) fn is_quiet(&self, read: u64) -> bool {
        // In this order: what isn't in the terminal any more was taken by someone who had said so before.
        self.inside() == 0
            && !self.moving.takes.load(Ordering::SeqCst)
            && self.moving.taken.load(Ordering::SeqCst) == read
    }

    /// The error that ended the reading before the terminal's end, if one did.
    pub(super) fn failed(&self) -> Option<Errno> {
        let number = self.moving.failed.load(Ordering::SeqCst);
        (number != 0).then(|| Errno::from_raw_os_error(number))
    }

    /// How many bytes wait in the terminal. One that is gone has none.
    fn inside(&self) -> u64 {
        ioctl_fionread(&self.terminal).unwrap_or(0)
    }
}

impl AsFd for Ahead {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

impl Moving {
    /// Moves what the terminal says until either end is gone.
    fn relay(&self, from: &OwnedFd, to: &OwnedFd) {
        let mut bytes = Vec::with_capacity(AT_ONCE);
        let ended = loop {
            match is_wanted(from, to) {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            }
            let ended = self.fill(from, &mut bytes);
            // Whoever doesn't read any more doesn't ask for errors either.
            if write_all(to, &bytes).is_err() {
                break Ok(());
            }
            match ended {
                Ok(true) => break Ok(()),
                Ok(false) => bytes.clear(),
                Err(error) => break Err(error),
            }
        };
        // Told before the pipe ends, which is where it is asked for.
        if let Err(error) = ended {
            self.failed.store(error.raw_os_error(), Ordering::SeqCst);
        }
    }

    /// Reads what is there, and counts it. Answers whether that is the end.
    fn fill(&self, from: &OwnedFd, bytes: &mut Vec<u8>) -> Result<bool, Errno> {
        self.takes.store(true, Ordering::SeqCst);
        let ended = fill(from, bytes);
        self.taken.fetch_add(bytes.len() as u64, Ordering::SeqCst);
        self.takes.store(false, Ordering::SeqCst);
        ended
    }
}

/// Waits until the terminal has something to say. Answers whether anybody reads it.
fn is_wanted(terminal: &OwnedFd, to: &OwnedFd) -> Result<bool, Errno> {
    loop {
        // That nobody reads any more is told unasked.
        let mut fds = [
            PollFd::new(terminal, PollFlags::IN),
            PollFd::new(to, PollFlags::empty()),
        ];
        match poll(&mut fds, None) {
            Ok(_) if !fds[1].revents().is_empty() => return Ok(false),
            Ok(_) if !fds[0].revents().is_empty() => return Ok(true),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error),
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

    use rustix::buffer::spare_capacity;
    use rustix::io::read;

    use super::super::pty::{Pty, Size};
    use super::*;

    fn begin(pty: &Pty) -> Ahead {
        Ahead::begin(pty.duplicate().unwrap()).expect("there is a thread to be had")
    }

    /// Reads the pipe until it has so many bytes, or ends.
    fn take(from: &Ahead, count: usize) -> Vec<u8> {
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
        let from = begin(&pty);
        let said: Vec<u8> = (0..200_000_u32).flat_map(|n| format!("{n} ").into_bytes()).collect();
        let writer = std::thread::spawn({
            let said = said.clone();
            move || write_all(&peer, &said).unwrap()
        });
        assert!(take(&from, said.len()) == said);
        writer.join().unwrap();
        assert_eq!(take(&from, 1), b"", "the child's end is closed");
        assert_eq!(from.failed(), None);
    }

    #[test]
    fn what_is_on_its_way_is_no_silence() {
        let (pty, peer) = Pty::open(Size::default(), None).unwrap();
        let from = begin(&pty);
        assert!(from.is_quiet(0));
        let writer = std::thread::spawn(move || {
            for _ in 0..2000 {
                write_all(&peer, b"word ").unwrap();
            }
            peer
        });
        // What was said is never forgotten while it moves, and what was read was said.
        let mut read = 0;
        while read < 10_000 {
            let said = from.said();
            assert!(said >= read, "{said} {read}");
            read += take(&from, 5).len() as u64;
            assert!(from.said() >= read);
        }
        let _peer = writer.join().unwrap();
        assert!(from.is_quiet(10_000) && !from.is_quiet(9_999));
        assert_eq!(from.said(), 10_000);
    }

    #[test]
    fn an_error_is_no_end() {
        // A folder can be opened, and not be read.
        let folder = OwnedFd::from(std::fs::File::open("/").unwrap());
        let from = Ahead::begin(folder).expect("there is a thread to be had");
        assert_eq!(take(&from, 1), b"");
        assert_eq!(from.failed(), Some(Errno::ISDIR));
    }

    #[test]
    fn a_terminal_that_nobody_reads_any_more_is_let_go() {
        let (pty, peer) = Pty::open(Size::default(), None).unwrap();
        let from = begin(&pty);
        drop((from, pty));
        // Whoever writes to a terminal without a host gets an error.
        let until = Instant::now() + Duration::from_secs(20);
        while write(&peer, b"x") != Err(Errno::IO) {
            assert!(Instant::now() < until, "the terminal is still held");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
