//! JSON that a secret is taken out of: it stays JSON, with the same other fields. What an agent calls its tools with is
//! JSON in strings of JSON, and no agent gets over a quote or a comma that is gone.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::rig::{Letter, Manner, literal, only, rule, run_with, set, span};
use super::words::word_of;
use crate::{DetectorRules, Extent, Outlet, Severity, SpanRule};

/// Passwords have signs in them, among them what parts the members of a list.
fn rules() -> Vec<DetectorRules> {
    let span = Extent::Span(SpanRule {
        body: set(b"efghijklmnopqrstuvw0123456789,:;)]}[{("),
        ..span(6, 60)
    });
    only(vec![rule("tok", Severity::P0, vec![literal("tokn_")], span)])
}

/// What stands around a secret in the innermost string: nothing, and quotes of a program's or a shell's, closed and
/// followed by whatever may be.
const AROUND: [(&str, &str); 16] = [
    ("", ""),
    ("\"", "\""),
    ("'", "'"),
    ("\"", "\"\n"),
    ("'", "'\n"),
    ("", "\n"),
    ("\"", "\";"),
    ("(\"", "\")"),
    ("('", "')"),
    ("`", "`"),
    ("{\"a\":\"", "\"}"),
    ("{'a': '", "'}"),
    ("[\"", "\",\"b\"]"),
    ("[\"", "\", 1]"),
    ("\"", "\" and on"),
    ("$(\"", "\"\n)\n"),
];

/// A text in a field of JSON, beside others, in this manner.
fn wrapped(text: &str, manner: usize) -> String {
    let value = match manner % 5 {
        0 | 1 => json!({"c": text, "z": 1}),
        2 => json!({"z": {"c": text}, "y": [true]}),
        3 => json!([1, text, "y", null]),
        _ => json!({"z": [text, text.len()], "y": {}}),
    };
    if manner < 5 {
        value.to_string()
    } else {
        serde_json::to_string_pretty(&value).expect("it is JSON")
    }
}

/// Takes the secret out of a text, or what stands for it, as deep as texts are JSON themselves.
fn without(text: &str, secret: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => each(value, secret),
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | Err(_) => match text.find("tokn_") {
            // What its detector takes with it of this text alone is no matter.
            Some(at) => Value::String(text[..at].into()),
            None => Value::String(text.into()),
        },
    }
}

fn each(value: Value, secret: &str) -> Value {
    match value {
        Value::String(text) => without(&text, secret),
        Value::Array(list) => list.into_iter().map(|value| each(value, secret)).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, each(value, secret)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Whatever closes the string in which a secret stands, and however deep that lies in others: the secret is taken
    /// out, and what stands around it is the same JSON.
    #[test]
    fn invariant_3_a_secret_is_taken_out_of_json_that_stays_whole(
        (front, back) in prop::sample::select(&AROUND[..]),
        secret in "[e-w0-9]{8,16}",
        manners in prop::collection::vec(0_usize..10, 0..4),
        behind in prop::sample::select(vec!["\n", "", ",\n", "\n{\"d\":\"e\"}\n"]),
        terminal in any::<bool>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let inner = format!("{front}tokn_{secret}{back}");
        let text = manners.iter().fold(inner, |text, manner| wrapped(&text, *manner));
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let whole = [text.as_bytes(), behind.as_bytes()].concat();
        let outcome = run_with(rules(), &[Letter::Bytes(whole.clone())], outlet, false, Manner::default());
        let shown = String::from_utf8_lossy(&outcome.shown).into_owned();
        prop_assert!(!shown.contains(&secret[..6]) && !shown.contains(&secret[2..]), "{shown} of {text}");
        let word = word_of(&whole, &[], &cuts);
        prop_assert_eq!(outcome.told(), run_with(rules(), &word, outlet, false, Manner::default()).told());
        if !manners.is_empty() {
            let shown = shown.strip_suffix(behind);
            prop_assert!(shown.is_some(), "{shown:?} of {text}");
            let shown = shown.unwrap_or_default();
            prop_assert!(serde_json::from_str::<Value>(shown).is_ok(), "{shown} of {text}");
            prop_assert_eq!(without(shown, &secret), without(&text, &secret), "{} of {}", shown, text);
        }
    }

    /// Parts that are joined by an operator, or that no such sign begins, are one secret as ever.
    #[test]
    fn invariant_3_parts_that_begin_with_signs_are_joined(
        between in prop::sample::select(vec!["\" + \"", "' . '", "\"\"", "\"\n  \"", "'\"", "\" .. \"", "' || '"]),
        sign in "[,;)}]?",
        first in "[e-w]{6,9}",
        second in "[e-w]{6,9}",
        manners in prop::collection::vec(0_usize..10, 0..2),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let is_joined = between.contains(['+', '.', '|']);
        let sign = if is_joined { sign.as_str() } else { "" };
        let inner = format!("\"tokn_{first}{between}{sign}{second}' \n");
        let text = manners.iter().fold(inner, |text, manner| wrapped(&text, *manner));
        let outcome = run_with(rules(), &[Letter::Bytes(text.as_bytes().to_vec())], Outlet::Pipe, false, Manner::default());
        let shown = String::from_utf8_lossy(&outcome.shown).into_owned();
        prop_assert!(!shown.contains(&first[..5]) && !shown.contains(&second[..5]), "{shown} of {text}");
        let word = word_of(text.as_bytes(), &[], &cuts);
        prop_assert_eq!(outcome.told(), run_with(rules(), &word, Outlet::Pipe, false, Manner::default()).told());
    }
}
