//! Secrets that are longer than their rule's longest: what goes on beyond the window is taken out to its end, and a
//! block's to its close. So is what goes on of a block behind a line that is written over, as a pager's prompt is.

use std::collections::BTreeMap;

use cofferdam_frame::Close;

use super::Guard;
use super::back::{Ends, Outcome, PART};
use super::behind::Behind;
use crate::coding::{GoesOn, More, more};
use crate::follow::{begins, close};
use crate::gate::Span;
use crate::rule::{Extent, Keyword};
use crate::set::ByteSet;
use crate::view::{View, ViewId};

/// A secret that goes on.
pub(super) struct Swallow {
    pub(super) view: ViewId,
    /// The next byte of the view's text.
    pub(super) next: u64,
    pub(super) body: ByteSet,
    /// What comes next may be an escape that stands for some of it, or a close.
    pub(super) waits: bool,
    /// Line ends belong to it too.
    pub(super) lines: bool,
    /// It stands for many: nothing follows those behind it, so no close ends it either.
    pub(super) crowd: bool,
    /// It is a block that broke off, and goes on behind a line that is written over, or behind what parts texts in one
    /// row, if it does.
    pub(super) back: Option<Behind>,
    /// What its pieces are taken out as.
    pub(super) span: Span,
}

impl Guard {
    /// Takes out as much of the secrets that go on as has come. `over` says that nothing follows.
    pub(super) fn swallow(&mut self, over: bool) {
        let mut swallows = std::mem::take(&mut self.swallows);
        swallows.sort_by_key(|swallow| swallow.next);
        let mut walked: Vec<Walked> = Vec::new();
        for mut swallow in swallows {
            let Some(view) = self.views.iter().find(|view| view.id == swallow.view) else {
                continue;
            };
            // Where many secrets of one rule follow on one another, all of them go on as the first does.
            if walked.iter().any(|walked| walked.holds(&swallow)) {
                continue;
            }
            let from = swallow.next;
            let ends = self.ends(&swallow);
            let (goes_on, pieces) = swallow.on(view, ends, over);
            for (start, end) in pieces {
                self.gate.add(Span {
                    start,
                    end,
                    ..swallow.span.clone()
                });
            }
            walked.push(Walked { from, swallow, goes_on });
        }
        let left = walked.into_iter().filter(|walked| walked.goes_on);
        self.swallows.extend(left.map(|walked| walked.swallow));
        self.join_alike();
    }

    /// What ends such a secret, if its rule says so.
    fn ends(&self, swallow: &Swallow) -> Ends<'_> {
        let compiled = swallow.span.rule.and_then(|rule| self.rules.rules.get(rule as usize));
        let rule = compiled.map(|compiled| &*compiled.rule);
        let closes: &[Keyword] = match rule.map(|rule| &rule.extent) {
            Some(Extent::Block(block)) if !swallow.crowd => &block.until,
            Some(Extent::Block(_) | Extent::Span(_) | Extent::Known(_)) | None => &[],
        };
        Ends { closes, rule }
    }

    /// Of secrets that go on alike in readings that read on alike, the first is enough: each keeps its reading, and
    /// in a text full of parts of a string there could be one every few bytes.
    fn join_alike(&mut self) {
        if self.swallows.len() < 2 {
            return;
        }
        let mut swallows = std::mem::take(&mut self.swallows);
        let first = self.first_alike();
        let first = |swallow: &Swallow| first.get(&swallow.view).copied().unwrap_or(swallow.view);
        let left = |swallow: &Swallow| self.view(swallow.view).map(|view| view.text.end() - swallow.next);
        swallows.sort_by_key(|swallow| swallow.view);
        let mut kept: Vec<Swallow> = Vec::new();
        for swallow in swallows {
            let is_same = |kept: &Swallow| {
                first(kept) == first(&swallow) && left(kept) == left(&swallow) && kept.takes_as(&swallow)
            };
            if !kept.iter().any(is_same) {
                kept.push(swallow);
            }
        }
        self.swallows = kept;
    }

    /// Of each reading the first that reads the same from here on: readings of escapes, and those that leave one as
    /// it is, may differ in nothing but where they began.
    fn first_alike(&self) -> BTreeMap<ViewId, ViewId> {
        let mut first: BTreeMap<ViewId, ViewId> = BTreeMap::new();
        let mut places = BTreeMap::new();
        for view in &self.views {
            let source = view.source.as_deref().filter(|_| view.closed.is_none());
            let Some((source, parent)) = source.and_then(|source| Some((source, self.view(source.parent)?))) else {
                continue;
            };
            // What is left to be read is the same in the same text only.
            let left = source.left_of(parent);
            let of = if left == 0 { first.get(&parent.id) } else { None };
            let of = of.copied().unwrap_or(parent.id);
            let alike = match source.goes_on() {
                GoesOn::Same if left == 0 => of,
                GoesOn::Unescaped => *places.entry((of, left)).or_insert(view.id),
                GoesOn::Same | GoesOn::ByItself => view.id,
            };
            first.insert(view.id, alike);
        }
        first
    }
}

