//! A suspect's window, as a check sees it.

use std::ops::Range;

use crate::bindings::detector::cofferdam::detector::types as wit;
use crate::outline::{Outline, Outlined};
use crate::{RegionMarks, Severity};

/// One suspect with the text around it. All positions are bytes in the region, and nothing here panics on any input.
#[derive(Clone, Copy)]
pub struct Window<'a> {
    outline: Outline,
    rule_index: u16,
    anchor: u16,
    text: &'a [u8],
    at: usize,
    start: usize,
    end: usize,
    marks: RegionMarks,
}

/// What a check says of one suspect: the bytes to take out, and how sure it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The secret's bytes, as positions in the region.
    pub span: Range<usize>,
    /// 0 to 100.
    pub confidence: u8,
    /// How bad it is.
    pub severity: Severity,
    /// Bits of the detector's list of facts.
    pub facts: u64,
}

impl<'a> Window<'a> {
    /// The window of `suspect`, or `None` where its numbers don't fit its region or its rule.
    pub(crate) fn new(
        outlines: &dyn Outlined,
        region: &wit::Region,
        text: &'a [u8],
        suspect: &wit::Suspect,
    ) -> Option<Window<'a>> {
        let outline = outlines.outline(suspect.rule, suspect.anchor)?;
        let (at, start, end) = (
            suspect.at as usize,
            suspect.window_start as usize,
            suspect.window_end as usize,
        );
        if start > end || end > text.len() || at > end {
            return None;
        }
        let marks = region.marks;
        Some(Window {
            outline,
            rule_index: suspect.rule,
            anchor: suspect.anchor,
            text,
            at,
            start,
            end,
            marks,
        })
    }

    /// The rule's index in the detector's list.
    #[must_use]
    pub fn rule_index(&self) -> usize {
        usize::from(self.rule_index)
    }

    /// The index of the anchor that hit, in the rule's list.
    #[must_use]
    pub fn anchor_index(&self) -> usize {
        usize::from(self.anchor)
    }

    /// The whole region: context, window, and the byte that ended it.
    #[must_use]
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// Where the anchor begins.
    #[must_use]
    pub fn anchor_start(&self) -> usize {
        self.at
    }

    /// Where the body can begin: after the literal, or at the window's start where no literal leads.
    #[must_use]
    pub fn body_start(&self) -> usize {
        match self.literal() {
            Some(length) if !self.outline.has_lead => self.start.max(self.at.saturating_add(length)).min(self.end),
            Some(_) | None => self.start,
        }
    }

    /// The first byte behind the literal; the window's start where no literal leads.
    #[must_use]
    pub fn anchor_end(&self) -> usize {
        match self.literal() {
            Some(length) => self.at.saturating_add(length).min(self.text.len()),
            None => self.start,
        }
    }

    /// How long the literal is that hit, if one did.
    fn literal(&self) -> Option<usize> {
        self.outline.literal.map(usize::from)
    }

    /// Whether the secret begins before its literal.
    #[must_use]
    pub fn has_lead(&self) -> bool {
        self.outline.has_lead
    }

    /// The window's first byte.
    #[must_use]
    pub fn start(&self) -> usize {
        self.start
    }

    /// The first byte after the window.
    #[must_use]
    pub fn end(&self) -> usize {
        self.end
    }

    /// The window from [`body_start`](Self::body_start) to its end.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.slice(self.body_start()..self.end)
    }

    /// The text before the anchor.
    #[must_use]
    pub fn before(&self) -> &'a [u8] {
        self.slice(0..self.at)
    }

    /// The byte that ended the window, if one did.
    #[must_use]
    pub fn after(&self) -> Option<u8> {
        self.text.get(self.end).copied()
    }

    /// The bytes of `range`, or none where it is out of bounds.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> &'a [u8] {
        self.text.get(range).unwrap_or_default()
    }

    /// How the window ended, and what the host did to the text.
    #[must_use]
    pub fn marks(&self) -> RegionMarks {
        self.marks
    }

    /// How bad the rule says that what it finds is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.outline.severity
    }

    /// A verdict on the whole body, with the rule's severity.
    #[must_use]
    pub fn whole(&self, confidence: u8) -> Verdict {
        self.verdict(self.body_start()..self.end, confidence)
    }

    /// A verdict on `span`, with the rule's severity.
    #[must_use]
    pub fn verdict(&self, span: Range<usize>, confidence: u8) -> Verdict {
        Verdict {
            span,
            confidence,
            severity: self.outline.severity,
            facts: 0,
        }
    }
}

impl Verdict {
    /// The same with a fact more: bit `bit` of the detector's list.
    #[must_use]
    pub fn fact(mut self, bit: u8) -> Verdict {
        self.facts |= 1_u64.checked_shl(u32::from(bit)).unwrap_or(0);
        self
    }

    /// The same with another severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Verdict {
        self.severity = severity;
        self
    }
}
