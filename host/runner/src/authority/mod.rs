//! Keys and signed statements: who signs, who is believed, and where what was signed lies.
//!
//! A statement is believed for three reasons together: its signature fits its meaning, its key is that of a person
//! whom the configuration lets say such a thing, and the moment is within its bounds. Where it lay is no reason.

mod acts;
mod agent;
mod error;
mod findings;
mod key_file;
mod moment;
mod overrides;
mod secret;
mod shelf;
mod signer;
mod verify;
mod watched;
mod within;

pub use acts::{Acts, Drawn, digest_of_path};
pub use agent::Agent;
pub use error::AuthorityError;
pub use findings::{Findings, Reviews};
pub use key_file::KeyFile;
pub use moment::Moment;
pub use overrides::{NotInForce, OverrideRules, Overrides};
pub use secret::Passphrase;
pub use shelf::{Kept, Shelf};
pub use signer::Signer;
pub use verify::{People, verify, verify_approval};
pub use watched::{Together, forget, watch};
pub use within::{Evidence, SESSION_VARIABLE, enclosing_session, mark_host};
