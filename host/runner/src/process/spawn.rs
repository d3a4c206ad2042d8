//! Starting a child: its streams, its session, its limits.

use std::os::fd::OwnedFd;
use std::process::Stdio;

use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal, getpid, kill_process, kill_process_group};
use rustix::termios::Termios;

use super::command::{Command, resolve};
use super::enter::Entry;
use super::error::{SpawnError, errno};
use super::host::mark_descriptors;
use super::pty::{Pty, Size, set_nonblocking};
use super::signals::HostSignal;
use super::stdin::ChildInput;
use super::stream::OutputStream;

/// How a child is connected.
pub enum Mode {
    /// Three pipes, and no terminal at all.
    Pipe,
    /// A terminal of its own.
    Pty {
        /// Its size at the start.
        size: Size,
        /// The attributes of the terminal outside, taken before that was made raw; the system's where there is none.
        like: Option<Termios>,
    },
}

/// A running child: who it is, and how to signal it.
pub struct Child {
    /// The command's process, which leads the group that signals go to.
    pub pid: Pid,
    /// The process whose end the [`Reaper`](super::Reaper) reports as the child's: in a terminal the monitor above the
    /// command, which stops and ends as the command does.
    pub waited: Pid,
    /// The terminal, in PTY mode. Dropping it hangs the terminal up, a moment after the streams are dropped too.
    pub pty: Option<Pty>,
}

/// What a start gives.
pub struct Spawned {
    /// The child itself.
    pub child: Child,
    /// Where standard input goes.
    pub input: ChildInput,
    /// What the child writes: standard output, or in a terminal everything.
    pub output: OutputStream,
    /// Standard error, where it is apart.
    pub errors: Option<OutputStream>,
}

/// Starts a command. Call it from a thread that outlives the session: when that thread ends, the child is hung up.
///
/// The child leads a new session, has no descriptor above 2, and default signals.
pub fn spawn(command: &Command, mode: Mode) -> Result<Spawned, SpawnError> {
    let cwd = match &command.cwd {
        Some(folder) => folder.clone(),
        None => std::env::current_dir().map_err(|error| SpawnError::Directory(errno(&error)))?,
    };
    rustix::fs::access(&cwd, rustix::fs::Access::EXEC_OK).map_err(SpawnError::Directory)?;
    let file = resolve(&command.program, command.path().as_deref(), &cwd)?;

    let mut builder = std::process::Command::new(file);
    std::os::unix::process::CommandExt::arg0(&mut builder, &command.program);
    builder.args(&command.args).current_dir(&cwd);
    for (name, value) in &command.env {
        match value {
            Some(value) => builder.env(name, value),
            None => builder.env_remove(name),
        };
    }

    let streams = Streams::connect(&mut builder, mode)?;
    let (told, report) = pipe()?;
    let terminal = streams.pty.is_some();
    Entry {
        host: getpid(),
        terminal,
        report,
    }
    .install(&mut builder);
    mark_descriptors();
    // The process is waited for by the reaper, which waits for all; the library's handle does neither wait nor kill.
    let process = builder.spawn().map_err(|error| refusal(&error))?;
    let waited = Pid::from_child(&process);
    // The child's ends are closed here, so that the last writer's end is seen, and so that the read below can't hang.
    drop(builder);
    let pid = read_pid(&told).unwrap_or(waited);
    let Streams {
        input,
        output,
        errors,
        pty,
    } = streams;
    let output = if terminal {
        OutputStream::ahead(output)
    } else {
        OutputStream::new(output)
    };
    Ok(Spawned {
        child: Child { pid, waited, pty },
        input,
        output,
        errors,
    })
}

