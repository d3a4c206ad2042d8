//! Suspects that lack what their rule requires: nobody is asked about them, and all others are as they were.

use std::sync::Arc;

use proptest::prelude::*;

use super::rig::{Letter, Manner, literal, only, rule, run_text, run_with, set, span, token};
use super::words::word_of;
use crate::{Anchor, DetectorRules, Extent, LeadRun, Outlet, Rule, Severity, SpanRule};

/// The most bytes of a token's window.
const LONGEST: usize = 40;

/// These rules, each of which requires a seven.
fn with_seven(rules: Vec<DetectorRules>) -> Vec<DetectorRules> {
    let seven = |rule: &Arc<Rule>| Rule {
        required: Some(set(b"7")),
        ..Rule::clone(rule)
    };
    rules
        .into_iter()
        .map(|detector| DetectorRules {
            rules: detector.rules.iter().map(seven).map(Arc::new).collect(),
            ..detector
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// What has the byte is taken out, and so is what was cut, where it may still come; the rest shows. However the
    /// text is cut, and whatever holds it.
    #[test]
    fn invariant_2_what_lacks_a_required_byte_shows(
        tokens in prop::collection::vec("[abc]{8,30}|[abc]{4,12}7[abc]{4,12}|[abc]{41,60}", 1..5),
        (front, back) in prop::sample::select(vec![(" tokn_", " .\n"), ("\"tokn_", "\",\n"), ("\x1b[1mtokn_", "\x1b[0m\n")]),
        terminal in any::<bool>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let text: String = tokens.iter().map(|token| format!("{front}{token}{back}")).collect();
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let whole = [Letter::Bytes(text.clone().into_bytes())];
        let told = run_with(with_seven(token()), &whole, outlet, false, Manner::default());
        let shown = String::from_utf8_lossy(&told.shown).into_owned();
        for token in &tokens {
            let is_taken_out = token.contains('7') || token.len() > LONGEST;
            prop_assert_eq!(shown.contains(&format!("{token}{back}")), !is_taken_out, "{} of {}", shown, text);
        }
        let word = word_of(text.as_bytes(), &[], &cuts);
        prop_assert_eq!(told.told(), run_with(with_seven(token()), &word, outlet, false, Manner::default()).told());
    }

    /// Nobody is asked where no suspect has it.
    #[test]
    fn nobody_is_asked_about_what_lacks_a_required_byte(tokens in prop::collection::vec("[abc]{8,40}", 1..9)) {
        let text: String = tokens.iter().map(|token| format!("7 tokn_{token} ")).collect();
        prop_assert_eq!(run_text(with_seven(token()), text.as_bytes(), false).asked, 0);
        prop_assert!(run_text(token(), text.as_bytes(), false).asked > 0);
    }
}

/// The byte that ends a window counts, and so does what an encoding stands for; what stands before the literal doesn't.
#[test]
fn a_required_byte_stands_behind_the_literal() {
    let shows = |rules: &[DetectorRules], text: &str| {
        let told = run_text(rules.to_vec(), text.as_bytes(), true);
        String::from_utf8_lossy(&told.shown) == text
    };
    let narrow = SpanRule {
        body: set(b"abc"),
        ..span(8, 40)
    };
    let ended = with_seven(only(vec![rule(
        "tok",
        Severity::P0,
        vec![literal("tokn_")],
        Extent::Span(narrow),
    )]));
    assert!(!shows(&ended, "tokn_abcabcab7 "));
    assert!(shows(&ended, "tokn_abcabcab 7"));
    assert!(shows(&ended, "7tokn_abcabcab "));

    let token = with_seven(token());
    // `tokn_abcabc7` and `tokn_abcabca` in base64.
    assert!(!shows(&token, "x dG9rbl9hYmNhYmM3YQ== \n"));
    assert!(shows(&token, "x dG9rbl9hYmNhYmNhYQ== \n"));
    assert!(!shows(&token, "\"tokn_abcabc\\u0037a\" \n"));

    let lead = LeadRun {
        set: set(b"abcd7"),
        at_least: 2,
        longest: 10,
    };
    let led = SpanRule {
        lead: Some(lead),
        ..span(3, 20)
    };
    let led = with_seven(only(vec![rule(
        "led",
        Severity::P0,
        vec![literal("@@")],
        Extent::Span(led),
    )]));
    assert!(shows(&led, "7777@@abcd "));
    assert!(!shows(&led, "abcd@@7777 "));

    let run = vec![Anchor::Run {
        set: set(b"0123456789"),
        at_least: 6,
    }];
    let digits = SpanRule {
        body: set(b"0123456789"),
        ..span(6, 16)
    };
    let run = with_seven(only(vec![rule("run", Severity::P2, run, Extent::Span(digits))]));
    let found = |text: &str| run_text(run.clone(), text.as_bytes(), true).decisions.len();
    assert_eq!([found("x 123456 y"), found("x 123457 y")], [0, 1]);
}
