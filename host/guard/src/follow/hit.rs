//! What is to be read with an encoding taken off.

use crate::coding::{Coding, Opener, Opens};
use crate::stream::Stream;

/// Where a text stands in an encoding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    pub(crate) coding: Coding,
    /// Where the literal begins and ends.
    pub(crate) at: u64,
    pub(crate) end: u64,
    /// Everything before is public.
    pub(crate) public: u64,
    /// What stands before this place tells of it.
    pub(crate) told: u64,
    /// The escape that opens a reading, if one does.
    pub(crate) opener: Option<Opener>,
    /// It is text by itself: all of it is looked at, not only what is near.
    pub(crate) whole: bool,
}

impl Hit {
    /// A literal in an encoding, which is told of by its end.
    pub(crate) fn literal(coding: Coding, at: u64, end: u64) -> Self {
        Self {
            coding,
            at,
            end,
            public: end,
            told: end,
            opener: None,
            whole: false,
        }
    }

    /// The order in which readings are opened: that in which they are told of where each byte comes by itself. A
    /// literal is told of by its end, and a suspect that stopped by the byte that stopped it, or a later one that
    /// told so: the escapes that it went over were told of before. Of two that begin and stop at one place, the one
    /// with the shorter literal was told of first.
    pub(crate) fn order(&self) -> (u64, u64, u64, u8) {
        (self.told, self.at, self.public, self.coding.index())
    }

    /// Whether it may open a reading, as far as has come of this text.
    pub(crate) fn may_open(&self, text: &Stream, ended: bool) -> bool {
        self.opener.is_none_or(|opener| opener.opens(text, ended) != Opens::No)
    }

    /// The escape that stopped a suspect, if one did.
    pub(crate) fn stopped(&self) -> Option<Opener> {
        self.opener.filter(|opener| opener.fits.is_some())
    }

    /// Where that escape begins.
    pub(crate) fn escape(&self) -> Option<u64> {
        Some(self.stopped()?.at)
    }
}
