//! `cofferdam doctor`: what this machine offers to sessions, and what to do about what is missing.

use std::io::{self, Write};
use std::path::Path;

use cofferdam_model::authority::Custody;
use cofferdam_model::config::plain_path;
use cofferdam_model::record::PolicyApproval;
use cofferdam_runner::process::doctor::{Health, Probe, probe};
use cofferdam_runner::record::heads_hold;

use crate::authority::standing;
use crate::config::load::Project;
use crate::config::{Standing, Surroundings};
use crate::failure::Failure;
use crate::guards::{Loaded, in_force, load_guards};
use crate::hint;
use crate::known::told;
use crate::report::words::of;

/// Probes this machine and the guards in force. The exit code is 1 when something is missing.
pub(crate) fn run(around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut probes = probe();
    probes.push(match around.places.cache() {
        Ok(folder) => Probe {
            name: "cache",
            health: Health::Ok,
            detail: plain_path(folder),
            advice: None,
        },
        Err(error) => Probe {
            name: "cache",
            health: Health::Warn,
            detail: error.to_string(),
            advice: Some("Without it, guards are compiled at each start."),
        },
    });
    probes.push(match around.places.state() {
        Ok(folder) => state(folder),
        Err(error) => Probe {
            name: "state",
            health: Health::Missing,
            detail: error.to_string(),
            advice: Some("Keys and the heads of records lie there; no session starts without it."),
        },
    });
    let in_force = in_force(around);
    probes.extend(in_force.as_ref().ok().map(|in_force| project(&in_force.project)));
    match in_force.and_then(|in_force| Ok((load_guards(around, &in_force, false)?, in_force))) {
        Ok((loaded, in_force)) => probes.extend([
            guards(&loaded),
            policy(standing(around, &in_force, &loaded.policy)),
            known(&loaded),
        ]),
        Err(failure) => probes.push(Probe {
            name: "guards",
            health: Health::Missing,
            detail: failure.to_string(),
            advice: Some("No session starts before this is mended; `cofferdam config check` shows the configuration."),
        }),
    }
    match print(out, &probes) {
        Ok(whole) => Ok(u8::from(!whole)),
        Err(error) => Err(Failure::output(&error)),
    }
}

/// The state folder, and whether the log of all heads in it holds.
fn state(folder: &Path) -> Probe {
    let shown = plain_path(folder);
    let (health, detail, advice) = match heads_hold(folder) {
        Ok(true) => (Health::Ok, shown, None),
        Ok(false) => (
            Health::Warn,
            format!("{shown}: heads.jsonl was changed after it was written"),
            Some(
                "No run is anchored any more. Move the file aside and keep it as evidence; the next run begins a new one.",
            ),
        ),
        Err(error) => (
            Health::Warn,
            format!("{shown}: {error}"),
            Some("No run is anchored before that file can be read."),
        ),
    };
    Probe {
        name: "state",
        health,
        detail,
        advice,
    }
}

fn guards(loaded: &Loaded) -> Probe {
    let (rules, detectors) = (loaded.guards.rule_count(), loaded.guards.policy().detectors().len());
    let (health, detail, advice) = if detectors == 0 {
        let detail = "no detector is in force: nothing is searched for but known values".to_owned();
        (
            Health::Warn,
            detail,
            Some("Set the mode of a plugin to \"enforce\"; `cofferdam plugin list` shows them."),
        )
    } else {
        let detail = format!("{} of {}", of(rules as u64, "rule"), of(detectors as u64, "detector"));
        (Health::Ok, detail, None)
    };
    Probe {
        name: "guards",
        health,
        detail,
        advice,
    }
}

fn policy(standing: Result<PolicyApproval, Failure>) -> Probe {
    let (health, detail, advice) = match standing {
        Ok(PolicyApproval::BuiltIn) => (Health::Ok, "the built-in policy, or a stricter one".to_owned(), None),
        Ok(PolicyApproval::Person { by, custody, .. }) => {
            let detail = format!("approved by {by} ({custody})");
            match custody {
                Custody::Passphrase | Custody::Agent => (Health::Ok, detail, None),
                Custody::Advisory => (
                    Health::Warn,
                    detail,
                    Some("A session could use the key that signed; see docs/promotion.md."),
                ),
            }
        }
        Ok(PolicyApproval::Trying) => (
            Health::Warn,
            "nobody approved the guard policy in force; this host is for trying".to_owned(),
            Some("`cofferdam approve policy` shows what there is to approve."),
        ),
        Err(failure) => (
            Health::Missing,
            failure.to_string(),
            Some("No session starts before somebody approves it: `cofferdam approve policy`."),
        ),
    };
    Probe {
        name: "policy",
        health,
        detail,
        advice,
    }
}

fn known(loaded: &Loaded) -> Probe {
    let detail = format!("values in force: {}", told(loaded.guards.known_rules()));
    match loaded.left_out {
        0 => Probe {
            name: "known",
            health: Health::Ok,
            detail,
            advice: None,
        },
        left_out => Probe {
            name: "known",
            health: Health::Warn,
            detail: format!("{detail}; not searched for: {left_out}"),
            advice: Some("`cofferdam config check` says which, and why."),
        },
    }
}

fn project(project: &Project) -> Probe {
    let (health, detail, advice) = match project {
        Project::None => (Health::Ok, "no cofferdam.toml from here upward".to_owned(), None),
        Project::Read(path) => (
            Health::Ok,
            format!("{} is trusted, and tightens", plain_path(path)),
            None,
        ),
        Project::LeftOut(path, Standing::Changed) => {
            let detail = format!("{} changed since it was trusted, and is left out", plain_path(path));
            (Health::Warn, detail, Some("Read it, then run `cofferdam trust` again."))
        }
        Project::LeftOut(path, Standing::Unknown | Standing::Trusted) => {
            let detail = format!("{} is not trusted, and is left out", plain_path(path));
            (
                Health::Warn,
                detail,
                Some("Read it, then run `cofferdam trust` to use it."),
            )
        }
    };
    Probe {
        name: "project",
        health,
        detail,
        advice,
    }
}

/// Writes a line for each probe, with its advice below it. Answers whether nothing is missing; a warning isn't.
fn print(out: &mut dyn Write, probes: &[Probe]) -> io::Result<bool> {
    let width = probes.iter().map(|probe| probe.name.len()).max().unwrap_or(0);
    for Probe {
        name,
        health,
        detail,
        advice,
    } in probes
    {
        let word = match health {
            Health::Ok => "ok",
            Health::Warn => "warn",
            Health::Missing => "missing",
        };
        writeln!(out, "{word:<7}  {name:<width$}  {}", hint::told(detail))?;
        if let Some(advice) = advice {
            writeln!(out, "{:9}{:width$}  {}", "", "", hint::told(advice))?;
        }
    }
    Ok(probes.iter().all(|probe| probe.health != Health::Missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(health: Health, advice: Option<&'static str>) -> Probe {
        Probe {
            name: "pty",
            health,
            detail: "as found".into(),
            advice,
        }
    }

    #[test]
    fn advice_stands_below_what_it_is_about() {
        let mut out = Vec::new();
        let probes = [probe(Health::Ok, None), probe(Health::Warn, Some("Do this."))];
        assert!(print(&mut out, &probes).unwrap());
        let expected = "ok       pty  as found\nwarn     pty  as found\n              Do this.\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn something_missing_is_answered() {
        assert!(!print(&mut Vec::new(), &[probe(Health::Missing, Some("Do this."))]).unwrap());
    }
}
