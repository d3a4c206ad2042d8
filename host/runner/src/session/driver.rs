//! The loop of a session: everything that can happen is waited for in one place, and handled by a function that
//! returns.

use std::os::fd::{AsFd as _, BorrowedFd};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cofferdam_model::Code;
use cofferdam_model::record::{Event, ProcessExited, SafeText};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;

use super::desk::Desk;
use super::drain::Drain;
use super::start::{OnFull, cut};
use super::stopping::Stopping;
use super::streams::{Book, Stream};
use super::warmth::Warmth;
use crate::process::{
    Cgroup, Change, Child, Ended, HostRemains, HostSignal, Leftovers, OuterTerminal, ReadOutcome, Reaper, Signals,
    StdinForwarder, Step, StreamError,
};
use crate::record::Health;

/// A session that has lasted so long gets a cgroup, where there is one to be had.
const SETTLED: Duration = Duration::from_millis(50);
/// How many bytes are read from the child at a time.
const READ: usize = 64 * 1024;

/// Everything that a running session consists of.
pub(super) struct Driver<'a> {
    pub(super) book: Book<'a>,
    pub(super) desk: Desk,
    pub(super) streams: Vec<Stream>,
    pub(super) stdin: StdinForwarder,
    pub(super) signals: Signals,
    pub(super) reaper: Reaper,
    pub(super) remains: HostRemains,
    pub(super) child: Child,
    pub(super) terminal: Option<OuterTerminal>,
    pub(super) on_full: OnFull,
    pub(super) grace: Duration,
    /// When a child that was asked to end is killed.
    pub(super) kill_at: Option<Instant>,
    /// The host is about to stop, as its child did.
    pub(super) stopping: Option<Stopping>,
    /// Whether guards were made ready for long texts.
    pub(super) warmth: Warmth,
}

/// How the loop ended.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// The child's own code, or 128 and its signal.
    pub(super) exit_code: Option<u8>,
    /// The child was ended by a signal that the host was told to pass on.
    pub(super) told: bool,
    /// SIGINT ended the child.
    pub(super) interrupted: bool,
    /// The reader of standard output left.
    pub(super) closed: bool,
    /// The host could not go on.
    pub(super) failure: Option<(Code, SafeText)>,
    /// Bytes that were forwarded to the child.
    pub(super) stdin_bytes: u64,
}

/// How far the session's end has come.
enum Phase {
    /// The child runs.
    Running,
    /// It ended; what it left is being ended.
    Leaving { leftovers: Leftovers, next: Instant },
    /// Nothing of it lives; the streams are read to their end, or until nothing more comes.
    Draining(Drain),
}

/// Whether the session has a cgroup.
enum Gather {
    /// It gets one then, if it still lasts.
    At(Instant),
    /// It has one, and its processes are being moved there.
    Begun(JoinHandle<()>),
    /// There is none to be had.
    Never,
}

/// What poll said, as plain flags, so that nothing stays borrowed while it is handled.
#[derive(Default)]
struct Ready {
    signals: bool,
    stdin_readable: bool,
    stdin_writable: bool,
    stdout: bool,
    stderr: bool,
    streams: [bool; 2],
}

