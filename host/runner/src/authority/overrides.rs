//! The overrides that hold in one run, followed while it goes on.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cofferdam_model::Code;
use cofferdam_model::authority::{Act, Override, Revocation, Signed, Statement as _};
use cofferdam_model::config::Categories;
use cofferdam_model::record::{Digest, OverrideId, OverrideInForce, OverrideRefused, RunId, TaskId, Timestamp};

use super::{Acts, AuthorityError, Kept, Moment, People, Shelf, verify};
use crate::record::clock::wall_clock;
use crate::record::files::{Care, Disk, private_folder, replace};

/// The folder of overrides in the state folder.
const GRANTED: &str = "overrides";
/// The folder that says which of them hold no longer.
const REVOKED: &str = "revocations";
/// How long a change may go unnoticed while output comes.
const PATIENCE: Duration = Duration::from_millis(250);
/// The most overrides that are kept; with more, none holds.
const MOST: usize = 256;

/// What bounds every override, and where they lie.
#[derive(Clone)]
pub struct OverrideRules {
    /// The state folder.
    pub state: PathBuf,
    /// Who may grant, by their keys.
    pub people: People,
    /// The longest that one may hold, in milliseconds.
    pub longest_ms: u64,
    /// The categories that nobody may let through.
    pub not_overridable: Categories,
}

/// Why an override doesn't hold.
#[derive(Debug, thiserror::Error)]
pub enum NotInForce {
    /// It isn't believed.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// It would hold for longer than the configuration lets one.
    #[error("it would hold for longer than authority.longest-override allows")]
    TooLong,
    /// Nobody may let this category through.
    #[error("its category is one that nobody may let through (policy.not-overridable)")]
    NotOverridable,
    /// It was taken back.
    #[error("it was taken back")]
    Revoked,
    /// Its file is there, and the log of acts doesn't know it.
    #[error("it was not granted here: the log of what was granted doesn't know it")]
    NotGranted,
    /// There are so many that none is looked at.
    #[error("there are more than 256 overrides; remove those that ended, and the others hold again")]
    TooMany,
}

impl NotInForce {
    /// The stable code of the reason.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Authority(error) => error.code(),
            Self::TooLong | Self::NotOverridable | Self::Revoked | Self::NotGranted | Self::TooMany => {
                Code::OverrideRefused
            }
        }
    }

    /// Whether it is no more than the way in which overrides end.
    fn is_an_end(&self) -> bool {
        match self {
            Self::Authority(AuthorityError::Expired { .. }) | Self::Revoked => true,
            Self::Authority(_) | Self::TooLong | Self::NotOverridable | Self::NotGranted | Self::TooMany => false,
        }
    }
}

impl OverrideRules {
    /// All overrides on the shelf, none of them judged.
    #[must_use]
    pub fn all(&self) -> Vec<Kept<Override>> {
        self.shelf().all()
    }

    /// Whether an override holds at a moment, wherever its scope is.
    ///
    /// # Errors
    /// The first reason why it doesn't.
    pub fn judge(&self, signed: &Signed<Override>, now: Moment) -> Result<(), NotInForce> {
        self.judge_by(&Acts::read(&self.state), signed, now)
    }

    fn judge_by(
        &self,
        acts: &Result<Acts, AuthorityError>,
        signed: &Signed<Override>,
        now: Moment,
    ) -> Result<(), NotInForce> {
        verify(signed, &self.people, now)?;
        let granted = &signed.statement;
        let lasts = granted.until.unix_millis().saturating_sub(granted.at.unix_millis());
        if lasts > self.longest_ms {
            Err(NotInForce::TooLong)
        } else if self.not_overridable.covers(granted.category.as_str()) {
            Err(NotInForce::NotOverridable)
        } else if self.revoked().contains(&granted.id) {
            Err(NotInForce::Revoked)
        } else {
            // Where its file alone were believed, it would come to life again once what took it back is deleted.
            match acts {
                Ok(acts) if acts.revoked(granted.id) => Err(NotInForce::Revoked),
                Ok(acts) if acts.granted(granted.id, Digest::of(&granted.signed_bytes())) => Ok(()),
                Ok(_) => Err(NotInForce::NotGranted),
                Err(_) => Err(NotInForce::Authority(AuthorityError::ActsBroken)),
            }
        }
    }

    /// Puts an override on the shelf. Running sessions see it within a quarter of a second of output.
    ///
    /// # Errors
    /// It can't be written.
    pub fn grant(&self, signed: &Signed<Override>) -> Result<PathBuf, AuthorityError> {
        let id = signed.statement.id;
        let path = self.shelf().put(&id.to_string(), signed)?;
        let of = Digest::of(&signed.statement.signed_bytes());
        Acts::add(&self.state, Act::Granted { id, of })?;
        Ok(path)
    }

    /// Takes an override back. It needs nobody's signature, since it only tightens.
    ///
    /// # Errors
    /// It can't be written.
    pub fn revoke(&self, signed: &Signed<Override>) -> Result<(), AuthorityError> {
        let id = signed.statement.id;
        let place = format!("{REVOKED}/{id}.json");
        let failed = |source| AuthorityError::Unwritten {
            place: place.clone(),
            source,
        };
        let revocation = Revocation {
            id,
            at: wall_clock(),
            of: Digest::of(&signed.statement.signed_bytes()),
        };
        private_folder(&self.state.join(REVOKED), REVOKED)
            .map_err(|error| failed(std::io::Error::other(error.to_string())))?;
        let mut text = serde_json::to_string_pretty(&revocation).expect("a revocation is plain JSON");
        text.push('\n');
        replace(&self.state.join(&place), text.as_bytes(), &Disk, Care::Durable).map_err(failed)?;
        // After its file, so that it is taken back also where the log is no longer whole: then nothing holds anyway.
        let of = revocation.of;
        Acts::add(&self.state, Act::Revoked { id, of })
    }

