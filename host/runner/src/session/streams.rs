//! The guarded streams of a session, and what is recorded of them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use cofferdam_engine::Incident;
use cofferdam_guard::{
    Action, Ask, Cleared, Consult, Decision, FailureKind, Guard, MarkEffect, MarkKind, Raw, Reason, RuleRef, Verdicts,
};
use cofferdam_model::record::{self as model, Channel, Event, GuestFailed, Mark, Overridden, OverridesChanged};

use super::Reporter;
use super::desk::Desk;
use super::guards::{Guards, action_from};
use super::listener::Listener;
use super::outputs::Outputs;
use super::plain::Plain;
use super::uses::Uses;
use crate::process::{OutputStream, Size};
use crate::record::{RecordError, RunClock, RunRecorder};
use crate::shadow::Tap;

/// One of the child's outputs with its guard.
pub(super) struct Stream {
    pub(super) channel: Channel,
    /// None when its end was read, or nobody wants it any more.
    pub(super) source: Option<OutputStream>,
    guard: Guard,
    /// New sizes of the child's terminal, and behind how many bytes they hold, in this order.
    sizes: VecDeque<(Size, u64)>,
}

/// What the guard took out so far.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Taken {
    pub(super) redacted: bool,
    pub(super) withheld: bool,
    pub(super) blocked: bool,
}

/// The recorder and whoever follows, told of everything once.
pub(super) struct Book<'a> {
    pub(super) guards: Arc<Guards>,
    pub(super) recorder: RunRecorder,
    pub(super) clock: RunClock,
    pub(super) reporter: &'a mut dyn Reporter,
    pub(super) outputs: Outputs,
    pub(super) taken: Taken,
    /// What the detectors in force did.
    pub(super) uses: Uses,
    /// A fault of the host in its own record: the session can't be vouched for any more.
    pub(super) fault: Option<RecordError>,
    /// Candidates that are told of everything, and of which nothing comes back.
    pub(super) shadow: Option<Tap>,
    /// What could not be done to the record, without being a fault in it.
    pub(super) problems: Vec<RecordError>,
}

impl Book<'_> {
    /// Records an event, and tells whoever follows.
    pub(super) fn event(&mut self, event: Event) {
        let appended = self.recorder.append(event, self.clock.now());
        match appended {
            Ok(appended) => self.reporter.entry(&appended.entry, &mut self.outputs),
            Err(error) => self.fault = Some(error),
        }
        self.notices();
    }

    /// Records which overrides hold from the beginning.
    pub(super) fn follow(&mut self, desk: &mut Desk) {
        let mut listener = OneChannel {
            channel: Channel::Meta,
            now: Duration::ZERO,
            book: self,
        };
        desk.follow_overrides(Duration::ZERO, &mut listener);
    }

    /// Records what was decided of the command and its folder. Answers whether they block the session.
    pub(super) fn meta(&mut self, texts: [Plain; 2]) -> bool {
        for text in texts {
            let mut listener = OneChannel {
                channel: Channel::Meta,
                now: Duration::ZERO,
                book: self,
            };
            text.incidents
                .into_iter()
                .for_each(|incident| listener.incident(incident));
            for (decision, micros) in text.decisions {
                if let Some(told) = self.guards.told(&decision, Channel::Meta, micros, None) {
                    self.event(Event::GuardDecision(Box::new(told)));
                }
            }
            // What is taken out of a command's record is no output of it, so only a block counts.
            self.taken.blocked |= text.blocked;
        }
        self.taken.blocked
    }

    fn output(&mut self, channel: Channel, cleared: &Cleared) {
        let at = self.clock.now();
        match self.recorder.output(channel, cleared, at) {
            Ok(shown) => self
                .reporter
                .output(at, channel, shown.offset, cleared, &mut self.outputs),
            Err(error) => self.fault = Some(error),
        }
        self.notices();
    }

    fn notices(&mut self) {
        for entry in self.recorder.take_notices() {
            self.reporter.entry(&entry, &mut self.outputs);
        }
    }
}

impl Stream {
    pub(super) fn new(channel: Channel, source: OutputStream, guard: Guard) -> Self {
        Self {
            channel,
            source: Some(source),
            guard,
            sizes: VecDeque::new(),
        }
    }

