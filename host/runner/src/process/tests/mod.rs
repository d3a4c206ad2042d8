//! The parts together, with real processes. Each test runs in a process of its own, since the reaper waits for all
//! children and since signals and limits belong to a process.

mod job;
mod leftovers;
mod pipe;
mod terminal;

use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Pid;

use super::{
    Change, Child, ChildInput, Command, Ended, Mode, OutputStream, Reaper, Size, Spawned, StdinForwarder, spawn,
};

/// Far more than any of this takes; only a hang reaches it.
const LIMIT: Duration = Duration::from_secs(60);

fn shell(script: &str) -> Command {
    Command::new("sh", ["-c", script])
}

fn terminal() -> Mode {
    Mode::Pty {
        size: Size::default(),
        like: None,
    }
}

/// Reads a stream to its end, as text. It goes round the opaque type, which a test can't open either.
fn text(stream: &OutputStream) -> String {
    let mut bytes = Vec::new();
    loop {
        wait_for(stream, PollFlags::IN);
        let mut buffer = [0; 4096];
        match rustix::io::read(stream, &mut buffer) {
            Ok(0) | Err(rustix::io::Errno::IO) => return String::from_utf8(bytes).unwrap(),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Reads a stream until it holds `needle`.
fn until(stream: &OutputStream, needle: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(needle) {
        wait_for(stream, PollFlags::IN);
        let mut buffer = [0; 4096];
        let count = match rustix::io::read(stream, &mut buffer) {
            Ok(count) => count,
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => continue,
            Err(error) => panic!("{error} before {needle:?} in {seen:?}"),
        };
        assert!(count > 0, "the end came before {needle:?}: {seen:?}");
        seen.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
    seen
}

fn wait_for(fd: impl std::os::fd::AsFd, flags: PollFlags) {
    let limit = Timespec { tv_sec: 60, tv_nsec: 0 };
    let ready = rustix::io::retry_on_intr(|| poll(&mut [PollFd::new(&fd, flags)], Some(&limit))).unwrap();
    assert!(ready > 0, "nothing came");
}

/// Waits for a change of the child.
fn change(reaper: &mut Reaper, of: Pid) -> Change {
    let begun = Instant::now();
    loop {
        match reaper.next_change() {
            Some((pid, change)) if pid == of => return change,
            Some(_) => {}
            None => std::thread::sleep(Duration::from_millis(2)),
        }
        assert!(begun.elapsed() < LIMIT, "the child did not change");
    }
}

fn end(reaper: &mut Reaper, child: &Child) -> Ended {
    loop {
        if let Change::Ended(ended) = change(reaper, child.waited) {
            return ended;
        }
    }
}

/// Runs a script with nothing on standard input, and gives both outputs and the end.
fn run(script: &str, mode: Mode) -> (String, String, Ended) {
    let mut reaper = Reaper::install();
    let Spawned {
        child,
        input,
        output,
        errors,
    } = spawn(&shell(script), mode).unwrap();
    // A terminal keeps its input: the end of it would be a key.
    let _open = match child.pty {
        Some(_) => Some(input),
        None => {
            feed(input, b"");
            None
        }
    };
    let output = text(&output);
    let errors = errors.as_ref().map(text).unwrap_or_default();
    (output, errors, end(&mut reaper, &child))
}

/// Looks at /proc/PID/status. Signals 32 and 33 belong to the C library, which lets nobody change them.
fn assert_default_signals(status: &str) {
    for name in ["SigBlk:", "SigIgn:", "SigCgt:"] {
        let mask = status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
        assert_eq!(
            u64::from_str_radix(mask, 16).unwrap() & !(0b11 << 31),
            0,
            "{name} {mask}"
        );
    }
}

/// Gives the child this input and its end.
fn feed(input: ChildInput, bytes: &[u8]) -> StdinForwarder {
    let (reader, writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).unwrap();
    let mut forwarder = StdinForwarder::new(reader, input);
    assert!(bytes.len() <= 4096, "must fit into the pipe");
    rustix::io::write(&writer, bytes).unwrap();
    drop(writer);
    while let Some(source) = forwarder.readable_interest() {
        wait_for(source, PollFlags::IN);
        forwarder.on_readable().unwrap();
    }
    forwarder
}
