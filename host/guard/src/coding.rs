//! Readings of the stream with an encoding taken off.
//!
//! The search looks for each literal in its encoded forms as well. A hit opens a view that is decoded from the text
//! around it as it comes, and that is searched like any other; what it holds is held in the raw stream. Decoding
//! costs work only where such a form stands.

mod base64;
mod escape;
mod fed;
mod floor;
mod forms;
mod hex;
mod kind;
mod letter;
mod nested;
mod opener;
mod opens;
mod packed;
mod pairs;
mod reach;
mod reading;
mod seam;
mod searched;
mod text;

use std::sync::LazyLock;

use self::base64::Base64;
use self::escape::Escape;
use self::floor::floor;
use self::hex::Hex;
use self::letter::Letter;
use self::packed::Packed;
use self::reach::Reaches;
use self::reading::{AT_ONCE, Reading};
use crate::follow::Hit;
use crate::search::CONTEXT;
use crate::set::ByteSet;
use crate::stream::Stream;
use crate::view::{View, ViewId};

pub(crate) use self::escape::{LETTERS, introduces};
pub(crate) use self::fed::{Fed, GoesOn, Unread};
pub(crate) use self::forms::{LONGEST as LONGEST_FORM, Spelling, Wanted, forms, triggers};
pub(crate) use self::kind::Coding;
pub(crate) use self::nested::More;
pub(crate) use self::opener::Opener;
pub(crate) use self::opens::Opens;
pub(crate) use self::pairs::Pairs;
pub(crate) use self::seam::Seams;
pub(crate) use self::searched::Weak;

/// How deep encodings may lie in one another.
pub(crate) const DEPTH: u8 = 3;
/// The most encoded readings at a time in which something may still be found.
pub(crate) const READINGS: usize = 128;
/// How many more there may be of what stands in the stream itself.
pub(crate) const OF_THE_STREAM: usize = 32;
/// How many compressed texts may begin in one another.
pub(crate) const PACKED: usize = 4;
/// The most bytes of a literal that stand before an escape in it.
pub(crate) const ANCHOR: u64 = 64;
/// How far a reading with escapes taken off goes on behind what opened it, in bytes.
const LINGERS: u64 = 128;
/// How many bytes are read at once of what only other readings are decoded from.
const FOR_OTHERS: u64 = 256;
/// How far behind an encoded literal others are looked for, in decoded bytes.
const REACH: u64 = 1024;

/// Where an encoded reading comes from, and how far it is.
pub(crate) struct Source {
    pub(crate) parent: ViewId,
    decoder: Decoder,
    /// Where in the parent's text it begins, the literal that opened it, and the next byte to be read.
    from: u64,
    opened: u64,
    next: u64,
    /// Where in its own text literals count.
    reaches: Reaches,
    /// What opened it, while more has to come to tell whether it does. Until then the reading holds what it might hold.
    unsure: Option<Opener>,
    /// Where in the parent's text what it was opened for was told of, and the escape that stopped it, if one did.
    found: u64,
    escape: Option<u64>,
    /// Which raw byte told that an escape opens it, and no earlier one than told of what it was opened for.
    sure: u64,
    /// The same of all that it is read from as well, once that is told.
    seen_from: Option<u64>,
    /// What has no reading of its own, since this one would have it.
    covered: Vec<Hit>,
    /// Escapes that this reading has, while more has to come to tell whether they are any: only then it is read on
    /// for them.
    hopes: Vec<Hit>,
    /// When it was read on last.
    unread: Unread,
    pub(crate) depth: u8,
}

enum Decoder {
    Base64(Base64),
    Hex(Hex),
    Escape(Escape),
    Packed(Packed),
    Letter(Letter),
}