    fn shelf(&self) -> Shelf<Override> {
        Shelf::new(&self.state, GRANTED)
    }

    /// Those that were taken back: the name of the file says it, whatever it holds.
    fn revoked(&self) -> BTreeSet<OverrideId> {
        let Ok(entries) = fs::read_dir(self.state.join(REVOKED)) else {
            return BTreeSet::new();
        };
        entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".json")?.parse().ok())
            .collect()
    }
}

/// The overrides of one run.
pub struct Overrides {
    rules: OverrideRules,
    task: TaskId,
    run: RunId,
    /// A moment that records vouch for, with the session's time at which it was taken.
    since: Option<(Moment, Duration)>,
    looked: Option<Duration>,
    seen: Option<Seen>,
    active: Vec<Override>,
    refused: Vec<OverrideRefused>,
}

/// What of the folders shows that something in them changed.
type Seen = Vec<(PathBuf, u64, i64, i64, u64)>;

impl Overrides {
    /// Follows the overrides of a run. Nothing is read yet.
    #[must_use]
    pub fn of(rules: OverrideRules, task: TaskId, run: RunId) -> Self {
        Self {
            since: None,
            rules,
            task,
            run,
            looked: None,
            seen: None,
            active: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Looks whether something changed, a quarter of a second after the last look at the earliest. `now` is the
    /// session's time. Answers whether others hold now, or others are refused.
    pub fn follow(&mut self, now: Duration) -> bool {
        if self.looked.is_some_and(|looked| now < looked + PATIENCE) {
            return false;
        }
        self.looked = Some(now);
        let seen = look(&self.rules.state);
        // The records are read only where there is an override whose end hangs on them.
        if !seen.is_empty() && self.since.is_none() {
            self.since = Some((Moment::now(&self.rules.state), now));
        }
        let moment = self.moment(now);
        let ended = self.active.iter().any(|granted| granted.until <= moment.time());
        if self.seen.as_ref() == Some(&seen) && !ended {
            return false;
        }
        let is_first = self.seen.is_none();
        self.seen = Some(seen);
        let before = (self.active.clone(), self.refused.clone());
        self.read(moment);
        if is_first {
            !self.active.is_empty() || !self.refused.is_empty()
        } else {
            before != (self.active.clone(), self.refused.clone())
        }
    }

    /// The override that lets findings of a rule through at this time of the session, if one does.
    #[must_use]
    pub fn of_rule(&self, (plugin, rule, category): (&str, &str, &str), now: Duration) -> Option<&Override> {
        // The rule may be of another category by now than when the override was granted.
        if self.active.is_empty() || self.rules.not_overridable.covers(category) {
            return None;
        }
        let moment = self.moment(now).time();
        self.active.iter().find(|granted| {
            granted.plugin.as_str() == plugin && granted.rule.as_str() == rule && moment < granted.until
        })
    }

    /// Those that hold, for the record.
    pub fn in_force(&self) -> Vec<OverrideInForce> {
        self.active
            .iter()
            .map(|granted| OverrideInForce {
                id: granted.id,
                plugin: granted.plugin.clone(),
                rule: granted.rule.clone(),
                by: granted.by.clone(),
                custody: granted.custody,
                until: granted.until,
                why: granted.why.clone(),
            })
            .collect()
    }

    /// Those that don't though somebody may think so, for the record.
    pub fn refused(&self) -> Vec<OverrideRefused> {
        self.refused.clone()
    }

    /// The session's own time counts too, so that a clock that is set back lengthens nothing.
    fn moment(&self, now: Duration) -> Moment {
        let (begun, at) = self.since.unwrap_or((Moment::at(Timestamp::default()), now));
        let elapsed = u64::try_from(now.saturating_sub(at).as_millis()).unwrap_or(u64::MAX);
        let by_session = begun.time().unix_millis().saturating_add(elapsed);
        Moment::at(Timestamp::from_unix_millis(by_session)).or_later()
    }

    fn read(&mut self, now: Moment) {
        self.active.clear();
        self.refused.clear();
        let all = self.rules.all();
        if all.len() > MOST {
            let code = NotInForce::TooMany.code();
            self.refused.push(OverrideRefused { id: None, code });
            return;
        }
        let acts = Acts::read(&self.rules.state);
        for kept in all {
            match kept.read {
                Ok(signed) if !signed.statement.scope.covers(&self.task, self.run) => {}
                Ok(signed) => match self.rules.judge_by(&acts, &signed, now) {
                    Ok(()) => self.active.push(signed.statement),
                    Err(why) if why.is_an_end() => {}
                    Err(why) => self.refused.push(OverrideRefused {
                        id: Some(signed.statement.id),
                        code: why.code(),
                    }),
                },
                Err(error) => self.refused.push(OverrideRefused {
                    id: None,
                    code: error.code(),
                }),
            }
        }
    }
}

fn look(state: &Path) -> Seen {
    let mut seen = Seen::new();
    for folder in [GRANTED, REVOKED] {
        let Ok(entries) = fs::read_dir(state.join(folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            if let Ok(found) = entry.metadata() {
                seen.push((
                    entry.path(),
                    found.ino(),
                    found.mtime(),
                    found.mtime_nsec(),
                    found.len(),
                ));
            }
        }
    }
    // What happens to the log matters to overrides alone.
    if !seen.is_empty() {
        let path = state.join(super::acts::PLACE);
        if let Ok(found) = path.symlink_metadata() {
            seen.push((path, found.ino(), found.mtime(), found.mtime_nsec(), found.len()));
        }
    }
    seen.sort_unstable();
    seen
}
