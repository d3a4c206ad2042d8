//! A session as the person who typed the command expects it: the command's own output, and a word where something was
//! done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cofferdam_model::Code;
use cofferdam_model::record::{Action, Channel, Decision, Entry, Event, Origin, Stamp};
use cofferdam_runner::session::{Cleared, Outputs, Reporter, ShownOn};

use super::modes::TerminalModes;
use super::shadow::failure;
use crate::{hint, say};

/// How much is said beside the command's own output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Nothing but errors.
    Quiet,
    /// What changed the session as a whole.
    Normal,
    /// Each decision too.
    Verbose,
}

/// Shows the command's output, and what is said of it on standard error.
pub(crate) struct PlainReporter {
    /// How much is said.
    pub(crate) verbosity: Verbosity,
    /// Whether lines end with a carriage return too, since the terminal outside is raw.
    pub(crate) raw: bool,
    /// Whether standard output and error go to the same place.
    together: bool,
    repeats: Repeats,
    /// Whether a record that can't be written ends the session.
    stops: bool,
    /// Whether it was told that the record is cut.
    cut: Arc<AtomicBool>,
    /// What the command set of a raw terminal.
    modes: TerminalModes,
    /// What is said once that is taken back, since the guard ended the command.
    blocked: Vec<String>,
}

/// Which decisions were told of in the one before: two rules may speak of the same bytes, and let them through.
#[derive(Default)]
pub(crate) struct Repeats(Option<(Channel, u64)>);

impl Repeats {
    /// Whether this decision was told of in the one before.
    pub(crate) fn tells(&mut self, decision: &Decision) -> bool {
        let place = Some((decision.channel, decision.offset));
        decision.action == Action::Allow && std::mem::replace(&mut self.0, place) == place
    }
}

impl PlainReporter {
    /// A reporter for the outputs of this process.
    pub(crate) fn new(verbosity: Verbosity, raw: bool) -> Self {
        Self {
            verbosity,
            raw,
            repeats: Repeats::default(),
            stops: false,
            cut: Arc::default(),
            together: say::together(),
            modes: TerminalModes::default(),
            blocked: Vec::new(),
        }
    }

    /// The same for a session that ends when its record can't be written.
    pub(crate) fn stopping(self, stops: bool) -> Self {
        Self { stops, ..self }
    }

    /// Whether it was told that the record is cut, as a flag that is set when it is.
    pub(crate) fn cut(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cut)
    }

    fn say(&self, outputs: &mut Outputs, line: &str) {
        let end = if self.raw { "\r\n" } else { "\n" };
        // What the command writes need not end where we begin to speak.
        let begin = if say::breaks_line() { end } else { "" };
        // Where both go to one place, one queue keeps the order in which they come.
        let queue = if self.together {
            &mut outputs.stdout
        } else {
            &mut outputs.stderr
        };
        queue.push(format!("{begin}cofferdam: {line}{end}").as_bytes());
    }
}

impl Reporter for PlainReporter {
    fn entry(&mut self, entry: &Entry, outputs: &mut Outputs) {
        let (verbose, normal) = (
            self.verbosity >= Verbosity::Verbose,
            self.verbosity >= Verbosity::Normal,
        );
        match &entry.event {
            Event::GuardDecision(decision) if verbose && self.repeats.tells(decision) => {}
            Event::GuardDecision(decision) if verbose || (normal && decision.action == Action::Block) => {
                let line = line(decision);
                if decision.action == Action::Block && self.modes.are_set() {
                    self.blocked.push(line);
                } else {
                    self.say(outputs, &line);
                }
            }
            Event::OverridesChanged(changed) if normal => {
                for granted in &changed.in_force {
                    let line = format!(
                        "{} lets {} of {} through until {}: {}",
                        granted.by, granted.rule, granted.plugin, granted.until, granted.why
                    );
                    self.say(outputs, &line);
                }
                if changed.in_force.is_empty() {
                    self.say(outputs, "nothing is let through by an override");
                }
                for refused in &changed.refused {
                    let code = refused.code;
                    let list = hint::command("override list");
                    let line = format!("an override changes nothing ({code}); see `{list}`");
                    self.say(outputs, &line);
                }
            }
            Event::GuestFailed(failed) if normal => {
                let why = failure(failed.kind);
                let line = format!(
                    "the guard `{}` failed ({why}); its failure action was taken",
                    failed.plugin
                );
                self.say(outputs, &line);
            }
            // Where the session ends for it, the error that ends it says so.
            Event::RecordCut { .. } if normal && !self.stops => {
                self.cut.store(true, Ordering::Relaxed);
                let line = format!(
                    "the record can't be written any more ({}); what follows is shown and not recorded; free some space",
                    Code::RecordWrite
                );
                self.say(outputs, &line);
            }
            Event::LeftoverEnded { count, .. } if verbose => {
                let what = if *count == 1 { "process" } else { "processes" };
                self.say(outputs, &format!("ended {count} {what} that the command left behind"));
            }
            Event::GuardDecision(_)
            | Event::GuestFailed(_)
            | Event::RecordCut { .. }
            | Event::LeftoverEnded { .. }
            | Event::RunStarted(_)
            | Event::ProcessStarted { .. }
            | Event::Output { .. }
            | Event::OverridesChanged(_)
            | Event::GuardMark(_)
            | Event::SegmentOpened { .. }
            | Event::SegmentClosed { .. }
            | Event::SegmentDropped { .. }
            | Event::ProcessExited(_)
            | Event::RunCompleted(_)
            | Event::RunFailed(_) => {}
        }
    }

    fn shown_on(&self, channel: Channel) -> ShownOn {
        match channel {
            Channel::Stdout | Channel::Terminal | Channel::Meta => ShownOn::Stdout,
            Channel::Stderr => ShownOn::Stderr,
        }
    }

    fn output(&mut self, _: Stamp, channel: Channel, _: u64, cleared: &Cleared, outputs: &mut Outputs) {
        match channel {
            Channel::Stdout | Channel::Terminal => {
                if self.raw {
                    self.modes.shown(cleared.as_bytes());
                }
                if self.together {
                    say::shown(cleared.as_bytes());
                }
                outputs.stdout.push(cleared.as_bytes());
            }
            Channel::Stderr => {
                say::shown(cleared.as_bytes());
                outputs.stderr.push(cleared.as_bytes());
            }
            Channel::Meta => {}
        }
    }

    /// Takes back what the command set of the terminal, which can't do so itself any more, and says why it was ended.
    fn ended_by_host(&mut self, outputs: &mut Outputs) {
        outputs.stdout.push(self.modes.undo().as_bytes());
        for line in std::mem::take(&mut self.blocked) {
            self.say(outputs, &line);
        }
    }
}

/// What is said of one decision.
pub(crate) fn line(decision: &Decision) -> String {
    format!(
        "{}: {} ({}) on {} at byte {}: {}",
        word(decision),
        decision.rule,
        decision.category,
        decision.channel,
        decision.offset,
        decision.reason
    )
}

fn word(decision: &Decision) -> &'static str {
    match decision.action {
        Action::Allow => "allowed",
        // What a failed guard could not judge is taken out without anybody's finding.
        Action::Redact | Action::RedactMask if decision.origin == Origin::Failure => "withheld",
        Action::Redact | Action::RedactMask => "redacted",
        Action::WithholdLine => "withheld the line",
        Action::Block => "blocked",
    }
}
