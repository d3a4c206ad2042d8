//! From a key to its echo: a program in a session's terminal beside the same program in a bare one, in turns. No
//! suspect is about.

use std::io::{Read, Write};
use std::path::Path;
use std::time::Instant;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::Plan;
use crate::home::Home;
use crate::table::{Budget, Table, say};
use crate::timing::Sample;

/// A program that echoes.
struct Program<'a> {
    name: &'a str,
    words: Vec<&'a str>,
    /// What it shows when it takes keys; the last of these keys makes the next one be echoed.
    ready: &'a [(&'a str, &'a str)],
    /// What takes a letter off again, as it is shown.
    erased: &'a str,
}

/// A program in a terminal.
struct Typed {
    keys: Box<dyn Write + Send>,
    shown: Box<dyn Read + Send>,
    child: Box<dyn Child + Send + Sync>,
    _terminal: Box<dyn MasterPty + Send>,
}

/// How long a letter takes to be seen: where the terminal echoes it, and where a full-screen program paints it.
pub(crate) fn echo(plan: &Plan, home: &Home, table: &mut Table) {
    let text = home.path().join("shown");
    std::fs::write(&text, "one\ntwo\nthree\n").expect("the temporary folder has room");
    let text = text.to_str().expect("the temporary folder has a plain name");
    let painter = beside("fullscreen");
    let programs = [
        Program {
            name: "terminal",
            words: vec!["sh", "-c", "printf ready; exec cat"],
            ready: &[("ready", "")],
            erased: "\x08 \x08",
        },
        Program {
            name: "full screen",
            words: vec![&painter, text],
            ready: &[("of   3", "i"), ("text: ", "")],
            erased: "\x1b[K",
        },
    ];
    for program in programs {
        let Err(error) = compare(plan, home, &program, table) else {
            continue;
        };
        say(&format!("no echo of the {} could be measured ({error})", program.name));
    }
}

/// A program that was built with the bench.
fn beside(name: &str) -> String {
    let path = Path::new(&Home::own()).with_file_name(name);
    path.to_str().expect("the target folder has a plain name").to_owned()
}

fn compare(plan: &Plan, home: &Home, program: &Program<'_>, table: &mut Table) -> std::io::Result<()> {
    let host = beside("cofferdam");
    let session = [
        &[host.as_str(), "exec", "--pty", "--quiet", "--"],
        program.words.as_slice(),
    ]
    .concat();
    let mut guarded = Typed::start(home, &session, program)?;
    let mut bare = Typed::start(home, &program.words, program)?;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..plan.ticks {
        with.push(guarded.letter(program)?);
        without.push(bare.letter(program)?);
    }
    let (with, without) = (Sample::new(with), Sample::new(without));
    let name = program.name;
    for (share, part) in [(0.5, "p50"), (0.95, "p95")] {
        let (slow, fast) = (with.quantile(share), without.quantile(share));
        let row = |what: &str| format!("key to echo, {name}, {what}, {part}");
        table.add_value(row("with a guard"), "ms", Budget::None, slow, &with);
        table.add_value(row("without a guard"), "ms", Budget::None, fast, &without);
        let budget = if share > 0.9 { Budget::AtMost(2.0) } else { Budget::None };
        table.add_value(row("added"), "ms", budget, slow - fast, &Sample::new(vec![slow - fast]));
    }
    Ok(())
}

impl Typed {
    fn start(home: &Home, words: &[&str], program: &Program<'_>) -> std::io::Result<Self> {
        let pair = native_pty_system()
            .openpty(PtySize::default())
            .map_err(std::io::Error::other)?;
        let mut command = CommandBuilder::new(words[0]);
        command.args(&words[1..]);
        for (name, folder) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            command.env(name, home.path().join(folder));
        }
        command.env("HOME", home.path());
        command.env("TERM", "xterm-256color");
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).map_err(std::io::Error::other)?;
        let shown = pair.master.try_clone_reader().map_err(std::io::Error::other)?;
        let keys = pair.master.take_writer().map_err(std::io::Error::other)?;
        let mut typed = Self {
            keys,
            shown,
            child,
            _terminal: pair.master,
        };
        for (shown, keys) in program.ready {
            typed.until(shown)?;
            typed.keys.write_all(keys.as_bytes())?;
        }
        Ok(typed)
    }

    /// Types a letter, and takes it off again. Answers how many milliseconds it took to be seen.
    fn letter(&mut self, program: &Program<'_>) -> std::io::Result<f64> {
        let begun = Instant::now();
        self.keys.write_all(b"x")?;
        self.until("x")?;
        let taken = begun.elapsed().as_secs_f64() * 1e3;
        self.keys.write_all(b"\x7f")?;
        self.until(program.erased)?;
        Ok(taken)
    }

    /// Reads until this is shown.
    fn until(&mut self, text: &str) -> std::io::Result<()> {
        let (mut shown, mut buffer) = (Vec::new(), [0; 4096]);
        while !shown.windows(text.len()).any(|part| part == text.as_bytes()) {
            let count = self.shown.read(&mut buffer)?;
            if count == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            shown.extend_from_slice(&buffer[..count]);
        }
        Ok(())
    }
}

impl Drop for Typed {
    fn drop(&mut self) {
        // What has ended by itself can't be ended.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
