//! Literals of one or two bytes.

use crate::rule::Keyword;

/// A short literal, searched for alone.
pub(super) struct Short {
    pattern: u32,
    bytes: Vec<u8>,
    any_case: bool,
}

impl Short {
    pub(super) fn new(pattern: u32, keyword: &Keyword) -> Self {
        Self {
            pattern,
            bytes: keyword.bytes.clone(),
            any_case: keyword.any_case,
        }
    }

    pub(super) fn pattern(&self) -> u32 {
        self.pattern
    }

    /// Calls `hit` with the place of each occurrence.
    pub(super) fn search(&self, text: &[u8], mut hit: impl FnMut(usize, usize)) {
        let length = self.bytes.len();
        let first = self.bytes[0];
        let mut at = |start: usize| {
            let found = text.get(start..start + length);
            if found
                .is_some_and(|found| found == self.bytes || (self.any_case && found.eq_ignore_ascii_case(&self.bytes)))
            {
                hit(start, start + length);
            }
        };
        if self.any_case {
            let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
            memchr::memchr2_iter(lower, upper, text).for_each(&mut at);
        } else {
            memchr::memchr_iter(first, text).for_each(&mut at);
        }
    }
}
