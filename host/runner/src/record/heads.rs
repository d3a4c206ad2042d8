//! The log of closed heads in the state folder: what a run's log ended with, out of the reach of whoever has the
//! records.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use cofferdam_model::record::{ChainReader, Genesis, Head, HeadEntry, RunId, Seq, TaskId, Timestamp};

use super::RecordError;
use super::files::{self, Medium, private_folder};
use super::shared_log::SharedLog;

pub(super) const PLACE: &str = "heads.jsonl";

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

/// Whether the chain of the log of heads holds; of none at all it does.
///
/// # Errors
/// The log can't be read.
pub fn heads_hold(state_dir: &Path) -> Result<bool, RecordError> {
    let Some(bytes) = files::read(&state_dir.join(PLACE), PLACE)? else {
        return Ok(true);
    };
    let mut chain = ChainReader::new(Genesis::heads());
    Ok(bytes
        .split_inclusive(|byte| *byte == b'\n')
        .all(|line| match line.strip_suffix(b"\n") {
            Some(whole) => chain.read::<HeadEntry>(whole).is_ok(),
            None => chain.check_torn::<HeadEntry>(line).is_ok(),
        }))
}

/// The latest moment at which a run was closed, as the log of heads says; none where there is none. Its chain isn't
/// checked: whoever can change it can also set the clock. All of it is read, since under a clock that was set back
/// later heads are the older ones.
pub(crate) fn newest(state_dir: &Path) -> Option<Timestamp> {
    #[derive(serde::Deserialize)]
    struct Closed {
        time: Timestamp,
    }
    let bytes = files::read(&state_dir.join(PLACE), PLACE).ok()??;
    let lines = bytes.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| serde_json::from_slice::<Closed>(line).ok())
        .map(|closed| closed.time)
        .max()
}

/// When a run was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closed {
    /// Its place among all that were.
    pub(crate) seq: Seq,
    /// When.
    pub(crate) time: Timestamp,
    /// Whether no run before it was closed at a later time: else a clock had been set back.
    pub(crate) grows: bool,
}

/// All runs that were closed. None at all where the chain of heads doesn't hold.
///
/// # Errors
/// The log of heads can't be read.
pub(crate) fn closed(state_dir: &Path) -> Result<BTreeMap<RunId, Closed>, RecordError> {
    let Some(bytes) = files::read(&state_dir.join(PLACE), PLACE)? else {
        return Ok(BTreeMap::new());
    };
    let mut chain = ChainReader::new(Genesis::heads());
    let mut latest = Timestamp::default();
    let mut closed = BTreeMap::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        // A line that is being written is no closed run yet.
        let Some(whole) = line.strip_suffix(b"\n") else { break };
        let Ok(entry) = chain.read::<HeadEntry>(whole) else {
            return Ok(BTreeMap::new());
        };
        let told = Closed {
            seq: entry.seq,
            time: entry.time,
            grows: entry.time >= latest,
        };
        latest = latest.max(entry.time);
        closed.insert(entry.run, told);
    }
    Ok(closed)
}

#[cfg(test)]
mod tests {
    use cofferdam_model::record::Digest;

    use super::*;

    #[test]
    fn what_was_closed_under_a_clock_that_had_been_set_back_is_left_out() {
        let state = tempfile::tempdir().expect("a folder");
        let task: TaskId = "t".parse().expect("an id");
        assert_eq!(closed(state.path()).expect("read"), BTreeMap::new());
        let head = Head {
            seq: Seq(1),
            digest: Digest::of(b"head"),
        };
        let day = 86_400_000;
        let times = [5 * day, 5 * day, 4 * day, 6 * day, 5 * day + 1];
        for (number, time) in times.into_iter().enumerate() {
            let run = RunId::new(number as u64, [0; 10]);
            let time = Timestamp::from_unix_millis(time);
            anchor(state.path(), (&task, run), head, time, Arc::new(files::Disk), false).expect("kept");
        }
        let days: Vec<u32> = closed(state.path())
            .expect("read")
            .values()
            .filter(|closed| closed.grows)
            .map(|closed| closed.time.day().days())
            .collect();
        assert_eq!(days, [5, 5, 6]);
        assert_eq!(
            newest(state.path()).map(Timestamp::unix_millis),
            Some(6 * day),
            "the latest, not the last"
        );
        // A chain that somebody changed counts for no day at all.
        let path = state.path().join(PLACE);
        let text = std::fs::read_to_string(&path).expect("read");
        std::fs::write(&path, text.replacen("1970-01-06", "1970-01-05", 1)).expect("written");
        assert_eq!(closed(state.path()).expect("read"), BTreeMap::new());
    }
}
