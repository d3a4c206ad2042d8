//! What the integration tests and the benchmark share: texts with secrets in them, made anew from a seed.

pub mod plant;
pub mod random;
pub mod script;
pub mod tickets;
pub mod traffic;
