//! One place where a candidate or the guard in force saw something.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::{Action, Channel, Fingerprint, LengthClass, Name, SafeText, Severity};

/// What the two said of one place. It holds nothing from which the bytes could be made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShadowPlace {
    /// Its number in the file, from 1, by which people and labels name it.
    pub place: u32,
    /// The candidate.
    pub candidate: Name,
    /// How the two differ.
    pub class: PlaceClass,
    /// What that would have meant for the output.
    pub effect: Effect,
    /// The stream.
    pub channel: Channel,
    /// Where it begins in the raw stream, in bytes.
    pub offset: u64,
    /// Roughly how long it is.
    pub length_class: LengthClass,
    /// The worse of the two grades.
    pub severity: Severity,
    /// What the guard in force said; none where it saw nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incumbent: Option<Side>,
    /// What the candidate said; none where it saw nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenger: Option<Side>,
    /// Bytes that the guard in force takes out and the candidate would not.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missed_bytes: u64,
    /// Bytes that the candidate would take out and the guard in force does not.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub surplus_bytes: u64,
    /// A keyed fingerprint of what the candidate found, or else of what the guard in force did. None for low entropy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// Classes of characters of the place and a little around it, without what any guard in force takes out.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub shape: SafeText,
}

/// What one of the two said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// The detector.
    pub plugin: Name,
    /// Its rule.
    pub rule: Name,
    /// Dotted, from general to special.
    pub category: Name,
    /// As the detector graded it.
    pub severity: Severity,
    /// What the policy decided.
    pub action: Action,
    /// 0 to 100.
    pub confidence: u8,
    /// How many of its bytes were out, or would have been, when it was found.
    pub late_bytes: u64,
}

/// How a candidate and the guard in force differ in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceClass {
    /// Both take out the same bytes in the same way.
    Agree,
    /// Only the guard in force found something.
    OnlyIncumbent,
    /// Only the candidate did.
    OnlyCandidate,
    /// They found it in different bytes.
    DifferentSpan,
    /// They would do different things with it.
    DifferentAction,
    /// The candidate failed on it.
    Error,
    /// The candidate did not answer in time.
    Timeout,
}

impl PlaceClass {
    /// All classes.
    pub const ALL: [Self; 7] = [
        Self::Agree,
        Self::OnlyIncumbent,
        Self::OnlyCandidate,
        Self::DifferentSpan,
        Self::DifferentAction,
        Self::Error,
        Self::Timeout,
    ];

    /// The class in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::OnlyIncumbent => "only incumbent",
            Self::OnlyCandidate => "only candidate",
            Self::DifferentSpan => "different span",
            Self::DifferentAction => "different action",
            Self::Error => "error",
            Self::Timeout => "timeout",
        }
    }
}

/// What a difference would have meant for the output. What lets any byte out that is taken out today is looser, whatever else it
/// does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// The output would have been the same.
    Same,
    /// More would have been taken out.
    Stricter,
    /// Something would have come out.
    Looser,
    /// The candidate failed, so nobody knows.
    Error,
}

impl Effect {
    /// All effects.
    pub const ALL: [Self; 4] = [Self::Stricter, Self::Looser, Self::Same, Self::Error];

    /// The effect as a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Stricter => "stricter",
            Self::Looser => "looser",
            Self::Error => "error",
        }
    }
}

impl PlaceClass {
    /// How two sides of one place differ. `missed` and `surplus` are bytes that only the guard in force, or only the candidate, takes
    /// out. A place that neither side sees agrees.
    #[must_use]
    pub fn of(incumbent: Option<Action>, candidate: Option<Action>, missed: u64, surplus: u64) -> Self {
        match (incumbent, candidate) {
            (Some(_), None) => Self::OnlyIncumbent,
            (None, Some(_)) => Self::OnlyCandidate,
            (Some(ours), Some(theirs)) if !ours.is_alike(theirs) => Self::DifferentAction,
            (Some(_), Some(_)) if missed > 0 || surplus > 0 => Self::DifferentSpan,
            (Some(_), Some(_)) | (None, None) => Self::Agree,
        }
    }
}

impl Effect {
    /// What the two actions and the bytes that only one of them takes out mean for the output. A finding that is allowed takes out
    /// nothing.
    #[must_use]
    pub fn of(incumbent: Option<Action>, candidate: Option<Action>, missed: u64, surplus: u64) -> Self {
        let strength = |action: Option<Action>| action.unwrap_or(Action::Allow).strength();
        let (ours, theirs) = (strength(incumbent), strength(candidate));
        if theirs < ours || missed > 0 {
            Self::Looser
        } else if theirs > ours || surplus > 0 {
            Self::Stricter
        } else {
            Self::Same
        }
    }
}

impl Action {
    /// How much it takes out. A marker and a mask stand for the same bytes.
    #[must_use]
    pub const fn strength(self) -> u8 {
        match self {
            Self::Allow => 0,
            Self::Redact | Self::RedactMask => 1,
            Self::WithholdLine => 2,
            Self::Block => 3,
        }
    }

    /// Whether both take out the same.
    #[must_use]
    pub const fn is_alike(self, other: Self) -> bool {
        self.strength() == other.strength()
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn is_empty(text: &SafeText) -> bool {
    text.as_str().is_empty()
}

#[cfg(test)]
mod tests {
    use super::{Effect, PlaceClass};
    use crate::record::Action;

    #[test]
    fn what_lets_a_byte_out_is_looser_whatever_else_it_does() {
        let (redact, block, allow) = (Some(Action::Redact), Some(Action::Block), Some(Action::Allow));
        for (ours, theirs, missed, surplus, class, effect) in [
            (redact, redact, 0, 0, PlaceClass::Agree, Effect::Same),
            (redact, Some(Action::RedactMask), 0, 0, PlaceClass::Agree, Effect::Same),
            (redact, None, 20, 0, PlaceClass::OnlyIncumbent, Effect::Looser),
            (allow, None, 0, 0, PlaceClass::OnlyIncumbent, Effect::Same),
            (None, redact, 0, 20, PlaceClass::OnlyCandidate, Effect::Stricter),
            (None, allow, 0, 0, PlaceClass::OnlyCandidate, Effect::Same),
            (redact, redact, 0, 3, PlaceClass::DifferentSpan, Effect::Stricter),
            (redact, redact, 3, 0, PlaceClass::DifferentSpan, Effect::Looser),
            (redact, redact, 1, 30, PlaceClass::DifferentSpan, Effect::Looser),
            (redact, block, 0, 0, PlaceClass::DifferentAction, Effect::Stricter),
            (redact, block, 1, 0, PlaceClass::DifferentAction, Effect::Looser),
            (redact, allow, 20, 0, PlaceClass::DifferentAction, Effect::Looser),
            (allow, redact, 0, 20, PlaceClass::DifferentAction, Effect::Stricter),
        ] {
            assert_eq!(
                PlaceClass::of(ours, theirs, missed, surplus),
                class,
                "{ours:?} {theirs:?}"
            );
            assert_eq!(Effect::of(ours, theirs, missed, surplus), effect, "{ours:?} {theirs:?}");
        }
    }
}
