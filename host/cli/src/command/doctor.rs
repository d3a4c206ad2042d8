//! `cofferdam doctor`: what this machine offers to sessions, and what to do about what is missing.

use std::io::{self, Write};

use cofferdam_runner::process::doctor::{Health, Probe};

/// Writes a line for each probe, with its advice below it. Answers whether nothing is missing; a warning isn't.
pub(crate) fn print(out: &mut impl Write, probes: &[Probe]) -> io::Result<bool> {
    let width = probes.iter().map(|probe| probe.name.len()).max().unwrap_or(0);
    for Probe { name, health, detail, advice } in probes {
        let word = match health {
            Health::Ok => "ok",
            Health::Warn => "warn",
            Health::Missing => "missing",
        };
        writeln!(out, "{word:<7}  {name:<width$}  {detail}")?;
        if let Some(advice) = advice {
            writeln!(out, "{:9}{:width$}  {advice}", "", "")?;
        }
    }
    Ok(probes.iter().all(|probe| probe.health != Health::Missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(health: Health, advice: Option<&'static str>) -> Probe {
        Probe { name: "pty", health, detail: "as found".into(), advice }
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
