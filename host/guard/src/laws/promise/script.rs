//! Operation lists: what a process writes, what happens meanwhile, and how the driver goes about its answers.

use super::coat::{Coat, HIDDEN, sprinkle};
use super::guard::{MarkKind, Outlet, Replacement};
use super::table::{Judge, KNOWN, WORD};

/// One operation.
#[derive(Debug, Clone)]
#[cfg_attr(not(test), derive(arbitrary::Arbitrary))]
pub(super) enum Op {
    /// The process writes.
    Push(Vec<Piece>),
    /// Something happens that is no byte.
    Mark(Mark),
    /// Answers wait until so many pushes later, or for the next mark.
    AnswerLate(u8),
    /// The guest traps on the next question.
    GuestTraps,
    /// Of the questions that wait, the last is answered first.
    ShuffledAnswers,
    /// Each suspect is asked about by itself, from the last to the first.
    OneSuspectACall,
    /// The stream ends here.
    End,
}

/// A mark inside the stream.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(test), derive(arbitrary::Arbitrary))]
pub(super) enum Mark {
    Idle,
    Stall,
    Resize,
}

impl Mark {
    pub(super) fn kind(self) -> MarkKind {
        match self {
            Self::Idle => MarkKind::Idle,
            Self::Stall => MarkKind::Stall,
            Self::Resize => MarkKind::Resize,
        }
    }
}

/// A piece of text.
#[derive(Debug, Clone)]
#[cfg_attr(not(test), derive(arbitrary::Arbitrary))]
pub(super) enum Piece {
    /// One of [`WORDS`].
    Text(u8),
    /// One of [`ANCHORS`].
    Anchor(u8),
    /// Letters of bodies, made from a seed.
    Body(u8, u8),
    /// One of [`HIDDEN`].
    Hidden(u8),
    /// One of [`MOTIONS`].
    Motion(u8),
    /// A whole secret.
    Secret(Secret),
    /// Any bytes.
    Bytes(Vec<u8>),
}

/// A secret of one of the rules, hidden in up to three coats.
#[derive(Debug, Clone)]
#[cfg_attr(not(test), derive(arbitrary::Arbitrary))]
pub(super) struct Secret {
    pub(super) kind: u8,
    pub(super) seed: u8,
    pub(super) length: u8,
    /// From the innermost on. Of encodings the first counts, and base64 directly over base64, for what can be known
    /// in one.
    pub(super) coats: Vec<Coat>,
    /// How many bytes stand by themselves between two that are escaped.
    pub(super) sparse: u8,
    /// Plain text before the secret inside of the encoding, which moves it to another alignment.
    pub(super) shift: u8,
    /// What is hidden between the bytes of the whole; see [`sprinkle`].
    pub(super) hidden: Vec<u8>,
}

/// Words that no rule looks for.
const WORDS: &[&str] = &[
    " ",
    "\n",
    "\r\n",
    ".",
    ", ",
    "-",
    "=",
    ":",
    "the quick. ",
    "Ab: c\n",
    "é",
    "日本",
    "x",
    "X",
    "0",
    "*",
    "[",
    "\"",
    "'",
    "\\",
    "%",
    "&",
    ";",
    "\t",
    "/",
    "--",
    "~",
    "4111 ",
    "12",
    "K",
    "k",
    "_",
    "pa",
    "sS=",
    "+",
    "T",
    "B",
    "a",
    "b",
    "\u{301}",
];
/// What the rules look for, and where blocks end.
const ANCHORS: &[&str] = &[
    "k_", "kk_", "pass=", "PaSs= ", "+T", "B~12", "//", "//ab:", "K--\n", "--E", "a_", "b_", "41111111", "K--", "Tq0u",
    "tokn_", "ag", "AGTO", "agKBC", "Ag",
];
/// What moves the cursor, erases, or asks the terminal for something.
const MOTIONS: &[&[u8]] = &[
    b"\r",
    b"\x08",
    b"\x1b[K",
    b"\x1b[2K",
    b"\x1b[1D",
    b"\x1b[3C",
    b"\x1b[A",
    b"\x1b[2;3H",
    b"\x1b[J",
    b"\x1b[?25l",
    b"\x1b[?1049h",
    b"\x1b[?1049l",
    b"\x1bP1q\x1b\\",
    b"\x1b7",
    b"\x1b8",
    b"\x1b[?2004h",
    b"\x1b[200~",
    b"\x1b(B",
    b"\x1b[",
    b"\x1b",
    b"\x1b]",
    b"\x1b]0;",
    b"\xc3",
    b"\xe2\x80",
    b"\xff",
    b"\x7f",
    b"\x1b[6n",
    b"\x1b[2@",
    b"\x1b[3P",
];

