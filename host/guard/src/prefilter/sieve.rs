//! The table that every second position of a text is held against, or every one where 64 of them are looked at at once.

#[cfg(target_arch = "x86_64")]
use std::cell::Cell;

#[cfg(target_arch = "x86_64")]
use super::places::{Places, sift};
use super::twos::Twos;
use crate::set::ByteSet;

/// How many bytes of text are looked at before a branch.
const BLOCK: usize = 8;
/// One word for each hash: 64 KiB, of which ordinary text touches a few, since few sequences make up most of it.
const FIRST: u32 = 14;
const SECOND: u32 = 16;
/// The fourth byte has no part in the product's upper half.
const HASH: u32 = 0x3779_B100;

/// What four bytes of a text can be.
pub(super) struct Sieve {
    /// By three bytes: a bit for what the fourth may be.
    first: Box<[u32; 1 << FIRST]>,
    /// The same under another hash, asked only about what the first table lets through. Bits of the fourth byte, and
    /// the kinds of windows that are there.
    second: Box<[Second; 1 << SECOND]>,
    /// Which first two, middle two and last two bytes of a window there are, where every position is held against the
    /// tables: with a processor that looks at every one as fast as at every second.
    twos: Option<Box<[Twos; 3]>>,
}

#[derive(Clone, Copy, Default)]
struct Second {
    fourths: u8,
    kinds: u8,
}

/// What stands in the fourth place of a window, folded into the bits of both tables.
#[derive(Clone, Copy)]
pub(super) struct Fourth {
    first: u32,
    second: u8,
}

impl Fourth {
    pub(super) fn of(set: &ByteSet) -> Self {
        let mut fourth = Self { first: 0, second: 0 };
        for (octet, bytes) in (0_u8..).zip(set.octets()) {
            if bytes != 0 {
                fourth.first |= u32::from(bytes) << (octet % 4 * 8);
                // Which bit of the second table a byte has is told by its own last three bits, turned by the next
                // three.
                let turned = (0..8).filter(|bit| bytes >> bit & 1 == 1);
                fourth.second |= turned.fold(0, |bits, bit| bits | 1 << (bit ^ octet & 7));
            }
        }
        fourth
    }

    /// A byte, in either case where that doesn't count.
    pub(super) fn either(byte: u8, any_case: bool) -> Self {
        let mut fourth = Self { first: 0, second: 0 };
        fourth.insert(byte);
        if any_case && byte.is_ascii_alphabetic() {
            fourth.insert(byte ^ 0x20);
        }
        fourth
    }

    fn insert(&mut self, byte: u8) {
        let four = u32::from(byte) << 24;
        self.first |= 1_u32.wrapping_shl(first_bit(four));
        self.second |= 1 << second_bit(four);
    }
}

impl Sieve {
    /// Every position of a text is looked at if the processor can, and every second one otherwise.
    pub(super) fn new() -> Self {
        let first = vec![0; 1 << FIRST].into_boxed_slice();
        let second = vec![Second::default(); 1 << SECOND].into_boxed_slice();
        Self {
            first: first.try_into().expect("the length is the type's"),
            second: second.try_into().ok().expect("the length is the type's"),
            twos: can_look_everywhere().then(Box::default),
        }
    }

    /// The pairs of bytes of what was added, where a literal is found by one window, wherever it stands. Otherwise it
    /// needs one for even and one for odd places.
    pub(super) fn twos(&self) -> Option<&[Twos; 3]> {
        self.twos.as_deref()
    }

    /// Lets these three bytes through where a byte of `fourth` follows, as a window of this kind.
    pub(super) fn add(&mut self, three: [u8; 3], fourth: Fourth, kind: u8) {
        let [a, b, c] = three;
        let four = u32::from_le_bytes([a, b, c, 0]);
        self.first[first_hash(four)] |= fourth.first;
        let second = &mut self.second[second_hash(four)];
        second.fourths |= fourth.second;
        second.kinds |= 1 << kind;
        if let Some(twos) = &mut self.twos {
            twos[0].insert(a, b);
            twos[1].insert(b, c);
            (0..32)
                .filter(|bit| fourth.first >> bit & 1 == 1)
                .for_each(|bit| twos[2].insert(c, bit));
        }
    }

