//! Where control sequences stand.

use std::collections::VecDeque;

/// The raw bytes of control sequences, which redaction keeps.
#[derive(Default)]
pub(crate) struct Controls(VecDeque<(u64, u64)>);

impl Controls {
    pub(super) fn begin(&mut self, at: u64, end: u64) {
        match self.0.back_mut() {
            Some(last) if last.1 == at => last.1 = end,
            Some(_) | None => self.0.push_back((at, end)),
        }
    }

    /// The byte at this position belongs to a control sequence.
    pub(super) fn extend(&mut self, at: u64) {
        self.begin(at, at + 1);
    }

    pub(super) fn upto(&mut self, end: u64) {
        if let Some(last) = self.0.back_mut() {
            last.1 = end;
        }
    }

    pub(super) fn forget(&mut self, position: u64) {
        while self.0.front().is_some_and(|(_, end)| *end <= position) {
            self.0.pop_front();
        }
    }

    /// The first stretch of control bytes that ends behind `from`.
    pub(crate) fn next(&self, from: u64) -> Option<(u64, u64)> {
        let at = self.0.partition_point(|(_, end)| *end <= from);
        self.0.get(at).copied()
    }
}
