//! The way out: which of the bytes that nothing holds any more pass, and what stands for the rest.
//!
//! What comes out is a function of the stream, the decided spans and the marks. `limit` only says how far it may go
//! now: no byte at or after it is let out, and no span that begins before it can still come, but for spans that a
//! mark cut.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::bytes::Cleared;
use crate::consult::Action;
use crate::marker::Marker;
use crate::mask::Masker;
use crate::output::{Outlet, Replacement};
use crate::projection::Controls;
use crate::rule::Severity;
use crate::ruleset::RuleSet;
use crate::stream::Stream;

/// The most bytes of a character of which the last is missing.
const CHARACTER: u64 = 3;
/// What breaks a control sequence off where a byte that did is taken out: all that follows would be taken for the
/// rest of it.
const CAN: u8 = 0x18;
/// What stands for another piece of a finding that a marker stands for, so that what is on its two sides doesn't
/// meet: it would be read as one when it is guarded again.
const TRACE: u8 = b'*';

/// Bytes to take out, as decided.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) action: Action,
    pub(crate) severity: Severity,
    /// Index into the flat list of rules; `None` for what a mark masks.
    pub(crate) rule: Option<u32>,
    /// The detector failed: the marker says that bytes were withheld, not found.
    pub(crate) failed: bool,
    /// It is the first piece of its finding, and a marker stands for all of them.
    pub(crate) leads: bool,
    /// Mask cells stand for it, whatever stands for others: some of the finding is out already, or a marker would not
    /// fit.
    pub(crate) as_mask: bool,
}

/// The order of spans: by their start, the strictest first. What goes on comes before the rest, so that what it goes
/// on from has not ended where something else begins. Whatever decides what is shown is in it: which of two was
/// decided first may hang on the cutting.
type Order = (u64, bool, Reverse<Action>, Severity, Option<u32>, bool, bool);

impl Span {
    /// Its place among all spans.
    fn order(&self) -> Order {
        let action = Reverse(self.action);
        (
            self.start,
            self.leads,
            action,
            self.severity,
            self.rule,
            self.failed,
            !self.as_mask,
        )
    }
}

/// What is being taken out now.
struct Cover {
    until: u64,
    mask: bool,
    /// Goes on to the line's end.
    line: bool,
}

/// The state of the way out.
pub(crate) struct Gate {
    outlet: Outlet,
    replacement: Replacement,
    emitted: u64,
    /// Where what came out in clear last ends.
    clear: u64,
    /// None of them has been reached. There are thousands where many findings go over many lines of an encoding, of
    /// which those that are alike are one, up to the end of the longest.
    spans: BTreeMap<Order, Span>,
    /// Where the first begins that blocks.
    block: Option<u64>,
    cover: Option<Cover>,
    /// Where the last cover ended, and whether it was masked: what goes on there is no other one.
    ended: Option<(u64, bool)>,
    /// Something that is seen came out since the last cover began.
    parted: bool,
    /// Where the last control sequence was broken off by a byte that is taken out.
    broken: Option<u64>,
    /// What was masked last may end within a character.
    masker: Masker,
    blocked: Option<u32>,
    /// Stretches that were masked because of a mark and not of a finding.
    masked: Vec<(u64, u64)>,
}

impl Gate {
    pub(crate) fn new(outlet: Outlet, replacement: Replacement) -> Self {
        Self {
            outlet,
            replacement,
            emitted: 0,
            clear: 0,
            spans: BTreeMap::new(),
            block: None,
            cover: None,
            ended: None,
            parted: false,
            broken: None,
            masker: Masker::default(),
            blocked: None,
            masked: Vec::new(),
        }
    }

    /// Everything before this position is out, or taken out.
    pub(crate) fn emitted(&self) -> u64 {
        self.emitted
    }

    /// The rule that blocked the session.
    pub(crate) fn blocked(&self) -> Option<u32> {
        self.blocked
    }

