//! `cofferdam key`: the keys of this host.

use std::io::Write;

use cofferdam_model::Code;
use cofferdam_runner::record::FingerprintKey;

use crate::config::Surroundings;
use crate::failure::Failure;

/// The commands about keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a new key for fingerprints; older ones stay, so that old records can still be compared
    Rotate,
}

/// Makes a new key for fingerprints.
pub(crate) fn rotate(around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let state = around
        .places
        .state()
        .map_err(|error| Failure::before(Code::KeyUnusable, error))?;
    let key = FingerprintKey::rotate(state).map_err(|error| Failure::before(error.code(), error))?;
    writeln!(out, "Fingerprints are made with the key {} from now on.", key.id())
        .map(|()| 0)
        .map_err(|error| Failure::output(&error))
}
