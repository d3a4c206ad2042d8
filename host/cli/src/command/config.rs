//! `cofferdam config`: what the configuration is, and what is wrong with it.

use std::io::{self, Write};
use std::path::PathBuf;

use cofferdam_model::config::{Problem, Resolved, plain_path, reference};

use crate::config::lock::LockedFolder;
use crate::config::{ProjectChoice, Surroundings, load, pins, verify, write_locks};
use crate::guards::check_guards;
use crate::known::{collect, told};
use crate::report::words::of;
use crate::say::painted;

/// The exit code of a configuration that is refused: the host failed before anything started.
pub(crate) const REFUSED: u8 = 125;

/// The arguments of `cofferdam config`.
#[derive(Debug, clap::Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ConfigCommand {
    /// Show every key in force with its origin, and all problems
    #[command(after_help = "\
Examples:
  cofferdam config check                       what holds here
  cofferdam config check guard.toml            what would hold with --config guard.toml
  cofferdam config check --as project cofferdam.toml
                                               what would hold if this project's file were trusted

The guards that it puts in force are loaded too, since what they refuse keeps a session from starting.

Exit codes: 0 the configuration is valid, 125 it is refused.")]
    Check(CheckArgs),
    /// Show all keys: what they do, their defaults, and who may set them
    Keys,
}