    /// Calls `look` with the places that may begin a window, every one or the even ones, and the kinds of windows
    /// they may begin.
    #[inline(always)]
    pub(super) fn search(&self, text: &[u8], mut look: impl FnMut(usize, u8)) {
        #[cfg(target_arch = "x86_64")]
        if let Some(twos) = &self.twos {
            #[allow(
                unsafe_code,
                reason = "instructions that not every processor has can't be called otherwise"
            )]
            // SAFETY: the processor has all of them, or there would be none.
            unsafe {
                widest::search(self, twos, text, &mut look);
            }
            return;
        }
        self.search_even(text, look);
    }

    /// Calls `look` with the kinds of windows that four bytes may be.
    #[inline(always)]
    fn look_at(&self, four: u32, look: impl FnMut(u8)) {
        if self.passes(four) & 1 != 0 {
            self.again(four).into_iter().for_each(look);
        }
    }

    #[inline(always)]
    fn search_even(&self, text: &[u8], mut look: impl FnMut(usize, u8)) {
        let mut at = 0;
        #[cfg(target_arch = "x86_64")]
        if crate::wide::has_256() {
            let mut look_at = |base: usize, halves: &[u16]| {
                let place = |half: u16| base + 2 * usize::from(half);
                let again = |half| self.again(four(text, place(half)));
                sift(
                    halves,
                    |half| again(half).is_some(),
                    |half| again(half).into_iter().for_each(|kinds| look(place(half), kinds)),
                );
            };
            #[allow(
                unsafe_code,
                reason = "instructions that not every processor has can't be called otherwise"
            )]
            // SAFETY: the processor has all three, as was just asked.
            let searched = unsafe { wide::search(&self.first, text, &mut look_at) };
            at = searched;
        }
        // The last position of a block reads two bytes behind it.
        while let Some(block) = text.get(at..).and_then(|rest| rest.first_chunk::<{ BLOCK + 2 }>()) {
            if self.any(block) {
                self.each(block, |place, kinds| look(at + place, kinds));
            }
            at += BLOCK;
        }
        for place in (at..text.len()).step_by(2) {
            let Some(four) = text[place..].first_chunk() else { break };
            self.look_at(u32::from_le_bytes(*four), |kinds| look(place, kinds));
        }
        // What follows a short literal at the very end has not come yet, so the tables can't tell.
        let end = text.len().saturating_sub(3).next_multiple_of(2);
        (end..text.len()).step_by(2).for_each(|place| look(place, u8::MAX));
    }

    #[inline(always)]
    fn any(&self, block: &[u8; BLOCK + 2]) -> bool {
        let four = |place: usize| u32::from_le_bytes(*block[place..].first_chunk().expect("the block holds it"));
        let any = (0..BLOCK)
            .step_by(2)
            .fold(0, |any, place| any | self.passes(four(place)));
        any & 1 != 0
    }

    #[inline(never)]
    fn each(&self, block: &[u8; BLOCK + 2], mut look: impl FnMut(usize, u8)) {
        for place in (0..BLOCK).step_by(2) {
            let four = u32::from_le_bytes([block[place], block[place + 1], block[place + 2], block[place + 3]]);
            self.look_at(four, |kinds| look(place, kinds));
        }
    }

    /// Whether the first table lets four bytes through, in the lowest bit.
    #[inline(always)]
    fn passes(&self, four: u32) -> u32 {
        self.first[first_hash(four)].wrapping_shr(first_bit(four))
    }

    #[inline(always)]
    fn again(&self, four: u32) -> Option<u8> {
        let second = self.second[second_hash(four)];
        (second.fourths >> second_bit(four) & 1 == 1).then_some(second.kinds)
    }
}

#[cfg(target_arch = "x86_64")]
thread_local! {
    /// Room for the places of one search. It is large, and many searches are of a few bytes.
    static ROOM: Cell<Option<Box<Places>>> = const { Cell::new(None) };
}

/// The four bytes at a place of a text, all of which are there.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn four(text: &[u8], place: usize) -> u32 {
    let four = text[place..].first_chunk();
    u32::from_le_bytes(*four.expect("all four are there"))
}

