//! Whether a block goes on behind a line that is written over: a pager shows a key page by page with its prompt between, and programs draw
//! their progress between two lines.

use cofferdam_frame::Close;

use crate::follow::close;
use crate::rule::Keyword;
use crate::stream::Stream;

/// So much may be written over, in bytes of text: a line of a wide terminal.
const MOST: u64 = 240;
/// So many characters of base64 are a key's line.
const LINE: usize = 32;
/// A number of a line and blanks, which may stand before it.
const NUMBER: usize = 12;

/// Where a secret is that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Back {
    /// Once it ends it is over.
    Never,
    /// It goes on, and may do so again behind a line that is written over.
    Inside,
    /// It broke off.
    Outside(Outside),
}

impl Back {
    pub(super) fn is_outside(self) -> bool {
        matches!(self, Self::Outside(_))
    }
}

/// What stands between two parts of a block, as far as it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outside {
    /// Where the first part ended.
    since: u64,
    /// The next byte.
    next: u64,
    /// A line was begun anew with it, and what stands there now may be the block's next line.
    anew: bool,
}

/// What was told.
pub(super) enum Outcome {
    /// The block goes on here.
    Inside(u64),
    /// More has to come; from here on it may be the block's, and is held.
    Open { held: Option<u64> },
    /// The block has ended.
    Over,
}

impl Outside {
    pub(super) fn new(since: u64) -> Self {
        Self {
            since,
            next: since,
            anew: false,
        }
    }

    /// Looks on at what has come. Nothing of it is held but what may be a line of the block.
    pub(super) fn on(&mut self, stream: &Stream, closes: &[Keyword], over: bool) -> Outcome {
        loop {
            if self.anew {
                let line = stream.slice(self.next, stream.end());
                let skipped = number(line);
                let length = line[skipped..].iter().take_while(is_base64).count();
                if length >= LINE {
                    return Outcome::Inside(self.next + skipped as u64);
                }
                if skipped + length == line.len() && !over {
                    return Outcome::Open { held: Some(self.next) };
                }
                self.anew = false;
                self.next += (skipped + length) as u64;
            }
            let Some(byte) = stream.get(self.next) else {
                return self.open(over);
            };
            if self.next - self.since > MOST {
                return Outcome::Over;
            }
            match close(closes, stream, self.next, byte).0 {
                Close::Here => return Outcome::Over,
                Close::Perhaps if !over => return self.open(over),
                Close::Perhaps | Close::No => {}
            }
            let behind = stream.get(self.next + 1);
            match (byte, behind) {
                (b'\r' | b'\n', None) => return self.open(over),
                // Something was written over, or the cursor moved.
                (b'\n', Some(0x1E)) => {
                    self.anew = true;
                    self.next += 1;
                }
                (b'\r', Some(behind)) => self.anew = behind != b'\n',
                (b'\n', Some(_)) => return Outcome::Over,
                _ => {}
            }
            self.next += 1;
        }
    }

    fn open(&self, over: bool) -> Outcome {
        if over {
            Outcome::Over
        } else {
            Outcome::Open { held: None }
        }
    }
}

fn is_base64(byte: &&u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// How many bytes at the front are a line's number and blanks.
fn number(line: &[u8]) -> usize {
    let front = &line[..line.len().min(NUMBER)];
    let is_number = |byte: &&u8| byte.is_ascii_digit() || matches!(**byte, b' ' | b'\t');
    let front = &front[..front.iter().take_while(is_number).count()];
    front
        .iter()
        .rposition(|byte| !byte.is_ascii_digit())
        .map_or(0, |last| last + 1)
}
