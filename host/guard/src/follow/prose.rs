//! Whether a header is only spoken of: an error says that a file has none, a search has found one in a manual, a rule
//! of a scanner is one. What follows is prose then, or other fields, and no line of a body.
//!
//! It is told by words, which random base64 isn't: of twelve of its characters one in 80 000 has small letters alone,
//! and a key begins with the numbers of its encoding. Only what stands before a body is looked at; once a line may be
//! one of it, nothing here tells of anything.

use super::block::BROKEN_LINE;

/// The fewest letters and the most of a word.
const WORD: u8 = 2;
const LONGEST: u8 = 15;
/// So many letters in words are prose, or fewer where a line ends behind them.
const PROSE: u8 = 12;
const LINE: u8 = 8;
/// So many hexadecimal digits behind a word are a digest.
const DIGEST: u8 = 32;
/// A line of so many characters that are no word may be one of a body that a narrow terminal wraps.
const PIECE: u8 = 4;
/// Names of a preamble's lines, as RFC 1421, RFC 9580 and RFC 4716 have them; any other that is no plain word is one.
const PREAMBLE: [&[u8]; 7] = [
    b"Version",
    b"Comment",
    b"Charset",
    b"Hash",
    b"MessageID",
    b"Subject",
    b"Encryption",
];

/// What was told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// A header is only spoken of.
    Spoken,
    /// Other fields stand behind it on its line, as a logger sets them behind each line.
    Fields,
}

/// What stands behind a header so far.
#[derive(Clone, Default)]
pub(super) struct Prose {
    /// A body may have begun, or what a preamble has.
    begun: bool,
    /// Nothing behind the header on its line tells: a tool may have set it there.
    is_set_behind: bool,
    below: bool,
    /// A word leads to the header, as in a sentence.
    is_led: bool,
    /// Letters in words.
    letters: u8,
    /// Those of a word that a quote ends, which may be a field's name.
    quoted: u8,
    /// A quote was the last sign.
    is_closed: bool,
    /// Another text in quotes stands on the header's line, and a field's name.
    has_fields: bool,
    is_named: bool,
    word: Word,
    /// How many words stand on the line, how many blanks before the next, and whether any is one of prose, or may be a
    /// piece of a body.
    words: u8,
    blanks: u8,
    has_word: bool,
    has_piece: bool,
    last: u8,
}

/// Characters of base64 in a row, and hyphens between.
#[derive(Clone, Copy, Default)]
struct Word {
    length: u8,
    /// How many stand behind the last hyphen.
    run: u8,
    has_hyphen: bool,
    /// Something but small letters behind the first one, but digits, but hexadecimal digits.
    is_mixed: bool,
    has_others: bool,
    is_no_digest: bool,
}

