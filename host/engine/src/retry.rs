//! Asking, and asking again: a batch that failed is asked about one by one, so that only the culprits fail. Pure, but
//! for the call itself.

use crate::breaker::{Breaker, BreakerSettings, Permit};
use crate::incident::{Detail, Failure, Incident};
use cofferdam_guard::FailureKind;
use std::sync::Arc;
use std::time::Duration;

/// How one plugin is asked in one session.
pub(crate) struct Asker {
    plugin: Arc<str>,
    /// The time for one question with all that is asked again.
    budget: Duration,
    breaker: Breaker,
    /// Whether it is asked about one part at a time: from the start where it isn't known to answer for each by
    /// itself, or once a batch failed of which each part succeeded.
    solo: bool,
}

/// What came of a question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome<R> {
    /// The answer to all of it.
    Whole(R),
    /// For each part its answer, or how it failed.
    Each(Vec<Result<R, FailureKind>>),
}

impl Asker {
    pub(crate) fn new(plugin: Arc<str>, budget: Duration, together: bool, breaker: BreakerSettings) -> Self {
        Self {
            plugin,
            budget,
            breaker: Breaker::new(breaker),
            solo: !together,
        }
    }

    /// Asks about `count` parts. `call` is given the index of one part, or none for all of them at once; `clock`
    /// tells the session's time.
    pub(crate) fn ask<R>(
        &mut self,
        count: u32,
        clock: impl Fn() -> Duration,
        mut call: impl FnMut(Option<u32>) -> Result<R, Failure>,
        incidents: &mut Vec<Incident>,
    ) -> Outcome<R> {
        let begun = clock();
        let permit = self.breaker.permit(begun);
        let at_once = count < 2 || (permit == Permit::Call && !self.solo);
        let mut batch_failed = false;
        if at_once && permit != Permit::Refused {
            let failure = match call(None) {
                Ok(answer) => {
                    self.breaker.succeeded();
                    return Outcome::Whole(answer);
                }
                Err(failure) => failure,
            };
            let now = clock();
            self.breaker.failed(now);
            incidents.push(self.incident(failure, count, count > 1, now - begun));
            if count < 2 {
                return Outcome::Each((0..count).map(|_| Err(failure.kind)).collect());
            }
            batch_failed = true;
        }

        let mut each = Vec::with_capacity(count as usize);
        let mut now = clock();
        for part in 0..count {
            let stop = match self.breaker.permit(now) {
                Permit::Refused => Some(Detail::Circuit),
                Permit::Call | Permit::Probe => (now - begun >= self.budget).then_some(Detail::Budget),
            };
            if let Some(stop) = stop {
                let failure = Failure::from(stop);
                incidents.push(self.incident(failure, count - part, false, Duration::ZERO));
                each.resize_with(count as usize, || Err(failure.kind));
                break;
            }
            let asked = now;
            let answer = call(Some(part));
            now = clock();
            match &answer {
                Ok(_) => self.breaker.succeeded(),
                Err(failure) => {
                    self.breaker.failed(now);
                    incidents.push(self.incident(*failure, 1, false, now - asked));
                }
            }
            each.push(answer.map_err(|failure| failure.kind));
        }
        self.solo |= batch_failed && each.iter().all(Result::is_ok);
        Outcome::Each(each)
    }

    fn incident(&self, failure: Failure, count: u32, retried: bool, took: Duration) -> Incident {
        Incident {
            plugin: Arc::clone(&self.plugin),
            kind: failure.kind,
            detail: failure.detail,
            count,
            retried,
            micros: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

#[cfg(test)]
mod tests;