impl Source {
    /// Opens a reading for an encoded literal that begins at `at`. What stands before it is read for its context. A
    /// reading of escapes has literals that begin up to `upto`, and somewhat behind.
    pub(crate) fn open((hit, upto): (Hit, u64), parent: &View, depth: u8, view: &mut View) -> Self {
        let Hit {
            coding,
            at,
            opener,
            whole,
            ..
        } = hit;
        view.encoding = coding.code();
        view.floor = floor(hit, parent);
        view.blurred = parent.blurred || matches!(coding, Coding::Escape | Coding::Letter);
        let (decoder, from) = match coding {
            Coding::Base64 { phase } => {
                let (decoder, from) = Base64::around(parent, at, phase);
                (Decoder::Base64(decoder), from)
            }
            Coding::Hex => (Decoder::Hex(Hex::default()), Hex::around(parent, at)),
            Coding::Escape => {
                let from = at.saturating_sub(CONTEXT + ANCHOR).max(parent.text.base());
                (Decoder::Escape(Escape::default()), from)
            }
            Coding::Packed => (Decoder::Packed(Packed::new(view.floor, at)), at),
            Coding::Letter => {
                let from = at.saturating_sub(CONTEXT).max(parent.text.base());
                (Decoder::Letter(Letter::new(parent, at)), from)
            }
        };
        if matches!(coding, Coding::Escape | Coding::Letter) {
            view.reserve(parent, (from, at));
        }
        let unsure = opener.filter(|opener| opener.opens(&parent.text, false) == Opens::Perhaps);
        // An escape may be one long before it is told of a suspect that it stopped there.
        let sure = opener.map_or(0, |opener| {
            let told = unsure.is_none().then(|| opener.told(parent));
            told.unwrap_or(0).max(found(hit, parent))
        });
        let mut source = Self {
            parent: parent.id,
            decoder,
            from,
            opened: at,
            next: from,
            reaches: Reaches::default(),
            unsure,
            found: hit.told,
            escape: hit.escape(),
            sure,
            seen_from: None,
            covered: Vec::new(),
            hopes: Vec::new(),
            unread: Unread::Nothing,
            depth,
        };
        let mut reading = Reading {
            parent,
            view,
            ended: false,
        };
        // Nothing is looked for in the context by itself: whatever is in it was found, or was not, when it came.
        while source.next < at && source.step(&mut reading, at) {}
        let here = view.text.end();
        let begin = here.saturating_sub(if coding == Coding::Escape { ANCHOR } else { 2 });
        // An escape may be put together by the one that opened this, such as a zero in its midst.
        let (codings, lives) = if coding == Coding::Escape {
            (here.saturating_sub(24), here)
        } else {
            (begin, begin)
        };
        // Only what begins with the letter counts, and the backslash stands before it.
        let (begin, codings, lives) = if coding == Coding::Letter {
            (here + 1, here, here)
        } else {
            (begin, codings, lives)
        };
        view.scanner.begin_at(codings, lives);
        source
            .reaches
            .begin(begin, source.reach(begin, whole).saturating_add(upto - at));
        source
    }

    /// What this reading had besides, if what opened it turns out to be no escape. The cutting decides when that is
    /// told, so nothing of such a reading may be seen.
    pub(crate) fn dismissed(&mut self, parent: &View, ended: bool) -> Option<Vec<Hit>> {
        let opener = self.unsure?;
        match opener.opens(&parent.text, ended) {
            Opens::Yes => {
                self.unsure = None;
                self.sure = self.sure.max(opener.told(parent));
                self.covered = Vec::new();
                None
            }
            Opens::Perhaps => None,
            Opens::No => Some(std::mem::take(&mut self.covered)),
        }
    }

    /// Whether more has to come until it is told whether an escape opened it.
    pub(crate) fn is_unsure(&self) -> bool {
        self.unsure.is_some()
    }

    /// Which raw byte told that escapes opened this reading and all that it is read from: before, nothing may be seen
    /// of what is found in it. `None` as long as that isn't told.
    pub(crate) fn seen_from(&self) -> Option<u64> {
        self.seen_from
    }

    /// Up to where literals count that begin at `from` or behind; all that follow if `whole` says so.
    fn reach(&self, from: u64, whole: bool) -> u64 {
        match self.decoder {
            Decoder::Base64(_) | Decoder::Hex(_) if whole => u64::MAX,
            Decoder::Base64(_) | Decoder::Hex(_) => from + REACH,
            // What is far behind an escape counts by itself, or how far the stream had come would decide.
            Decoder::Escape(_) => self.opened - self.from + LINGERS,
            Decoder::Packed(_) => u64::MAX,
            Decoder::Letter(_) => from + 1,
        }
    }

    /// Whether this reading has, or will have, what was found; if so it is looked for there. `public` is what was
    /// public when it was opened.
    pub(crate) fn covers(&mut self, hit: Hit, parent: &View, public: &mut u64) -> bool {
        let covers = self.has(hit, parent);
        if covers && self.unsure.is_some() {
            self.covered.push(hit);
        }
        // Of two suspects that stopped at one byte, one may hold more.
        let elsewhere = hit.escape().is_some() && self.escape.is_some() && hit.escape() != self.escape;
        if covers && hit.told == self.found && !elsewhere {
            *public = floor(hit, parent).min(*public);
        }
        covers
    }

    /// Whether it is compressed, and what was found would be a part of it.
    pub(crate) fn holds_packed(&mut self, hit: Hit, parent: &View) -> bool {
        match &mut self.decoder {
            Decoder::Packed(decoder) => decoder.reaches(parent, hit.at),
            Decoder::Base64(_) | Decoder::Hex(_) | Decoder::Escape(_) | Decoder::Letter(_) => false,
        }
    }

