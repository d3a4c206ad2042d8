//! The texts: built logs, JSON logs and a source tree, the first two the same on every machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::rig::root;
use crate::words;

/// A named text.
pub(crate) struct Input {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// Secrets that were planted in it.
    pub(crate) planted: usize,
}

impl Input {
    /// The beginning of its digest.
    pub(crate) fn digest(&self) -> String {
        let digest = Sha256::digest(&self.bytes);
        digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The same text with a generated secret in each 100,000 bytes, on lines of their own.
    pub(crate) fn with_secrets(&self, name: &'static str) -> Self {
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
        Self { name, bytes, planted }
    }
}

/// The log of a build, of so many bytes.
pub(crate) fn build_log(size: usize) -> Input {
    written("build log", size, 1, words::build_line)
}

/// Lines of JSON as services log them.
pub(crate) fn json_log(size: usize) -> Input {
    written("JSON log", size, 2, words::json_line)
}

/// What this repository tracks, and the sources of what it depends on, over and over.
pub(crate) fn sources(size: usize) -> Input {
    let mut text = Vec::with_capacity(size + 1024);
    for path in tracked().into_iter().chain(dependencies()) {
        if text.len() >= size {
            break;
        }
        text.extend(fs::read(path).unwrap_or_default());
    }
    let once = text.len();
    while text.len() < size && once > 0 {
        text.extend_from_within(..once.min(size - text.len()));
    }
    text.truncate(size);
    Input {
        name: "source tree",
        bytes: text,
        planted: 0,
    }
}

fn written(name: &'static str, size: usize, seed: u64, line: fn(&mut Random, &mut String)) -> Input {
    let mut random = Random::new(seed);
    let mut text = String::with_capacity(size + 1024);
    while text.len() < size {
        line(&mut random, &mut text);
        text.push('\n');
    }
    Input {
        name,
        bytes: text.into_bytes(),
        planted: 0,
    }
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
        .collect()
}

fn dependencies() -> Vec<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let told = Command::new(cargo)
        .current_dir(root())
        .args(["metadata", "--format-version=1", "--offline"])
        .output();
    let told: serde_json::Value = told
        .ok()
        .and_then(|output| serde_json::from_slice(&output.stdout).ok())
        .unwrap_or_default();
    let packages = told["packages"].as_array().cloned().unwrap_or_default();
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
        } else if path
            .extension()
            .is_some_and(|end| end == "rs" || end == "toml" || end == "md" || end == "c" || end == "h")
        {
            into.push(path);
        }
    }
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
