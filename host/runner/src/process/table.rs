//! Processes as /proc shows them.

use std::collections::{HashMap, HashSet};

use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};

/// A process that can't be mistaken for a later one of the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// Its number.
    pub pid: i32,
    /// When it started, in clock ticks since boot.
    pub started: u64,
}

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process {
    /// Who it is.
    pub identity: Identity,
    /// Its parent.
    pub parent: i32,
    /// Its process group.
    pub group: i32,
    /// Its session.
    pub session: i32,
    /// Whether it has ended and only waits to be waited for.
    pub ended: bool,
}

/// Every process that /proc shows.
pub fn all() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    numbers.filter_map(one).collect()
}

/// One process; none if it is gone.
pub fn one(pid: i32) -> Option<Process> {
    parse(&std::fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// The living processes below `root`, at any depth, without those below a process in `spared` and those themselves.
pub fn descendants(table: &[Process], root: i32, spared: &HashSet<Identity>) -> Vec<Identity> {
    let mut children: HashMap<i32, Vec<&Process>> = HashMap::new();
    for process in table {
        children.entry(process.parent).or_default().push(process);
    }
    let (mut found, mut next) = (Vec::new(), vec![root]);
    while let Some(parent) = next.pop() {
        for process in children.remove(&parent).unwrap_or_default() {
            if spared.contains(&process.identity) {
                continue;
            }
            next.push(process.identity.pid);
            if !process.ended {
                found.push(process.identity);
            }
        }
    }
    found.sort_unstable();
    found
}

/// Sends a signal to just this process: its number is held while it is looked at once more.
pub fn signal(target: Identity, signal: Signal) -> bool {
    let Some(pid) = Pid::from_raw(target.pid) else {
        return false;
    };
    let same = || one(target.pid).is_some_and(|process| process.identity == target);
    match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(held) => same() && pidfd_send_signal(&held, signal).is_ok(),
        // Kernels before 5.3 have no such descriptor.
        Err(rustix::io::Errno::NOSYS) => same() && kill_process(pid, signal).is_ok(),
        Err(_) => false,
    }
}

/// Whether no member of this process group has its parent in another group of the session: then nobody could wake it
/// up again, and stop signals that can be caught have no effect on it.
pub(crate) fn is_orphaned(table: &[Process], group: i32) -> bool {
    let by_number: HashMap<i32, &Process> = table.iter().map(|process| (process.identity.pid, process)).collect();
    !table
        .iter()
        .filter(|process| process.group == group && !process.ended)
        .any(|process| {
            by_number
                .get(&process.parent)
                .is_some_and(|parent| parent.session == process.session && parent.group != process.group)
        })
}

/// Reads a line of /proc/PID/stat. The name in brackets can hold anything, so fields are counted after its last
/// bracket.
fn parse(line: &[u8]) -> Option<Process> {
    let open = line.iter().position(|&byte| byte == b'(')?;
    let close = line.iter().rposition(|&byte| byte == b')')?;
    let pid = std::str::from_utf8(&line[..open]).ok()?.trim().parse().ok()?;
    let rest: Vec<&str> = std::str::from_utf8(line.get(close + 1..)?)
        .ok()?
        .split_ascii_whitespace()
        .collect();
    // Field 3 of the manual is the first here.
    Some(Process {
        identity: Identity {
            pid,
            started: rest.get(19)?.parse().ok()?,
        },
        parent: rest.get(1)?.parse().ok()?,
        group: rest.get(2)?.parse().ok()?,
        session: rest.get(3)?.parse().ok()?,
        ended: matches!(*rest.first()?, "Z" | "X" | "x"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: i32, parent: i32, group: i32, ended: bool) -> Process {
        Process {
            identity: Identity { pid, started: 1 },
            parent,
            group,
            session: 1,
            ended,
        }
    }

    #[test]
    fn a_name_may_look_like_the_rest_of_the_line() {
        let line = b"42 (a) Z 1 (b) c) S 7 8 9 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 12345 0 0";
        let read = parse(line).unwrap();
        assert_eq!(
            (read.identity, read.parent),
            (
                Identity {
                    pid: 42,
                    started: 12345
                },
                7
            )
        );
        assert_eq!((read.group, read.session, read.ended), (8, 9, false));
        assert_eq!(parse(b"42 (cut"), None);
        assert_eq!(parse(b"42 (cut) S 1"), None);
    }

    #[test]
    fn this_process_is_in_the_table() {
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(
            all()
                .iter()
                .any(|process| process.identity.pid == own && !process.ended)
        );
    }

    #[test]
    fn descendants_are_found_through_the_dead_and_without_the_spared() {
        let table = [
            process(2, 1, 2, false),
            process(3, 2, 2, true),
            process(4, 3, 2, false),
            process(5, 1, 5, false),
            process(6, 5, 5, false),
            process(7, 9, 9, false),
        ];
        let pids = |spared: &HashSet<Identity>| -> Vec<i32> {
            descendants(&table, 1, spared)
                .into_iter()
                .map(|identity| identity.pid)
                .collect()
        };
        assert_eq!(pids(&HashSet::new()), [2, 4, 5, 6]);
        assert_eq!(pids(&HashSet::from([Identity { pid: 5, started: 1 }])), [2, 4]);
        assert_eq!(
            pids(&HashSet::from([Identity { pid: 5, started: 2 }])),
            [2, 4, 5, 6],
            "a later process of the same number"
        );
    }

    #[test]
    fn a_group_is_orphaned_when_no_parent_is_near() {
        let table = [
            process(10, 1, 10, false),
            process(11, 10, 11, false),
            process(12, 11, 11, false),
        ];
        assert!(!is_orphaned(&table, 11));
        assert!(is_orphaned(&table, 10));
    }
}
