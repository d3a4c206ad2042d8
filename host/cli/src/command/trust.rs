//! `cofferdam trust`: which project files may tighten the configuration.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cofferdam_model::Code;
use cofferdam_model::config::{Layer, Problem, plain_path};

use super::config::{REFUSED, tell};
use crate::config::load::{nearest, read_project};
use crate::config::{ProjectChoice, Standing, Surroundings, TrustError, TrustStore, load};
use crate::hint;

/// The arguments of `cofferdam trust`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A trusted project's file may tighten the guard and never loosen it. It is trusted by its path and by what it holds: when \
it changes, it is left out until you trust it again.

Examples:
  cofferdam trust --check          show what the file would change, and trust nothing
  cofferdam trust                  trust the cofferdam.toml of this folder, or of the nearest one above
  cofferdam trust --list           show the trusted files, and those that changed
  cofferdam trust --revoke         trust it no more")]
pub(crate) struct TrustArgs {
    /// The project's file; without one, the nearest cofferdam.toml from here upward
    #[arg(conflicts_with = "list")]
    file: Option<PathBuf>,
    /// Show the trusted files
    #[arg(long, conflicts_with = "revoke")]
    list: bool,
    /// Trust the file no more
    #[arg(long, conflicts_with = "check")]
    revoke: bool,
    /// Show what the file would change, and trust nothing
    #[arg(long, conflicts_with = "list")]
    check: bool,
}

/// Runs `cofferdam trust`, and answers its exit code.
///
/// # Errors
///
/// Where an output is closed.
pub(crate) fn run(args: &TrustArgs, around: &Surroundings, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let store = TrustStore::new(&around.places);
    let file = args.file.as_ref().map(|file| real(&around.folder.join(file)));
    let done = if args.list {
        list(&store, out)
    } else {
        match file.or_else(|| nearest(&around.folder)) {
            None => Err(Failure::Problems(vec![none_found(&around.folder)])),
            Some(file) if args.revoke => revoke(&store, &file, out),
            Some(file) => trust(&store, &file, args.check, around, (out, err)),
        }
    };
    match done {
        Ok(()) => Ok(0),
        Err(Failure::Output(error)) => Err(error),
        Err(Failure::Problems(problems)) => tell(&problems, err).map(|()| REFUSED),
    }
}

