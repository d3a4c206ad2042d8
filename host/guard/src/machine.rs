//! The state machine: bytes and marks in; cleared bytes, questions and decisions out.

mod aside;
mod back;
mod behind;
mod open;
mod pause;
mod pump;
mod put_off;
mod question;
mod row;
mod settle;
mod swallow;
mod verdict;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use self::aside::MANY;
use self::pause::is_strict;
use self::pump::Read;
use self::question::Asked;
use self::swallow::Swallow;
use self::verdict::{Found, Place};
use crate::ask::{Answer, Ask};
use crate::bytes::{Cleared, Raw};
use crate::consult::{FailureMatrix, Verdicts};
use crate::events::Events;
use crate::fingerprint::FingerprintKey;
use crate::follow::{Hit, Settled};
use crate::gate::{Gate, Way};
use crate::output::{MarkEffect, MarkKind, Outlet, Output, Replacement, Size};
use crate::projection::Projection;
use crate::ruleset::RuleSet;
use crate::stream::Stream;
use crate::view::{FIRST_READING, LAST, View, ViewId};

/// How a guard treats its stream.
#[derive(Clone)]
pub struct Settings {
    /// Which stream of the session it is, as detectors and policies are told.
    pub channel: u8,
    /// Where the bytes go.
    pub outlet: Outlet,
    /// What stands for what is taken out of a pipe.
    pub replacement: Replacement,
    /// Quiet time after which a terminal shows masks and P2 and P3 suspects are released.
    pub idle: Duration,
    /// Quiet time after which a pipe shows masks.
    pub stall: Duration,
    /// The size of the terminal, at first.
    pub size: Size,
    /// The key of fingerprints; none are made without one.
    pub key: Option<FingerprintKey>,
    /// What is done about each finding that the policy failed on; [`crate::FailureAction::Pass`] counts as withhold.
    pub policy_failure: FailureMatrix,
    /// Whether decisions tell the shape of what stands where they found something: only somebody who compares guards
    /// wants it.
    pub shapes: bool,
}

/// One guarded stream. See the crate's page for how it is driven.
pub struct Guard {
    rules: Arc<RuleSet>,
    settings: Settings,
    raw: Stream,
    projection: Projection,
    /// What comes in pieces.
    events: Events,
    /// The readings of the stream; those that it is decoded to come last, each behind the one that it is decoded from.
    #[expect(
        clippy::vec_box,
        reason = "readings are put aside, put back and dropped, and are large"
    )]
    views: Vec<Box<View>>,
    /// Readings that are done with, while what has come is read on.
    #[expect(clippy::vec_box, reason = "they are moved as they are")]
    aside: Vec<Box<View>>,
    /// Once there are so many, those that are done with are dropped.
    many: usize,
    next_view: u32,
    /// What was decided last: a rule, and what its finding stands for in the raw stream.
    decided: VecDeque<Decided>,
    swallows: Vec<Swallow>,
    /// An escape at the end of what was read, whose reading is opened once it is told to be one.
    waits: Option<Hit>,
    /// Nothing holds what stands before, though it may not be out yet.
    free: u64,
    gate: Gate,
    /// What was read since bytes were let out last.
    unsettled: Option<Read>,
    /// How much had been read when bytes were let out last.
    released: u64,
    step: Step,
    outputs: VecDeque<Output>,
    next_id: u64,
    ended: bool,
    told_blocked: bool,
    quiet: Quiet,
    /// How many readings there were whenever one was looked at, or something was looked for in them, in all.
    #[cfg(test)]
    looked_at: usize,
}

type Decided = (u32, Vec<(u64, u64)>);

/// What the guard waits for.
enum Step {
    /// More input.
    Feed,
    /// The answer to the current ask; some have been answered, others are to be asked.
    Answers {
        done: Vec<Asked>,
        current: Asked,
        rest: VecDeque<Settled>,
    },
    /// The verdicts on these findings.
    Verdicts { id: u64, found: Vec<(Found, Place)> },
}

