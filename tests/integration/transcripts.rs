//! What real programs wrote to their terminals, through the built-in guards: cut anywhere, and with secrets planted anywhere.
//!
//! Places and cuts are sampled; `COFFERDAM_TEST_EXHAUSTIVE=1` tries all of them.

use cofferdam_guard::Outlet;
use cofferdam_tests::plant::{Plant, credentials};
use cofferdam_tests::random::Random;

use crate::corpus::{Transcript, strip, transcripts};
use crate::guarded::{Guarded, Seen};
use crate::screen::{COLUMNS, Screen};
use crate::search::Search;

/// How a program writes a secret.
#[derive(Debug, Clone, Copy)]
enum Writing {
    /// As it is.
    Plain,
    /// With escape sequences of its own in the midst.
    Escaped,
    /// Each character twice, as a printer makes it bold.
    Overstruck,
    /// With typing mistakes that were taken back.
    Corrected,
}

impl Writing {
    /// Whether a secret can be written so after this: a backspace doesn't go back over the right margin, so a program that uses it
    /// stays away from there, and what is beyond can't be told to be a secret by anybody.
    fn fits(self, before: &[u8]) -> bool {
        match self {
            Self::Plain | Self::Escaped => true,
            Self::Overstruck | Self::Corrected => {
                let mut screen = Screen::new();
                screen.write(before);
                screen.cursor().1 + 45 < COLUMNS
            }
        }
    }
}

/// A transcript with a secret in it.
struct Planted {
    bytes: Vec<u8>,
    plant: Plant,
    /// Where the writing of the secret ends.
    end: usize,
    /// What must come out, where that is known byte for byte.
    wanted: Option<Vec<u8>>,
}

fn exhaustive() -> bool {
    std::env::var_os("COFFERDAM_TEST_EXHAUSTIVE").is_some()
}

/// At most so many of these, evenly, or all of them.
fn sample<T: Copy>(of: &[T], most: usize) -> Vec<T> {
    let step = if exhaustive() {
        1
    } else {
        of.len().div_ceil(most).max(1)
    };
    of.iter().copied().step_by(step).collect()
}

impl Planted {
    fn new(transcript: &Transcript, at: usize, writing: Writing, random: &mut Random) -> Self {
        let plant = credentials(random).swap_remove(0);
        assert_eq!(plant.rule, "github-token");
        let own = transcript.own_escapes();
        let (mut written, mut wanted) = (Vec::new(), Vec::new());
        let text = plant.text();
        let (one, other) = (1 + random.below(text.len() - 1), 1 + random.below(text.len() - 1));
        for (place, byte) in text.bytes().enumerate() {
            let cover = if place < plant.shown.len() { byte } else { b'*' };
            let mut both = |bytes: &[u8]| {
                written.extend_from_slice(bytes);
                wanted.extend_from_slice(bytes);
            };
            match writing {
                Writing::Plain => {}
                Writing::Escaped if place == one || place == other => both(own[random.below(own.len())].as_slice()),
                Writing::Escaped => {}
                Writing::Overstruck => {
                    written.extend([byte, 0x08]);
                    wanted.extend([cover, 0x08]);
                }
                Writing::Corrected if place == one => both(b"~~\x08\x1b[K\x08\x1b[K"),
                Writing::Corrected => {}
            }
            written.push(byte);
            wanted.push(cover);
        }
        // What follows must not belong to the secret, so that it is known what has to stay.
        let around = |inner: &[u8]| [&transcript.bytes[..at], inner, b";", &transcript.bytes[at..]].concat();
        let wanted = match writing {
            Writing::Plain | Writing::Escaped => Some(around(&wanted)),
            // Which bytes are masked of those that nobody sees in the end is the guard's own choice.
            Writing::Overstruck | Writing::Corrected => None,
        };
        Self {
            bytes: around(&written),
            plant,
            end: at + written.len(),
            wanted,
        }
    }

    /// Judges what a terminal was shown of it.
    fn judge(&self, seen: &Seen) -> Result<(), String> {
        let search = Search::of([&self.plant]);
        if search.find(&strip(&seen.output)).is_some() {
            return Err("a piece of the secret is in the text".to_owned());
        }
        if seen.output.len() != self.bytes.len() {
            return Err(format!(
                "{} bytes for {}, and one cell a byte was taken",
                seen.output.len(),
                self.bytes.len()
            ));
        }
        if let Some(wanted) = &self.wanted
            && *wanted != seen.output
        {
            let at = wanted.iter().zip(&seen.output).position(|(one, other)| one != other);
            return Err(format!(
                "another output than the mask of the secret, from byte {at:?} on"
            ));
        }
        self.screens(&search, &seen.output)
    }