fn can_look_everywhere() -> bool {
    #[cfg(target_arch = "x86_64")]
    return crate::wide::has_512();
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// A hash of the first three bytes.
#[inline(always)]
fn first_hash(four: u32) -> usize {
    (four.wrapping_mul(HASH) >> (32 - FIRST)) as usize
}

/// The fourth byte: the lowest five bits count.
#[inline(always)]
fn first_bit(four: u32) -> u32 {
    four >> 24
}

#[inline(always)]
fn second_hash(four: u32) -> usize {
    (four.wrapping_mul(0xEBCA_6B00) >> (32 - SECOND)) as usize
}

#[inline(always)]
fn second_bit(four: u32) -> u32 {
    (four >> 27 ^ four >> 24) & 7
}

#[cfg(target_arch = "x86_64")]
mod widest;

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{
        __m256i, _mm256_and_si256, _mm256_castsi256_ps, _mm256_i32gather_epi32, _mm256_movemask_ps, _mm256_mullo_epi32,
        _mm256_set_epi64x, _mm256_set1_epi32, _mm256_shuffle_epi8, _mm256_slli_epi32, _mm256_srli_epi32,
        _mm256_srlv_epi32,
    };

    use super::{FIRST, HASH, ROOM};
    use crate::prefilter::places::PIECE;

    /// How many bytes are looked at together, at every second of them.
    const BLOCK: usize = 16;
    /// Of so many places it is told together which are left, and how many usually are at most.
    const PUSHED: usize = 64;
    const USUAL: usize = 4;

    /// Calls `look_at` with where a piece begins and the halves of the even places in it that the table lets through,
    /// as far as whole blocks reach. Answers how far.
    #[target_feature(enable = "avx2,bmi1,popcnt")]
    #[inline]
    pub(super) fn search(table: &[u32; 1 << FIRST], text: &[u8], look_at: &mut impl FnMut(usize, &[u16])) -> usize {
        let spread = i64::from_le_bytes([0, 1, 2, 3, 2, 3, 4, 5]);
        let spread_on = i64::from_le_bytes([4, 5, 6, 7, 6, 7, 8, 9]);
        let spread = _mm256_set_epi64x(spread_on, spread, spread_on, spread);
        let hash = _mm256_set1_epi32(HASH.cast_signed());
        let bits = _mm256_set1_epi32(31);
        let mut places = ROOM.take().unwrap_or_default();
        let (mut base, mut at) = (0, 0);
        // A bit for each half of a place, of as many as are pushed at once.
        let mut left = 0;
        while let Some(block) = text[base + at..].first_chunk::<{ BLOCK + 8 }>() {
            let fours = _mm256_shuffle_epi8(load(block), spread);
            let index = _mm256_srli_epi32::<{ 32 - FIRST as i32 }>(_mm256_mullo_epi32(fours, hash));
            #[allow(unsafe_code, reason = "the processor does not check bounds")]
            // SAFETY: an index has as many bits as the table's length allows, and all of it is initialised.
            let words = unsafe { _mm256_i32gather_epi32::<4>(table.as_ptr().cast(), index) };
            let bit = _mm256_and_si256(_mm256_srli_epi32::<24>(fours), bits);
            let first = _mm256_slli_epi32::<31>(_mm256_srlv_epi32(words, bit));
            let passes = _mm256_movemask_ps(_mm256_castsi256_ps(first)).cast_unsigned();
            left |= u64::from(passes) << (at / 2 % PUSHED);
            at += BLOCK;
            if at.is_multiple_of(2 * PUSHED) {
                places.push::<USUAL>(std::mem::take(&mut left), at / 2 - PUSHED);
                if at == PIECE {
                    look_at(base, places.take());
                    (base, at) = (base + PIECE, 0);
                }
            }
        }
        places.push::<USUAL>(left, at / 2 / PUSHED * PUSHED);
        look_at(base, places.take());
        ROOM.set(Some(places));
        base + at
    }

    /// The first sixteen bytes in one half, and those from the eighth on in the other.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn load(block: &[u8; BLOCK + 8]) -> __m256i {
        let word = |at: usize| i64::from_le_bytes(*block[at..].first_chunk().expect("the block holds it"));
        _mm256_set_epi64x(word(16), word(8), word(8), word(0))
    }
}
