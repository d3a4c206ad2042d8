//! The commands, one module each.

pub(crate) mod approve;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod eval;
pub(crate) mod exec;
pub(crate) mod filter;
pub(crate) mod key;
pub(crate) mod output;
pub(crate) mod overriding;
pub(crate) mod pack;
pub(crate) mod plugin;
pub(crate) mod promote;
pub(crate) mod replay;
pub(crate) mod run;
pub(crate) mod shadow;
pub(crate) mod trust;
