//! `cofferdam exec`: runs a command under the guards.

use std::ffi::{OsStr, OsString};
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use cofferdam_model::Code;
use cofferdam_model::config::{self, Resolved, SshAgent};
use cofferdam_model::record::{Name, PolicyApproval, TaskId, Whose};
use cofferdam_runner::process::{Command, die_of_interrupt};
use cofferdam_runner::record::{Health, Options, new_run_id};
use cofferdam_runner::session::{FailOn, Guards, OnFull, Reporter, SessionMode, SessionSpec, clear_text, exec};

use super::overriding::rules;
use crate::authority::standing;
use crate::config::Surroundings;
use crate::failure::Failure;
use crate::guards::{InForce, in_force, shadow_plan};
use crate::hint;
use crate::report::{JsonReporter, PlainReporter, Verbosity};
use crate::rollout::{after_run, load_or_go_back};
use crate::say::settle_color;

/// The arguments of `cofferdam exec`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cofferdam exec -- make test                  what it prints, without its secrets
  cofferdam exec --pty -- vim notes.txt        in a terminal of its own
  cofferdam exec --json -- cargo build         events as lines of JSON
  cofferdam exec --task release -- ./ship.sh   recorded under a task of yours

Exit codes: the command's own, or 128 and the number of the signal that ended it (of SIGINT the host dies as well, so that
an interactive shell's loop ends); 121 the guard blocked the session;
122 the host failed after the start; 123 something was taken out and --fail-on asks for it; 125 the host failed before
the start; 126 the command can't be executed; 127 it was not found; 141 the reader of the output left.")]
pub(crate) struct ExecArgs {
    /// Give the command a terminal of its own (default where input and output are terminals, but for --json)
    #[arg(long, conflicts_with = "pipe")]
    pty: bool,
    /// Connect the command by pipes, its two outputs apart
    #[arg(long)]
    pipe: bool,
    /// Show events as lines of JSON, and nothing else
    #[arg(long)]
    json: bool,
    /// The task that the run belongs to
    #[arg(long, value_name = "ID", default_value = "default")]
    task: String,
    /// Exit with 123 when something was taken out of what a successful command wrote
    #[arg(long, value_name = "WHAT", value_parser = ["never", "withheld", "redacted"])]
    fail_on: Option<String>,
    /// The command and its arguments
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "COMMAND"
    )]
    command: Vec<OsString>,
}

