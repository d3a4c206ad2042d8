//! From raw bytes to what can be read: control sequences and what has no width are taken out, and what is written
//! over is followed.
//!
//! It fills three views: the plain text, what control strings carry, and the lines as they are seen. The bytes of
//! control sequences are noted, so that redaction can keep them.

mod control;
mod controls;
mod credit;
mod letters;
mod line;
mod plain;
mod rows;
mod sight;
mod strokes;
mod width;

use self::control::{Effect, State, Told, effect, whole_len};
pub(crate) use self::controls::Controls;
use self::letters::Letters;
use self::plain::{Sign, lines_len, sign, whole_characters};
use self::sight::Sight;
use crate::output::{Outlet, Size};
use crate::stream::Stream;
use crate::view::{PAYLOAD, PLAIN, SEEN, View};

/// How many raw bytes are kept behind what was read: a screen that is entered late is put together from them.
pub(crate) const HISTORY: u64 = 8192;
/// How much of the plain text is kept: a line that is written over is put together from it.
pub(crate) const LINE: u64 = 4096;
/// How many bytes that no one sees a text may hold, and how many more for each byte that is seen. Beyond them a
/// secret is not put together, so that no flood of colours is held.
pub(crate) const UNSEEN: u64 = 64 * 1024;
const UNSEEN_A_BYTE: u64 = 16;

/// How many bytes are read before they are settled, and what nothing holds goes out: a text of escapes opens a
/// reading in each few bytes, each of them is looked at for each byte that comes, and none is forgotten before.
pub(crate) const AT_ONCE: u64 = 16 * 1024;
/// The most bytes of a control sequence that are looked at; what is longer has no effect that matters.
const SEQUENCE: usize = 64;

/// How far the raw stream has been read, and in what state.
pub(crate) struct Projection {
    consumed: u64,
    /// What stands before this place and was not read yet is plain. Where a screen has to be settled again and again,
    /// a long text is read in as many steps, each of which would look at all that is left of it.
    plain_upto: u64,
    state: State,
    sequence: Vec<u8>,
    /// The last byte was a carriage return, which a line feed may follow.
    returned: bool,
    letters: Letters,
    sight: Sight,
    /// Bytes that no one sees, less those that are paid for by what is seen.
    unseen: u64,
    /// How much of the plain text that counts.
    seen: u64,
    controls: Controls,
}

/// Whether these bytes are a character that is taken out before anything is searched, since it has no width.
pub(crate) fn is_unseen(char: &[u8]) -> bool {
    matches!(sign(char), Sign::Unseen(_))
}

/// What is filled, and how far the way out has got.
pub(super) struct Feed<'a> {
    pub(super) views: &'a mut [Box<View>],
    pub(super) raw: &'a Stream,
    /// Everything before is out.
    pub(super) emitted: u64,
    /// Everything before has been searched, and let out if nothing holds it.
    pub(super) settled: u64,
    /// By then nothing was held, and nothing followed.
    pub(super) calm: bool,
    /// Nothing comes behind what has come.
    pub(super) ended: bool,
}

/// What has come must be searched before anything is read again, so that what is out does not depend on the cutting.
#[derive(Debug)]
pub(super) struct Pause;

impl Feed<'_> {
    /// Passes where everything before `position` is settled.
    pub(super) fn settled_at(&self, position: u64) -> Result<(), Pause> {
        if position > self.settled { Err(Pause) } else { Ok(()) }
    }

    /// Whether any suspect is followed in what is read as it came, or as it is seen.
    pub(super) fn is_followed(&self) -> bool {
        [PLAIN, SEEN]
            .iter()
            .any(|view| !self.views[view.0 as usize].lives.is_empty())
    }

    /// Whether controls that come next, with no text between them, find all as it was at `position`: nothing is held
    /// or followed there, and what they put into the views by themselves is no part of anything.
    pub(super) fn calm_at(&self, position: u64) -> bool {
        self.calm && position <= self.settled
    }

    /// Passes on from where all was calm: nothing holds what came since.
    pub(super) fn pass(&mut self, position: u64) {
        self.emitted = self.emitted.max(position);
    }
}

/// How far was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upto {
    /// To the end of what has come, but for a part of a character.
    End,
    /// As much as is settled at once.
    Step,
    /// To what can only be read once all before it is settled.
    Pause,
}

