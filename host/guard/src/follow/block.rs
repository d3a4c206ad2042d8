//! Walking over lines: what is left of the anchor's line, a preamble, the body, and its close.

use cofferdam_frame::{Alike, Close};

use super::armour::{self, is_armoured};
use super::close::close;
use super::frame::{FRAME, Frame, is_boundary};
use super::lines::{Line, Lines, is_counted, is_word};
use super::masked::masked;
use super::others::Others;
use super::prose::{Prose, Told};
use super::quick::{Quick, holds_sentences};
use super::{EndedBy, Progress, Window};
use crate::coding::introduces;
use crate::rule::{BlockRule, Rule};
use crate::stream::Stream;

/// The most lines of the form `Word: text` before a body.
const PREAMBLE_LINES: u8 = 8;
/// The most bytes of the word that begins such a line.
const PREAMBLE_WORD: u64 = 32;
/// The most bytes of such a line.
const PREAMBLE_LINE: u64 = 256;
/// A line that breaks off after so many body bytes is body up to there. What is shorter is a word, or a short line.
pub(super) const BROKEN_LINE: u64 = 16;
/// Fewer body bytes than this behind the anchor, on its own line, are no body if a preamble follows: a text in quotes
/// ends there, or a field of a log.
const FIRST_LINE: u64 = 64;

/// How far a block has been walked.
#[derive(Clone)]
pub(crate) struct BlockWalk {
    /// Where the anchor begins, and where it ends.
    at: u64,
    start: u64,
    /// The anchors like it that follow.
    others: Others,
    /// What stands around the anchor on its line, if anything does.
    frame: Option<Box<Frame>>,
    /// Where the line begins, and where what it says does, behind what is set before it.
    line: u64,
    text: u64,
    /// What is set before the line holds what is no body's.
    is_set_before: bool,
    next: u64,
    /// The last byte looked at, which may lie after `next` where a close was tried.
    seen: u64,
    /// Body bytes up to `next`, and up to the line's start.
    count: u64,
    count_before_line: u64,
    preamble: u8,
    /// Where what stands on the anchor's line ends, if that is as much as a body and a preamble's line follows.
    before_preamble: Option<u64>,
    first_line: bool,
    second_line: bool,
    /// The first backslash on the anchor's line, and whether the walk came to an end behind it on that line: it may
    /// spell a line's end out, behind which a tool has set something before the line.
    backslash: Option<u64>,
    broke_off: bool,
    shape: Line,
    lines: Lines,
    /// What tells that a header is only spoken of, as long as no body has begun; of an armoured text alone, behind
    /// whose header lines may stand apart.
    prose: Option<Prose>,
    ended_in_prose: bool,
}

impl BlockWalk {
    /// A walk behind this anchor of its rule, which begins at `at` and ends at `anchor_end`.
    pub(crate) fn new(anchor: u16, at: u64, anchor_end: u64) -> Self {
        Self {
            at,
            start: anchor_end,
            others: Others::new(anchor, anchor_end),
            frame: None,
            line: anchor_end,
            text: anchor_end,
            is_set_before: false,
            next: anchor_end,
            seen: anchor_end,
            count: 0,
            count_before_line: 0,
            preamble: 0,
            before_preamble: None,
            first_line: true,
            second_line: false,
            backslash: None,
            broke_off: false,
            shape: Line::Body,
            lines: Lines::default(),
            prose: Some(Prose::default()),
            ended_in_prose: false,
        }
    }

    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// The last byte that was looked at.
    pub(crate) fn seen(&self) -> u64 {
        self.seen
    }

    /// Whether it came to its end since its anchor is only spoken of.
    pub(super) fn ended_in_prose(&self) -> bool {
        self.ended_in_prose
    }

    /// What could belong to it where it stopped, if an escape stands for it, beside its body: anything where it is
    /// set around a line.
    pub(crate) fn is_anything(&self) -> bool {
        self.has_behind() || self.first_line || matches!(self.shape, Line::Unread | Line::Behind)
    }

    /// Where it stopped, if that is a byte that it can't walk over, and the backslash that may have been where its
    /// first line ended.
    pub(crate) fn stops(&self) -> [Option<u64>; 2] {
        let is_own = self.others.before(self.next).is_none();
        [self.backslash.filter(|_| self.broke_off), Some(self.next)].map(|stop| stop.filter(|_| is_own))
    }

    /// Whether it came to an end for what stood in its way, and not for others of its kind, or for what may be an
    /// escape.
    pub(crate) fn was_stopped(&self, stream: &Stream) -> bool {
        let is_escape = |byte: u8| introduces(byte) && !matches!(byte, b'"' | b'\'');
        self.others.before(self.next).is_none() && !stream.get(self.next).is_some_and(is_escape)
    }