    /// Where the session will be blocked, once everything before is settled.
    pub(crate) fn block_at(&self) -> Option<u64> {
        self.block
    }

    pub(crate) fn add(&mut self, span: Span) {
        if span.action == Action::Block {
            self.block = Some(self.block.map_or(span.start, |block| block.min(span.start)));
        }
        let end = span.end;
        self.spans
            .entry(span.order())
            .and_modify(|same| same.end = same.end.max(end))
            .or_insert(span);
    }

    /// How many of the bytes from `start` to `end` are out in clear.
    pub(crate) fn shown(&self, start: u64, end: u64) -> u64 {
        let end = end.min(self.emitted);
        let masked: u64 = self
            .masked
            .iter()
            .map(|(from, to)| to.min(&end).saturating_sub(*from.max(&start)))
            .sum();
        end.saturating_sub(start) - masked
    }

    /// Masks what is held from `from` to `to` because of a mark, once it is let out. Answers how much that is.
    pub(crate) fn mask_held(&mut self, from: u64, to: u64) -> u64 {
        let from = from.max(self.emitted);
        if from < to {
            let action = Action::RedactMask;
            self.add(Span {
                start: from,
                end: to,
                action,
                severity: Severity::P3,
                rule: None,
                failed: false,
                leads: true,
                as_mask: true,
            });
            self.masked.push((from, to));
        }
        to.saturating_sub(from)
    }

    /// Nothing follows: a character that was cut is one cell.
    pub(crate) fn close(&mut self) -> Cleared {
        let mut out = Vec::new();
        self.masker.finish(&mut out);
        Cleared::new(out)
    }

    /// Forgets what no span to come can reach back to.
    pub(crate) fn forget(&mut self, position: u64) {
        self.masked.retain(|(_, to)| *to > position);
    }

    /// Lets out, or takes out, everything before `limit`.
    pub(crate) fn advance(&mut self, way: &Way<'_>, limit: u64) -> Cleared {
        self.advance_behind(Cleared::default(), way, limit)
    }

    /// The same behind what was let out before and waits to be taken: to copy it there would cost as much again.
    pub(crate) fn advance_behind(&mut self, before: Cleared, way: &Way<'_>, limit: u64) -> Cleared {
        let mut out = before.into_inner();
        while self.emitted < limit && self.blocked.is_none() {
            let next = self.spans.first_entry();
            let start = next.as_ref().map(|next| next.get().start.max(self.emitted));
            if let Some(next) = next.filter(|_| start == Some(self.emitted)) {
                let span = next.remove();
                self.reach(way, &span, &mut out);
                continue;
            }
            let to = start.unwrap_or(limit).min(limit);
            match self.cover.take() {
                None => {
                    self.masker.finish(&mut out);
                    self.parted = self.parted || way.is_seen(self.emitted, to);
                    out.extend_from_slice(way.raw.slice(self.emitted, to));
                    self.emitted = to;
                    self.clear = to;
                }
                Some(cover) => self.cover = self.take_out(cover, way, to, &mut out),
            }
        }
        Cleared::new(out)
    }

