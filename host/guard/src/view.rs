//! A reading of the stream: its text, where that stands in the raw stream, and the suspects in it.

use std::collections::VecDeque;
use std::ops::Range;

use crate::coding::{Source, Unread, Weak};
use crate::colours::Colours;
use crate::follow::{Final, Live, Scanner};
use crate::map::Map;
use crate::ruleset::RuleSet;
use crate::search::CONTEXT;
use crate::stream::Stream;

/// Names a view among those of one guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ViewId(pub(crate) u32);

/// The text as it was written, without what no one sees.
pub(crate) const PLAIN: ViewId = ViewId(0);
/// Lines as they look after what was written over and joined.
pub(crate) const SEEN: ViewId = ViewId(1);
/// What control strings (titles, links, clipboards) carry.
pub(crate) const PAYLOAD: ViewId = ViewId(2);
/// What events carry in pieces, the first of so many texts at a time.
pub(crate) const EVENTS: ViewId = ViewId(3);
/// So many texts may come in pieces at a time, event beside event or in one.
pub(crate) const LANES: usize = 4;
/// The last of the views that are read from the stream itself.
pub(crate) const LAST: ViewId = ViewId(EVENTS.0 + LANES as u32 - 1);
/// Where the readings that are decoded begin among the views.
pub(crate) const FIRST_READING: usize = LAST.0 as usize + 1;

impl ViewId {
    /// Whether it is put together from what events carry in pieces.
    pub(crate) fn is_of_events(self) -> bool {
        (EVENTS..=LAST).contains(&self)
    }

    /// Whether an encoding was taken off, and it is none of the stream itself.
    pub(crate) fn is_decoded(self) -> bool {
        self > LAST
    }
}

/// What stands where a text goes on that doesn't follow what came: the end of a line, and a byte that no block goes
/// on over.
pub(crate) const BOUNDARY: [u8; 2] = *b"\n\x1E";

/// How much more than a suspect needs is kept before it, in bytes: a reading of digits takes twice its context, and
/// one of escapes needs the literal before them as well.
const AGAIN: u64 = CONTEXT + 64;

/// One reading.
pub(crate) struct View {
    pub(crate) id: ViewId,
    pub(crate) text: Stream,
    pub(crate) map: Map,
    pub(crate) scanner: Scanner,
    pub(crate) lives: Vec<Live>,
    /// What was taken for the end of some of them while it wasn't told yet whether an escape opens this reading.
    pub(crate) forked: Vec<Final>,
    /// The code of the encoding that was taken off last; 0 for none.
    pub(crate) encoding: u8,
    /// Where it is decoded from, if it is.
    pub(crate) source: Option<Box<Source>>,
    /// What is decoded from it, in the order in which it was opened. Some may be dropped by now.
    pub(crate) readings: Vec<ViewId>,
    /// It is to be looked at before anything is let out.
    pub(crate) due: bool,
    /// Nothing more comes, and this raw position said so.
    pub(crate) closed: Option<u64>,
    /// Raw bytes from here on are not in the text yet, though they may come to be.
    pub(crate) undecided: Option<u64>,
    /// What has not come to be text stands for no byte by itself: a quote, or parts of a string that meet there.
    pub(crate) parting: bool,
    /// The same of the view that it is decoded from, as far as this one has read all of that.
    pub(crate) behind: Option<u64>,
    pub(crate) behind_parting: bool,
    /// Where the next byte of that view stands that this one has not read, or of what that one is decoded from.
    pub(crate) left: Option<u64>,
    /// What stands before a text is as far as its reading goes back, and that hangs on which of its escapes opened it.
    pub(crate) blurred: bool,
    /// What stands before this raw byte was public when the view was opened.
    pub(crate) floor: u64,
    /// Where the text is not as in the raw stream, so that another view can't have found the same; `None` where that
    /// holds of every byte.
    joints: Option<VecDeque<u64>>,
    /// Escapes that no search looks for. In a literal they are read over or not, as the stream is cut, so they don't
    /// count there.
    weak: VecDeque<(u64, Weak)>,
    /// Bytes that stand for a backslash and a letter, and the letter: it may begin a literal as well.
    letters: VecDeque<(u64, u8)>,
    /// Where two words of a shell meet, as parts of a string do in other languages.
    words: VecDeque<u64>,
    /// Where colours meet.
    colours: Colours,
    /// Where lines of a text in base64 begin: a reading that begins with one has nothing before it.
    lines: VecDeque<u64>,
}

