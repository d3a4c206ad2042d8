//! Where known values come from: names of variables, and files.

use std::path::{Path, PathBuf};

use super::paths::path;
use super::{Refusal, Setting};
use crate::config::node::Node;
use crate::config::problem::plain_path;

/// The most entries of a list; the host searches for 256 values at most.
const MOST: usize = 256;

/// Names of environment variables, each once, as they were written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Variables(Vec<String>);

impl Variables {
    /// The names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl Setting for Variables {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let texts = node.texts().ok_or_else(Refusal::kind::<Self>)?;
        if texts.len() > MOST || !texts.iter().copied().all(is_variable) {
            return Err(Refusal::bounds::<Self>());
        }
        Ok(Self(each_once(texts.into_iter().map(str::to_owned))))
    }

    fn show(&self) -> String {
        shown(self.0.clone())
    }

    fn expects() -> String {
        "a list of at most 256 names of variables, such as \"DEPLOY_TOKEN\"".to_owned()
    }
}

/// Paths of files, each once, as they were written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Files(Vec<PathBuf>);

impl Files {
    /// The paths. A relative one starts at the folder of the file that says so, and from a variable at the working directory.
    pub fn iter(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(PathBuf::as_path)
    }
}

impl Setting for Files {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let texts = node.texts().ok_or_else(Refusal::kind::<Self>)?;
        let paths: Option<Vec<_>> = texts.into_iter().map(path).collect();
        match paths {
            Some(paths) if paths.len() <= MOST => Ok(Self(each_once(paths))),
            Some(_) | None => Err(Refusal::bounds::<Self>()),
        }
    }

    fn show(&self) -> String {
        shown(self.iter().map(plain_path).collect())
    }

    fn expects() -> String {
        "a list of at most 256 paths of files".to_owned()
    }
}

/// A name that a shell could set, of 128 characters at most. Others are never meant, and could steer a terminal.
fn is_variable(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !text.is_empty()
        && text.len() <= 128
        && text.bytes().all(fits)
        && !text.starts_with(|first: char| first.is_ascii_digit())
}

fn each_once<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut once = Vec::new();
    for one in all {
        if !once.contains(&one) {
            once.push(one);
        }
    }
    once
}

fn shown(entries: Vec<String>) -> String {
    if entries.is_empty() {
        "none".to_owned()
    } else {
        entries.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::is_variable;

    #[test]
    fn what_no_shell_could_set_is_no_variable() {
        for name in ["A", "_a1", "GITHUB_TOKEN"] {
            assert!(is_variable(name), "{name}");
        }
        for name in ["", "1A", "A=B", "A B", "A-B", "\u{1b}", &"A".repeat(129)] {
            assert!(!is_variable(name), "{name}");
        }
    }
}
