//! A mutant as it is kept: a patch whose first line says what must find it.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A fault, and the test that finds it.
pub(super) struct Mutant {
    /// `INVARIANT-WHAT`.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) kills: Kills,
}

/// What must fail once the fault is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kills {
    /// Tests of a package: `# kills: PACKAGE [--lib | --doc | --test NAME] FILTER`.
    Test {
        /// The package.
        package: String,
        /// What follows it on the command line of `cargo test`.
        words: Vec<String>,
    },
    /// The compiler, with this error: `# kills: compile PACKAGE ERROR`.
    Compile {
        /// The package.
        package: String,
        /// Its number, such as `E0423`.
        error: String,
    },
}

impl Mutant {
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|error| format!("{} can't be read: {error}", path.display()))?;
        let kills = text.lines().next().and_then(Kills::parse).ok_or_else(|| {
            format!(
                "{}: its first line must be `# kills: PACKAGE [--lib | --doc | --test NAME] FILTER` or \
                 `# kills: compile PACKAGE ERROR`",
                path.display()
            )
        })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self {
            name,
            path: path.to_owned(),
            kills,
        })
    }

    /// The cheapest to build first, then by what kills them, so that those with the same test are neighbours.
    pub(super) fn order(&self) -> (u8, &Kills, &str) {
        (self.kills.cost(), &self.kills, &self.name)
    }
}

impl Kills {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("# kills: ")?.split_whitespace().map(str::to_owned);
        let first = words.next()?;
        let rest: Vec<_> = words.collect();
        match (first.as_str(), rest.as_slice()) {
            ("compile", [package, error]) => Some(Self::Compile {
                package: package.clone(),
                error: error.clone(),
            }),
            ("compile", _) => None,
            // Without a filter any failure would do, and it must be the one test that says what is broken.
            (_, [.., filter]) if !filter.starts_with("--") => Some(Self::Test {
                package: first,
                words: rest,
            }),
            (_, _) => None,
        }
    }

    pub(super) fn package(&self) -> &str {
        match self {
            Self::Test { package, .. } | Self::Compile { package, .. } => package,
        }
    }

    fn cost(&self) -> u8 {
        match self.package() {
            "cofferdam-guard" | "cofferdam-model" => 0,
            "cofferdam-engine" => 1,
            "cofferdam-runner" => 2,
            _ => 3,
        }
    }

    /// Whether the guests must be there.
    pub(super) fn needs_guests(&self) -> bool {
        self.cost() > 0
    }

    /// Whether the tests run the program itself.
    pub(super) fn needs_program(&self) -> bool {
        self.package() == "cofferdam-tests"
    }
}

impl fmt::Display for Kills {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test { package, words } => write!(f, "{package} {}", words.join(" ")),
            Self::Compile { package, error } => write!(f, "{package} must not compile ({error})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kills;

    #[test]
    fn the_first_line_names_a_test_or_an_error() {
        let read = |line: &str| Kills::parse(line).map(|kills| kills.to_string());
        assert_eq!(read("# kills: a --lib b::c"), Some("a --lib b::c".to_owned()));
        assert_eq!(
            read("# kills: compile a E0423"),
            Some("a must not compile (E0423)".to_owned())
        );
        for line in ["# kills: a", "# kills: a --lib", "# kills: compile a", "kills: a b", ""] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
