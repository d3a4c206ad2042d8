//! `cofferdam filter`: the guard in any pipeline.

use std::io::Write as _;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use cofferdam_model::Code;
use cofferdam_model::config::plain_path;
use cofferdam_runner::session::{FilterOptions, Note, filter};

use super::exec::{warn, warn_of_trying, warn_of_unpromoted};
use crate::authority::standing;
use crate::config::Surroundings;
use crate::failure::Failure;
use crate::guards::in_force;
use crate::report::{Repeats, Verbosity, line};
use crate::rollout::load_or_go_back;
use crate::say::{Noticed, settle_color};

/// The arguments of `cofferdam filter`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kubectl logs -f api | cofferdam filter           a log without its secrets
  cofferdam filter --decisions found.jsonl < log   and a line for each decision

Exit codes: 0 all was guarded; 121 the guard blocked the rest; 122 a stream failed; 125 the host could not start;
141 the reader of the output left.")]
pub(crate) struct FilterArgs {
    /// Write a line of JSON for each decision to this file, which is made or emptied
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
}

/// Guards standard input, and answers the exit code.
pub(crate) fn run(args: &FilterArgs, around: &Surroundings, verbosity: Verbosity) -> Result<u8, Failure> {
    let in_force = in_force(around)?;
    settle_color(in_force.resolved.session.color.value);
    let quiet = verbosity == Verbosity::Quiet;
    warn(&in_force, quiet);
    let (in_force, loaded) = load_or_go_back(around, in_force, None, quiet)?;
    if !quiet {
        loaded.warnings.iter().for_each(|warning| crate::say(warning));
    }
    warn_of_trying(&standing(around, &in_force, &loaded.policy)?, quiet);
    warn_of_unpromoted(&in_force.unpromoted(), quiet);
    let mut decisions = match &args.decisions {
        Some(path) if path == Path::new("-") => {
            let message = "--decisions: `-` is the name of no file here, and standard output has the text; give a path";
            return Err(Failure::before(Code::Usage, message));
        }
        Some(path) => Some(
            std::fs::File::create(path)
                .map(std::io::BufWriter::new)
                .map_err(|error| {
                    Failure::before(
                        Code::RecordCreate,
                        format!("--decisions: {} can't be made: {error}", plain_path(path)),
                    )
                })?,
        ),
        None => None,
    };
    let (mut unwritten, mut repeats) = (None, Repeats::default());
    let mut note = |note: Note| {
        let told = match &note {
            Note::Decision(decision) => {
                if verbosity >= Verbosity::Verbose && !repeats.tells(decision) {
                    crate::say(&format!("cofferdam: {}", line(decision)));
                }
                serde_json::to_value(decision)
            }
            Note::Failure { plugin, detail } => {
                if !quiet {
                    crate::say(&format!(
                        "cofferdam: the guard `{plugin}` failed ({detail}); its failure action was taken"
                    ));
                }
                Ok(serde_json::json!({ "failed": plugin, "detail": detail }))
            }
        };
        if let (Some(file), Ok(told)) = (&mut decisions, told)
            && let Err(error) = writeln!(file, "{told}")
        {
            unwritten.get_or_insert(error);
        }
    };
    let mut output = Noticed::new(std::fs::File::from(rustix::io::dup(std::io::stdout()).map_err(
        |error| {
            Failure::before(
                Code::StreamFailed,
                format!("standard output can't be used ({error}); give one"),
            )
        },
    )?));
    let stdin = std::io::stdin();
    let options = FilterOptions {
        input: stdin.as_fd(),
        output: &mut output,
        note: &mut note,
    };
    let done = filter(&loaded.guards, options).map_err(|error| Failure::new(error.code(), 122, error))?;
    if let Some(mut file) = decisions
        && let Err(error) = file.flush()
    {
        unwritten.get_or_insert(error);
    }
    if let Some(error) = unwritten {
        let message = format!("the file of decisions could not be written ({error}); free some space and run it again");
        return Err(Failure::new(Code::RecordWrite, 122, message));
    }
    if done.closed {
        return Ok(141);
    }
    if done.blocked {
        return Err(Failure::new(
            Code::GuardBlocked,
            121,
            "the guard blocked the rest of the input",
        ));
    }
    if verbosity >= Verbosity::Verbose {
        crate::say(&format!(
            "cofferdam: {} bytes, {} redacted, {} withheld",
            done.taken, done.redacted, done.withheld
        ));
    }
    Ok(0)
}
