//! The leader of a terminal's session: a process between the host and the command.
//!
//! A stop key (Ctrl-Z) stops nothing in a process group whose members all have their parents outside of the session.
//! So the command gets a parent inside: it leads the session, waits for the command, stops when the command stops
//! (which the host sees), and ends as the command ended. It is a fork that never executes anything, and makes only
//! system calls.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{
    Pid, Signal, WaitOptions, WaitStatus, getpid, kill_process, kill_process_group, setpgid, waitpid,
};
use rustix::termios::{tcgetpgrp, tcsetpgrp};

use super::enter::die_with;

/// Splits the calling session leader, whose standard input is the session's terminal. It returns only in the child,
/// which leads the terminal's foreground group.
#[allow(unsafe_code)]
pub(crate) fn split(host: Pid) -> io::Result<()> {
    die_with(host, Signal::KILL)?;
    let (gate, opener) = pipe_with(PipeFlags::CLOEXEC)?;
    // SAFETY: this process is itself a fork with one thread; both sides make only system calls until exec or exit.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            drop(opener);
            // Waits until the terminal is ours: taking it from the background would stop this process.
            let opened = rustix::io::read(&gate, &mut [0])?;
            if opened == 1 {
                Ok(())
            } else {
                Err(rustix::io::Errno::NOTTY.into())
            }
        }
        child => watch(Pid::from_raw(child), opener),
    }
}

fn watch(child: Option<Pid>, opener: OwnedFd) -> ! {
    // Keys and background writes concern the command alone; a hang-up ends the monitor, and with it the session.
    for signal in [
        libc::SIGINT,
        libc::SIGQUIT,
        libc::SIGTSTP,
        libc::SIGTTIN,
        libc::SIGTTOU,
        libc::SIGPIPE,
    ] {
        set(signal, libc::SIG_IGN);
    }
    let Some(child) = child else { exit(125) };
    name();
    let ready = setpgid(Some(child), Some(child)).is_ok() && tcsetpgrp(rustix::stdio::stdin(), child).is_ok();
    if ready {
        rustix::io::write(&opener, b"1").ok();
    }
    close_from(3, opener.as_raw_fd());
    drop(opener);
    loop {
        match waitpid(Some(child), WaitOptions::UNTRACED) {
            Ok(Some((_, status))) if status.stopped() => stop(child),
            Ok(Some((_, status))) => end(status),
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => exit(125),
        }
    }
}

/// Stops as the command has stopped; when the host says to go on, so does whoever has the terminal.
fn stop(child: Pid) {
    kill_process(getpid(), Signal::STOP).ok();
    if let Ok(front) = tcgetpgrp(rustix::stdio::stdin()) {
        kill_process_group(front, Signal::CONT).ok();
    }
    kill_process_group(child, Signal::CONT).ok();
}

/// Ends as the command ended.
#[allow(unsafe_code)]
fn end(status: WaitStatus) -> ! {
    if let Some(signal) = status.terminating_signal() {
        set(signal, libc::SIG_DFL);
        // SAFETY: a system call on this process; a signal that does not end it falls through to the exit below.
        unsafe { libc::kill(libc::getpid(), signal) };
        exit(128 + signal);
    }
    exit(status.exit_status().unwrap_or(125));
}

#[allow(unsafe_code)]
fn set(signal: libc::c_int, disposition: libc::sighandler_t) {
    // SAFETY: a system call that changes one disposition.
    unsafe { libc::signal(signal, disposition) };
}

/// Tells it from the host in lists of processes.
#[allow(unsafe_code)]
fn name() {
    // SAFETY: a system call that copies at most 16 bytes of a constant that ends in a zero.
    unsafe { libc::prctl(libc::PR_SET_NAME, c"cofferdam-tty".as_ptr()) };
}

/// Closes what the fork took along, the pipe on which the standard library waits for exec above all.
#[allow(unsafe_code)]
fn close_from(first: libc::c_int, keep: libc::c_int) {
    // SAFETY: system calls. The process uses no descriptor above 2 any more but `keep`, which is spared for its owner.
    unsafe {
        if keep > first {
            libc::syscall(libc::SYS_close_range, first, keep - 1, 0);
        }
        libc::syscall(libc::SYS_close_range, keep.max(first - 1) + 1, libc::c_int::MAX, 0);
    }
}

#[allow(unsafe_code)]
fn exit(code: i32) -> ! {
    // SAFETY: ends the process without running what the host registered for its own end.
    unsafe { libc::_exit(code) }
}