impl<'a> Driver<'a> {
    /// Runs the session to its end.
    pub(super) fn run(mut self) -> (Book<'a>, Desk, Vec<Stream>, Signals, Ending) {
        let begun = Instant::now();
        let mut ending = Ending::default();
        let mut phase = Phase::Running;
        let mut passed_on = false;
        let mut gather = Gather::At(begun + SETTLED);
        while !self.is_over(&phase) {
            let ready = match self.wait(begun, &phase, &gather) {
                Ok(ready) => ready,
                Err(error) => {
                    let message = format!("the host could not wait for its session ({error}); nothing more is read");
                    ending.failure = Some((Code::Internal, SafeText::vouched(message)));
                    self.child.kill();
                    break;
                }
            };
            if let Err(error) = self.handle(&ready, begun) {
                // Where the host's own output fails, what the child writes has nowhere to go.
                ending
                    .failure
                    .get_or_insert((error.code(), SafeText::vouched(error.to_string())));
                self.stop_reading(begun);
                self.end_child();
            }
            if ready.signals {
                let asked = self.on_signals(begun);
                passed_on |= asked;
                if asked && matches!(phase, Phase::Draining(_)) {
                    // Nobody is left to pass it on to, so it is the host that doesn't wait for its reader any more.
                    self.stop_reading(begun);
                    self.book.outputs.abandon();
                }
            }
            while let Some((pid, change)) = self.reaper.next_change() {
                if pid != self.child.waited {
                    continue;
                }
                match change {
                    Change::Ended(ended) => {
                        self.stopping = None;
                        self.told(ended);
                        ending.exit_code = Some(ended.exit_code());
                        ending.interrupted = ended.is_interrupt();
                        ending.told = passed_on && matches!(ended, Ended::Signaled(_));
                        let now = Instant::now();
                        phase = Phase::Leaving {
                            leftovers: Leftovers::begin(now, self.grace),
                            next: now,
                        };
                    }
                    Change::Stopped(_) => self.on_child_stopped(),
                    // Whoever let it go on has no need for a host that stops.
                    Change::Continued => self.stopping = None,
                }
            }
            self.stop_with_child(begun);
            self.gather(&mut gather, &phase);
            if matches!(phase, Phase::Running) {
                self.warmth.keep(&self.book.guards, 0);
            }
            phase = self.leave(phase, ready.signals);
            if self.book.outputs.is_closed() && !ending.closed {
                ending.closed = true;
                self.stop_reading(begun);
                // In a pipe the child is told by the next thing that it writes, as in any pipeline.
                if self.child.pty.is_some() {
                    self.end_child();
                }
            }
            self.stop_where_due(&mut ending, begun);
            if matches!(phase, Phase::Running) && self.kill_at.is_some_and(|due| due <= Instant::now()) {
                self.child.kill();
                self.kill_at = None;
            }
        }
        for index in 0..self.streams.len() {
            self.streams[index].end(begun.elapsed(), &mut self.desk, &mut self.book);
        }
        if let Gather::Begun(thread) = gather {
            // It ends by itself; a host that ended before it would be waited for all the same.
            thread.join().ok();
        }
        ending.stdin_bytes = self.stdin.forwarded();
        let by_host = self.book.taken.blocked || self.book.fault.is_some() || ending.failure.is_some();
        if by_host {
            self.book.reporter.ended_by_host(&mut self.book.outputs);
        }
        self.book.outputs.flush(&mut self.signals);
        if let Some(terminal) = self.terminal.take().filter(|_| by_host) {
            terminal.discard_input();
        }
        (self.book, self.desk, self.streams, self.signals, ending)
    }

    /// How many bytes the child wrote, as far as they were read.
    pub(super) fn read_so_far(&self) -> u64 {
        self.streams.iter().map(Stream::taken).sum()
    }

    /// Whether what was written can't be read yet: what came before still waits for the host's own reader, or it is
    /// on its way.
    fn is_held_up(&self) -> bool {
        let mut open = self.streams.iter().filter(|stream| stream.source.is_some());
        open.any(|stream| self.is_full(stream) || !stream.is_quiet())
    }

    fn is_full(&self, stream: &Stream) -> bool {
        let outputs = &self.book.outputs;
        outputs.is_full(self.book.reporter.shown_on(stream.channel))
    }

    fn is_over(&self, phase: &Phase) -> bool {
        let read = self.streams.iter().all(|stream| stream.source.is_none());
        match phase {
            Phase::Running | Phase::Leaving { .. } => false,
            Phase::Draining(drain) => read || Instant::now() >= drain.until(),
        }
    }

