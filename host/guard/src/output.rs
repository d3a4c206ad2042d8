//! What the guard gives back: cleared bytes, questions, decisions, and what marks changed.

use crate::ask::Ask;
use crate::bytes::Cleared;
use crate::consult::{Action, Consult, Origin};
use crate::fingerprint::Fingerprint;
use crate::rule::{RuleRef, Severity};
use crate::shape::Shape;

/// What the guard wants its driver to do, in order.
pub enum Output {
    /// Record and show these bytes.
    Cleared(Cleared),
    /// Carry this to the detector, and hand its answer to [`crate::Guard::answer`].
    Ask(Ask),
    /// Carry this to the policy, and hand its verdicts to [`crate::Guard::verdicts`].
    Consult(Consult),
    /// Record this decision.
    Decision(Decision),
    /// Record that a mark changed the output.
    Marked(MarkEffect),
    /// The policy, or a failure action, ended the session; no byte comes out any more.
    Blocked(RuleRef),
}

/// Where the bytes go to, which says how idle time and replacement are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlet {
    /// A person looks on: every cell taken is replaced by a mask cell, and idle time shows masks at once.
    Terminal,
    /// A program reads: idle time holds on until the stall bound.
    Pipe,
}

/// The size of a terminal, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Cells in a row; 1000 at most are told apart.
    pub columns: u16,
    /// Rows; 1000 at most are told apart.
    pub rows: u16,
}

impl Default for Size {
    /// What a terminal has that does not say.
    fn default() -> Self {
        Self { columns: 80, rows: 24 }
    }
}

/// What stands for bytes that were taken out of a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Replacement {
    /// `[redacted:RULE]`, and `*` for each further piece of a finding that something seen stands between.
    #[default]
    Marker,
    /// One `*` a cell.
    Mask,
}

/// A mark: an event in the input that is no byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarkKind {
    /// No byte came for the idle time.
    Idle,
    /// No byte came for the stall bound.
    Stall,
    /// The terminal's size changed.
    Resize,
    /// No byte will come.
    End,
}

/// What a mark changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkEffect {
    /// Which mark.
    pub kind: MarkKind,
    /// Where in the raw stream it stood, in bytes.
    pub offset: u64,
    /// How many held bytes it masked.
    pub masked: u64,
    /// How many held bytes it released.
    pub released: u64,
}

/// How long a finding is, as a class: exact lengths would say too much of a short secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LengthClass {
    /// Not told, since few values are possible.
    Untold,
    /// Fewer than so many bytes, and half of them at least; a power of two, 16 for all that is shorter.
    Below(u32),
}

impl LengthClass {
    pub(crate) fn of(length: u64) -> Self {
        let length = u32::try_from(length).unwrap_or(u32::MAX).clamp(8, (1 << 31) - 1);
        Self::Below((length + 1).next_power_of_two())
    }
}

/// Why a finding was decided so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The policy's own, as an index into those that it declared.
    Policy(u16),
    /// The operator wants at least this, whatever the policy says.
    Floor,
    /// A person lets it through, by an override: an index into those that the driver used.
    Override(u16),
    /// A failure action decided, of the detector or of the policy.
    Failure,
}

/// What was decided of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Which rule of which detector.
    pub rule: RuleRef,
    /// Where the finding comes from.
    pub origin: Origin,
    /// As the detector graded it.
    pub severity: Severity,
    /// 0 to 100.
    pub confidence: u8,
    /// Bits of the detector's list of facts.
    pub facts: u64,
    /// Offset of its first byte in the raw stream.
    pub offset: u64,
    /// Offset behind its last byte in the raw stream. It is for measuring against texts whose secrets are known; a
    /// record tells [`Decision::length`] only.
    pub end: u64,
    /// How long it is.
    pub length: LengthClass,
    /// What becomes of its bytes.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// How many of its bytes were already out.
    pub late: u32,
    /// Names the secret without telling it; absent for values of little entropy and for failures.
    pub fingerprint: Option<Fingerprint>,
    /// What stands there, as classes of bytes; only where [`crate::Settings::shapes`] asks for it.
    pub shape: Option<Shape>,
}

#[cfg(test)]
mod tests {
    use super::LengthClass;

    #[test]
    fn a_class_of_lengths_holds_its_lengths() {
        for length in 8_u64..5000 {
            let LengthClass::Below(end) = LengthClass::of(length) else {
                panic!("lengths are told");
            };
            let end = u64::from(end);
            assert!(end.is_power_of_two() && (end / 2..end).contains(&length), "{length}");
        }
        assert_eq!(LengthClass::of(0), LengthClass::Below(16));
        assert_eq!(LengthClass::of(u64::MAX), LengthClass::Below(1 << 31));
    }
}
