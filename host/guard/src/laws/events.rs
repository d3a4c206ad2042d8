//! Invariants 2, 3 and 4 over events: a token that an API streams in pieces is found, however the stream is cut.

mod formats;

use proptest::prelude::*;

use self::formats::{FORMATS, PAIRS};
use super::rig::{self, Letter, Manner, Outcome, literal, only, rule, run_with, set, span, token};
use super::words::word_of;
use crate::{Anchor, DetectorRules, Extent, LeadRun, MarkKind, Outlet, Rule, Severity, SpanRule};

/// The token, and one that leads its literal.
fn rules() -> Vec<DetectorRules> {
    let lead = LeadRun {
        set: set(b"abcdefghijklmnopqrstuvwxyz0123456789"),
        at_least: 4,
        longest: 40,
    };
    let led = Rule {
        may_show: 2,
        ..rule(
            "led",
            Severity::P0,
            vec![literal("@@")],
            Extent::Span(SpanRule {
                lead: Some(lead),
                ..span(1, 6)
            }),
        )
    };
    let mut rules = token();
    rules.extend(only(vec![led]));
    rules
}

/// The events of a text that is cut into these pieces, and what stands around each.
fn events(format: usize, pieces: &[&str]) -> (String, Vec<(String, String)>) {
    let (before, behind) = FORMATS[format];
    let around = |number: usize| {
        let of = |text: &str| text.replace('#', &number.to_string());
        (of(before), of(behind))
    };
    let around: Vec<_> = (0..pieces.len()).map(|number| around(9 + number)).collect();
    let event = |((before, behind), piece): (&(String, String), &&str)| format!("{before}{piece}{behind}");
    (around.iter().zip(pieces).map(event).collect(), around)
}

/// The text cut at these places.
fn cut<'a>(text: &'a str, cuts: &[prop::sample::Index]) -> Vec<&'a str> {
    let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
    places.extend([0, text.len()]);
    places.sort_unstable();
    places.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

/// What is left of each piece, where all that stands around them is left as it is.
fn pieces_of(shown: &[u8], around: &[(String, String)]) -> Option<Vec<String>> {
    let mut rest = std::str::from_utf8(shown).ok()?;
    let mut pieces = Vec::new();
    for (before, behind) in around {
        rest = rest.strip_prefix(before.as_str())?;
        let end = rest.find(behind.as_str())?;
        pieces.push(rest[..end].to_owned());
        rest = rest[end..].strip_prefix(behind.as_str())?;
    }
    rest.is_empty().then_some(pieces)
}

fn run(word: &[Letter], outlet: Outlet) -> Outcome {
    run_with(token(), word, outlet, false, Manner::default())
}

fn told(word: &[Letter], outlet: Outlet) -> Outcome {
    run(word, outlet).told()
}

/// The same with the rule whose secret leads its literal.
fn led(word: &[Letter], outlet: Outlet) -> Outcome {
    run_with(rules(), word, outlet, false, Manner::default()).told()
}

fn bytes(text: &str) -> Vec<Letter> {
    text.bytes().map(|byte| Letter::Bytes(vec![byte])).collect()
}

fn whole(text: &str) -> Vec<Letter> {
    vec![Letter::Bytes(text.as_bytes().to_vec())]
}

fn cuts() -> impl Strategy<Value = Vec<prop::sample::Index>> {
    prop::collection::vec(any::<prop::sample::Index>(), 0..24)
}

/// What a stream may hold besides pieces of one text.
const OTHERS: [&str; 22] = [
    "{\"type\":\"item.delta\",\"delta\":\"",
    "\"}\n",
    "{\"type\":\"item.done\"}\n",
    "data: {\"delta\":{\"text\":\"",
    "{\"index\":1,\"delta\":\"",
    "tokn_",
    "abcd",
    "ef01",
    "\\\"",
    "\\u0061",
    "x",
    "event: ping\n\n",
    "\"delta\":",
    "@@",
    "0:\"",
    "\n0:\"",
    "\n[1.5, \"o\", \"",
    "\",\"text\":\"",
    "\",\"more\":[\"",
    "{\"delta\" : {\"content\":\"\",\"text\":\"",
    "\"}}\n",
    "\"",
];