/// What has happened since the last byte came.
#[derive(Default)]
struct Quiet {
    since: Duration,
    idle: bool,
    stall: bool,
}

impl Guard {
    /// A guard at the beginning of its stream.
    pub fn new(rules: Arc<RuleSet>, settings: Settings) -> Self {
        Self {
            projection: Projection::new(settings.outlet, settings.size),
            events: Events::default(),
            views: (0..)
                .map(|id| View::new(ViewId(id), &rules, settings.outlet == Outlet::Terminal))
                .map(Box::new)
                .take(FIRST_READING)
                .collect(),
            aside: Vec::new(),
            many: MANY,
            next_view: LAST.0,
            decided: VecDeque::new(),
            swallows: Vec::new(),
            waits: None,
            free: 0,
            gate: Gate::new(settings.outlet, settings.replacement),
            rules,
            settings,
            raw: Stream::default(),
            unsettled: None,
            released: 0,
            step: Step::Feed,
            outputs: VecDeque::new(),
            next_id: 0,
            ended: false,
            told_blocked: false,
            quiet: Quiet::default(),
            #[cfg(test)]
            looked_at: 0,
        }
    }

    /// Takes bytes in. Bytes after the end mark, or after a block, are dropped.
    pub fn push(&mut self, now: Duration, raw: Raw) {
        self.push_shared(now, &raw);
    }

    /// The same with bytes that another guard is given as well.
    pub fn push_shared(&mut self, now: Duration, raw: &Raw) {
        if self.ended || self.gate.blocked().is_some() || raw.is_empty() {
            return;
        }
        self.raw.push(raw.inner());
        self.quiet = Quiet {
            since: now,
            idle: false,
            stall: false,
        };
        self.pump();
    }

    /// Takes a mark in. While an answer is out, idle marks change nothing: the bytes wait for the answer.
    pub fn mark(&mut self, kind: MarkKind) {
        if self.ended || self.gate.blocked().is_some() {
            return;
        }
        match kind {
            MarkKind::End => {
                self.ended = true;
                self.pump();
            }
            MarkKind::Idle | MarkKind::Stall => {
                if matches!(self.step, Step::Feed) {
                    self.idle(kind);
                }
            }
            MarkKind::Resize => {}
        }
    }

    /// When [`Guard::handle_timeout`] wants to be called, if no byte comes before.
    pub fn next_timeout(&self) -> Option<Duration> {
        if self.ended || self.gate.blocked().is_some() || !matches!(self.step, Step::Feed) || self.held() == 0 {
            return None;
        }
        if !self.quiet.idle {
            Some(self.quiet.since + self.settings.idle)
        } else if !self.quiet.stall && self.settings.outlet == Outlet::Pipe {
            Some(self.quiet.since + self.settings.stall)
        } else {
            None
        }
    }

