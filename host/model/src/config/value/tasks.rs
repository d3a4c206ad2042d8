//! Tasks that a roll-out begins with.

use std::collections::BTreeSet;

use super::{Refusal, Setting};
use crate::config::node::Node;
use crate::record::TaskId;

/// The most tasks of a list.
const MOST: usize = 256;

/// Ids of tasks, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tasks(BTreeSet<TaskId>);

impl Tasks {
    /// Whether a task is one of them.
    pub fn contains(&self, task: &TaskId) -> bool {
        self.0.contains(task)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Setting for Tasks {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        let texts = node.texts().ok_or_else(Refusal::kind::<Self>)?;
        let tasks: Result<BTreeSet<_>, _> = texts.into_iter().map(str::parse).collect();
        match tasks {
            Ok(tasks) if tasks.len() <= MOST => Ok(Self(tasks)),
            Ok(_) | Err(_) => Err(Refusal::bounds::<Self>()),
        }
    }

    fn show(&self) -> String {
        let names: Vec<_> = self.0.iter().map(TaskId::as_str).collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    }

    fn expects() -> String {
        "a list of at most 256 ids of tasks, such as \"release-7\"".to_owned()
    }
}