/// What begins, leads and ends suspects of every kind, in encodings as well.
const DENSE: [&str; 24] = [
    "k_",
    "kk",
    "pass",
    "=",
    "ab12",
    "0123",
    "45",
    "+T",
    "B12",
    "//",
    "ag",
    "to",
    ": ",
    "K-",
    "-",
    "--E",
    "dcba",
    "\n",
    "\r",
    "\\n",
    "%61",
    "\\u006b",
    "a2tf",
    "\\\" + \\\"",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// Not a byte of a token gets out, wherever it is cut into events, and the events stay what they are.
    #[test]
    fn invariant_3_what_events_carry_in_pieces_is_found(
        format in 0..FORMATS.len(), before in "[a-c ]{0,6}", secret in "[a-e1-9]{8,30}", behind in "( [a-c ]{0,6})?",
        at in cuts(),
    ) {
        let text = format!("{before} tokn_{secret}{behind}");
        let (stream, around) = events(format, &cut(&text, &at));
        let outcome = told(&whole(&stream), Outlet::Pipe);
        let pieces = pieces_of(&outcome.shown, &around);
        prop_assert!(pieces.is_some(), "{outcome:?}");
        let shown = pieces.unwrap_or_default().concat();
        let shown = shown.replacen("[redacted:tok]", "\0", 1).replace('*', "");
        prop_assert_eq!(shown, format!("{before} tokn_\0{behind}"), "{:?}", outcome);
        // A piece may be a secret by itself as well.
        prop_assert!(!outcome.decisions.is_empty());
        prop_assert_eq!(outcome, told(&bytes(&stream), Outlet::Pipe));
    }

    /// Nor where an event has a piece of each of two texts, of two such streams at a time.
    #[test]
    fn invariant_3_each_piece_of_an_event_is_found(
        format in 0..PAIRS.len(), secrets in prop::array::uniform2("[a-e1-9]{8,30}"), at in prop::array::uniform2(cuts()),
        other in any::<bool>(),
    ) {
        let (before, between, behind) = PAIRS[format];
        let text = |secret: &String| format!("a tokn_{secret} b");
        let texts = secrets.each_ref().map(text);
        let mut pieces = [cut(&texts[0], &at[0]), cut(&texts[1], &at[1])];
        let count = pieces[0].len().max(pieces[1].len());
        pieces.iter_mut().for_each(|pieces| pieces.resize(count, ""));
        let (mut stream, mut around) = (String::new(), Vec::new());
        for (number, (one, two)) in pieces[0].iter().zip(&pieces[1]).enumerate() {
            let of = |text: &str| text.replace('#', &(9 + number).to_string());
            let other = if other && format != 2 { "{\"index\":1,\"delta\":{\"text\":\"a\",\"more\":\"b\"}}\n" } else { "" };
            let before = format!("{other}{}", of(before));
            stream.extend([&before, *one, between, *two, &of(behind)]);
            around.extend([(before, between.to_owned()), (String::new(), of(behind))]);
        }
        let outcome = told(&whole(&stream), Outlet::Pipe);
        let pieces = pieces_of(&outcome.shown, &around);
        prop_assert!(pieces.is_some(), "{outcome:?}");
        let pieces = pieces.unwrap_or_default();
        for first in [0, 1] {
            let shown: String = pieces.iter().skip(first).step_by(2).map(String::as_str).collect();
            let shown = shown.replacen("[redacted:tok]", "\0", 1).replace('*', "");
            prop_assert_eq!(shown, "a tokn_\0 b", "{:?}", outcome);
        }
        prop_assert_eq!(outcome, told(&bytes(&stream), Outlet::Pipe));
    }

    /// What leads its literal shows no more than its rule says.
    #[test]
    fn invariant_3_what_leads_a_literal_in_pieces_shows_as_much(
        format in 0..FORMATS.len(), secret in "[a-e]{6,20}", at in cuts(),
    ) {
        let text = format!(" {secret}@@ab end");
        let (stream, around) = events(format, &cut(&text, &at));
        let outcome = led(&whole(&stream), Outlet::Pipe);
        let pieces = pieces_of(&outcome.shown, &around);
        prop_assert!(pieces.is_some(), "{outcome:?}");
        let shown = pieces.unwrap_or_default().concat();
        let start = shown.find(|c: char| !"abcde ".contains(c)).unwrap_or(shown.len());
        prop_assert!(start <= 3, "{shown} {outcome:?}");
        prop_assert_eq!(outcome, led(&bytes(&stream), Outlet::Pipe));
    }

    /// However the stream is cut, and whatever stands between the events.
    #[test]
    fn invariant_2_events_are_read_as_they_come(
        parts in prop::collection::vec(prop::sample::select(&OTHERS[..]), 0..40),
        marks in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just(MarkKind::Idle), Just(MarkKind::Stall)]), 0..3),
        at in cuts(), terminal in any::<bool>(),
    ) {
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let text = parts.concat();
        let all = led(&word_of(text.as_bytes(), &marks, &[]), outlet);
        prop_assert_eq!(&all, &led(&word_of(text.as_bytes(), &marks, &at), outlet));
        if marks.is_empty() {
            prop_assert_eq!(all, led(&bytes(&text), outlet));
        }
    }

    /// The same with rules of every kind, and with encodings and edits between.
    #[test]
    fn invariant_2_events_of_all_kinds_are_read_as_they_come(
        parts in prop::collection::vec(prop_oneof![prop::sample::select(&OTHERS[..]), prop::sample::select(&DENSE[..])], 0..40),
        marks in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just(MarkKind::Idle), Just(MarkKind::Stall)]), 0..2),
        at in cuts(), terminal in any::<bool>(),
    ) {
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let text = parts.concat();
        let run = |word: &[Letter]| rig::run(word, outlet, false, Manner::default()).told();
        let all = run(&word_of(text.as_bytes(), &marks, &[]));
        prop_assert_eq!(&all, &run(&word_of(text.as_bytes(), &marks, &at)));
        if marks.is_empty() {
            prop_assert_eq!(all, run(&bytes(&text)));
        }
    }

    /// Where the input pauses between two events, masks stand for what is held of the pieces, and for nothing else.
    /// Not so in the last format: a quote and a line end may be where parts of a string meet, and are held as ever.
    #[test]
    fn invariant_4_a_pause_between_events_masks_pieces_alone(
        format in 0..FORMATS.len() - 1, secret in "[a-e1-9]{2,30}", at in cuts(), mark in any::<prop::sample::Index>(),
        terminal in any::<bool>(),
    ) {
        let (outlet, kind) = if terminal { (Outlet::Terminal, MarkKind::Idle) } else { (Outlet::Pipe, MarkKind::Stall) };
        let text = format!("tokn_{secret}");
        let (mut around, mut word) = (Vec::new(), Vec::new());
        let pieces = cut(&text, &at);
        let paused = mark.index(pieces.len());
        let (stream, all) = events(format, &pieces);
        around.extend(all);
        let mut rest = stream.as_str();
        for (number, (before, behind)) in around.iter().enumerate() {
            let (event, others) = rest.split_at(before.len() + pieces[number].len() + behind.len());
            word.push(Letter::Bytes(event.as_bytes().to_vec()));
            if number == paused {
                word.push(Letter::Mark(kind));
            }
            rest = others;
        }
        let outcome = run(&word, outlet);
        prop_assert_eq!(outcome.held_after_mark, 0);
        let left = pieces_of(&outcome.shown, &around);
        prop_assert!(left.is_some(), "{:?}", outcome);
        let left = left.unwrap_or_default().concat();
        let value = left.strip_prefix("tokn_");
        prop_assert!(value.is_some(), "{:?}", outcome);
        if secret.len() >= 8 {
            prop_assert!(!value.unwrap_or_default().contains(|c: char| "abcde123456789".contains(c) && !"[redacted:tok]".contains(c)), "{:?}", outcome);
        }
    }
}

