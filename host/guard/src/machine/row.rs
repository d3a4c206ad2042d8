//! A block whose lines are texts in one row: strings of a list, or fields of objects on one line, as logs come from a
//! service's answer. What stands between its header and its first line stands between each two of them.

use std::sync::Arc;

use super::back::{LEAST, Outcome, constant, ends_line};
use crate::follow::{is_drawn, literals, runs};
use crate::rule::Rule;
use crate::stream::Stream;

/// The most bytes between two lines: as many as are looked at before an anchor.
const BETWEEN: usize = 240;
/// Each line of base64 has fewer characters, with its padding.
const LONGEST: usize = 80;
/// The fewest bytes, but for blanks and digits, that tell what stands between: two quotes and a comma.
const SIGNS: usize = 3;
/// A last line has groups of so many characters where all others have.
const GROUP: usize = 4;

/// What goes on behind a line that was taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// How many characters each has but the last.
    length: usize,
    /// What stands between each two, but for what differs.
    between: Arc<[u8]>,
    /// Where the one before ends.
    since: u64,
    /// What begins before this place is no line of it.
    looked: u64,
    /// The last one was taken out.
    is_over: bool,
}

impl Row {
    /// A line that ends at `since` was found behind this text. `None` where no header of its rule's stands on the same
    /// row, or where nothing tells what is between.
    pub(super) fn new(before: &[u8], line: &[u8], since: u64, rule: &Rule) -> Option<Self> {
        let headers = literals(rule).filter_map(|literal| {
            let at = memchr::memmem::rfind(before, &literal.bytes)?;
            Some(at + literal.bytes.len())
        });
        let gap = &before[headers.max()?..];
        let between = constant(gap);
        // A quote or a bracket opens each text.
        let is_opened = gap.last().is_some_and(u8::is_ascii_punctuation) && between.len() >= SIGNS;
        let is_line =
            (LEAST..LONGEST).contains(&line.len()) && is_drawn(line) && runs(line).next() == Some(0..line.len());
        (is_opened && is_line && !gap.iter().copied().any(ends_line)).then(|| Self {
            length: line.len(),
            between: between.into(),
            since,
            looked: since,
            is_over: false,
        })
    }

    /// The first byte of the text that it looks at again.
    pub(super) fn needs(&self) -> u64 {
        self.since
    }

    /// Looks for the next line.
    pub(super) fn on(&mut self, stream: &Stream, over: bool) -> Outcome {
        if self.is_over {
            return Outcome::Over;
        }
        let text = stream.slice(self.since, self.since + (BETWEEN + LONGEST) as u64);
        let is_cut = text.len() < BETWEEN + LONGEST && !over;
        let from = usize::try_from(self.looked - self.since).unwrap_or(usize::MAX);
        // A list may be wrapped; what is written over is another text.
        let ends = |byte: &u8| ends_line(*byte) && !byte.is_ascii_whitespace();
        let row = text.iter().position(ends).unwrap_or(text.len());
        for run in runs(&text[..row]).filter(|run| run.start >= from) {
            if run.start > BETWEEN {
                return Outcome::Over;
            }
            let is_behind = constant(&text[..run.start])[..] == self.between[..];
            // More of it may come.
            if run.end == text.len() && is_cut {
                let may_be = is_behind && (1..=self.length).contains(&run.len());
                let held = may_be.then_some(self.since + run.start as u64);
                return Outcome::Open { held };
            }
            let line = &text[run.clone()];
            let is_grouped = run.len().is_multiple_of(GROUP) || !self.length.is_multiple_of(GROUP);
            let is_last = run.len() < self.length && !run.is_empty() && is_grouped;
            if is_behind && (is_last || (run.len() == self.length && is_drawn(line))) {
                let place = (self.since + run.start as u64, self.since + run.end as u64);
                self.is_over = is_last;
                (self.since, self.looked) = (place.1, place.1);
                return Outcome::Line(place.0, place.1);
            }
            self.looked = self.since + run.end as u64;
        }
        if is_cut && row == text.len() {
            Outcome::Open { held: None }
        } else {
            Outcome::Over
        }
    }
}