    /// Walks on over what has come. `of` is the whole rule, and `ended` says that nothing follows.
    pub(crate) fn on(&mut self, of: &Rule, rule: &BlockRule, stream: &Stream, ended: bool) -> Progress {
        if self.next == self.start && self.frame.is_none() {
            self.frame = Frame::new(stream, self.at..self.start, &rule.body).map(Box::new);
            self.prose = is_armoured(rule).then(|| Prose::behind(armour::before(stream, self.at)));
        }
        self.on_with(of, rule, &Quick::of(rule), (stream, ended))
    }

    /// The same, where bytes of these sets are gone over at once.
    pub(super) fn on_with(
        &mut self,
        of: &Rule,
        rule: &BlockRule,
        quick: &Quick,
        (stream, ended): (&Stream, bool),
    ) -> Progress {
        loop {
            self.others.look(of, stream, self.start, self.next);
            self.stride(rule, stream, quick);
            if let Some(at) = self.others.before(self.next) {
                return self.settled(rule, at.max(self.start), EndedBy::Others);
            }
            let Some(byte) = stream.get(self.next) else {
                if !ended {
                    return Progress::Open;
                }
                self.seen = self.next;
                return self.settled(rule, self.next, EndedBy::Stream);
            };
            self.seen = self.seen.max(self.next);
            let step = match self.shape {
                Line::Unread => self.before(rule, stream, ended),
                Line::Preamble | Line::Behind => self.rest_of_line(of, rule, (stream, ended), byte),
                Line::Either | Line::Body => self.byte(rule, stream, ended, byte),
            };
            if let Some(progress) = step {
                return progress;
            }
        }
    }

    /// Goes over body bytes at once that none of what ends a block can begin with, as they are gone over one by one.
    fn stride(&mut self, rule: &BlockRule, stream: &Stream, quick: &Quick) {
        // Behind its first word, blanks end nothing of a body that may hold sentences.
        let in_sentence = quick
            .sentence
            .filter(|_| !self.first_line && self.count > self.lines.word);
        let is_over_with = in_sentence.is_none() && (self.lines.are_words() || self.lines.are_short());
        let is_over_with = is_over_with || self.prose.is_some();
        if self.shape != Line::Body || is_over_with {
            return;
        }
        let text = stream.slice(self.next, self.most(rule).min(self.others.upto()));
        let length = in_sentence.unwrap_or(quick.word).leading(text);
        if length > 0 {
            let blank = |byte: &u8| byte.is_ascii_whitespace();
            let text = &text[..length];
            if self.first_line && self.backslash.is_none() {
                self.backslash = memchr::memchr(b'\\', text).map(|at| self.next + at as u64);
            }
            let last_blank = text.iter().rposition(blank);
            self.count += text.iter().filter(|byte| !blank(byte)).count() as u64;
            self.lines.word = last_blank.map_or(self.lines.word + length as u64, |at| (length - at - 1) as u64);
            self.next += length as u64;
            self.seen = self.seen.max(self.next - 1);
        }
    }

    /// Goes over what is set before a line as it is before the anchor's.
    fn before(&mut self, rule: &BlockRule, stream: &Stream, ended: bool) -> Option<Progress> {
        let close = |at, byte| close(&rule.until, stream, at, byte);
        let alike = match &self.frame {
            Some(frame) => frame.before(stream, self.line..self.most(rule), ended, close),
            None => Alike::NONE,
        };
        match alike {
            Alike::Open => return Some(Progress::Open),
            Alike::Close { at, seen } => {
                self.seen = self.seen.max(seen - 1);
                return Some(self.settled(rule, at, EndedBy::Text));
            }
            Alike::Upto { end, seen, .. } => {
                self.text = end.max(self.line);
                self.seen = self.seen.max(seen.saturating_sub(1));
            }
        }
        let before = stream.slice(self.line, self.text);
        self.is_set_before = before.iter().any(|byte| !rule.body.has(*byte));
        self.next = self.text;
        let is_before_body = self.count == 0 || (self.second_line && self.count < FIRST_LINE);
        self.shape = if is_before_body && self.preamble < PREAMBLE_LINES {
            Line::Either
        } else {
            Line::Body
        };
        None
    }

