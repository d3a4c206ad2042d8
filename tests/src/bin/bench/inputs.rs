//! The texts: logs of a real build, this repository with the sources that it depends on, and logs written by rules,
//! which are the same on every machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::logs;
use crate::rig::root;
use crate::words;

/// A named text.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// Secrets that were planted in it.
    pub(crate) planted: usize,
}

impl Input {
    pub(crate) fn new(name: &str, bytes: Vec<u8>) -> Self {
        let name = name.to_owned();
        let planted = 0;
        Self { name, bytes, planted }
    }

    /// A text over and over, up to so many bytes.
    pub(crate) fn repeated(name: &str, once: &[u8], size: usize) -> Self {
        Self::new(name, repeat(once, size))
    }

    /// Its SHA-256.
    pub(crate) fn digest(&self) -> String {
        let digest = Sha256::digest(&self.bytes);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The same text with a generated secret in each 100,000 bytes, on lines of their own.
    pub(crate) fn with_secrets(&self) -> Self {
        let mut random = Random::new(3);
        let mut bytes = Vec::with_capacity(self.bytes.len() + self.bytes.len() / 500);
        let mut planted = 0;
        let mut next = 100_000;
        for line in self.bytes.split_inclusive(|byte| *byte == b'\n') {
            bytes.extend_from_slice(line);
            if bytes.len() >= next && line.ends_with(b"\n") {
                bytes.extend_from_slice(words::secret(planted, &mut random).as_bytes());
                planted += 1;
                next += 100_000;
            }
        }
        let name = format!("{}, secrets", self.name);
        Self { name, bytes, planted }
    }
}

/// The beginning of a text that goes on and on.
pub(crate) fn repeat(once: &[u8], size: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(size);
    while text.len() < size && !once.is_empty() {
        text.extend_from_slice(&once[..once.len().min(size - text.len())]);
    }
    text
}

/// A build's log written by rules, of so many bytes.
pub(crate) fn build_log(size: usize) -> Input {
    written("written build log", size, 1, words::build_line)
}

/// Lines of JSON as services log them, written by rules.
pub(crate) fn json_log(size: usize) -> Input {
    written("written JSON log", size, 2, words::json_line)
}

/// The sources that this repository tracks, and those of what it depends on, over and over.
pub(crate) fn sources(size: usize) -> Input {
    let mut text = Vec::with_capacity(size + 1024);
    for path in tracked().into_iter().chain(dependencies()) {
        if text.len() >= size {
            break;
        }
        text.extend(fs::read(path).unwrap_or_default());
    }
    text.truncate(size);
    Input::repeated("source tree", &text, size)
}

fn written(name: &str, size: usize, seed: u64, line: fn(&mut Random, &mut String)) -> Input {
    let mut random = Random::new(seed);
    let mut text = String::with_capacity(size + 1024);
    while text.len() < size {
        line(&mut random, &mut text);
        text.push('\n');
    }
    Input::new(name, text.into_bytes())
}

fn tracked() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "-z"])
        .output();
    let listed = listed.map(|output| output.stdout).unwrap_or_default();
    let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names
        .map(|name| root().join(String::from_utf8_lossy(name).as_ref()))
        .filter(|path| is_source(path) && !is_rule_file(path))
        .collect()
}

/// The files of rules hold an example of each kind of secret, two in each line of them: they are no source tree that
/// anybody has, and grow with every rule.
fn is_rule_file(path: &Path) -> bool {
    path.starts_with(root().join("plugins")) && path.parent().is_some_and(|folder| folder.ends_with("rules"))
}

fn dependencies() -> Vec<PathBuf> {
    let packages = logs::packages();
    let foreign = packages.iter().filter(|package| package["source"].is_string());
    let folders = foreign.filter_map(|package| {
        Path::new(package["manifest_path"].as_str()?)
            .parent()
            .map(Path::to_owned)
    });
    let mut files = Vec::new();
    folders.for_each(|folder| gather(&folder, &mut files));
    files
}

/// The texts below a folder, in the order of their names.
fn gather(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            gather(&path, into);
        } else if is_source(&path) {
            into.push(path);
        }
    }
}

/// What people write: recordings of terminals are measured by themselves.
fn is_source(path: &Path) -> bool {
    let ends = ["rs", "toml", "md", "c", "h"];
    path.extension()
        .is_some_and(|end| ends.iter().any(|known| end == *known))
}

/// The same numbers on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).expect("31 bits fit") % bound.max(1)
    }

    /// One of them.
    pub(crate) fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    /// So many characters of these.
    pub(crate) fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(alphabet[self.below(alphabet.len())]))
            .collect()
    }
}
