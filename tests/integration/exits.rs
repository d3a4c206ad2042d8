//! What a session gives back and takes with it: exit codes, signals, streams, what is left behind.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cofferdam_tests::plant::{Outlet, Text};
use cofferdam_tests::script::Line;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::bed::{Bed, Done, code, eventually, finish, lives, program};

/// Runs a shell's script under the guards.
fn shell(bed: &Bed, options: &[&str], script: &str) -> Done {
    let mut command = bed.command(["exec"]);
    command.args(options).args(["--", "sh", "-c", script]);
    finish(&mut command)
}

/// How the last run ended, as its manifest says: the code, whose it is, and the outcome.
fn ending(bed: &Bed) -> (u64, String, String) {
    let run = bed.runs().pop().expect("a run");
    let text = fs::read_to_string(run.join("manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_str(&text).expect("JSON");
    let (end, outcome) = match &manifest["completed"] {
        Value::Null => (&manifest["failed"], "none"),
        completed => (completed, completed["outcome"].as_str().expect("a word")),
    };
    let whose = end["whose"].as_str().expect("a word").to_owned();
    (end["exit_code"].as_u64().expect("a code"), whose, outcome.to_owned())
}

fn ended(code: u64, whose: &str, outcome: &str) -> (u64, String, String) {
    (code, whose.to_owned(), outcome.to_owned())
}

/// Reads until a line ends.
fn line(child: &mut Child) -> String {
    let stdout = child.stdout.as_mut().expect("piped");
    let mut line = Vec::new();
    let mut byte = [0];
    while stdout.read(&mut byte).expect("read") > 0 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    String::from_utf8(line).expect("text")
}

fn signal(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id())
        .ok()
        .and_then(Pid::from_raw)
        .expect("a process");
    kill_process(pid, signal).expect("sent");
}

#[test]
fn the_exit_code_is_the_childs_own() {
    let bed = Bed::new();
    for code in [0, 1, 2, 42, 255] {
        for mode in ["--pipe", "--pty"] {
            assert_eq!(shell(&bed, &[mode], &format!("exit {code}")).code(), code);
            let code = u64::try_from(code).expect("small");
            assert_eq!(ending(&bed), ended(code, "child", "completed"));
        }
    }
    assert_eq!(shell(&bed, &[], "kill -KILL $$").code(), 137);
    assert_eq!(ending(&bed), ended(137, "child", "completed"));
    assert_eq!(shell(&bed, &["--pty"], "kill -TERM $$").code(), 143);
}

#[test]
fn bytes_that_were_redacted_change_the_code_only_where_it_is_asked_for() {
    let bed = Bed::new();
    let text = Text::with_everything(81).chunks(&[]).concat();
    let speak = |options: &[&str], last: u8| {
        let lines = [Line::Out(text.clone()), Line::Exit(last)];
        finish(&mut bed.exec(options, "script", &lines)).code()
    };
    assert_eq!(speak(&[], 0), 0);
    assert_eq!(speak(&["--fail-on", "never"], 0), 0);
    assert_eq!(speak(&["--fail-on", "redacted"], 0), 123);
    assert_eq!(ending(&bed), ended(123, "guard", "completed"));
    assert_eq!(speak(&["--fail-on", "withheld"], 0), 0, "a redaction withholds nothing");
    assert_eq!(speak(&["--fail-on", "redacted"], 9), 9, "a code of its own stands");
    assert_eq!(shell(&bed, &["--fail-on", "redacted"], "echo clean").code(), 0);
}

#[test]
fn a_policy_that_blocks_ends_the_session_with_121() {
    let bed = Bed::new();
    let text = Text::with_everything(82);
    let config = bed.aside("block.toml", "[policy.at-least]\n\"credential.package\" = \"block\"\n");
    let config = config.display().to_string();
    let lines = [
        Line::Out(text.chunks(&[]).concat()),
        Line::Pause(Duration::from_secs(1_000)),
    ];
    let wanted = String::from_utf8(text.guarded(Outlet::Pipe, &[])).expect("text");
    let (before, _) = wanted.split_once("[redacted:npm-token]").expect("it is planted");
    let done = finish(&mut bed.exec(&["--config", &config], "script", &lines));
    assert_eq!(
        (done.text(), done.code()),
        (format!("{before}[blocked:npm-token]"), 121)
    );
    assert!(done.errors().contains("error CFD-301: "), "{}", done.errors());
    assert_eq!(ending(&bed), ended(121, "guard", "blocked"));
    let done = bed.feed(["--config", &config, "filter"], &text.chunks(&[]).concat());
    assert_eq!(
        (done.text(), done.code()),
        (format!("{before}[blocked:npm-token]"), 121)
    );
}

#[test]
fn a_command_that_cannot_be_run_is_told_as_shells_tell_it() {
    let bed = Bed::new();
    let done = bed.run(["exec", "--", "there-is-no-such-command"]);
    assert_eq!(done.code(), 127);
    assert_eq!(ending(&bed), ended(127, "shell", "none"));
    fs::write(bed.work().join("plain"), "text").expect("written");
    for name in ["./plain", "/"] {
        assert_eq!(bed.run(["exec", "--", name]).code(), 126, "{name}");
        assert_eq!(ending(&bed), ended(126, "shell", "none"));
    }
    for run in bed.runs() {
        assert_eq!(bed.verify(&run).0, 0);
    }
}

#[test]
fn a_reader_who_leaves_ends_the_session_with_141() {
    let bed = Bed::new();
    for words in [vec!["exec", "--", "yes"], vec!["exec", "--json", "--", "yes"]] {
        let mut host = bed.command(&words).spawn().expect("started");
        line(&mut host);
        drop(host.stdout.take());
        assert_eq!(code(host.wait().expect("ended")), 141, "{words:?}");
        assert_eq!(ending(&bed).0, 141);
        assert_eq!(bed.verify(&bed.runs().pop().expect("a run")).0, 0);
    }
    let mut filter = bed.command(["filter"]);
    let mut filter = filter.stdin(Stdio::piped()).spawn().expect("started");
    drop(filter.stdout.take());
    filter.stdin.take().expect("piped").write_all(&[b'a'; 1 << 20]).ok();
    assert_eq!(code(filter.wait().expect("ended")), 141);
}

#[test]
fn signals_are_forwarded() {
    let bed = Bed::new();
    // Neither a host nor a shell takes a signal that its parent ignored, as whoever runs these tests in the
    // background may.
    let start = |script: &str| {
        let mut command = Command::new("env");
        command
            .arg("--default-signal")
            .arg(program())
            .args(["exec", "--", "sh", "-c", script]);
        bed.settle(&mut command);
        command.spawn().expect("started")
    };
    for (sent, name, number) in [
        (Signal::TERM, "TERM", 15),
        (Signal::INT, "INT", 2),
        (Signal::HUP, "HUP", 1),
        (Signal::USR1, "USR1", 10),
    ] {
        let script = format!("trap 'echo got {name}; exit 9' {name}; echo ready; while :; do sleep 0.05; done");
        let mut host = start(&script);
        assert_eq!(line(&mut host), "ready");
        signal(&host, sent);
        assert_eq!(line(&mut host), format!("got {name}"));
        assert_eq!(code(host.wait().expect("ended")), 9);
        let mut host = start("echo ready; exec sleep 1000");
        assert_eq!(line(&mut host), "ready");
        signal(&host, sent);
        let ended = host.wait().expect("ended");
        assert_eq!(code(ended), 128 + number, "{name}");
        // A shell ends its loop where what it waited for died of SIGINT, and not where that tells of it in a code.
        assert_eq!(ended.signal().is_some(), sent == Signal::INT, "{name}");
        assert_eq!(bed.verify(&bed.runs().pop().expect("a run")).0, 0);
    }
}

#[test]
fn what_a_child_leaves_behind_is_ended() {
    let bed = Bed::new();
    for mode in ["--pipe", "--pty"] {
        let pids = bed.work().join(format!("pids{mode}"));
        // Twice away from its parent, in a session of its own, with every stream closed.
        let script = format!(
            "for i in 1 2 3; do (setsid sh -c 'echo $$ >> {0}; exec sleep 1000' <&- >&- 2>&- &) & done; \
             while [ \"$(cat {0} 2>&- | wc -l)\" -lt 3 ]; do sleep 0.02; done; echo done",
            pids.display()
        );
        let done = shell(&bed, &[mode], &script);
        assert_eq!((done.text().trim_end(), done.code()), ("done", 0), "{}", done.errors());
        let text = fs::read_to_string(&pids).expect("written");
        assert_eq!(text.lines().count(), 3);
        for pid in text.lines() {
            assert!(!lives(pid), "{pid} lives on after {mode}");
        }
        let log = fs::read_to_string(bed.runs().pop().expect("a run").join("events.jsonl")).expect("a log");
        assert!(log.contains("\"leftover.ended\",\"count\":3"), "{log}");
    }
}

#[test]
fn standard_input_is_forwarded_and_only_counted() {
    let bed = Bed::new();
    let text = Text::with_everything(83).chunks(&[]).concat();
    let done = bed.feed(["exec", "--", "wc", "-c"], &text);
    assert_eq!((done.text().trim(), done.code()), (text.len().to_string().as_str(), 0));
    let manifest = fs::read_to_string(bed.run_folder().join("manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    assert_eq!(manifest["completed"]["stdin_bytes"], text.len());
    let search = crate::search::Search::of(Text::with_everything(83).plants());
    bed.places().iter().for_each(|place| {
        search.none_below(place);
    });
}

#[test]
fn a_held_stream_never_delays_the_other() {
    let bed = Bed::new();
    let held = ["gh", "p_", "abcdefghij"].concat();
    let script = [
        Line::Err(held.clone().into_bytes()),
        Line::Out(b"free\n".to_vec()),
        // Only this test's answer lets it go on: were the line held with the other stream, this would wait for ever.
        Line::Read,
        Line::Err(b" and on\n".to_vec()),
    ];
    let mut command = bed.exec(&["--pipe"], "script", &script);
    let mut host = command
        .env("COFFERDAM_GUARD__STALL", "60 s")
        .stdin(Stdio::piped())
        .spawn()
        .expect("started");
    assert_eq!(line(&mut host), "free");
    host.stdin
        .take()
        .expect("piped")
        .write_all(b"go on\n")
        .expect("written");
    let output = host.wait_with_output().expect("ended");
    assert_eq!(String::from_utf8_lossy(&output.stderr), format!("{held} and on\n"));
}

#[test]
fn a_child_has_no_descriptor_above_2_no_terminal_but_ours_and_dumps_no_core() {
    let bed = Bed::new();
    let look = "ulimit -c; ps -o tty= -p $$; exec cat /proc/self/status";
    // The caller's own descriptors are no business of the child.
    let with_more = |words: &[&str]| {
        let mut command = std::process::Command::new("sh");
        let mut script = std::ffi::OsString::from("exec 7</dev/null 9>/dev/null; exec ");
        script.push(crate::bed::program());
        script.push(" exec --pipe -- \"$@\"");
        command.arg("-c").arg(script).arg("sh").args(words);
        bed.settle(&mut command);
        finish(&mut command)
    };
    // The third is the folder that is being looked at.
    let done = with_more(&["ls", "/proc/self/fd"]);
    assert_eq!(done.text(), "0\n1\n2\n3\n", "{}", done.errors());
    let done = with_more(&["sh", "-c", look]);
    let text = done.text();
    let (seen, status) = text.split_once("\n?\n").expect("no terminal");
    assert_eq!(seen, "0", "{}", done.errors());
    for name in ["SigIgn:", "SigBlk:"] {
        let mask = status.lines().find_map(|line| line.strip_prefix(name)).expect("a mask");
        // The two signals behind the named ones are the C library's own, which nobody can reset.
        let named = u64::from_str_radix(mask.trim(), 16).expect("a mask") & 0x7FFF_FFFF;
        assert_eq!(named, 0, "{name} {mask}");
    }
    // A shell on a terminal keeps a descriptor for it, marked so that no command of it has one.
    let done = shell(
        &bed,
        &["--pty"],
        "tty; stty size; ls -l /proc/self/fd | grep -c pts/; sh -c 'ulimit -c'",
    );
    let text = done.text().replace("\r\n", "\n");
    assert!(text.starts_with("/dev/pts/"), "{text}");
    assert!(text.ends_with("\n24 80\n2\n0\n"), "{text}");
}

#[test]
fn a_session_ends_when_its_child_does_though_others_hold_its_output() {
    let bed = Bed::new();
    // Started by another than the session, it can't be ended; it has the output open.
    let done = shell(&bed, &[], "sleep 1000 & echo first");
    assert_eq!((done.text().as_str(), done.code()), ("first\n", 0));
    assert!(eventually(Duration::from_secs(5), || bed.verify(&bed.run_folder()).0 == 0));
}