enum Failure {
    Output(io::Error),
    Problems(Vec<Problem>),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<TrustError> for Failure {
    fn from(error: TrustError) -> Self {
        Self::Problems(vec![error.problem()])
    }
}

fn trust(
    store: &TrustStore<'_>,
    file: &Path,
    only_check: bool,
    around: &Surroundings,
    (out, err): (&mut dyn Write, &mut dyn Write),
) -> Result<(), Failure> {
    let bytes = read_project(file).map_err(|problem| Failure::Problems(vec![problem]))?;
    // What is shown is what is trusted: the bytes that were read once, whatever the file holds by now.
    let loaded = load(around, &ProjectChoice::These(file.to_owned(), bytes.clone()));
    if loaded.resolution.is_refused() {
        return Err(Failure::Problems(loaded.resolution.problems));
    }
    tell(&loaded.resolution.problems, err)?;
    if only_check {
        let word = match store.standing(file, &bytes)? {
            Standing::Trusted => "Trusted already, and what it changes",
            Standing::Changed | Standing::Unknown => "Not trusted yet, and what it would change",
        };
        writeln!(out, "{word}: {}", plain_path(file))?;
    } else {
        store.trust(file, &bytes)?;
        writeln!(out, "Trusted: {}", plain_path(file))?;
    }
    let without = load(around, &ProjectChoice::Without).resolution.resolved.rows();
    let rows = loaded.resolution.resolved.rows();
    let mut theirs = rows
        .iter()
        .filter(|row| row.origin.layer() == Layer::Project)
        .peekable();
    if theirs.peek().is_none() {
        writeln!(
            out,
            "  nothing: it sets no key that isn't set so, or more strictly, already"
        )?;
    }
    for row in theirs {
        let before = without.iter().find(|other| other.path == row.path);
        let before = before.map_or_else(|| "not set".to_owned(), |other| other.value.clone());
        if before == row.value {
            writeln!(out, "  {} = {}, as now", row.path, row.value)?;
        } else {
            writeln!(out, "  {} = {}, now {before}", row.path, row.value)?;
        }
    }
    if only_check && store.standing(file, &bytes)? != Standing::Trusted {
        let trust = hint::command("trust");
        writeln!(out, "To trust it: {trust}")?;
    }
    Ok(())
}

fn revoke(store: &TrustStore<'_>, file: &Path, out: &mut dyn Write) -> Result<(), Failure> {
    let message = if store.revoke(file)? {
        "Trusted no more"
    } else {
        "Was not trusted"
    };
    Ok(writeln!(out, "{message}: {}", plain_path(file))?)
}

fn list(store: &TrustStore<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    for (file, _) in store.list()? {
        let standing = match read_project(&file) {
            Err(_) => "gone",
            Ok(bytes) => match store.standing(&file, &bytes)? {
                Standing::Trusted => "trusted",
                Standing::Changed => "changed",
                // Someone revoked it since the list was read.
                Standing::Unknown => continue,
            },
        };
        writeln!(out, "{standing:8} {}", plain_path(&file))?;
    }
    Ok(())
}

/// The real path of a file, or of its folder where the file is gone: trust in it can still be revoked.
fn real(file: &Path) -> PathBuf {
    let by_folder = || Some(file.parent()?.canonicalize().ok()?.join(file.file_name()?));
    file.canonicalize()
        .ok()
        .or_else(by_folder)
        .unwrap_or_else(|| file.to_owned())
}

fn none_found(folder: &Path) -> Problem {
    let folder = plain_path(folder);
    Problem::error(
        Code::ConfigRead,
        format!("there is no cofferdam.toml in {folder} or above; name the file, or go to the project's folder"),
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::load::Project;
    use crate::paths::Places;

    struct Desk(tempfile::TempDir);

    impl Desk {
        fn new() -> Self {
            let desk = Self(tempfile::tempdir().expect("a folder"));
            fs::create_dir_all(desk.folder()).expect("made");
            desk
        }

        /// The project's folder.
        fn project(&self) -> PathBuf {
            self.0.path().canonicalize().expect("there").join("project")
        }

        /// Where commands are started: below the project's folder.
        fn folder(&self) -> PathBuf {
            self.0.path().join("project/src/deep")
        }

        fn write(&self, text: &str) {
            fs::write(self.project().join("cofferdam.toml"), text).expect("written");
        }

        fn around(&self) -> Surroundings {
            let home = self.0.path().to_owned();
            let places = Places::new(move |name| (name == "HOME").then(|| home.clone().into()));
            Surroundings {
                places: places.with_system(self.0.path().join("no-system.toml")),
                folder: self.folder(),
                config: None,
                variables: Vec::new(),
                flags: Vec::new(),
            }
        }

        fn run(&self, file: Option<&str>, list: bool, revoke: bool) -> (u8, String, String) {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let args = TrustArgs {
                file: file.map(PathBuf::from),
                list,
                revoke,
                check: false,
            };
            let code = run(&args, &self.around(), &mut out, &mut err).expect("written");
            (
                code,
                String::from_utf8(out).expect("UTF-8"),
                String::from_utf8(err).expect("UTF-8"),
            )
        }

        fn standing(&self) -> Project {
            load(&self.around(), &ProjectChoice::Nearest).project
        }
    }

    #[test]
    fn a_project_is_left_out_until_it_is_trusted_and_again_when_it_changed() {
        let desk = Desk::new();
        let file = desk.project().join("cofferdam.toml");
        assert_eq!(desk.standing(), Project::None);
        desk.write("session.fail-on = 'redacted'\n");
        assert_eq!(desk.standing(), Project::LeftOut(file.clone(), Standing::Unknown));
        let (code, out, err) = desk.run(None, false, false);
        assert_eq!((code, err.as_str()), (0, ""));
        assert!(out.contains("session.fail-on = redacted, now never"), "{out}");
        assert_eq!(desk.standing(), Project::Read(file.clone()));
        assert!(desk.run(None, true, false).1.starts_with("trusted  "));

        desk.write("session.fail-on = 'withheld'\n");
        assert_eq!(desk.standing(), Project::LeftOut(file.clone(), Standing::Changed));
        let loaded = load(&desk.around(), &ProjectChoice::Nearest);
        let told: Vec<_> = loaded.resolution.problems.iter().map(ToString::to_string).collect();
        assert!(
            told.len() == 1 && told[0].contains("CFD-106") && told[0].contains("changed"),
            "{told:?}"
        );
        assert!(!loaded.resolution.is_refused(), "the run goes on without it");
        assert!(desk.run(None, true, false).1.starts_with("changed  "));

        assert_eq!(desk.run(None, false, true).0, 0);
        assert_eq!(desk.standing(), Project::LeftOut(file, Standing::Unknown));
        assert_eq!(desk.run(None, true, false).1, "");
    }

    #[test]
    fn what_a_file_would_change_can_be_seen_before_it_is_trusted() {
        let desk = Desk::new();
        desk.write("session.fail-on = 'redacted'\npolicy.at-least.'personal.email' = 'redact'\n");
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let args = TrustArgs {
            file: None,
            list: false,
            revoke: false,
            check: true,
        };
        assert_eq!(run(&args, &desk.around(), &mut out, &mut err).expect("written"), 0);
        let out = String::from_utf8(out).expect("UTF-8");
        assert!(
            out.contains("session.fail-on = redacted, now never")
                && out.contains("policy.at-least.personal.email = redact, now not set"),
            "{out}"
        );
        assert!(
            matches!(desk.standing(), Project::LeftOut(_, Standing::Unknown)),
            "nothing is trusted"
        );
        assert_eq!(desk.run(None, true, false).1, "");
    }

    #[test]
    fn what_is_refused_is_not_trusted() {
        let desk = Desk::new();
        desk.write("plugins.credentials.mode = 'off'\n");
        let (code, _, err) = desk.run(None, false, false);
        assert!(code == REFUSED && err.contains("CFD-104"), "{err}");
        assert_eq!(desk.run(None, true, false).1, "");
    }

    #[test]
    fn a_file_that_is_gone_can_be_revoked() {
        let desk = Desk::new();
        desk.write("session.color = 'never'\n");
        assert_eq!(desk.run(Some("../../cofferdam.toml"), false, false).0, 0);
        fs::remove_file(desk.project().join("cofferdam.toml")).expect("removed");
        assert!(desk.run(None, true, false).1.starts_with("gone "));
        let (code, out, _) = desk.run(Some("../../cofferdam.toml"), false, true);
        assert!(code == 0 && out.starts_with("Trusted no more"), "{out}");
    }

    #[test]
    fn no_project_is_a_clear_error() {
        let desk = Desk::new();
        let (code, _, err) = desk.run(None, false, false);
        assert!(code == REFUSED && err.contains("no cofferdam.toml"), "{err}");
    }

    #[test]
    fn a_project_that_the_operator_names_is_the_operators() {
        let desk = Desk::new();
        desk.write("guard.idle = 30\n");
        let around = Surroundings {
            config: Some("../../cofferdam.toml".into()),
            ..desk.around()
        };
        let loaded = load(&around, &ProjectChoice::Nearest);
        assert_eq!(loaded.project, Project::None);
        assert!(loaded.resolution.problems.is_empty());
        assert_eq!(loaded.resolution.resolved.guard.idle.origin.layer(), Layer::Operator);
    }
}
