//! A block is found whatever a tool sets around each of its lines, as long as that is alike but for numbers and words.

use std::sync::Arc;

use proptest::prelude::*;

use super::rig::{Letter, Manner, alone, run_with};
use crate::{DetectorRules, Outlet};

/// What is set before a line, and behind it; a number of the line's stands for `#`, and a word for `~`. None has a
/// letter of the block's body.
fn around() -> impl Strategy<Value = (String, String)> {
    let before = "(#:|\\[#\\] |y#  z: |  #\t\\| |\\{\"y\": \"zy#-z#\", \"z\": \"|20#-T#\\.#Z z|z; |~ #: |\\{\"y\": ~, \"z\": \"|\u{2502})?";
    let behind = "(\"\\}|\", \"z\": #\\}|\", \"z\": ~\\}| ;|\r|              \u{2502})?";
    (before, behind)
}

/// What comes out of a text.
fn shown(rules: &[DetectorRules], text: &str) -> String {
    let letters = [Letter::Bytes(text.as_bytes().to_vec())];
    let outcome = run_with(rules.to_vec(), &letters, Outlet::Pipe, false, Manner::default());
    String::from_utf8_lossy(&outcome.shown).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn invariant_2_a_block_is_found_in_any_frame(
        (before, behind) in around(), lines in prop::collection::vec("d[abc]{2,4}", 4..7), first in 1..12_u32, lead in "([yz]\n){0,2}",
        header in "(--B z )?",
    ) {
        let mut only = alone("block");
        let crate::Extent::Block(block) = &mut Arc::make_mut(&mut only[0].rules[0]).extent else { panic!("the rig's block") };
        block.bound = 400;
        let numbered = |text: &str, index: usize| {
            let word = ["zzy", "y", "yzzz"][(first as usize + index) % 3];
            text.replace('#', &(first as usize + index).to_string()).replace('~', word)
        };
        // Blanks fill the lines of a box up.
        let framed = |index: usize, line: &str| {
            let fill = " ".repeat(if behind.starts_with("  ") { 14 - line.len() } else { 0 });
            format!("{}{line}{fill}{}\n", numbered(&before, index), numbered(behind.trim_start_matches("  "), index))
        };
        // The anchor may be the end of a header, whose front no other line has; something stands between it and a word.
        let header = if before.ends_with('z') { String::new() } else { header };
        let mut text = lead + &framed(0, &(header + "K--"));
        for (index, line) in (1..).zip(&lines) {
            text += &framed(index, line);
        }
        text += &framed(lines.len() + 1, "--E");
        let shown = shown(&only, &text);
        let rest = shown.replace("[redacted:block]", "");
        prop_assert!(rest.len() < shown.len() && !rest.contains('d'), "{text}\ncomes out as\n{shown}");
    }
}

/// A line of a body may be all like a number that stands before the anchor.
#[test]
fn invariant_3_a_number_before_an_anchor_takes_no_line_of_its_block() {
    let only = alone("block");
    for text in [
        "41111111K--\nabcd0123\nkdcb3210\n--E",
        "411 K--\nabcd0123\nkdcb3210",
        "x: \"K--\"}\nabcd0123\"}\nkdcb3210",
    ] {
        let shown = shown(&only, text);
        assert!(
            shown.contains("[redacted:block]") && !shown.contains("abcd"),
            "{text} comes out as {shown}"
        );
    }
}

/// A line of a body may begin with the letters that stand before the anchor.
#[test]
fn invariant_3_letters_that_a_line_begins_with_are_its_own() {
    let only = alone("block");
    // No byte fewer makes a block.
    assert_eq!(shown(&only, "a;K--\na=bcd0"), "a;K--[redacted:block]");
}

/// A log that only speaks of a block goes on: none of it is taken out.
#[test]
fn invariant_2_what_follows_a_mere_anchor_is_no_block() {
    let only = alone("block");
    for text in [
        "[9] K--\n[8] ab dcba abcd\n[7] abcdabcd dcba",
        "y \"K--\" z\nab dcb dcba abcd\n",
        "{\"y\": \"K--\"}\n{\"y\": \"ab dcba\"}\n",
    ] {
        assert_eq!(shown(&only, text), text);
    }
}
