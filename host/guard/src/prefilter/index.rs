//! The literals that are found by one mark.

use super::Literals;
use super::beginnings::{Beginnings, Fourths};
use super::filter::Filter;
use super::shelf::{Probe, Shelf, padded};

/// The bytes of a window, all of which are the literal's.
pub(super) const WINDOW: usize = 4;
/// With so many bytes behind a window's beginning a literal is told apart by them: most words begin like some
/// literal, and few go on like it.
const SIX: usize = 6;

/// Literals by what stands at the place of a mark.
pub(super) struct Index {
    /// The first four bytes of all.
    beginnings: Beginnings,
    /// The first four of short ones, and the first six of the others.
    fours: Filter,
    sixes: Filter,
    /// The bits that are taken for the same.
    folded: u64,
    shelf: Shelf,
}

impl Index {
    pub(super) fn new(probes: &[Probe], literals: &Literals, folded: u32) -> Self {
        let own = |probe: &Probe| probe.own_bytes(literals.get(probe.literal()).bytes);
        let long = probes.iter().filter(|probe| own(probe).len() >= SIX).count();
        let mut index = Self {
            beginnings: Beginnings::with_room(probes.len(), folded),
            fours: Filter::with_room(probes.len() - long),
            sixes: Filter::with_room(long),
            folded: u64::from(folded) << 32 | u64::from(folded),
            shelf: Shelf::new(probes),
        };
        for probe in probes {
            let own = own(probe);
            let eight: [u8; 8] = padded(own);
            let [a, b, c, d, ..] = eight;
            index.beginnings.insert([a, b, c], Fourths::one(d));
            let eight = u64::from_le_bytes(eight) | index.folded;
            if own.len() >= SIX {
                index.sixes.insert::<SIX>(eight);
            } else {
                index.fours.insert::<WINDOW>(eight);
            }
        }
        index
    }

    pub(super) fn is_empty(&self) -> bool {
        self.shelf.is_empty()
    }

    /// What its windows begin with.
    pub(super) fn beginnings(&self) -> &Beginnings {
        &self.beginnings
    }

    /// The same, for what else is looked for at the same places.
    pub(super) fn beginnings_mut(&mut self) -> &mut Beginnings {
        &mut self.beginnings
    }

    /// Calls `tell` with the literals whose windows begin with these eight bytes at `place`.
    #[inline(always)]
    pub(super) fn search(
        &self,
        text: &[u8],
        (place, eight): (usize, u64),
        literals: &Literals,
        tell: &mut impl FnMut(u32, usize, usize),
    ) {
        if self.may_have(eight) {
            self.look(text, place, literals, tell);
        }
    }

    /// Whether a window may begin with the first of these eight bytes, once it has begun like one. All is looked up,
    /// without a branch.
    #[inline(always)]
    pub(super) fn may_have(&self, eight: u64) -> bool {
        let folded = eight | self.folded;
        self.sixes.may_have::<SIX>(folded) | self.fours.may_have::<WINDOW>(folded)
    }

    /// Calls `tell` with the literals whose windows begin at `place`.
    #[inline(never)]
    pub(super) fn look(
        &self,
        text: &[u8],
        place: usize,
        literals: &Literals,
        tell: &mut impl FnMut(u32, usize, usize),
    ) {
        self.shelf.search(text, (place, u8::MAX), literals, tell);
    }
}
