//! A terminal as a person has it, in which the host or a bare program runs, and two of them side by side.

use std::io::{Read as _, Write};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::bed::{Bed, program};
use crate::corpus::strip;
use crate::screen::{COLUMNS, ROWS, Screen};
use crate::search::Search;

/// How long anything may take before the test has failed. Nothing waits for it otherwise.
const DEADLINE: Duration = Duration::from_secs(30);

/// A terminal with a program in it.
struct Outer {
    keys: Box<dyn Write + Send>,
    written: Receiver<Vec<u8>>,
    screen: Screen,
    all: Vec<u8>,
    child: Box<dyn Child + Send + Sync>,
    _terminal: Box<dyn MasterPty + Send>,
    _bed: Bed,
}

/// The same program twice: guarded by the host, and bare.
pub(crate) struct Pair {
    guarded: Outer,
    raw: Outer,
    secrets: Search,
    /// The first row that is compared.
    from: u16,
}

/// Whether a program is installed; says so on standard error where it isn't.
pub(crate) fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    if !found {
        // Past the test harness, which keeps what a passing test prints.
        writeln!(std::io::stderr(), "skipped: {name} isn't installed").ok();
    }
    found
}

/// Runs the released program in a terminal of its own, answers its questions, and gives all that it showed with its
/// exit code.
pub(crate) fn converse(bed: &Bed, words: &[&str], answers: &[(&str, &str)]) -> (String, u32) {
    let program = program().display().to_string();
    let words: Vec<&str> = std::iter::once(program.as_str()).chain(words.iter().copied()).collect();
    converse_with(bed, &words, answers)
}

/// The same with any program.
pub(crate) fn converse_with(bed: &Bed, words: &[&str], answers: &[(&str, &str)]) -> (String, u32) {
    let mut outer = Outer::start(bed.clone(), words);
    let begun = Instant::now();
    for (question, answer) in answers {
        while !String::from_utf8_lossy(&outer.all).contains(question) {
            let goes_on = outer.take(Duration::from_millis(100));
            let shown = String::from_utf8_lossy(&outer.all).into_owned();
            assert!(goes_on && begun.elapsed() < DEADLINE, "no {question:?} in {shown:?}");
        }
        outer.send(answer);
    }
    let code = outer.end();
    (String::from_utf8_lossy(&outer.all).into_owned(), code)
}

impl Outer {
    /// Runs these words in a new terminal, in this home.
    fn start(bed: Bed, words: &[&str]) -> Self {
        let size = PtySize {
            rows: ROWS,
            cols: COLUMNS,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut like = Command::new(words[0]);
        bed.settle(&mut like);
        let mut command = CommandBuilder::new(words[0]);
        command.args(&words[1..]);
        command.env_clear();
        for (name, value) in like.get_envs() {
            command.env(name, value.expect("set, since all were cleared"));
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.cwd(bed.work());
        let child = pair.slave.spawn_command(command).expect("started");
        let mut reader = pair.master.try_clone_reader().expect("a second descriptor");
        let keys = pair.master.take_writer().expect("taken once");
        let (send, written) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            // The end of a terminal is an error.
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || send.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            keys,
            written,
            screen: Screen::new(),
            all: Vec::new(),
            child,
            _terminal: pair.master,
            _bed: bed,
        }
    }

    fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Takes in what is written in so much time; false after the end.
    fn take(&mut self, most: Duration) -> bool {
        match self.written.recv_timeout(most) {
            Ok(bytes) => {
                self.screen.write(&bytes);
                self.all.extend(bytes);
                true
            }
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => true,
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => false,
        }
    }

    /// The exit code, after all output was taken in.
    fn end(&mut self) -> u32 {
        let begun = Instant::now();
        while self.take(Duration::from_millis(100)) {
            assert!(begun.elapsed() < DEADLINE, "it doesn't end: {}", self.screen.text());
        }
        self.child.wait().expect("waited for").exit_code()
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        // A failed test leaves nothing behind. Whatever has ended already can't be ended.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Pair {
    /// Runs these words twice, each in a working directory of its own that holds these files.
    pub(crate) fn start(words: &[&str], files: &[(&str, &str)], secrets: Search) -> Self {
        let beds = [Bed::new(), Bed::new()];
        for bed in &beds {
            for (name, text) in files {
                std::fs::write(bed.work().join(name), text).expect("written");
            }
        }
        let host = program();
        let host = host.to_str().expect("the target folder has a plain name");
        let guarded = [&[host, "exec", "--pty", "--quiet", "--"], words].concat();
        let [one, other] = beds;
        Self {
            guarded: Outer::start(one, &guarded),
            raw: Outer::start(other, words),
            secrets,
            from: 0,
        }
    }

    /// The same, compared from this row on: what is above is never the same twice.
    pub(crate) fn below(self, from: u16) -> Self {
        Self { from, ..self }
    }

    /// Types these keys into both, and waits until the bare one shows this text and the guarded one all that it
    /// shows. Answers how many cells are masked.
    pub(crate) fn step(&mut self, keys: &str, shown: &str) -> usize {
        self.step_until(keys, shown, |raw| raw.text().contains(shown))
    }

    /// The same with a condition in place of a text; `what` says it.
    pub(crate) fn step_until(&mut self, keys: &str, what: &str, holds: impl Fn(&Screen) -> bool) -> usize {
        self.guarded.send(keys);
        self.raw.send(keys);
        // What is to be shown may be there already: a program that is sent the next key before it has answered this
        // one may drop it.
        let written = self.raw.all.len();
        let begun = Instant::now();
        loop {
            self.guarded.take(Duration::from_millis(5));
            self.raw.take(Duration::from_millis(5));
            let judged = self.guarded.screen.against_from(self.from, &self.raw.screen);
            let has_answered = keys.is_empty() || self.raw.all.len() > written;
            let is_shown = has_answered && holds(&self.raw.screen);
            if let (true, Ok(masked)) = (is_shown, &judged) {
                self.keeps_secrets(keys);
                return *masked;
            }
            assert!(
                begun.elapsed() < DEADLINE,
                "after {keys:?}, waiting for {what:?} ({is_shown}); screens: {judged:?}\n--- guarded\n{}\n--- raw\n{}",
                self.guarded.screen.text(),
                self.raw.screen.text(),
            );
        }
    }

    /// The row of the guarded screen that holds this.
    pub(crate) fn guarded_row(&self, part: &str) -> Option<String> {
        (0..ROWS)
            .map(|row| self.guarded.screen.row(row))
            .find(|row| row.contains(part))
    }

    /// Types the keys that end it: both end well, and leave the same screen.
    pub(crate) fn end(mut self, keys: &str) {
        self.guarded.send(keys);
        self.raw.send(keys);
        assert_eq!((self.guarded.end(), self.raw.end()), (0, 0));
        let judged = self.guarded.screen.against_from(self.from, &self.raw.screen);
        assert!(judged.is_ok(), "{judged:?}");
        self.keeps_secrets(keys);
    }

    fn keeps_secrets(&self, keys: &str) {
        let shown = format!("the guarded screen after {keys:?}");
        self.secrets.none_in(&shown, self.guarded.screen.text().as_bytes());
        let sent = format!("what the guarded terminal was sent after {keys:?}");
        self.secrets.none_in(&sent, &strip(&self.guarded.all));
    }
}
