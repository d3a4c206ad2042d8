//! What real programs wrote to their terminals, through the built-in guards: cut anywhere, and with secrets planted
//! anywhere.
//!
//! Places and cuts are sampled; `COFFERDAM_TEST_EXHAUSTIVE=1` tries all of them.

use cofferdam_guard::Outlet;
use cofferdam_tests::random::Random;

use crate::corpus::transcripts;
use crate::guarded::Guarded;
use crate::planted::{Planted, TOO_MUCH, Writing};

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

/// Plants secrets all over the corpus, and gathers what went wrong, so that a failure tells how much did.
///
/// Only secrets are counted that can be read on the screen when they are written.
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
            if !planted.is_seen {
                continue;
            }
            let seen = session.guard(Outlet::Terminal, [planted.bytes.as_slice()]);
            tried += 1;
            if let Err(problem) = planted.judge(&seen.output) {
                wrong.push(format!("{} at {at}, {planted}: {problem}", transcript.name));
            }
        }
    }
    assert!(tried >= 50, "only {tried} secrets were judged");
    // On a screen, a cell that continues what was masked may be masked with it. It is rare, and no leak.
    let too_much = wrong.iter().filter(|problem| problem.contains(TOO_MUCH)).count();
    assert!(
        too_much * 500 <= tried,
        "{too_much} of {tried} take too much: {wrong:?}"
    );
    wrong.retain(|problem| !problem.contains(TOO_MUCH));
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
        cuts.extend(at..=planted.written.end + 1);
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

/// What a person sees is what is scanned: a sequence that moves nothing parts no secret, while one that moves the
/// cursor in the midst of a secret leaves none of it to be seen, and nothing is promised of that.
#[test]
fn invariant_3_a_secret_with_colours_and_titles_in_its_midst_does_not_get_out() {
    plant_everywhere(Writing::Coloured, 96, 44);
}

#[test]
fn invariant_3_an_overstruck_secret_does_not_get_out() {
    plant_everywhere(Writing::Overstruck, 24, 45);
}

#[test]
fn invariant_3_a_secret_typed_with_a_mistake_does_not_get_out() {
    plant_everywhere(Writing::Corrected, 24, 46);
}

#[test]
fn invariant_3_a_secret_that_a_mistake_interrupts_does_not_go_on_after_it() {
    plant_everywhere(Writing::Interrupted, 24, 47);
}
