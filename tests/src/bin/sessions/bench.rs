//! A team's folder with the host at home in it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use cofferdam_tests::random::Random;
use cofferdam_tests::script;
use cofferdam_tests::traffic::{Holds, session};

/// A folder, its traffic, and an SSH agent once somebody needs to sign.
pub(crate) struct Bench {
    folder: PathBuf,
    random: Random,
    agent: Option<Child>,
}

/// What a command of the host said.
pub(crate) struct Said {
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) errors: String,
    /// The exit code.
    pub(crate) code: i32,
}

impl Bench {
    /// An empty folder for it.
    pub(crate) fn new(folder: &Path, seed: u64) -> Result<Self, String> {
        let told = |error: std::io::Error| format!("{}: {error}", folder.display());
        std::fs::create_dir_all(folder.join("home")).map_err(told)?;
        Ok(Self {
            folder: folder.canonicalize().map_err(told)?,
            random: Random::new(seed),
            agent: None,
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), String> {
        std::fs::write(self.folder.join(name), text).map_err(|error| format!("{name}: {error}"))
    }

    /// Makes a detector of rules.
    pub(crate) fn pack(&self, name: &str, rules: &str) -> Result<(), String> {
        let (file, component) = (format!("{name}.toml"), format!("{name}.wasm"));
        self.write(&file, rules)?;
        self.quiet(&["plugin", "pack", &file, "-o", &component])
    }

    /// A command of the host that must succeed, and whose words are nobody's concern.
    pub(crate) fn quiet(&self, words: &[&str]) -> Result<(), String> {
        let said = self.host(words)?;
        if said.code == 0 {
            Ok(())
        } else {
            Err(format!("cofferdam {}: {}{}", words.join(" "), said.out, said.errors))
        }
    }

    /// A command of the host.
    pub(crate) fn host(&self, words: &[&str]) -> Result<Said, String> {
        let done = self.command(words)?.output();
        said(done.map_err(|error| format!("the host could not be started: {error}"))?)
    }

    /// So many sessions of a task; answers what they held, and how long they took.
    pub(crate) fn sessions(&mut self, count: usize, task: &str) -> Result<String, String> {
        let told = |error: std::io::Error| format!("a session could not be held: {error}");
        let speaker = beside("speaker")?;
        let mut all = Holds::default();
        let begun = Instant::now();
        for _ in 0..count {
            let (lines, holds) = session(&mut self.random);
            all.tickets += holds.tickets;
            all.old_tickets += holds.old_tickets;
            all.numbers += holds.numbers;
            std::fs::write(self.folder.join("script"), script::write(&lines)).map_err(told)?;
            let mut command = self.command(&["--quiet", "exec", "--pipe", "--task", task, "--"])?;
            command.arg(&speaker).arg("script");
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command.status().map_err(told)?;
        }
        Ok(format!(
            "{count} sessions in {} s: {} tickets, {} of the old form, {} numbers of builds that are no secrets",
            begun.elapsed().as_secs(),
            all.tickets,
            all.old_tickets,
            all.numbers
        ))
    }

    /// An agent that keeps a key for each of these; answers the public halves, as the host shows them.
    pub(crate) fn agent(&mut self, people: &[&str]) -> Result<Vec<String>, String> {
        let told = |what: &str| format!("{what}: this walk needs OpenSSH's agent, and its ssh-keygen and ssh-add");
        let socket = self.socket();
        std::fs::remove_file(&socket).ok();
        let agent = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|_| told("ssh-agent"))?;
        self.agent = Some(agent);
        let begun = Instant::now();
        while !socket.exists() {
            if begun.elapsed() > Duration::from_secs(20) {
                return Err(told("ssh-agent"));
            }
            std::thread::yield_now();
        }
        let mut keys: Vec<String> = Vec::new();
        for name in people {
            let file = self.folder.join(format!("{name}.key"));
            for left in [file.clone(), file.with_extension("key.pub")] {
                std::fs::remove_file(left).ok();
            }
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
                .arg(&file)
                .stdin(Stdio::null())
                .status();
            let added = Command::new("ssh-add")
                .arg("-q")
                .arg(&file)
                .env("SSH_AUTH_SOCK", &socket)
                .stdin(Stdio::null())
                .status();
            if !made.is_ok_and(|made| made.success()) || !added.is_ok_and(|added| added.success()) {
                return Err(told("ssh-keygen"));
            }
            // From here on the agent alone has it.
            std::fs::remove_file(&file).map_err(|error| error.to_string())?;
            let listed = self.host(&["key", "list"])?.out;
            let fresh = listed
                .split_whitespace()
                .find(|word| word.starts_with("ed25519:") && !keys.iter().any(|known| known == word));
            keys.push(fresh.ok_or_else(|| told("ssh-add"))?.to_owned());
        }
        Ok(keys)
    }

    /// Short, since the path of a socket is.
    fn socket(&self) -> PathBuf {
        std::env::temp_dir().join(format!("walk-{}.sock", std::process::id()))
    }

    fn command(&self, words: &[&str]) -> Result<Command, String> {
        let mut command = Command::new(beside("cofferdam")?);
        command
            .args(words)
            .current_dir(&self.folder)
            .env("HOME", self.folder.join("home"))
            .env("COFFERDAM_CONFIG", self.folder.join("guard.toml"))
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_STATE_HOME")
            .env_remove("XDG_CACHE_HOME")
            .env_remove("SSH_AUTH_SOCK")
            .stdin(Stdio::null());
        if self.agent.is_some() {
            command.env("SSH_AUTH_SOCK", self.socket());
        }
        Ok(command)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Some(agent) = &mut self.agent {
            agent.kill().ok();
            agent.wait().ok();
            std::fs::remove_file(self.socket()).ok();
        }
    }
}

fn said(done: Output) -> Result<Said, String> {
    Ok(Said {
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        errors: String::from_utf8_lossy(&done.stderr).into_owned(),
        code: done.status.code().ok_or("the host was killed")?,
    })
}

/// A program that was built beside this one.
fn beside(name: &str) -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let path = own.with_file_name(name);
    if path.exists() {
        Ok(path)
    } else {
        Err(format!(
            "{name} isn't built beside this program; run `cargo xtask sessions`"
        ))
    }
}

/// Tells a person, who may have left.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").ok();
}