/// Runs the command, and answers the exit code.
pub(crate) fn run(args: ExecArgs, mut around: Surroundings, verbosity: Verbosity) -> Result<u8, Failure> {
    if let Some(what) = &args.fail_on {
        around.flags.push(("session.fail-on", "--fail-on", what.clone()));
    }
    if args.pty || args.pipe {
        let (flag, mode) = if args.pty { ("--pty", "pty") } else { ("--pipe", "pipe") };
        around.flags.push(("session.mode", flag, mode.to_owned()));
    }
    if args
        .command
        .first()
        .is_some_and(|word| word.as_encoded_bytes().starts_with(b"-"))
    {
        // What a misspelt option would run is never what was meant. The word isn't repeated: it may be anything.
        let message = "the command begins with a dash: an option of `exec` that there isn't, or one that stands after the command; \
                       see `cofferdam exec --help`, and give a program of such a name with its folder";
        return Err(Failure::before(Code::Usage, message));
    }
    if args.command.first().is_some_and(|word| word.is_empty()) {
        let message = "the command's name is empty; name a program behind `exec --`";
        return Err(Failure::before(Code::Usage, message));
    }
    let mut in_force = in_force(&around)?;
    settle_color(in_force.resolved.session.color.value);
    let mode = mode(&in_force.resolved, args.json);
    let task: TaskId = args.task.parse().map_err(|error| {
        Failure::before(
            Code::Usage,
            format!("--task: {error}; use lower-case letters, digits, dots and dashes, such as `release-7`"),
        )
    })?;
    let run = new_run_id().map_err(|error| Failure::before(error.code(), error))?;
    in_force.settle(&task, run);
    let quiet = args.json || verbosity == Verbosity::Quiet;
    warn(&in_force, quiet);
    let base = base(&in_force.resolved, &around);
    let (in_force, loaded) = load_or_go_back(&around, in_force, Some((&base, &task, run)), quiet)?;
    loaded.guards.expect(words(&task, &args.command));
    if clear_text(&loaded.guards, task.as_str().into()).as_bytes() != task.as_str().as_bytes() {
        let message =
            "--task: the id holds what a guard takes out, and it would be the name of a folder; choose another";
        return Err(Failure::before(Code::Usage, message));
    }
    if !quiet {
        loaded.warnings.iter().for_each(|warning| crate::say(warning));
    }
    let approval = standing(&around, &in_force, &loaded.policy)?;
    warn_of_trying(&approval, quiet);
    let unpromoted = in_force.unpromoted();
    warn_of_unpromoted(&unpromoted, quiet);
    let state = around
        .places
        .state()
        .map_err(|error| Failure::before(Code::RecordCreate, error))?;
    let resolved = &in_force.resolved;
    let mut words = args.command.into_iter();
    let program = words.next().expect("clap asks for one");
    let name = program.as_encoded_bytes().to_vec();
    let spec = SessionSpec {
        command: Command::new(program, words),
        mode,
        task,
        run,
        base,
        record: Options {
            frame_bound: resolved.records.frames.value.get(),
            durable: resolved.records.durable.value,
            ..Options::new(state.to_owned())
        },
        on_full: match resolved.records.on_full.value {
            config::OnFull::Continue => OnFull::Continue,
            config::OnFull::Stop => OnFull::Stop,
        },
        fail_on: match resolved.session.fail_on.value {
            config::FailOn::Never => FailOn::Never,
            config::FailOn::Withheld => FailOn::Withheld,
            config::FailOn::Redacted => FailOn::Redacted,
        },
        grace: resolved.session.grace.value.duration(),
        version: env!("CARGO_PKG_VERSION"),
        policy_digest: loaded.policy.parts.digest(),
        policy_approval: approval,
        unpromoted,
        overrides: Some(rules(&around, resolved)?),
        hides_agent: resolved.session.ssh_agent.value == SshAgent::Hide,
        settings_digest: loaded.settings_digest,
        as_of: loaded.as_of,
    };
    let raw = mode == SessionMode::Pty && std::io::stdin().is_terminal();
    let plain = PlainReporter::new(verbosity, raw).stopping(spec.on_full == OnFull::Stop);
    let told_cut = plain.cut();
    let mut reporter: Box<dyn Reporter> = if args.json {
        Box::new(JsonReporter::default())
    } else {
        Box::new(plain)
    };
    let shadow = shadow_plan(&around, &in_force, &loaded);
    let end = exec(&spec, &loaded.guards, shadow, reporter.as_mut()).map_err(|error| {
        let message = of_command(error.code(), &error.to_string(), &loaded.guards, &name);
        Failure::new(error.code(), error.exit_code(), message)
    })?;
    after_run(&around, &in_force, (&spec.base, &spec.task), &end);
    for problem in &end.problems {
        crate::say(&format!("warning {}: {problem}", problem.code()));
    }
    let show = || hint::command(&format!("run show {}", end.run));
    if end.blocked && !args.json {
        crate::say(&format!(
            "error {}: the guard blocked this session; `{}` says why",
            Code::GuardBlocked,
            show()
        ));
    }
    if end.exit_code == 123 && end.whose == Whose::Guard && !quiet {
        crate::say(&format!(
            "cofferdam: the command succeeded, and the exit code is 123, since the guard took something out (session.fail-on); `{}` says what",
            show()
        ));
    }
    if let Some((code, message)) = &end.failure {
        crate::say(&format!(
            "error {code}: {}",
            of_command(*code, message, &loaded.guards, &name)
        ));
    }
    // It is told once: while the session went on, or by the error that ended it, or else here.
    let is_told =
        told_cut.load(Ordering::Relaxed) || end.failure.as_ref().is_some_and(|(code, _)| *code == Code::RecordWrite);
    if end.health != Health::Whole && !quiet && !is_told {
        crate::say(&format!(
            "warning {}: the record of this run is cut; free some space",
            Code::RecordWrite
        ));
    }
    if verbosity >= Verbosity::Verbose && !args.json {
        crate::say(&format!(
            "cofferdam: run {} ended; its record is in {}",
            end.run,
            config::plain_path(&end.folder)
        ));
    }
    // The process ends now; taking the guards apart first would only make its caller wait.
    std::mem::forget(loaded);
    if end.interrupted {
        die_of_interrupt();
    }
    Ok(end.exit_code)
}