    /// A span begins here, or began before what is out already.
    fn reach(&mut self, way: &Way<'_>, span: &Span, out: &mut Vec<u8>) {
        if span.action == Action::Block {
            self.blocked = Some(span.rule.unwrap_or(u32::MAX));
            if self.outlet == Outlet::Pipe && self.cover.is_none() {
                self.break_off(way, self.emitted, out);
                Marker::Blocked.write(way.id(span.rule), out);
            }
            self.spans.clear();
            self.block = None;
            return;
        }
        let line = span.action == Action::WithholdLine;
        if let Some(cover) = &mut self.cover {
            cover.line |= line;
            cover.until = cover.until.max(span.end);
            return;
        }
        if span.end <= self.emitted && !line {
            return;
        }
        self.break_off(way, self.emitted, out);
        let goes_on = self.ended.filter(|(end, _)| !span.leads && *end == self.emitted);
        let mask = self.outlet == Outlet::Terminal
            || span.as_mask
            || (span.leads && span.start < self.emitted)
            || match span.action {
                Action::RedactMask => true,
                Action::RedactMarker => !span.failed && self.replacement == Replacement::Mask,
                Action::Allow | Action::WithholdLine | Action::Block => false,
            };
        if !mask && span.leads {
            let marker = if line || span.failed {
                Marker::Withheld
            } else {
                Marker::Redacted
            };
            self.masker.finish(out);
            marker.write(way.id(span.rule), out);
        }
        let mask = goes_on.map_or(mask, |(_, mask)| mask);
        if !mask && !span.leads && self.parted {
            self.masker.finish(out);
            out.push(TRACE);
        }
        self.parted = false;
        if mask && self.clear == self.emitted {
            let before = self.emitted.saturating_sub(CHARACTER);
            self.masker.follow(way.raw.slice(before, self.emitted));
        }
        self.cover = Some(Cover {
            until: span.end.max(self.emitted),
            mask,
            line,
        });
    }

    /// Takes out bytes up to `to` at most, and gives the cover back while it goes on.
    fn take_out(&mut self, cover: Cover, way: &Way<'_>, to: u64, out: &mut Vec<u8>) -> Option<Cover> {
        let text = way.raw.slice(self.emitted, to);
        let inside = usize::try_from(cover.until.saturating_sub(self.emitted))
            .unwrap_or(usize::MAX)
            .min(text.len());
        let mut length = inside;
        let mut ends = false;
        if inside < text.len() {
            let line_end = if cover.line {
                memchr::memchr(b'\n', &text[inside..])
            } else {
                Some(0)
            };
            ends = line_end.is_some();
            length += line_end.unwrap_or(text.len() - inside);
        } else if self.emitted + inside as u64 == cover.until && !cover.line {
            ends = true;
        }
        self.replace(way, self.emitted, &text[..length], cover.mask, out);
        self.emitted += length as u64;
        self.ended = ends.then_some((self.emitted, cover.mask));
        (!ends).then_some(cover)
    }

    /// Breaks a control sequence off as the byte does that stands here, and is taken out.
    fn break_off(&mut self, way: &Way<'_>, at: u64, out: &mut Vec<u8>) {
        if self.broken != Some(at) && way.controls.is_broken(at) {
            self.broken = Some(at);
            self.masker.finish(out);
            out.push(CAN);
        }
    }

    /// Puts what stands for the bytes from `at` on; control sequences stay.
    fn replace(&mut self, way: &Way<'_>, at: u64, text: &[u8], mask: bool, out: &mut Vec<u8>) {
        let end = at + text.len() as u64;
        let mut from = at;
        while from < end {
            let (start, stop) = way
                .controls
                .next(from)
                .map_or((end, end), |(start, stop)| (start.max(from), stop));
            let (start, stop) = (start.min(end), stop.min(end));
            self.break_off(way, from, out);
            if mask {
                self.masker.mask(way.raw.slice(from, start), out);
            }
            if start < stop {
                self.masker.finish(out);
                out.extend_from_slice(way.raw.slice(start, stop));
            }
            from = stop.max(start);
        }
    }
}

/// What the way out looks at.
pub(crate) struct Way<'a> {
    pub(crate) rules: &'a RuleSet,
    pub(crate) raw: &'a Stream,
    pub(crate) controls: &'a Controls,
}

impl Way<'_> {
    /// The id of a rule of the flat list.
    fn id(&self, rule: Option<u32>) -> Option<&str> {
        let compiled = self.rules.rules.get(rule? as usize)?;
        Some(&compiled.rule.id)
    }

    /// Whether any of these bytes belongs to no control.
    fn is_seen(&self, from: u64, to: u64) -> bool {
        let mut at = from;
        while let Some((_, stop)) = self.controls.next(at).filter(|(start, _)| *start <= at && at < to) {
            at = stop;
        }
        at < to
    }
}
