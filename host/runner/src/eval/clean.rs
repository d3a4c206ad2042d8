//! Alarms on text that holds no secret.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use cofferdam_guard::{RuleRef, shape};
use cofferdam_model::eval::{Clean, CleanAlarm, CleanFile, CleanRule, PerGigabyte};
use cofferdam_model::record::{LengthClass, SafeText, Severity};

use super::cuts::Cuts;
use super::evaluator::{Latencies, severity};
use super::names::names;
use crate::session::{Guards, Sighting, Trial};

/// The most bytes that come in one piece.
const PIECE: usize = 256 << 10;
/// How many bytes of the stream are kept, to tell the shape of what is found in them: more than any rule holds.
const KEPT: usize = 2 << 20;
/// How many alarms are listed.
const LISTED: usize = 10_000;

/// Counts of all files.
#[derive(Default)]
pub(super) struct CleanTally {
    files: Vec<CleanFile>,
    rules: BTreeMap<RuleRef, BTreeMap<Severity, u64>>,
    listed: Vec<CleanAlarm>,
    alarms: u64,
    failures: u64,
    took: Duration,
}

/// The last bytes of a stream.
#[derive(Default)]
struct Tail {
    bytes: Vec<u8>,
    /// Where they begin in the stream.
    base: u64,
    /// How many lines ended before they begin.
    lines: u64,
    /// A place in the stream, and how many lines ended before it: most alarms come in their order, and each is
    /// counted from the last.
    counted: (u64, u64),
}

impl CleanTally {
    /// Guards a file to its end, as one stream.
    pub(super) fn file(
        &mut self,
        trial: &mut Trial,
        latencies: &mut Latencies,
        file: SafeText,
        input: &mut dyn Read,
        mut cuts: Cuts,
    ) -> io::Result<()> {
        let begun = Instant::now();
        let alarms = self.alarms;
        let mut stream = trial.stream();
        let mut tail = Tail::default();
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let most = PIECE / 16 + cuts.below(PIECE * 15 / 16);
            let read = input.take(most as u64).read_to_end(&mut piece)?;
            let ended = read == 0;
            if ended {
                trial.end(&mut stream);
            } else {
                tail.push(&piece);
                trial.push(&mut stream, piece);
            }
            let heard = trial.take();
            latencies.add(&heard, trial.guards());
            self.failures += heard.failures;
            for sighting in &heard.sightings {
                self.sighting(sighting, &file, &mut tail, trial.guards());
            }
            if ended {
                break;
            }
        }
        let took = begun.elapsed();
        self.took += took;
        self.files.push(CleanFile {
            file,
            bytes: tail.end(),
            millis: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            alarms: self.alarms - alarms,
        });
        Ok(())
    }

    fn sighting(&mut self, sighting: &Sighting, file: &SafeText, tail: &mut Tail, guards: &Guards) {
        let severity = severity(sighting.severity);
        let counts = self.rules.entry(sighting.rule).or_default();
        *counts.entry(severity).or_default() += 1;
        if severity > Severity::P1 {
            return;
        }
        self.alarms += 1;
        if self.listed.len() >= LISTED {
            return;
        }
        let [plugin, rule, _] = names(guards, sighting.rule);
        let line = tail.line(sighting.start);
        let bytes = tail.slice(sighting.start, sighting.end);
        self.listed.push(CleanAlarm {
            file: file.clone(),
            offset: sighting.start,
            line,
            plugin,
            rule,
            severity,
            length_class: LengthClass::of(sighting.end - sighting.start, sighting.length.is_none()),
            shape: SafeText::vouched(bytes.map_or_else(String::new, |bytes| shape(bytes, sighting.length.is_some()))),
        });
    }

    /// As a report tells it; none where no file was given.
    pub(super) fn told(self, guards: &Guards) -> Option<Clean> {
        if self.files.is_empty() {
            return None;
        }
        let told = |(rule, findings): (RuleRef, BTreeMap<Severity, u64>)| {
            let [plugin, rule, category] = names(guards, rule);
            CleanRule {
                plugin,
                rule,
                category,
                alarms: up_to(&findings, Severity::P1),
                findings,
            }
        };
        let mut rules: Vec<_> = self.rules.into_iter().map(told).collect();
        rules.sort_by_key(|rule| (Reverse(rule.alarms), Reverse(up_to(&rule.findings, Severity::P3))));
        let bytes = self.files.iter().map(|file| file.bytes).sum();
        let found = rules.iter().map(|rule| up_to(&rule.findings, Severity::P2)).sum();
        Some(Clean {
            bytes,
            millis: u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            alarms: self.alarms,
            alarms_per_gigabyte: PerGigabyte::of(self.alarms, bytes),
            found,
            found_per_gigabyte: PerGigabyte::of(found, bytes),
            failures: self.failures,
            unlisted: self.alarms - self.listed.len() as u64,
            listed: self.listed,
            files: self.files,
            rules,
        })
    }
}

