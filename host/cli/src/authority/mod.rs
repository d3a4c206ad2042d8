//! Who decides, at the edge: the people of the configuration, the keys of this machine, a passphrase from the terminal.

mod desk;
mod standing;
mod terminal;

pub(crate) use desk::{Desk, Purpose, lasting, later, reason, refuse_inside, state};
pub(crate) use standing::standing;
pub(crate) use terminal::{new_passphrase, passphrase};

/// The shelf of approvals of guard policies.
pub(crate) const APPROVALS: &str = "approvals";
