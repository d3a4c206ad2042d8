//! Walking along a value that the host was told.

use super::{EndedBy, Progress, Window};
use crate::known::KnownValue;
use crate::stream::Stream;

/// How far a value has been compared.
#[derive(Clone)]
pub(crate) struct KnownWalk {
    start: u64,
    next: u64,
    /// How many bytes of the value were found.
    matched: usize,
}

impl KnownWalk {
    pub(crate) fn new(start: u64) -> Self {
        Self {
            start,
            next: start,
            matched: 0,
        }
    }

    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    pub(crate) fn on(&mut self, value: &KnownValue, stream: &Stream, ended: bool) -> Progress {
        let wanted = value.bytes();
        loop {
            let Some(want) = wanted.get(self.matched) else {
                return Progress::Final(Window {
                    start: self.start,
                    end: self.next,
                    ended_by: EndedBy::Text,
                    settled: self.next - 1,
                });
            };
            let Some(byte) = stream.get(self.next) else {
                return if ended { Progress::Dead } else { Progress::Open };
            };
            let within_blank = self.matched > 0 && wanted[self.matched - 1] == b' ';
            if byte == *want || (*want == b' ' && byte.is_ascii_whitespace()) {
                self.matched += 1;
            } else if !(within_blank && byte.is_ascii_whitespace()) {
                return Progress::Dead;
            }
            self.next += 1;
        }
    }
}