    /// Goes on where a line holds no body any more.
    fn rest_of_line(
        &mut self,
        of: &Rule,
        rule: &BlockRule,
        (stream, ended): (&Stream, bool),
        byte: u8,
    ) -> Option<Progress> {
        // What was masked on the anchor's line may have been all lines up to where that one goes on.
        if self.first_line {
            let anchor = stream.slice(self.at, self.start);
            let (told, last) = masked((of, rule), stream, self.next, anchor, ended);
            self.seen = self.seen.max(last);
            if told != Some(false) {
                return Some(told.map_or(Progress::Open, |_| Progress::Dead));
            }
            // A block that is closed on its anchor's line is on that line: in a sentence, or masked already.
            if let Some(progress) = self.closed(rule, stream, ended, byte) {
                self.broke_off = true;
                return Some(progress);
            }
        }
        if self.is_past(rule) {
            return Some(self.settled(rule, self.next, EndedBy::Longest));
        }
        if let Some(progress) = self.spoken_of(byte) {
            return Some(progress);
        }
        let most = match self.shape {
            Line::Preamble => self.text + PREAMBLE_LINE,
            Line::Behind | Line::Unread | Line::Either | Line::Body => self.start + FRAME,
        };
        if byte == b'\n' {
            if self.first_line && self.shape == Line::Behind {
                let frame = self.frame.get_or_insert_default();
                frame.behind = stream.slice(self.start, self.next).to_vec();
            }
            self.end_line();
            self.next_line();
        } else if self.next >= most || is_boundary(&byte) {
            self.broke_off = self.first_line;
            return Some(self.settled(rule, self.line, EndedBy::Text));
        } else {
            self.next += 1;
        }
        None
    }

    /// Takes a byte of a body, or of a preamble's word.
    fn byte(&mut self, rule: &BlockRule, stream: &Stream, ended: bool, byte: u8) -> Option<Progress> {
        if let Some(progress) = self.closed(rule, stream, ended, byte) {
            return Some(progress);
        }
        if self.is_past(rule) {
            return Some(self.settled(rule, self.next, EndedBy::Longest));
        }
        if self.is_prose(stream, byte, rule) || self.is_over(byte, rule) {
            return Some(self.settled(rule, self.line, EndedBy::Text));
        }
        let begins_preamble = byte == b':' && self.shape == Line::Either && self.next > self.text;
        if !begins_preamble && let Some(progress) = self.spoken_of(byte) {
            return Some(progress);
        }
        // Other fields were told of, and the byte is looked at anew as one of them.
        if self.shape == Line::Behind {
            return None;
        }
        if byte == b'\n' {
            self.next_line();
        } else if begins_preamble {
            // Where no body follows, what stands on the anchor's line is one.
            if self.count_before_line >= u64::from(rule.at_least) {
                self.before_preamble = Some(self.line);
            }
            self.shape = Line::Preamble;
            self.preamble += 1;
            self.count = 0;
            self.count_before_line = 0;
            let prose = self.prose.take().filter(|_| self.before_preamble.is_none());
            self.prose = prose.and_then(|prose| prose.behind_name(stream.slice(self.text, self.next)));
            self.next += 1;
        } else if byte == b':' && self.first_line && self.count < u64::from(rule.at_least) {
            // The same in a text whose line ends are spelled out.
            self.count = 0;
            self.next += 1;
        } else if rule.body.has(byte) || (self.shape == Line::Either && is_word(byte)) {
            self.body_byte(byte, rule);
        } else {
            return self.foreign(rule, stream, ended, byte);
        }
        None
    }

    /// Ends the walk where a close stands, or waits where one may.
    fn closed(&mut self, rule: &BlockRule, stream: &Stream, ended: bool, byte: u8) -> Option<Progress> {
        let (close, looked) = close(&rule.until, stream, self.next, byte);
        match close {
            Close::Here => {
                self.seen = self.seen.max(self.next + looked - 1);
                return Some(self.settled(rule, self.next, EndedBy::Text));
            }
            Close::Perhaps if !ended => return Some(Progress::Open),
            Close::Perhaps | Close::No => self.seen = self.seen.max(self.next + looked - 1),
        }
        None
    }

    /// At a byte that is no body's: what is set behind the line begins, or the block ends.
    fn foreign(&mut self, rule: &BlockRule, stream: &Stream, ended: bool, byte: u8) -> Option<Progress> {
        let is_short = self.count < BROKEN_LINE && self.next - self.start < FRAME;
        // What an escape stands for is read elsewhere, and may be the line's end; a quote is one between parts of a
        // text only.
        let is_escape = introduces(byte) && !matches!(byte, b'"' | b'\'');
        if self.first_line && is_short && !is_boundary(&byte) && !is_escape {
            self.shape = Line::Behind;
            self.prose.iter_mut().for_each(|prose| prose.is_set_behind(byte));
            self.count = self.count_before_line;
            return None;
        }
        if let Some(frame) = self
            .frame
            .as_ref()
            .filter(|frame| !self.first_line && !frame.behind.is_empty())
        {
            let (alike, front) = frame.behind(stream, self.next..self.most(rule), ended, |byte| rule.body.has(byte));
            match alike {
                Alike::Open => return Some(Progress::Open),
                Alike::Upto { end, seen, .. } => {
                    self.seen = self.seen.max(seen.saturating_sub(1));
                    if end > self.next {
                        let of_frame = stream.slice(self.next - front, self.next);
                        let counted = of_frame.iter().filter(|byte| is_counted(**byte, rule)).count();
                        self.count = self.count.saturating_sub(counted as u64).max(self.count_before_line);
                        self.shape = Line::Behind;
                        self.next = end;
                        return None;
                    }
                }
                // No close is looked for there.
                Alike::Close { .. } => {}
            }
        }
        // What is masked may have been any part of a preamble's word, and its front was judged before that.
        let masked = self.shape == Line::Either && matches!(byte, b'*' | b'[');
        let broken = self.first_line || (!masked && self.next - self.text >= BROKEN_LINE);
        let end = if broken { self.next } else { self.line };
        self.broke_off = self.first_line;
        Some(self.settled(rule, end, EndedBy::Text))
    }

