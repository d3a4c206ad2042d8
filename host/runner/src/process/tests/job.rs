//! The host itself in a terminal: each test starts itself once more, inside a terminal that it looks at from outside.

use rustix::event::PollFlags;
use rustix::termios::{LocalModes, tcgetattr};

use super::*;
use crate::process::testing::{inner_command, is_inner, isolated};
use crate::process::{OuterTerminal, Suspension, suspend_host};

fn is_raw(child: &Child) -> bool {
    !tcgetattr(child.pty.as_ref().unwrap())
        .unwrap()
        .local_modes
        .contains(LocalModes::ICANON)
}

/// Says a word and waits for a key.
fn checkpoint(word: &str) {
    rustix::io::write(rustix::stdio::stdout(), format!("<{word}>").as_bytes()).unwrap();
    assert_eq!(rustix::io::read(rustix::stdio::stdin(), &mut [0; 1]).unwrap(), 1);
}

fn key(child: &Child) {
    let pty = child.pty.as_ref().unwrap();
    wait_for(pty, PollFlags::OUT);
    rustix::io::write(pty, b"\n").unwrap();
}

#[test]
fn the_terminal_outside_is_given_back_at_a_stop_and_by_a_panic() {
    let test = concat!(
        module_path!(),
        "::the_terminal_outside_is_given_back_at_a_stop_and_by_a_panic"
    );
    if is_inner() {
        let mut outer = OuterTerminal::of_stdin().unwrap();
        assert_eq!(outer.size(), Some(Size { rows: 24, cols: 80 }));
        checkpoint("plain");
        outer.raw().unwrap();
        checkpoint("raw");
        assert_eq!(suspend_host(Some(&mut outer)), Suspension::Resumed);
        checkpoint("again");
        panic!("so that unwinding gives the terminal back");
    }
    isolated(test, || {
        let mut reaper = Reaper::install();
        let started = spawn(&inner_command(test), terminal()).unwrap();
        until(&started.output, "<plain>");
        assert!(!is_raw(&started.child));
        key(&started.child);
        until(&started.output, "<raw>");
        assert!(is_raw(&started.child));
        key(&started.child);
        assert!(matches!(change(&mut reaper, started.child.waited), Change::Stopped(_)));
        assert!(!is_raw(&started.child), "the shell outside gets its terminal back");
        started.child.resume();
        until(&started.output, "<again>");
        assert!(is_raw(&started.child));
        key(&started.child);
        // The test harness reports the failure after unwinding, on a terminal that turns a line's end into two bytes
        // again.
        let report = text(&started.output);
        assert!(
            report.contains("test result: FAILED") && report.ends_with("\r\n"),
            "{report:?}"
        );
        assert_eq!(end(&mut reaper, &started.child), Ended::Exited(101));
    });
}

#[test]
fn a_host_that_nobody_could_wake_does_not_stop() {
    let test = concat!(module_path!(), "::a_host_that_nobody_could_wake_does_not_stop");
    if is_inner() {
        assert_eq!(suspend_host(None), Suspension::Impossible);
        return;
    }
    isolated(test, || {
        let mut reaper = Reaper::install();
        let started = spawn(&inner_command(test), Mode::Pipe).unwrap();
        feed(started.input, b"");
        assert!(text(&started.output).contains("1 passed"));
        assert_eq!(end(&mut reaper, &started.child), Ended::Exited(0));
    });
}

#[test]
fn the_death_of_the_host_hangs_the_child_up() {
    let test = concat!(module_path!(), "::the_death_of_the_host_hangs_the_child_up");
    if is_inner() {
        let mode = if std::env::var_os("WITH_TERMINAL").is_some() {
            terminal()
        } else {
            Mode::Pipe
        };
        let started = spawn(&shell("echo ready; exec sleep 1000"), mode).unwrap();
        until(&started.output, "ready");
        checkpoint(&format!("pid {}", started.child.pid.as_raw_pid()));
        return;
    }
    isolated(test, || {
        for with_terminal in [false, true] {
            let mut reaper = Reaper::install();
            let mut host = inner_command(test);
            if with_terminal {
                host.env.push(("WITH_TERMINAL".into(), Some("1".into())));
            }
            let host = spawn(&host, Mode::Pipe).unwrap();
            let said = until(&host.output, ">");
            let number = said
                .rsplit_once("<pid ")
                .unwrap()
                .1
                .trim_end_matches('>')
                .parse()
                .unwrap();
            rustix::process::kill_process(host.child.pid, rustix::process::Signal::KILL).unwrap();
            // Orphans come to this process, which sees how they end.
            let grandchild = Pid::from_raw(number).unwrap();
            assert_eq!(
                change(&mut reaper, grandchild),
                Change::Ended(Ended::Signaled(1)),
                "{with_terminal}"
            );
        }
    });
}
