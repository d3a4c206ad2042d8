//! The words of Cofferdam: ids, events, manifest, configuration, evaluations, shadow, authority, error codes, schemas. Pure: no
//! files, no clock.

pub mod authority;
pub mod code;
pub mod config;
pub mod eval;
mod hex;
pub mod record;
pub mod schema;
pub mod shadow;

pub use code::Code;
