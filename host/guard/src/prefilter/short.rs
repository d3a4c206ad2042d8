//! Literals that are too short for the sieve, searched for with what may stand behind them.

use super::literals::{Behind, Literal};
use std::sync::OnceLock;

use super::rarity::Rarity;
use super::shapes::{PLACES, Shape, Shapes};
use super::shelf::padded;
use super::{Literals, may_follow};
use crate::coding::escapes;
use crate::set::ByteSet;

/// All short literals.
pub(super) struct Shorts {
    /// What they look like in a text without zeros, and in any.
    usual: Shapes,
    any: OnceLock<Shapes>,
    /// What any text may hold: few sessions see a zero.
    shapes: Vec<Shape>,
    /// By first byte.
    all: Vec<Short>,
    /// Where those of each first byte begin in `all`, and where the last end.
    begins: Box<[u32; 257]>,
}

/// A literal of at most four bytes.
#[derive(Clone, Copy)]
pub(super) struct Short {
    /// Its bytes, and which of their bits count.
    bytes: u32,
    mask: u32,
    literal: u32,
    length: u8,
    behind: Behind,
}

impl Shorts {
    pub(super) fn new(indices: &[u32], literals: &Literals, rarity: &Rarity) -> Self {
        let mut all: Vec<(u8, Short)> = Vec::new();
        let mut kinds = Vec::new();
        for index in indices {
            let literal = literals.get(*index);
            let short = Short::new(*index, literal, literals.behind(*index));
            let [first, ..] = short.bytes.to_le_bytes();
            all.push((first, short));
            if literal.any_case && first.is_ascii_alphabetic() {
                all.push((first ^ 0x20, short));
            }
            variants(literal, &mut kinds);
        }
        all.sort_by_key(|(first, _)| *first);
        let begin = |first: usize| all.partition_point(|(of, _)| usize::from(*of) < first);
        let begins = std::array::from_fn(|first| u32::try_from(begin(first)).expect("there are fewer than 2^32"));
        Self {
            usual: Shapes::new(
                kinds.iter().filter(|kind| !kind.zero).map(|kind| kind.shape).collect(),
                rarity,
            ),
            any: OnceLock::new(),
            shapes: kinds.iter().map(|kind| kind.shape).collect(),
            all: all.into_iter().map(|(_, short)| short).collect(),
            begins: Box::new(begins),
        }
    }

    /// Whether this literal is one of them.
    pub(super) fn has(&self, literal: u32) -> bool {
        self.all.iter().any(|short| short.literal == literal)
    }

    /// Calls `tell` with the literal, start and end of each occurrence.
    #[inline]
    pub(super) fn search(&self, text: &[u8], literals: &Literals, tell: &mut impl FnMut(u32, usize, usize)) {
        let mut found = |start| self.at(text, start, literals, tell);
        // Nearly all texts are without zeros, and with them there are more shapes than can be told apart.
        if memchr::memchr(0, text).is_none() {
            self.usual.search(text, &mut found);
        } else {
            let any = || Shapes::new(self.shapes.clone(), &Rarity::new());
            self.any.get_or_init(any).search(text, &mut found);
        }
    }

    /// Calls `tell` with those that begin at one place.
    #[inline(never)]
    pub(super) fn at(&self, text: &[u8], start: usize, literals: &Literals, tell: &mut impl FnMut(u32, usize, usize)) {
        let first = usize::from(text[start]);
        let (from, to) = (self.begins[first] as usize, self.begins[first + 1] as usize);
        is_there(&self.all[from..to], text, start, literals, tell);
    }
}

/// Tells of those that stand at a place of a text, before what may follow them.
#[inline(always)]
pub(super) fn is_there(
    shorts: &[Short],
    text: &[u8],
    start: usize,
    literals: &Literals,
    tell: &mut impl FnMut(u32, usize, usize),
) {
    let rest = &text[start..];
    let four = u32::from_le_bytes(padded(rest));
    for short in shorts {
        let length = usize::from(short.length);
        if four & short.mask != short.bytes || length > rest.len() {
            continue;
        }
        if may_follow(literals.followers(short.behind), &rest[length..]) {
            tell(short.literal, start, start + length);
        }
    }
}

impl Short {
    pub(super) fn new(index: u32, literal: Literal<'_>, behind: Behind) -> Self {
        let (mut bytes, mut mask) = ([0; PLACES], [0; PLACES]);
        for ((byte, mask), own) in bytes.iter_mut().zip(&mut mask).zip(literal.bytes) {
            *mask = if literal.any_case && own.is_ascii_alphabetic() {
                0xDF
            } else {
                0xFF
            };
            *byte = own & *mask;
        }
        Self {
            bytes: u32::from_le_bytes(bytes),
            mask: u32::from_le_bytes(mask),
            literal: index,
            length: u8::try_from(literal.bytes.len()).expect("it is short"),
            behind,
        }
    }

    /// Its first two bytes, letters of any case as capitals.
    pub(super) fn two(&self) -> u16 {
        let [first, second, ..] = self.bytes.to_le_bytes();
        u16::from_le_bytes([first, second])
    }

    /// The literal's number.
    pub(super) fn literal(&self) -> u32 {
        self.literal
    }
}

/// Literals of one length with the same followers.
struct Kind {
    length: usize,
    key: [ByteSet; PLACES],
    shape: Shape,
    /// A zero byte is part of it.
    zero: bool,
}

/// Adds the shapes of a literal and its followers to those of the same kind. Escapes are followers of their own,
/// since with them a shape would hold much of ordinary text.
fn variants(literal: Literal<'_>, kinds: &mut Vec<Kind>) {
    let length = literal.bytes.len();
    let mut own = Shape::ALL;
    for (set, byte) in own.0.iter_mut().zip(literal.bytes) {
        *set = if literal.any_case {
            ByteSet::of(&[byte.to_ascii_lowercase(), byte.to_ascii_uppercase()])
        } else {
            ByteSet::of(&[*byte])
        };
    }
    let escapes = escapes();
    let mut add = |followers: &[ByteSet]| {
        let mut shape = own;
        let mut key = Shape::ALL.0;
        for (place, set) in (length..PLACES).zip(followers) {
            shape.0[place] = *set;
            key[place] = *set;
        }
        let zero = literal.bytes.contains(&0) || followers.last() == Some(&ByteSet::of(&[0]));
        // With another beside it, the halves of a single byte would be those of blanks; those of three bytes would be
        // many words.
        let alone = length == 1 || length == 3;
        let is_same = |kind: &&mut Kind| !alone && (kind.length, kind.key, kind.zero) == (length, key, zero);
        match kinds.iter_mut().find(is_same) {
            Some(same) => same.shape = same.shape.union(&shape),
            None => kinds.push(Kind {
                length,
                key,
                shape,
                zero,
            }),
        }
    };
    let followers = literal.followers;
    let plain: Vec<ByteSet> = followers.iter().map(|set| set.without(&escapes)).collect();
    if plain == followers {
        add(followers);
        return;
    }
    for (place, set) in followers.iter().enumerate().take(PLACES - length.min(PLACES)) {
        let escaped = set.common(&escapes);
        // With the zero byte among them a shape would let blanks through.
        let zero = ByteSet::of(&[0]);
        for part in [escaped.without(&zero), escaped.common(&zero)] {
            if !part.is_empty() {
                let mut sets = plain[..place].to_vec();
                sets.push(part);
                add(&sets);
            }
        }
    }
    add(&plain);
}
