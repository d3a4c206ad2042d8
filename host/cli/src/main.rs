//! The `cofferdam` binary: arguments, configuration, reports, exit codes. Only it prints.

mod args;
mod authority;
mod builtin;
mod command;
mod config;
mod corpus;
mod failure;
mod guards;
mod hint;
mod known;
mod paths;
mod report;
mod rollout;
mod say;

use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::process::ExitCode;

use clap::FromArgMatches as _;
use clap::error::ErrorKind;
use cofferdam_model::Code;
use cofferdam_model::config::Color;

use args::{Arguments, Command};
use command::approve::ApprovalsCommand;
use command::key::KeyCommand;
use command::plugin::PluginCommand;
use config::Surroundings;
use failure::Failure;
pub(crate) use say::say;

fn main() -> ExitCode {
    cofferdam_runner::process::make_room();
    cofferdam_runner::process::harden();
    let parsed = args::command()
        .try_get_matches()
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    log();
    std::panic::set_hook(Box::new(|fault| say(&told(fault))));
    // Unwinding gives the terminal back, and ends the session's streams without what was held.
    let code = match catch_unwind(AssertUnwindSafe(|| run(arguments))) {
        Ok(Ok(code)) => code,
        Ok(Err(failure)) => {
            if !failure.is_silent() {
                say(&failure.to_string());
            }
            failure.exit
        }
        Err(_) => FAULT,
    };
    ExitCode::from(code)
}

/// The host's own failure after the start.
const FAULT: u8 = 122;

/// What is said of a fault of ours: where it is, and nothing of its own words, which may hold what no guard has
/// cleared.
fn told(fault: &PanicHookInfo<'_>) -> String {
    let place = fault.location().map_or_else(
        || "an unknown place".to_owned(),
        |place| format!("{}:{}", place.file(), place.line()),
    );
    format!(
        "error {}: a fault of cofferdam itself, at {place}; what was held back is not shown. Please report this line, and what kind of text \
         it was",
        Code::Internal
    )
}

fn run(arguments: Arguments) -> Result<u8, Failure> {
    let verbosity = arguments.verbosity();
    let color = arguments.color();
    say::settle_color(color.unwrap_or(Color::Auto));
    hint::settle(arguments.config.as_deref());
    let mut around = Surroundings::of_process(arguments.config).map_err(|error| {
        Failure::before(
            Code::ConfigRead,
            format!("the working directory can't be used ({error}); enter one that exists"),
        )
    })?;
    if let Some(color) = color {
        around.flags.push(("session.color", "--color", color.to_string()));
    }
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    let done = match arguments.command {
        Command::Exec(args) => {
            drop((out, err));
            return command::exec::run(args, around, verbosity);
        }
        Command::Filter(args) => {
            drop((out, err));
            return command::filter::run(&args, &around, verbosity);
        }
        Command::Eval(args) => return command::eval::run(&args, &around, verbosity, &mut out),
        Command::Run(command) => return command::run::run(&command, &around, &mut out),
        Command::Shadow(command) => return command::shadow::run(&command, &around, verbosity, &mut out),
        Command::Plugin(PluginCommand::List) => return command::plugin::list(&around, &mut out),
        Command::Plugin(PluginCommand::Inspect { name }) => return command::plugin::inspect(&name, &around, &mut out),
        Command::Plugin(PluginCommand::Pack(args)) => return command::pack::pack(&args, &mut out),
        Command::Plugin(PluginCommand::ImportGitleaks(args)) => {
            return command::pack::import(&args, &mut out, &mut err);
        }
        Command::Plugin(PluginCommand::Lock) => command::config::lock(&around, &mut out, &mut err),
        Command::Config(args) => command::config::run(args, around, &mut out, &mut err),
        Command::Trust(args) => command::trust::run(&args, &around, &mut out, &mut err),
        Command::Key(KeyCommand::New { name, no_passphrase }) => {
            return command::key::new(&name, no_passphrase, &around, &mut out);
        }
        Command::Key(KeyCommand::List) => return command::key::list(&around, &mut out),
        Command::Approve(command) => return command::approve::run(&command, &around, &mut out),
        Command::Override(command) => return command::overriding::run(&command, &around, &mut out),
        Command::Promote(args) => return command::promote::promote(&args, &around, &mut out),
        Command::Demote(args) => return command::promote::demote(&args, &around, &mut out),
        Command::Sample(args) => return command::promote::sample(&args, &around, &mut out),
        Command::Approvals(ApprovalsCommand::List { task }) => return command::approve::list(&task, &around, &mut out),
        Command::Key(KeyCommand::Rotate) => return command::key::rotate(&around, &mut out),
        Command::Doctor => return command::doctor::run(&around, &mut out),
        Command::Completions { shell } => {
            // It takes any error of what it writes to for a fault of its own.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut args::command(), "cofferdam", &mut script);
            out.write_all(&script).map(|()| 0)
        }
    };
    done.map_err(|error| Failure::output(&error))
}

/// A wrong command line is the host's failure before the start, so that no code of a child can be mistaken for it. It
/// has a code as every error has.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let failure = Failure::output(&error);
                if !failure.is_silent() {
                    say(&failure.to_string());
                }
                ExitCode::from(failure.exit)
            }
        };
    }
    say::settle_color(Color::Auto);
    let text = error.render().to_string();
    let code = Code::Usage;
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // It is the help of what was named, and doesn't say by itself that anything is wrong.
        say(&text);
        say(&format!("error {code}: a command is missing; name one of those above"));
    } else {
        say(&format!(
            "error {code}: {}",
            text.strip_prefix("error: ").unwrap_or(&text)
        ));
    }
    ExitCode::from(125)
}

/// Logs of the host itself go to standard error, and only where `COFFERDAM_LOG` asks for them.
fn log() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("COFFERDAM_LOG") {
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(io::stderr)
            .with_ansi(false)
            .init();
    }
}
