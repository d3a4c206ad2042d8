//! What the host does to itself before it holds anything worth guarding.

use std::os::fd::{BorrowedFd, RawFd};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};
use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};

/// What of the host's own protection is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hardening {
    /// Neither the host nor a child writes a core dump.
    pub no_core_dumps: bool,
    /// No process of the same user can trace the host or read its memory.
    pub not_traceable: bool,
}

/// Protects the host: no core dumps (inherited by every child), not traceable, and no descriptor above 2 for children.
///
/// To be called once at the start, before threads and before any secret is in memory. What the system refuses is left
/// out and shown in the answer, since a session is guarded without it too.
pub fn harden() -> Hardening {
    mark_descriptors();
    outlive_file_limits();
    Hardening {
        no_core_dumps: forbid_core_dumps(),
        // Children get this back to normal when they execute their program, so that debuggers in a session work.
        not_traceable: set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok(),
    }
}

/// Lets a write beyond the limit on a file's size fail, as one to a full disk does, where the signal would end the
/// host.
///
/// A handler that does nothing is enough, and unlike a signal that is ignored no program inherits it.
fn outlive_file_limits() {
    let flag = Arc::new(AtomicBool::new(false));
    // Where it can't be set, the limit ends the host, and the child with it: nothing gets out.
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, flag).ok();
}

/// A limit of 1 byte, not 0: a handler that core dumps are piped to (systemd-coredump, apport) is run in spite of a
/// limit of 0, but the kernel gives up on the dump at a limit of exactly 1. A file of 1 byte is never written, and
/// shells show the limit as 0 since they count in blocks.
fn forbid_core_dumps() -> bool {
    let before = getrlimit(Resource::Core);
    let most = before.maximum.map_or(1, |maximum| maximum.min(1));
    setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(most),
            maximum: Some(most),
        },
    )
    .is_ok()
}

/// Marks every descriptor above 2 as closed on exec, whoever opened it.
///
/// What this process opens itself is marked at birth; this catches what the caller of the host left open.
pub(crate) fn mark_descriptors() {
    let Ok(entries) = std::fs::read_dir("/proc/self/fd") else {
        return;
    };
    let numbers: Vec<RawFd> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|&number| number > 2)
        .collect();
    for number in numbers {
        with_descriptor(number, |fd| {
            // A number that is gone by now (the folder's own) needs no mark.
            if let Ok(flags) = fcntl_getfd(fd) {
                fcntl_setfd(fd, flags | FdFlags::CLOEXEC).ok();
            }
        });
    }
}

/// Lends the descriptor behind a number to `act`.
#[allow(unsafe_code)]
pub(crate) fn with_descriptor<T>(number: RawFd, act: impl FnOnce(BorrowedFd<'_>) -> T) -> T {
    assert!(number >= 0, "a descriptor is never negative");
    // SAFETY: the number isn't -1, and `act` can't keep the descriptor past this call. Should it be closed already, the
    // calls made with it (flags, duplication) fail with EBADF and touch no memory.
    act(unsafe { BorrowedFd::borrow_raw(number) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::testing::isolated;

    #[test]
    fn a_hardened_host_has_no_core_and_no_tracer() {
        isolated(
            concat!(module_path!(), "::a_hardened_host_has_no_core_and_no_tracer"),
            || {
                let done = harden();
                assert_eq!(
                    done,
                    Hardening {
                        no_core_dumps: true,
                        not_traceable: true
                    }
                );
                assert!(getrlimit(Resource::Core).maximum.unwrap() <= 1);
                assert_eq!(
                    rustix::process::dumpable_behavior().unwrap(),
                    DumpableBehavior::NotDumpable
                );
            },
        );
    }

    #[test]
    fn a_descriptor_that_was_left_open_is_marked() {
        let file = std::fs::File::open("/dev/null").unwrap();
        fcntl_setfd(&file, FdFlags::empty()).unwrap();
        mark_descriptors();
        assert!(fcntl_getfd(&file).unwrap().contains(FdFlags::CLOEXEC));
    }
}
