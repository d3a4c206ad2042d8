//! The search beside a plain one.

use proptest::prelude::*;

use super::{Draft, Literals, Owner, Prefilter, Stands};
use crate::coding::LETTERS;
use crate::set::ByteSet;
use crate::width::Width;
use crate::word;

/// A literal as a test writes it.
type Literal = (Vec<u8>, bool, Stands, Vec<ByteSet>);

fn rule_of(owner: Owner) -> u32 {
    match owner {
        Owner::Rule { rule, .. } => rule,
        Owner::Coding(_) => u32::MAX,
    }
}

/// Each is a rule of its own, and some are the same.
fn compiled(drawn: &[Literal]) -> Literals {
    let mut draft = Draft::with_room(drawn.len());
    for (rule, (bytes, any_case, stands, followers)) in (0..).zip(drawn) {
        let behind = draft.behind(followers);
        draft.add(bytes, *any_case, *stands, behind, Owner::Rule { rule, anchor: 0 });
    }
    draft.finish()
}

/// All hits, and whether they must be told of: what follows fits what may follow, and a word begins there where one
/// must.
fn plain(drawn: &[Literal], text: &[u8], from: usize) -> Vec<(u32, usize, usize, bool)> {
    let mut found = Vec::new();
    for (rule, (bytes, any_case, stands, followers)) in (0..).zip(drawn) {
        for (start, here) in text.windows(bytes.len()).enumerate() {
            let end = start + bytes.len();
            if end > from && (here == bytes || (*any_case && here.eq_ignore_ascii_case(bytes))) {
                // Behind what begins an escape anything may stand.
                let followers = followers.iter().zip(&text[end..]);
                let odd = followers.clone().position(|(set, byte)| !set.has(*byte));
                let escape = followers.clone().position(|(_, byte)| b"%\\&\"'\0".contains(byte));
                let fits = odd.is_none_or(|odd| escape.is_some_and(|escape| escape < odd));
                let before = &text[start.saturating_sub(word::LOOK)..start];
                let begins = !word::is_inside(before) || !word::is_inside_of_name(before, text[start]);
                found.push((rule, start, end, fits && (begins || *stands == Stands::Anywhere)));
            }
        }
    }
    found
}

fn compare(literals: &[Literal], text: &[u8], from: usize) -> Result<(), TestCaseError> {
    let expected = plain(literals, text, from);
    for width in Width::ALL {
        let mut found = width.run(|| told(literals, text, from));
        found.sort_unstable();
        let twice = found.windows(2).find(|pair| pair[0] == pair[1]);
        prop_assert_eq!(twice, None, "told twice");
        for (rule, start, end, fits) in &expected {
            let told = found.contains(&(*rule, *start, *end));
            let literal = &literals[*rule as usize];
            prop_assert!(told || !fits, "{literal:?} at {start} is missing ({width:?})");
        }
        for (rule, start, end) in found {
            let is_there = expected.iter().any(|hit| (hit.0, hit.1, hit.2) == (rule, start, end));
            let literal = &literals[rule as usize];
            prop_assert!(is_there, "{literal:?} is not at {start} ({width:?})");
        }
    }
    Ok(())
}

/// All hits of the search.
fn told(literals: &[Literal], text: &[u8], from: usize) -> Vec<(u32, usize, usize)> {
    let mut found = Vec::new();
    Prefilter::new(compiled(literals)).search(text, from, |owners, start, end| {
        found.extend(owners.iter().map(|owner| (rule_of(*owner), start, end)));
    });
    found
}

fn followers() -> impl Strategy<Value = Vec<ByteSet>> {
    // Escapes among them, and zeros, are shapes of their own.
    let sets: [&[u8]; 5] = [b"12", b"abAB", b"abcABC12._-", b"1&%\0", b"ab1\\\"\0"];
    let sets = sets.map(ByteSet::of);
    let set = || prop::sample::select(sets.to_vec());
    // Bodies are longer than any look at what follows.
    prop_oneof![4 => prop::collection::vec(set(), 0..4), 1 => prop::collection::vec(set(), 10..16)]
}

fn stands() -> impl Strategy<Value = Stands> {
    prop::sample::select(vec![Stands::Anywhere, Stands::BeginsWord])
}

/// A literal of few different bytes, so that texts hold it.
fn dense() -> impl Strategy<Value = Literal> {
    let bytes = prop_oneof![3 => "[abAB1_]{1,4}", 1 => "[abAB1_]{5,12}"];
    (bytes.prop_map(String::into_bytes), any::<bool>(), stands(), followers())
}

