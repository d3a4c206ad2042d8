//! Where control sequences stand.

use std::collections::VecDeque;

/// The raw bytes of control sequences, which redaction keeps.
#[derive(Default)]
pub(crate) struct Controls {
    stretches: VecDeque<(u64, u64)>,
    /// Where a byte stands that broke one off: what stands for it has to break it off as well.
    broken: VecDeque<u64>,
}

impl Controls {
    pub(super) fn begin(&mut self, at: u64, end: u64) {
        match self.stretches.back_mut() {
            Some(last) if last.1 == at => last.1 = end,
            Some(_) | None => self.stretches.push_back((at, end)),
        }
    }

    /// The byte at this position belongs to a control sequence.
    pub(super) fn extend(&mut self, at: u64) {
        self.begin(at, at + 1);
    }

    pub(super) fn upto(&mut self, end: u64) {
        if let Some(last) = self.stretches.back_mut() {
            last.1 = end;
        }
    }

    /// The byte at this position broke a control sequence off, and is none of it.
    pub(super) fn break_off(&mut self, at: u64) {
        self.broken.push_back(at);
    }

    /// Whether a control sequence was broken off by what stands at this position, which is no control itself.
    pub(crate) fn is_broken(&self, at: u64) -> bool {
        let is_control = || self.next(at).is_some_and(|(start, _)| start <= at);
        self.broken.binary_search(&at).is_ok() && !is_control()
    }

    pub(super) fn forget(&mut self, position: u64) {
        while self.stretches.front().is_some_and(|(_, end)| *end <= position) {
            self.stretches.pop_front();
        }
        while self.broken.front().is_some_and(|at| *at < position) {
            self.broken.pop_front();
        }
    }

    /// The first stretch of control bytes that ends behind `from`.
    pub(crate) fn next(&self, from: u64) -> Option<(u64, u64)> {
        let at = self.stretches.partition_point(|(_, end)| *end <= from);
        self.stretches.get(at).copied()
    }
}