impl Prose {
    /// Behind a header before which this stands. A tool may set one word behind each line of a key; behind a header
    /// alone one tells, and only where a word leads to it as well: `no -----BEGIN … found`.
    pub(super) fn behind(before: &[u8]) -> Self {
        let opens = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`' | b'(' | b'\\');
        let end = before.iter().rposition(|byte| !opens(byte)).map_or(0, |last| last + 1);
        let word = before[..end].strip_suffix(b" ").unwrap_or_default();
        let letters = word.iter().rev().take_while(|byte| byte.is_ascii_lowercase()).count();
        Self {
            is_led: letters >= usize::from(WORD),
            ..Self::default()
        }
    }

    /// Whether nothing here can tell of anything any more.
    pub(super) fn has_ended(&self) -> bool {
        self.begun
    }

    /// The same where the next line begins; `None` where the one before may be a body's, or where words are set behind
    /// the header which a tool sets behind each line.
    pub(super) fn next_line(self) -> Option<Self> {
        let is_piece = self.has_piece && !self.has_word;
        let is_around = !self.below && (self.has_fields || (self.is_set_behind && self.words > 0));
        (!is_piece && !is_around).then(|| Self {
            below: true,
            letters: if self.is_alone() { 0 } else { self.letters },
            ..Self::default()
        })
    }

    /// Whether one word at most stands behind the header on its line, as a tool may set one behind each.
    fn is_alone(&self) -> bool {
        !self.below && self.words < 2
    }

    /// Behind this byte on the header's line something else is set, which a tool may set behind each line.
    pub(super) fn is_set_behind(&mut self, byte: u8) {
        self.is_set_behind |= !matches!(byte, b'`' | b')');
    }

    /// The same where a line begins with this name and a colon; `None` where it is a preamble's.
    pub(super) fn behind_name(self, name: &[u8]) -> Option<Self> {
        let is_plain = name.iter().all(u8::is_ascii_alphabetic);
        (is_plain && !PREAMBLE.contains(&name)).then(|| Self {
            word: Word::default(),
            ..self
        })
    }

    /// Takes the next byte, or the same once more where it is no body's. What is told of what stands there up to it.
    pub(super) fn on(&mut self, byte: u8) -> Option<Told> {
        let is_base64 = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        let told = if is_base64 || (byte == b'-' && self.word.length > 0) {
            self.character(byte);
            false
        } else {
            let told = self.word.length > 0 && self.end_word(byte);
            self.sign(byte) || told
        };
        self.last = byte;
        if self.begun {
            return None;
        }
        if self.is_set_behind && !self.below {
            (self.letters, self.quoted) = (0, 0);
            return None;
        }
        let is_field = told && self.has_fields;
        // A logger's fields stand behind the lines below as well.
        self.begun |= is_field;
        told.then_some(if is_field { Told::Fields } else { Told::Spoken })
    }

    fn character(&mut self, byte: u8) {
        // A line end that is spelled out: what stands behind it begins a line, and a tool may set something before it.
        if !self.below && self.last == b'\\' && matches!(byte, b'n' | b'r') {
            self.is_set_behind = true;
        }
        if !self.below && self.word.length == 0 {
            // A text in quotes, or a column of a table, stands there.
            self.has_fields |= matches!(self.last, b'"' | b'\'' | b',');
            self.is_set_behind |= self.words == 0 && self.blanks > 1;
        }
        self.letters = self.letters.saturating_add(std::mem::take(&mut self.quoted));
        self.is_closed = false;
        self.word.take(byte);
        self.begun |= u64::from(self.word.run) >= BROKEN_LINE && self.word.is_mixed && self.word.is_no_digest;
    }

    /// A word ends before this sign. Whether it tells by itself.
    fn end_word(&mut self, sign: u8) -> bool {
        let word = std::mem::take(&mut self.word);
        self.words = self.words.saturating_add(1);
        let blanks = std::mem::take(&mut self.blanks);
        if word.is_prose() {
            let is_quote = matches!(sign, b'"' | b'\'' | b'\\');
            let ends = is_quote || sign.is_ascii_whitespace() || matches!(sign, b',' | b'.' | b';' | b'!' | b'?');
            self.has_word |= ends;
            match (ends, is_quote) {
                (true, true) => self.quoted = word.length,
                (true, false) => self.letters = self.letters.saturating_add(word.length),
                (false, _) => {}
            }
            // Behind a backslash the text goes on in lines that are spelled out.
            return ends && sign != b'\\' && self.is_led && !self.below && self.words == 1 && blanks == 1;
        }
        self.has_piece |= word.length >= PIECE && word.has_others && !word.has_hyphen;
        // What is longer than a word and no digest is a body's, however it is drawn.
        let is_digest = !word.is_no_digest && !word.has_hyphen && word.run >= DIGEST;
        self.begun |= u64::from(word.run) >= BROKEN_LINE && !(is_digest && self.has_word);
        is_digest && self.has_word
    }

    /// Whether this sign tells, as a line's end does behind a few words, or a colon behind another field's name.
    fn sign(&mut self, byte: u8) -> bool {
        match byte {
            b' ' | b'\t' | b'\r' => self.blanks = self.blanks.saturating_add(1),
            b'"' | b'\'' => (self.is_closed, self.blanks) = (true, 0),
            b'\\' => {}
            b':' if self.is_closed => {
                // The name is none of what its field says.
                self.quoted = 0;
                self.is_closed = false;
                let is_named = std::mem::replace(&mut self.is_named, true);
                return is_named && self.has_fields;
            }
            // A preamble may be spelled out on the header's line, or a tool set something behind.
            b':' if self.words > 0 => self.is_set_behind |= !self.below,
            b'>' | b'|' | b'#' => self.is_set_behind |= !self.below,
            _ => {}
        }
        if !matches!(byte, b' ' | b'\t' | b'\r' | b'"' | b'\'' | b'\\') {
            self.blanks = 0;
            self.is_closed = false;
            self.letters = self.letters.saturating_add(std::mem::take(&mut self.quoted));
        }
        let least = if byte == b'\n' { LINE } else { PROSE };
        let is_end = byte.is_ascii_whitespace() || matches!(byte, b',' | b'.');
        is_end && self.letters >= least && !self.is_alone()
    }
}

impl Word {
    fn take(&mut self, byte: u8) {
        self.is_mixed |= !(byte.is_ascii_lowercase() || (self.length == 0 && byte.is_ascii_uppercase()));
        self.has_others |= !byte.is_ascii_digit();
        self.is_no_digest |= !matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        self.has_hyphen |= byte == b'-';
        self.length = self.length.saturating_add(1);
        self.run = if byte == b'-' { 0 } else { self.run.saturating_add(1) };
    }

    fn is_prose(self) -> bool {
        !self.is_mixed && (WORD..=LONGEST).contains(&self.length)
    }
}
