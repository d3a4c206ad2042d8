//! Tests of the whole engine, with guests.

pub(crate) mod binary;