    /// When its guard wants to hear of the time. It isn't told while something is on its way, which comes within a
    /// moment.
    pub(super) fn next_timeout(&self, now: Duration) -> Option<Duration> {
        let due = self.guard.next_timeout()?;
        let soon = now + Duration::from_millis(1);
        Some(if self.is_quiet() { due } else { due.max(soon) })
    }

    /// Whether nothing that the child wrote is on its way.
    pub(super) fn is_quiet(&self) -> bool {
        self.source.as_ref().is_none_or(OutputStream::is_quiet)
    }

    /// Whether all that the child wrote was read, and no pause of at most `soon` lets more of it out.
    pub(super) fn is_settled(&self, now: Duration, soon: Duration) -> bool {
        let waits = self.guard.next_timeout().is_some_and(|due| due <= now + soon);
        self.source.is_none() || (self.is_quiet() && self.said() == self.taken() && !waits)
    }

    /// How many bytes the child wrote, as far as that is known.
    pub(super) fn said(&self) -> u64 {
        self.source.as_ref().map_or(0, OutputStream::said)
    }

    /// How many bytes may be read at once, of so many: none beyond the place where another size holds.
    pub(super) fn budget(&self, most: usize) -> usize {
        let next = self.sizes.front().map(|(_, at)| at.saturating_sub(self.taken()));
        next.and_then(|next| usize::try_from(next).ok())
            .map_or(most, |next| next.clamp(1, most))
    }

    /// How many bytes the child wrote.
    pub(super) fn taken(&self) -> u64 {
        self.guard.taken()
    }

    pub(super) fn push(&mut self, raw: Raw, now: Duration, desk: &mut Desk, book: &mut Book<'_>) {
        let raw = Arc::new(raw);
        self.guard.push_shared(now, &raw);
        self.serve(now, desk, book);
        let settled = self.guard.taken() - self.guard.held();
        if let Some(shadow) = &mut book.shadow {
            shadow.bytes(self.channel, now, &raw, settled);
        }
        self.resize_where_due(now, desk, book);
    }

    pub(super) fn mark(&mut self, kind: MarkKind, now: Duration, desk: &mut Desk, book: &mut Book<'_>) {
        self.guard.mark(kind);
        self.serve(now, desk, book);
    }

    /// The child's terminal has another size behind so many bytes that the child wrote.
    pub(super) fn resize(&mut self, size: Size, at: u64, now: Duration, desk: &mut Desk, book: &mut Book<'_>) {
        self.sizes.push_back((size, at));
        self.resize_where_due(now, desk, book);
    }

    fn resize_where_due(&mut self, now: Duration, desk: &mut Desk, book: &mut Book<'_>) {
        while let Some((size, _)) = self.sizes.pop_front_if(|(_, at)| *at <= self.guard.taken()) {
            self.guard.resize(size.into());
            if let Some(shadow) = &book.shadow {
                shadow.resize(self.channel, now, size.into());
            }
            self.mark(MarkKind::Resize, now, desk, book);
        }
    }

    pub(super) fn on_time(&mut self, now: Duration, desk: &mut Desk, book: &mut Book<'_>) {
        // What is on its way was written before the pause, so the pause is none yet.
        if self.guard.next_timeout().is_some_and(|due| due <= now) && self.is_quiet() {
            self.guard.handle_timeout(now);
        }
        self.serve(now, desk, book);
    }

    /// Nothing more is read.
    pub(super) fn end(&mut self, now: Duration, desk: &mut Desk, book: &mut Book<'_>) {
        if self.source.take().is_some() {
            self.mark(MarkKind::End, now, desk, book);
            if let Some(shadow) = &mut book.shadow {
                shadow.end(self.channel, now);
            }
        }
    }

    fn serve(&mut self, now: Duration, desk: &mut Desk, book: &mut Book<'_>) {
        desk.serve(
            &mut self.guard,
            now,
            &mut OneChannel {
                channel: self.channel,
                now,
                book,
            },
        );
    }
}

/// The bytes that the child wrote to each channel.
pub(super) fn raw_totals(streams: &[Stream]) -> BTreeMap<Channel, u64> {
    streams.iter().map(|stream| (stream.channel, stream.taken())).collect()
}

struct OneChannel<'a, 'b> {
    channel: Channel,
    now: Duration,
    book: &'a mut Book<'b>,
}

impl Listener for OneChannel<'_, '_> {
    fn cleared(&mut self, cleared: Cleared) {
        self.book.output(self.channel, &cleared);
    }