    /// Whether it is compressed, and may reach beyond this place of its parent's text.
    pub(crate) fn may_hold_packed(&self, at: u64) -> bool {
        match &self.decoder {
            Decoder::Packed(decoder) => decoder.may_reach(at),
            Decoder::Base64(_) | Decoder::Hex(_) | Decoder::Escape(_) | Decoder::Letter(_) => false,
        }
    }

    fn has(&mut self, hit: Hit, parent: &View) -> bool {
        let Hit { coding, at, .. } = hit;
        if at < self.opened || self.is_behind(parent) {
            return false;
        }
        let here = match (&mut self.decoder, coding) {
            (Decoder::Base64(decoder), Coding::Base64 { phase }) => decoder.place(parent, self.next, at, phase),
            (Decoder::Hex(decoder), Coding::Hex) => decoder.place(parent, self.next, at, self.from),
            (Decoder::Escape(_), Coding::Escape) => {
                self.tell_hopes(parent);
                if at - self.from >= self.reaches.end() {
                    return false;
                }
                // Escapes make a text shorter, so this is far enough. What is far off has a reading of its own.
                let told = parent.map.when(hit.end.saturating_sub(1)).unwrap_or(0);
                let near = at - self.from < self.reaches.upto(told);
                if near && hit.may_open(&parent.text, false) {
                    self.hopes.push(hit);
                    self.tell_hopes(parent);
                }
                return near;
            }
            (Decoder::Packed(_), Coding::Packed) => return false,
            (Decoder::Letter(_), Coding::Letter) => return at == self.opened,
            (
                Decoder::Base64(_) | Decoder::Hex(_) | Decoder::Escape(_) | Decoder::Packed(_) | Decoder::Letter(_),
                _,
            ) => None,
        };
        let Some(here) = here.map(|here| here.saturating_sub(2)) else {
            return false;
        };
        self.reaches.add(here, self.reach(here, hit.whole));
        true
    }

    /// Goes on behind the escapes of which it is told by now that they are some.
    fn tell_hopes(&mut self, parent: &View) {
        let (from, reaches) = (self.from, &mut self.reaches);
        self.hopes.retain(|hit| {
            let opens = hit
                .opener
                .map_or(Opens::Yes, |opener| opener.opens(&parent.text, false));
            if opens == Opens::Yes {
                let told = hit
                    .opener
                    .map_or(0, |opener| opener.told(parent).max(found(*hit, parent)));
                reaches.go_on(hit.at - from + LINGERS, told);
            }
            opens == Opens::Perhaps
        });
    }

    /// Whether a literal that begins at this place of its text counts, which `told` answers the raw byte of that
    /// tells of it.
    pub(crate) fn counts(&self, at: u64, told: impl FnOnce() -> u64) -> bool {
        self.reaches.count(at, told)
    }

    /// Whether nothing can be found in it any more.
    pub(crate) fn is_spent(&self, view: &View) -> bool {
        view.closed.is_some() || self.is_done(view)
    }

    /// Reads on in the parent's text, as far as anything can be found. `read_from` says that another reading is
    /// decoded from this one, and `upto` which raw byte what is read for now was told by, if not all is read.
    pub(crate) fn feed(
        &mut self,
        parent: &View,
        view: &mut View,
        ended: bool,
        (read_from, upto): (bool, Option<u64>),
    ) -> Fed {
        self.unread = match parent.unread() {
            Unread::Wanted | Unread::Later if view.closed.is_none() => Unread::Later,
            Unread::Wanted | Unread::Later | Unread::Nothing => Unread::Nothing,
        };
        let outer = parent.source.as_deref().map_or(Some(0), Self::seen_from);
        self.seen_from = outer.filter(|_| !self.is_unsure()).map(|outer| outer.max(self.sure));
        if view.closed.is_some() || self.is_behind(parent) {
            return Fed::All;
        }
        self.tell_hopes(parent);
        // A suspect that stops later begins in what the parent still has.
        if let (Decoder::Escape(_), Some(oldest)) = (&self.decoder, parent.map.when(parent.text.base())) {
            self.reaches.forget(oldest);
        }
        let end = parent.text.end();
        // What only others want may soon not be wanted any more.
        let stop = self.next + if self.is_done(view) { FOR_OTHERS } else { AT_ONCE };
        let mut reading = Reading { parent, view, ended };
        while self.next < end {
            if !read_from && self.is_done(reading.view) {
                return Fed::All;
            }
            if self.next >= stop {
                self.unread = Unread::Wanted;
                return Fed::More;
            }
            let at = self.next;
            if upto.is_some_and(|upto| parent.map.when(at).is_some_and(|when| when > upto)) {
                self.unread = Unread::Later;
                return Fed::Later;
            }
            if !self.step(&mut reading, stop) {
                break;
            }
            // Base64 alone goes on over the ends of lines.
            if let Decoder::Base64(decoder) = &self.decoder
                && reading.byte(at) == Some(b'\n')
                && view_has_lives(reading.view)
            {
                return Fed::Line {
                    short: decoder.ends_short(),
                    told: reading.when(at),
                };
            }
        }
        if ended && self.next >= end && reading.view.closed.is_none() {
            self.finish(&mut reading);
        }
        if reading.view.closed.is_some() {
            Fed::End
        } else {
            Fed::All
        }
    }

