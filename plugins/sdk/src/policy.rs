//! Guard policies: the trait and its words.

use crate::bindings::policy::cofferdam::guard_policy::types as wit;
use crate::{Info, Severity};

/// A rule of a loaded detector, as a policy is told of it.
pub use wit::Rule as KnownRule;

/// What is known of a finding; never its bytes.
pub use wit::Finding as PolicyFinding;

/// A policy that decides findings. It is made once, before any text is seen, and decides each finding by itself.
pub trait Policy: Sized + 'static {
    /// Who it is.
    const INFO: Info;

    /// Makes the policy from its settings (JSON), the session's labels and the rules of all loaded detectors.
    ///
    /// # Errors
    /// A sentence that names what can't be accepted.
    fn configure(settings: &str, labels: &[(String, String)], rules: &[KnownRule]) -> Result<Self, String>;

    /// What the policy promises for as long as it lives.
    fn promise(&self) -> Promise;

    /// The decision on one finding.
    fn decide(&self, finding: &PolicyFinding) -> Decision;

    /// What [`renew`](Self::renew) makes the same policy of, 1 MiB at most: then an instance that stands in for
    /// another isn't told all rules again. `None` where the policy must be.
    fn state(&self) -> Option<Vec<u8>> {
        None
    }

    /// Makes the policy whose [`state`](Self::state) this is, in the same session.
    ///
    /// # Errors
    /// A sentence that says why that can't be.
    fn renew(settings: &str, labels: &[(String, String)], state: Vec<u8>) -> Result<Self, String> {
        let _ = (settings, labels, state);
        Err("this policy can't be renewed".to_owned())
    }
}

/// What a policy promises.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Promise {
    /// For each rule, in order: whether a finding of it may ever get another action than allow.
    pub acts: Vec<bool>,
    /// The reasons that decisions refer to; 256 at most.
    pub reasons: Vec<String>,
}

/// What happens to a finding, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decision {
    /// The action.
    pub action: Action,
    /// An index into the promise's reasons.
    pub reason: u16,
}

/// The registry of actions, from the mildest to the strictest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Action {
    /// Let it through.
    Allow,
    /// Put a marker in its place.
    Redact,
    /// Put a mask in its place.
    RedactMask,
    /// Take out the rest of the line.
    WithholdLine,
    /// End the session.
    Block,
}

impl Action {
    /// All actions, by the names that settings use.
    pub const NAMES: [(&'static str, Action); 5] = [
        ("allow", Action::Allow),
        ("redact", Action::Redact),
        ("redact-mask", Action::RedactMask),
        ("withhold-line", Action::WithholdLine),
        ("block", Action::Block),
    ];

    /// The action of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Action> {
        Action::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|&(_, action)| action)
    }

    /// The action's code in the registry.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Action::Allow => 0,
            Action::Redact => 1,
            Action::RedactMask => 2,
            Action::WithholdLine => 3,
            Action::Block => 4,
        }
    }
}

/// Where a finding comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A detector confirmed it.
    Detector,
    /// A detector failed on it.
    Failure,
    /// It is a value that the host was told.
    KnownValue,
    /// A code that this SDK doesn't know yet.
    Other(u8),
}

impl From<u8> for Origin {
    fn from(code: u8) -> Origin {
        match code {
            0 => Origin::Detector,
            1 => Origin::Failure,
            2 => Origin::KnownValue,
            code => Origin::Other(code),
        }
    }
}

impl From<Promise> for wit::Promise {
    fn from(promise: Promise) -> wit::Promise {
        wit::Promise {
            acts: promise.acts,
            reasons: promise.reasons,
        }
    }
}

impl From<Decision> for wit::Decision {
    fn from(decision: Decision) -> wit::Decision {
        wit::Decision {
            action: decision.action.code(),
            reason: decision.reason,
        }
    }
}

/// The name of a severity in settings.
impl Severity {
    /// All severities, by the names that settings use.
    pub const NAMES: [(&'static str, Severity); 4] = [
        ("p0", Severity::P0),
        ("p1", Severity::P1),
        ("p2", Severity::P2),
        ("p3", Severity::P3),
    ];

    /// The severity of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Severity> {
        Severity::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|&(_, severity)| severity)
    }
}