/// Nothing is read as one that no frame joins, or behind which the text is told to be over.
#[test]
fn what_does_not_go_on_is_read_by_itself() {
    for text in [
        // Whole messages.
        "{\"type\":\"text\",\"text\":\"tokn_abcd\"}\n{\"type\":\"text\",\"text\":\"efghij\"}\n",
        // Of different texts.
        "{\"id\":\"a\",\"delta\":\"tokn_abcd\"}\n{\"id\":\"b\",\"delta\":\"efghij\"}\n",
        // Over.
        "{\"id\":\"a\",\"delta\":\"tokn_abcd\"}\n{\"type\":\"done\"}\n{\"id\":\"a\",\"delta\":\"efghij\"}\n",
        "{\"id\":\"a\",\"delta\":\"tokn_abcd\"}\n{\"id\":\"a\",\"delta\":\" efghij\"}\n",
        // Numbers.
        "{\"id\":\"a\",\"delta\":0.5,\"n\":\"tokn_abcd\"}\n{\"id\":\"a\",\"delta\":0.5,\"n\":\"efghij\"}\n",
    ] {
        let outcome = told(&whole(text), Outlet::Pipe);
        assert_eq!(String::from_utf8_lossy(&outcome.shown), text);
        assert_eq!(outcome, told(&bytes(text), Outlet::Pipe));
    }
}