/// How much is read behind so much.
fn most(read: u64) -> usize {
    usize::try_from(AT_ONCE.saturating_sub(read)).unwrap_or(usize::MAX)
}

impl Projection {
    pub(crate) fn new(outlet: Outlet, size: Size) -> Self {
        Self {
            consumed: 0,
            plain_upto: 0,
            state: State::Ground,
            sequence: Vec::new(),
            returned: false,
            letters: Letters::default(),
            sight: Sight::new(outlet, size),
            unseen: 0,
            seen: 0,
            controls: Controls::default(),
        }
    }

    /// Everything before this position is in the views, or is seen by nobody.
    pub(crate) fn consumed(&self) -> u64 {
        self.consumed
    }

    pub(crate) fn controls(&self) -> &Controls {
        &self.controls
    }

    pub(crate) fn resize(&mut self, size: Size) {
        self.sight.resize(size);
    }

    /// Forgets the control sequences before a position, and a screen that was left long before what was read last.
    pub(crate) fn forget(&mut self, position: u64) {
        self.controls.forget(position);
        self.sight.forget(self.consumed);
    }

    /// Reads on, as far as answered; once what it has read is settled it wants to be called again. Everything before
    /// `emitted` is out or free, as it may be farther on after. `ended` says that nothing follows, and `calm` that
    /// nothing of what was read is held or followed.
    pub(crate) fn read(
        &mut self,
        raw: &Stream,
        views: &mut [Box<View>],
        emitted: &mut u64,
        ended: bool,
        calm: bool,
    ) -> Upto {
        let settled = self.consumed;
        let mut feed = Feed {
            views,
            raw,
            emitted: *emitted,
            settled,
            calm,
            ended,
        };
        let upto = self.read_on(&mut feed, ended);
        *emitted = feed.emitted;
        self.sight.settle();
        upto
    }

    fn read_on(&mut self, feed: &mut Feed<'_>, ended: bool) -> Upto {
        let raw = feed.raw;
        loop {
            let text = raw.slice(self.consumed, raw.end());
            if text.is_empty() {
                return Upto::End;
            }
            if self.consumed - feed.settled >= AT_ONCE {
                return Upto::Step;
            }
            let step = if self.state != State::Ground {
                self.control(text[0], ended, feed)
            } else if text[0] == 0x1B && !self.returned && self.at_once(text, feed) {
                continue;
            } else {
                self.ground(text, ended, feed)
            };
            match step {
                Ok(0) => return Upto::End,
                Ok(read) => {
                    self.consumed += read as u64;
                    self.pay(read as u64, feed.views);
                }
                Err(Pause) => return Upto::Pause,
            }
        }
    }

    /// Reads a control sequence that has come whole, as it would be read byte by byte, and answers whether it could:
    /// all of it, or all but the last byte where what came before has to be settled first.
    fn at_once(&mut self, text: &[u8], feed: &mut Feed<'_>) -> bool {
        let Some((len, before)) = whole_len(text, SEQUENCE) else {
            return false;
        };
        // Where too much is not seen, the very byte counts.
        if self.unseen + len as u64 > UNSEEN {
            return false;
        }
        let at = self.consumed;
        let last = at + len as u64 - 1;
        self.consumed = last;
        self.unseen += last - at;
        // Most are colours, which change nothing that is read.
        let effect = match text[len - 1] {
            b'm' => Effect::None,
            _ => effect(&text[..len]),
        };
        if effect == Effect::None {
            self.sight.style(&text[..len], feed);
        } else if let Err(Pause) = self.sight.effect(effect, &text[..len], last, feed) {
            self.state = before;
            self.sequence.clear();
            self.sequence.extend_from_slice(&text[..len - 1]);
            self.controls.begin(at, last);
            return true;
        }
        self.controls.begin(at, last + 1);
        self.consumed += 1;
        self.pay(1, feed.views);
        true
    }

