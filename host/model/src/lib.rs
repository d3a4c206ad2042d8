//! The words of Cofferdam: ids, events, manifest, configuration, error codes, schemas. Pure: no files, no clock.

pub mod code;
pub mod config;
pub mod record;
pub mod schema;

pub use code::Code;
