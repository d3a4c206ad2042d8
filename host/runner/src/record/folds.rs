//! The task's log, and the files that are folds of it.

use std::path::Path;
use std::sync::Arc;

use cofferdam_model::record::{Genesis, Metrics, State, TaskEntry, TaskEvent, TaskId, Timestamp};

use super::files::{self, Care, Medium};
use super::shared_log::SharedLog;
use super::{Layout, RecordError};

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
    let kept = match (load::<Metrics>(&metrics_path), load::<State>(&state_path)) {
        (Some(metrics), Some(state)) if metrics.log == before && state.log == before => Some((metrics, state)),
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
    save(&state_path, &state, &format!("out/{task}/state.json"), medium, durable)
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
