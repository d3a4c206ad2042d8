//! Whether images of guests' memories can be made.

use crate::limits::MOST_MEMORY;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::{Errno, write};
use rustix::process::{Resource, getrlimit};

/// Whether an image of any guest's memory can be made. It is a file in memory, which some sandboxes refuse, and which
/// counts against a limit on the size of files; where it can't be made no instance could be. Without images each
/// instance copies its memory, and code is compiled and kept apart from code with them.
pub(crate) fn can_be_made() -> bool {
    let limit = getrlimit(Resource::Fsize).current;
    limit.is_none_or(|limit| limit >= MOST_MEMORY as u64) && small().is_ok()
}

/// Makes a small one, as it is made of a guest's memory: written once, and sealed.
fn small() -> Result<(), Errno> {
    let file = memfd_create("cofferdam-probe", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    write(&file, &[0; 4096])?;
    fcntl_add_seals(
        &file,
        SealFlags::GROW | SealFlags::SHRINK | SealFlags::WRITE | SealFlags::SEAL,
    )
}