    /// Makes the marks that are due.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.next_timeout().is_some_and(|due| due <= now) && !self.quiet.idle {
            self.quiet.idle = true;
            self.mark(MarkKind::Idle);
        }
        if self.next_timeout().is_some_and(|due| due <= now) && !self.quiet.stall {
            self.quiet.stall = true;
            self.mark(MarkKind::Stall);
        }
    }

    /// What is to be done next, in order.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// How many bytes are held back, in bytes.
    pub fn held(&self) -> u64 {
        self.raw.end() - self.gate.emitted()
    }

    /// For how many secrets more is taken out beyond their windows.
    #[cfg(test)]
    pub(crate) fn going_on(&self) -> usize {
        self.swallows.len()
    }

    /// How many readings there were whenever one was looked at, or something was looked for in them, in all.
    #[cfg(test)]
    pub(crate) fn looked_at(&self) -> usize {
        self.looked_at
    }

    /// How many raw bytes came in.
    pub fn taken(&self) -> u64 {
        self.raw.end()
    }

    /// Whether the end mark was taken in and everything before it is settled.
    pub fn is_ended(&self) -> bool {
        self.ended && matches!(self.step, Step::Feed)
    }

    /// Whether the session was blocked.
    pub fn is_blocked(&self) -> bool {
        self.gate.blocked().is_some()
    }

    /// Hands in the answer to the ask of this id. An answer that does not fit counts as a failure of the detector on
    /// all of the ask; an id that is not out is ignored.
    pub fn answer(&mut self, ask: &Ask, answer: Answer) {
        match std::mem::replace(&mut self.step, Step::Feed) {
            Step::Answers {
                mut done,
                mut current,
                rest,
            } if current.waits_for(ask) => {
                current.take(ask, answer);
                done.push(current);
                self.ask_next(done, rest);
            }
            other @ (Step::Feed | Step::Answers { .. } | Step::Verdicts { .. }) => self.step = other,
        }
    }

    /// Hands in the verdicts on the consultation of this id. Missing ones count as failures of the policy.
    pub fn verdicts(&mut self, consult: u64, verdicts: Verdicts) {
        match std::mem::replace(&mut self.step, Step::Feed) {
            Step::Verdicts { id, found } if id == consult => self.carry_out(found, verdicts),
            other @ (Step::Feed | Step::Answers { .. } | Step::Verdicts { .. }) => self.step = other,
        }
    }

    /// The terminal has another size from here on.
    pub fn resize(&mut self, size: Size) {
        if self.ended || self.gate.blocked().is_some() {
            return;
        }
        self.projection.resize(size);
    }

    /// Nothing came for a while: shows masks where the outlet wants them, and releases what only P2 and P3 suspects
    /// hold.
    fn idle(&mut self, kind: MarkKind) {
        self.read_waiting();
        // That includes the first bytes of a character or a control sequence whose last ones have not come.
        let end = self.raw.end();
        let strict = self.hold(true, is_strict).unwrap_or(end).min(end);
        // What only waits for the rest of an escape is no suspect, and its coming out no effect.
        let held = self.hold(true, |rule| rule.hold).unwrap_or(end).min(end);
        let way = way(&self.rules, &self.raw, &self.projection);
        let mut cleared = self.gate.advance(&way, held.min(strict));
        let before = self.gate.emitted();
        cleared.append(self.gate.advance(&way, strict));
        let released = self.gate.emitted() - before;
        let shows = kind == MarkKind::Stall || self.settings.outlet == Outlet::Terminal;
        // A character that has not come whole has no cell yet, and says nothing.
        let whole = self.projection.consumed();
        let mut masked = 0;
        if shows && whole > self.gate.emitted() {
            for (from, to) in self.held_pieces(whole) {
                masked += self.gate.mask_held(from, to);
            }
            cleared.append(self.gate.advance(&way, whole));
        }
        if shows {
            cleared.append(self.gate.advance(&way, end));
        }
        for view in &mut self.views {
            let lives = view.lives.iter_mut().chain(view.scanner.open_runs());
            lives.for_each(|live| live.idle = true);
        }
        self.emit(cleared);
        if released > 0 || masked > 0 {
            self.outputs.push_back(Output::Marked(MarkEffect {
                kind,
                offset: end,
                masked,
                released,
            }));
        }
    }

    fn emit(&mut self, cleared: Cleared) {
        if !cleared.is_empty() {
            match self.outputs.back_mut() {
                Some(Output::Cleared(last)) => last.append(cleared),
                Some(_) | None => self.outputs.push_back(Output::Cleared(cleared)),
            }
        }
        if let Some(rule) = self.gate.blocked()
            && !self.told_blocked
        {
            self.told_blocked = true;
            self.views.iter_mut().for_each(|view| {
                view.lives.clear();
                view.forked.clear();
            });
            self.outputs
                .push_back(Output::Blocked(self.rules.rules[rule as usize].at));
        }
    }
}

fn way<'a>(rules: &'a RuleSet, raw: &'a Stream, projection: &'a Projection) -> Way<'a> {
    Way {
        rules,
        raw,
        controls: projection.controls(),
    }
}
