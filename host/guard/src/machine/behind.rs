//! What a block that broke off goes on with: lines behind what is written over or written between, or texts in one row.

use super::back::{Back, Ends, Outcome};
use super::row::Row;
use crate::stream::Stream;

/// How a block goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Behind {
    /// On other lines.
    Lines(Back),
    /// On the same line.
    Row(Row),
}

impl Behind {
    /// The first byte of the text that it looks at again.
    pub(super) fn needs(&self) -> u64 {
        match self {
            Self::Lines(back) => back.needs(),
            Self::Row(row) => row.needs(),
        }
    }

    /// Looks on at what has come. Nothing of it is held but what may be the block's.
    pub(super) fn on(&mut self, stream: &Stream, ends: Ends<'_>, over: bool) -> Outcome {
        match self {
            Self::Lines(back) => back.on(stream, ends, over),
            Self::Row(row) => row.on(stream, over),
        }
    }
}
