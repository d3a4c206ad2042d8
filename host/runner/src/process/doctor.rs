//! What this machine offers to sessions.

use super::cgroup::{Cgroup, NoCgroup};
use super::heap;
use super::pty::{Pty, Size};

/// How well one thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It works.
    Ok,
    /// Sessions run, with less protection.
    Warn,
    /// Something that was asked for can't work.
    Missing,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What it is.
    pub name: &'static str,
    /// How well it is.
    pub health: Health,
    /// What was found.
    pub detail: String,
    /// What to do about it, where something is to be done.
    pub advice: Option<&'static str>,
}

/// Looks at everything that the process layer uses. It leaves nothing behind.
pub fn probe() -> Vec<Probe> {
    vec![kernel(), pty(), subreaper(), cgroup(), pages(), root()]
}

/// The oldest kernel that has all that sessions use (a cgroup that can be killed).
const KERNEL: (u32, u32) = (5, 14);

fn kernel() -> Probe {
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    let health = if version(&release).is_some_and(|found| found >= KERNEL) {
        Health::Ok
    } else {
        Health::Warn
    };
    let advice = (health != Health::Ok).then_some(
        "Use Linux 5.14 or later; on an older one, processes that a session leaves may be ended one by one only.",
    );
    Probe {
        name: "kernel",
        health,
        detail: release,
        advice,
    }
}

fn version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn pty() -> Probe {
    match Pty::open(Size::default(), None) {
        Ok(_) => Probe {
            name: "pty",
            health: Health::Ok,
            detail: "a pseudo-terminal can be opened".into(),
            advice: None,
        },
        Err(error) => Probe {
            name: "pty",
            health: Health::Missing,
            detail: error.to_string(),
            advice: Some("Mount devpts at /dev/pts, or run sessions with --pipe."),
        },
    }
}

fn subreaper() -> Probe {
    match rustix::process::child_subreaper() {
        Ok(_) => Probe {
            name: "subreaper",
            health: Health::Ok,
            detail: "processes that a session leaves come to the host".into(),
            advice: None,
        },
        Err(error) => Probe {
            name: "subreaper",
            health: Health::Warn,
            detail: error.to_string(),
            advice: Some(
                "Allow prctl(PR_SET_CHILD_SUBREAPER); without it, background processes can outlive a session.",
            ),
        },
    }
}

fn cgroup() -> Probe {
    let (health, detail, advice) = match Cgroup::create() {
        Ok(_) => (Health::Ok, "a session gets a cgroup of its own", None),
        Err(NoCgroup::Absent) => (
            Health::Warn,
            "there is no cgroup version 2 here",
            Some("Nothing has to be done: the subreaper ends what a session leaves."),
        ),
        Err(NoCgroup::NotDelegated) => (
            Health::Warn,
            "the host may not make a cgroup below its own",
            Some("Start it with `systemd-run --user --scope -p Delegate=yes …` for a second net under the subreaper."),
        ),
        Err(NoCgroup::NoKill) => (
            Health::Warn,
            "the kernel can't kill a whole cgroup",
            Some("Use Linux 5.14 or later for a second net under the subreaper."),
        ),
    };
    Probe {
        name: "cgroup",
        health,
        detail: detail.into(),
        advice,
    }
}

fn pages() -> Probe {
    let large = heap::advised().is_some_and(|kibibytes| kibibytes > 0) && lends();
    Probe {
        name: "pages",
        health: if large { Health::Ok } else { Health::Warn },
        detail: if large {
            "the heap lies in large pages"
        } else {
            "the system lends no large pages"
        }
        .into(),
        advice: (!large).then_some(
            "Starts take some milliseconds more. Let /sys/kernel/mm/transparent_hugepage/enabled say `madvise` for less.",
        ),
    }
}

/// Where the system says to whom it lends large pages.
const LENDS: &str = "/sys/kernel/mm/transparent_hugepage/enabled";

/// Whether it lends them to those who ask.
fn lends() -> bool {
    std::fs::read_to_string(LENDS).is_ok_and(|text| text.contains("[madvise]") || text.contains("[always]"))
}

fn root() -> Probe {
    let is_root = rustix::process::geteuid().is_root();
    Probe {
        name: "user",
        health: if is_root { Health::Warn } else { Health::Ok },
        detail: if is_root {
            "running as root"
        } else {
            "not running as root"
        }
        .into(),
        advice: is_root
            .then_some("Run as an ordinary user: the host's memory isn't protected from a session that runs as root."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_probe_that_isnt_well_says_what_to_do() {
        let probes = probe();
        assert_eq!(
            probes.iter().map(|probe| probe.name).collect::<Vec<_>>(),
            ["kernel", "pty", "subreaper", "cgroup", "pages", "user"]
        );
        for probe in probes {
            assert_eq!(probe.health == Health::Ok, probe.advice.is_none(), "{probe:?}");
        }
    }

    #[test]
    fn releases_are_read() {
        assert_eq!(version("6.1.0-13-amd64"), Some((6, 1)));
        assert_eq!(version("5.4"), Some((5, 4)));
        assert_eq!(version("unknown"), None);
    }
}
