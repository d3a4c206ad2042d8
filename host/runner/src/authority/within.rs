//! Whether this process runs inside a session of a Cofferdam.
//!
//! A session's child is to approve nothing, so the commands that sign refuse to run there. Three things tell: an
//! ancestor that is a host, a control group of a session, and a variable. A child can unset the variable; it can't
//! take a living host from among its ancestors, since the host is a subreaper, without leaving by way of a service of
//! the system's or a namespace of its own. The documents say what that is worth.

use std::fs;

use rustix::process::getpid;

/// The variable that each session's command gets: the id of its run.
pub const SESSION_VARIABLE: &str = "COFFERDAM_SESSION";

/// What a host calls itself once it holds a session, as `/proc/PID/comm` shows it: at most 15 bytes.
const HOST: &str = "cofferdam-host";
/// What the control groups of sessions are called, up to the host's process id.
const GROUP: &str = "cofferdam-";
/// More ancestors than any process has; a table that changes while we read it must not hold us for ever.
const MOST_ANCESTORS: usize = 4096;

/// What tells that this process runs inside a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// One of its ancestors is a host.
    Ancestor(i32),
    /// It is in the control group of a session.
    Group,
    /// It has the variable.
    Variable,
    /// The processes above this one can't be followed to the first.
    Unknown,
}

impl std::fmt::Display for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ancestor(pid) => write!(f, "process {pid}, above this one, is a Cofferdam host"),
            Self::Group => f.write_str("this process is in the control group of a session"),
            Self::Variable => write!(f, "{SESSION_VARIABLE} is set"),
            Self::Unknown => f.write_str(
                "the processes above this one can't be followed in /proc, so that none of them may be ruled out",
            ),
        }
    }
}

/// Whether this process runs inside a session, and what tells.
#[must_use]
pub fn enclosing_session() -> Option<Evidence> {
    ancestor()
        .or_else(|| in_group().then_some(Evidence::Group))
        .or_else(|| std::env::var_os(SESSION_VARIABLE).map(|_| Evidence::Variable))
}

/// Gives this process the name by which those below it know a host. Best done before the child is started.
#[allow(unsafe_code)]
pub fn mark_host() {
    let name = c"cofferdam-host";
    // SAFETY: a system call that copies at most 16 bytes of a string that ends with a zero and outlives the call.
    unsafe { libc::prctl(libc::PR_SET_NAME, name.as_ptr()) };
}

fn ancestor() -> Option<Evidence> {
    let mut pid = getpid().as_raw_pid();
    for _ in 0..MOST_ANCESTORS {
        // What can't be read must not pass for the end of the line: a process chooses its own name.
        let Some(parent) = parent(pid) else {
            return Some(Evidence::Unknown);
        };
        if parent == 0 {
            return None;
        }
        let name = fs::read(format!("/proc/{parent}/comm")).unwrap_or_default();
        if name.trim_ascii_end() == HOST.as_bytes() {
            return Some(Evidence::Ancestor(parent));
        }
        pid = parent;
    }
    Some(Evidence::Unknown)
}

/// The parent of a process, 0 where it has none here; `None` where that can't be told.
fn parent(pid: i32) -> Option<i32> {
    parent_in(&fs::read(format!("/proc/{pid}/status")).ok()?)
}

/// The parent that a process's status names. The kernel writes no line end of a process's name as it is.
fn parent_in(status: &[u8]) -> Option<i32> {
    let mut lines = status.split(|byte| *byte == b'\n');
    let number = lines.find_map(|line| line.strip_prefix(b"PPid:"))?;
    std::str::from_utf8(number).ok()?.trim().parse().ok()
}

fn in_group() -> bool {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    groups.lines().any(is_sessions)
}

/// `cofferdam-PID-NUMBER` somewhere in the path of a group.
fn is_sessions(group: &str) -> bool {
    group.split('/').any(|part| {
        let numbers = part.strip_prefix(GROUP).and_then(|rest| rest.split_once('-'));
        numbers.is_some_and(|(pid, number)| {
            let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number(pid) && is_number(number)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_fits_into_what_the_kernel_keeps() {
        assert!(HOST.len() <= 15);
    }

    #[test]
    fn a_name_that_is_no_text_hides_no_parent() {
        assert_eq!(parent_in(b"Name:\t\xFF\nUmask:\t0022\nPPid:\t17\n"), Some(17));
        assert_eq!(parent_in(b"Name:\tPPid:\\n\nPPid:\t0\n"), Some(0));
        assert_eq!(parent_in(b"Name:\tsh\n"), None);
        assert_eq!(parent_in(b"Name:\tsh\nPPid:\tmany\n"), None);
    }

    #[test]
    fn a_sessions_group_is_told_from_others() {
        for group in ["0::/user.slice/cofferdam-17-0", "0::/cofferdam-1-99/below"] {
            assert!(is_sessions(group), "{group}");
        }
        for group in [
            "0::/",
            "0::/cofferdam",
            "0::/cofferdam-a-0",
            "0::/cofferdam-17",
            "0::/x-cofferdam-1-0",
        ] {
            assert!(!is_sessions(group), "{group}");
        }
    }
}
