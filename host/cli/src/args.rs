//! The command line.

use std::path::PathBuf;

use clap::builder::Styles;
use cofferdam_model::config::Color;

use crate::command::config::ConfigArgs;
use crate::command::eval::EvalArgs;
use crate::command::exec::ExecArgs;
use crate::command::filter::FilterArgs;
use crate::command::key::KeyCommand;
use crate::command::plugin::PluginCommand;
use crate::command::run::RunCommand;
use crate::command::shadow::ShadowCommand;
use crate::command::trust::TrustArgs;
use crate::report::Verbosity;

/// Runs commands and agent sessions, and lets nothing out of them that a guard has not cleared
#[derive(Debug, clap::Parser)]
#[command(
    version = concat!(env!("CARGO_PKG_VERSION"), " (wasmtime 48.0.8)"),
    styles = Styles::styled(),
    after_help = "\
Examples:
  cofferdam exec -- make test        run a command; its secrets don't get out
  journalctl -f | cofferdam filter   guard any stream
  cofferdam plugin inspect credentials
  cofferdam doctor                   what this machine offers"
)]
pub(crate) struct Arguments {
    /// The operator's configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Say nothing but errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say each decision too
    #[arg(long, short, global = true)]
    verbose: bool,
    /// Colour messages: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", value_parser = ["auto", "always", "never"])]
    color: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Run a command under the guards
    Exec(ExecArgs),
    /// Guard standard input on its way to standard output
    Filter(FilterArgs),
    /// Measure guards on labelled texts, and on text that holds no secret
    Eval(EvalArgs),
    /// Look at recorded runs
    #[command(subcommand)]
    Run(RunCommand),
    /// Compare candidates in shadow with the guards in force
    #[command(subcommand)]
    Shadow(ShadowCommand),
    /// Look at guards
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Show the configuration, and what is wrong with it
    Config(ConfigArgs),
    /// Trust a project's cofferdam.toml, which may then tighten the configuration
    Trust(TrustArgs),
    /// The keys of this host
    #[command(subcommand)]
    Key(KeyCommand),
    /// Show what this machine offers to sessions, and what to do about what is missing
    Doctor,
    /// Write completions for a shell to standard output
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

impl Arguments {
    /// Whether messages are coloured, if the command line says.
    pub(crate) fn color(&self) -> Option<Color> {
        let word = self.color.as_deref()?;
        Color::ALL.iter().copied().find(|color| color.as_str() == word)
    }

    /// How much is said.
    pub(crate) fn verbosity(&self) -> Verbosity {
        if self.quiet {
            Verbosity::Quiet
        } else if self.verbose {
            Verbosity::Verbose
        } else {
            Verbosity::Normal
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Arguments;

    #[test]
    fn the_version_names_the_engine_that_is_linked() {
        let engine = cofferdam_runner::session::engine::version();
        let version = Arguments::command()
            .get_version()
            .map(str::to_owned)
            .expect("there is one");
        assert!(version.contains(engine), "{version} against {engine}");
    }

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
