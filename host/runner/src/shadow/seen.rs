//! A decision of either side, as it is compared.

use cofferdam_guard::{Decision, FailureKind, LengthClass as Length, Origin, RuleRef, Shape};
use cofferdam_model::record::{self as model, Fingerprint, LengthClass};
use cofferdam_model::shadow::Side;

use crate::session::Guards;

/// What one side found in a place. Positions are in the raw stream.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) rule: RuleRef,
    pub(super) side: Side,
    /// The detector failed on it: nobody knows what it would have said.
    pub(super) failed: Option<FailureKind>,
    pub(super) length: LengthClass,
    pub(super) fingerprint: Option<Fingerprint>,
    pub(super) shape: Option<Shape>,
}

impl Seen {
    /// A decision of a guard that began at `base` of the stream. `None` for a rule that isn't there, which no guard
    /// of these rules names.
    pub(super) fn of(guards: &Guards, decision: &Decision, base: u64, channel: model::Channel) -> Option<Self> {
        let told = guards.told(decision, channel, 0, None)?;
        let start = base + decision.offset;
        Some(Self {
            start,
            // What has no bytes of its own in the stream still has its place.
            end: (base + decision.end).max(start + 1),
            rule: decision.rule,
            failed: match decision.origin {
                Origin::Failure(kind) => Some(kind),
                Origin::Detector | Origin::Known => None,
            },
            length: match decision.length {
                Length::Untold => LengthClass::Hidden,
                Length::Below(_) => told.length_class,
            },
            side: Side {
                plugin: told.plugin,
                rule: told.rule,
                category: told.category,
                severity: told.severity,
                action: told.action,
                confidence: told.confidence,
                late_bytes: told.late_bytes,
            },
            fingerprint: told.fingerprint,
            shape: decision.shape.clone().map(|shape| shape.moved(base)),
        })
    }

    /// Where what is kept in begins: bytes that are out before the finding is made are out, as those are that are
    /// never found.
    pub(super) fn kept_from(&self) -> u64 {
        (self.start + self.side.late_bytes).min(self.end)
    }

    /// Whether its bytes are taken out.
    pub(super) fn takes_out(&self) -> bool {
        self.side.action != model::Action::Allow
    }
}
