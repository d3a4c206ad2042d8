//! Who decides: people with keys, what they approve, and what they let through. Pure: no key is made or used here.
//!
//! A [`Signed`] statement is a JSON document. What is signed is not its text but its meaning: the [`Statement::signed_bytes`]
//! of what was read, so that spaces and the order of a file say nothing, and unknown fields are refused. Whose key it is, and
//! whether that person may say such a thing, is for the configuration to say.

mod act;
mod approval;
mod custody;
mod evidence;
mod gate;
mod key;
mod overriding;
mod person;
mod rollout;
mod sample;
mod signed;
mod warrant;

pub use act::{Act, ActEntry};
pub use approval::{Approval, ApprovalSchema, PolicyParts, Subject};
pub use custody::Custody;
pub use evidence::{CorpusResult, Drawn, Evidence};
pub use gate::{Condition, ConditionName, ConditionState, GateReport, GateSchema, judge};
pub use key::{PublicKey, Signature};
pub use overriding::{Override, OverrideSchema, Revocation, Scope};
pub use person::{PersonName, PersonNameError, Role};
pub use rollout::{Breach, Incident, Phase, PhaseResults, Promotion, PromotionSchema, Version};
pub use sample::{Draw, Sample, SampledPlace};
pub use signed::{Signed, Statement};
pub use warrant::{Flaw, Warrant};