    /// Whether something was set behind the anchor on its line.
    fn has_behind(&self) -> bool {
        self.frame.as_ref().is_some_and(|frame| !frame.behind.is_empty())
    }

    /// Where its bound is.
    fn most(&self, rule: &BlockRule) -> u64 {
        self.start + u64::from(rule.bound)
    }

    fn is_past(&self, rule: &BlockRule) -> bool {
        self.next >= self.most(rule)
    }

    /// Whether a short word ends here, with which the first line of a body would begin behind what a tool has set
    /// before it, or below what it has set behind the anchor: so goes on a log that only speaks of keys.
    fn is_prose(&self, stream: &Stream, byte: u8, rule: &BlockRule) -> bool {
        let is_framed = !self.first_line && (self.is_set_before || self.has_behind());
        let ends = !is_counted(byte, rule) && byte != b':';
        let short = BROKEN_LINE.min(u64::from(rule.at_least) / 2);
        let is_first = self.count == self.lines.word && (1..short).contains(&self.lines.word);
        // Where a line is empty, what stands behind it is no word: a quote, or a line end that is spelled out.
        let is_letter = |pair: &[u8]| pair[0] != b'\\' && pair[1].is_ascii_alphanumeric();
        let is_word = || {
            stream
                .slice(self.next - self.lines.word - 1, self.next)
                .windows(2)
                .any(is_letter)
        };
        is_framed && ends && is_first && is_word()
    }

    /// Ends the walk where what stands there up to this byte says that the anchor is only spoken of, and no body has
    /// begun. Other fields on its line are set behind it.
    fn spoken_of(&mut self, byte: u8) -> Option<Progress> {
        let prose = self.prose.as_mut()?;
        let told = prose.on(byte);
        if prose.has_ended() {
            self.prose = None;
        }
        self.ended_in_prose |= told.is_some();
        match told? {
            Told::Spoken => {
                self.broke_off |= self.first_line;
                Some(Progress::Dead)
            }
            Told::Fields => {
                self.shape = Line::Behind;
                self.count = self.count_before_line;
                None
            }
        }
    }

    /// Whether the line walked, at whose next byte this is, is no part of the body that stands before it.
    fn is_over(&mut self, byte: u8, rule: &BlockRule) -> bool {
        self.lines.take(is_counted(byte, rule));
        let prose = self.lines.are_words() && byte != b'\n';
        if byte == b'\n' {
            self.end_line();
        }
        // A body that may hold sentences has such lines itself.
        let is_text = holds_sentences(rule);
        let is_behind = !self.first_line && self.count_before_line >= u64::from(rule.at_least);
        let is_cut = self.shape == Line::Body && (prose || self.lines.are_short());
        !is_text && is_behind && self.lines.has_long() && is_cut
    }

    /// Counts what a line held.
    fn end_line(&mut self) {
        self.lines.end_line(self.count - self.count_before_line);
    }

    fn next_line(&mut self) {
        self.second_line = self.first_line;
        self.next += 1;
        self.line = self.next;
        self.first_line = false;
        self.text = self.next;
        self.count_before_line = self.count;
        self.shape = Line::Unread;
        self.prose = self.prose.take().and_then(Prose::next_line);
    }

    fn body_byte(&mut self, byte: u8, rule: &BlockRule) {
        if self.first_line && byte == b'\\' && self.backslash.is_none() {
            self.backslash = Some(self.next);
        }
        if !is_word(byte) || self.next - self.text >= PREAMBLE_WORD {
            self.shape = Line::Body;
        }
        self.count += u64::from(is_counted(byte, rule));
        self.next += 1;
    }

    fn settled(&self, rule: &BlockRule, end: u64, ended_by: EndedBy) -> Progress {
        let count = if end == self.line {
            self.count_before_line
        } else {
            self.count
        };
        let (end, ended_by) = if count >= u64::from(rule.at_least) {
            (end, ended_by)
        } else if let Some(first) = self.before_preamble {
            (first.min(end), EndedBy::Text)
        } else {
            return Progress::Dead;
        };
        Progress::Final(Window {
            start: self.start,
            end,
            ended_by,
            settled: self.seen,
        })
    }
}
