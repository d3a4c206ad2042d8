//! Invariants 3, 4 and 5: what may get out, how long bytes are held, and what a failure takes out.

use proptest::prelude::*;

use super::rig::{Letter, Manner, alone, literal, only, rule, rules, run, run_with, set, span};
use super::words::{marks, text, wild, word_of};
use crate::projection::UNSEEN;
use crate::{Action, Extent, MarkKind, Opener, Origin, Outlet, Severity, SpanRule};

/// The longest bound of the rig's rules, with the gap or the literal that may stand before it.
const BOUND: u64 = 40 + 64;

/// What [`text`] writes that nobody sees.
const COLOUR: &[u8] = b"\x1b[1m";

/// The most unseen bytes among [`BOUND`] seen ones in a row, which a hold counts beside them.
fn most_unseen(text: &[u8]) -> u64 {
    let mut unseen = vec![false; text.len()];
    for at in (0..text.len()).filter(|at| text[*at..].starts_with(COLOUR)) {
        unseen[at..at + COLOUR.len()].fill(true);
    }
    let among = |from: usize| {
        let (mut hidden, mut seen) = (0, 0);
        for is_unseen in &unseen[from..] {
            if *is_unseen {
                hidden += 1;
            } else if seen == BOUND {
                break;
            } else {
                seen += 1;
            }
        }
        hidden
    };
    (0..text.len()).map(among).max().unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// A secret behind a literal never shows a byte, whatever the cuts and marks; one that leads shows two at most.
    #[test]
    fn invariant_3_a_secret_does_not_get_out(
        before in "[.\n ]{0,5}", marks in marks(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        long in "[cd]{6,30}", secret in "[cd]{6,10}", terminal in any::<bool>(), fails in any::<bool>(),
    ) {
        let fail = if fails { "X" } else { "" };
        let text = format!("{before}k_{long}{fail}. {secret}{fail}+Tc.").into_bytes();
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let shown = run(&word_of(&text, &marks, &cuts), outlet, false, Manner::default()).shown;
        let shown = String::from_utf8_lossy(&shown).replace("[redacted:", "[").replace("[withheld:", "[");
        prop_assert!(!shown.contains("k_c") && !shown.contains("k_d"), "{shown}");
        let longest = shown.split(|c| c != 'c' && c != 'd').map(str::len).max().unwrap_or(0);
        prop_assert!(longest <= 2, "{shown}");
    }

    #[test]
    fn invariant_4_bounded_hold(text in text(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40)) {
        let outcome = run(&word_of(&text, &[], &cuts), Outlet::Pipe, false, Manner::default());
        prop_assert!(outcome.held <= BOUND + most_unseen(&text), "{}", outcome.held);
    }

    /// What nobody sees inside of a window is held with it, up to a bound of its own.
    #[test]
    fn invariant_4_bounded_hold_of_what_is_unseen(
        text in wild(), flood in "(\x1b\\[m){0,40000}|(\x00){0,40000}|(\x1b\\]0;)k_[cd]{0,100000}", after in "[cd]{0,12}",
    ) {
        let text = [&text[..], b"\x1b\\\x1b\\\nk_cd", flood.as_bytes(), after.as_bytes()].concat();
        let outcome = run(&word_of(&text, &[], &[]), Outlet::Pipe, false, Manner::default());
        prop_assert!(outcome.held <= UNSEEN + 17 * BOUND, "{}", outcome.held);
    }

    /// A block that doesn't end is held to its bound, and what follows that is no more held than any other text.
    #[test]
    fn invariant_4_a_block_is_held_to_its_bound(body in "[bcd01 \n]{150,400}", cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40)) {
        let text = format!("K--{body}").into_bytes();
        let outcome = run(&word_of(&text, &[], &cuts), Outlet::Pipe, false, Manner::default());
        prop_assert!(outcome.held <= BOUND, "{}", outcome.held);
    }

    /// Text without any anchor is never held, not by a byte.
    #[test]
    fn invariant_4_no_suspect_no_hold(text in "[xyz.,:; \n]{0,200}", cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40)) {
        let text = text.replace(['x', 'y', 'z'], "\u{1}").into_bytes();
        let outcome = run(&word_of(&text, &[], &cuts), Outlet::Pipe, false, Manner::default());
        prop_assert_eq!(outcome.held, 0);
        prop_assert_eq!(outcome.shown, text);
    }

    /// Before its opener a rule holds nothing, so that a name typed on a terminal is never masked.
    #[test]
    fn invariant_4_a_gap_is_not_held(name in "[cd]{0,5}", secret in "[cd]{3,8}") {
        let letters = format!("//{name}:{secret}").into_bytes();
        let word: Vec<_> = letters.iter().flat_map(|byte| [Letter::Bytes(vec![*byte]), Letter::Mark(MarkKind::Idle)]).collect();
        let only = alone("opened");
        let outcome = run_with(only, &word, Outlet::Terminal, false, Manner::default());
        prop_assert_eq!(String::from_utf8_lossy(&outcome.shown), format!("//{}:{}", name, "*".repeat(secret.len())));
    }

    /// On a terminal an idle mark leaves nothing held; on a pipe the stall bound does the same.
    #[test]
    fn invariant_4_marks_end_the_hold(text in wild(), terminal in any::<bool>()) {
        let (outlet, mark) = if terminal { (Outlet::Terminal, MarkKind::Idle) } else { (Outlet::Pipe, MarkKind::Stall) };
        let word: Vec<_> = text.iter().flat_map(|byte| [Letter::Bytes(vec![*byte]), Letter::Mark(mark)]).collect();
        let outcome = run(&word, outlet, false, Manner::default());
        prop_assert_eq!(outcome.held_after_mark, 0);
    }

    /// What may pass after all isn't masked by an idle mark but let out, and the decision on it says how much came
    /// too late.
    #[test]
    fn invariant_4_an_idle_mark_releases_p2(body in "[cd]{3,7}", terminal in any::<bool>()) {
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let text = format!("a{body}");
        let word = [Letter::Bytes(text.clone().into_bytes()), Letter::Mark(MarkKind::Idle)];
        let mut soft = rules();
        soft.remove(0);
        soft[0].rules.retain(|rule| rule.id == "soft");
        let outcome = run_with(soft, &word, outlet, false, Manner::default());
        prop_assert_eq!(String::from_utf8_lossy(&outcome.shown), text);
        prop_assert_eq!(outcome.decisions.len(), 1);
        prop_assert_eq!(outcome.decisions[0].late as usize, body.len());
    }

    /// Each failure takes out its suspect's native extent: nothing of it is shown, and nothing else is touched.
    #[test]
    fn invariant_5_fail_closed(before in "[.\n ]{0,9}", body in "[cd]{2,5}X[cd]{2,4}", after in "[.\n ]{0,9}") {
        let text = format!("{before}k_{body}{after}").into_bytes();
        let outcome = run(&word_of(&text, &[], &[]), Outlet::Pipe, false, Manner::default());
        prop_assert_eq!(String::from_utf8_lossy(&outcome.shown), format!("{before}k_[withheld:key]{after}"));
        prop_assert_eq!(outcome.decisions.len(), 1);
        prop_assert!(matches!(outcome.decisions[0].origin, Origin::Failure(_)));
        prop_assert_eq!(outcome.decisions[0].action, Action::RedactMarker);
        prop_assert_eq!(outcome.decisions[0].offset as usize, before.len() + 2);
        prop_assert_eq!(outcome.decisions[0].late, 0);
    }

    /// On a terminal as many cells come out as went in, line by line.
    #[test]
    fn replacement_keeps_cells(text in text(), marks in marks()) {
        // Escapes have no cell of their own.
        let text: Vec<u8> = text.into_iter().filter(|byte| byte.is_ascii() && *byte != 0x1B).collect();
        let outcome = run(&word_of(&text, &marks, &[]), Outlet::Terminal, false, Manner::default());
        prop_assert_eq!(outcome.shown.len(), text.len());
        let line_ends = |bytes: &[u8]| bytes.iter().map(|byte| *byte == b'\n').collect::<Vec<_>>();
        prop_assert_eq!(line_ends(&outcome.shown), line_ends(&text));
    }
}

