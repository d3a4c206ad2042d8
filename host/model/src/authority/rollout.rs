//! How far a candidate has come, and what moved it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Custody, PersonName, PublicKey, Role, Statement};
use crate::record::{Digest, Name, RunId, SafeText, Timestamp};

/// How far a candidate has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It runs beside the version in force, and changes nothing.
    Shadow,
    /// It is in force in a share of runs, or in some tasks.
    Limited,
    /// It is in force.
    Enforce,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Shadow => "shadow",
            Self::Limited => "limited",
            Self::Enforce => "enforce",
        })
    }
}

/// A plugin with one component and one table of settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// What the configuration calls it.
    pub name: Name,
    /// The digest of its component.
    pub digest: Digest,
    /// The digest of its settings.
    pub settings: Digest,
}

/// A person moves a candidate on, after the gate held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// The version of this form.
    pub schema: PromotionSchema,
    /// The version in force, in whose place the candidate comes.
    pub incumbent: Version,
    /// The candidate.
    pub candidate: Version,
    /// How far it goes.
    pub to: Phase,
    /// The digest of the evidence, which stands beside the promotion in the task's log.
    pub evidence: Digest,
    /// Who promotes it.
    pub by: PersonName,
    /// The key that signs.
    pub key: PublicKey,
    /// How that key was kept.
    pub custody: Custody,
    /// When.
    pub at: Timestamp,
    /// Why, in the person's words, as the guard cleared them.
    pub why: SafeText,
}

/// The version of a promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum PromotionSchema {
    /// The first version.
    #[default]
    #[serde(rename = "cofferdam.promotion/v1")]
    V1,
}

impl Statement for Promotion {
    const DOMAIN: &'static str = "cofferdam.promotion/v1";

    fn role(&self) -> Role {
        Role::Approve
    }

    fn by(&self) -> &PersonName {
        &self.by
    }

    fn key(&self) -> PublicKey {
        self.key
    }

    fn at(&self) -> Timestamp {
        self.at
    }

    fn until(&self) -> Option<Timestamp> {
        None
    }
}

/// Findings of a candidate that the host drew at random, to be labelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// The candidate.
    pub candidate: Version,
    /// What it was compared with.
    pub incumbent: Version,
    /// How many runs the state folder knew to be closed. What they hold is what was drawn from.
    pub heads: u64,
    /// What decided which: 64 hexadecimal digits that the kernel gave.
    pub seed: Digest,
    /// How many findings there were to draw from.
    pub of: u64,
    /// Those that were drawn.
    pub places: Vec<SampledPlace>,
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

impl Sample {
    /// Draws so many of these places, each at most once. The same seed draws the same ones from the same places.
    #[must_use]
    pub fn draw(
        (candidate, incumbent): (Version, Version),
        (seed, heads): (Digest, u64),
        from: Vec<SampledPlace>,
        count: usize,
    ) -> Self {
        let of = from.len() as u64;
        let mut keyed: Vec<(Digest, SampledPlace)> = from
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
        keyed.truncate(count);
        let mut places: Vec<SampledPlace> = keyed.into_iter().map(|(_, place)| place).collect();
        places.sort_unstable();
        Self {
            candidate,
            incumbent,
            heads,
            seed,
            of,
            places,
        }
    }

    /// Whether the same draw comes out again from what there was to draw from.
    #[must_use]
    pub fn is_drawn_from(&self, from: Vec<SampledPlace>) -> bool {
        let versions = (self.candidate.clone(), self.incumbent.clone());
        Self::draw(versions, (self.seed, self.heads), from, self.places.len()) == *self
    }

    /// The digest by which the log of acts names it.
    #[must_use]
    pub fn named(&self) -> Digest {
        Digest::of(&serde_json::to_vec(self).expect("a draw is plain JSON"))
    }
}

impl Version {
    /// Whether it is the same component with the same settings, whatever it is called.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (self.digest, self.settings) == (other.digest, other.settings)
    }
}

/// What came of a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct PhaseResults {
    /// Runs: on trial, or in force.
    pub runs: u64,
    /// Windows that it was asked about while on trial.
    pub windows: u64,
    /// Places where more would have been taken out, while on trial.
    pub stricter: u64,
    /// Places where something would have come out, while on trial.
    pub looser: u64,
    /// How often it failed.
    pub failures: u64,
}

/// A promoted plugin went back, by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Incident {
    /// The plugin.
    pub candidate: Version,
    /// What is in force again in its place; none where there was nothing to go back to, and it stays.
    pub back_to: Option<Name>,
    /// The run in which it happened.
    pub run: RunId,
    /// What it did.
    pub breach: Breach,
    /// How many runs up to that one it was seen over.
    #[serde(default = "one")]
    pub runs: u64,
    /// How often it failed in them.
    pub failures: u64,
    /// How often it was asked in them.
    pub calls: u64,
    /// 99 of a hundred calls took at most so many microseconds.
    pub p99_micros: u64,
    /// The stable code of why it could not be loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<crate::Code>,
}

/// What records from before runs were counted are about.
fn one() -> u64 {
    1
}

/// What a plugin in force must not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Breach {
    /// It failed too often.
    Failures,
    /// Its calls took too long.
    Latency,
    /// It could not be loaded.
    Load,
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

    fn versions() -> (Version, Version) {
        let version = |name: &str| Version {
            name: name.parse().expect("a name"),
            digest: Digest::of(name.as_bytes()),
            settings: Digest::of(b"{}"),
        };
        (version("next"), version("base"))
    }

    proptest! {
        #[test]
        fn a_draw_is_a_set_of_the_places_and_hangs_on_the_seed_alone(seed: [u8; 32], count in 0..60_usize) {
            let seed = Digest::from_bytes(seed);
            let all = places(50);
            let drawn = Sample::draw(versions(), (seed, 9), all.clone(), count);
            prop_assert_eq!(drawn.places.len(), count.min(50));
            prop_assert!(drawn.places.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(drawn.places.iter().all(|place| all.contains(place)));
            let mut turned = all;
            turned.reverse();
            prop_assert_eq!(&drawn, &Sample::draw(versions(), (seed, 9), turned.clone(), count));
            // Whoever takes a finding away that was drawn, or draws until they like it, is found out.
            prop_assert!(drawn.is_drawn_from(turned.clone()));
            turned.retain(|place| Some(place) != drawn.places.first());
            prop_assert_eq!(drawn.is_drawn_from(turned), count == 0);
        }
    }

    #[test]
    fn each_place_is_about_as_likely() {
        let mut counts = [0_u32; 20];
        for seed in 0..2_000_u32 {
            for place in Sample::draw(versions(), (Digest::of(&seed.to_be_bytes()), 0), places(20), 5).places {
                counts[place.place as usize] += 1;
            }
        }
        assert!(counts.iter().all(|count| (420..580).contains(count)), "{counts:?}");
    }
}
