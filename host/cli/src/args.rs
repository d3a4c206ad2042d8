//! The command line.

use std::path::PathBuf;

use clap::CommandFactory as _;
use clap::builder::Styles;
use cofferdam_model::config::Color;

use crate::command::approve::{ApprovalsCommand, ApproveCommand};
use crate::command::config::ConfigArgs;
use crate::command::eval::EvalArgs;
use crate::command::exec::ExecArgs;
use crate::command::filter::FilterArgs;
use crate::command::key::KeyCommand;
use crate::command::overriding::OverrideCommand;
use crate::command::plugin::PluginCommand;
use crate::command::promote::{DemoteArgs, PromoteArgs, SampleArgs};
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
    /// The keys of this host, and of the people who sign here
    #[command(subcommand)]
    Key(KeyCommand),
    /// Vouch for what needs somebody's approval
    #[command(subcommand)]
    Approve(ApproveCommand),
    /// Let something through for a while, and take it back
    #[command(subcommand)]
    Override(OverrideCommand),
    /// Move a candidate on, when the gate of the policy holds
    Promote(PromoteArgs),
    /// Take a candidate back at once
    Demote(DemoteArgs),
    /// Draw findings of a candidate at random, to be labelled
    Sample(SampleArgs),
    /// Look at approvals
    #[command(subcommand)]
    Approvals(ApprovalsCommand),
    /// Show what this machine offers to sessions, and what to do about what is missing
    Doctor,
    /// Write completions for a shell to standard output
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// The command line, with the texts below each help wrapped once, at the width of the terminal: a paragraph's own
/// line breaks would be a second wrapping.
pub(crate) fn command() -> clap::Command {
    unwrapped(Arguments::command())
}

fn unwrapped(command: clap::Command) -> clap::Command {
    let footer = command.get_after_help().map(|text| paragraphs(&text.to_string()));
    let command = match footer {
        Some(footer) => command.after_help(footer),
        None => command,
    };
    command.mut_subcommands(unwrapped)
}

/// A text whose paragraphs are one line each. What is indented, and what introduces it, keeps its lines.
fn paragraphs(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut last = "";
    for line in text.lines() {
        let goes_on = !last.is_empty() && !line.is_empty() && !last.starts_with(' ') && !line.starts_with(' ');
        if goes_on && !last.ends_with(':') {
            joined.push(' ');
        } else if !joined.is_empty() {
            joined.push('\n');
        }
        joined.push_str(line);
        last = line;
    }
    joined
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
    use super::{command, paragraphs};

    #[test]
    fn the_version_names_the_engine_that_is_linked() {
        let engine = cofferdam_runner::session::engine::version();
        let version = command().get_version().map(str::to_owned).expect("there is one");
        assert!(version.contains(engine), "{version} against {engine}");
    }

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn a_paragraph_is_one_line_and_examples_keep_theirs() {
        assert_eq!(
            paragraphs("Examples:\n  one\n  two\n\nExit codes: 0 done;\n1 not.\n\nMore."),
            "Examples:\n  one\n  two\n\nExit codes: 0 done; 1 not.\n\nMore."
        );
    }

    #[test]
    fn a_narrow_terminal_breaks_no_line_twice() {
        let exec = command()
            .find_subcommand_mut("exec")
            .map(|exec| exec.clone().term_width(60).render_help());
        let help = exec.expect("there is one").to_string();
        let footer = help.find("Exit codes:").expect("it lists them");
        let lines: Vec<&str> = help[footer..].lines().collect();
        for pair in lines.windows(2) {
            let next = pair[1].split(' ').next().unwrap_or_default();
            assert!(pair[0].len() + next.len() >= 55, "{pair:?}");
        }
    }
}
