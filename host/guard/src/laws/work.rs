//! No input takes more than its share of work: what is told, asked about and gone on with grows with the text's
//! length alone.

use std::sync::Arc;
use std::time::Duration;

use super::encoded::base64;
use super::rig::{Letter, Manner, Outcome, literal, only, rule, run_with, set, settings, span};
use crate::{BlockRule, DetectorRules, Extent, Guard, Keyword, MarkKind, Outlet, Raw, RuleSet, Severity};

/// A block whose anchor stands on each line, and may belong to the body of the one before.
fn block(anchor: &str, body: &[u8], bound: u32) -> Vec<DetectorRules> {
    let block = BlockRule {
        body: set(body),
        until: Vec::new(),
        at_least: 6,
        bound,
    };
    only(vec![rule(
        "block",
        Severity::P0,
        vec![literal(anchor)],
        Extent::Block(block),
    )])
}

fn run(rules: &[DetectorRules], line: &str, lines: usize) -> Outcome {
    let text = [Letter::Bytes(line.repeat(lines).into_bytes())];
    run_with(rules.to_vec(), &text, Outlet::Pipe, false, Manner::default())
}

/// Each line of a text in base64 may be its last. A block in it that goes on over all of them is told once.
#[test]
fn invariant_3_a_block_in_an_encoding_is_not_told_again_at_each_line() {
    let rules = block("tokn_begin_", b"abcdefghijklmnopqrstuvwxyz_", 20_000);
    let line = [base64(b"tokn_begin_abcdefghi", false), b"\n".to_vec()].concat();
    let line = String::from_utf8(line).expect("base64 is ASCII");
    let [once, twice] = [200, 400].map(|lines| run(&rules, &line, lines));
    assert!(!once.decisions.is_empty());
    let (told, more) = (once.decisions.len(), twice.decisions.len());
    assert!(more <= 2 * told && told <= 20, "{told} {more}");
    assert!(twice.asked <= 2 * once.asked, "{} {}", once.asked, twice.asked);
}

/// Windows that each reach over the lines of many others are a crowd, and what goes on beyond all of them goes on once.
#[test]
fn invariant_3_lines_that_each_begin_a_block_are_asked_about_in_proportion() {
    // Only where an anchor is short may other texts have it line after line, and each is asked about.
    for (anchor, times) in [("tokn_begin_", 20), ("tok", 200)] {
        let rules = block(anchor, b"abcdefghijklmnopqrstuvwxyz_", 2000);
        let line = format!("{anchor}abcdefghijklmnop\n");
        let [once, twice, four] = [1000, 2000, 4000].map(|lines| run(&rules, &line, lines));
        assert!(!once.decisions.is_empty(), "{anchor}");
        assert!(once.asked <= times * line.len() * 1000, "{anchor} {}", once.asked);
        let (first, rest) = (twice.asked - once.asked, four.asked - twice.asked);
        assert!(rest <= 2 * first, "{anchor} {first} {rest}");
        assert!(four.going_on <= 2, "{anchor} {}", four.going_on);
        assert!(!String::from_utf8_lossy(&four.shown).contains("mnop"), "{anchor}");
    }
}

/// Each byte of a text full of a block's anchors is asked about a few times, whatever ends the block and whatever
/// stands before each anchor: none goes farther than a few others.
#[test]
fn invariant_3_a_block_goes_no_farther_than_a_few_of_its_kind() {
    let mut rules = block("tok", b"abcdefghijklmnopqrstuvwxyz: ", 20_000);
    let Extent::Block(rule) = &mut Arc::make_mut(&mut rules[0].rules[0]).extent else {
        panic!("it is a block")
    };
    rule.until = vec![Keyword {
        bytes: b"---".to_vec(),
        any_case: false,
    }];
    for line in ["tok\n", "tok abcdefgh\n", "12 tok abcdefgh\n", "tok: tok", "tok: abc\n"] {
        let [some, more] = [500, 1000].map(|lines| run(&rules, line, lines));
        assert!(
            more.asked <= 2 * some.asked + some.asked / 8,
            "{line} {} {}",
            some.asked,
            more.asked
        );
        // As often as its own and its context's bytes belong to a few lines.
        let most = 500 * (9 * 2 * line.len() + 300);
        assert!(some.asked <= most, "{line} {} {most}", some.asked);
    }
}

/// Blocks that go on beyond their bound in readings of their own, each of which began at another part of a string, go
/// on once: each would keep its reading, and all that is read in it.
#[test]
fn invariant_4_what_goes_on_in_many_readings_goes_on_once() {
    let mut rules = block("tok", b"abcdefghijklmnopqrstuvwxyz_=", 400);
    let key = rule("key", Severity::P1, vec![literal("ag")], Extent::Span(span(12, 40)));
    rules.extend(only(vec![key]));
    let long = "a".repeat(450);
    for once in [
        // Fewer anchors than end a window stand before its bound.
        format!("tok={}' 'ab' '=", "b".repeat(60)),
        format!("ag' 'tok' '{long}"),
        format!(r"ag\u0061tok_{long}"),
        format!(r"ag\u0061\tok_{long}"),
    ] {
        for length in [64, 8192] {
            let pieces = once.repeat(400);
            let pieces = pieces.as_bytes().chunks(length);
            let word: Vec<_> = pieces.map(|piece| Letter::Bytes(piece.to_vec())).collect();
            let outcome = run_with(rules.clone(), &word, Outlet::Pipe, false, Manner::default());
            assert!(
                (1..=4).contains(&outcome.going_on),
                "{once} {length} {}",
                outcome.going_on
            );
            assert!(
                !String::from_utf8_lossy(&outcome.shown).contains("aaaa"),
                "{once} {length}"
            );
        }
    }
}

/// Each letter behind a backslash, and each escape before an escape, opens readings from which others are read, and
/// what may be compressed or an escape opens some that end at once. Those that are done with cost nothing more, and
/// none is read far ahead of what stands before it, however much comes at once.
#[test]
fn invariant_3_escapes_before_escapes_are_read_in_proportion() {
    let npm = rule("npm", Severity::P0, vec![literal("npm_")], Extent::Span(span(36, 36)));
    let rules = Arc::new(RuleSet::new(only(vec![npm])).expect("the rules are good"));
    let escapes = [r"\npm_\\x6e\npm_\\\\x6e", r"\\npm_\\\\npm_", r"npm\\x5f\npm\\\\x5f"];
    for once in escapes.into_iter().chain(["\rH4sI\r", "%25\x0C"]) {
        let looked_at = |times: usize, length: usize| {
            let mut guard = Guard::new(Arc::clone(&rules), settings(Outlet::Pipe));
            for piece in once.repeat(times).as_bytes().chunks(length) {
                guard.push(Duration::ZERO, Raw::from_vec(piece.to_vec()));
            }
            guard.mark(MarkKind::End);
            guard.looked_at()
        };
        for (length, times) in [(1, 400), (256, 1600), (64 * 1024, 1600)] {
            let [some, more] = [times, 2 * times].map(|times| looked_at(times, length));
            assert!(more <= 2 * some + some / 4, "{once} {length} {some} {more}");
            assert!(some <= 1_000_000 * times, "{once} {length} {some}");
        }
    }
}
