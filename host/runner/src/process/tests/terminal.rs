//! Children in a terminal.

use rustix::event::PollFlags;

use super::*;
use crate::process::testing::isolated;
use crate::process::{HostSignal, ReadOutcome};

macro_rules! alone {
    ($name:ident, $body:block) => {
        #[test]
        fn $name() {
            isolated(concat!(module_path!(), "::", stringify!($name)), || $body);
        }
    };
}

/// Types keys.
fn key(child: &Child, bytes: &[u8]) {
    let pty = child.pty.as_ref().unwrap();
    wait_for(pty, PollFlags::OUT);
    assert_eq!(rustix::io::write(pty, bytes).unwrap(), bytes.len());
}

alone!(all_three_streams_are_a_terminal_of_24_by_80, {
    let (output, _, ended) = run(
        "test -t 0 && test -t 1 && test -t 2 && echo tty; stty size; (exec 3</dev/tty) && echo own; exit 3",
        terminal(),
    );
    assert_eq!((output.as_str(), ended), ("tty\r\n24 80\r\nown\r\n", Ended::Exited(3)));
});

alone!(a_new_size_is_told, {
    let mut reaper = Reaper::install();
    let started = spawn(
        &shell("trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.05; done"),
        terminal(),
    )
    .unwrap();
    until(&started.output, "ready");
    started
        .child
        .pty
        .as_ref()
        .unwrap()
        .resize(Size { rows: 40, cols: 132 })
        .unwrap();
    assert!(text(&started.output).contains("40 132"));
    assert_eq!(end(&mut reaper, &started.child), Ended::Exited(0));
});

alone!(nothing_above_descriptor_two_is_inherited, {
    let (output, _, _) = run("ls -1 /proc/$$/fd; true", terminal());
    assert_eq!(output, "0\r\n1\r\n2\r\n");
});

alone!(signals_have_their_defaults_and_none_is_blocked, {
    let _signals = crate::process::Signals::install().unwrap();
    let (output, _, _) = run("cat /proc/self/status", terminal());
    assert_default_signals(&output);
});

alone!(the_interrupt_key_ends_the_command, {
    let mut reaper = Reaper::install();
    let started = spawn(&shell("echo ready; exec sleep 60"), terminal()).unwrap();
    until(&started.output, "ready");
    key(&started.child, b"\x03");
    assert_eq!(end(&mut reaper, &started.child).exit_code(), 130);
});

alone!(the_stop_key_stops_the_command_until_it_may_go_on, {
    let mut reaper = Reaper::install();
    let started = spawn(&shell("echo ready; read line; echo \"got $line\"; exit 5"), terminal()).unwrap();
    until(&started.output, "ready");
    key(&started.child, b"\x1a");
    assert!(matches!(change(&mut reaper, started.child.waited), Change::Stopped(_)));
    started.child.resume();
    assert_eq!(change(&mut reaper, started.child.waited), Change::Continued);
    key(&started.child, b"more\n");
    assert!(text(&started.output).contains("got more"));
    assert_eq!(end(&mut reaper, &started.child), Ended::Exited(5));
});

alone!(signals_reach_the_command_and_its_end_is_told, {
    for (signal, code) in [
        (HostSignal::Terminate, 143),
        (HostSignal::HangUp, 129),
        (HostSignal::Quit, 131),
    ] {
        let mut reaper = Reaper::install();
        let started = spawn(&shell("echo ready; exec sleep 60"), terminal()).unwrap();
        assert_ne!(started.child.pid, started.child.waited);
        until(&started.output, "ready");
        started.child.forward(signal);
        assert_eq!(end(&mut reaper, &started.child).exit_code(), code);
    }
});

alone!(the_end_of_input_is_typed_also_after_a_begun_line, {
    for input in [&b""[..], b"whole\n", b"begun"] {
        let mut reaper = Reaper::install();
        let started = spawn(&shell("stty -echo; cat; echo done"), terminal()).unwrap();
        feed(started.input, input);
        let output = text(&started.output);
        assert!(output.ends_with("done\r\n"), "{output:?}");
        assert!(
            output.contains(std::str::from_utf8(input).unwrap().trim_end()),
            "{output:?}"
        );
        assert_eq!(end(&mut reaper, &started.child), Ended::Exited(0));
    }
});

alone!(dropping_the_terminal_hangs_the_command_up, {
    let mut reaper = Reaper::install();
    let started = spawn(&shell("echo ready; exec sleep 60"), terminal()).unwrap();
    until(&started.output, "ready");
    let (pid, waited) = (started.child.pid, started.child.waited);
    drop(started);
    assert_eq!(change(&mut reaper, waited), Change::Ended(Ended::Signaled(1)));
    assert_eq!(change(&mut reaper, pid), Change::Ended(Ended::Signaled(1)));
});

alone!(much_output_comes_whole, {
    let mut reaper = Reaper::install();
    let mut started = spawn(&shell("stty -opost; head -c 3000000 /dev/zero"), terminal()).unwrap();
    let mut count = 0;
    loop {
        match started.output.read(64 * 1024).unwrap() {
            ReadOutcome::Bytes(raw) => count += raw.len(),
            ReadOutcome::WouldBlock => wait_for(&started.output, PollFlags::IN),
            ReadOutcome::Eof => break,
        }
    }
    assert_eq!((count, end(&mut reaper, &started.child)), (3_000_000, Ended::Exited(0)));
});
