//! Where time and chance come from.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use cofferdam_model::record::{Digest, OverrideId, RunId, Stamp, Timestamp};

use super::RecordError;

/// The clock of one run: the time of day, and the time since the run began, which never goes back.
#[derive(Debug, Clone, Copy)]
pub struct RunClock {
    begun: Instant,
}

impl RunClock {
    /// Begins now.
    #[must_use]
    pub fn start() -> Self {
        Self { begun: Instant::now() }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Stamp {
        let elapsed_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        Stamp {
            time: wall_clock(),
            elapsed_ms,
        }
    }
}

/// The time of day; a clock before 1970 counts as 1970.
pub(crate) fn wall_clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Random bytes from the kernel.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], RecordError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| RecordError::Random)?;
    Ok(bytes)
}

/// A new id for an override that is granted now.
///
/// # Errors
/// The kernel gives no random bytes.
pub fn new_override_id() -> Result<OverrideId, RecordError> {
    Ok(OverrideId::new(wall_clock().unix_millis(), random()?))
}

/// A seed for a draw: 32 random bytes, which may be shown.
///
/// # Errors
/// The kernel gives no random bytes.
pub fn random_digest() -> Result<Digest, RecordError> {
    Ok(Digest::from_bytes(random()?))
}

/// A new id for a run that begins now.
///
/// # Errors
/// The kernel gives no random bytes.
pub fn new_run_id() -> Result<RunId, RecordError> {
    Ok(RunId::new(wall_clock().unix_millis(), random()?))
}
