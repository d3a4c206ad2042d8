//! `cofferdam run`: what was recorded.

use std::io::{self, Write};

use cofferdam_model::Code;
use cofferdam_model::record::TaskId;
use cofferdam_runner::record::{RunSummary, Verdict, find, list, read_log, verify};
use cofferdam_runner::shadow::ShadowFile;

use super::exec::base;
use super::output::{Stream, output};
use crate::config::Surroundings;
use crate::failure::Failure;
use crate::guards::in_force;
use crate::hint;
use crate::report::run::{Heard, OnTrial, state, text};
use crate::report::shadow::skipped;

/// The commands about recorded runs.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum RunCommand {
    /// List the runs recorded here, the newest first
    List(ListArgs),
    /// Show what is recorded of a run: how it ended, which guards held, what was taken out
    Show {
        /// The run's id, or the beginning of it
        id: String,
        /// Write the manifest instead, as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write what a run showed, as far as its record keeps it
    #[command(after_help = "\
Standard error goes to standard error, in the order in which the run wrote, told in stretches of a quarter of a second.
With --stream all goes to standard output. Of a record that was changed nothing is shown.

Examples:
  cofferdam run output 01m8n7 | less -R
  cofferdam run output 01m8n7 --stream stderr > errors.log")]
    Output {
        /// The run's id, or the beginning of it
        id: String,
        /// Only what it wrote to this stream
        #[arg(long, value_name = "STREAM")]
        stream: Option<Stream>,
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

/// The arguments of `cofferdam run list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cofferdam run list --limit 10
  cofferdam run list --task release --json | jq -r 'select(.completed.exit_code != 0) | .run.run'")]
pub(crate) struct ListArgs {
    /// Runs of this task alone; may be given more than once
    #[arg(long, value_name = "ID")]
    task: Vec<TaskId>,
    /// At most so many, the newest
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Write the manifest of each run as a line of JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command, and answers the exit code.
pub(crate) fn run(command: &RunCommand, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let in_force = in_force(around)?;
    let base = base(&in_force.resolved, around);
    let told = |error: cofferdam_runner::record::RecordError| Failure::before(error.code(), error);
    let written = match command {
        RunCommand::List(args) => {
            let mut runs = list(&base).map_err(told)?;
            runs.retain(|run| args.task.is_empty() || args.task.contains(&run.task));
            let none = runs.is_empty();
            runs.truncate(args.limit.unwrap_or(usize::MAX));
            if args.json {
                manifests(&runs, out)
            } else if none {
                no_run(!args.task.is_empty(), out)
            } else {
                show_list(&runs, out)
            }
        }
        RunCommand::Show { id, json } => {
            let run = find(&base, id).map_err(told)?;
            let shown = if *json { as_recorded(&run)? } else { summary(&run)? };
            out.write_all(shown.as_bytes())
        }
        RunCommand::Output { id, stream } => {
            let run = find(&base, id).map_err(told)?;
            return output(&run, &verdict(&run, around)?, *stream, out).map(|()| 0);
        }
        RunCommand::Verify { id } => {
            let run = find(&base, id).map_err(told)?;
            let verdict = verdict(&run, around)?;
            return match writeln!(out, "{}: {}", run.run, sentence(&verdict)) {
                Ok(()) => Ok(verdict.exit_code()),
                Err(error) => Err(Failure::output(&error)),
            };
        }
    };
    written.map(|()| 0).map_err(|error| Failure::output(&error))
}

/// What verifying a record says.
fn verdict(run: &RunSummary, around: &Surroundings) -> Result<Verdict, Failure> {
    let state = around.places.state();
    let state = state.map_err(|error| Failure::before(Code::RecordRead, error))?;
    verify(&run.folder, state).map_err(|error| Failure::before(error.code(), error))
}

/// The manifest as it stands in its file.
fn as_recorded(run: &RunSummary) -> Result<String, Failure> {
    std::fs::read_to_string(run.folder.join("manifest.json")).map_err(|error| {
        let message = format!(
            "the run's manifest.json can't be read ({error}); see `cofferdam run verify {}`",
            run.run
        );
        Failure::before(Code::RecordRead, message)
    })
}

/// What is said of a run whose manifest can't be had.
pub(super) fn no_manifest(run: &RunSummary) -> String {
    format!(
        "the run's manifest.json is missing, or of another version; see `cofferdam run verify {}`",
        run.run
    )
}

/// What a person wants to know of a run.
fn summary(run: &RunSummary) -> Result<String, Failure> {
    let Some(manifest) = &run.manifest else {
        return Err(Failure::before(Code::RecordRead, no_manifest(run)));
    };
    let mut heard = Heard::default();
    let broken = read_log(&run.folder, &mut |entry| heard.entry(&entry)).err();
    let broken = broken.map(|error| format!("{error} ({})", error.code()));
    let trial: OnTrial = match ShadowFile::read(&run.folder, manifest) {
        Ok(Ok(found)) => Ok(found.map(|file| (file.begun, file.coverage))),
        // A run that goes on has no shadow record yet, and may never have one.
        Ok(Err(_)) if !manifest.status.is_terminal() => Ok(None),
        Ok(Err(why)) => Err(skipped(why)),
        Err(_) => Err("its shadow.jsonl can't be read"),
    };
    Ok(text(run, manifest, &heard, broken.as_deref(), &trial))
}

/// The manifests, a line each. A run without one is told of on standard error.
fn manifests(runs: &[RunSummary], out: &mut dyn Write) -> io::Result<()> {
    runs.iter().try_for_each(|run| match &run.manifest {
        Some(manifest) => {
            let line = serde_json::to_string(manifest).expect("a manifest is plain JSON");
            writeln!(out, "{line}")
        }
        None => {
            let message = "its manifest.json is missing, or of another version";
            crate::say(&format!("warning {}: {}: {message}", Code::RecordRead, run.run));
            Ok(())
        }
    })
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
        let command = manifest.run.command.as_str();
        Self {
            state: state(run, manifest).to_owned(),
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

fn no_run(chosen: bool, out: &mut dyn Write) -> io::Result<()> {
    let exec = hint::command("exec -- COMMAND");
    if chosen {
        writeln!(out, "No run of this task is recorded here.")
    } else {
        writeln!(out, "No run is recorded here. `{exec}` records one.")
    }
}

fn show_list(runs: &[RunSummary], out: &mut dyn Write) -> io::Result<()> {
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