    fn overrides(&mut self, changed: OverridesChanged) {
        self.book.event(Event::OverridesChanged(Box::new(changed)));
    }

    fn decision(&mut self, decision: Decision, micros: u64, overridden: Option<Overridden>) {
        if let Some(shadow) = &self.book.shadow {
            match &overridden {
                // A candidate is held to what the guards decide, and not to what a person lets through in spite of
                // them.
                Some(overridden) => {
                    let action = action_from(overridden.instead_of);
                    shadow.decision(
                        self.channel,
                        &Decision {
                            action,
                            ..decision.clone()
                        },
                    );
                }
                None => shadow.decision(self.channel, &decision),
            }
        }
        let taken = &mut self.book.taken;
        match decision.action {
            Action::Allow => {}
            Action::RedactMarker | Action::RedactMask if decision.reason != Reason::Failure => taken.redacted = true,
            // What a failure or a line's rest takes out is withheld: it may have been no secret at all.
            Action::RedactMarker | Action::RedactMask | Action::WithholdLine => taken.withheld = true,
            Action::Block => taken.blocked = true,
        }
        if let Some(told) = self.book.guards.told(&decision, self.channel, micros, overridden) {
            self.book.event(Event::GuardDecision(Box::new(told)));
        }
    }

    fn marked(&mut self, effect: MarkEffect) {
        self.book.taken.withheld |= effect.masked > 0;
        self.book.event(Event::GuardMark(Mark {
            kind: mark(effect.kind),
            channel: self.channel,
            offset: effect.offset,
            masked: effect.masked,
            released: effect.released,
        }));
    }

    fn incident(&mut self, incident: Incident) {
        tracing::warn!(plugin = %incident.plugin, detail = %incident.detail, count = incident.count, "a guard failed");
        // What is asked again, one by one, tells of itself whether it failed.
        self.book.uses.failed(&incident.plugin, u64::from(!incident.retried));
        let (plugin, action) = self.book.guards.failure(&incident.plugin, incident.kind);
        let detail = if let cofferdam_engine::Detail::Error(code) = incident.detail {
            Some(code)
        } else {
            None
        };
        self.book.event(Event::GuestFailed(GuestFailed {
            plugin,
            kind: failure_kind(incident.kind),
            action: failure_action(action),
            rule: None,
            detail,
        }));
    }

    fn blocked(&mut self, _: RuleRef) {
        self.book.taken.blocked = true;
    }

    fn asked(&mut self, ask: &Ask) {
        if let Some(shadow) = &mut self.book.shadow {
            shadow.asked(ask);
        }
    }

    fn consulted(&mut self, consult: &Consult, verdicts: &Verdicts) {
        if let Some(shadow) = &self.book.shadow {
            shadow.consulted(self.channel, self.now, consult, verdicts);
        }
    }

    fn called(&mut self, detector: Option<u16>, parts: usize, took: Duration) {
        if let Some(detector) = detector {
            self.book.uses.called(detector, parts, took);
        }
        if let Some(shadow) = &mut self.book.shadow {
            shadow.called(detector, took);
        }
    }
}

fn mark(kind: MarkKind) -> model::MarkKind {
    match kind {
        MarkKind::Idle => model::MarkKind::Idle,
        MarkKind::Stall => model::MarkKind::Stall,
        MarkKind::Resize => model::MarkKind::Resize,
        MarkKind::End => model::MarkKind::End,
    }
}

/// A kind of failure as records name it.
pub(crate) fn failure_kind(kind: FailureKind) -> model::FailureKind {
    match kind {
        FailureKind::Trap => model::FailureKind::Trap,
        FailureKind::Timeout => model::FailureKind::Timeout,
        FailureKind::OutOfMemory => model::FailureKind::OutOfMemory,
        FailureKind::BadAnswer => model::FailureKind::BadAnswer,
        FailureKind::Missing => model::FailureKind::Missing,
        FailureKind::CircuitOpen => model::FailureKind::CircuitOpen,
    }
}

fn failure_action(action: cofferdam_guard::FailureAction) -> model::FailureAction {
    match action {
        cofferdam_guard::FailureAction::Withhold => model::FailureAction::Withhold,
        cofferdam_guard::FailureAction::Block => model::FailureAction::Block,
        cofferdam_guard::FailureAction::Pass => model::FailureAction::Pass,
    }
}
