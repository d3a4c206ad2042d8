//! Whether a block goes on behind what is none of it: a pager shows a key page by page and writes its prompt over,
//! programs draw their progress between two lines, an editor moves the cursor about, and another program writes whole
//! lines of its own.

use std::ops::Range;
use std::sync::Arc;

use cofferdam_frame::Close;

use crate::follow::{close, is_drawn, literals, runs};
use crate::rule::{Keyword, Rule};
use crate::stream::Stream;
use crate::view::BOUNDARY;

/// So much may stand between two lines of a block, in bytes: as much as a block's own bound.
const MOST: u64 = 65536;
/// A longer line is none of a block's, in bytes.
const LINE: u64 = 512;
/// Of fewer characters no line is known again.
pub(super) const LEAST: usize = 12;
/// So many lengths of lines are known of a block.
const LENGTHS: usize = 4;
/// From so many characters on a line has both cases and a digit.
const DRAWN: usize = 32;
/// The same of a shorter last line, behind lines of others and before one; with padding it has fewer.
const LAST: usize = 24;
const PADDED: usize = 8;
/// Base64 comes in groups of so many characters.
const GROUP: usize = 4;
/// Of random base64 one character in 64 is a slash; more than one in so many make a path.
const SLASHES: usize = 10;
/// What a pause makes of fewer characters is no line of a key: each of those comes at once.
pub(super) const PART: u64 = 20;
/// Characters of a checksum behind its sign.
const CHECKSUM: u64 = 4;
/// What begins another key, which has no header of PEM's.
const SSH2: &[u8] = b"---- BEGIN";
/// A plus at each end of a line may be a diff's mark.
const MARKS: usize = 2;
/// So many bytes of other lines may stand between two: as many as the fields of a record, or what another program
/// writes meanwhile.
const APART: u64 = 2048;

/// What stands behind a block that was found and has not come to its close, as far as it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Back {
    lines: Arc<Lines>,
    /// Its lines stand apart, and others between.
    apart: bool,
    /// The rest of the line on which the block was left off comes first.
    tail: bool,
    /// What ended the line before was no line feed: a prompt may have cut a line of the block in two there.
    anew: bool,
    /// Where the block ended, or its last line that was taken out.
    since: u64,
    /// How many bytes of other programs' lines stand between, where its own don't stand apart.
    others: u64,
    /// Whether any did so far: then what is like a line of the block may be one of theirs.
    among: bool,
    /// Where the line begins that is looked at.
    line: u64,
    /// The next byte of it.
    next: u64,
}

/// What ends a block for good.
#[derive(Clone, Copy)]
pub(super) struct Ends<'a> {
    /// Its closes.
    pub(super) closes: &'a [Keyword],
    /// Its rule: another one begins where a literal of it stands.
    pub(super) rule: Option<&'a Rule>,
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

/// Where a line ends.
enum End {
    At(LineEnd),
    /// It can't be told yet.
    Open,
    /// No line of the block follows.
    Never,
}

#[derive(Clone, Copy)]
struct LineEnd {
    /// Where what ends it begins.
    at: u64,
    /// Where the next line begins.
    next: u64,
    /// A line feed ends it: it is not written over.
    stays: bool,
}

impl Back {
    /// `text` ends at `since` with what was found, the last `length` bytes of it; `apart` says that this is one of
    /// the lines that stand apart. `None` where no line of it could be known again.
    pub(super) fn new(text: &[u8], length: usize, since: u64, apart: bool) -> Option<Self> {
        let front = text.len().checked_sub(length)?;
        let line = text[..front]
            .iter()
            .rposition(|byte| ends_line(*byte))
            .map_or(0, |end| end + 1);
        let lines = if apart {
            Lines::like(&text[line..front], length)
        } else {
            Lines::of(&text[line..])?
        };
        Some(Self {
            lines: Arc::new(lines),
            apart,
            tail: !text.last().is_some_and(|byte| ends_line(*byte)),
            anew: false,
            since,
            others: 0,
            among: false,
            line: since,
            next: since,
        })
    }

    /// The first byte of the text that it looks at again.
    pub(super) fn needs(&self) -> u64 {
        self.line
    }

