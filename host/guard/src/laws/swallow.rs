//! A secret that is longer than its rule's longest goes on being taken out, whatever else is found in it.

use proptest::prelude::*;

use super::rig::{Letter, Manner, literal, only, rule, run_with, set, span};
use super::words::{in_pieces, word_of};
use crate::{BlockRule, DetectorRules, Extent, Keyword, Outlet, Rule, Severity, SpanRule};

pub(super) fn letters(text: &str) -> Vec<Letter> {
    vec![Letter::Bytes(text.as_bytes().to_vec())]
}

/// Blocks of this body, which close with `--E`.
fn blocks_of(body: &[u8], at_least: u16, bound: u32) -> Vec<DetectorRules> {
    let until = vec![Keyword {
        bytes: b"--E".to_vec(),
        any_case: false,
    }];
    let block = BlockRule {
        body: set(body),
        until,
        at_least,
        bound,
    };
    only(vec![rule(
        "block",
        Severity::P0,
        vec![literal("K--")],
        Extent::Block(block),
    )])
}

/// Blocks of base64 that are armoured.
pub(super) fn armoured() -> Vec<DetectorRules> {
    let mut body: Vec<u8> = (b'a'..=b'z').chain(b'A'..=b'Z').chain(b'0'..=b'9').collect();
    body.extend(b"+/= \r\\");
    let until = vec![Keyword {
        bytes: b"-----END".to_vec(),
        any_case: false,
    }];
    let block = BlockRule {
        body: set(&body),
        until,
        at_least: 40,
        bound: 4096,
    };
    only(vec![rule(
        "block",
        Severity::P0,
        vec![literal("KEY-----")],
        Extent::Block(block),
    )])
}

