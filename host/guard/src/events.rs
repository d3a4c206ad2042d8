//! What events carry in pieces: an API that streams a text writes an event a line, each with a few characters of it in
//! a string (`{"type":"item.delta","delta":"to"}`), and reads cut a token over them. The strings of events whose
//! frames are alike are put together in views of their own, beside what is plain.
//!
//! Which strings are pieces is told by the line itself, by a name before its value that ends with `delta`, or by what a
//! line of some formats begins with: what holds the end of a string back until the next one comes is no use for whole
//! messages, behind which an agent may pause. All of it is a function of the plain text, byte by byte, so that no
//! cutting of the stream changes anything.

mod frame;
mod opening;
mod slot;

use std::ops::ControlFlow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use self::frame::Frame;
use self::slot::{Seen, Slot};
use crate::classes::{BLOCK, Class, blocks};
use crate::stream::Stream;
use crate::view::{EVENTS, LANES, PLAIN, View};

/// What stands before the colon of a piece, or of the object that holds it.
const NAME: &[u8] = b"delta\"";
const LETTERS: &[u8] = b"delta";
/// The most bytes of a line before its piece.
const FRONT: u64 = 1024;
/// The most bytes from the end of a piece to the beginning of the next one: the rest of a line, the lines of other
/// texts and what stands before the next piece.
const BETWEEN: u64 = 2048;

/// The events of a stream.
#[derive(Default)]
pub(crate) struct Events {
    /// The next byte of the plain text.
    next: u64,
    state: State,
    lanes: [Lane; LANES],
    /// Where the line begins that is read, and whether it has a piece: told only while a text may go on.
    line: u64,
    has_piece: bool,
    /// What stood before the last piece, and whether that event has had one that isn't empty.
    frame: Frame,
    has_first: bool,
}

#[derive(Default)]
enum State {
    /// No piece is near.
    #[default]
    Around,
    /// Behind a name, on the way to its piece, or behind the quote of a piece that ends there.
    Before { slot: Slot, behind: Option<u64> },
    /// In a line that begins here as those of some format do.
    Opening(u64),
    /// Before the first byte of a piece, which is its last quote if it is empty. It stands in so many objects and lists.
    Begins { depth: u8, behind: Option<u64> },
    /// In a piece, of this lane if of any, behind a backslash if so.
    Inside {
        depth: u8,
        lane: Option<usize>,
        escaped: bool,
    },
}

/// One text that comes in pieces, of several at a time.
#[derive(Default)]
struct Lane {
    /// What stood before the last piece, while the text may go on.
    frame: Option<Frame>,
    /// How far that piece has come.
    since: u64,
    /// Whether it was the first one of its event that isn't empty.
    is_first: bool,
}

impl Events {
    /// Reads on over what has come of the plain text.
    pub(crate) fn read(&mut self, views: &mut [Box<View>]) {
        let (plain, lanes) = views.split_at_mut(EVENTS.0 as usize);
        let (plain, lanes) = (&plain[PLAIN.0 as usize], &mut lanes[..LANES]);
        while self.next < plain.text.end() {
            match &self.state {
                State::Around => self.around(plain, lanes),
                State::Before { .. } | State::Opening(_) => self.before(plain, lanes),
                State::Begins { depth, behind } => self.begin(plain, lanes, (*depth, *behind)),
                State::Inside { .. } => self.inside(plain, lanes),
            }
        }
    }