    /// Looks on at what has come. Nothing of it is held but what may be a line of the block.
    pub(super) fn on(&mut self, stream: &Stream, ends: Ends<'_>, over: bool) -> Outcome {
        loop {
            let end = match self.line_end(stream, ends, over) {
                End::Never => return Outcome::Over,
                End::Open => {
                    let held = self.held(stream);
                    return Outcome::Open { held };
                }
                End::At(end) => end,
            };
            let text = stream.slice(self.line, end.at);
            let place = |run: &Range<usize>| (self.line + run.start as u64, self.line + run.end as u64);
            let among = self.among;
            if among && text.starts_with(SSH2) {
                return Outcome::Over;
            }
            let is_cut = !self.apart && !among && (self.anew || !end.stays);
            let (run, is_whole) = self.lines.find(
                text,
                Look {
                    is_cut,
                    among,
                    whole: true,
                },
            );
            let is_line = is_whole
                || (among && self.lines.is_last(text, &run))
                || self.lines.may_be_last(text, &run, among)
                    && match closes_behind(&text[..run.start], stream, end.next, ends.closes) {
                        Close::Here => true,
                        Close::Perhaps if !over => {
                            return Outcome::Open {
                                held: Some(place(&run).0),
                            };
                        }
                        Close::Perhaps | Close::No => false,
                    };
            let told = is_line.then(|| place(&run));
            // A word alone may be the rest of a line that was cut in two, without a digit.
            let is_rest = self.tail || (self.anew && run == (0..text.trim_ascii_end().len()));
            let says_more = !is_rest && text.iter().any(|byte| !byte.is_ascii_whitespace());
            (self.tail, self.anew) = (false, !end.stays);
            let length = end.next - self.line;
            self.line = end.next;
            self.next = end.next;
            if let Some((start, end)) = told {
                self.since = self.line;
                self.others = 0;
                return Outcome::Line(start, end);
            }
            // Where lines stand apart, whatever stands between is bounded below.
            if end.stays && says_more && !self.apart {
                self.others += length;
                self.among = true;
                if !Arc::make_mut(&mut self.lines).are_drawn() {
                    return Outcome::Over;
                }
            }
            let most = if self.apart { APART } else { MOST };
            if self.line - self.since > most || self.others > APART {
                return Outcome::Over;
            }
        }
    }

    /// Looks for the end of the line.
    fn line_end(&mut self, stream: &Stream, ends: Ends<'_>, over: bool) -> End {
        loop {
            let at = self.next;
            let Some(byte) = stream.get(at) else {
                return match over {
                    true if at > self.line => self.ends_at(1, true, stream),
                    true => End::Never,
                    false => End::Open,
                };
            };
            let next = |count: u64| match stream.get(at + count) {
                None if !over => Err(End::Open),
                byte => Ok(byte),
            };
            let behind = match byte {
                b'\r' | b'\n' => match next(1) {
                    Ok(behind) => behind,
                    Err(open) => return open,
                },
                _ => None,
            };
            match (byte, behind) {
                // Something was written over, or the cursor moved.
                (b'\n', Some(behind)) if behind == BOUNDARY[1] => return self.ends_at(2, false, stream),
                (b'\n', _) => return self.ends_at(1, true, stream),
                (b'\r', Some(b'\n')) => match next(2) {
                    Err(open) => return open,
                    Ok(Some(last)) if last == BOUNDARY[1] => return self.ends_at(1, false, stream),
                    Ok(_) => return self.ends_at(2, true, stream),
                },
                (control, _) if ends_line(control) => return self.ends_at(1, false, stream),
                (_, _) => {}
            }
            if at - self.line >= LINE {
                return End::Never;
            }
            let others = ends.rule.into_iter().flat_map(literals);
            match close(ends.closes.iter().chain(others), stream, at, byte).0 {
                Close::Here => return End::Never,
                Close::Perhaps if !over => return End::Open,
                Close::Perhaps | Close::No => {}
            }
            self.next += 1;
        }
    }

    /// The line ends with so many bytes, or with the text.
    fn ends_at(&self, length: u64, stays: bool, stream: &Stream) -> End {
        End::At(LineEnd {
            at: self.next,
            next: (self.next + length).min(stream.end()),
            stays,
        })
    }

    /// From where on what has come of a line may be the block's.
    fn held(&self, stream: &Stream) -> Option<u64> {
        let text = stream.slice(self.line, stream.end());
        let text = &text[..text
            .iter()
            .position(|byte| matches!(byte, b'\r' | b'\n'))
            .unwrap_or(text.len())];
        let among = self.among;
        let (run, is_whole) = self.lines.find(
            text,
            Look {
                is_cut: !self.apart && !among,
                among,
                whole: false,
            },
        );
        let may_be = if run.end == text.len() {
            self.lines.may_become(text, &run, among)
        } else {
            is_whole || self.lines.may_end_as_last(text, &run, among)
        };
        may_be.then_some(self.line + run.start as u64)
    }
}

