//! Where streams are cut: at random, and the same from the same seed.

/// Draws the lengths of the pieces in which streams come. What is decided must not depend on them; an evaluation
/// draws them all the same, so that it measures what a pipeline would see.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cuts(u64);

/// How the pieces of one text are drawn.
const KINDS: [Option<usize>; 16] = [
    // As a whole, as most short texts come.
    None,
    None,
    None,
    None,
    None,
    None,
    Some(512),
    Some(512),
    Some(256),
    Some(128),
    Some(64),
    Some(64),
    Some(32),
    Some(16),
    Some(4),
    Some(1),
];

impl Cuts {
    /// The cuts of one text: they depend on nothing but the seed and the text's number.
    pub(super) fn of(seed: u64, number: u64) -> Self {
        Self(seed ^ number.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    /// The lengths of a text's pieces, without end.
    pub(super) fn pieces(mut self) -> impl Iterator<Item = usize> {
        let kind = KINDS[self.below(KINDS.len())];
        std::iter::from_fn(move || kind.map(|longest| 1 + self.below(longest)))
    }

    /// A number below `bound`, which isn't 0: `SplitMix64`, which is good enough to cut with.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        usize::try_from(bits % bound as u64).expect("it is below an index")
    }
}

#[cfg(test)]
mod tests {
    use super::Cuts;

    #[test]
    fn cuts_are_the_same_again_and_of_every_kind() {
        let of = |seed, number| Cuts::of(seed, number).pieces().take(9).collect::<Vec<_>>();
        assert_eq!(of(7, 3), of(7, 3));
        let all: Vec<_> = (0..200).map(|number| of(7, number)).collect();
        assert_ne!(all, (0..200).map(|number| of(8, number)).collect::<Vec<_>>());
        assert!(all.contains(&vec![]), "some texts come as a whole");
        assert!(all.contains(&vec![1; 9]), "and some byte by byte");
        assert!(all.iter().flatten().all(|piece| (1..=512).contains(piece)));
    }
}
