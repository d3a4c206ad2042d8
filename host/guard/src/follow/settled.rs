//! Suspects whose windows are final, and the order in which they are asked about.

use super::{Live, Window};
use crate::view::ViewId;

/// A suspect that was walked to its end.
pub(crate) struct Final {
    pub(crate) live: Live,
    pub(crate) window: Window,
    pub(crate) hold: u64,
    /// The raw byte that ends the text, where it is taken to end with a line.
    pub(crate) ends_by: Option<u64>,
}

/// A suspect whose window is final.
pub(crate) struct Settled {
    pub(crate) live: Live,
    pub(crate) window: Window,
    /// No byte of the text from here on was let out by this suspect.
    pub(crate) hold: u64,
    /// In which reading.
    pub(crate) view: ViewId,
    /// The raw position whose byte made it final, and where its anchor stands in the raw stream.
    pub(crate) when: u64,
    pub(crate) raw: u64,
    /// What was public when its reading was opened.
    pub(crate) floor: u64,
}

impl Settled {
    /// How many bytes its region takes at most.
    pub(crate) fn length(&self) -> u64 {
        let other = self.live.other_value().map_or(0, |(start, end)| end - start);
        self.window.end + 1 - self.live.context() - other
    }

    /// The order of asking, which no cutting of the stream changes.
    pub(crate) fn order(&self) -> Order {
        let Live { rule, anchor, .. } = self.live;
        (self.when, self.raw, rule, anchor, self.floor, self.length())
    }
}

/// The order of suspects and their findings.
pub(crate) type Order = (u64, u64, u32, u16, u64, u64);