/// How many findings are at least so grave.
fn up_to(findings: &BTreeMap<Severity, u64>, least: Severity) -> u64 {
    findings.range(..=least).map(|(_, count)| count).sum()
}

impl Tail {
    fn push(&mut self, piece: &[u8]) {
        // Twice as much is kept for a while, so that each byte is moved once.
        if self.bytes.len() > 2 * KEPT {
            let dropped = self.bytes.len() - KEPT;
            self.lines += lines(&self.bytes[..dropped]);
            self.bytes.drain(..dropped);
            self.base += dropped as u64;
        }
        self.bytes.extend_from_slice(piece);
    }

    fn end(&self) -> u64 {
        self.base + self.bytes.len() as u64
    }

    /// The line in which a place is, from 1; none where it is no longer kept.
    fn line(&mut self, at: u64) -> Option<u64> {
        let (from, before) = if (self.base..=at).contains(&self.counted.0) {
            self.counted
        } else {
            (self.base, self.lines)
        };
        let ended = before + lines(self.slice(from, at)?);
        self.counted = (at, ended);
        Some(ended + 1)
    }

    fn slice(&self, start: u64, end: u64) -> Option<&[u8]> {
        let place = |at: u64| usize::try_from(at.checked_sub(self.base)?).ok();
        self.bytes.get(place(start)?..place(end)?)
    }
}

/// How many lines end in these bytes.
fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Tail};

    #[test]
    fn lines_are_counted_in_any_order_and_behind_what_was_dropped() {
        let mut tail = Tail::default();
        for _ in 0..500 {
            tail.push(&b"0123456789012345678\n".repeat(1000));
        }
        let (base, end) = (tail.base, tail.end());
        assert!(base > 0, "some was dropped");
        for at in [base, base + 19, base + 20, end - 1, base + 45, end, base + 1_000_000] {
            assert_eq!(tail.line(at), Some(at / 20 + 1), "{at}");
        }
        assert_eq!(tail.line(base - 1), None, "long gone");
    }

    #[test]
    fn the_tail_is_that_of_the_stream() {
        let mut tail = Tail::default();
        let byte = |at: u64| u8::try_from(at % 251).expect("below 251");
        let mut at = 0;
        while at < 5 * KEPT as u64 {
            let piece: Vec<u8> = (at..at + 100_000).map(byte).collect();
            at += 100_000;
            tail.push(&piece);
            let wanted: Vec<u8> = (at - 70_000..at - 69_000).map(byte).collect();
            assert_eq!(tail.slice(at - 70_000, at - 69_000), Some(&wanted[..]));
        }
        assert_eq!(tail.end(), at);
        assert_eq!(tail.slice(0, 10), None, "long gone");
        assert_eq!(tail.slice(at - 1, at + 1), None, "not there yet");
        assert!(tail.bytes.len() <= 3 * KEPT);
    }
}
