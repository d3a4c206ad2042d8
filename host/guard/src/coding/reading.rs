//! What decoders read, and the view that they write.

use crate::map::Spread;
use crate::view::View;

/// How many bytes are read before they are searched.
pub(super) const AT_ONCE: u64 = 1024;

/// What decoders read and write.
pub(super) struct Reading<'a> {
    pub(super) parent: &'a View,
    pub(super) view: &'a mut View,
    /// Nothing follows in the parent's text.
    pub(super) ended: bool,
}

impl Reading<'_> {
    pub(super) fn byte(&self, at: u64) -> Option<u8> {
        self.parent.text.get(at)
    }

    pub(super) fn raw(&self, at: u64) -> u64 {
        self.parent.map.raw(at).unwrap_or(0)
    }

    /// When the byte became known.
    pub(super) fn when(&self, at: u64) -> u64 {
        self.parent.map.when(at).unwrap_or(0)
    }

    /// When it became known that nothing follows in the parent's text.
    pub(super) fn over(&self) -> u64 {
        let last = self.parent.text.end().saturating_sub(1);
        self.parent.closed.unwrap_or(self.when(last) + 1)
    }

    /// From where on in the raw stream the parent's text stands from `from` on, and the text from `at` on that does
    /// so before `until`: what may be read all at once, with nothing looked at in between. A reading that is done
    /// with is read on byte by byte.
    pub(super) fn at_once(&self, from: u64, at: u64, until: u64) -> Option<(u64, &[u8])> {
        if !self.parent.is_bare() || self.view.text.end() <= self.view.scanner.searched() {
            return None;
        }
        let (raw, end) = self.parent.map.by_itself(from)?;
        let end = end.min(until).min(at + AT_ONCE);
        (at < end).then(|| (raw, self.parent.text.slice(at, end)))
    }

    /// The same as [`Reading::put`] of a byte of an encoding. Where it is made of what escapes parted, no other
    /// reading has it.
    pub(super) fn put_coded(&mut self, byte: u8, first: u64, end: u64) {
        let inside = self.parent.is_joined(first + 1, end);
        if inside || self.parent.is_joined(first, end) {
            self.view.joint();
        }
        self.put(&[byte], first, end, 0);
        if inside {
            self.view.joint();
        }
    }

    /// Writes a byte that the parent's text from `first` to before `end` stands for, as was told at `told` if not
    /// with its last byte.
    pub(super) fn put(&mut self, bytes: &[u8], first: u64, end: u64, told: u64) {
        let last = end.saturating_sub(1).max(first);
        let Spread { raw, end, when, floor } = self.parent.map.spread(first, last);
        self.view
            .decoded(bytes, (raw, end.saturating_sub(raw)), when.max(told), floor);
    }
}