impl View {
    pub(crate) fn new(id: ViewId, rules: &RuleSet, typed: bool) -> Self {
        let everywhere = id != SEEN && !id.is_of_events();
        Self {
            id,
            text: Stream::default(),
            map: Map::default(),
            scanner: Scanner::new(rules, typed, id == SEEN),
            lives: Vec::new(),
            forked: Vec::new(),
            encoding: 0,
            source: None,
            readings: Vec::new(),
            due: true,
            closed: None,
            undecided: None,
            parting: false,
            behind: None,
            behind_parting: false,
            left: None,
            blurred: false,
            floor: 0,
            joints: (!everywhere).then(VecDeque::new),
            weak: VecDeque::new(),
            letters: VecDeque::new(),
            words: VecDeque::new(),
            colours: Colours::default(),
            lines: VecDeque::new(),
        }
    }

    /// Only suspects over a joint are told of.
    pub(crate) fn with_joints(mut self) -> Self {
        self.joints = Some(VecDeque::new());
        self
    }

    /// Appends raw bytes as they came.
    #[inline]
    pub(crate) fn same(&mut self, bytes: &[u8], raw: u64) {
        self.map.same(self.text.end(), raw, bytes.len() as u64);
        self.text.push(bytes);
    }

    /// Appends raw bytes again.
    pub(crate) fn copy(&mut self, bytes: &[u8], raw: u64, when: u64, floor: u64) {
        self.map.copy(self.text.end(), raw, bytes.len() as u64, when, floor);
        self.text.push(bytes);
    }

    /// Appends raw bytes again, each of which stands at a place of its own.
    pub(crate) fn cells(&mut self, bytes: &[u8], raws: &[u64], when: u64, floor: u64) {
        self.map.cells(self.text.end(), raws, when, floor);
        self.text.push(bytes);
    }

    /// Appends bytes that stand for `wide` raw bytes.
    pub(crate) fn group(&mut self, bytes: &[u8], raw: u64, wide: u64, when: u64) {
        self.decoded(bytes, (raw, wide), when, 0);
    }

    /// Makes room for what the text of another view from `start` to `end` is read as, and for some more.
    pub(crate) fn reserve(&mut self, other: &View, (start, end): (u64, u64)) {
        self.text.reserve(end.saturating_sub(start) + CONTEXT);
        self.map.reserve(&other.map, (start, end));
    }

    /// Appends text of another view as it stands there, none of it known before `told`.
    pub(crate) fn extend(&mut self, other: &View, start: u64, end: u64, told: u64) {
        let at = self.text.end();
        self.map.extend(&other.map, (start, end), at, told);
        let letters = inside(&other.letters, start..end, |(place, _)| *place);
        self.letters
            .extend(letters.map(|(place, letter)| (at + (place - start), *letter)));
        let lines = inside(&other.lines, start..end, |place| *place);
        self.lines.extend(lines.map(|place| at + (place - start)));
        let words = inside(&other.words, start..end, |place| *place);
        self.words.extend(words.map(|place| at + (place - start)));
        self.text.push(other.text.slice(start, end));
    }

    /// The same with the joints from `first` on, known when they were.
    pub(crate) fn extend_joined(&mut self, other: &View, first: u64, (start, end): (u64, u64)) {
        let at = self.text.end();
        let own = other.joints.iter();
        let joints = own.flat_map(|joints| inside(joints, start.max(first)..end, |joint| *joint));
        self.joints
            .get_or_insert_default()
            .extend(joints.map(|joint| at + (joint - start)));
        self.extend(other, start, end, 0);
    }

    /// Appends bytes that stand for raw bytes, of which those before `floor` were out.
    pub(crate) fn decoded(&mut self, bytes: &[u8], raw: (u64, u64), when: u64, floor: u64) {
        self.map.group(self.text.end(), bytes.len() as u64, raw, when, floor);
        self.text.push(bytes);
    }

    /// Appends bytes that raw bytes side by side stand for, from `raw` on; see [`Map::coded`].
    pub(crate) fn coded(&mut self, bytes: &[u8], raw: u64, bits: (u8, u8)) {
        if !bytes.is_empty() {
            self.map.coded(self.text.end(), bytes.len() as u64, raw, bits);
            self.text.push(bytes);
        }
    }

    /// Appends a byte that nothing of the raw stream may be taken out for.
    pub(crate) fn mark(&mut self, byte: u8, raw: u64) {
        self.group(&[byte], raw, 0, raw);
    }

    /// What comes next is read apart from what came: no line, and no block of lines, goes on over it.
    pub(crate) fn boundary(&mut self, raw: u64) {
        self.group(&BOUNDARY, raw, 0, raw);
    }

    /// What comes next is read again, from this cell of its line on.
    pub(crate) fn again(&mut self, cell: usize) {
        let end = self.text.end();
        if let Some(again) = &mut self.scanner.again {
            again.begin(end, cell);
        }
    }

