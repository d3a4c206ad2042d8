//! Where tabs stop.

/// A stop in every eighth column, as terminals begin with.
const EVERY: usize = 8;

/// One byte a column: 1 where a tab stops.
pub(super) struct Tabs(Vec<u8>);

impl Tabs {
    pub(super) fn new(columns: u16) -> Self {
        let mut tabs = Self(Vec::new());
        tabs.resize(columns);
        tabs
    }

    /// Keeps the stops that there are; added columns have those of a new screen.
    pub(super) fn resize(&mut self, columns: u16) {
        let kept = self.0.len();
        self.0.truncate(columns.into());
        self.0
            .extend((kept..columns.into()).map(|column| u8::from(column % EVERY == 0)));
    }

    pub(super) fn set(&mut self, column: u16, stop: bool) {
        if let Some(tab) = self.0.get_mut(usize::from(column)) {
            *tab = stop.into();
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }

    /// The next stop to the right, or the last column.
    pub(super) fn after(&self, column: u16) -> u16 {
        let last = u16::try_from(self.0.len()).unwrap_or(u16::MAX).saturating_sub(1);
        let from = usize::from(column) + 1;
        let found = self.0.get(from..).and_then(|rest| memchr::memchr(1, rest));
        found.and_then(|at| u16::try_from(from + at).ok()).unwrap_or(last)
    }

    /// The next stop to the left, or the first column.
    pub(super) fn before(&self, column: u16) -> u16 {
        let found = self
            .0
            .get(..usize::from(column))
            .and_then(|rest| memchr::memrchr(1, rest));
        found.and_then(|at| u16::try_from(at).ok()).unwrap_or(0)
    }
}
