//! The sieve over 64 positions at once: pairs of bytes tell most of them apart, and the table is asked about the few
//! that are left.

use super::{ROOM, Sieve, four};
use crate::classes::BLOCK;
use crate::prefilter::places::{PIECE, Places, sift, widest};
use crate::prefilter::twos::{Twos, widest as pairs};
use crate::wide::load_64;

/// How many bytes of a window are behind its first one.
const BEHIND: usize = 3;

/// Calls `look` with each place that may begin a window, all of whose bytes are there, as they are the literal's own,
/// and the kinds of windows it may begin.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
#[inline]
pub(super) fn search(sieve: &Sieve, twos: &[Twos; 3], text: &[u8], look: &mut impl FnMut(usize, u8)) {
    if text.len() <= BEHIND {
        return;
    }
    let [first, middle, last] = twos;
    let tables = [
        pairs::Table::new(first),
        pairs::Table::new(middle),
        pairs::Table::new(last),
    ];
    let mut places = ROOM.take().unwrap_or_default();
    for base in (0..text.len() - BEHIND).step_by(PIECE) {
        let piece = &text[base..];
        let piece = &piece[..piece.len().min(PIECE + BEHIND)];
        let mut at = 0;
        while let Some(block) = piece[at..].first_chunk() {
            widest::push(&mut places, left(&tables, block), at);
            at += BLOCK;
        }
        let rest = &piece[at..];
        if rest.len() > BEHIND {
            let mut block = [0; BLOCK + BEHIND];
            block[..rest.len()].copy_from_slice(rest);
            let whole = u64::MAX >> (BLOCK + BEHIND - rest.len());
            widest::push(&mut places, left(&tables, &block) & whole, at);
        }
        look_at(sieve, (piece, base), &mut places, look);
    }
    ROOM.set(Some(places));
}

/// Which positions pairs of bytes leave.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
#[inline]
fn left(tables: &[pairs::Table; 3], block: &[u8; BLOCK + BEHIND]) -> u64 {
    let bytes = |from: usize| load_64(block[from..].first_chunk().expect("so many are behind the block"));
    let [first, second, third, fourth] = [bytes(0), bytes(1), bytes(2), bytes(3)];
    let [one, two, three] = tables;
    one.may_have(first, second) & two.may_have(second, third) & three.may_have(third, fourth)
}

/// Looks up the places of a piece. The compiler would gather from the table if it could, which is slower than word by
/// word.
#[inline(never)]
fn look_at(sieve: &Sieve, (piece, base): (&[u8], usize), places: &mut Places, look: &mut impl FnMut(usize, u8)) {
    // A window's bytes are all there.
    let four = |place: u16| four(piece, usize::from(place));
    sift(
        places.take(),
        |place| sieve.passes(four(place)) & 1 == 1,
        |place| {
            sieve
                .again(four(place))
                .into_iter()
                .for_each(|kinds| look(base + usize::from(place), kinds));
        },
    );
}
