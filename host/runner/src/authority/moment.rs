//! The moment at which statements are judged.

use std::path::Path;

use cofferdam_model::record::Timestamp;

use super::{Acts, AuthorityError};
use crate::record::clock::wall_clock;
use crate::record::newest_head;

/// How far two clocks may be apart before we say that one went back: 5 minutes, in milliseconds.
const SLACK_MS: u64 = 300_000;

/// A moment that is never earlier than the newest closed record or act: a clock that is set back wakes up nothing
/// that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Timestamp);

impl Moment {
    /// The moment of this time.
    #[must_use]
    pub const fn at(time: Timestamp) -> Self {
        Self(time)
    }

    /// Now: the clock's time, or that of the newest closed record or act where that is later.
    #[must_use]
    pub fn now(state: &Path) -> Self {
        // A log that isn't whole tells no time; whoever needs it to be whole reads it.
        Self::after(state, &Acts::read(state).unwrap_or_default())
    }

    /// The same, for whoever has read the acts.
    #[must_use]
    pub fn after(state: &Path, acts: &Acts) -> Self {
        let newest = newest_head(state).unwrap_or_default().max(acts.newest());
        Self(newest.max(wall_clock()))
    }

    /// Now, for whoever is about to sign something.
    ///
    /// # Errors
    /// The clock stands before the newest closed record or act by more than 5 minutes: what is signed now would be dated wrong.
    pub fn to_sign(state: &Path) -> Result<Self, AuthorityError> {
        let (now, Self(newest)) = (wall_clock(), Self::now(state));
        if newest.unix_millis() > now.unix_millis().saturating_add(SLACK_MS) {
            return Err(AuthorityError::ClockBack { now, newest });
        }
        Ok(Self(now.max(newest)))
    }

    /// The time.
    #[must_use]
    pub const fn time(self) -> Timestamp {
        self.0
    }

    /// The later of this and the clock's time.
    #[must_use]
    pub fn or_later(self) -> Self {
        Self(self.0.max(wall_clock()))
    }

    /// Whether something that was said at one time and ends at another holds.
    pub(super) fn within(self, at: Timestamp, until: Option<Timestamp>) -> Result<(), AuthorityError> {
        if at.unix_millis() > self.0.unix_millis().saturating_add(SLACK_MS) {
            return Err(AuthorityError::Early { at });
        }
        match until {
            Some(until) if until <= self.0 => Err(AuthorityError::Expired { until }),
            Some(_) | None => Ok(()),
        }
    }
}