    /// Ends what is read where too much in it is not seen.
    #[inline]
    fn pay(&mut self, read: u64, views: &mut [Box<View>]) {
        let plain = &mut views[PLAIN.0 as usize];
        let seen = plain.text.end().saturating_sub(self.seen);
        self.seen = plain.text.end();
        self.unseen = (self.unseen + read.saturating_sub(seen)).saturating_sub(seen * UNSEEN_A_BYTE);
        if self.unseen > UNSEEN {
            self.unseen = 0;
            plain.boundary(self.consumed);
            self.seen = plain.text.end();
            views[SEEN.0 as usize].boundary(self.consumed);
        }
    }

    /// How much of what comes next is plain, so many bytes at most, with the returns before its line feeds. It is
    /// looked at once.
    fn plain_len(&mut self, text: &[u8], most: usize) -> usize {
        if self.plain_upto <= self.consumed {
            self.plain_upto = self.consumed + lines_len(text) as u64;
        }
        let known = usize::try_from(self.plain_upto - self.consumed).unwrap_or(usize::MAX);
        let plain = whole_characters(text, known.min(text.len()).min(most));
        match &text[..plain] {
            [] | [b'\r', ..] => 0,
            // A return and its line feed are read at once, or each by itself.
            [.., b'\r'] => plain - 1,
            [..] => plain,
        }
    }

    /// Reads text outside of control sequences. Answers how many bytes; 0 where more has to come.
    fn ground(&mut self, text: &[u8], ended: bool, feed: &mut Feed<'_>) -> Result<usize, Pause> {
        // On a screen a line feed by itself goes straight down.
        let goes_down = text[0] == b'\n' && !self.sight.is_screen();
        if self.returned && !goes_down && text[0] != b'\r' {
            self.sight.carriage_return(self.consumed, feed)?;
            self.returned = false;
        }
        let plain = self.plain_len(text, most(self.consumed - feed.settled));
        if plain > 0 {
            self.returned = false;
            let read = self.sight.text(&text[..plain], self.consumed, feed)?;
            self.letters.take(&text[..read], self.consumed);
            return Ok(read);
        }
        let at = self.consumed;
        match sign(text) {
            Sign::Text(len) => self.sight.text(&text[..len], at, feed),
            Sign::Unfinished if ended => self.sight.text(&text[..1], at, feed),
            Sign::Unfinished => Ok(0),
            Sign::Unseen(len) => Ok(len),
            Sign::Escape => {
                self.begin(at, &[0x1B]);
                Ok(1)
            }
            Sign::C1(byte) => {
                // In UTF-8 the eight-bit controls have two bytes, and mean ESC and a letter.
                feed.settled_at(at)?;
                self.begin(at, &[0x1B]);
                let told = self.state.take(byte - 0x40);
                self.sequence.push(byte - 0x40);
                self.controls.upto(at + 2);
                if told == Told::Last {
                    self.whole(at, feed)?;
                }
                Ok(2)
            }
            Sign::Return if self.sight.is_back_over_blank() => Ok(1),
            // What stands in the rows above goes on where the row begins, and must be read on before it is let go.
            Sign::Return if self.sight.is_wrapped() && !matches!(text.get(1), Some(b'\n' | b'\r')) => {
                if text.len() == 1 && !ended {
                    return Ok(0);
                }
                self.sight.carriage_return(at, feed)?;
                feed.views[PLAIN.0 as usize].same(b"\r", at);
                self.letters.take(b"\r", at);
                Ok(1)
            }
            Sign::Return => {
                self.sight.before_return(at, feed)?;
                feed.views[PLAIN.0 as usize].same(b"\r", at);
                self.letters.take(b"\r", at);
                self.returned = true;
                Ok(1)
            }
            Sign::Zero => {
                self.zero(text[0], at, feed)?;
                Ok(1)
            }
            Sign::Control => {
                self.act(text[0], at, feed)?;
                Ok(1)
            }
        }
    }

    /// A zero byte: the other half of a character of UTF-16, or a control byte.
    fn zero(&mut self, byte: u8, at: u64, feed: &mut Feed<'_>) -> Result<(), Pause> {
        let pair = self.letters.pair();
        match pair {
            Some(_) if self.letters.wide => {}
            Some(pair) => {
                // Only now it is known; what these two were is public by then.
                self.sight.settle();
                let plain = &mut feed.views[PLAIN.0 as usize];
                // What stands here twice is no word with what stood here before.
                plain.boundary(at);
                for (raw, letter) in pair {
                    plain.copy(&[letter], raw, at, at);
                }
            }
            None => self.act(byte, at, feed)?,
        }
        self.letters.zero(pair.is_some());
        Ok(())
    }

