//! Renders a run's events as the lines of `--json`.

use std::collections::BTreeMap;

use super::external::{
    CommandExecution, Delta, External, ExternalKind, GuestFault, Item, ItemBody, ItemError, ItemId, ItemStatus,
    TurnError, Usage,
};
use super::gather::{Decoder, Gathered, Piece};
use super::{
    Channel, Entry, Event, Outcome, PolicyApproval, ProcessExited, RunCompleted, RunFailed, RunStarted, SafeBytes,
    SafeText, Seq, Timestamp, Whose,
};
use crate::Code;

/// When something happened that isn't an event of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// By the wall clock.
    pub time: Timestamp,
    /// Milliseconds since the run began.
    pub elapsed_ms: u64,
}

impl From<&Entry> for Stamp {
    fn from(entry: &Entry) -> Self {
        Self {
            time: entry.time,
            elapsed_ms: entry.elapsed_ms,
        }
    }
}

/// A stream of `--json` for one run.
///
/// The command's item starts with the run, also where the child is never started, and is completed with it, however it
/// ends. Nothing is rendered after that.
#[derive(Debug, Default)]
pub struct JsonView {
    sequence: u64,
    items: u64,
    command: Option<Command>,
    decoders: BTreeMap<Channel, Decoder>,
    gathered: Gathered,
    decisions: u64,
    ended: bool,
}

/// The command's item while it goes on.
#[derive(Debug)]
struct Command {
    id: ItemId,
    started_ms: u64,
    text: SafeText,
    pid: Option<u32>,
    exited: Option<ProcessExited>,
}

/// How a run ended, whichever event told it.
struct End {
    outcome: Outcome,
    exit_code: u8,
    whose: Whose,
    usage: Usage,
    error: Option<TurnError>,
}

impl JsonView {
    /// A stream that has shown nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The lines for one event, in their order.
    pub fn render(&mut self, entry: &Entry) -> Vec<External> {
        let mut lines = Vec::new();
        if self.ended {
            return lines;
        }
        let mut put = |view: &mut Self, kind| lines.push(view.line(kind, entry.time, Some(entry.seq)));
        match &entry.event {
            Event::RunStarted(run) => {
                put(
                    self,
                    ExternalKind::ThreadStarted {
                        thread_id: run.run,
                        task: run.task.clone(),
                    },
                );
                put(self, ExternalKind::TurnStarted);
                let item = self.start(run, entry.elapsed_ms);
                put(self, ExternalKind::ItemStarted { item });
                let trying = run.policy_approval == Some(PolicyApproval::Trying);
                let warned = [
                    (trying, Code::PolicyUnapproved),
                    (!run.unpromoted.is_empty(), Code::Unpromoted),
                ];
                for (_, code) in warned.into_iter().filter(|(holds, _)| *holds) {
                    let error = ItemError {
                        message: meaning(code),
                        code,
                        guest: None,
                        cut: None,
                    };
                    let item = self.item(ItemBody::Error(error));
                    put(self, ExternalKind::ItemCompleted { item });
                }
            }
            Event::ProcessStarted { pid } => {
                if let Some(command) = &mut self.command {
                    command.pid = Some(*pid);
                    let item = command.in_progress(None);
                    put(self, ExternalKind::ItemUpdated { item });
                }
            }
            Event::ProcessExited(exited) => {
                if let Some(command) = &mut self.command {
                    command.exited = Some(*exited);
                }
            }
            Event::GuardDecision(decision) => {
                self.decisions += 1;
                let item = self.item(ItemBody::GuardDecision(decision.clone()));
                put(self, ExternalKind::ItemCompleted { item });
            }
            Event::GuestFailed(failed) => {
                let guest = GuestFault {
                    plugin: failed.plugin.clone(),
                    rule: failed.rule.clone(),
                    failure: failed.kind,
                    action: failed.action,
                };
                let code = Code::GuardFailure;
                let error = ItemError {
                    message: meaning(code),
                    code,
                    guest: Some(guest),
                    cut: None,
                };
                let item = self.item(ItemBody::Error(error));
                put(self, ExternalKind::ItemCompleted { item });
            }
            Event::RecordCut { reason } => {
                let code = Code::RecordWrite;
                let error = ItemError {
                    message: meaning(code),
                    code,
                    guest: None,
                    cut: Some(*reason),
                };
                let item = self.item(ItemBody::Error(error));
                put(self, ExternalKind::ItemCompleted { item });
            }
            Event::RunCompleted(completed) => {
                let end = self.completed(completed, entry.elapsed_ms);
                lines = self.finish(end, entry.into(), Some(entry.seq));
            }
            Event::RunFailed(failed) => {
                let end = self.failed(failed, entry.elapsed_ms);
                lines = self.finish(end, entry.into(), Some(entry.seq));
            }
            // The view is told of output as it happens; frames and marks are the record's own.
            Event::Output { .. }
            | Event::OverridesChanged(_)
            | Event::GuardMark(_)
            | Event::SegmentOpened { .. }
            | Event::SegmentClosed { .. }
            | Event::SegmentDropped { .. }
            | Event::LeftoverEnded { .. } => {}
        }
        lines
    }

