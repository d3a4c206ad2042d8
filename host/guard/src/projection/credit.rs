//! How much may be read again: edits that come without end are not followed for ever.

/// How many bytes may be read again for each byte that came, and how many at once.
const CREDIT: u64 = 64;
const CREDIT_MOST: u64 = 1 << 20;

/// What may still be read again.
pub(super) struct Credit {
    left: u64,
    at: u64,
}

impl Credit {
    /// All that there is at the beginning.
    pub(super) fn whole() -> Credit {
        Credit {
            left: CREDIT_MOST,
            at: 0,
        }
    }

    /// Takes so many bytes, if they are there.
    pub(super) fn spend(&mut self, bytes: usize, at: u64) -> bool {
        self.spend_down_to(0, bytes, at)
    }

    /// The same of what isn't kept for what has to be read again: half of all.
    pub(super) fn spend_spare(&mut self, bytes: usize, at: u64) -> bool {
        self.spend_down_to(CREDIT_MOST / 2, bytes, at)
    }

    fn spend_down_to(&mut self, kept: u64, bytes: usize, at: u64) -> bool {
        self.left = (self.left + (at.saturating_sub(self.at)) * CREDIT).min(CREDIT_MOST);
        self.at = self.at.max(at);
        let enough = self.left >= kept.saturating_add(bytes as u64);
        if enough {
            self.left -= bytes as u64;
        }
        enough
    }
}
