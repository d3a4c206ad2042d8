//! The folders of this user: configuration, state and cache, as XDG places them.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use cofferdam_model::config::plain_path;

/// What our folders are called below those of XDG.
const NAME: &str = "cofferdam";
/// The system's configuration.
const SYSTEM: &str = "/etc/cofferdam/config.toml";

/// Where this user's things lie. Nothing is created before it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    system: PathBuf,
    config: Option<PathBuf>,
    state: Option<PathBuf>,
    cache: Option<PathBuf>,
}

/// Why there is no such folder.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    /// Nobody says where.
    #[error("no place for {what}: neither {variable} nor HOME is an absolute path; set one of them")]
    NoHome {
        /// What it is for.
        what: &'static str,
        /// The variable of XDG.
        variable: &'static str,
    },
    /// It can't be made.
    #[error(
        "the folder {} can't be made: {reason}; make it yourself, for this user alone",
        plain_path(path)
    )]
    Create {
        /// Which folder.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// It isn't ours.
    #[error(
        "the folder {} belongs to another user; move it away, or name another place in {variable}",
        plain_path(path)
    )]
    Foreign {
        /// Which folder.
        path: PathBuf,
        /// The variable of XDG.
        variable: &'static str,
    },
}

const CONFIG: (&str, &str) = ("XDG_CONFIG_HOME", ".config");
const STATE: (&str, &str) = ("XDG_STATE_HOME", ".local/state");
const CACHE: (&str, &str) = ("XDG_CACHE_HOME", ".cache");

impl Places {
    /// The places that an environment says. As XDG asks, a variable that isn't an absolute path counts as unset.
    pub(crate) fn new(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = absolute("HOME");
        let place = |(name, below): (&str, &str)| {
            absolute(name)
                .or_else(|| home.as_ref().map(|home| home.join(below)))
                .map(|base| base.join(NAME))
        };
        Self {
            system: SYSTEM.into(),
            config: place(CONFIG),
            state: place(STATE),
            cache: place(CACHE),
        }
    }

    /// The same places, with another file for the system's configuration.
    #[cfg(test)]
    pub(crate) fn with_system(self, system: PathBuf) -> Self {
        Self { system, ..self }
    }

    /// The system's configuration file.
    pub(crate) fn system_file(&self) -> &Path {
        &self.system
    }

    /// The user's configuration file; none where the user has no home.
    pub(crate) fn user_file(&self) -> Option<PathBuf> {
        self.config.as_ref().map(|config| config.join("config.toml"))
    }

    /// The folder for what must outlive a run (keys, heads, trust), where it would be; it may not exist yet.
    ///
    /// # Errors
    ///
    /// Where there is no home.
    pub(crate) fn state_place(&self) -> Result<&Path, PlaceError> {
        self.state.as_deref().ok_or(PlaceError::NoHome {
            what: "state",
            variable: STATE.0,
        })
    }

    /// The folder for what must outlive a run, there and for this user alone.
    ///
    /// # Errors
    ///
    /// Where there is no home, or the folder can't be made or isn't ours.
    pub(crate) fn state(&self) -> Result<&Path, PlaceError> {
        let path = self.state_place()?;
        private(path, STATE.0)?;
        Ok(path)
    }

    /// The folder for what can be made again (compiled plugins), there and for this user alone.
    ///
    /// # Errors
    ///
    /// Where there is no home, or the folder can't be made or isn't ours.
    pub(crate) fn cache(&self) -> Result<&Path, PlaceError> {
        let path = self.cache.as_deref().ok_or(PlaceError::NoHome {
            what: "the cache",
            variable: CACHE.0,
        })?;
        private(path, CACHE.0)?;
        Ok(path)
    }
}

/// Makes a folder that only this user can enter, and takes others' rights away where it was there.
fn private(path: &Path, variable: &'static str) -> Result<(), PlaceError> {
    let create = |reason| PlaceError::Create {
        path: path.to_owned(),
        reason,
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(create)?;
    let found = fs::metadata(path).map_err(create)?;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(PlaceError::Foreign {
            path: path.to_owned(),
            variable,
        });
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(create)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(variables: &[(&str, &str)]) -> Places {
        Places::new(|name| {
            variables
                .iter()
                .find(|(given, _)| *given == name)
                .map(|(_, value)| value.into())
        })
    }

    #[test]
    fn xdg_comes_before_home_and_must_be_absolute() {
        let found = places(&[
            ("HOME", "/h"),
            ("XDG_STATE_HOME", "/s"),
            ("XDG_CONFIG_HOME", "relative"),
        ]);
        assert_eq!(found.state_place().expect("a place"), Path::new("/s/cofferdam"));
        assert_eq!(found.user_file(), Some("/h/.config/cofferdam/config.toml".into()));
    }

    #[test]
    fn without_a_home_there_is_a_clear_error_and_no_user_file() {
        for variables in [&[][..], &[("HOME", "")], &[("HOME", "here")]] {
            let found = places(variables);
            assert_eq!(found.user_file(), None);
            assert!(
                found
                    .state()
                    .expect_err("no home")
                    .to_string()
                    .contains("XDG_STATE_HOME nor HOME")
            );
            assert!(
                found
                    .cache()
                    .expect_err("no home")
                    .to_string()
                    .contains("XDG_CACHE_HOME nor HOME")
            );
        }
    }

    #[test]
    fn folders_are_for_this_user_alone_even_when_they_were_there() {
        let base = tempfile::tempdir().expect("a folder");
        let found = places(&[("HOME", base.path().to_str().expect("UTF-8"))]);
        let mode = |path: &Path| fs::metadata(path).expect("it is there").mode() & 0o777;
        assert_eq!(mode(found.state().expect("made")), 0o700);
        let cache = base.path().join(".cache/cofferdam");
        fs::create_dir_all(&cache).expect("made");
        fs::set_permissions(&cache, Permissions::from_mode(0o755)).expect("opened");
        assert_eq!(mode(found.cache().expect("there")), 0o700);
    }

    #[test]
    fn a_file_in_the_way_is_told() {
        let base = tempfile::tempdir().expect("a folder");
        fs::write(base.path().join("cofferdam"), "").expect("written");
        let found = places(&[("XDG_STATE_HOME", base.path().to_str().expect("UTF-8"))]);
        assert!(matches!(found.state(), Err(PlaceError::Create { .. })));
    }
}
