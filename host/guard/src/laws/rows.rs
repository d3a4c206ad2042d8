//! Keys whose lines are texts in one row: strings of a list, or fields of objects on one line.

use proptest::prelude::*;

use super::rig::{Manner, run_with};
use super::swallow::{armoured, letters};
use super::words::{in_pieces, word_of};
use crate::Outlet;

/// What opens the first text, stands between each two, and closes the last; a number stands for `#`.
const ROWS: [(&str, &str, &str); 8] = [
    (
        "{\"events\":[{\"timestamp\":1,\"message\":\"",
        "\",\"ingestionTime\":#},{\"timestamp\":#,\"message\":\"",
        "\",\"ingestionTime\":1}]}",
    ),
    ("[(0, '", "'), (#, '", "')]"),
    ("[[\"17\",\"", "\"],[\"#\",\"", "\"]]"),
    ("[\"", "\", \"", "\"]"),
    ("{\"l0\": \"", "\", \"l#\": \"", "\"}"),
    ("<l n=\"0\">", "</l><l n=\"#\">", "</l>"),
    ("{\\\"0\\\":\\\"", "\\\",\\\"#\\\":\\\"", "\\\"}"),
    ("[{\"key\":0,\"value\":\"", "\\n\"},{\"key\":#,\"value\":\"", "\\n\"}]"),
];

/// A row of these texts.
fn row((front, between, back): (&str, &str, &str), texts: &[String]) -> String {
    let number = |(index, text): (usize, &String)| match index {
        0 => text.clone(),
        _ => format!("{}{text}", between.replace('#', &(index * 997).to_string())),
    };
    let texts: String = texts.iter().enumerate().map(number).collect();
    format!("{front}{texts}{back}\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// All lines are taken out, the last as well, and nothing that stands between them.
    #[test]
    fn invariant_3_the_lines_of_a_key_in_one_row_are_taken_out(
        row_of in prop::sample::select(&ROWS[..]),
        lines in prop::collection::vec("MI[cdCD]{38}Dd4[cdCD]{20}0", 1..5),
        last in "([cdCD]{4}){1,14}(cd==)?",
        terminal in any::<bool>(),
        (each, cuts) in (any::<bool>(), prop::collection::vec(any::<prop::sample::Index>(), 0..6)),
    ) {
        let texts = |lines: Vec<String>| {
            let header = ["-----BEGIN A KEY-----".to_owned()];
            let close = ["-----END A KEY-----".to_owned()];
            row(row_of, &[&header[..], &lines, &close].concat())
        };
        let whole: Vec<String> = lines.iter().chain([&last]).cloned().collect();
        let text = texts(whole.clone());
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let told = run_with(armoured(), &letters(&text), outlet, false, Manner::default());
        let shown = String::from_utf8_lossy(&told.shown);
        let masks = |(index, line): (usize, &String)| match (terminal, index) {
            (true, _) => "*".repeat(line.len()),
            (false, 0) => "[redacted:block]".to_owned(),
            (false, _) => "*".to_owned(),
        };
        let wanted = texts(whole.iter().enumerate().map(masks).collect());
        prop_assert_eq!(&*shown, wanted.as_str(), "{}", text);
        let word = in_pieces(text.as_bytes(), each, &cuts);
        prop_assert_eq!(told.told(), run_with(armoured(), &word, outlet, false, Manner::default()).told());
    }

    /// Where something else stands between, what follows is no line of the key, and none follows its last.
    #[test]
    fn invariant_3_what_stands_elsewhere_in_the_row_is_shown(
        row_of in prop::sample::select(&ROWS[..]),
        other in prop_oneof![
            Just("\"], \"names\": [\""), Just("', [1, 'x', '"), Just("\"}}, {\"key\": {\"value\": \""), Just("\",\n \"b\": [\""),
        ],
        text in "[a-z]{8}|[a-z]{64}|MI[cdCD]{42}Dd4[cdCD]{16}0",
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let line = format!("MI{}Dd4{}0", "cD".repeat(19), "Cd".repeat(10));
        let texts = ["-----BEGIN A KEY-----".to_owned(), line];
        let front = row((row_of.0, row_of.1, ""), &texts);
        let text = format!("{}{other}{text}\", \"{text}\"\n", front.trim_end());
        let told = run_with(armoured(), &letters(&text), Outlet::Pipe, false, Manner::default());
        let shown = String::from_utf8_lossy(&told.shown);
        prop_assert!(shown.ends_with(&text[front.len() - 1..]), "{} of {}", shown, text);
        let word = word_of(text.as_bytes(), &[], &cuts);
        prop_assert_eq!(told.told(), run_with(armoured(), &word, Outlet::Pipe, false, Manner::default()).told());
    }

    /// A header and the first line may stand in one row, and all others on lines of their own.
    #[test]
    fn invariant_3_lines_below_a_row_are_taken_out(
        (first, between, front, back) in prop::sample::select(vec![
            ("insert into k values (0, '", "', '", "(#, '", "'),\n"),
            ("keys: [#,\"", "\", \"", "      [#,\"", "\"],\n"),
        ]),
        lines in prop::collection::vec("MI[cdCD]{38}Dd4[cdCD]{20}0", 2..5),
        terminal in any::<bool>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let text = |lines: &[String]| {
            let row = |(index, line): (usize, &String)| match index {
                0 => format!("{first}-----BEGIN A KEY-----{between}{line}{back}"),
                _ => format!("{}{line}{back}", front.replace('#', &index.to_string())),
            };
            lines.iter().enumerate().map(row).collect::<String>()
        };
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let told = run_with(armoured(), &letters(&text(&lines)), outlet, false, Manner::default());
        let masks = |(index, line): (usize, &String)| match (terminal, index) {
            (true, _) => "*".repeat(line.len()),
            (false, 0) => "[redacted:block]".to_owned(),
            (false, _) => "*".to_owned(),
        };
        let masks: Vec<String> = lines.iter().enumerate().map(masks).collect();
        prop_assert_eq!(String::from_utf8_lossy(&told.shown), text(&masks));
        let word = word_of(text(&lines).as_bytes(), &[], &cuts);
        prop_assert_eq!(told.told(), run_with(armoured(), &word, outlet, false, Manner::default()).told());
    }
}
