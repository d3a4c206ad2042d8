//! The words of Cofferdam: ids, events, manifest, configuration, evaluations, authority, error codes, schemas. Pure: no files, no clock.

pub mod authority;
pub mod code;
pub mod config;
pub mod eval;
pub mod record;
pub mod schema;

pub use code::Code;