/// What blocks, escapes and parts of strings are made of. Close together they are read in several ways at once.
const DENSE: &[&str] = &[
    "K--",
    "K--",
    "\n",
    "\n",
    "abcd0123",
    "kdcb3210",
    "ab",
    "a",
    "k",
    "x",
    "0",
    "1",
    " ",
    "-",
    ":",
    "=",
    ";",
    ",",
    "--E",
    "k_",
    "a_",
    "b_",
    "tokn_",
    "//",
    "PaSs= ",
    "+T",
    "B~12",
    "ag",
    "to",
    "4111",
    "Tq0ub4",
    " d0rway",
    "\"",
    "'",
    "\\",
    "%",
    "&",
    "\\n",
    "\\t",
    "\\x6b",
    "\\u005f",
    "%0a",
    "%6b",
    "&#10;",
    "&#107;",
    "&amp;",
    "' + '",
    "\".\"",
    "dG9rbl8",
    "dG9rbl85amozMEtCNGFjZGIgLi4=",
    "YWJjZDAxMjNLLS0K",
    "746f6b6e5f",
    "39",
    "\0",
    "\r",
    "\x1b[1m",
];
/// So many of a dense text's numbers stand for an idle mark.
const IDLE: usize = 2;

/// Letters of bodies without an `x`, no four of which come twice in a short secret.
fn body(seed: u8, length: usize) -> Vec<u8> {
    let mut state = u32::from(seed).wrapping_mul(0x9E37_79B9) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        WORD[state as usize % WORD.len()]
    };
    std::iter::repeat_with(&mut next)
        .filter(|byte| *byte != b'x')
        .take(length)
        .collect()
}

/// How many kinds of secrets there are, and those of them that are known in an encoding.
const KINDS: u8 = 10;
const KNOWN_KIND: u8 = 6;
const TOKEN_KIND: u8 = 7;
/// The most coats.
const DEPTH: usize = 3;
/// The longest text that another coat is put on: a coat makes it six times as long.
const LONGEST: usize = 200;

impl Secret {
    /// The text that makes a suspect, before anything is done to hide it: the literal, and what is before and behind
    /// it.
    fn plain(&self) -> [Vec<u8>; 3] {
        let length = usize::from(self.length % 12);
        let body = |least: usize| body(self.seed, least + length);
        let (before, literal, behind) = match self.kind % KINDS {
            0 => (Vec::new(), &b"k_"[..], body(8)),
            1 => (Vec::new(), &b"PASS= "[..], body(8)),
            2 => (body(6), &b"+T"[..], body(3)[..3].to_vec()),
            3 => (Vec::new(), &b"B~"[..], [b"42", &body(5)[..5]].concat()),
            4 => (Vec::new(), &b"//"[..], [b"ab:", &body(6)[..]].concat()),
            5 => (Vec::new(), &b"K--"[..], b"\nabcd0123\nkdcb3210\n--E".to_vec()),
            KNOWN_KIND => (Vec::new(), &KNOWN.as_bytes()[..4], KNOWN.as_bytes()[4..].to_vec()),
            8 => (Vec::new(), &b"AG"[..], [b"kbc=", &body(6)[..]].concat()),
            TOKEN_KIND => (Vec::new(), &b"tokn_"[..], body(8)),
            _ => (Vec::new(), &b"4111"[..], b"30712296".to_vec()),
        };
        [before, literal.to_vec(), behind]
    }