    /// Goes on to the next name, or to a line that begins as an event does.
    fn around(&mut self, plain: &View, lanes: &mut [Box<View>]) {
        // JSON is full of what the name ends with, so its letters are searched for.
        static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(LETTERS));
        // The name may have begun before.
        let from = self.next.saturating_sub(NAME.len() as u64 - 1).max(plain.text.base());
        let text = plain.text.slice(from, plain.text.end());
        let found = FINDER.find_iter(text).find(|at| text[*at..].starts_with(NAME));
        let name = found.map(|at| from + (at + NAME.len()) as u64);
        let upto = name.unwrap_or(plain.text.end());
        if let Some(line) = self.opening(&plain.text, upto) {
            self.state = State::Opening(line);
            self.pass(plain, lanes, line);
            return;
        }
        self.pass(plain, lanes, upto);
        if name.is_some() {
            let slot = Slot::new(upto);
            self.state = State::Before { slot, behind: None };
        }
    }

    /// Where the next line begins before `upto` that may be an event by what it begins with.
    fn opening(&self, text: &Stream, upto: u64) -> Option<u64> {
        static FIRSTS: LazyLock<Class> =
            LazyLock::new(|| Class::new((0..=u8::MAX).filter(opening::may_begin).collect()));
        let from = self.next.saturating_sub(1);
        // The first byte of most lines tells that they are none, and no branch is taken for those.
        let mut begins = u64::from(self.next == 0);
        blocks(
            [&FIRSTS],
            [b'\n'],
            text.slice(from, upto),
            BLOCK,
            |at, [firsts], [ends]| {
                let mut lines = (ends << 1 | begins) & firsts;
                begins = ends >> (BLOCK - 1);
                while lines != 0 {
                    let line = from + (at + lines.trailing_zeros() as usize) as u64;
                    if !matches!(opening::seen(text, line), Seen::Nothing(_)) {
                        return ControlFlow::Break(line);
                    }
                    lines &= lines - 1;
                }
                ControlFlow::Continue(())
            },
        )
    }

    /// Looks for the beginning of the piece behind a name, or of a line.
    fn before(&mut self, plain: &View, lanes: &mut [Box<View>]) {
        let (seen, behind) = match &mut self.state {
            State::Before { slot, behind } => (slot.on(&plain.text), *behind),
            State::Opening(line) => (opening::seen(&plain.text, *line), None),
            State::Around | State::Begins { .. } | State::Inside { .. } => return,
        };
        match seen {
            Seen::Open => self.pass(plain, lanes, plain.text.end()),
            Seen::Nothing(upto) => {
                self.state = State::Around;
                self.pass(plain, lanes, upto);
            }
            Seen::Piece { first, depth } => {
                self.pass(plain, lanes, first);
                self.state = State::Begins { depth, behind };
            }
        }
    }

    /// A piece begins here, if what stands before it is no longer than that of an event.
    fn begin(&mut self, plain: &View, views: &mut [Box<View>], (depth, behind): (u8, Option<u64>)) {
        let first = self.next;
        let Some(frame) = self.frame_of(plain, behind) else {
            self.state = State::Around;
            return;
        };
        self.frame = frame;
        // Some write all strings that an event may have, and leave those empty that go on in others.
        let is_empty = plain.text.get(first) == Some(b'"');
        let same = self
            .lanes
            .iter()
            .position(|lane| lane.frame.as_ref() == Some(&self.frame));
        let lane = same.or_else(|| self.room().filter(|_| !is_empty));
        if let Some(lane) = same {
            views[lane].joint();
        } else if let Some(lane) = lane {
            views[lane].boundary(raw(plain, first));
            self.lanes[lane].frame = Some(self.frame.clone());
        }
        if !is_empty {
            let is_first = !std::mem::replace(&mut self.has_first, true);
            lane.into_iter().for_each(|lane| self.lanes[lane].is_first = is_first);
        }
        let escaped = false;
        self.state = State::Inside { depth, lane, escaped };
    }

    /// What stands before the piece that begins here: on its line, or behind the piece before.
    fn frame_of(&mut self, plain: &View, behind: Option<u64>) -> Option<Frame> {
        let first = self.next;
        if let Some(end) = behind {
            let frame = std::mem::take(&mut self.frame).behind(plain.text.slice(end, first));
            // An event's is no longer than what may stand before its first piece, or a line of pieces costs ever more.
            return Some(frame).filter(|frame| frame.len() as u64 <= FRONT);
        }
        let from = first.saturating_sub(FRONT);
        let front = plain.text.slice(from, first);
        let line = match memchr::memrchr(b'\n', front) {
            Some(end) => from + end as u64 + 1,
            None if from == 0 => 0,
            None => return None,
        };
        (self.line, self.has_piece, self.has_first) = (line, true, false);
        Some(Frame::of(plain.text.slice(line, first)))
    }

    /// The lane for another text. What an event has first takes the place of what another one has behind that, or of
    /// what has not gone on for the longest time: however many strings events have, the texts of a few are read.
    fn room(&self) -> Option<usize> {
        let worth = |lane: &usize| {
            let lane = &self.lanes[*lane];
            (lane.frame.is_some(), lane.is_first, lane.since)
        };
        let lane = (0..LANES).min_by_key(worth)?;
        (!self.has_first || self.lanes[lane].frame.is_none()).then_some(lane)
    }

    /// Takes in what has come of a piece.
    fn inside(&mut self, plain: &View, views: &mut [Box<View>]) {
        let State::Inside { depth, lane, escaped } = &mut self.state else {
            return;
        };
        let text = plain.text.slice(self.next, plain.text.end());
        let (upto, end) = if std::mem::take(escaped) && text[0] != b'\n' {
            (1, None)
        } else {
            match memchr::memchr3(b'"', b'\\', b'\n', text) {
                Some(at) if text[at] == b'\\' => {
                    *escaped = true;
                    (at + 1, None)
                }
                Some(at) => (at, Some(text[at])),
                None => (text.len(), None),
            }
        };
        let (depth, lane, from) = (*depth, *lane, self.next);
        self.next += upto as u64;
        if let Some(lane) = lane {
            views[lane].extend(plain, from, self.next, 0);
            self.lanes[lane].since = self.next;
        }
        // The other text may not go on for as long as this piece is.
        self.expire(plain, views, self.next);
        match end {
            None => {}
            Some(b'"') if depth > 0 => {
                let behind = self.next + 1;
                let slot = Slot::behind(depth, behind);
                self.state = State::Before {
                    slot,
                    behind: Some(behind),
                };
            }
            Some(end) => {
                self.state = State::Around;
                if let Some(lane) = lane.filter(|_| end == b'\n') {
                    self.close(plain, views, lane, self.next);
                }
            }
        }
    }

    /// Goes over what is in no piece, and closes what doesn't go on behind it.
    fn pass(&mut self, plain: &View, views: &mut [Box<View>], upto: u64) {
        if self.lanes.iter().any(|lane| lane.frame.is_some()) {
            let text = plain.text.slice(self.next, upto);
            for line_end in memchr::memchr_iter(b'\n', text) {
                let line_end = self.next + line_end as u64;
                self.expire(plain, views, line_end);
                if !self.has_piece && !is_between(plain.text.slice(self.line, line_end)) {
                    (0..LANES).for_each(|lane| self.close(plain, views, lane, line_end));
                }
                (self.line, self.has_piece) = (line_end + 1, false);
            }
            self.expire(plain, views, upto);
        }
        self.next = upto;
    }

    /// Closes what has not gone on for too long where this place is reached.
    fn expire(&mut self, plain: &View, views: &mut [Box<View>], place: u64) {
        for lane in 0..LANES {
            let last = self.lanes[lane].since + BETWEEN;
            if last < place {
                self.close(plain, views, lane, last);
            }
        }
    }

    /// A text doesn't go on, as the byte at this place tells.
    fn close(&mut self, plain: &View, views: &mut [Box<View>], lane: usize, place: u64) {
        if self.lanes[lane].frame.take().is_some() {
            views[lane].boundary(raw(plain, place));
        }
    }
}

/// Where a byte of the plain text stands in the raw stream.
fn raw(plain: &View, place: u64) -> u64 {
    plain.map.raw(place).unwrap_or(0)
}

/// Whether a line may stand between two events: one of server-sent events that isn't data, or a sign of life.
fn is_between(line: &[u8]) -> bool {
    const LONGEST: usize = 128;
    let line = line.trim_ascii();
    let is_field = |name: &&[u8]| line.starts_with(name);
    let fields = [&b":"[..], b"event:", b"id:", b"retry:"];
    line.is_empty()
        || (line.len() <= LONGEST && (fields.iter().any(is_field) || memchr::memmem::find(line, b"\"ping\"").is_some()))
}
