//! The commands, one module each.

pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod eval;
pub(crate) mod exec;
pub(crate) mod filter;
pub(crate) mod key;
pub(crate) mod pack;
pub(crate) mod plugin;
pub(crate) mod replay;
pub(crate) mod run;
pub(crate) mod shadow;
pub(crate) mod trust;