/// What is guarded before the command starts: the task, the folder, and the command as one types it, where none of it
/// needs quotes.
fn words(task: &TaskId, command: &[OsString]) -> Vec<u8> {
    let folder = std::env::current_dir().unwrap_or_default().into_os_string();
    let command = command.join(OsStr::new(" "));
    [
        task.as_str().as_bytes(),
        folder.as_encoded_bytes(),
        command.as_encoded_bytes(),
    ]
    .join(&b'\n')
}

/// A message about a command that could not be found or executed, with its name as the guard clears it: errors of
/// processes name none.
fn of_command(code: Code, message: &str, guards: &Arc<Guards>, name: &[u8]) -> String {
    if !matches!(code, Code::CommandNotFound | Code::CommandNotExecutable) {
        return message.to_owned();
    }
    let cleared = clear_text(guards, name.to_vec());
    let shown: String = config::plain(&String::from_utf8_lossy(cleared.as_bytes()));
    format!("`{shown}`: {message}")
}

/// Says that nobody vouches for the policy of this run.
pub(crate) fn warn_of_trying(approval: &PolicyApproval, quiet: bool) {
    if *approval == PolicyApproval::Trying && !quiet {
        crate::say(&format!(
            "warning {}: nobody approved the guard policy in force; this host is for trying (authority.trying)",
            Code::PolicyUnapproved
        ));
    }
}

/// Says that versions guard this run that no gate let through.
pub(crate) fn warn_of_unpromoted(unpromoted: &[Name], quiet: bool) {
    for name in unpromoted.iter().filter(|_| !quiet) {
        crate::say(&format!(
            "warning {}: `{name}` is in force because the configuration says so; no gate let it through (`cofferdam promote`)",
            Code::Unpromoted
        ));
    }
}

/// Tells what is wrong with the configuration without being an error.
pub(crate) fn warn(in_force: &InForce, quiet: bool) {
    if !quiet {
        in_force
            .warnings
            .iter()
            .for_each(|problem| crate::say(&problem.to_string()));
    }
}

fn mode(resolved: &Resolved, json: bool) -> SessionMode {
    let terminals = || std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    match resolved.session.mode.value {
        config::SessionMode::Pty => SessionMode::Pty,
        config::SessionMode::Pipe => SessionMode::Pipe,
        // Lines of JSON are for programs, also where one looks at them in a terminal.
        config::SessionMode::Auto if !json && terminals() => SessionMode::Pty,
        config::SessionMode::Auto => SessionMode::Pipe,
    }
}

/// The folder that holds `.runs` and `out`: the parent of a folder called `.runs`, or the folder itself.
pub(crate) fn base(resolved: &Resolved, around: &Surroundings) -> PathBuf {
    let folder = around.folder.join(resolved.records.folder.value.as_path());
    match folder.parent() {
        Some(parent) if folder.file_name().is_some_and(|name| name == ".runs") => parent.to_owned(),
        Some(_) | None => folder,
    }
}