/// Before a pause, a word is shown that might lead a literal: models think in the midst of texts.
#[test]
fn a_word_before_a_pause_is_shown() {
    let (event, next) = ("{\"delta\":\"internationalization\"}\n", "{\"delta\":\" of\"}\n");
    for (outlet, kind) in [(Outlet::Terminal, MarkKind::Idle), (Outlet::Pipe, MarkKind::Stall)] {
        let mut word = whole(event);
        word.push(Letter::Mark(kind));
        word.extend(whole(next));
        let outcome = led(&word, outlet);
        assert_eq!(String::from_utf8_lossy(&outcome.shown), [event, next].concat());
    }
}

/// Nothing is held once it is told that a text is over, and no frame is for what may begin a literal.
#[test]
fn invariant_4_what_is_over_is_not_held() {
    for (text, held) in [
        ("{\"id\":\"a\",\"delta\":\"tokn_abcd\"}\n", true),
        ("{\"id\":\"a\",\"delta\":\"tokn_abcd\"}\n{\"type\":\"done\"}\n", false),
        ("{\"id\":\"a\",\"delta\":\"tokn_\"}\n", false),
        ("{\"id\":\"a\",\"delta\":\"tok\"}\n", false),
        ("{\"id\":\"a\",\"text\":\"tokn_abcd\"}\n", false),
    ] {
        let mut word = whole(text);
        word.push(Letter::Mark(MarkKind::Idle));
        let outcome = run(&word, Outlet::Pipe);
        assert_eq!(outcome.held > 0, held, "{text}");
    }
    // However many other lines may stand between.
    let text = format!("{{\"delta\":\"tokn_abcd\"}}\n{}", "event: ping\n".repeat(300));
    let outcome = run(&bytes(&text), Outlet::Pipe);
    assert!((2048..2200).contains(&outcome.held), "{}", outcome.held);
}

/// A name before a value, a gap between, and a value that is cut: what is asked about is the text, not its pieces.
#[test]
fn invariant_3_a_name_in_pieces_tells_of_its_value() {
    let named = rule(
        "named",
        Severity::P0,
        vec![Anchor::Literal(crate::Keyword {
            bytes: b"secret".to_vec(),
            any_case: true,
        })],
        Extent::Span(SpanRule {
            gap: 8,
            opener: Some(crate::Opener {
                before: set(b" \\\""),
                bytes: set(b":="),
                after: set(b" \\\""),
            }),
            ..span(6, 40)
        }),
    );
    let (stream, around) = events(2, &["{\\\"sec", "ret\\\"", ": \\\"ab", "c1", "de", "f\\\"}"]);
    for word in [whole(&stream), bytes(&stream)] {
        let outcome = run_with(only(vec![named.clone()]), &word, Outlet::Pipe, false, Manner::default());
        let pieces = pieces_of(&outcome.shown, &around).expect("the frames are left");
        let expected = ["{\\\"sec", "ret\\\"", ": \\\"[redacted:named]", "*", "*", "*\\\"}"];
        assert_eq!(pieces, expected);
    }
}

/// However long a piece of another text is: what is over by then is decided before what stands in that piece.
#[test]
fn invariant_2_what_does_not_go_on_ends_in_a_piece_of_another_text() {
    let first = "{\"index\":0,\"delta\":\"tokn_ab\"}\n{\"index\":0,\"delta\":\"cdef0123\"}\n";
    let (before, behind) = ("x ".repeat(1500), "y ".repeat(60));
    let text = format!("{first}{{\"index\":1,\"delta\":\"{before}tokn_0123abcd {behind}\"}}\n");
    let outcome = run(&bytes(&text), Outlet::Pipe);
    assert!((2048..2200).contains(&outcome.held), "{}", outcome.held);
    let expected = outcome.told();
    for at in [0, first.len(), text.len() - 100, text.len() - 1] {
        let (front, rest) = text.split_at(at);
        let word = [whole(front), whole(rest)].concat();
        assert_eq!(told(&word, Outlet::Pipe), expected, "{at}");
    }
}
