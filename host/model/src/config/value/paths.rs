//! Places of things: a component, a folder.

use std::path::{Path, PathBuf};

use super::{PluginName, Refusal, Setting};
use crate::config::node::Node;
use crate::config::problem::plain_path;

/// Where a component comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The binary holds it.
    BuiltIn(PluginName),
    /// A file. A relative path starts at the folder of the file that says so, and from a variable or a flag at the
    /// working directory.
    Path(PathBuf),
}

impl Source {
    /// A component of the binary's own.
    ///
    /// # Panics
    ///
    /// Where the text isn't a name: it is the host's own.
    pub fn built_in(name: &str) -> Self {
        Self::BuiltIn(PluginName::parse(name).expect("the names of built-in components are names"))
    }
}

impl Setting for Source {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let text = node.text().ok_or_else(Refusal::kind::<Self>)?;
        if let Some(name) = text.strip_prefix("builtin:") {
            return Ok(Self::BuiltIn(PluginName::parse(name)?));
        }
        if ["oci:", "https:", "http:"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
        {
            return Err(Refusal::because(
                "this version can't fetch components yet; fetch the file yourself, and write its path",
            ));
        }
        path(text).map(Self::Path).ok_or_else(Refusal::bounds::<Self>)
    }

    fn show(&self) -> String {
        match self {
            Self::BuiltIn(name) => format!("builtin:{name}"),
            Self::Path(path) => plain_path(path),
        }
    }

    fn expects() -> String {
        "\"builtin:NAME\" or the path of a component".to_owned()
    }
}

/// A folder, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The path; a relative one starts at the session's working directory.
    pub fn as_path(&self) -> &Path {
        &self.0
    }
}

impl Setting for Folder {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let text = node.text().ok_or_else(Refusal::kind::<Self>)?;
        path(text).map(Self).ok_or_else(Refusal::bounds::<Self>)
    }

    fn show(&self) -> String {
        plain_path(&self.0)
    }

    fn expects() -> String {
        "the path of a folder".to_owned()
    }
}

/// A file, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePath(PathBuf);

impl FilePath {
    /// The path; a relative one starts at the folder of the file that says so, and from a variable at the working directory.
    pub fn as_path(&self) -> &Path {
        &self.0
    }
}

impl Setting for FilePath {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let text = node.text().ok_or_else(Refusal::kind::<Self>)?;
        path(text).map(Self).ok_or_else(Refusal::bounds::<Self>)
    }

    fn show(&self) -> String {
        plain_path(&self.0)
    }

    fn expects() -> String {
        "the path of a file".to_owned()
    }
}

/// A path that the system can take. `~` is not a home folder to us, and is refused rather than made a folder of that name.
pub(super) fn path(text: &str) -> Option<PathBuf> {
    let usable = !text.is_empty() && !text.contains('\0') && text != "~" && !text.starts_with("~/");
    usable.then(|| PathBuf::from(text))
}
