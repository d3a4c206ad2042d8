//! How far a reading was read, what it left, and what it hangs on from there on.

/// How far a decoder got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fed {
    /// As far as anything is wanted of what there is.
    All,
    /// To the end of a line, which the raw byte `told` tells: the text may end there or go on. A line as long as the
    /// one before is rarely the last.
    Line { short: bool, told: u64 },
    /// So far that what was read is to be searched before more is.
    More,
    /// As far as is read for now.
    Later,
    /// To its end.
    End,
}

/// What the text of a reading hangs on that is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GoesOn {
    /// Its parent's text alone, which is read as it stands.
    Same,
    /// Its parent's text alone, of which escapes are taken off.
    Unescaped,
    /// Also where it began.
    ByItself,
}

/// What a reading left of its parent's text when it was read on last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Nothing that anything is wanted of.
    Nothing,
    /// What others want that are read from this one.
    Wanted,
    /// What is not to be read yet, or not by what it is decoded from.
    Later,
}
