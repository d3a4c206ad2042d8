//! All layers of a run, read and merged.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use cofferdam_model::Code;
use cofferdam_model::config::{Input, Layer, Origin, Problem, Resolution, resolve};

use super::file;
use super::trust::{Standing, TrustStore};
use crate::paths::Places;

/// The name of a project's file.
const PROJECT: &str = "cofferdam.toml";

/// What a configuration is read from, so that a test can say it all.
pub(crate) struct Surroundings {
    /// This user's folders.
    pub(crate) places: Places,
    /// Where the command was started.
    pub(crate) folder: PathBuf,
    /// The file of `--config`.
    pub(crate) config: Option<PathBuf>,
    /// The environment.
    pub(crate) variables: Vec<(OsString, OsString)>,
    /// What flags say: a key's path, the flag as it was written, and its value.
    pub(crate) flags: Vec<(&'static str, &'static str, String)>,
}

impl Surroundings {
    /// Those of this process.
    ///
    /// # Errors
    ///
    /// Where the working directory is gone.
    pub(crate) fn of_process(config: Option<PathBuf>) -> io::Result<Self> {
        Ok(Self {
            places: Places::new(|name| std::env::var_os(name)),
            folder: std::env::current_dir()?,
            config,
            variables: std::env::vars_os().collect(),
            flags: Vec::new(),
        })
    }

    /// The value of a variable.
    pub(crate) fn variable(&self, name: &str) -> Option<&OsStr> {
        let found = self.variables.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_os_str())
    }

    /// The operator's file: that of the flag, else that of `COFFERDAM_CONFIG`.
    fn operator_file(&self) -> Option<PathBuf> {
        let variable = || {
            self.variable("COFFERDAM_CONFIG")
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
        };
        self.config.clone().or_else(variable).map(|path| self.folder.join(path))
    }
}

/// Which project file is read.
pub(crate) enum ProjectChoice {
    /// The nearest from the working directory upward, if it is trusted.
    Nearest,
    /// This one, trusted or not: its owner asks what it would do.
    This(PathBuf),
    /// This one, which was read before and held these bytes.
    These(PathBuf, Vec<u8>),
    /// None, as if there were no such file.
    Without,
}

/// How the project's file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Project {
    /// There is none.
    None,
    /// It is part of the configuration.
    Read(PathBuf),
    /// It was found and left out.
    LeftOut(PathBuf, Standing),
}

/// A configuration as the files, the environment and the flags say it.
pub(crate) struct Loaded {
    /// What holds, and all problems.
    pub(crate) resolution: Resolution,
    /// How the project's file stands.
    pub(crate) project: Project,
}

/// Reads and merges all layers. Problems are in the answer; nothing is printed.
pub(crate) fn load(around: &Surroundings, choice: &ProjectChoice) -> Loaded {
    let mut problems = Vec::new();
    let operator = around.operator_file();
    let mut inputs = Vec::new();
    inputs.extend(optional(Layer::System, around.places.system_file(), &mut problems));
    inputs.extend(
        around
            .places
            .user_file()
            .and_then(|file| optional(Layer::User, &file, &mut problems)),
    );
    inputs.extend(
        operator
            .as_ref()
            .and_then(|file| required(Layer::Operator, file, &mut problems)),
    );
    let (project, input) = project(around, choice, operator.as_deref(), &mut problems);
    inputs.extend(input);
    inputs.push(Input::environment(
        around
            .variables
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str())),
    ));
    inputs.push(Input::flags(
        around
            .flags
            .iter()
            .map(|(path, flag, value)| (*path, *flag, value.as_str())),
    ));
    let mut resolution = resolve(inputs);
    problems.append(&mut resolution.problems);
    resolution.problems = problems;
    Loaded { resolution, project }
}

