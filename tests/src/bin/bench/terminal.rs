//! A session's terminal beside the same terminal that is only drained.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::Plan;
use crate::home::{Home, run};
use crate::process::flooded;
use crate::rig::CHUNK;
use crate::table::{Budget, Table, say};
use crate::timing::Sample;

/// How fast a child's output leaves it through the guard, against a drain without one, in turns.
pub(crate) fn terminal(plan: &Plan, home: &Home, table: &mut Table) {
    let report = home.path().join("flooded");
    let (own, bytes) = (Home::own(), plan.terminal.to_string());
    let name = report
        .to_str()
        .expect("the temporary folder has a plain name")
        .to_owned();
    let part = ["__flood", &bytes, "3600", &name];
    let (mut guarded, mut plain, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.repeats {
        let mut words = vec!["exec", "--pty", "--", &own];
        words.extend(part);
        run(home.host(&words));
        let slow = flooded(&report);
        if let Err(error) = drain(home, &part) {
            say(&format!(
                "no terminal could be drained ({error}), so there is nothing to compare with"
            ));
            return;
        }
        if let (Some(slow), Some(fast)) = (slow, flooded(&report)) {
            guarded.push(slow);
            plain.push(fast);
            ratios.push(slow / fast * 100.0);
        }
    }
    if ratios.is_empty() {
        say("the child of the terminal told nothing");
        return;
    }
    table.add(
        "terminal with a guard : without",
        "%",
        Budget::AtLeast(95.0),
        &Sample::new(ratios),
    );
    table.add("terminal with a guard", "MB/s", Budget::None, &Sample::new(guarded));
    table.add("terminal without a guard", "MB/s", Budget::None, &Sample::new(plain));
}

/// Runs a part of the bench in a terminal, and throws away what it writes.
fn drain(home: &Home, part: &[&str]) -> std::io::Result<()> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let path = Path::new(std::ffi::OsStr::from_bytes(name.as_bytes()));
    let theirs = {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = i32::try_from(rustix::fs::OFlags::NOCTTY.bits()).expect("a small flag");
        OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(flags)
            .open(path)?
    };
    let twice = || theirs.try_clone().map(|file| Stdio::from(OwnedFd::from(file)));
    let mut command = home.part(part);
    command.stdin(twice()?).stdout(twice()?).stderr(twice()?);
    let mut child = command.spawn()?;
    drop((command, theirs));
    let (mut from, mut to) = (File::from(ours), OpenOptions::new().write(true).open("/dev/null")?);
    let mut buffer = vec![0; CHUNK];
    // The end of a terminal is an error.
    while let Ok(count) = from.read(&mut buffer) {
        if count == 0 {
            break;
        }
        to.write_all(&buffer[..count])?;
    }
    child.wait().map(|_| ())
}
