//! No input takes more than its share of work: what is told, asked about and gone on with grows with the text's length alone.

use super::encoded::base64;
use super::rig::{Letter, Manner, Outcome, literal, only, rule, run_with, set};
use crate::{BlockRule, DetectorRules, Extent, Outlet, Severity};

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
