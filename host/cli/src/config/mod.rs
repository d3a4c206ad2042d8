//! Configuration at the edge: which files are read, which are trusted, which components are the ones that were locked.

mod file;
pub(crate) mod load;
pub(crate) mod lock;
pub(crate) mod pins;
pub(crate) mod rollouts;
pub(crate) mod trust;

pub(crate) use file::{read_component, read_secrets, replace};
pub(crate) use load::{ProjectChoice, Surroundings, load};
pub(crate) use lock::write_locks;
pub(crate) use pins::{pins, verify};
pub(crate) use trust::{Standing, TrustError, TrustStore};
