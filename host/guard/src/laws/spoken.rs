//! A header of a key that something only speaks of: an error, a manual, a rule of a scanner. What follows is shown at
//! once, and a key in whatever is set around its lines is found as ever.

use proptest::prelude::*;

use super::rig::{Letter, Manner, literal, only, rule, run_with, set, shown_by};
use super::swallow::letters;
use super::words::in_pieces;
use crate::{BlockRule, DetectorRules, Extent, Keyword, MarkKind, Outlet, Severity};

const HEADER: &str = "-----BEGIN A PRIVATE KEY-----";

/// Blocks as those of private keys are: with what quotes a line, and blanks.
fn keys() -> Vec<DetectorRules> {
    let mut body: Vec<u8> = (b'a'..=b'z').chain(b'A'..=b'Z').chain(b'0'..=b'9').collect();
    body.extend(b"+/= \t\r\\\"',>#|-");
    let close = |text: &str| Keyword {
        bytes: text.into(),
        any_case: false,
    };
    let block = BlockRule {
        body: set(&body),
        until: vec![close("-----END"), close("-----BEGIN")],
        at_least: 40,
        bound: 4096,
    };
    let anchors = vec![literal("PRIVATE KEY-----")];
    only(vec![rule("block", Severity::P0, anchors, Extent::Block(block))])
}

/// Lines that ordinary programs print.
const LINES: [&str; 12] = [
    "processing item 1 of the batch",
    "Retry number 1 in 5 s",
    "hello world, and on it goes",
    "Starting worker pool",
    "commit 0123456789abcdef0123456789abcdef01234567",
    "Warning: nothing was found there",
    "done with it",
    "Compiling src/main/Thing in 12 parts",
    "bin\ngames\ninclude",
    "all OK, going on with userId 12",
    "  12 files changed, 3 of them by hand",
    "not found",
];

/// What stands before a header that is spoken of, and behind it on its line.
fn spoken() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop::sample::select(vec![
        ("", ""),
        ("Error: no ", " found"),
        ("Error: no '", "' found in the file"),
        ("the file has no `", "` in it"),
        ("docs/a.md:12:", ""),
        ("bad key (", ") was given"),
        ("it begins with ", ", and so on"),
        ("it begins with ", " or a blank"),
        ("", ": no such line"),
        ("no ", " found."),
    ])
}