    /// The lines for output as it happens: bytes at `offset` of the channel's cleared stream.
    pub fn output(&mut self, at: Stamp, channel: Channel, offset: u64, bytes: SafeBytes<'_>) -> Vec<External> {
        if self.ended || self.command.is_none() {
            return Vec::new();
        }
        let pieces = self.decoders.entry(channel).or_default().push(offset, bytes.as_bytes());
        pieces
            .into_iter()
            .filter_map(|piece| self.update(at, channel, piece))
            .collect()
    }

    /// The lines that end the stream when the run ends without an event that says so, since the host failed.
    pub fn abandon(&mut self, at: Stamp, failed: &RunFailed) -> Vec<External> {
        if self.ended {
            return Vec::new();
        }
        let end = self.failed(failed, at.elapsed_ms);
        self.finish(end, at, None)
    }

    fn line(&mut self, kind: ExternalKind, time: Timestamp, event: Option<Seq>) -> External {
        let sequence = self.sequence;
        self.sequence += 1;
        External {
            kind,
            time,
            sequence,
            event,
        }
    }

    fn item(&mut self, body: ItemBody) -> Item {
        Item {
            id: self.next_id(),
            body,
        }
    }

    fn next_id(&mut self) -> ItemId {
        let id = ItemId(self.items);
        self.items += 1;
        id
    }

    fn start(&mut self, run: &RunStarted, started_ms: u64) -> Item {
        let text = run.command.clone();
        let command = Command {
            id: self.next_id(),
            started_ms,
            text,
            pid: None,
            exited: None,
        };
        self.command.insert(command).in_progress(None)
    }

    fn update(&mut self, at: Stamp, channel: Channel, piece: Piece) -> Option<External> {
        self.gathered.push(&piece.text);
        let delta = Delta {
            channel,
            offset: piece.offset,
            bytes: piece.bytes,
            delta: SafeText::vouched(piece.text),
        };
        let item = self.command.as_ref()?.in_progress(Some(delta));
        Some(self.line(ExternalKind::ItemUpdated { item }, at.time, None))
    }

    fn completed(&self, completed: &RunCompleted, elapsed_ms: u64) -> End {
        let error = match completed.outcome {
            Outcome::Completed => None,
            Outcome::Blocked => Some((meaning(Code::GuardBlocked), Some(Code::GuardBlocked))),
            Outcome::Killed => Some((
                SafeText::constant("The host ended the session, as it was told to."),
                None,
            )),
            Outcome::Failed => Some((meaning(Code::Internal), Some(Code::Internal))),
        };
        End {
            outcome: completed.outcome,
            exit_code: completed.exit_code,
            whose: completed.whose,
            usage: Usage {
                stdin_bytes: completed.stdin_bytes,
                raw_bytes: completed.totals.values().map(|totals| totals.raw).sum(),
                cleared_bytes: completed.totals.values().map(|totals| totals.cleared).sum(),
                duration_ms: elapsed_ms,
                decisions: self.decisions,
            },
            error: error.map(|(message, code)| TurnError { message, code }),
        }
    }

