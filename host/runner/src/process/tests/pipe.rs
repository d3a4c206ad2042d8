//! Children behind pipes.

use std::os::unix::fs::PermissionsExt;

use rustix::event::PollFlags;
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::{FdFlags, fcntl_setfd};

use super::*;
use crate::process::testing::{inner, is_inner, isolated};
use crate::process::{HostSignal, OutputSink, ReadOutcome, SpawnError, harden};

macro_rules! alone {
    ($name:ident, $body:block) => {
        #[test]
        fn $name() {
            isolated(concat!(module_path!(), "::", stringify!($name)), || $body);
        }
    };
}

alone!(outputs_are_apart_and_the_code_is_the_childs, {
    let (output, errors, ended) = run("echo out; echo err >&2; exit 7", Mode::Pipe);
    assert_eq!(
        (output.as_str(), errors.as_str(), ended),
        ("out\n", "err\n", Ended::Exited(7))
    );
});

alone!(there_is_no_terminal, {
    let (output, _, _) = run(
        "(exec 3</dev/tty) 2>/dev/null && echo yes || echo no; ps -o sid= -p $$ 2>/dev/null",
        Mode::Pipe,
    );
    assert!(output.starts_with("no\n"), "{output:?}");
});

alone!(the_child_leads_a_session_of_its_own, {
    let mut reaper = Reaper::install();
    let started = spawn(&shell("read line; exit 0"), Mode::Pipe).unwrap();
    assert_eq!(
        rustix::process::getsid(Some(started.child.pid)).unwrap(),
        started.child.pid
    );
    assert_eq!(
        rustix::process::getpgid(Some(started.child.pid)).unwrap(),
        started.child.pid
    );
    feed(started.input, b"go\n");
    assert_eq!(end(&mut reaper, &started.child), Ended::Exited(0));
});

alone!(nothing_above_descriptor_two_is_inherited, {
    let left_open = std::fs::File::open("/dev/null").unwrap();
    fcntl_setfd(&left_open, FdFlags::empty()).unwrap();
    // What the shell has, not what the tool that lists it has.
    let (output, _, _) = run("ls -1 /proc/$$/fd; true", Mode::Pipe);
    assert_eq!(output, "0\n1\n2\n");
});

alone!(there_are_no_core_dumps, {
    harden();
    let (output, _, ended) = run("ulimit -c; ulimit -H -c; kill -SEGV $$", Mode::Pipe);
    assert_eq!((output.as_str(), ended), ("0\n0\n", Ended::Signaled(11)));
    assert_eq!(ended.exit_code(), 139);
});

alone!(a_child_of_a_hardened_host_reads_its_own_proc, {
    harden();
    let (output, errors, _) = run("cat /proc/self/environ >/dev/null && echo yes", Mode::Pipe);
    assert_eq!((output.as_str(), errors.as_str()), ("yes\n", ""));
});

alone!(signals_have_their_defaults_and_none_is_blocked, {
    let _signals = crate::process::Signals::install().unwrap();
    let (output, _, _) = run("cat /proc/self/status", Mode::Pipe);
    assert_default_signals(&output);
});

