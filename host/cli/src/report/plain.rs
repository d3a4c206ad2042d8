//! A session as the person who typed the command expects it: the command's own output, and a word where something was
//! done.

use cofferdam_model::record::{Action, Channel, Decision, Entry, Event, Outcome, Stamp};
use cofferdam_runner::session::{Cleared, Outputs, Reporter, ShownOn};

use super::modes::TerminalModes;
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
    /// The place of the last finding that was let through: two rules may speak of the same bytes.
    allowed: Option<(Channel, u64)>,
    /// What the command set of a raw terminal.
    modes: TerminalModes,
    /// What is said once that is taken back, since the guard ended the command.
    blocked: Vec<String>,
}

impl PlainReporter {
    /// A reporter for the outputs of this process.
    pub(crate) fn new(verbosity: Verbosity, raw: bool) -> Self {
        Self {
            verbosity,
            raw,
            allowed: None,
            together: say::together(),
            modes: TerminalModes::default(),
            blocked: Vec::new(),
        }
    }

    /// Whether a finding that is let through was told of in the decision before.
    fn repeats(&mut self, decision: &Decision) -> bool {
        let place = Some((decision.channel, decision.offset));
        decision.action == Action::Allow && std::mem::replace(&mut self.allowed, place) == place
    }

    /// Takes back what a command set of the terminal that was ended and can't do so itself, and says why it was.
    fn take_back(&mut self, outputs: &mut Outputs) {
        outputs.stdout.push(self.modes.undo().as_bytes());
        for line in std::mem::take(&mut self.blocked) {
            self.say(outputs, &line);
        }
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
            Event::GuardDecision(decision) if verbose && self.repeats(decision) => {}
            Event::GuardDecision(decision) if verbose || (normal && decision.action == Action::Block) => {
                let line = format!(
                    "{}: {} ({}) on {} at byte {}: {}",
                    word(decision.action),
                    decision.rule,
                    decision.category,
                    decision.channel,
                    decision.offset,
                    decision.reason
                );
                if self.raw && decision.action == Action::Block {
                    self.blocked.push(line);
                } else {
                    self.say(outputs, &line);
                }
            }
            Event::RunCompleted(end) if self.raw && end.outcome == Outcome::Blocked => self.take_back(outputs),
            Event::RunFailed(_) if self.raw => self.take_back(outputs),
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
                let line = format!("the guard `{}` failed; its failure action was taken", failed.plugin);
                self.say(outputs, &line);
            }
            Event::RecordCut { .. } if normal => {
                self.say(
                    outputs,
                    "the record can't be written any more; what follows is shown and not recorded",
                );
            }
            Event::LeftoverEnded { count, .. } if verbose => {
                self.say(
                    outputs,
                    &format!("ended {count} processes that the command left behind"),
                );
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
}

fn word(action: Action) -> &'static str {
    match action {
        Action::Allow => "allowed",
        Action::Redact | Action::RedactMask => "redacted",
        Action::WithholdLine => "withheld the line",
        Action::Block => "blocked",
    }
}
