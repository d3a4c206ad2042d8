//! A slow and obvious guard over whole texts, written apart from the machine, to hold it against.
//!
//! It knows literals with plain spans only, which is what most rules are; it looks at every position of the text by
//! itself.

use proptest::prelude::*;

use super::rig::{Letter, Manner, alone, detect, rules, run_with};
use crate::{Anchor, Extent, Outlet};

struct Taken {
    start: usize,
    end: usize,
    rule: String,
    failed: bool,
    cut: bool,
}

/// Redacts everything that the rule `key` of the rig finds in the text.
fn reference(text: &[u8]) -> Vec<u8> {
    let rules = rules();
    let rule = &rules[0].rules[0];
    let Extent::Span(span) = &rule.extent else {
        panic!("`key` is a span")
    };
    let mut taken = Vec::new();
    for at in 0..text.len() {
        for anchor in &rule.anchors {
            let Anchor::Literal(literal) = anchor else {
                panic!("`key` has literals")
            };
            if !text[at..].starts_with(&literal.bytes) {
                continue;
            }
            let start = at + literal.bytes.len();
            let mut end = start;
            while end < text.len() && span.body.has(text[end]) && end - start < span.longest as usize {
                end += 1;
            }
            let cut = end - start == span.longest as usize && end < text.len() && span.body.has(text[end]);
            if end - start < usize::from(span.at_least) {
                continue;
            }
            match detect(text, start, end) {
                Ok(None) => {}
                Ok(Some((start, end))) => taken.push(Taken {
                    start,
                    end,
                    rule: rule.id.clone(),
                    failed: false,
                    cut,
                }),
                Err(_) => taken.push(Taken {
                    start,
                    end,
                    rule: rule.id.clone(),
                    failed: true,
                    cut,
                }),
            }
        }
    }
    taken.sort_by_key(|taken| (taken.start, taken.failed));
    let mut shown = Vec::new();
    let mut at = 0;
    let mut taken = taken.into_iter().peekable();
    while let Some(first) = taken.next() {
        shown.extend_from_slice(&text[at..first.start]);
        let word = if first.failed { "withheld" } else { "redacted" };
        shown.extend_from_slice(format!("[{word}:{}]", first.rule).as_bytes());
        let mut end = first.end;
        let mut cut = first.cut;
        loop {
            if cut {
                while end < text.len() && span.body.has(text[end]) {
                    end += 1;
                }
                cut = false;
            }
            match taken.next_if(|next| next.start < end) {
                Some(next) if next.end >= end => {
                    end = next.end;
                    cut = next.cut;
                }
                Some(_) => {}
                None => break,
            }
        }
        at = end;
    }
    shown.extend_from_slice(&text[at..]);
    shown
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn the_machine_equals_the_reference(
        pieces in prop::collection::vec(prop_oneof![Just("k_"), Just("k"), Just("x"), Just("X"), Just("cd0"), Just("."), Just("\n"), Just("00000")], 0..50),
    ) {
        let text = pieces.concat().into_bytes();
        let only = alone("key");
        let outcome = run_with(only, &[Letter::Bytes(text.clone())], Outlet::Pipe, false, Manner::default());
        let expected = reference(&text);
        prop_assert_eq!(String::from_utf8_lossy(&outcome.shown), String::from_utf8_lossy(&expected));
    }
}
