//! Whether a block goes on behind a line that is written over: a pager shows a key page by page with its prompt between, and programs draw
//! their progress between two lines.

use cofferdam_frame::Close;

use crate::follow::close;
use crate::rule::Keyword;
use crate::stream::Stream;
use crate::view::BOUNDARY;

/// So much may be written over, in bytes of text: a line of a wide terminal.
const MOST: u64 = 240;
/// So many characters of base64 are a key's line, and no more are in one.
const LINE: usize = 32;
const LONGEST: usize = 256;
/// A number of a line and blanks, which may stand before it.
const NUMBER: usize = 12;
/// What a pause makes of fewer characters is no line of a key: each of those comes at once.
pub(super) const PART: u64 = 20;

/// What stands behind a block that was found and has not come to its close, as far as it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Back {
    /// Where the block ended, or its last line that was taken out.
    since: u64,
    /// The next byte.
    next: u64,
    /// A line was begun anew with it, or follows one that was taken out: it may be the block's next one.
    anew: bool,
}

/// What was told.
pub(super) enum Outcome {
    /// This is a line of the block.
    Line(u64, u64),
    /// More has to come; from here on it may be the block's, and is held.
    Open { held: Option<u64> },
    /// The block has ended.
    Over,
}

impl Back {
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
                match self.line(stream, closes, over) {
                    Some(outcome) => return outcome,
                    None => self.anew = false,
                }
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
            match (byte, stream.get(self.next + 1)) {
                (b'\r' | b'\n', None) => return self.open(over),
                // Something was written over, or the cursor moved.
                (b'\n', Some(behind)) if behind == BOUNDARY[1] => {
                    self.anew = true;
                    self.next += 1;
                }
                (b'\r', Some(behind)) => self.anew = behind != b'\n',
                (b'\n', Some(_)) => return Outcome::Over,
                (_, _) => {}
            }
            self.next += 1;
        }
    }

    /// Looks at a line that may be the block's: a number, characters as many as a key's line has, and its end; or fewer behind such a line
    /// and before a close. `None` where it is none.
    fn line(&mut self, stream: &Stream, closes: &[Keyword], over: bool) -> Option<Outcome> {
        let line = stream.slice(self.next, self.next + (NUMBER + LONGEST) as u64);
        let skipped = number(line);
        let run = line[skipped..].iter().take_while(is_base64).count();
        let end = skipped + run;
        let held = || Outcome::Open { held: Some(self.next) };
        let behind = match line.get(end) {
            None if run >= LONGEST => return None,
            None if !over => return Some(held()),
            None => 0,
            Some(b'\n') if line.get(end + 1) == Some(&BOUNDARY[1]) => 2,
            Some(b'\n' | b'\r') if line.get(end + 1).is_none() && !over => return Some(held()),
            Some(b'\r') if line.get(end + 1) == Some(&b'\n') => 2,
            Some(b'\n' | b'\r') => 1,
            Some(_) => return None,
        };
        let start = self.next + skipped as u64;
        let after = self.next + (end + behind) as u64;
        if run < LINE {
            // The last one is shorter, directly behind one that was taken out, and the close follows it.
            if run == 0 || self.next != self.since {
                return None;
            }
            let at = after + number(stream.slice(after, after + NUMBER as u64)) as u64;
            let closes = stream.get(at).map(|byte| close(closes, stream, at, byte).0);
            match closes {
                None | Some(Close::Perhaps) if !over => return Some(held()),
                Some(Close::Here) => {}
                None | Some(Close::Perhaps | Close::No) => return None,
            }
        } else if !is_drawn(&line[skipped..end]) {
            return None;
        }
        *self = Self {
            since: after,
            next: after,
            anew: true,
        };
        Some(Outcome::Line(start, start + run as u64))
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

/// Whether a line is drawn from all of base64, as no digest, no path and no bar is.
fn is_drawn(line: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| line.iter().any(kind);
    has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
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