impl Child {
    /// Passes a signal that the host got to the processes that would have got it without the host between.
    ///
    /// In a terminal, what keys send goes to the foreground, as does a hang-up; the rest goes to the command's group.
    /// A stop is a SIGSTOP: the stop that can be caught has no effect on a group without a parent in its session. Don't
    /// wait for it to be reported: a shell that is just starting a program stops before it can say so.
    pub fn forward(&self, signal: HostSignal) {
        let front = self.pty.as_ref().and_then(Pty::foreground);
        let key = |signal| self.signal_group(front.unwrap_or(self.pid), signal);
        match signal {
            HostSignal::Interrupt => key(Signal::INT),
            HostSignal::Quit => key(Signal::QUIT),
            HostSignal::Terminate => self.signal_all(front, Signal::TERM),
            HostSignal::HangUp => self.signal_all(front, Signal::HUP),
            HostSignal::User1 => self.signal_group(self.pid, Signal::USR1),
            HostSignal::User2 => self.signal_group(self.pid, Signal::USR2),
            HostSignal::Stop => self.signal_all(front, Signal::STOP),
            HostSignal::Continue => self.resume(),
            HostSignal::WindowChanged | HostSignal::ChildChanged => {}
        }
    }

    /// Lets a stopped child go on.
    pub fn resume(&self) {
        kill_process(self.waited, Signal::CONT).ok();
        self.signal_all(self.pty.as_ref().and_then(Pty::foreground), Signal::CONT);
    }

    /// Ends the command's group and the terminal's foreground at once, for a session that is blocked.
    pub fn kill(&self) {
        self.signal_all(self.pty.as_ref().and_then(Pty::foreground), Signal::KILL);
    }

    fn signal_all(&self, front: Option<Pid>, signal: Signal) {
        if let Some(front) = front.filter(|&front| front != self.pid) {
            self.signal_group(front, signal);
        }
        self.signal_group(self.pid, signal);
    }

    /// A group that is gone has nobody left to tell.
    fn signal_group(&self, group: Pid, signal: Signal) {
        kill_process_group(group, signal).ok();
    }
}

struct Streams {
    input: ChildInput,
    output: OwnedFd,
    errors: Option<OutputStream>,
    pty: Option<Pty>,
}

impl Streams {
    fn connect(builder: &mut std::process::Command, mode: Mode) -> Result<Self, SpawnError> {
        match mode {
            Mode::Pipe => {
                let (child_in, input) = pipe()?;
                let (output, child_out) = pipe()?;
                let (errors, child_err) = pipe()?;
                for ours in [&input, &output, &errors] {
                    set_nonblocking(ours).map_err(SpawnError::Start)?;
                }
                builder
                    .stdin(Stdio::from(child_in))
                    .stdout(Stdio::from(child_out))
                    .stderr(Stdio::from(child_err));
                Ok(Self {
                    input: ChildInput::pipe(input),
                    output,
                    errors: Some(OutputStream::new(errors)),
                    pty: None,
                })
            }
            Mode::Pty { size, like } => {
                let (pty, peer) = Pty::open(size, like.as_ref())?;
                let twice = |fd: &OwnedFd| fd.try_clone().map_err(|error| SpawnError::Start(errno(&error)));
                builder
                    .stdin(Stdio::from(twice(&peer)?))
                    .stdout(Stdio::from(twice(&peer)?))
                    .stderr(Stdio::from(peer));
                let ours = || pty.duplicate().map_err(SpawnError::Start);
                Ok(Self {
                    input: ChildInput::terminal(ours()?),
                    output: ours()?,
                    errors: None,
                    pty: Some(pty),
                })
            }
        }
    }
}

fn pipe() -> Result<(OwnedFd, OwnedFd), SpawnError> {
    pipe_with(PipeFlags::CLOEXEC).map_err(SpawnError::Start)
}

fn read_pid(from: &OwnedFd) -> Option<Pid> {
    let mut bytes = [0; 4];
    let count = rustix::io::retry_on_intr(|| rustix::io::read(from, &mut bytes)).ok()?;
    (count == bytes.len())
        .then(|| Pid::from_raw(i32::from_ne_bytes(bytes)))
        .flatten()
}

/// The file was found, so what exec says of it means "not executable"; a lack of processes or memory is another matter.
fn refusal(error: &std::io::Error) -> SpawnError {
    let exec = [
        Errno::ACCESS,
        Errno::NOENT,
        Errno::NOEXEC,
        Errno::NOTDIR,
        Errno::LOOP,
        Errno::TOOBIG,
        Errno::TXTBSY,
        Errno::ISDIR,
        Errno::LIBBAD,
        Errno::PERM,
        Errno::INVAL,
    ];
    let number = errno(error);
    if exec.contains(&number) {
        SpawnError::Exec(number)
    } else {
        SpawnError::Start(number)
    }
}