    /// Whether what it would read next is forgotten: it was done with, and others have what came since.
    fn is_behind(&self, parent: &View) -> bool {
        self.next < parent.text.base()
    }

    /// What it left of what there is, though that is wanted.
    pub(crate) fn unread(&self) -> Unread {
        self.unread
    }

    /// What its text hangs on from here on.
    pub(crate) fn goes_on(&self) -> GoesOn {
        match &self.decoder {
            Decoder::Escape(_) => GoesOn::Unescaped,
            Decoder::Letter(letter) if letter.is_behind(self.next) => GoesOn::Same,
            Decoder::Base64(_) | Decoder::Hex(_) | Decoder::Packed(_) | Decoder::Letter(_) => GoesOn::ByItself,
        }
    }

    /// How much of its parent's text it has not read.
    pub(crate) fn left_of(&self, parent: &View) -> u64 {
        parent.text.end().saturating_sub(self.next)
    }

    /// Where in the raw stream the next byte of its parent stands that it has not read, nor the parent of its own.
    pub(crate) fn next_in(&self, parent: &View) -> Option<u64> {
        let own = if self.has_read(parent) {
            None
        } else {
            parent.map.raw(self.next)
        };
        own.or(parent.left)
    }

    /// Whether it has read all of its parent's text.
    pub(crate) fn has_read(&self, parent: &View) -> bool {
        self.left_of(parent) == 0
    }

    /// Whether nothing more can be found than what was opened, as far as was read.
    fn is_done(&self, view: &View) -> bool {
        let wanted = match self.decoder {
            // A literal that begins before is read to its end.
            Decoder::Base64(_) | Decoder::Hex(_) | Decoder::Escape(_) | Decoder::Letter(_) => {
                self.reaches.end().saturating_add(2 * ANCHOR)
            }
            Decoder::Packed(_) => u64::MAX,
        };
        view.text.end() > wanted && !view_has_lives(view)
    }

    /// One step. Answers whether it went on.
    fn step(&mut self, reading: &mut Reading<'_>, until: u64) -> bool {
        if reading.view.closed.is_some() {
            return false;
        }
        let read = match &mut self.decoder {
            Decoder::Base64(decoder) => decoder.step(reading, self.next, until),
            Decoder::Hex(decoder) => decoder.step(reading, self.next, until),
            Decoder::Escape(decoder) => decoder.step(reading, self.next, until),
            Decoder::Packed(decoder) => decoder.step(reading, self.next),
            Decoder::Letter(decoder) => decoder.step(reading, self.next, until),
        };
        self.next += read;
        read > 0
    }

    fn finish(&mut self, reading: &mut Reading<'_>) {
        let last = self.next.saturating_sub(1);
        let told = reading.over();
        if let Decoder::Packed(decoder) = &mut self.decoder {
            let end = reading.parent.map.raw_end(last).unwrap_or(told);
            decoder.unpack(reading, end, told);
        }
        reading.view.closed = Some(told);
    }

    /// From which raw byte on everything is held until it can be read.
    pub(crate) fn waits(&self) -> Option<u64> {
        match &self.decoder {
            Decoder::Packed(decoder) => decoder.waits(),
            Decoder::Base64(_) | Decoder::Hex(_) | Decoder::Escape(_) | Decoder::Letter(_) => None,
        }
    }
}

/// Which raw byte told of what was found.
fn found(hit: Hit, parent: &View) -> u64 {
    parent.map.when(hit.told.saturating_sub(1)).unwrap_or(0)
}

fn view_has_lives(view: &View) -> bool {
    !view.lives.is_empty() || view.text.end() > view.scanner.searched()
}

/// What goes on at an escape of what fits, with all that stands for it. `ended` says that nothing follows.
pub(crate) fn more(text: &Stream, at: u64, fits: &ByteSet, ended: bool) -> More {
    nested::more(text.slice(at, at + nested::NESTED as u64), fits, ended)
}

/// What escapes begin with.
pub(crate) fn escapes() -> ByteSet {
    static ESCAPES: LazyLock<ByteSet> = LazyLock::new(|| (0..=u8::MAX).filter(|byte| introduces(*byte)).collect());
    *ESCAPES
}
