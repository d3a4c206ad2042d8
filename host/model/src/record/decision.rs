//! One decision of the guard, as it is recorded.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text_type;
use super::{Action, Channel, Digest, KeyId, Name, OverrideId, SafeText, Severity};
use crate::authority::PersonName;

/// What was decided about one finding, and why. It holds nothing from which the finding could be made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// The detector that found it, as configured.
    pub plugin: Name,
    /// The rule of that detector.
    pub rule: Name,
    /// Dotted, from general to special.
    pub category: Name,
    /// How bad it is when it gets out.
    pub severity: Severity,
    /// What made the finding.
    pub origin: Origin,
    /// How sure the detector is, 0 to 100.
    pub confidence: u8,
    /// What the detector said of the finding, in words that it declared before it saw any text.
    pub facts: Vec<SafeText>,
    /// What was done.
    pub action: Action,
    /// Why, in the policy's words, which it declared before it saw any text.
    pub reason: SafeText,
    /// The stream it was found in.
    pub channel: Channel,
    /// Where it begins in the raw stream, in bytes.
    pub offset: u64,
    /// Roughly how long it is.
    pub length_class: LengthClass,
    /// How many of its bytes were already out when it was made.
    pub late_bytes: u64,
    /// A keyed fingerprint, by which two findings of the same value can be told to be equal. None for low entropy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// Digest of the detector that found it; none where the host itself did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugin_digest: Option<Digest>,
    /// From the final window to the decision, in microseconds.
    pub micros: u64,
    /// The override by which a person let it through; none where nobody did.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
}

/// The override that changed a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Overridden {
    /// The override.
    pub id: OverrideId,
    /// Who granted it.
    pub by: PersonName,
    /// What would have been done without it.
    pub instead_of: Action,
}

/// What made a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A detector confirmed a suspect.
    Detector,
    /// A detector failed on a suspect.
    Failure,
    /// The host was told this value.
    KnownValue,
}

/// A finding's HMAC under a key of the host, which is kept outside the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fingerprint {
    /// The key.
    pub key_id: KeyId,
    /// The first 16 bytes of the HMAC-SHA-256.
    pub value: FingerprintValue,
}

/// 16 bytes of a keyed fingerprint, written as 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FingerprintValue(u128);

/// The text isn't 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 32 lower-case hexadecimal digits")]
pub struct FingerprintError;

impl fmt::Display for FingerprintValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for FingerprintValue {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let value = Self(u128::from_str_radix(text, 16).map_err(|_| FingerprintError)?);
        if value.to_string() == text {
            Ok(value)
        } else {
            Err(FingerprintError)
        }
    }
}

text_type!(
    FingerprintValue,
    "FingerprintValue",
    "^[0-9a-f]{32}$",
    "a keyed fingerprint"
);

/// Roughly how long a finding is, in bytes: coarse, so that it says nothing of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum LengthClass {
    /// Not said, since the rule's values have little entropy.
    #[serde(rename = "hidden")]
    Hidden,
    /// Up to 15 bytes.
    #[serde(rename = "0-15")]
    Tiny,
    /// 16 to 31 bytes.
    #[serde(rename = "16-31")]
    Short,
    /// 32 to 63 bytes.
    #[serde(rename = "32-63")]
    Medium,
    /// 64 to 255 bytes.
    #[serde(rename = "64-255")]
    Long,
    /// 256 to 4095 bytes.
    #[serde(rename = "256-4095")]
    Large,
    /// 4096 bytes and more.
    #[serde(rename = "4096+")]
    Huge,
}

impl LengthClass {
    /// The class of a length in bytes.
    #[must_use]
    pub fn of(bytes: u64, low_entropy: bool) -> Self {
        match bytes {
            _ if low_entropy => Self::Hidden,
            0..16 => Self::Tiny,
            16..32 => Self::Short,
            32..64 => Self::Medium,
            64..256 => Self::Long,
            256..4096 => Self::Large,
            4096.. => Self::Huge,
        }
    }
}