/// What is looked for in a line.
#[derive(Clone, Copy)]
struct Look {
    /// It may have been cut in two.
    is_cut: bool,
    /// Lines of others stand between.
    among: bool,
    /// All of it has come.
    whole: bool,
}

/// What a block's lines are like.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Lines {
    /// How many characters of base64 are in one; an editor or a narrow terminal shows a line as two.
    lengths: Vec<usize>,
    /// They are hexadecimal digits.
    hex: bool,
    /// What stands before them, and behind, but for what differs from line to line.
    before: Vec<u8>,
    behind: Vec<u8>,
}

impl Lines {
    fn of(block: &[u8]) -> Option<Self> {
        let mut lengths = Vec::new();
        let mut around = None;
        let mut hex = true;
        for line in block.split(|byte| ends_line(*byte)) {
            let run = runs(line).max_by_key(Range::len).unwrap_or(0..0);
            if run.len() < LEAST {
                continue;
            }
            hex &= is_hex(&line[run.clone()]);
            if lengths.contains(&run.len()) || lengths.len() == LENGTHS {
                continue;
            }
            lengths.push(run.len());
            around.get_or_insert_with(|| (constant(&line[..run.start]), constant(&line[run.end..])));
        }
        let (before, behind) = around?;
        Some(Self {
            lengths,
            hex,
            before,
            behind,
        })
    }

    /// Leaves the lengths of which a line is drawn from all of base64: of others, whatever another program writes may
    /// be. Whether one is left.
    fn are_drawn(&mut self) -> bool {
        self.lengths.retain(|length| *length >= DRAWN);
        !self.lengths.is_empty()
    }

    /// Of one line that has so many characters, and this before them.
    fn like(before: &[u8], length: usize) -> Self {
        Self {
            lengths: vec![length],
            hex: false,
            // A diff's mark is no part of what stands before all of them.
            before: constant(before.strip_suffix(b"+").unwrap_or(before)),
            behind: Vec::new(),
        }
    }

    /// The run of base64 in a line that is a line of the block, or a part of one where it may be cut; else the last
    /// run of all. Answers also whether it is one.
    fn find(&self, line: &[u8], look: Look) -> (Range<usize>, bool) {
        let mut last = 0..0;
        for run in runs(line) {
            if self.is_line(line, &run, look) || (look.is_cut && self.is_part(line, &run)) {
                return (run, true);
            }
            last = run;
        }
        (last, false)
    }

    /// Whether a line is one of the block: as long as others of it, behind what stands before them.
    fn is_line(&self, line: &[u8], run: &Range<usize>, look: Look) -> bool {
        let text = &line[run.clone()];
        let drawn = run.len() < DRAWN || self.is_drawn(text);
        // A diff may have set a mark at its ends, and none at those of other lines.
        let marks = usize::from(text.starts_with(b"+")) + usize::from(text.ends_with(b"+"));
        let is_long = |marks: usize| self.lengths.contains(&text.len().saturating_sub(marks));
        let own = !look.among || self.is_own(line, run, look.whole);
        drawn && (0..=marks).any(is_long) && self.may_follow(&line[..run.start], look.among) && own
    }

    /// Whether a line is a part of one, as a pager's prompt cuts it in two at the end of a page on a narrow terminal.
    fn is_part(&self, line: &[u8], run: &Range<usize>) -> bool {
        let is_shorter = self.lengths.iter().any(|length| (LEAST..*length).contains(&run.len()));
        is_shorter && run.start == 0 && is_drawn(&line[run.clone()]) && runs(&line[run.end..]).next().is_none()
    }

    /// Whether a line may be the block's last, which is shorter.
    fn may_be_last(&self, line: &[u8], run: &Range<usize>, among: bool) -> bool {
        let behind = constant(&line[run.end..]);
        // Lines of OpenSSH end in the midst of a group.
        let is_grouped =
            run.len().is_multiple_of(GROUP) || !self.lengths.iter().all(|length| length.is_multiple_of(GROUP));
        let is_grouped = !among || (is_grouped && self.is_own(line, run, true));
        is_grouped && (behind.is_empty() || behind == self.behind) && self.is_shorter(line, run, among)
    }