/// Blocks whose body has all that their closes are made of.
fn blocks() -> Vec<DetectorRules> {
    blocks_of(b"cdK-E", 4, 200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// The narrow rule's window is cut inside the wide rule's finding, which ends first.
    #[test]
    fn invariant_3_an_overlap_does_not_end_a_secret(before in "[cd]{1,6}", secret in "[cd]{9,20}", rest in "[cd]{1,20}", at in 0_usize..40) {
        let alphabet = |more: &[u8]| set(&[b"cdk_", more].concat());
        let rules = only(vec![
            rule("wide", Severity::P0, vec![literal("W=")], Extent::Span(SpanRule { body: alphabet(b":"), ..span(4, 100) })),
            rule("narrow", Severity::P0, vec![literal("k_")], Extent::Span(SpanRule { body: alphabet(b"!"), ..span(4, 8) })),
        ]);
        let text = format!("W={before}:k_{secret}!{rest} end");
        let whole = run_with(rules.clone(), &letters(&text), Outlet::Pipe, false, Manner::default());
        prop_assert_eq!(String::from_utf8_lossy(&whole.shown), "W=[redacted:wide] end");
        let (head, tail) = text.split_at(at.min(text.len()));
        let cut = [letters(head), letters(tail)].concat();
        prop_assert_eq!(whole.told(), run_with(rules, &cut, Outlet::Pipe, false, Manner::default()).told());
    }

    /// The length picks the policy's action, the withholding of the line among them; nothing of the secret is shown
    /// by any.
    #[test]
    fn invariant_3_no_action_ends_a_secret(longest in 5_u32..13, secret in "[cd]{13,30}", after in "[. ]{1,5}") {
        let rules = only(vec![
            rule("first", Severity::P0, vec![literal("q_")], Extent::Span(span(4, 12))),
            rule("second", Severity::P0, vec![literal("k_")], Extent::Span(span(4, longest))),
        ]);
        let text = format!("k_{secret}{after}");
        let shown = run_with(rules, &letters(&text), Outlet::Pipe, false, Manner::default()).shown;
        let shown = String::from_utf8_lossy(&shown).replace("[redacted:second]", "").replace("[withheld:second]", "");
        prop_assert!(!shown.contains(['c', 'd']), "{shown}");
    }

    /// The rig's detector leaves a leading `0` out of its finding; here a block is cut, and ends with what no finding
    /// covers.
    #[test]
    fn invariant_3_a_cut_block_goes_on(lines in prop::collection::vec("[cd]{1,9}", 8..20), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4)) {
        let rules = blocks_of(b"cd", 6, 30);
        let text = format!("K--\n{}\n--E.\n", lines.join("\n"));
        let word = word_of(text.as_bytes(), &[], &cuts);
        let shown = run_with(rules, &word, Outlet::Pipe, false, Manner::default()).shown;
        let shown = String::from_utf8_lossy(&shown).replace("[redacted:block]", "");
        prop_assert!(!shown.contains(['c', 'd']), "{shown}");
    }

    /// A crowd goes on over closes: those of its kind behind them are followed by nothing else.
    #[test]
    fn invariant_3_a_crowd_of_blocks_goes_on_over_closes(many in 45_usize..90, secret in "[cd]{4,9}", cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let rules = blocks();
        let text = format!("{}--EK--{secret}\n", "K--cd".repeat(many));
        let shown = run_with(rules.clone(), &letters(&text), Outlet::Pipe, false, Manner::default());
        let told = String::from_utf8_lossy(&shown.shown).replace("[redacted:block]", "");
        prop_assert!(!told.contains(&secret), "{told}");
        let word = word_of(text.as_bytes(), &[], &cuts);
        prop_assert_eq!(shown.told(), run_with(rules, &word, Outlet::Pipe, false, Manner::default()).told());
    }

    /// What goes on beyond a window of a block ends at the block's close, wherever that is cut.
    #[test]
    fn invariant_3_what_goes_on_of_a_block_ends_at_its_close(
        others in 8_usize..12, rest in prop::collection::vec("[cd]-?[cd]{4,9}", 1..9), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let rules = blocks();
        let text = format!("K--\n{}{}\n--E\ncdcd\n", "dcK--\n".repeat(others), rest.join("\n"));
        let shown = run_with(rules.clone(), &letters(&text), Outlet::Pipe, false, Manner::default());
        let told = String::from_utf8_lossy(&shown.shown);
        let masked = told.replace("[redacted:block]", "");
        prop_assert!(told.ends_with("--E\ncdcd\n") && !masked[..masked.len() - 9].contains(['c', 'd']), "{told}");
        let word = word_of(text.as_bytes(), &[], &cuts);
        prop_assert_eq!(shown.told(), run_with(rules, &word, Outlet::Pipe, false, Manner::default()).told());
    }

    /// A block goes no farther than a few of its kind, wherever the stream is cut; what goes on there is taken out as
    /// the last one's.
    #[test]
    fn invariant_2_a_block_stops_at_others_of_its_kind_wherever_the_stream_is_cut(
        parts in prop::collection::vec(prop::sample::select(vec!["K--", "K--", "K--", "cd", "d", "\n", " ", ": ", "1K--", "K-", "--E", "c\n12 K--", "cdK--d"]), 8..60),
        word: bool, cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6), each: bool,
    ) {
        let until = vec![Keyword { bytes: b"--E".to_vec(), any_case: false }];
        let block = BlockRule { body: set(b"cdK- "), until, at_least: 4, bound: 200 };
        let anchors = vec![literal("K--"), literal("cdK--d")];
        let rules = only(vec![
            Rule { word, ..rule("block", Severity::P0, anchors, Extent::Block(block)) },
            // What else is found between tells in which order both are decided.
            rule("short", Severity::P1, vec![literal("d")], Extent::Span(SpanRule { body: set(b"cdK-"), ..span(1, 3) })),
        ]);
        let text = parts.concat();
        let whole = run_with(rules.clone(), &letters(&text), Outlet::Pipe, false, Manner::default());
        let word = in_pieces(text.as_bytes(), each, &cuts);
        prop_assert_eq!(whole.told(), run_with(rules, &word, Outlet::Pipe, false, Manner::default()).told(), "{:?}", text);
    }
}