/// A secret that was gone on with, and from where.
struct Walked {
    from: u64,
    swallow: Swallow,
    goes_on: bool,
}

impl Walked {
    /// Whether another one, which goes on from within what was gone over, takes out nothing that this does not.
    fn holds(&self, other: &Swallow) -> bool {
        self.swallow.view == other.view
            && other.back.is_none()
            && self.swallow.takes_as(other)
            && (self.from..=self.swallow.next).contains(&other.next)
    }
}

impl Swallow {
    /// Whether it takes out the same bytes of a text as another one does, and shows the same for them.
    fn takes_as(&self, other: &Swallow) -> bool {
        let look = |Span {
                        rule,
                        action,
                        failed,
                        as_mask,
                        ..
                    }: &Span| (*rule, *action, *failed, *as_mask);
        (self.lines, self.body, self.crowd, &self.back) == (other.lines, other.body, other.crowd, &other.back)
            && look(&self.span) == look(&other.span)
    }

    /// Goes on over what has come, and over escapes that stand for what belongs to it, up to one of these closes.
    /// Answers whether more may belong to it, and the raw bytes that do.
    fn on(&mut self, view: &View, ends: Ends<'_>, over: bool) -> (bool, Vec<(u64, u64)>) {
        let closes = ends.closes;
        let mut body = self.body;
        if self.lines {
            body.insert(b'\n');
        }
        let quick = body.without(&begins(closes));
        let ended = over || view.closed.is_some();
        let end = view.text.end();
        let mut pieces = Vec::new();
        self.waits = false;
        loop {
            if let Some(back) = &mut self.back {
                match back.on(&view.text, ends, ended) {
                    Outcome::Line(start, end) => {
                        pieces.append(&mut view.map.pieces(start, end).ranges);
                        self.next = end;
                        continue;
                    }
                    Outcome::Open { held } => {
                        self.waits = held.is_some();
                        self.next = held.unwrap_or(self.next);
                        return (true, pieces);
                    }
                    Outcome::Over => return (false, pieces),
                }
            }
            let length = quick.leading(view.text.slice(self.next, end)) as u64;
            pieces.append(&mut view.map.pieces(self.next, self.next + length).ranges);
            self.next += length;
            let Some(byte) = view.text.get(self.next) else {
                return (!ended, pieces);
            };
            if body.has(byte) {
                match close(closes, &view.text, self.next, byte).0 {
                    Close::Here => return (false, pieces),
                    Close::Perhaps if !ended => {
                        self.waits = true;
                        return (true, pieces);
                    }
                    Close::Perhaps | Close::No => {
                        pieces.append(&mut view.map.pieces(self.next, self.next + 1).ranges);
                        self.next += 1;
                        continue;
                    }
                }
            }
            match more(&view.text, self.next, &body, ended) {
                More::No => return (false, pieces),
                More::Perhaps => {
                    self.waits = true;
                    return (true, pieces);
                }
                More::Bytes { length, stands } => {
                    // Where parts of a string meet, nothing stands for a byte of it.
                    if stands {
                        pieces.append(&mut view.map.pieces(self.next, self.next + length).ranges);
                    }
                    self.next += length;
                }
            }
        }
    }

    /// The first byte of its view's text that it looks at again.
    pub(super) fn needs(&self) -> u64 {
        self.back.as_ref().map_or(self.next, Behind::needs)
    }

    /// From which raw byte on what may belong to it is held. Where the input pauses behind a few characters, they are
    /// a prompt's.
    pub(super) fn hold(&self, view: &View, consumed: u64, idle: bool) -> Option<u64> {
        let is_short = idle && self.back.is_some() && view.text.end() - self.next < PART;
        let waits = (self.waits && !is_short).then(|| view.held_raw(self.next, consumed));
        waits.into_iter().chain(view.undecided()).min()
    }
}