    /// What comes next does not follow in the raw stream what came last.
    pub(crate) fn joint(&mut self) {
        let end = self.text.end();
        if let Some(again) = &mut self.scanner.again {
            again.joint(end);
        }
        if let Some(joints) = &mut self.joints
            && joints.back() != Some(&end)
        {
            joints.push_back(end);
        }
    }

    /// What comes next is of the colour that a control sequence sets.
    pub(crate) fn colour(&mut self, sequence: &[u8]) {
        let end = self.text.end();
        let last = end.checked_sub(1).and_then(|last| self.text.get(last));
        self.colours.change(end, last.is_some_and(|byte| byte > b' '), sequence);
    }

    /// Where colours meet in what has come from `from` on.
    pub(crate) fn colours(&self, from: u64) -> impl Iterator<Item = u64> {
        self.colours.among(from..self.text.end())
    }

    /// Whether only suspects over a joint are told of.
    pub(crate) fn has_joints(&self) -> bool {
        self.joints.is_some()
    }

    /// Whether one of what stands from `start` to `end` does not follow in the raw stream what stands before it.
    pub(crate) fn is_joined(&self, start: u64, end: u64) -> bool {
        self.has_joints() && self.is_own(start, end)
    }

    /// The byte that comes next stands behind, or for, an escape that no search looks for.
    pub(crate) fn weak(&mut self, weak: Weak) {
        self.weak.push_back((self.text.end(), weak));
    }

    /// The byte that comes next stands for a backslash and this letter.
    pub(crate) fn letter(&mut self, letter: u8) {
        self.letters.push_back((self.text.end(), letter));
    }

    /// The byte that comes next begins a shell's next word.
    pub(crate) fn word(&mut self) {
        self.words.push_back(self.text.end());
    }

    /// Where the first word of a shell begins among these places.
    pub(crate) fn word_among(&self, places: Range<u64>) -> Option<u64> {
        inside(&self.words, places, |place| *place).next().copied()
    }

    /// A line of a text in base64 begins at this place, which is in what has come or comes next.
    pub(crate) fn line(&mut self, place: u64) {
        self.lines.push_back(place);
    }

    /// Whether a line of a text in base64 begins among these places.
    pub(crate) fn has_line(&self, places: Range<u64>) -> bool {
        inside(&self.lines, places, |place| *place).next().is_some()
    }

    /// Whether nothing is told of its bytes but where they stand.
    pub(crate) fn is_bare(&self) -> bool {
        self.joints.is_none() && self.lines.is_empty()
    }

    /// Whether there are bytes that stand for a backslash and a letter.
    pub(crate) fn has_letters(&self) -> bool {
        !self.letters.is_empty()
    }

    /// The bytes from `from` on that stand for a backslash and a letter, in their order, with the letters.
    pub(crate) fn letters(&self, from: u64) -> impl Iterator<Item = (u64, u8)> {
        inside(&self.letters, from..u64::MAX, |(place, _)| *place).copied()
    }

    /// The letter of the byte at this place, if that stands for a backslash and a letter.
    pub(crate) fn letter_at(&self, at: u64) -> Option<u8> {
        inside(&self.letters, at..at + 1, |(place, _)| *place)
            .next()
            .map(|(_, letter)| *letter)
    }

    /// Whether the literal from `start` to `end` is put together by an escape that no search looks for. Backslashes
    /// before its slashes are looked for where each of them has one.
    pub(crate) fn is_weak(&self, start: u64, end: u64) -> bool {
        let mut slashes = 0;
        for (place, weak) in inside(&self.weak, start..end, |(place, _)| *place) {
            match weak {
                Weak::Slash => slashes += 1,
                Weak::Nothing if *place == start => {}
                Weak::Byte | Weak::Nothing => return true,
            }
        }
        slashes > 0 && slashes < memchr::memchr_iter(b'/', self.text.slice(start, end)).count()
    }

    /// Whether the text from `start` to `end` is a reading of its own.
    pub(crate) fn is_own(&self, start: u64, end: u64) -> bool {
        self.joints.as_ref().is_none_or(|joints| {
            let first = joints.partition_point(|joint| *joint < start);
            joints.get(first).is_some_and(|joint| *joint < end)
        })
    }

    /// The raw byte that `text` stands for and what follows it; what comes next where nothing follows.
    pub(crate) fn held_raw(&self, text: u64, consumed: u64) -> u64 {
        let next = self.undecided().unwrap_or(consumed);
        let first = self.map.first_raw(text).map_or(next, |raw| raw.min(next));
        first.max(self.floor)
    }

