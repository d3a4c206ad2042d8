//! Guards on trial: streams that nobody waits for, of which only what was decided is kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cofferdam_engine::Incident;
use cofferdam_guard::{
    Cleared, Decision, Guard, LengthClass, MarkEffect, MarkKind, Origin, Outlet, Raw, RuleRef, Severity, Size,
};

use cofferdam_model::record::Overridden;

use super::desk::Desk;
use super::guards::Guards;
use super::listener::Listener;

/// The number under which detectors see the stream: that of standard output.
const CHANNEL: u8 = 0;

/// Instances of guards, kept for all the streams that they are tried on. Making a guard for a stream costs
/// microseconds, making instances a thousand times that.
pub(crate) struct Trial {
    guards: Arc<Guards>,
    desk: Desk,
    begun: Instant,
    heard: Heard,
}

/// What a detector found, by its place in the raw stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sighting {
    pub(crate) rule: RuleRef,
    pub(crate) severity: Severity,
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// None where few values are possible.
    pub(crate) length: Option<u64>,
    /// Bytes of it were out when it was made.
    pub(crate) late: bool,
}

/// One call into a guest: the detector of this index, or the policy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) detector: Option<u16>,
    pub(crate) parts: usize,
    pub(crate) took: Duration,
}

/// What came of a stream, until somebody takes it.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) sightings: Vec<Sighting>,
    pub(crate) calls: Vec<Call>,
    /// The plugins that failed, by name, once for each time.
    pub(crate) incidents: Vec<Arc<str>>,
    /// Suspects on which a detector failed.
    pub(crate) failures: u64,
}

impl Trial {
    /// Instances of these guards.
    pub(crate) fn new(guards: Arc<Guards>) -> Self {
        Self {
            desk: Desk::new(Arc::clone(&guards)),
            guards,
            begun: Instant::now(),
            heard: Heard::default(),
        }
    }

    /// The guards.
    pub(crate) fn guards(&self) -> &Arc<Guards> {
        &self.guards
    }

    /// Guards a text as a stream of its own, which comes in pieces of these lengths and then as a whole.
    pub(crate) fn text(&mut self, text: &[u8], cuts: impl IntoIterator<Item = usize>) -> &Heard {
        self.heard.forget();
        let mut stream = self.stream();
        let mut rest = text;
        for cut in cuts {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at(cut.clamp(1, rest.len()));
            self.push(&mut stream, piece.to_vec());
            rest = after;
        }
        if !rest.is_empty() {
            self.push(&mut stream, rest.to_vec());
        }
        self.end(&mut stream);
        &self.heard
    }

    /// A guard at the beginning of a stream.
    pub(crate) fn stream(&self) -> Guard {
        self.guards.guard(CHANNEL, Outlet::Pipe, Size::default())
    }

    /// Guards what a stream goes on with.
    pub(crate) fn push(&mut self, stream: &mut Guard, bytes: Vec<u8>) {
        let now = self.begun.elapsed();
        stream.push(now, Raw::from_vec(bytes));
        self.desk.serve(stream, now, &mut self.heard);
    }

    /// Brings a stream to its end.
    pub(crate) fn end(&mut self, stream: &mut Guard) {
        stream.mark(MarkKind::End);
        self.desk.serve(stream, self.begun.elapsed(), &mut self.heard);
    }

    /// What came since it was asked last.
    pub(crate) fn take(&mut self) -> Heard {
        std::mem::take(&mut self.heard)
    }
}

impl Heard {
    /// Forgets all, and keeps the memory.
    fn forget(&mut self) {
        self.sightings.clear();
        self.calls.clear();
        self.incidents.clear();
        self.failures = 0;
    }
}

impl Listener for Heard {
    fn cleared(&mut self, _: Cleared) {}

    fn decision(&mut self, decision: Decision, _: u64, _: Option<Overridden>) {
        match decision.origin {
            // That a guard failed on a suspect says nothing of whether there was a secret.
            Origin::Failure(_) => self.failures += 1,
            Origin::Detector | Origin::Known => self.sightings.push(Sighting {
                rule: decision.rule,
                severity: decision.severity,
                start: decision.offset,
                end: decision.end,
                length: match decision.length {
                    LengthClass::Untold => None,
                    LengthClass::Below(_) => Some(decision.end.saturating_sub(decision.offset)),
                },
                late: decision.late > 0,
            }),
        }
    }

    /// Only time makes marks, and a text that is there as a whole has none.
    fn marked(&mut self, _: MarkEffect) {}

    fn incident(&mut self, incident: Incident) {
        self.incidents.push(incident.plugin);
    }

    /// Guards on trial never block, and what failed isn't judged.
    fn blocked(&mut self, _: RuleRef) {}

    fn called(&mut self, detector: Option<u16>, parts: usize, took: Duration) {
        self.calls.push(Call { detector, parts, took });
    }
}
