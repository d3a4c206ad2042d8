//! Signals to the host, as something that poll can wait for.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::pipe::{PipeFlags, pipe_with};
use signal_hook::SigId;
use signal_hook::consts as number;
use signal_hook::low_level::{pipe, unregister};

/// A signal that the host acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostSignal {
    /// SIGINT.
    Interrupt,
    /// SIGQUIT.
    Quit,
    /// SIGTERM.
    Terminate,
    /// SIGHUP.
    HangUp,
    /// SIGUSR1.
    User1,
    /// SIGUSR2.
    User2,
    /// SIGWINCH: the terminal outside has a new size.
    WindowChanged,
    /// SIGTSTP: the host is asked to stop.
    Stop,
    /// SIGCONT: the host goes on after a stop.
    Continue,
    /// SIGCHLD: a child ended, stopped or went on.
    ChildChanged,
}

impl HostSignal {
    /// All of them, in the order in which they are told when several came.
    const ALL: [(Self, i32); 10] = [
        (Self::Continue, number::SIGCONT),
        (Self::ChildChanged, number::SIGCHLD),
        (Self::WindowChanged, number::SIGWINCH),
        (Self::User1, number::SIGUSR1),
        (Self::User2, number::SIGUSR2),
        (Self::Interrupt, number::SIGINT),
        (Self::Quit, number::SIGQUIT),
        (Self::HangUp, number::SIGHUP),
        (Self::Terminate, number::SIGTERM),
        (Self::Stop, number::SIGTSTP),
    ];

    /// Whether whoever sent it wants the host to end.
    pub fn asks_for_the_end(self) -> bool {
        match self {
            Self::Interrupt | Self::Quit | Self::Terminate | Self::HangUp => true,
            Self::User1 | Self::User2 | Self::WindowChanged | Self::Stop | Self::Continue | Self::ChildChanged => false,
        }
    }

    /// Whether a caller that ignores it (`nohup`, a shell without job control) means it to stay ignored.
    fn may_stay_ignored(self) -> bool {
        match self {
            Self::Interrupt | Self::Quit | Self::Terminate | Self::HangUp | Self::User1 | Self::User2 | Self::Stop => {
                true
            }
            Self::WindowChanged | Self::Continue | Self::ChildChanged => false,
        }
    }
}

/// The signals that came since the last look. Readable when there are some.
pub struct Signals {
    reader: OwnedFd,
    flags: Vec<(HostSignal, Arc<AtomicBool>)>,
    ids: Vec<SigId>,
}

impl Signals {
    /// Catches the host's signals until dropped. SIGPIPE is ignored already: Rust's runtime does so at the start.
    pub fn install() -> io::Result<Self> {
        let (reader, writer) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        let ignored = ignored_signals();
        let mut signals = Self {
            reader,
            flags: Vec::new(),
            ids: Vec::new(),
        };
        for (signal, number) in HostSignal::ALL {
            if signal.may_stay_ignored() && ignored & (1 << (number - 1)) != 0 {
                continue;
            }
            let flag = Arc::new(AtomicBool::new(false));
            // Actions run in this order, so that the flag is up when the pipe wakes the host.
            signals
                .ids
                .push(signal_hook::flag::register(number, Arc::clone(&flag))?);
            signals.ids.push(pipe::register(number, writer.try_clone()?)?);
            signals.flags.push((signal, flag));
        }
        Ok(signals)
    }

    /// Takes what came: each signal at most once, however often it came.
    pub fn take(&mut self) -> Vec<HostSignal> {
        // The pipe is emptied first: a signal after that wakes the host again.
        let mut bytes = [0; 64];
        while rustix::io::read(&self.reader, &mut bytes).is_ok_and(|count| count > 0) {}
        self.flags
            .iter()
            .filter(|(_, flag)| flag.swap(false, Ordering::SeqCst))
            .map(|(signal, _)| *signal)
            .collect()
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.ids.drain(..) {
            unregister(id);
        }
    }
}

/// The mask of signals that the caller of the host ignores; none where /proc doesn't say.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process::{Signal, getpid, kill_process};

    use super::*;
    use crate::process::testing::{inner, is_inner, isolated};

    #[test]
    fn a_signal_wakes_poll_and_is_told_once() {
        isolated(
            concat!(module_path!(), "::a_signal_wakes_poll_and_is_told_once"),
            || {
                let mut signals = Signals::install().unwrap();
                assert_eq!(signals.take(), []);
                kill_process(getpid(), Signal::USR1).unwrap();
                kill_process(getpid(), Signal::TERM).unwrap();
                poll(&mut [PollFd::new(&signals, PollFlags::IN)], None).unwrap();
                let mut came = Vec::new();
                while came.len() < 2 {
                    came.extend(signals.take());
                }
                assert_eq!(came, [HostSignal::User1, HostSignal::Terminate]);
                assert_eq!(signals.take(), []);
            },
        );
    }

    #[test]
    fn what_the_caller_ignores_stays_ignored() {
        let test = concat!(module_path!(), "::what_the_caller_ignores_stays_ignored");
        if !is_inner() {
            let output = inner("nohup", test).output().unwrap();
            return assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
        let mut signals = Signals::install().unwrap();
        // Would end this process if it weren't ignored, and would be told if it were caught.
        kill_process(getpid(), Signal::HUP).unwrap();
        kill_process(getpid(), Signal::TERM).unwrap();
        poll(&mut [PollFd::new(&signals, PollFlags::IN)], None).unwrap();
        assert_eq!(signals.take(), [HostSignal::Terminate]);
    }
}
