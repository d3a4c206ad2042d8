//! Known values: secrets that the host is told by its environment and by files that the operator lists.
//!
//! They go from here into the guard's memory, and nowhere else: every message names where a value comes from.

mod lines;
mod name;
mod ordinary;
mod spelling;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use cofferdam_model::Code;
use cofferdam_model::config::{Origin, Problem, Resolved, Value, plain_path};
use cofferdam_runner::session::engine::{KnownFrom, KnownRules};
use cofferdam_runner::session::words::{KnownValue, KnownValueError};

use self::lines::parts;
use self::name::{Kind, kind};
use self::ordinary::{is_ordinary, percent_decoded, url_password};
use self::spelling::spellings;
use crate::config::{Surroundings, read_secrets};

/// The most values that are searched for.
const MOST: usize = 256;
/// The most characters of a rule's id.
const LONGEST_ID: usize = 64;
/// Variables with names that stand in ordinary text.
const NAMES_OF_HERE: &[&str] = &["USER", "LOGNAME", "HOSTNAME"];

/// What the host was told, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Known {
    /// A rule for each value, and for each notation that writes it in another way.
    pub(crate) rules: KnownRules,
    /// What refuses the configuration, and what is not searched for although the operator named it.
    pub(crate) problems: Vec<Problem>,
    /// What is not searched for, and need not be told at each start: a variable that isn't set can't be shown either.
    pub(crate) remarks: Vec<Problem>,
    values: Vec<KnownValue>,
    ids: HashSet<String>,
}

/// Collects the values that a configuration speaks of. Their places come first in the order that they are told in.
pub(crate) fn collect(resolved: &Resolved, around: &Surroundings) -> Known {
    let mut known = Known::default();
    let settings = &resolved.known;
    for name in settings.environment.value.iter() {
        known.named(name, around.variable(name), &settings.environment.origin);
    }
    if settings.credential_like.value {
        known.like(around);
    }
    for file in settings.files.value.iter() {
        known.file(file, &settings.files, &around.folder);
    }
    if known.values.len() > MOST {
        let message = format!(
            "there are {} known values, and {MOST} is the most; list less, or set known.credential-like to false",
            known.values.len()
        );
        known
            .problems
            .push(Problem::error(Code::KnownLimit, message).of("known"));
    }
    known
}

/// How many values there are, and their rules.
pub(crate) fn told<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    let ids: Vec<_> = ids.collect();
    if ids.is_empty() {
        "none".to_owned()
    } else {
        format!("{} ({})", ids.len(), ids.join(", "))
    }
}

impl Known {
    /// A variable that the operator named.
    fn named(&mut self, name: &str, value: Option<&OsStr>, origin: &Origin) {
        let left_out = |message: String| {
            Problem::warning(Code::KnownLeftOut, message)
                .at(origin)
                .of("known.environment")
        };
        match value {
            None => self.remarks.push(left_out(format!("the variable {name} is not set"))),
            Some(value) => {
                let id = id("env-", name.as_bytes());
                if let Err(error) = self.add(&id, KnownFrom::Environment, value.as_bytes()) {
                    let message = format!("the value of {name} can't be searched for: {error}");
                    self.problems.push(left_out(message));
                }
                self.password(&id, value.as_bytes());
            }
        }
    }

    /// Every variable that is called as credentials are, and the passwords of places.
    fn like(&mut self, around: &Surroundings) {
        let here: Vec<_> = NAMES_OF_HERE.iter().filter_map(|name| around.variable(name)).collect();
        let mut variables: Vec<_> = around.variables.iter().collect();
        // An environment has no order of its own; the rules' should be the same each time.
        variables.sort_unstable();
        for (name, value) in variables {
            let (name, value) = (name.as_bytes(), value.as_bytes());
            let kind = kind(&String::from_utf8_lossy(name));
            let is_here = here.iter().any(|here| here.as_bytes() == value);
            if kind == Kind::Other || is_here {
                continue;
            }
            let id = id("env-", name);
            if kind == Kind::Credential && !is_ordinary(value) {
                match self.add(&id, KnownFrom::Environment, value) {
                    Ok(()) | Err(KnownValueError::Short | KnownValueError::Common) => {}
                    Err(error @ KnownValueError::Long) => {
                        let message = format!("the value behind the rule {id} can't be searched for: {error}");
                        self.remarks.push(Problem::warning(Code::KnownLeftOut, message));
                    }
                }
            }
            self.password(&id, value);
        }
    }

