//! The adapter of WIT 0.1: between its generated types and the host's own.

pub(crate) mod detector;
pub(crate) mod policy;

/// The version of the packages that this adapter is generated from.
pub(crate) const VERSION: &str = "0.1.0";
