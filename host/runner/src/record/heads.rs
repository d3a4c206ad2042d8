//! The log of closed heads in the state folder: what a run's log ended with, out of the reach of whoever has the records.

use std::path::Path;
use std::sync::Arc;

use cofferdam_model::record::{ChainReader, Genesis, Head, HeadEntry, RunId, TaskId, Timestamp};

use super::RecordError;
use super::files::{self, Medium, private_folder};
use super::shared_log::SharedLog;

const PLACE: &str = "heads.jsonl";

/// Makes the state folder where it is missing.
pub(super) fn prepare(state_dir: &Path) -> Result<(), RecordError> {
    if let Some(parent) = state_dir.parent() {
        std::fs::create_dir_all(parent).map_err(|error| RecordError::create("the state folder", error))?;
    }
    private_folder(state_dir, "the state folder").map(|_| ())
}

/// Keeps the head of a run that was closed.
pub(super) fn anchor(
    state_dir: &Path,
    (task, run): (&TaskId, RunId),
    head: Head,
    time: Timestamp,
    medium: Arc<dyn Medium>,
    durable: bool,
) -> Result<(), RecordError> {
    let mut log = SharedLog::lock::<HeadEntry>(&state_dir.join(PLACE), PLACE, Genesis::heads(), medium, durable)?;
    log.append(|seq| HeadEntry {
        seq,
        time,
        task: task.clone(),
        run,
        head,
    })
    .map(|_| ())
}

/// What the state folder knows of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// It was closed with this head.
    Closed(Head),
    /// It was never closed.
    Absent,
    /// The log of heads was changed, or has two heads for the run.
    Broken,
}

/// Looks a run up in the log of heads, whose whole chain is checked.
pub(super) fn look_up(state_dir: &Path, run: RunId) -> Result<Anchor, RecordError> {
    let Some(bytes) = files::read(&state_dir.join(PLACE), PLACE)? else {
        return Ok(Anchor::Absent);
    };
    let mut chain = ChainReader::new(Genesis::heads());
    let mut found = Anchor::Absent;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(whole) = line.strip_suffix(b"\n") else {
            let torn = chain.check_torn::<HeadEntry>(line);
            return Ok(torn.map_or(Anchor::Broken, |()| found));
        };
        match (chain.read::<HeadEntry>(whole), found) {
            (Err(_), _) => return Ok(Anchor::Broken),
            (Ok(entry), Anchor::Closed(known)) if entry.run == run && entry.head != known => {
                return Ok(Anchor::Broken);
            }
            (Ok(entry), _) if entry.run == run => found = Anchor::Closed(entry.head),
            (Ok(_), _) => {}
        }
    }
    Ok(found)
}

/// When the newest run was closed, as the log of heads says; none where there is none, or no line of it can be read. Its
/// chain isn't checked: whoever can change it can also set the clock.
pub(crate) fn newest(state_dir: &Path) -> Option<Timestamp> {
    let mut file = files::open(&state_dir.join(PLACE)).ok()?;
    let line = super::shared_log::last_whole_line(&mut file).ok()??;
    serde_json::from_slice::<cofferdam_model::record::Line<HeadEntry>>(&line)
        .ok()
        .map(|line| line.body.time)
}