    /// The password of a URL, as it is written and as it is meant. An ordinary word is left out.
    fn password(&mut self, id: &str, value: &[u8]) {
        let Some(password) = url_password(value).filter(|password| !is_ordinary(password)) else {
            return;
        };
        for password in [password.to_vec(), percent_decoded(password)] {
            // One that can't be searched for was in nobody's words; the guards look for passwords in URLs as well.
            self.add(id, KnownFrom::Environment, &password).ok();
        }
    }

    /// A file that the operator lists.
    fn file(&mut self, path: &Path, files: &Value<cofferdam_model::config::Files>, folder: &Path) {
        let base = files.origin.file().and_then(Path::parent).unwrap_or(folder);
        let path = folder.join(base).join(path);
        let problem = |problem: Problem| problem.at(&files.origin).of("known.files");
        let bytes = match read_secrets(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let message = format!(
                    "{} can't be read: {error}; mend that, or leave it out",
                    plain_path(&path)
                );
                return self.problems.push(problem(Problem::error(Code::KnownUnread, message)));
            }
        };
        let whole = id("file-", path.file_stem().unwrap_or_default().as_bytes());
        let (mut taken, mut refused) = (0, 0);
        for part in parts(&bytes) {
            let id = part
                .line
                .map_or_else(|| whole.clone(), |line| with_suffix(&whole, &format!("-line-{line}")));
            match (self.add(&id, KnownFrom::File, part.bytes), part.line) {
                (Ok(()), _) => taken += 1,
                (Err(_), Some(_)) => refused += 1,
                (Err(_), None) => {}
            }
        }
        if taken == 0 {
            let message = format!("{} holds nothing that can be searched for", plain_path(&path));
            self.problems
                .push(problem(Problem::warning(Code::KnownLeftOut, message)));
        } else if refused > 0 {
            let message = format!(
                "{refused} lines of {} are not searched for: too long, or too common",
                plain_path(&path)
            );
            self.remarks
                .push(problem(Problem::warning(Code::KnownLeftOut, message)));
        }
    }

    /// Adds a value under this id, or one like it that isn't taken, and as tools write it. A value that is there is
    /// not added again.
    fn add(&mut self, id: &str, from: KnownFrom, value: &[u8]) -> Result<(), KnownValueError> {
        let known = KnownValue::new(value)?;
        if self.values.contains(&known) {
            return Ok(());
        }
        self.values.push(known.clone());
        self.add_rule(id, from, known);
        for (notation, written) in spellings(value.trim_ascii()) {
            // What is longer than a value may be is found as it is, if anywhere.
            if let Ok(written) = KnownValue::new(&written) {
                self.add_rule(&with_suffix(id, &format!("-{notation}")), from, written);
            }
        }
        Ok(())
    }

    fn add_rule(&mut self, id: &str, from: KnownFrom, value: KnownValue) {
        let others = (2..).map(|number| with_suffix(id, &format!("-{number}")));
        let free = std::iter::once(id.to_owned())
            .chain(others)
            .find(|id| !self.ids.contains(id))
            .expect("there are more numbers than values");
        self.ids.insert(free.clone());
        self.rules.add(free, from, value);
    }
}

/// A rule's id from a name: what is no letter or digit is a dash.
fn id(prefix: &str, name: &[u8]) -> String {
    let words = name
        .split(|byte| !byte.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).to_ascii_lowercase());
    let mut id = format!("{prefix}{}", words.collect::<Vec<_>>().join("-"));
    id.truncate(LONGEST_ID);
    id.truncate(id.trim_end_matches('-').len());
    id
}

/// An id with something behind it, which is never cut.
fn with_suffix(id: &str, suffix: &str) -> String {
    format!("{}{suffix}", &id[..id.len().min(LONGEST_ID - suffix.len())])
}
