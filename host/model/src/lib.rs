//! The words of Cofferdam: ids, events, manifest, configuration, evaluations, shadow, error codes, schemas. Pure: no files, no clock.

pub mod code;
pub mod config;
pub mod eval;
pub mod record;
pub mod schema;
pub mod shadow;

pub use code::Code;