    /// The bytes that a process writes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let shift = &b" .. .. "[..usize::from(self.shift % 7)];
        let [before, literal, behind] = self.plain();
        let public = shift.len() + before.len() + literal.len();
        let mut text = [shift, &before, &literal, &behind, b" .."].concat();
        let in_coding = matches!(self.kind % KINDS, KNOWN_KIND | TOKEN_KIND);
        let coats: Vec<Coat> = self.coats.iter().take(self.depth()).copied().collect();
        let first = coats.iter().position(|coat| coat.is_coding() && in_coding);
        // Base64 goes on directly over base64 that stands on one line.
        let once = first.is_some_and(|first| matches!(coats[first], Coat::Base64 | Coat::Base64Url));
        let twice = |at: usize, coat: Coat| once && first == at.checked_sub(1) && coat.is_base64();
        let step = usize::from(self.sparse % 4) + 1;
        for (at, coat) in coats.iter().enumerate() {
            let counts = if coat.is_coding() {
                first == Some(at) || twice(at, *coat)
            } else {
                at == 0 || !coat.is_parting()
            };
            if !counts || text.len() > LONGEST {
                continue;
            }
            // An encoding is known by its literal, which must stand in it as it is.
            let from = if first.is_some_and(|first| at < first) {
                public
            } else {
                0
            };
            text = coat.put_on(&text, |at| at >= from && (at - from).is_multiple_of(step));
        }
        if !coats.is_empty() {
            return text;
        }
        sprinkle(&text, &self.hidden)
    }

    /// How many coats it wears. Not promised, so not made: a run, a lead or a gap in an encoding, and what has no
    /// width inside of one.
    fn depth(&self) -> usize {
        match self.kind % KINDS {
            0 | 3 | KNOWN_KIND | TOKEN_KIND => DEPTH,
            _ => 0,
        }
    }
}

impl Piece {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let pick = |texts: &[&str], at: u8| texts[usize::from(at) % texts.len()].as_bytes().to_vec();
        match self {
            Self::Text(at) => pick(WORDS, *at),
            Self::Anchor(at) => pick(ANCHORS, *at),
            Self::Body(seed, length) => body(*seed, usize::from(length % 32)),
            Self::Hidden(at) => HIDDEN[usize::from(*at) % HIDDEN.len()].to_vec(),
            Self::Motion(at) => MOTIONS[usize::from(*at) % MOTIONS.len()].to_vec(),
            Self::Secret(secret) => secret.bytes(),
            Self::Bytes(bytes) => bytes.clone(),
        }
    }
}

/// What a list of operations is run with.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(test), derive(arbitrary::Arbitrary))]
pub(super) struct Bed {
    pub(super) terminal: bool,
    pub(super) marker: bool,
    pub(super) judge: Judge,
    /// Whether the policy ends the session on some findings.
    pub(super) blocks: bool,
}

impl Bed {
    pub(super) fn outlet(self) -> Outlet {
        if self.terminal { Outlet::Terminal } else { Outlet::Pipe }
    }

    pub(super) fn replacement(self) -> Replacement {
        if self.marker {
            Replacement::Marker
        } else {
            Replacement::Mask
        }
    }
}

/// A bed and its operations.
#[derive(Debug, Clone)]
#[cfg_attr(not(test), derive(arbitrary::Arbitrary))]
pub(super) struct Script {
    pub(super) bed: Bed,
    pub(super) ops: Vec<Op>,
}

impl Script {
    /// A text of such pieces, with idle marks in it and at its end.
    pub(super) fn dense(bed: Bed, pieces: &[u8]) -> Self {
        let mut ops = Vec::new();
        let mut text = Vec::new();
        for at in pieces {
            let at = usize::from(*at) % (DENSE.len() + IDLE);
            if let Some(piece) = DENSE.get(at) {
                text.extend_from_slice(piece.as_bytes());
            } else {
                ops.push(Op::Push(vec![Piece::Bytes(std::mem::take(&mut text))]));
                ops.push(Op::Mark(Mark::Idle));
            }
        }
        ops.extend([Op::Push(vec![Piece::Bytes(text)]), Op::Mark(Mark::Idle)]);
        Self { bed, ops }
    }

    /// All that the process writes before the end.
    pub(super) fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for op in &self.ops {
            match op {
                Op::Push(pieces) => text.extend(pieces.iter().flat_map(Piece::bytes)),
                Op::End => break,
                Op::Mark(_) | Op::AnswerLate(_) | Op::GuestTraps | Op::ShuffledAnswers | Op::OneSuspectACall => {}
            }
        }
        text
    }
}
