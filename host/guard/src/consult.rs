//! What a policy is asked, what it may decide, and what happens when a guard fails.

use crate::output::Reason;
use crate::rule::{RuleRef, Severity};

/// What becomes of a finding's bytes, from the loosest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// They pass, and are counted.
    Allow,
    /// They are replaced by a marker; on a terminal by a mask.
    RedactMarker,
    /// They are replaced by as many mask cells.
    RedactMask,
    /// All from the first unreleased byte to the line's end is taken out.
    WithholdLine,
    /// The session ends.
    Block,
}

impl Action {
    /// The action behind a policy's code; an unknown code withholds the line.
    pub fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Allow,
            1 => Self::RedactMarker,
            2 => Self::RedactMask,
            4 => Self::Block,
            // An unknown code is of a newer policy: the strictest action that doesn't end the session.
            3.. => Self::WithholdLine,
        }
    }
}

/// How a guard failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// It trapped, or answered with an error code of its own.
    Trap,
    /// It did not answer within its deadline.
    Timeout,
    /// It asked for more memory than it was granted.
    OutOfMemory,
    /// Its answer does not fit the question.
    BadAnswer,
    /// It is not there, or could not be instantiated.
    Missing,
    /// It failed too often, and is not called for a while.
    CircuitOpen,
}

/// What the host does with a suspect on which a guard failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FailureAction {
    /// Takes out the suspect's native extent.
    #[default]
    Withhold,
    /// Ends the session.
    Block,
    /// Lets the bytes pass; refused for a plugin with a P0 rule, and for a policy.
    Pass,
}

/// The failure action for each kind of failure. An open circuit takes the action of a missing guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FailureMatrix {
    /// On a trap or an error.
    pub trap: FailureAction,
    /// On a missed deadline.
    pub timeout: FailureAction,
    /// On memory above the limit.
    pub out_of_memory: FailureAction,
    /// On an answer that does not fit.
    pub bad_answer: FailureAction,
    /// When the guard is not there, or its circuit is open.
    pub missing: FailureAction,
}

impl FailureMatrix {
    /// The action for a kind of failure.
    pub fn action(&self, kind: FailureKind) -> FailureAction {
        match kind {
            FailureKind::Trap => self.trap,
            FailureKind::Timeout => self.timeout,
            FailureKind::OutOfMemory => self.out_of_memory,
            FailureKind::BadAnswer => self.bad_answer,
            FailureKind::Missing | FailureKind::CircuitOpen => self.missing,
        }
    }

    /// Whether any failure would let bytes pass.
    pub fn may_pass(&self) -> bool {
        [
            self.trap,
            self.timeout,
            self.out_of_memory,
            self.bad_answer,
            self.missing,
        ]
        .contains(&FailureAction::Pass)
    }
}

/// Where a finding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A detector confirmed the suspect.
    Detector,
    /// The detector failed, and its failure action made the finding.
    Failure(FailureKind),
    /// It is a value that the host was told.
    Known,
}

/// What a policy is told of a finding: never its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFinding {
    /// Where it comes from.
    pub origin: Origin,
    /// Which rule of which detector.
    pub rule: RuleRef,
    /// How bad it is, as the detector graded this one.
    pub severity: Severity,
    /// 0 to 100.
    pub confidence: u8,
    /// Bits of the detector's list of facts.
    pub facts: u64,
    /// Length in bytes.
    pub length: u32,
    /// How many of its bytes are already out.
    pub late: u32,
    /// Offset of its first byte in the raw stream.
    pub offset: u64,
    /// Which stream of the session.
    pub channel: u8,
    /// Which encoding the host took off; 0 for none.
    pub encoding: u8,
}

/// A batch of findings for the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consult {
    pub(crate) id: u64,
    /// The findings, each to be decided by itself.
    pub findings: Vec<PolicyFinding>,
}

impl Consult {
    /// Names this consultation among those of one guard.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The same question about one finding alone, for asking again after a batch failed.
    pub fn only(&self, finding: usize) -> Option<Consult> {
        Some(Consult {
            id: self.id,
            findings: vec![self.findings.get(finding)?.clone()],
        })
    }
}

/// What a policy decided of one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyDecision {
    /// What becomes of the bytes.
    pub action: Action,
    /// Why: [`Reason::Policy`], [`Reason::Floor`] where the driver made the policy's decision stricter, or
    /// [`Reason::Override`] where a person lets the finding through.
    pub reason: Reason,
}

/// One decision, or one failure of the policy, for each finding of a [`Consult`], in their order.
pub type Verdicts = Vec<Result<PolicyDecision, FailureKind>>;