/// Blocks of base64, and of what may stand before and behind its lines.
fn keys() -> Vec<DetectorRules> {
    blocks_of(b"cdD0123456789 \r", 8, 4096)
}

/// A key's line: of 24 or 40 characters, or one of 40 that a narrow terminal shows as two.
fn key_lines() -> impl Strategy<Value = Vec<String>> {
    let lines = |line| prop::collection::vec(line, 2..5);
    let narrow = lines("[cd]{20}D4[cd]{18}\n[cd]{16}");
    prop_oneof![
        lines("[cd]{20}D4[cd]{18}"),
        lines("[cd]{24}"),
        narrow.prop_map(|lines| { lines.iter().flat_map(|line| line.lines().map(str::to_owned)).collect() })
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// A pager's prompt, or a program's progress, stands between two lines and is written over; wherever the stream
    /// is cut, what goes on is taken out, and what stands between is shown.
    #[test]
    fn invariant_3_a_key_goes_on_behind_a_line_that_is_written_over(
        lines in key_lines(),
        every in 1_usize..4,
        between in prop::sample::select(vec![
            ":\u{1b}[K\r\u{1b}[K", "--More--\r        \r", "\r 10% [=>  ] 3/10\r\u{1b}[K", "[39%]\u{1b}[K\r", "!!!!\u{8}\u{8}\u{8}\u{8}", "|\u{8}/\u{8}-\u{8}\\\u{8} \u{8}",
            "!!!!\u{8}\u{8}\u{8}\u{8}    \u{8}\u{8}\u{8}\u{8}", ":\r\u{1b}[K\u{7}", ":\r\u{1b}[K\0", "!!!!\u{1b}[4D", "!!!!\u{1b}[G", ":\r\u{1b}[K\n", "\u{c}", "\u{1b}7\u{1b}[22;1H12:00\u{1b}8",
            "\r=============>      ", "\r................................................................................................................................................................................................................................................\r\u{1b}[K",
        ]),
        ((number, behind), last) in (prop::sample::select(vec![("", ""), ("   12 ", ""), ("12:", ""), ("-", ""), ("> ", ""), ("\t\t\t\t", ""), ("\"", "\",")]), "[cd]{0,20}"),
        terminal in any::<bool>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        // A line of each length stands before the first of them.
        let every = if lines[0].len() == lines[1].len() { every } else { every + 1 };
        let row = |(index, line): (usize, &String)| {
            let between = if index % every == every - 1 { between } else { "" };
            format!("{number}{line}{behind}\n{between}")
        };
        let rows: String = lines.iter().enumerate().map(row).collect();
        let last = if last.is_empty() { last } else { format!("{number}{last}{behind}\n") };
        let text = format!("{number}K--{behind}\n{rows}{last}{number}--E.\n");
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let whole = run_with(keys(), &letters(&text), outlet, false, Manner::default());
        let shown = String::from_utf8_lossy(&whole.shown).replace("[redacted:block]", "").replace("\u{1b}[4D", "");
        prop_assert!(!shown.contains(['c', 'd', 'D']), "{} of {}", shown.escape_debug(), text.escape_debug());
        prop_assert!(shown.ends_with("--E.\n"), "{}", shown.escape_debug());
        let word = word_of(text.as_bytes(), &[], &cuts);
        prop_assert_eq!(whole.told(), run_with(keys(), &word, outlet, false, Manner::default()).told());
    }

    /// Another program's lines stand between two of its own, on which whatever is set before both may be found again;
    /// wherever the stream is cut, what goes on is taken out, and what stands between is shown.
    #[test]
    fn invariant_3_a_key_goes_on_behind_lines_of_others(
        lines in prop::collection::vec("[cd]{20}D4[cd]{18}", 3..7),
        (number, behind) in prop::sample::select(vec![("", ""), ("   12 ", ""), ("web-1 | ", ""), ("2026-11-29T10:00:01.1Z ", ""), ("\"", "\",")]),
        between in prop::collection::vec((1_usize..6, prop::sample::select(vec!["npm warn foo@1.2: bar!", "[1/5] Linking x", ".", "\u{2713} ok", "db-1  | LOG: y", "INFO: a", ""])), 1..4),
        (last, behind_last) in prop_oneof![("([cd]{4}){0,5}", Just("")), ("[cd]{10}D4[cd]{12}|[cd]{7}=|[cd]{20}[cd]{2}==", Just("npm warn foo@1.2: bar!\n"))],
        terminal: bool, cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        // The last of these stands among lines of others.
        let between = [vec![(1, ".")], between].concat();
        let others = |index: usize| between.iter().filter(move |(at, _)| *at == index).map(|(_, other)| format!("{other}\n")).collect::<String>();
        let rows: String = lines.iter().enumerate().map(|(index, line)| format!("{}{number}{line}{behind}\n", others(index))).collect();
        let last = if last.is_empty() { last } else { format!("{number}{last}{behind}\n") };
        let text = format!("{number}K--{behind}\n{rows}{last}{behind_last}{number}--E.\n");
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let whole = run_with(keys(), &letters(&text), outlet, false, Manner::default());
        let shown = String::from_utf8_lossy(&whole.shown).replace("[redacted:block]", "");
        prop_assert!(!shown.contains("cc") && !shown.contains("dd") && !shown.contains("cd"), "{} of {}", shown.escape_debug(), text.escape_debug());
        let foreign: usize = between.iter().filter(|(at, _)| *at < lines.len()).map(|(_, other)| other.len()).sum();
        prop_assert!(shown.ends_with("--E.\n") && shown.len() >= foreign, "{}", shown.escape_debug());
        let word = word_of(text.as_bytes(), &[], &cuts);
        prop_assert_eq!(whole.told(), run_with(keys(), &word, outlet, false, Manner::default()).told());
    }

    /// Behind its close, behind many other lines, behind another one's beginning, or in another form, nothing is a
    /// part of it.
    #[test]
    fn invariant_3_what_a_key_does_not_go_on_with_is_shown(
        (between, other) in prop_oneof![
            (prop_oneof![Just("--E.\r".to_owned()), Just(format!("!\n{}and \r", "and another line\n".repeat(130))), Just("!\r--K--!\r".to_owned())], "[cd]{20}D4[cd]{18}"),
            (Just("!\r".to_owned()), prop_oneof!["\\.[cd]{20}D4[cd]{17}", "[cd]{20}D4[cd]{19}", "[cd]{40}", "\\$ [cd]{20}D4[cd]{18}", "[cd] [cd]{20}D4[cd]{18}", "={40}"]),
            (Just("! c".to_owned()), "[cd]{20}D4[cd]{18}"),
        ],
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let text = format!("K--\nccccccccccccccccccccD4cccccccccccccccccc{between}{other}.\n");
        let whole = run_with(keys(), &letters(&text), Outlet::Pipe, false, Manner::default());
        let shown = String::from_utf8_lossy(&whole.shown).into_owned();
        prop_assert!(shown.ends_with(&format!("{other}.\n")), "{} of {}", shown.escape_debug(), text.escape_debug());
        let word = word_of(text.as_bytes(), &[], &cuts);
        prop_assert_eq!(whole.told(), run_with(keys(), &word, Outlet::Pipe, false, Manner::default()).told());
    }

    /// However long a line is, in whatever pieces it comes, and whatever pauses there are, it is not waited for
    /// without end.
    #[test]
    fn invariant_4_what_a_key_may_go_on_with_is_not_waited_for(
        length in 240_usize..540, blanks in 0_usize..16, end in prop_oneof![Just("\n"), Just("\r"), Just("\r\n"), Just("")], piece in 1_usize..400,
    ) {
        let line = format!("{}{}{end}", " ".repeat(blanks), "c".repeat(length));
        let behind = "! public\n".repeat(200);
        let text = format!("K--\nccccccccccccccccccccD4cccccccccccccccccc!\r{line}{behind}");
        let word: Vec<_> = text.as_bytes().chunks(piece).map(|piece| Letter::Bytes(piece.to_vec())).collect();
        let shown = run_with(keys(), &word, Outlet::Pipe, false, Manner::default()).shown;
        prop_assert!(shown.ends_with(behind.as_bytes()), "{}", String::from_utf8_lossy(&shown).escape_debug());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// The lines of an armoured text are found below its header, whatever is set around each of them, and whatever
    /// stands between.
    #[test]
    fn invariant_3_lines_that_stand_apart_from_their_header_are_found(
        (header, before, behind) in prop::sample::select(vec![
            ("a.pem:", "a.pem-", ""), ("a.pem:1:", "a.pem-2-", ""), (">>> k = '''", "... ", ""), ("sqlite> y '", "   ...> ", ""),
            ("{\n  \"level\": 30,\n  \"msg\": \"", "{\n  \"level\": 30,\n  \"msg\": \"", "\"\n}"), ("\rweb: ", "web: ", ""), ("50%\rweb: ", "web: ", ""),
            ("\u{2502} key \u{2502} ", "\u{2502}     \u{2502} ", " \u{2502}"), ("app: ", "app: ", ": y"), ("write(1, \"", "write(1, \"", "\\n\", 65) = 65"),
            ("+", "~\n+", ""), ("[-x-]{+", "{+", "+}"), ("/* ", " * ", ""), ("('", "('", "', 64)"), ("", "quote> ", ""), ("w: ", "y z: ", " 20 . "),
        ]),
        lines in prop::collection::vec("MI[cdCD]{38}Dd4[cdCD]{20}0", 1..5),
        last in "[cd]{0,30}",
        terminal in any::<bool>(),
        (each, cuts) in (any::<bool>(), prop::collection::vec(any::<prop::sample::Index>(), 0..6)),
    ) {
        let rows: String = lines.iter().map(|line| format!("{before}{line}{behind}\n")).collect();
        let text = format!("{header}-----BEGIN A KEY-----{behind}\n{rows}{before}{last}{behind}\n{before}-----END A KEY-----{behind}\nand on\n");
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let whole = run_with(armoured(), &letters(&text), outlet, false, Manner::default());
        let shown = String::from_utf8_lossy(&whole.shown);
        for line in &lines {
            prop_assert!(!shown.contains(&line[1..9]) && !shown.contains(&line[55..]), "{} of {}", shown.escape_debug(), text.escape_debug());
        }
        prop_assert!(shown.ends_with("and on\n"), "{}", shown.escape_debug());
        let word = in_pieces(text.as_bytes(), each, &cuts);
        prop_assert_eq!(whole.told(), run_with(armoured(), &word, outlet, false, Manner::default()).told());
    }

    /// A header that something speaks of holds back nothing of what follows but what may be a line, and other texts
    /// below it are shown.
    #[test]
    fn invariant_4_nothing_else_is_held_behind_a_header(
        text in prop_oneof!["[a-z ]{0,60}", "[a-z]{64}", "[0-9a-f]{64}", "[A-Za-z0-9]{77,200}", "[A-Za-z0-9]{30,63}", "[a-k][A-Za-z0-9]{63}"],
        between in prop_oneof![Just(""), Just(" is a header.\n"), Just(" x\n\n")],
        ends in prop_oneof![Just("-----BEGIN A CERTIFICATE-----"), Just("[redacted:block]"), Just("*****")],
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let other = "Cd0d".repeat(16);
        let text = format!("see -----BEGIN A KEY-----{between}.{text}.\n{ends}\n{other}\n");
        let whole = run_with(armoured(), &letters(&text), Outlet::Pipe, false, Manner::default());
        prop_assert_eq!(String::from_utf8_lossy(&whole.shown), text.as_str());
        let word = word_of(text.as_bytes(), &[], &cuts);
        prop_assert_eq!(whole.told(), run_with(armoured(), &word, Outlet::Pipe, false, Manner::default()).told());
    }
}
