//! The task's log, and the files that are folds of it.

use std::path::Path;
use std::sync::Arc;

use cofferdam_model::record::{
    Approvals, Genesis, Head, Metrics, RunId, State, TaskEntry, TaskEvent, TaskId, TaskRollouts, Timestamp,
    WrittenHandle,
};

use super::clock::wall_clock;
use super::files::{self, Care, Medium, private_folder};
use super::shared_log::SharedLog;
use super::{Layout, RecordError};

/// The most bytes of approvals that are read: more than ten thousand of them.
const MOST: u64 = 16 << 20;

/// Appends an event to the task's log and brings `metrics.json` and `state.json` up to it, all under the log's lock.
pub(super) fn record(
    layout: &Layout,
    task: &TaskId,
    event: TaskEvent,
    time: Timestamp,
    medium: &Arc<dyn Medium>,
    durable: bool,
) -> Result<(), RecordError> {
    let path = layout.task(task).join("events.jsonl");
    let place = format!(".runs/{task}/events.jsonl");
    let mut log = SharedLog::lock::<TaskEntry>(&path, &place, Genesis::task(task), Arc::clone(medium), durable)?;
    let before = log.head();
    let metrics_path = layout.task(task).join("metrics.json");
    let state_path = layout.out(task).join("state.json");
    // Files that are the fold of the log as it was need one step only; all others are made again from the first event.
    let kept = match (
        load::<Metrics>(&metrics_path),
        load::<State<WrittenHandle>>(&state_path),
    ) {
        (Some(metrics), Some(state)) if metrics.log == before && state.log == before && state.is_plausible() => {
            Some((metrics, state))
        }
        (Some(_) | None, _) => None,
    };
    let (entry, head) = log.append(|seq| TaskEntry { seq, time, event })?;
    let (metrics, state) = match kept {
        Some((mut metrics, mut state)) => {
            metrics.apply(&entry, head);
            state.apply(&entry, head);
            (metrics, state)
        }
        None => {
            let (mut metrics, mut state) = (Metrics::new(task.clone()), State::new(task.clone()));
            log.replay(|entry: TaskEntry, head| {
                metrics.apply(&entry, head);
                state.apply(&entry, head);
            })?;
            (metrics, state)
        }
    };
    save(
        &metrics_path,
        &metrics,
        &format!(".runs/{task}/metrics.json"),
        medium,
        durable,
    )?;
    save(&state_path, &state, &format!("out/{task}/state.json"), medium, durable)?;
    if entry.event.is_of_authority() {
        // These are few, so that their folds are made again from the first event each time.
        let (mut rollouts, mut approvals) = (TaskRollouts::new(task.clone()), Approvals::new(task.clone()));
        log.replay(|entry: TaskEntry, head| {
            rollouts.apply(&entry, head);
            approvals.apply(&entry);
        })?;
        let folder = layout.task(task);
        let place = format!(".runs/{task}/manifest.json");
        save(&folder.join("manifest.json"), &rollouts, &place, medium, durable)?;
        let place = format!(".runs/{task}/approvals");
        private_folder(&folder.join("approvals"), &place)?;
        let place = format!("{place}/latest.json");
        save(
            &folder.join("approvals/latest.json"),
            &approvals,
            &place,
            medium,
            durable,
        )?;
    }
    Ok(())
}

/// Appends an event about who decides to the log of a task, which is begun where there is none yet.
///
/// # Errors
/// The task's log can't be written, or was changed by others.
pub fn record_in_task(base: &Path, task: &TaskId, event: TaskEvent) -> Result<(), RecordError> {
    let layout = Layout::new(base);
    layout.prepare_task(task)?;
    let medium: Arc<dyn Medium> = Arc::new(files::Disk);
    record(&layout, task, event, wall_clock(), &medium, true)
}

/// The runs that a task's log tells of, with when each began; none where there is no log.
///
/// # Errors
/// The log can't be read, or was changed by others.
pub(crate) fn opened_runs(base: &Path, task: &TaskId) -> Result<Vec<(RunId, Timestamp)>, RecordError> {
    let mut opened = Vec::new();
    replay(base, task, |entry, _| match entry.event {
        TaskEvent::RunOpened { run, .. } => opened.push((run, entry.time)),
        TaskEvent::RunClosed(_)
        | TaskEvent::ApprovalRecorded { .. }
        | TaskEvent::SampleDrawn(_)
        | TaskEvent::RolloutMoved(_)
        | TaskEvent::IncidentRecorded(_) => {}
    })?;
    Ok(opened)
}

fn replay(base: &Path, task: &TaskId, mut told: impl FnMut(TaskEntry, Head)) -> Result<(), RecordError> {
    let path = Layout::new(base).task(task).join("events.jsonl");
    if !path.exists() {
        return Ok(());
    }
    let place = format!(".runs/{task}/events.jsonl");
    let medium: Arc<dyn Medium> = Arc::new(files::Disk);
    let mut log = SharedLog::lock::<TaskEntry>(&path, &place, Genesis::task(task), medium, false)?;
    log.replay(|entry: TaskEntry, head| told(entry, head))
}

/// The roll-outs of a task, and what people approved in it; empty before the first event about either.
///
/// # Errors
/// A file can't be read, or isn't what it is called.
pub fn read_task(base: &Path, task: &TaskId) -> Result<(TaskRollouts, Approvals), RecordError> {
    let folder = Layout::new(base).task(task);
    // From the chained log, and not from its fold: what was drawn at random is in no signed document, and a file that
    // is replaced at each step could be replaced by anybody.
    let mut rollouts = TaskRollouts::new(task.clone());
    replay(base, task, |entry, head| rollouts.apply(&entry, head))?;
    let place = format!(".runs/{task}/approvals/latest.json");
    let approvals =
        parse(&folder.join("approvals/latest.json"), &place)?.unwrap_or_else(|| Approvals::new(task.clone()));
    Ok((rollouts, approvals))
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path, place: &str) -> Result<Option<T>, RecordError> {
    let Some(bytes) = files::read_bounded(path, place, MOST)? else {
        return Ok(None);
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| {
        RecordError::read(
            place,
            std::io::Error::other(format!("line {}: not what it is called", error.line())),
        )
    })
}

fn load<T: serde::de::DeserializeOwned>(path: &Path) -> Option<T> {
    files::read(path, "")
        .ok()
        .flatten()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
}

fn save<T: serde::Serialize>(
    path: &Path,
    fold: &T,
    place: &str,
    medium: &Arc<dyn Medium>,
    durable: bool,
) -> Result<(), RecordError> {
    // A fold that is lost is made again from the log.
    let care = if durable { Care::Durable } else { Care::Quick };
    let mut text = serde_json::to_string_pretty(fold)?;
    text.push('\n');
    files::replace(path, text.as_bytes(), medium.as_ref(), care).map_err(|error| RecordError::write(place, error))
}