    /// Compares what is seen on the way, not only in the end, when most of it has been erased.
    fn screens(&self, search: &Search, output: &[u8]) -> Result<(), String> {
        let mut stops: Vec<usize> = (1..=8).map(|part| output.len() * part / 8).collect();
        stops.extend([self.end.saturating_sub(8), self.end]);
        stops.sort_unstable();
        let (mut guarded, mut raw) = (Screen::new(), Screen::new());
        let mut from = 0;
        for stop in stops {
            guarded.write(&output[from..stop]);
            raw.write(&self.bytes[from..stop]);
            from = stop;
            guarded
                .against(&raw)
                .map_err(|wrong| format!("screens differ after {stop} bytes: {wrong}"))?;
            if search.find(guarded.text().as_bytes()).is_some() {
                return Err(format!("a piece of the secret is on the screen after {stop} bytes"));
            }
        }
        Ok(())
    }
}

/// Plants secrets all over the corpus, and gathers what went wrong, so that a failure tells how much did.
fn plant_everywhere(writing: Writing, places: usize, seed: u64) {
    let mut session = Guarded::new();
    let mut random = Random::new(seed);
    let (mut tried, mut wrong) = (0, Vec::new());
    for transcript in transcripts() {
        for at in sample(&transcript.places(), places) {
            if !writing.fits(&transcript.bytes[..at]) {
                continue;
            }
            let planted = Planted::new(&transcript, at, writing, &mut random);
            let seen = session.guard(Outlet::Terminal, [planted.bytes.as_slice()]);
            tried += 1;
            if let Err(problem) = planted.judge(&seen) {
                wrong.push(format!("{} at {at}: {problem}", transcript.name));
            }
        }
    }
    let first = wrong.iter().take(8).cloned().collect::<Vec<_>>().join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {tried} secrets, {writing:?}:\n{first}",
        wrong.len()
    );
}

#[test]
fn a_transcript_without_secrets_comes_out_unchanged() {
    let mut session = Guarded::new();
    for transcript in transcripts() {
        for outlet in [Outlet::Terminal, Outlet::Pipe] {
            let seen = session.guard(outlet, [transcript.bytes.as_slice()]);
            assert!(seen.output == transcript.bytes, "{} changed", transcript.name);
            assert_eq!(seen.taken(), 0, "{}", transcript.name);
        }
    }
}

#[test]
fn invariant_2_transcripts_cut_at_every_byte_give_the_same() {
    let mut session = Guarded::new();
    let mut random = Random::new(41);
    for transcript in transcripts() {
        let places = transcript.places();
        let mut words = vec![transcript.bytes.clone()];
        for writing in [
            Writing::Plain,
            Writing::Escaped,
            Writing::Overstruck,
            Writing::Corrected,
        ] {
            let at = *random.one(&places);
            words.push(Planted::new(&transcript, at, writing, &mut random).bytes);
        }
        for word in words {
            for outlet in [Outlet::Terminal, Outlet::Pipe] {
                let whole = session.guard(outlet, [word.as_slice()]);
                for length in [1, 7] {
                    let cut = session.guard(outlet, word.chunks(length));
                    assert!(whole == cut, "{} in chunks of {length}, {outlet:?}", transcript.name);
                }
            }
        }
    }
}

#[test]
fn invariant_2_transcripts_cut_in_two_anywhere_give_the_same() {
    let mut session = Guarded::new();
    let mut random = Random::new(42);
    for transcript in transcripts() {
        let at = *random.one(&transcript.places());
        let planted = Planted::new(&transcript, at, Writing::Escaped, &mut random);
        let whole = session.guard(Outlet::Terminal, [planted.bytes.as_slice()]);
        let all: Vec<usize> = (0..=planted.bytes.len()).collect();
        // Inside the secret and beside it, every place; elsewhere, some.
        let mut cuts = sample(&all, 64);
        cuts.extend(at..=planted.end + 1);
        for place in cuts {
            let (one, other) = planted.bytes.split_at(place);
            let cut = session.guard(Outlet::Terminal, [one, other]);
            assert!(whole == cut, "{} cut at {place}", transcript.name);
        }
    }
}

#[test]
fn invariant_3_a_secret_planted_in_a_transcript_does_not_get_out() {
    plant_everywhere(Writing::Plain, 48, 43);
}

#[test]
fn invariant_3_a_secret_with_the_programs_own_escapes_in_its_midst_does_not_get_out() {
    plant_everywhere(Writing::Escaped, 96, 44);
}

#[test]
fn invariant_3_an_overstruck_secret_does_not_get_out() {
    plant_everywhere(Writing::Overstruck, 24, 45);
}

#[test]
fn invariant_3_a_secret_typed_with_mistakes_does_not_get_out() {
    plant_everywhere(Writing::Corrected, 24, 46);
}
