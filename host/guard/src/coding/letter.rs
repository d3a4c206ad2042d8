//! A text with its escapes taken off, but for one: `\t` may be a tab, or a backslash before a literal that begins
//! with `t`.

use super::Reading;
use crate::view::View;

/// Where the escape stands in the text, and its letter.
pub(super) struct Letter {
    at: u64,
    letter: u8,
}

impl Letter {
    /// The escape that this place of the parent's text stands for.
    pub(super) fn new(parent: &View, at: u64) -> Self {
        // There is one, or nothing would be read so; a byte that is no letter begins nothing.
        let letter = parent.letter_at(at).unwrap_or(b'\\');
        Self { at, letter }
    }

    /// Whether the letter stands before this place, behind which the text is as its parent's.
    pub(super) fn is_behind(&self, at: u64) -> bool {
        at > self.at + 1
    }

    pub(super) fn step(&mut self, reading: &mut Reading<'_>, at: u64, until: u64) -> u64 {
        let end = reading.parent.text.end().min(until);
        if at >= end {
            return 0;
        }
        if at == self.at {
            reading.put(&[b'\\', self.letter], at, at + 1, 0);
            return 1;
        }
        // The escape as it stands parts nothing, so that what is in no other was found where it stands.
        let map = &reading.parent.map;
        if at == self.at + 1 && map.raw(at) != map.raw_end(self.at) {
            reading.view.joint();
        }
        let end = if at < self.at { end.min(self.at) } else { end };
        reading
            .view
            .extend_joined(reading.parent, at.max(self.at + 2), (at, end));
        end - at
    }
}