#[derive(Debug, clap::Args)]
struct CheckArgs {
    /// A file to check; without one, the files that a session started here would read
    file: Option<PathBuf>,
    /// Whose file it is
    #[arg(long = "as", value_enum, default_value_t = Owner::Operator, requires = "file")]
    owner: Owner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Owner {
    /// The operator's own, as with --config
    Operator,
    /// A project's, which may only tighten; checked as if it were trusted
    Project,
}

/// Runs `cofferdam config`, and answers its exit code.
///
/// # Errors
///
/// Where an output is closed.
pub(crate) fn run(args: ConfigArgs, around: Surroundings, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    match args.command {
        ConfigCommand::Check(args) => check(args, around, out, err),
        ConfigCommand::Keys => out.write_all(reference().as_bytes()).map(|()| 0),
    }
}

fn check(args: CheckArgs, mut around: Surroundings, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let choice = match (args.file, args.owner) {
        (Some(file), Owner::Project) => ProjectChoice::This(file),
        (Some(file), Owner::Operator) => {
            around.config = Some(file);
            ProjectChoice::Nearest
        }
        (None, Owner::Operator | Owner::Project) => ProjectChoice::Nearest,
    };
    let resolution = load(&around, &choice).resolution;
    let mut problems = resolution.problems;
    let (pins, pinning) = pins(&resolution.resolved, &around.folder);
    problems.extend(pinning);
    problems.extend(verify(&pins));
    let known = collect(&resolution.resolved, &around);
    problems.extend(known.problems);
    problems.extend(known.remarks);
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    let loaded = (errors == 0).then(|| check_guards(&around, &choice));
    if let Some(Ok(warnings)) = &loaded {
        table(&resolution.resolved, out)?;
        writeln!(out, "\nKnown values in force: {}", told(known.rules.ids()))?;
        out.flush()?;
        tell(&problems, err)?;
        warnings
            .iter()
            .try_for_each(|warning| writeln!(err, "{}", painted(warning)))?;
        return writeln!(err, "The configuration is valid.").map(|()| 0);
    }
    // Nothing holds, so there is nothing to list; and what is wrong is found without looking for it, the errors last.
    problems.sort_by_key(Problem::is_error);
    tell(&problems, err)?;
    let refused = loaded.and_then(Result::err).map(|failure| failure.to_string());
    let lines: Vec<&str> = refused.iter().flat_map(|text| text.lines()).collect();
    lines.iter().try_for_each(|line| writeln!(err, "{}", painted(line)))?;
    let of_guards = lines.iter().filter(|line| line.starts_with("error ")).count();
    let count = of((errors + of_guards) as u64, "error");
    writeln!(err, "The configuration is refused: {count}. Nothing starts with it.").map(|()| REFUSED)
}

/// Writes the locks of all components that are files, for `cofferdam plugin lock`, and answers the exit code.
///
/// # Errors
///
/// Where an output is closed.
pub(crate) fn lock(around: &Surroundings, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let resolution = load(around, &ProjectChoice::Nearest).resolution;
    tell(&resolution.problems, err)?;
    if resolution.is_refused() {
        return Ok(REFUSED);
    }
    match write_locks(&resolution.resolved, &around.folder) {
        Err(problems) => tell(&problems, err).map(|()| REFUSED),
        Ok(written) if written.is_empty() => writeln!(
            out,
            "Nothing to lock: every guard is built in, or declared outside a file."
        )
        .map(|()| 0),
        Ok(written) => written.iter().try_for_each(|folder| locked(folder, out)).map(|()| 0),
    }
}

fn locked(folder: &LockedFolder, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Locked: {}", plain_path(&folder.path))?;
    folder
        .changes()
        .into_iter()
        .try_for_each(|(name, change)| writeln!(out, "  {change:9} {name}"))
}

/// Tells problems, one a line.
///
/// # Errors
///
/// Where the output is closed.
pub(crate) fn tell(problems: &[Problem], err: &mut dyn Write) -> io::Result<()> {
    problems
        .iter()
        .try_for_each(|problem| writeln!(err, "{}", painted(&problem.to_string())))
}

/// The widest that a column is made for the sake of one long entry.
const WIDEST: usize = 48;

fn table(resolved: &Resolved, out: &mut dyn Write) -> io::Result<()> {
    let head = ("KEY".to_owned(), "VALUE".to_owned(), "ORIGIN".to_owned());
    let rows = resolved
        .rows()
        .into_iter()
        .map(|row| (row.path, row.value, row.origin.to_string()));
    let rows: Vec<_> = std::iter::once(head).chain(rows).collect();
    let width = |column: fn(&(String, String, String)) -> &String| {
        rows.iter()
            .map(|row| column(row).chars().count())
            .filter(|width| *width <= WIDEST)
            .max()
            .unwrap_or(0)
    };
    let (keys, values) = (width(|row| &row.0), width(|row| &row.1));
    rows.iter()
        .try_for_each(|(key, value, origin)| writeln!(out, "{key:keys$}  {value:values$}  {origin}"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use clap::Parser as _;

    use super::*;
    use crate::paths::Places;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: ConfigArgs,
    }

    /// The exit code, the table and the messages of a command line, in a home of its own.
    fn answer(home: &Path, line: &[&str]) -> (u8, String, String) {
        let around = Surroundings {
            places: Places::new(|name| (name == "HOME").then(|| home.into())).with_system(home.join("no-system.toml")),
            folder: home.to_owned(),
            config: None,
            variables: Vec::new(),
            flags: Vec::new(),
        };
        let args = Line::try_parse_from(["config"].iter().chain(line))
            .expect("a command line")
            .args;
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(args, around, &mut out, &mut err).expect("written");
        (
            code,
            String::from_utf8(out).expect("UTF-8"),
            String::from_utf8(err).expect("UTF-8"),
        )
    }

    #[test]
    fn a_valid_configuration_is_a_table_with_origins() {
        let home = tempfile::tempdir().expect("a folder");
        fs::write(home.path().join("c.toml"), "\n[guard]\nidle = '30 ms'\n").expect("written");
        let (code, out, err) = answer(home.path(), &["check", "c.toml"]);
        assert_eq!((code, err.as_str()), (0, "The configuration is valid.\n"));
        let line = |key: &str| {
            let line = out
                .lines()
                .find(|line| line.starts_with(key))
                .unwrap_or_else(|| panic!("{key} is in {out}"));
            line.split("  ")
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            line("guard.idle"),
            [
                "guard.idle",
                "30 ms",
                &format!("operator {}/c.toml:3", home.path().display())
            ]
        );
        assert_eq!(line("guard.stall"), ["guard.stall", "1 s", "built-in"]);
        let columns: Vec<_> = out.lines().filter_map(|line| line.find("built-in")).collect();
        assert!(
            columns.len() > 40 && columns.windows(2).all(|pair| pair[0] == pair[1]),
            "aligned"
        );
    }

    #[test]
    fn a_refused_configuration_is_told_whole_and_ends_with_125() {
        let home = tempfile::tempdir().expect("a folder");
        fs::write(home.path().join("c.toml"), "gaurd.idle = 1\nsession.mode = 'x'\n").expect("written");
        fs::write(home.path().join("cofferdam.toml"), "session.fail-on = 'redacted'\n").expect("written");
        let (code, out, err) = answer(home.path(), &["check", "c.toml"]);
        assert_eq!((code, out.as_str()), (REFUSED, ""), "no table hides what is wrong");
        let words: Vec<&str> = err.lines().filter_map(|line| line.split([' ', ':']).next()).collect();
        assert_eq!(words, ["warning", "error", "error", "The"], "errors are last: {err}");
        assert!(
            err.contains("CFD-103") && err.contains("c.toml:1") && err.contains("did you mean guard?"),
            "{err}"
        );
        assert!(
            err.contains("CFD-107") && err.contains("c.toml:2") && err.contains("2 errors"),
            "{err}"
        );
        let (code, _, err) = answer(home.path(), &["check", "none.toml"]);
        assert!(
            code == REFUSED && err.contains("CFD-101") && err.contains("none.toml: there is no such file"),
            "{err}"
        );
    }

    #[test]
    fn an_untrusted_project_is_shown_and_left_out() {
        let home = tempfile::tempdir().expect("a folder");
        fs::write(home.path().join("cofferdam.toml"), "session.fail-on = 'redacted'\n").expect("written");
        let (code, out, err) = answer(home.path(), &["check"]);
        assert_eq!(code, 0);
        assert!(err.contains("warning CFD-106") && err.contains("not trusted"), "{err}");
        assert!(!out.contains("redacted"), "{out}");
        let (code, out, err) = answer(home.path(), &["check", "--as", "project", "cofferdam.toml"]);
        assert_eq!((code, err.as_str()), (0, "The configuration is valid.\n"));
        assert!(out.contains("redacted"), "{out}");
    }

    #[test]
    fn a_projects_file_that_sets_the_operators_keys_is_refused() {
        let home = tempfile::tempdir().expect("a folder");
        fs::write(home.path().join("p.toml"), "plugins.credentials.mode = 'off'\n").expect("written");
        let (code, out, err) = answer(home.path(), &["check", "--as", "project", "p.toml"]);
        assert!(code == REFUSED && err.contains("CFD-104"), "{err}");
        assert_eq!(out, "", "where nothing holds, nothing is listed");
    }
}
