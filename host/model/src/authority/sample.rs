//! Findings of a candidate that the host drew at random, to be labelled.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::record::{Digest, RunId};

/// What was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// How it was drawn.
    #[serde(flatten)]
    pub draw: Draw,
    /// How many findings there were to draw from.
    pub of: u64,
    /// Those that were drawn.
    pub places: Vec<SampledPlace>,
}

/// How findings are drawn. The same draw from the same findings gives the same places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Draw {
    /// The candidate.
    pub candidate: Version,
    /// What it was compared with.
    pub incumbent: Version,
    /// What decides which: 64 hexadecimal digits that the kernel gave.
    pub seed: Digest,
    /// How many runs the state folder knew to be closed. What they hold is what is drawn from.
    pub heads: u64,
    /// How many are drawn, where there are as many.
    pub count: u32,
}

/// A finding that was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SampledPlace {
    /// The run.
    pub run: RunId,
    /// The number of the place in the run's `shadow.jsonl`.
    pub place: u32,
    /// Digest of the place's line.
    pub line: Digest,
}

impl Draw {
    /// Draws from these places, each at most once.
    #[must_use]
    pub fn from(self, places: Vec<SampledPlace>) -> Sample {
        let (of, seed) = (places.len() as u64, self.seed);
        let mut keyed: Vec<(Digest, SampledPlace)> = places
            .into_iter()
            .map(|place| {
                let text = format!(
                    "cofferdam.sample/v1\n{seed}\n{} {} {}",
                    place.run, place.place, place.line
                );
                (Digest::of(text.as_bytes()), place)
            })
            .collect();
        // The smallest of as many keyed hashes: each set of this size is as likely as any other.
        keyed.sort_unstable();
        keyed.truncate(usize::try_from(self.count).unwrap_or(usize::MAX));
        let mut places: Vec<SampledPlace> = keyed.into_iter().map(|(_, place)| place).collect();
        places.sort_unstable();
        Sample { draw: self, of, places }
    }
}

impl Sample {
    /// The digest by which the log of acts names it.
    #[must_use]
    pub fn named(&self) -> Digest {
        Digest::of(&serde_json::to_vec(self).expect("a draw is plain JSON"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places(count: u32) -> Vec<SampledPlace> {
        (0..count)
            .map(|place| SampledPlace {
                run: RunId::new(u64::from(place / 7), [0; 10]),
                place,
                line: Digest::of(&place.to_be_bytes()),
            })
            .collect()
    }

    fn draw(seed: Digest, count: u32) -> Draw {
        let version = |name: &str| Version {
            name: name.parse().expect("a name"),
            digest: Digest::of(name.as_bytes()),
            settings: Digest::of(b"{}"),
        };
        Draw {
            candidate: version("next"),
            incumbent: version("base"),
            seed,
            heads: 9,
            count,
        }
    }

    proptest! {
        #[test]
        fn a_draw_is_a_set_of_the_places_and_hangs_on_the_seed_alone(seed: [u8; 32], count in 0..60_u32) {
            let seed = Digest::from_bytes(seed);
            let all = places(50);
            let drawn = draw(seed, count).from(all.clone());
            prop_assert_eq!(drawn.places.len(), count.min(50) as usize);
            prop_assert!(drawn.places.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(drawn.places.iter().all(|place| all.contains(place)));
            let mut turned = all;
            turned.reverse();
            prop_assert_eq!(drawn.named(), draw(seed, count).from(turned.clone()).named());
            // Whoever takes a finding away is found out, whether it was drawn or not.
            turned.pop();
            prop_assert_ne!(drawn.named(), draw(seed, count).from(turned).named());
        }
    }

    #[test]
    fn each_place_is_about_as_likely() {
        let mut counts = [0_u32; 20];
        for seed in 0..2_000_u32 {
            for place in draw(Digest::of(&seed.to_be_bytes()), 5).from(places(20)).places {
                counts[place.place as usize] += 1;
            }
        }
        assert!(counts.iter().all(|count| (420..580).contains(count)), "{counts:?}");
    }
}