    fn failed(&self, failed: &RunFailed, elapsed_ms: u64) -> End {
        End {
            outcome: Outcome::Failed,
            exit_code: failed.exit_code,
            whose: failed.whose,
            usage: Usage {
                duration_ms: elapsed_ms,
                decisions: self.decisions,
                ..Usage::default()
            },
            error: Some(TurnError {
                message: failed.message.clone(),
                code: Some(failed.code),
            }),
        }
    }

    fn finish(&mut self, end: End, at: Stamp, event: Option<Seq>) -> Vec<External> {
        let rests: Vec<_> = self
            .decoders
            .iter_mut()
            .filter_map(|(channel, decoder)| decoder.end().map(|piece| (*channel, piece)))
            .collect();
        let mut lines: Vec<_> = rests
            .into_iter()
            .filter_map(|(channel, piece)| self.update(at, channel, piece))
            .collect();
        if let Some(command) = self.command.take() {
            let item = command.complete(&end, self.gathered.text(), at.elapsed_ms);
            lines.push(self.line(ExternalKind::ItemCompleted { item }, at.time, event));
        }
        let End {
            outcome,
            exit_code,
            whose,
            usage,
            error,
        } = end;
        let kind = match error {
            None => ExternalKind::TurnCompleted {
                usage,
                outcome,
                exit_code,
                whose,
            },
            Some(error) => {
                if let (Outcome::Failed, Some(code)) = (outcome, error.code) {
                    let kind = ExternalKind::Error {
                        message: error.message.clone(),
                        code,
                    };
                    lines.push(self.line(kind, at.time, event));
                }
                ExternalKind::TurnFailed {
                    error,
                    usage,
                    outcome,
                    exit_code,
                    whose,
                }
            }
        };
        lines.push(self.line(kind, at.time, event));
        self.ended = true;
        lines
    }
}

impl Command {
    fn in_progress(&self, update: Option<Delta>) -> Item {
        let body = CommandExecution {
            command: self.text.clone(),
            aggregated_output: SafeText::default(),
            exit_code: None,
            status: ItemStatus::InProgress,
            pid: self.pid,
            duration_ms: None,
            update,
        };
        Item {
            id: self.id,
            body: ItemBody::CommandExecution(Box::new(body)),
        }
    }

    fn complete(self, end: &End, output: String, elapsed_ms: u64) -> Item {
        let own = self
            .exited
            .and_then(|exited| exited.code.or(exited.signal.map(|signal| 128 + signal)));
        let status = match (end.outcome, own) {
            (Outcome::Completed, Some(0)) => ItemStatus::Completed,
            (Outcome::Blocked, None) if self.pid.is_none() => ItemStatus::Declined,
            (Outcome::Completed | Outcome::Blocked | Outcome::Killed | Outcome::Failed, _) => ItemStatus::Failed,
        };
        let body = CommandExecution {
            command: self.text,
            // Every piece came through `output`, which takes cleared bytes only.
            aggregated_output: SafeText::vouched(output),
            exit_code: Some(own.unwrap_or(i32::from(end.exit_code))),
            status,
            pid: self.pid,
            duration_ms: Some(elapsed_ms.saturating_sub(self.started_ms)),
            update: None,
        };
        Item {
            id: self.id,
            body: ItemBody::CommandExecution(Box::new(body)),
        }
    }
}

fn meaning(code: Code) -> SafeText {
    SafeText::constant(code.meaning())
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