    /// A control byte that acts by itself.
    fn act(&mut self, byte: u8, at: u64, feed: &mut Feed<'_>) -> Result<(), Pause> {
        match byte {
            0x08 if self.sight.is_back_over_blank() => return Ok(()),
            0x08 => self.sight.effect(Effect::Back(1), &[byte], at, feed)?,
            // At the beginning of an empty line it only goes on to the next.
            0x0B | 0x0C if self.sight.is_new_line(&feed.views[PLAIN.0 as usize]) => {}
            0x0B | 0x0C => self.sight.effect(Effect::Screen, &[byte], at, feed)?,
            _ => {}
        }
        feed.views[PLAIN.0 as usize].same(&[byte], at);
        Ok(())
    }

    fn begin(&mut self, at: u64, bytes: &[u8]) {
        self.state = State::Escape;
        self.sequence.clear();
        self.sequence.extend_from_slice(bytes);
        self.controls.begin(at, at + 1);
    }

    /// Reads one byte of a control sequence.
    fn control(&mut self, byte: u8, ended: bool, feed: &mut Feed<'_>) -> Result<usize, Pause> {
        let at = self.consumed;
        let before = self.state;
        let told = self.state.take(byte);
        let in_text = |state| matches!(state, State::Text(_) | State::TextEscape(_));
        let crossed = in_text(before) != in_text(self.state);
        if in_text(before) || crossed {
            // What a string carries may be followed, and asked about.
            self.sight.settle();
        }
        match told {
            Told::Inside => {
                self.controls.extend(at);
                if matches!(self.state, State::TextEscape(_)) {
                    self.sequence.clear();
                }
                if self.sequence.len() < SEQUENCE {
                    self.sequence.push(byte);
                }
            }
            Told::Payload => {
                // Not beyond where it would be too much, wherever the stream is cut.
                let text = feed.raw.slice(at, at + 1 + UNSEEN.saturating_sub(self.unseen));
                let length = memchr::memchr3(0x1B, 0x07, 0x18, text).unwrap_or(text.len()).max(1);
                let length = memchr::memchr(0x1A, &text[..length]).unwrap_or(length).max(1);
                feed.views[PAYLOAD.0 as usize].same(&text[..length], at);
                return Ok(length);
            }
            Told::Last => {
                let string =
                    matches!(before, State::Text(_)) || (matches!(before, State::TextEscape(_)) && byte == b'\\');
                if !string {
                    let fits = self.sequence.len() < SEQUENCE;
                    if fits {
                        self.sequence.push(byte);
                    }
                    if let Err(pause) = self.whole(at, feed) {
                        self.state = before;
                        if fits {
                            self.sequence.pop();
                        }
                        return Err(pause);
                    }
                }
                self.controls.extend(at);
            }
            Told::Acts => {
                if let Err(pause) = self.act(byte, at, feed) {
                    self.state = before;
                    return Err(pause);
                }
                self.controls.extend(at);
            }
            Told::Anew => {
                self.begin(at, &[byte]);
            }
            Told::Broken => {
                let read = self.ground(feed.raw.slice(at, feed.raw.end()), ended, feed);
                match read {
                    // Only with the whole character it is known what broke it off.
                    Ok(0) | Err(Pause) => self.state = before,
                    Ok(_) => {
                        self.controls.break_off(at);
                        if crossed {
                            feed.views[PAYLOAD.0 as usize].boundary(at);
                        }
                    }
                }
                return read;
            }
        }
        if crossed {
            // What one string carries is not put together with what another does. A byte that is read again after a
            // pause crosses once.
            feed.views[PAYLOAD.0 as usize].boundary(at);
        }
        Ok(1)
    }

    /// A whole escape sequence ends at `at`.
    fn whole(&mut self, at: u64, feed: &mut Feed<'_>) -> Result<(), Pause> {
        let effect = effect(&self.sequence);
        if effect != Effect::None {
            self.sight.effect(effect, &self.sequence, at, feed)?;
        } else {
            self.sight.style(&self.sequence, feed);
        }
        Ok(())
    }
}