fn project(
    around: &Surroundings,
    choice: &ProjectChoice,
    operator: Option<&Path>,
    problems: &mut Vec<Problem>,
) -> (Project, Option<Input>) {
    let path = match choice {
        ProjectChoice::This(path) => {
            let path = around.folder.join(path);
            let input = required(Layer::Project, &path, problems);
            return (Project::Read(path), input);
        }
        ProjectChoice::These(path, bytes) => {
            return (
                Project::Read(path.clone()),
                parsed(Layer::Project, path, bytes.clone(), problems),
            );
        }
        ProjectChoice::Without => return (Project::None, None),
        ProjectChoice::Nearest => match nearest(&around.folder) {
            Some(path) => path,
            None => return (Project::None, None),
        },
    };
    // Named by the operator, the file is the operator's, and isn't read a second time as what it may not be.
    let is_operators = operator
        .and_then(|file| file.canonicalize().ok())
        .is_some_and(|file| file == path);
    if is_operators {
        return (Project::None, None);
    }
    let bytes = match file::read(&path, file::MOST_TEXT) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return (Project::None, None),
        Err(error) => {
            // What can't be read can't be trusted; and whoever wrote the repository must not be able to stop us by it.
            problems.push(unreadable(Layer::Project, &path, &error, Problem::warning));
            return (Project::LeftOut(path, Standing::Unknown), None);
        }
    };
    let standing = TrustStore::new(&around.places)
        .standing(&path, &bytes)
        .unwrap_or_else(|error| {
            problems.push(Problem::warning(Code::ConfigUntrusted, error.to_string()));
            Standing::Unknown
        });
    let message = match standing {
        Standing::Trusted => {
            return (
                Project::Read(path.clone()),
                parsed(Layer::Project, &path, bytes, problems),
            );
        }
        Standing::Changed => {
            "left out: it changed since it was trusted; see what it would change with `cofferdam trust --check`, then run `cofferdam trust` again"
        }
        Standing::Unknown => {
            "left out: it is not trusted; see what it would change with `cofferdam trust --check`, then run `cofferdam trust` to use it"
        }
    };
    problems.push(Problem::warning(Code::ConfigUntrusted, message).at(&whole(Layer::Project, &path)));
    (Project::LeftOut(path, standing), None)
}

/// The nearest project file from a folder upward, by its real path.
pub(crate) fn nearest(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let found = folder
        .ancestors()
        .map(|folder| folder.join(PROJECT))
        .find(|file| file.symlink_metadata().is_ok())?;
    Some(found.canonicalize().unwrap_or(found))
}

fn optional(layer: Layer, path: &Path, problems: &mut Vec<Problem>) -> Option<Input> {
    match file::read(path, file::MOST_TEXT) {
        Ok(bytes) => parsed(layer, path, bytes?, problems),
        Err(error) => {
            problems.push(unreadable(layer, path, &error, Problem::error));
            None
        }
    }
}

fn required(layer: Layer, path: &Path, problems: &mut Vec<Problem>) -> Option<Input> {
    match read_named(layer, path) {
        Ok(bytes) => parsed(layer, path, bytes, problems),
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

/// What a project's file holds.
///
/// # Errors
///
/// Where there is none, or it can't be read.
pub(crate) fn read_project(path: &Path) -> Result<Vec<u8>, Problem> {
    read_named(Layer::Project, path)
}

fn read_named(layer: Layer, path: &Path) -> Result<Vec<u8>, Problem> {
    let told = |error| unreadable(layer, path, &error, Problem::error);
    file::read(path, file::MOST_TEXT)
        .map_err(told)?
        .ok_or_else(|| told(io::ErrorKind::NotFound.into()))
}

fn parsed(layer: Layer, path: &Path, bytes: Vec<u8>, problems: &mut Vec<Problem>) -> Option<Input> {
    match String::from_utf8(bytes) {
        Ok(text) => Some(Input::file(layer, path, &text)),
        Err(_) => {
            let message = "not UTF-8, which TOML asks for; save the file as UTF-8";
            problems.push(Problem::error(Code::ConfigSyntax, message).at(&whole(layer, path)));
            None
        }
    }
}

fn unreadable(layer: Layer, path: &Path, error: &io::Error, kind: fn(Code, String) -> Problem) -> Problem {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file; name one that is there".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not read it; see its permissions, or name another file".to_owned(),
        _ => format!("can't be read: {error}; mend that, or name another file"),
    };
    kind(Code::ConfigRead, message).at(&whole(layer, path))
}

fn whole(layer: Layer, path: &Path) -> Origin {
    Origin::File {
        layer,
        file: path.into(),
        line: 0,
    }
}