    fn wait(&self, begun: Instant, phase: &Phase, gather: &Gather) -> Result<Ready, rustix::io::Errno> {
        let outputs = &self.book.outputs;
        let mut fds: Vec<(Source, BorrowedFd<'_>, PollFlags)> =
            vec![(Source::Signals, self.signals.as_fd(), PollFlags::IN)];
        fds.extend(
            self.stdin
                .readable_interest()
                .map(|fd| (Source::StdinReadable, fd, PollFlags::IN)),
        );
        fds.extend(
            self.stdin
                .writable_interest()
                .map(|fd| (Source::StdinWritable, fd, PollFlags::OUT)),
        );
        fds.extend(outputs.stdout.interest().map(|fd| (Source::Stdout, fd, PollFlags::OUT)));
        fds.extend(outputs.stderr.interest().map(|fd| (Source::Stderr, fd, PollFlags::OUT)));
        for (index, stream) in self.streams.iter().enumerate() {
            if self.is_full(stream) {
                continue;
            }
            let source = stream.source.as_ref();
            fds.extend(source.map(|source| (Source::Stream(index), source.as_fd(), PollFlags::IN)));
        }
        let mut polled: Vec<PollFd<'_>> = fds
            .iter()
            .map(|(_, fd, flags)| PollFd::from_borrowed_fd(*fd, *flags))
            .collect();
        let timeout = self.timeout(begun, phase, gather).map(|time| Timespec {
            tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: time.subsec_nanos().into(),
        });
        match poll(&mut polled, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error),
        }
        let mut ready = Ready::default();
        for ((source, _, _), polled) in fds.iter().zip(&polled) {
            if polled.revents().is_empty() {
                continue;
            }
            match source {
                Source::Signals => ready.signals = true,
                Source::StdinReadable => ready.stdin_readable = true,
                Source::StdinWritable => ready.stdin_writable = true,
                Source::Stdout => ready.stdout = true,
                Source::Stderr => ready.stderr = true,
                Source::Stream(index) => ready.streams[*index] = true,
            }
        }
        Ok(ready)
    }

    fn timeout(&self, begun: Instant, phase: &Phase, gather: &Gather) -> Option<Duration> {
        let now = Instant::now();
        let phase = match phase {
            Phase::Running => None,
            Phase::Leaving { next, .. } => Some(*next),
            Phase::Draining(drain) => Some(drain.until()),
        };
        let guards = self
            .streams
            .iter()
            .filter_map(|stream| stream.next_timeout(now.duration_since(begun)))
            .map(|due| begun + due);
        let gather = match (gather, phase) {
            (Gather::At(due), None) => Some(*due),
            (Gather::At(_), Some(_)) | (Gather::Begun(_) | Gather::Never, _) => None,
        };
        let warm = self.warmth.due().filter(|_| phase.is_none());
        phase
            .into_iter()
            .chain(gather)
            .chain(warm)
            .chain(self.kill_at)
            .chain(self.stopping.map(Stopping::until))
            .chain(guards)
            .min()
            .map(|due| due.saturating_duration_since(now))
    }

    fn handle(&mut self, ready: &Ready, begun: Instant) -> Result<(), StreamError> {
        if ready.stdout {
            self.book.outputs.stdout.on_writable()?;
        }
        if ready.stderr {
            self.book.outputs.stderr.on_writable()?;
        }
        for index in 0..self.streams.len() {
            if ready.streams[index] {
                self.read(index, begun)?;
            }
            let now = begun.elapsed();
            self.streams[index].on_time(now, &mut self.desk, &mut self.book);
        }
        // Where no input can be had, the child is told that there is none; its output is none the worse.
        if ready.stdin_readable
            && let Err(error) = self.stdin.on_readable()
        {
            tracing::warn!(%error, "standard input is closed");
            self.stdin.close();
        }
        if ready.stdin_writable
            && let Err(error) = self.stdin.on_writable()
        {
            tracing::warn!(%error, "standard input is closed");
            self.stdin.close();
        }
        Ok(())
    }

    fn read(&mut self, index: usize, begun: Instant) -> Result<(), StreamError> {
        let stream = &mut self.streams[index];
        let budget = stream.budget(READ);
        let Some(source) = &mut stream.source else {
            return Ok(());
        };
        let outcome = source.read(budget)?;
        if let ReadOutcome::Bytes(raw) = &outcome {
            self.warmth.keep(&self.book.guards, raw.len());
        }
        let now = begun.elapsed();
        match outcome {
            ReadOutcome::Bytes(raw) => stream.push(raw, now, &mut self.desk, &mut self.book),
            ReadOutcome::WouldBlock => {}
            ReadOutcome::Eof => stream.end(now, &mut self.desk, &mut self.book),
        }
        Ok(())
    }