    /// Whether a line among those of others is the block's last, wherever its close stands.
    fn is_last(&self, line: &[u8], run: &Range<usize>) -> bool {
        let text = &line[run.clone()];
        let is_padded = run.len() >= PADDED && text.ends_with(b"=");
        (is_padded || (run.len() >= LAST && self.is_drawn(text))) && self.may_be_last(line, run, true)
    }

    /// Whether it may come to be that, before all that stands behind it has come.
    fn may_end_as_last(&self, line: &[u8], run: &Range<usize>, among: bool) -> bool {
        self.behind.starts_with(&constant(&line[run.end..])) && self.is_shorter(line, run, among)
    }

    fn is_shorter(&self, line: &[u8], run: &Range<usize>, among: bool) -> bool {
        let is_shorter = |length: &usize| (1..*length).contains(&run.len());
        self.lengths.iter().any(is_shorter) && self.may_follow(&line[..run.start], among)
    }

    /// Whether more characters may make a line of the block of it.
    fn may_become(&self, line: &[u8], run: &Range<usize>, among: bool) -> bool {
        let fits = |length: &usize| (1..=*length + MARKS).contains(&run.len());
        let fits = self.lengths.iter().any(fits);
        fits && self.may_follow(&line[..run.start], among)
    }

    /// Whether lines of the block stand behind this: what stood before others of it, or signs and numbers, but for a
    /// shell's prompt. Among lines of others, nothing but the first.
    fn may_follow(&self, before: &[u8], among: bool) -> bool {
        let is_sign = |byte: &u8| !byte.is_ascii_alphabetic() && !matches!(byte, b'$' | b'%');
        (!among && before.iter().all(is_sign)) || constant(before) == self.before
    }

    /// Whether a line among those of others has nothing else behind it than lines of the block have, or may come to
    /// have that where it isn't `whole` yet, and is no path.
    fn is_own(&self, line: &[u8], run: &Range<usize>, whole: bool) -> bool {
        let behind = constant(&line[run.end..]);
        let is_same = behind.is_empty() || behind == self.behind || (!whole && self.behind.starts_with(&behind));
        let slashes = line[run.clone()].iter().filter(|byte| **byte == b'/').count();
        is_same && slashes * SLASHES <= run.len()
    }

    /// Whether a line is drawn from all that lines of the block are made of.
    fn is_drawn(&self, line: &[u8]) -> bool {
        if self.hex { is_hex(line) } else { is_drawn(line) }
    }
}

/// Whether these are hexadecimal digits, letters and numbers among them.
fn is_hex(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_hexdigit)
        && line.iter().any(u8::is_ascii_digit)
        && line.iter().any(u8::is_ascii_alphabetic)
}

/// What is left without numbers and blanks, which differ from line to line.
pub(super) fn constant(text: &[u8]) -> Vec<u8> {
    let is_constant = |byte: &u8| !byte.is_ascii_digit() && !byte.is_ascii_whitespace();
    text.iter().copied().filter(is_constant).collect()
}

/// Whether a byte ends a line: it is a control, and no blank.
pub(super) fn ends_line(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}

/// Whether a block's close is the first thing on the line at `at`, behind what may stand before a line. `before` is
/// what stood before the line above it.
fn closes_behind(before: &[u8], stream: &Stream, at: u64, closes: &[Keyword]) -> Close {
    let letters = || before.iter().filter(|byte| byte.is_ascii_alphabetic());
    let mut words = letters();
    let mut place = at;
    while place - at < LINE {
        let Some(byte) = stream.get(place) else {
            return Close::Perhaps;
        };
        match close(closes, stream, place, byte).0 {
            Close::Here => return Close::Here,
            Close::Perhaps => return Close::Perhaps,
            Close::No => {}
        }
        // OpenPGP sets a checksum between: `=aB3d`.
        if byte == b'=' {
            let sum = stream.slice(place + 1, place + 1 + CHECKSUM);
            match sum.iter().all(u8::is_ascii_graphic) {
                true if (sum.len() as u64) < CHECKSUM => return Close::Perhaps,
                true => place += CHECKSUM + 1,
                false => return Close::No,
            }
            let ends = stream.slice(place, place + 2);
            let ends = ends.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            place += ends as u64;
            words = letters();
            continue;
        }
        let goes_on = match byte {
            _ if ends_line(byte) => false,
            _ => !byte.is_ascii_alphabetic() || words.next() == Some(&byte),
        };
        if !goes_on {
            return Close::No;
        }
        place += 1;
    }
    Close::No
}