/// A literal of any bytes.
fn wide() -> impl Strategy<Value = Literal> {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..=12),
        "[2-7][0-9a-f]{2,11}".prop_map(String::into_bytes),
    ];
    (bytes, any::<bool>(), stands(), followers())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Every literal is told of once wherever it stands; one with followers may be left out where they don't follow,
    /// but not where the text ends before them.
    #[test]
    fn it_finds_what_a_plain_search_finds(
        literals in prop::collection::vec(dense(), 1..40),
        text in prop_oneof![
            "[abAB12_. &%\"]{0,120}",
            "[abAB12_. &%\\x00]{0,120}",
            "([abAB]{1,4}[_. \\\\xu12%=^|]{0,2}|\x1b\\[1m){0,40}",
            // Longer than a piece.
            "[abAB12_. &%]{40}".prop_map(|part| part.repeat(60)),
        ],
        from in 0_usize..100,
    ) {
        compare(&literals, text.as_bytes(), from.min(text.len()))?;
    }

    /// Texts made of the literals themselves, whole, cut off and in the other case.
    #[test]
    fn it_finds_many_literals(
        literals in prop::collection::vec(prop_oneof![dense(), wide()], 1..200),
        parts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..=12, any::<bool>()), 0..20),
        from in 0_usize..100,
    ) {
        let mut text = Vec::new();
        for (index, length, turn) in parts {
            let bytes = &index.get(&literals).0;
            let part = &bytes[..length.min(bytes.len())];
            text.extend(if turn { part.to_ascii_uppercase() } else { part.to_vec() });
        }
        compare(&literals, &text, from.min(text.len()))?;
    }

    /// What a text begins with is told of as by a search of all of it.
    #[test]
    fn what_a_text_begins_with_is_found_alone(
        literals in prop::collection::vec(("[nrtNRT]", dense()), 1..60),
        (letter, of) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        (length, rest) in (0_usize..=13, "[abAB12_.&%\\x00]{0,20}"),
        from in 0_usize..8,
    ) {
        let letter = LETTERS[letter.index(LETTERS.len())];
        let first = |(first, (bytes, any_case, stands, followers)): (String, Literal)| {
            ([first.as_bytes(), &bytes].concat(), any_case, stands, followers)
        };
        let literals: Vec<Literal> = literals.into_iter().map(first).collect();
        let bytes = &of.get(&literals).0;
        let text = [&[letter], &bytes[1..length.clamp(1, bytes.len())], rest.as_bytes()].concat();
        for width in Width::ALL {
            let mut expected = width.run(|| told(&literals, &text, from));
            expected.retain(|(_, start, _)| *start == 0);
            expected.sort_unstable();
            let mut found = Vec::new();
            width.run(|| {
                Prefilter::new(compiled(&literals)).search_first(&text, from, |owners, end| {
                    found.extend(owners.iter().map(|owner| (rule_of(*owner), 0, end)));
                });
            });
            found.sort_unstable();
            prop_assert_eq!(found, expected, "{:?}", width);
        }
    }
}

/// So many literals that the tables fill up.
#[test]
fn it_finds_each_of_thousands() {
    let mut state = 7_u64;
    let mut next = |bound: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let mut literals: Vec<Literal> = Vec::new();
    for _ in 0..5000 {
        let length = 4 + next(9);
        let bytes =
            (0..length).map(|_| b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[next(62) as usize]);
        let bytes = bytes.collect();
        let stands = [Stands::Anywhere, Stands::BeginsWord][next(2) as usize];
        literals.push((bytes, next(4) == 0, stands, Vec::new()));
    }
    for width in Width::ALL {
        let prefilter = width.run(|| Prefilter::new(compiled(&literals)));
        for (index, (bytes, _, _, _)) in literals.iter().enumerate() {
            let text = [b" ".repeat(index % 3), bytes.clone(), b"\n".repeat(index % 17)].concat();
            let mut found = false;
            width.run(|| {
                prefilter.search(&text, 0, |owners, start, end| {
                    found |= owners.iter().any(|owner| rule_of(*owner) as usize == index)
                        && text[start..end].eq_ignore_ascii_case(bytes);
                });
            });
            assert!(found, "{bytes:?} is missing ({width:?})");
        }
    }
}

/// Where many bytes begin a literal that stands for too much, each of them is still looked at.
#[test]
fn it_finds_single_bytes() {
    let literals: Vec<Literal> = (b'a'..=b'k')
        .map(|byte| (vec![byte], byte % 2 == 0, Stands::Anywhere, Vec::new()))
        .collect();
    let text = b"Abcdefghijklmno ABCDEFGHIJK ++";
    let mut hits = 0;
    Prefilter::new(compiled(&literals)).search(text, 0, |_, _, _| hits += 1);
    assert_eq!(hits, plain(&literals, text, 0).len());
}