/// Behind a name that a program printed on a line of its own, a word that is typed below shows. Where it is as long as
/// values are it is masked, and a value that comes at once is asked about.
#[test]
fn invariant_4_a_word_typed_below_a_name_shows() {
    let below = |outlet, text: &str, pauses: &Option<Letter>| {
        let rule = rule(
            "below",
            Severity::P0,
            vec![literal("Key")],
            Extent::Span(SpanRule {
                gap: 40,
                opener: Some(Opener {
                    before: set(b""),
                    bytes: set(b":\n"),
                    after: set(b"\n >="),
                }),
                ..span(24, 40)
            }),
        );
        let mut word = Vec::new();
        for byte in text.bytes() {
            word.push(Letter::Bytes(vec![byte]));
            word.extend(pauses.clone());
        }
        let shown = run_with(only(vec![rule]), &word, outlet, false, Manner::default()).shown;
        String::from_utf8(shown).expect("it is text")
    };
    let idle = Some(Letter::Mark(MarkKind::Idle));
    let typed = "Key\n> dcba = c.\n> abc";
    assert_eq!(below(Outlet::Terminal, typed, &idle), typed);
    assert_eq!(below(Outlet::Terminal, "Key: abcd.", &idle), "Key: ****.");
    let (value, long) = ("abcd".repeat(8), "dcba".repeat(5));
    assert_eq!(
        below(Outlet::Terminal, &format!("Key\n{value}."), &None),
        format!("Key\n{}.", "*".repeat(32))
    );
    assert_eq!(
        below(Outlet::Terminal, &format!("Key\n{long}."), &idle),
        format!("Key\n{}*.", &long[..19])
    );
    // In a pipe nobody types, and only a stall is a pause.
    let stall = Some(Letter::Mark(MarkKind::Stall));
    assert_eq!(below(Outlet::Pipe, "Key\nabcd.", &stall), "Key\n****.");
}

/// A colour in the midst of a window is held with it, and counts for no other.
#[test]
fn invariant_4_a_colour_is_held_with_its_window() {
    let window =
        b"pass=B12K-- 0123+Tkk_+T0123\r\nK--K-- 0123\nkkkkPaSs= _AGK0123Agto\x1b[1mB12ab: c\nk_k_k_k_k_4111 1111k_";
    assert_eq!(most_unseen(window), 4);
    assert_eq!(
        most_unseen(&[&b"x".repeat(200)[..], COLOUR, &b"x".repeat(104), COLOUR].concat()),
        8
    );
    assert_eq!(most_unseen(&[COLOUR, &b"x".repeat(105), COLOUR].concat()), 4);
    let outcome = run(&word_of(window, &[], &[]), Outlet::Pipe, false, Manner::default());
    assert!(outcome.held <= BOUND + 4, "{}", outcome.held);
}