    /// Answers whether a signal that asks for the end was passed on.
    fn on_signals(&mut self, begun: Instant) -> bool {
        let mut asked = false;
        for signal in self.signals.take() {
            match signal {
                HostSignal::ChildChanged => {}
                HostSignal::WindowChanged => self.resize(begun),
                HostSignal::Stop => {
                    self.child.forward(HostSignal::Stop);
                    self.stop_soon();
                }
                HostSignal::Continue => {
                    self.stopping = None;
                    if let Some(terminal) = &mut self.terminal {
                        terminal.raw().ok();
                    }
                    self.resize(begun);
                    self.child.resume();
                }
                HostSignal::Interrupt | HostSignal::Quit | HostSignal::Terminate | HostSignal::HangUp => {
                    asked = true;
                    self.child.forward(signal);
                }
                HostSignal::User1 | HostSignal::User2 => self.child.forward(signal),
            }
        }
        asked
    }

    fn resize(&mut self, begun: Instant) {
        let size = self.terminal.as_ref().and_then(OuterTerminal::size);
        // What was written by now was written for the size before.
        let said: Vec<u64> = self.streams.iter().map(Stream::said).collect();
        if let (Some(pty), Some(size)) = (&self.child.pty, size)
            && pty.resize(size).is_ok()
        {
            for (stream, said) in self.streams.iter_mut().zip(said) {
                stream.resize(size, said, begun.elapsed(), &mut self.desk, &mut self.book);
            }
        }
    }

    fn told(&mut self, ended: Ended) {
        let exited = match ended {
            Ended::Exited(code) => ProcessExited {
                code: Some(code.into()),
                signal: None,
            },
            Ended::Signaled(signal) => ProcessExited {
                code: None,
                signal: Some(signal),
            },
        };
        self.book.event(Event::ProcessExited(exited));
    }

    /// Gives a session that lasts its cgroup.
    fn gather(&mut self, gather: &mut Gather, phase: &Phase) {
        let is_due = matches!(gather, Gather::At(due) if *due <= Instant::now()) && matches!(phase, Phase::Running);
        if is_due {
            let cgroup = Cgroup::create().ok();
            let begun = cgroup.and_then(|cgroup| self.remains.gather(cgroup).ok());
            *gather = begun.map_or(Gather::Never, Gather::Begun);
        }
    }

    /// Ends what the child left behind. Between its deadlines only the end of a process can change anything.
    fn leave(&mut self, phase: Phase, woken: bool) -> Phase {
        let now = Instant::now();
        let (mut leftovers, next) = match phase {
            Phase::Leaving { leftovers, next } => (leftovers, next),
            Phase::Running => return phase,
            Phase::Draining(drain) => return Phase::Draining(drain.step(now, self.read_so_far(), self.is_held_up())),
        };
        if now < next && !woken {
            return Phase::Leaving { leftovers, next };
        }
        match leftovers.step(now, &mut self.remains) {
            Step::Wait(next) => Phase::Leaving { leftovers, next },
            Step::Done(counts) => {
                if counts.found > 0 {
                    let killed = counts.killed > 0;
                    let signal = if killed { Signal::KILL } else { Signal::TERM };
                    let count = u32::try_from(counts.found).unwrap_or(u32::MAX);
                    self.book.event(Event::LeftoverEnded {
                        count,
                        signal: signal.as_raw(),
                    });
                }
                Phase::Draining(Drain::begin(now, self.read_so_far()))
            }
        }
    }

    fn stop_where_due(&mut self, ending: &mut Ending, begun: Instant) {
        let is_cut = self.book.recorder.health() != Health::Whole;
        if is_cut && self.on_full == OnFull::Stop && ending.failure.is_none() {
            ending.failure = Some(cut());
            self.stop_reading(begun);
            self.child.kill();
        }
        if (self.book.taken.blocked || self.book.fault.is_some())
            && self.streams.iter().any(|stream| stream.source.is_some())
        {
            self.child.kill();
            self.stop_reading(begun);
        }
    }

    /// Asks the child to end, and kills it when it doesn't within the grace.
    fn end_child(&mut self) {
        if self.kill_at.is_none() {
            self.child.forward(HostSignal::HangUp);
            self.child.forward(HostSignal::Terminate);
            self.kill_at = Some(Instant::now() + self.grace);
        }
    }

    fn stop_reading(&mut self, begun: Instant) {
        for stream in &mut self.streams {
            stream.end(begun.elapsed(), &mut self.desk, &mut self.book);
        }
        self.stdin.close();
    }
}

enum Source {
    Signals,
    StdinReadable,
    StdinWritable,
    Stdout,
    Stderr,
    Stream(usize),
}
