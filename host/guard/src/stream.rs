//! The part of the raw stream that is still needed: what is not out yet, and some context before it.

/// A window on the raw stream. Positions are offsets from the stream's start, in bytes.
#[derive(Default)]
pub(crate) struct Stream {
    kept: Vec<u8>,
    /// Position of the first byte kept.
    base: u64,
}

impl Stream {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.kept.extend_from_slice(bytes);
    }

    /// Makes room for so many bytes.
    pub(crate) fn reserve(&mut self, bytes: u64) {
        self.kept.reserve(usize::try_from(bytes).unwrap_or(0));
    }

    /// Position after the last byte.
    pub(crate) fn end(&self) -> u64 {
        self.base + self.kept.len() as u64
    }

    pub(crate) fn base(&self) -> u64 {
        self.base
    }

    #[inline]
    pub(crate) fn get(&self, position: u64) -> Option<u8> {
        self.kept.get(self.index(position)).copied()
    }

    /// The bytes from `from` to `to`, cut to what is kept.
    #[inline]
    pub(crate) fn slice(&self, from: u64, to: u64) -> &[u8] {
        let from = from.max(self.base);
        let to = to.min(self.end()).max(from);
        &self.kept[self.index(from)..self.index(to)]
    }

    /// Forgets what lies before `position`, when it is worth the move.
    pub(crate) fn forget(&mut self, position: u64) {
        let spare = self.index(position.clamp(self.base, self.end()));
        // Moving the rest costs its length, so it waits until more is dropped than is moved.
        if spare > self.kept.len() / 2 {
            self.kept.drain(..spare);
            self.base += spare as u64;
        }
    }

    fn index(&self, position: u64) -> usize {
        usize::try_from(position - self.base).expect("what is kept fits in memory")
    }
}