#[test]
fn what_the_host_was_told_to_ignore_the_child_does_not() {
    let test = concat!(module_path!(), "::what_the_host_was_told_to_ignore_the_child_does_not");
    if is_inner() {
        for mode in [Mode::Pipe, terminal()] {
            assert_default_signals(&run("cat /proc/self/status", mode).0);
        }
        return;
    }
    let output = inner("nohup", test).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

alone!(an_end_of_input_comes_at_once, {
    let (output, _, ended) = run("cat; echo done", Mode::Pipe);
    assert_eq!((output.as_str(), ended), ("done\n", Ended::Exited(0)));
});

alone!(input_is_forwarded_and_counted, {
    let mut reaper = Reaper::install();
    let started = spawn(&shell("tr a-z A-Z"), Mode::Pipe).unwrap();
    let forwarder = feed(started.input, b"hello\n");
    assert_eq!(forwarder.forwarded(), 6);
    assert_eq!(text(&started.output), "HELLO\n");
    assert_eq!(end(&mut reaper, &started.child), Ended::Exited(0));
});

alone!(a_child_that_does_not_read_bounds_what_waits, {
    let mut reaper = Reaper::install();
    let started = spawn(&shell("sleep 60"), Mode::Pipe).unwrap();
    let (pid, waited) = (started.child.pid, started.child.waited);
    let zero = std::fs::File::open("/dev/zero").unwrap();
    let mut forwarder = StdinForwarder::new(zero.into(), started.input);
    let mut rounds = 0;
    while forwarder.readable_interest().is_some() {
        forwarder.on_readable().unwrap();
        rounds += 1;
        assert!(rounds < 1000, "it takes without end");
    }
    assert!(forwarder.writable_interest().is_some());
    let pipe = forwarder.forwarded();
    forwarder.on_writable().unwrap();
    assert_eq!(forwarder.forwarded(), pipe, "a full pipe is left alone");
    rustix::process::kill_process_group(pid, rustix::process::Signal::KILL).unwrap();
    assert_eq!(change(&mut reaper, waited), Change::Ended(Ended::Signaled(9)));
    wait_for(forwarder.writable_interest().unwrap(), PollFlags::OUT);
    forwarder.on_writable().unwrap();
    assert!(forwarder.readable_interest().is_none() && forwarder.writable_interest().is_none());
});

alone!(signals_are_forwarded_to_the_group, {
    let (alone, group) = ("echo ready; exec sleep 60", "(echo ready; exec sleep 60); echo late");
    let cases = [
        (HostSignal::Terminate, group, 143),
        (HostSignal::HangUp, group, 129),
        (HostSignal::Interrupt, alone, 130),
    ];
    for (signal, script, code) in cases {
        let mut reaper = Reaper::install();
        let started = spawn(&shell(script), Mode::Pipe).unwrap();
        until(&started.output, "ready");
        started.child.forward(signal);
        assert_eq!(end(&mut reaper, &started.child).exit_code(), code);
        assert_eq!(text(&started.output), "", "the sleep is gone too");
    }
});

alone!(a_stop_and_going_on_are_seen, {
    let mut reaper = Reaper::install();
    let started = spawn(&shell("echo ready; exec sleep 60"), Mode::Pipe).unwrap();
    until(&started.output, "ready");
    started.child.forward(HostSignal::Stop);
    assert!(matches!(change(&mut reaper, started.child.waited), Change::Stopped(_)));
    started.child.forward(HostSignal::Continue);
    assert_eq!(change(&mut reaper, started.child.waited), Change::Continued);
    started.child.kill();
    assert_eq!(end(&mut reaper, &started.child), Ended::Signaled(9));
});

alone!(a_slow_reader_loses_nothing_and_memory_is_bounded, {
    const TOTAL: usize = 20_000_000;
    const MOST: usize = 128 * 1024;
    let mut reaper = Reaper::install();
    let mut started = spawn(&shell(&format!("head -c {TOTAL} /dev/zero")), Mode::Pipe).unwrap();
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let mut sink = OutputSink::over(&writer).unwrap();
    drop(writer);
    let (mut from_child, mut taken, mut most, mut ended) = (0, 0, 0, false);
    while !(ended && sink.queued() == 0) {
        if !ended && sink.queued() < MOST {
            match started.output.read(64 * 1024).unwrap() {
                ReadOutcome::Bytes(raw) => {
                    from_child += raw.len();
                    sink.push(&vec![0; raw.len()]);
                }
                ReadOutcome::WouldBlock => wait_for(&started.output, PollFlags::IN),
                ReadOutcome::Eof => ended = true,
            }
        }
        most = most.max(sink.queued());
        sink.on_writable().unwrap();
        let mut slowly = [0; 5000];
        if sink.queued() > 0 {
            taken += rustix::io::read(&reader, &mut slowly).unwrap();
        }
    }
    drop(sink);
    loop {
        let mut rest = [0; 65536];
        match rustix::io::read(&reader, &mut rest).unwrap() {
            0 => break,
            count => taken += count,
        }
    }
    assert_eq!((from_child, taken), (TOTAL, TOTAL));
    assert!(most <= MOST + 64 * 1024, "{most}");
    assert_eq!(end(&mut reaper, &started.child), Ended::Exited(0));
});

alone!(what_cannot_be_executed_is_told_with_its_code, {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8], mode: u32| {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        file
    };
    let cases = [
        (folder.path().join("gone"), 127),
        (write("plain", b"#!/bin/sh\n", 0o644), 126),
        (write("broken", b"#!/no/such/interpreter\n", 0o755), 126),
        (folder.path().to_path_buf(), 126),
    ];
    for (file, code) in cases {
        for mode in [Mode::Pipe, terminal()] {
            let error = spawn(&Command::new(&file, [""; 0]), mode).err().unwrap();
            assert_eq!(error.exit_code(), code, "{error}");
            assert!(!error.to_string().contains(folder.path().to_str().unwrap()), "{error}");
        }
    }
    assert!(
        Reaper::install().next_change().is_none(),
        "nothing was left to wait for"
    );
});

alone!(a_directory_that_is_gone_is_told, {
    let mut command = shell("true");
    command.cwd = Some("/no/such/folder".into());
    assert!(matches!(spawn(&command, Mode::Pipe), Err(SpawnError::Directory(_))));
});

alone!(directory_arguments_and_environment_arrive, {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(
        "sh",
        ["-c", "pwd; echo \"$1|$ADDED|${REMOVED-none}\"", "sh", "an argument"],
    );
    command.cwd = Some(folder.path().canonicalize().unwrap());
    command.env = vec![("ADDED".into(), Some("new".into())), ("REMOVED".into(), None)];
    let started = spawn(&command, Mode::Pipe).unwrap();
    feed(started.input, b"");
    let expected = format!("{}\nan argument|new|none\n", command.cwd.unwrap().display());
    assert_eq!(text(&started.output), expected);
});

alone!(inherited_descriptors_keep_their_flags, {
    let before = fcntl_getfl(rustix::stdio::stdout()).unwrap();
    let mut sink = OutputSink::stdout().unwrap();
    sink.push(b"\n");
    sink.on_writable().unwrap();
    let after = fcntl_getfl(rustix::stdio::stdout()).unwrap();
    assert_eq!((before, after.contains(OFlags::NONBLOCK)), (after, false));
});
