//! The literals that are found by one mark.

use super::Literals;
use super::filter::Filter;
use super::shelf::{Probe, Shelf};

/// The bytes of a window, all of which are the literal's.
pub(super) const WINDOW: usize = 4;
/// Letters of any case are taken for the same.
pub(super) const ANY_CASE: u64 = 0x2020_2020_2020_2020;
/// With so many bytes behind a window's beginning a literal is told apart by them, and not by four.
const SIX: usize = 6;

/// Literals by what stands at the place of a mark.
pub(super) struct Index {
    /// The first four bytes of short ones.
    fours: Filter,
    /// The first six of the others: most words begin like some literal, and few go on like it.
    sixes: Filter,
    /// The bits that are taken for the same.
    folded: u64,
    shelf: Shelf,
}

impl Index {
    pub(super) fn new(probes: &[Probe], literals: &Literals, folded: u64) -> Self {
        let own = |probe: &Probe| probe.from_window(literals.get(probe.literal()).bytes);
        let long = probes.iter().filter(|probe| own(probe).len() >= SIX).count();
        let (mut fours, mut sixes) = (Filter::with_room(probes.len() - long), Filter::with_room(long));
        for probe in probes {
            let own = own(probe);
            let mut eight = [0; 8];
            let length = own.len().min(eight.len());
            eight[..length].copy_from_slice(&own[..length]);
            let eight = u64::from_le_bytes(eight) | folded;
            if own.len() >= SIX {
                sixes.insert::<SIX>(eight);
            } else {
                fours.insert::<WINDOW>(eight);
            }
        }
        Self {
            fours,
            sixes,
            folded,
            shelf: Shelf::new(probes),
        }
    }

    /// Whether a literal's window may begin with eight bytes.
    #[inline(always)]
    pub(super) fn may_have(&self, eight: u64) -> bool {
        let eight = eight | self.folded;
        self.fours.may_have::<WINDOW>(eight) | self.sixes.may_have::<SIX>(eight)
    }

    /// Calls `tell` with the literals whose windows begin at `place`.
    #[inline(never)]
    pub(super) fn look(&self, text: &[u8], place: usize, literals: &Literals, tell: &mut impl FnMut(u32, usize, usize)) {
        self.shelf.search(text, place, u8::MAX, |literal, start, end| {
            if literals.get(literal).is(&text[start..end]) {
                tell(literal, start, end);
            }
        });
    }
}
