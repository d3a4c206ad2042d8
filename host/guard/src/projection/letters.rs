//! Which letters zero bytes stand between, as in UTF-16.

/// The letters since the last zero byte, and the one before it: in UTF-16 there is one between two zeros.
#[derive(Default)]
pub(super) struct Letters {
    since: u8,
    last: Option<(u64, u8)>,
    before: Option<(u64, u8)>,
    /// The last zero was the other half of a character.
    pub(super) wide: bool,
}

impl Letters {
    pub(super) fn take(&mut self, text: &[u8], at: u64) {
        if let Some((last, _)) = text.split_last() {
            self.since = self
                .since
                .saturating_add(u8::try_from(text.len().min(2)).expect("two at most"))
                .min(2);
            let letter = last.is_ascii_graphic() || last.is_ascii_whitespace();
            self.last = letter.then_some((at + text.len() as u64 - 1, *last));
        }
    }

    /// The two letters of which a zero byte that comes now would be the other half.
    pub(super) fn pair(&self) -> Option<[(u64, u8); 2]> {
        if self.since == 1 {
            Some([self.before?, self.last?])
        } else {
            None
        }
    }

    pub(super) fn zero(&mut self, wide: bool) {
        self.before = self.last.filter(|_| self.since > 0);
        self.since = 0;
        self.wide = wide;
    }
}
