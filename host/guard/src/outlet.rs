//! The way out: which of the bytes that nothing holds any more pass, and what stands for the rest.
//!
//! What comes out is a function of the stream, the decided spans and the marks. `limit` only says how far it may go now:
//! no byte at or after it is let out, and no span that begins before it can still come, but for spans that a mark cut.

use crate::bytes::Cleared;
use crate::consult::Action;
use crate::mask::Masker;
use crate::output::{Outlet, Replacement};
use crate::rule::Severity;
use crate::ruleset::RuleSet;
use crate::set::ByteSet;
use crate::stream::Stream;

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
    /// The window was cut, so what follows is taken out as far as it is made of these bytes.
    pub(crate) swallow: Option<Swallow>,
}

/// What belongs to a secret that is longer than its rule's longest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Swallow {
    pub(crate) body: ByteSet,
    /// Line ends belong to it too.
    pub(crate) lines: bool,
}

impl Swallow {
    /// What belongs to either of two secrets that overlap. Which of them goes on can't be told where one covers the other's end, so
    /// both do.
    fn both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(Self {
                body: one.body.union(&other.body),
                lines: one.lines || other.lines,
            }),
            (only, None) | (None, only) => only,
        }
    }

    fn has(&self, byte: u8) -> bool {
        self.body.has(byte) || (self.lines && byte == b'\n')
    }
}

/// What is being taken out now.
struct Cover {
    until: u64,
    mask: Option<Masker>,
    /// Goes on to the line's end.
    line: bool,
    swallow: Option<Swallow>,
}

/// The state of the way out.
pub(crate) struct Gate {
    outlet: Outlet,
    replacement: Replacement,
    emitted: u64,
    /// Sorted by start, the strictest first; none of them has been reached.
    spans: Vec<Span>,
    cover: Option<Cover>,
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
            spans: Vec::new(),
            cover: None,
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
        self.spans
            .iter()
            .find(|span| span.action == Action::Block)
            .map(|span| span.start)
    }

    pub(crate) fn add(&mut self, span: Span) {
        let key = |span: &Span| (span.start, std::cmp::Reverse(span.action), span.severity, span.rule);
        let at = self.spans.partition_point(|other| key(other) <= key(&span));
        self.spans.insert(at, span);
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

    /// Masks what is held from `from` to `to` because of a mark.
    pub(crate) fn mask_held(&mut self, rules: &RuleSet, stream: &Stream, from: u64, to: u64) -> Cleared {
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
                swallow: None,
            });
            self.masked.push((from, to));
        }
        self.advance(rules, stream, to)
    }

    /// Forgets what no span to come can reach back to.
    pub(crate) fn forget(&mut self, position: u64) {
        self.masked.retain(|(_, to)| *to > position);
    }

    /// Lets out, or takes out, everything before `limit`.
    pub(crate) fn advance(&mut self, rules: &RuleSet, stream: &Stream, limit: u64) -> Cleared {
        let mut out = Vec::new();
        while self.emitted < limit && self.blocked.is_none() {
            let next = self.spans.first().map(|span| span.start.max(self.emitted));
            if next.is_some_and(|next| next == self.emitted) {
                let span = self.spans.remove(0);
                self.reach(rules, span, &mut out);
                continue;
            }
            let to = next.unwrap_or(limit).min(limit);
            match self.cover.take() {
                None => {
                    out.extend_from_slice(stream.slice(self.emitted, to));
                    self.emitted = to;
                }
                Some(cover) => self.cover = self.take_out(cover, stream, to, &mut out),
            }
        }
        Cleared::new(out)
    }

    /// A span begins here, or began before what is out already.
    fn reach(&mut self, rules: &RuleSet, span: Span, out: &mut Vec<u8>) {
        if span.action == Action::Block {
            self.blocked = Some(span.rule.unwrap_or(u32::MAX));
            if self.outlet == Outlet::Pipe && self.cover.is_none() {
                marker("blocked", rules, span.rule, out);
            }
            self.spans.clear();
            return;
        }
        let line = span.action == Action::WithholdLine;
        if let Some(cover) = &mut self.cover {
            cover.line |= line;
            cover.until = cover.until.max(span.end);
            cover.swallow = Swallow::both(cover.swallow, span.swallow);
            return;
        }
        if span.end <= self.emitted && !line && span.swallow.is_none() {
            return;
        }
        let as_mask = self.outlet == Outlet::Terminal
            || span.rule.is_none()
            || span.start < self.emitted
            || match span.action {
                Action::RedactMask => true,
                Action::RedactMarker => !span.failed && self.replacement == Replacement::Mask,
                Action::Allow | Action::WithholdLine | Action::Block => false,
            };
        if !as_mask {
            marker(
                if line || span.failed { "withheld" } else { "redacted" },
                rules,
                span.rule,
                out,
            );
        }
        let mask = as_mask.then(Masker::default);
        self.cover = Some(Cover {
            until: span.end.max(self.emitted),
            mask,
            line,
            swallow: span.swallow,
        });
    }

    /// Takes out bytes up to `to` at most, and gives the cover back while it goes on.
    fn take_out(&mut self, mut cover: Cover, stream: &Stream, to: u64, out: &mut Vec<u8>) -> Option<Cover> {
        let text = stream.slice(self.emitted, to);
        let inside = usize::try_from(cover.until.saturating_sub(self.emitted))
            .unwrap_or(usize::MAX)
            .min(text.len());
        let mut length = inside;
        let mut ends = false;
        if inside < text.len() {
            // What goes on beyond the window belongs to the secret, also where the line's rest is taken out after it.
            let rest = &text[inside..];
            let gone_on = cover.swallow.map_or(0, |swallow| {
                rest.iter().position(|byte| !swallow.has(*byte)).unwrap_or(rest.len())
            });
            length += gone_on;
            if gone_on < rest.len() {
                cover.swallow = None;
                let line_end = if cover.line {
                    memchr::memchr(b'\n', &rest[gone_on..])
                } else {
                    Some(0)
                };
                ends = line_end.is_some();
                length += line_end.unwrap_or(rest.len() - gone_on);
            }
        } else if self.emitted + inside as u64 == cover.until && !cover.line && cover.swallow.is_none() {
            ends = true;
        }
        if let Some(mask) = &mut cover.mask {
            mask.mask(&text[..length], out);
            if ends {
                mask.finish(out);
            }
        }
        self.emitted += length as u64;
        (!ends).then_some(cover)
    }
}

fn marker(word: &str, rules: &RuleSet, rule: Option<u32>, out: &mut Vec<u8>) {
    let id = rule
        .and_then(|rule| rules.rules.get(rule as usize))
        .map_or("guard", |compiled| compiled.rule.id.as_str());
    out.extend_from_slice(format!("[{word}:{id}]").as_bytes());
}