    /// From which raw byte on what is not in the text yet is held.
    pub(crate) fn undecided(&self) -> Option<u64> {
        let raw = self.undecided.into_iter().chain(self.behind).min();
        let raw = raw.filter(|_| self.closed.is_none())?;
        Some(raw.max(self.floor))
    }

    /// Before which raw byte the text ends: what stands from there on comes to be in it, or may.
    pub(crate) fn goes_on_at(&self) -> Option<u64> {
        self.undecided().into_iter().chain(self.left).min()
    }

    /// The same, where it may come to stand for a byte by itself. What only parts of a string meet in holds nothing,
    /// but for what is followed up to there.
    pub(crate) fn undecided_byte(&self) -> Option<u64> {
        let own = self.undecided.filter(|_| !self.parting);
        let behind = self.behind.filter(|_| !self.behind_parting);
        let raw = own.into_iter().chain(behind).min();
        let raw = raw.filter(|_| self.closed.is_none())?;
        Some(raw.max(self.floor))
    }

    /// Where the context of a suspect that begins at `at` begins, if it is to begin at `start` at the earliest. What
    /// opened the reading, and so where it begins, may hang on the cutting: no more is told than any reading has that
    /// would have the suspect, which is its line of a text in base64, and behind escapes so much of the raw stream.
    pub(crate) fn context(&self, start: u64, at: u64) -> u64 {
        let line = self.lines.iter().rfind(|line| **line <= at);
        let start = start.max(self.text.base()).max(line.copied().unwrap_or(0));
        let Some(raw) = self.map.raw(at).filter(|_| self.blurred) else {
            return start;
        };
        let least = raw.saturating_sub(CONTEXT);
        let mut raws = self.map.raws(start);
        let before = |text: &u64| raws(*text).is_some_and(|raw| raw < least);
        (start..at).filter(before).last().map_or(start, |last| last + 1)
    }

    /// When the text byte became known.
    pub(crate) fn when(&self, text: u64, consumed: u64) -> u64 {
        self.map.when(text).or(self.closed).unwrap_or(consumed)
    }

    /// Whether what is found in it may be seen: it is told that an escape opens it and all that it is read from,
    /// where one does.
    pub(crate) fn is_open(&self) -> bool {
        self.source.as_deref().is_none_or(|source| source.seen_from().is_some())
    }

    /// What it left of the text that it is decoded from, when it was read on last.
    pub(crate) fn unread(&self) -> Unread {
        self.source.as_deref().map_or(Unread::Nothing, Source::unread)
    }

    /// Whether nothing follows in it. `over` says that the stream has ended.
    pub(crate) fn is_over(&self, over: bool) -> bool {
        self.closed.is_some() || (over && self.unread() == Unread::Nothing)
    }

    /// Whether there is nothing to be done in it: nothing has come, and nothing is followed.
    pub(crate) fn is_quiet(&self, over: bool) -> bool {
        !over && self.source.is_none() && self.lives.is_empty() && self.scanner.searched() == self.text.end()
    }

    /// Forgets what no suspect needs, but for `keep` bytes at the end, and all from `goes_on` on.
    pub(crate) fn forget(&mut self, keep: u64, goes_on: Option<u64>) {
        // A suspect may be read again with its escapes taken off, with as much before it as now.
        let contexts = self.lives.iter().map(Live::context).chain(self.scanner.context());
        let contexts = contexts.map(|context| context.saturating_sub(AGAIN));
        let kept = self.text.end().saturating_sub(keep + AGAIN);
        let needed = contexts.chain([kept]).chain(goes_on).min().unwrap_or(0);
        self.text.forget(needed);
        self.map.forget(self.text.base());
        while self.weak.front().is_some_and(|(place, _)| *place < needed) {
            self.weak.pop_front();
        }
        self.colours.forget(needed);
        while self.lines.front().is_some_and(|place| *place < needed) {
            self.lines.pop_front();
        }
        while self.words.front().is_some_and(|place| *place < needed) {
            self.words.pop_front();
        }
        while self.letters.front().is_some_and(|(place, _)| *place < needed) {
            self.letters.pop_front();
        }
        if let Some(joints) = &mut self.joints {
            while joints.front().is_some_and(|joint| *joint < needed) {
                joints.pop_front();
            }
        }
    }
}

/// Those of what is told of places, in their order, whose place is one of these.
fn inside<T>(told: &VecDeque<T>, places: Range<u64>, place: impl Fn(&T) -> u64) -> impl Iterator<Item = &T> {
    let first = told.partition_point(|told| place(told) < places.start);
    told.range(first..).take_while(move |told| place(told) < places.end)
}
