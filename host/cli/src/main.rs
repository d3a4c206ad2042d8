//! The `cofferdam` binary: arguments, configuration, reports, exit codes. Only it prints.

mod command;
#[allow(dead_code, reason = "sessions use the rest of it")]
mod config;
#[allow(dead_code, reason = "sessions use the rest of it")]
mod paths;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use command::config::REFUSED;

/// Runs commands and agent sessions, and lets nothing out of them that a guard has not cleared
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The operator's configuration file
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show the configuration, and what is wrong with it
    Config(command::config::ConfigArgs),
    /// Guards
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Trust a project's cofferdam.toml, which may then tighten the configuration
    Trust(command::trust::TrustArgs),
}

#[derive(Debug, clap::Subcommand)]
enum PluginCommand {
    /// Write cofferdam.lock beside the file that declares each component
    Lock,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    let code = config::Surroundings::of_process(arguments.config).and_then(|around| match arguments.command {
        Command::Config(args) => command::config::run(args, around, &mut out, &mut err),
        Command::Plugin(PluginCommand::Lock) => command::config::lock(&around, &mut out, &mut err),
        Command::Trust(args) => command::trust::run(&args, &around, &mut out, &mut err),
    });
    match code {
        Ok(code) => ExitCode::from(code),
        // Whoever read the output is gone; there is nobody to tell.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(141),
        Err(error) => {
            writeln!(err, "error: {error}").ok();
            ExitCode::from(REFUSED)
        }
    }
}