/// Lines of a key in so many columns. Their first one begins as a key does.
fn lines_of(text: &str, width: usize) -> Vec<String> {
    let text = format!("MII{text}");
    text.as_bytes()
        .chunks(width)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// However long the pauses are, and whatever comes in what pieces.
    #[test]
    fn invariant_4_what_follows_a_header_that_is_spoken_of_is_shown_at_once(
        (before, behind) in spoken(), first in prop::sample::select(&LINES[..]),
        others in prop::collection::vec(prop::sample::select(&LINES[..]), 0..4), each: bool,
    ) {
        // Single short words in a row are prose together; where a pause falls between them, the first are masked.
        let first = if first.starts_with("bin") && behind.is_empty() { "processing" } else { first };
        let head = format!("{before}{HEADER}{behind}\n");
        let rest: Vec<String> = [first].iter().chain(&others).map(|line| format!("{line}\n")).collect();
        let text = format!("{head}{}", rest.concat());
        let pieces = |mark: &[Letter]| {
            let mut word = Vec::new();
            for line in [&head].into_iter().chain(&rest) {
                word.extend(in_pieces(line.as_bytes(), each, &[]));
                word.extend(mark.iter().cloned());
            }
            word
        };
        let paused = pieces(&[Letter::Mark(MarkKind::Idle)]);
        let terminal = run_with(keys(), &paused, Outlet::Terminal, false, Manner::default());
        prop_assert_eq!(String::from_utf8_lossy(&terminal.shown), text.as_str());
        // A line at a time, nothing is held but the header's own line end.
        let pipe = run_with(keys(), &pieces(&[]), Outlet::Pipe, false, Manner::default());
        prop_assert!(each || pipe.held <= 2, "{} are held of {}", pipe.held, text);
        prop_assert_eq!(String::from_utf8_lossy(&pipe.shown), text.as_str());
        prop_assert!(pipe.decisions.is_empty());
    }

    /// Fields and texts in a list behind a header stay, and so does a digest among them.
    #[test]
    fn invariant_4_other_fields_behind_a_header_are_shown(
        (before, between, behind) in prop::sample::select(vec![
            ("{\"a\": \"", "\", \"name\": \"~\", \"sum\": \"", "\", \"z\": 1}"),
            ("{'a': '", "', 'n': 7, 'sum': '", "', 'at': 'it'}"),
            ("{'a': '", "', 'sum': '", "', 'at': 'it'}"),
            ("[\"", "\", \"name\", \"~\", \"", "\", 1]"),
            ("{\"m\": \"{\\\"a\\\": \\\"", "\\\", \\\"name\\\": \\\"~\\\", \\\"sum\\\": \\\"", "\\\", \\\"z\\\": 1}\"}"),
            ("docs/a.md:", "\ncommit ", "\n"),
        ]),
        words in "[a-z]{3,8} [a-z]{5,9}", digest in "[0-9a-f]{40}|[0-9a-f]{64}",
    ) {
        let text = format!("{before}{HEADER}{}{digest}{behind}\n", between.replace('~', &words));
        prop_assert_eq!(shown_by(&keys(), &text, Outlet::Pipe), text);
    }

    /// A key is held from its header on in whatever is set around each of its lines, however narrow a window wraps
    /// them, and where it is typed, character by character.
    #[test]
    fn invariant_3_a_key_is_found_as_if_headers_were_never_spoken_of(
        (before, behind) in prop::sample::select(vec![
            ("", ""), ("12: ", ""), ("web-1  | ", ""), ("[pod/web-1] ", ""), ("2026-11-29T10:00:01.1Z ", ""), ("> ", ""), ("# ", ""), ("\u{2502} ", " \u{2502}"),
            ("| ", " |"), ("    \"", "\","), ("  '", "\\n' +"), ("{\"msg\": \"", "\", \"level\": 30}"), ("{\"msg\": \"", "\", \"level\": 30, \"by\": \"the main worker\"}"), ("\"", "\",stdout,worker,main"), ("", "   worker main"), ("key app ", ""), ("info: the key ", ""), ("", " worker"), ("2026-11-29 10:00:01 INFO ", " main"), ("- ", ""), ("+", ""),
        ]),
        preamble in prop::sample::select(vec!["", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\n", "Comment: this is a key of mine\n\n", "\n"]),
        text in "([A-W][a-w0-9][0-9+/][A-Wa-w]){40,60}", width in 16_usize..77, typed: bool,
    ) {
        // A preamble that a word follows on each line is none, and was none before.
        let is_word = behind.ends_with(|end: char| end.is_ascii_lowercase()) && !behind.starts_with("  ");
        let preamble = if is_word && preamble.contains(':') { "" } else { preamble };
        let lines = lines_of(&text, width);
        let whole = format!("{HEADER}\n{preamble}{}\n-----END A PRIVATE KEY-----", lines.join("\n"));
        let framed: String = whole.lines().map(|line| format!("{before}{line}{behind}\n")).collect();
        let pause = |letter| [letter, Letter::Mark(MarkKind::Idle)];
        let word = if typed { in_pieces(framed.as_bytes(), true, &[]).into_iter().flat_map(pause).collect() } else { letters(&framed) };
        let told = run_with(keys(), &word, Outlet::Terminal, false, Manner::default());
        let shown = String::from_utf8_lossy(&told.shown);
        for line in &lines {
            let middle = &line[..line.len().min(12)];
            prop_assert!(middle.len() < 8 || !shown.contains(middle), "{} of {}", shown, framed);
        }
    }

    /// The same with the line ends spelled out, and a preamble of words.
    #[test]
    fn invariant_3_a_key_in_a_string_is_found_behind_words(
        front in prop::sample::select(vec!["", "\\nComment: this is a key of mine\\n", "\\nVersion: The Last One\\n"]),
        frame in prop::sample::select(vec!["", "web app "]),
        text in "([A-W][a-w0-9][0-9+/][A-Wa-w]){40,60}", width in 16_usize..77,
    ) {
        let lines = lines_of(&text, width).join(&format!("\\n{frame}"));
        let text = format!("{{\"k\": \"{frame}{HEADER}{front}\\n{frame}{lines}\\n{frame}-----END A PRIVATE KEY-----\\n\"}}\n");
        let shown = shown_by(&keys(), &text, Outlet::Pipe);
        prop_assert!(!shown.contains(&lines[..14]) && !shown.contains(&lines[lines.len() - 12..]), "{} of {}", shown, text);
    }

    /// All of a key's lines may stand in one field beside its header.
    #[test]
    fn invariant_3_a_key_in_the_next_field_is_found(
        name in prop::sample::select(vec!["body", "b", "the-lines", "contents"]), quote in prop::sample::select(vec!["\"", "'", "\\\""]),
        text in "([A-W][a-w0-9][0-9+/][A-Wa-w]){40,60}", front in prop::sample::select(vec!["MII", "q1"]),
    ) {
        let (head, tail) = (format!("{{{quote}a{quote}: {quote}{HEADER}{quote}, {quote}{name}{quote}: {quote}"), format!("{quote}, {quote}z{quote}: 1}}\n"));
        let shown = shown_by(&keys(), &format!("{head}{front}{text}{tail}"), Outlet::Pipe);
        prop_assert!(!shown.contains(&text[..12]) && !shown.contains(&text[text.len() - 12..]), "{} of {}", shown, text);
    }

    /// Where words stand between, its lines are known by how a key begins, where they are as long as a guard confirms.
    #[test]
    fn invariant_3_a_key_behind_words_is_found(
        (before, behind) in spoken(), line in prop::sample::select(&LINES[..]), text in "([A-W][a-w0-9][0-9+/][A-Wa-w]){40,60}", width in 40_usize..77,
    ) {
        let lines = lines_of(&text, width);
        let text = format!("{before}{HEADER}{behind}\n{line}\n{}\n", lines.join("\n"));
        let shown = shown_by(&keys(), &text, Outlet::Pipe);
        for line in &lines[..lines.len() - 1] {
            prop_assert!(!shown.contains(&line[..12]), "{} of {}", shown, text);
        }
    }
}
