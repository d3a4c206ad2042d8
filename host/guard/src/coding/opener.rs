//! Escapes that open readings.

use super::escape::LONGEST;
use super::opens::{self, Opens};
use crate::set::ByteSet;
use crate::stream::Stream;
use crate::view::View;

/// An escape that opens a reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opener {
    /// Where it begins.
    pub(crate) at: u64,
    /// What would not have stopped the suspect that it stopped; nothing where the search found it.
    pub(crate) fits: Option<ByteSet>,
}

impl Opener {
    /// Whether it does, as far as can be told. `ended` says that nothing follows.
    pub(crate) fn opens(&self, text: &Stream, ended: bool) -> Opens {
        let text = text.slice(self.at, self.at + LONGEST as u64);
        opens::opens(text, self.fits.as_ref(), ended)
    }

    /// How many bytes of the text tell that it does; `None` where that can't be told yet, or only its end tells.
    pub(crate) fn told_by(&self, text: &Stream) -> Option<u64> {
        let text = text.slice(self.at, self.at + LONGEST as u64);
        opens::told(text, self.fits.as_ref()).map(|length| length as u64)
    }

    /// Which byte of the raw stream told that it does.
    pub(super) fn told(&self, parent: &View) -> u64 {
        let last = self.told_by(&parent.text).map(|length| self.at + length - 1);
        // Where no byte did, the end of the text.
        let told = last.and_then(|last| parent.map.when(last)).or(parent.closed);
        let end = || parent.map.when(parent.text.end().saturating_sub(1));
        told.unwrap_or_else(|| end().map_or(0, |end| end + 1))
    }
}
