//! What every guest shares: the generated bindings, rules as builders, and checks.
//!
//! A detector is a type that implements [`Detector`] and is named once in [`export_detector!`]; a policy implements
//! [`Policy`] and is named in [`export_policy!`]. Neither sees the bindings. The host finds suspects natively from the
//! declared [`Rule`]s and asks with final windows: a guest only confirms, and says which bytes are the secret.
//!
//! Everything here also compiles natively, so that rules are tested by `cargo test`; [`testing`] then plays the host.

#[doc(hidden)]
pub mod bindings;
mod byte_set;
mod detector;
mod export;
mod info;
mod outline;
mod policy;
mod rule;
mod settings;
mod window;

pub mod check;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

pub use byte_set::ByteSet;
pub use detector::{Batch, Configured, Detector, Finding, ScanError};
pub use info::Info;
pub use outline::{Outline, Outlined, Outlines};
pub use policy::{Action, Decision, KnownRule, Origin, Policy, PolicyFinding, Promise};
pub use rule::{Anchor, Extent, Rule};
pub use settings::{Settings, SettingsError};
pub use window::{Verdict, Window};

/// How bad it is when a finding gets out. P0 gives access by itself.
pub use bindings::detector::cofferdam::types::guard::Severity;

/// The marks of a region: how its window ended, and what the host did to its text.
pub use bindings::detector::cofferdam::detector::types::RegionMarks;

/// What the export macros name; no part of the API.
#[doc(hidden)]
pub mod __private {
    pub use crate::bindings::detector::__export_detector_world as export_detector_world;
    pub use crate::bindings::detector::cofferdam::detector::types as detector_types;
    pub use crate::bindings::detector::exports::cofferdam::detector::detector::Guest as DetectorGuest;
    pub use crate::bindings::detector::exports::cofferdam::detector::renewal::Guest as DetectorRenewalGuest;
    pub use crate::bindings::policy::__export_policy_world as export_policy_world;
    pub use crate::bindings::policy::cofferdam::guard_policy::types as policy_types;
    pub use crate::bindings::policy::exports::cofferdam::guard_policy::policy::Guest as PolicyGuest;
    pub use crate::bindings::policy::exports::cofferdam::guard_policy::renewal::Guest as PolicyRenewalGuest;
}
