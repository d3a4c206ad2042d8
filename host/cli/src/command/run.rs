//! `cofferdam run`: what was recorded.

use std::io::{self, Write};

use cofferdam_model::Code;
use cofferdam_model::record::{Lifecycle, Outcome};
use cofferdam_runner::record::{RunSummary, Verdict, find, list, verify};

use super::exec::base;
use crate::config::Surroundings;
use crate::failure::Failure;
use crate::guards::in_force;

/// The commands about recorded runs.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum RunCommand {
    /// List the runs recorded here
    List,
    /// Show what is recorded of a run
    Show {
        /// The run's id, or the beginning of it
        id: String,
    },
    /// Check that a record is whole and unchanged
    #[command(after_help = "\
Exit codes: 0 valid; 3 interrupted: a valid beginning with no closing entry; 4 tampered; 5 unanchored: it verifies, but its
head is not kept in your state folder, so that a cut or rewritten record can't be told.")]
    Verify {
        /// The run's id, or the beginning of it
        id: String,
    },
}

/// Runs the command, and answers the exit code.
pub(crate) fn run(command: &RunCommand, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let in_force = in_force(around)?;
    let base = base(&in_force.resolved, around);
    let told = |error: cofferdam_runner::record::RecordError| Failure::before(error.code(), error);
    let written = match command {
        RunCommand::List => {
            let runs = list(&base).map_err(told)?;
            show_list(&runs, out)
        }
        RunCommand::Show { id } => {
            let run = find(&base, id).map_err(told)?;
            let path = run.folder.join("manifest.json");
            let text = std::fs::read_to_string(&path).map_err(|error| {
                Failure::before(
                    Code::RecordRead,
                    format!("the run's manifest.json can't be read ({error})"),
                )
            })?;
            out.write_all(text.as_bytes())
        }
        RunCommand::Verify { id } => {
            let run = find(&base, id).map_err(told)?;
            let state = around
                .places
                .state()
                .map_err(|error| Failure::before(Code::RecordRead, error))?;
            let verdict = verify(&run.folder, state).map_err(told)?;
            return match writeln!(out, "{}: {}", run.run, sentence(&verdict)) {
                Ok(()) => Ok(verdict.exit_code()),
                Err(error) => Err(Failure::output(&error)),
            };
        }
    };
    written.map(|()| 0).map_err(|error| Failure::output(&error))
}

fn sentence(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Valid => "valid: closed, unchanged, and its head is the one kept in your state folder".to_owned(),
        Verdict::Interrupted { live: true, .. } => "interrupted: it is still being recorded".to_owned(),
        Verdict::Interrupted {
            last,
            torn_bytes,
            output,
            live: false,
        } => {
            let last = last.map_or_else(|| "no entry".to_owned(), |seq| format!("entry {seq}"));
            let output: Vec<_> = output
                .iter()
                .map(|(channel, end)| format!("{channel} {end} bytes"))
                .collect();
            let output = if output.is_empty() {
                "none".to_owned()
            } else {
                output.join(", ")
            };
            format!(
                "interrupted: a valid beginning up to {last}, with no closing entry; {torn_bytes} bytes of a torn entry; output kept: {output}"
            )
        }
        Verdict::Tampered { at, why } => format!("tampered at {at}: {why}"),
        Verdict::Unanchored => "unanchored: it verifies, but its head is not kept in your state folder".to_owned(),
    }
}

/// A run's line: what its manifest says, which only `run verify` vouches for.
struct Row {
    state: String,
    exit: String,
    started: String,
    command: String,
}

impl Row {
    fn of(run: &RunSummary) -> Self {
        let none = || "-".to_owned();
        let Some(manifest) = &run.manifest else {
            return Self {
                state: "unreadable".to_owned(),
                exit: none(),
                started: none(),
                command: none(),
            };
        };
        let state = match (manifest.status, manifest.outcome()) {
            (Lifecycle::Completed, Some(Outcome::Completed)) => "completed",
            (Lifecycle::Completed, Some(Outcome::Blocked)) => "blocked",
            (Lifecycle::Completed, Some(Outcome::Killed)) => "killed",
            (Lifecycle::Completed, Some(Outcome::Failed) | None) | (Lifecycle::Failed, _) => "failed",
            (Lifecycle::Empty | Lifecycle::Started | Lifecycle::Running | Lifecycle::Exited, _) if run.live => {
                "running"
            }
            (Lifecycle::Empty | Lifecycle::Started | Lifecycle::Running | Lifecycle::Exited, _) => "cut off",
        };
        let command = manifest.run.command.as_str();
        Self {
            state: state.to_owned(),
            exit: manifest.exit_code().map_or_else(none, |code| code.to_string()),
            started: manifest.started.to_string(),
            command: command
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .take(80)
                .collect(),
        }
    }
}

fn show_list(runs: &[RunSummary], out: &mut dyn Write) -> io::Result<()> {
    if runs.is_empty() {
        return writeln!(out, "No run is recorded here. `cofferdam exec -- COMMAND` records one.");
    }
    let tasks = runs.iter().map(|run| run.task.as_str().len()).max().unwrap_or(0).max(4);
    writeln!(
        out,
        "{:26}  {:tasks$}  {:24}  {:10}  {:>4}  COMMAND",
        "RUN", "TASK", "STARTED", "STATE", "EXIT"
    )?;
    runs.iter().try_for_each(|run| {
        let (id, task) = (run.run, run.task.as_str());
        let Row {
            state,
            exit,
            started,
            command,
        } = Row::of(run);
        writeln!(
            out,
            "{id}  {task:tasks$}  {started:24}  {state:10}  {exit:>4}  {command}"
        )
    })
}
