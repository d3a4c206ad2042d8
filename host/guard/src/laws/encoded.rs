//! Invariants 2 and 3 over encodings: what is encoded is found, wherever it stands and however it is cut.

use proptest::prelude::*;

use super::rig::{Letter, Manner, Outcome, literal, only, rule, run_with, set, span, token};
use super::words::word_of;
use crate::{Anchor, DetectorRules, Extent, Keyword, MarkKind, Opener, Outlet, Severity, SpanRule};

/// A rule whose anchor is long enough to be known in an encoding.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64, written apart from the guard's.
pub(super) fn base64(text: &[u8], padded: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for group in text.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for index in 0..=group.len() {
            out.push(ALPHABET[(bits >> (18 - 6 * index) & 63) as usize]);
        }
        if padded {
            out.extend(std::iter::repeat_n(b'=', 3 - group.len()));
        }
    }
    out
}

fn wrapped(text: &[u8], width: usize) -> Vec<u8> {
    text.chunks(width).collect::<Vec<_>>().join(&b'\n')
}

fn each(text: &[u8], form: impl Fn(u8) -> String) -> Vec<u8> {
    text.iter().flat_map(|byte| form(*byte).into_bytes()).collect()
}

/// Some bytes in the form; the others as they are.
fn some(text: &[u8], every: usize, form: impl Fn(u8) -> String) -> Vec<u8> {
    let letter = |(index, byte): (usize, &u8)| {
        if index % every == 0 {
            form(*byte)
        } else {
            char::from(*byte).to_string()
        }
    };
    text.iter()
        .enumerate()
        .flat_map(|pair| letter(pair).into_bytes())
        .collect()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let body = miniz_oxide::deflate::compress_to_vec(text, 6);
    [&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3][..], &body, &[0; 8]].concat()
}

/// The text in an encoding.
fn encoded(kind: u8, text: &[u8]) -> Vec<u8> {
    match kind {
        0 => base64(text, true),
        1 => base64(text, false),
        2 => wrapped(&base64(text, true), 64),
        3 => wrapped(&base64(text, true), 20),
        4 => each(text, |byte| format!("{byte:02x}")),
        5 => each(text, |byte| format!("{byte:02X}")),
        6 => each(text, |byte| format!("%{byte:02X}")),
        7 => some(text, 3, |byte| format!("%{byte:02x}")),
        8 => each(text, |byte| format!("\\u{byte:04x}")),
        9 => some(text, 2, |byte| format!("\\x{byte:02x}")),
        10 => some(text, 4, |byte| format!("&#{byte};")),
        11 => some(text, 5, |byte| format!("{}\" + \"", char::from(byte))),
        // An empty pair of quotes in the anchor itself is not read over.
        12 => String::from_utf8_lossy(text).replace('e', "e''").into_bytes(),
        13 => base64(&base64(text, true), true),
        14 => base64(&gzip(text), true),
        15 => each(&each(text, |byte| format!("%{byte:02x}")), |byte| {
            if byte == b'%' {
                "%25".into()
            } else {
                char::from(byte).to_string()
            }
        }),
        16 => some(&base64(text, true), 7, |byte| format!("\\u{byte:04x}")),
        17 => base64(&some(text, 3, |byte| format!("\\u{byte:04x}")), true),
        18 => text.iter().flat_map(|byte| [*byte, 0]).collect(),
        _ => base64(&base64(&gzip(text), true), true),
    }
}
const KINDS: u8 = 20;

/// What comes of a word in a pipe.
fn told(word: &[Letter]) -> Outcome {
    run_with(token(), word, Outlet::Pipe, false, Manner::default()).told()
}

/// The text in pieces of so many bytes.
fn pieces(text: &[u8], length: usize) -> Vec<Letter> {
    text.chunks(length).map(|piece| Letter::Bytes(piece.to_vec())).collect()
}

/// What is left of the secret in a text: the longest part of its encoded form that shows.
fn shows(shown: &[u8], hidden: &[u8]) -> usize {
    let mut longest = 0;
    for start in 0..hidden.len() {
        while start + longest < hidden.len() && memchr::memmem::find(shown, &hidden[start..=start + longest]).is_some()
        {
            longest += 1;
        }
    }
    longest
}

/// A secret that is longer than its rule's longest goes on in a reading in which nothing else is looked for any more.
#[test]
fn invariant_2_a_secret_that_goes_on_in_a_reading_is_read_to_its_end() {
    let inner = encoded(15, b"tokn_xexxxxXXxXXxeeeeeXxXeeX");
    let text = [encoded(6, b"tokn_xXxxXee"), encoded(4, &inner)].concat();
    assert_eq!(told(&word_of(&text, &[], &[])), told(&pieces(&text, 1)));
}

/// What goes on and what lies in it in two encodings begin at the same bytes; which of them is decided first hangs on
/// the cutting.
#[test]
fn invariant_2_a_secret_goes_on_over_another_in_two_encodings() {
    let inner = encoded(4, b"tokn_XxeexeXeXXXxXeeXeXXxxXexxXexeeXXXxexxxxeX");
    let outer = encoded(6, b"tokn_xxxexeexeXxexeeXxeeeexXeXeexeXxxXxeXxe");
    let text = [outer, encoded(18, &inner)].concat();
    assert_eq!(told(&word_of(&text, &[], &[])), told(&pieces(&text, 1)));
}

/// A line end that cuts a literal is found wherever it stands in a long text, of which much is forgotten by then.
#[test]
fn invariant_2_a_line_end_is_not_forgotten() {
    for before in (300..700).step_by(11) {
        let text = format!("{}tokn_efghijefghijef.{}", ".".repeat(before), ".;".repeat(90));
        let text = [encoded(3, text.as_bytes()), b".\n".to_vec()].concat();
        let whole = told(&word_of(&text, &[], &[]));
        assert_eq!(whole, told(&pieces(&text, 1)), "{before}");
        assert!(!whole.decisions.is_empty(), "{before}");
    }
}

/// Escapes that are done with leave room for an encoding that comes later, however much comes at once.
#[test]
fn invariant_2_readings_that_are_done_with_make_room() {
    let filler = ".".repeat(400);
    let lone = |escape: &str| format!("{escape}{filler}").repeat(60);
    let token = encoded(0, b"xx.tokn_efghijefghijef.xx");
    for escape in ["%41", "\\x41", "&#65;"] {
        let text = [lone(escape).as_bytes(), &token, b" "].concat();
        let whole = told(&word_of(&text, &[], &[]));
        assert_eq!(whole, told(&pieces(&text, 1)), "{escape}");
        assert_eq!(whole.decisions.len(), 1, "{escape}");
    }
}

/// More texts are in base64 at one place than there is room for readings: each is read in its turn.
#[test]
fn invariant_2_many_texts_in_an_encoding_wait_for_room() {
    let one = |index: usize, kind: u8| {
        let secret = format!("the {index} is .tokn_efgh{}ef. xx", ["ij", "hijh", "jjij"][index % 3]);
        [
            encoded(
                kind,
                &encoded(if index.is_multiple_of(5) { 4 } else { 6 }, secret.as_bytes()),
            ),
            b" ".to_vec(),
        ]
        .concat()
    };
    for kind in [0, 4] {
        let text: Vec<u8> = (0..400).flat_map(|index| one(index, kind)).collect();
        let whole = told(&word_of(&text, &[], &[]));
        assert_eq!(whole.decisions.len(), 400, "{kind}");
        for length in [1, 7, 4096] {
            assert_eq!(whole, told(&pieces(&text, length)), "{kind} {length}");
        }
    }
}

/// All that comes out of a compressed text stands for the same bytes, and so does what follows one in it.
#[test]
fn invariant_3_a_compressed_text_in_another_is_read() {
    let inner = encoded(14, b"xx.tokn_efghijefghijef.xx");
    for (before, after) in [("", ""), ("xx ", ""), ("", " xx\n"), ("xx ", " xx\n")] {
        let whole = [before.as_bytes(), &inner, after.as_bytes()].concat();
        let text = [b"is ", &encoded(14, &whole)[..], b" .\n"].concat();
        let at_once = told(&word_of(&text, &[], &[]));
        assert_eq!(at_once, told(&pieces(&text, 1)));
        let shown = String::from_utf8_lossy(&at_once.shown);
        assert!(
            shown.starts_with("is H4sI[redacted:tok]"),
            "{before:?} {after:?} {shown}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn invariant_3_no_encoding_hides_a_secret(
        kind in 0..KINDS, before in "[ a-zB-J.:]{0,12}", secret in "[efghij]{12,20}e[fghij]{3}", after in "[ .:]{0,6}",
        around in "[ \"\n]{0,2}", cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20), terminal in any::<bool>(),
    ) {
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let whole = format!("{before}.tokn_{secret}.{after}");
        let text = [around.as_bytes(), &encoded(kind, whole.as_bytes()), b".\n", around.as_bytes()].concat();
        let cut = run_with(token(), &word_of(&text, &[], &cuts), outlet, false, Manner::default()).told();
        prop_assert!(!cut.decisions.is_empty(), "{} is not found", String::from_utf8_lossy(&text));
        let shown = String::from_utf8_lossy(&cut.shown).into_owned();
        let open = run_with(Vec::new(), &word_of(&text, &[], &[]), outlet, false, Manner::default()).shown;
        prop_assert!(shows(&cut.shown, &open) < open.len(), "{shown}");
        let at_once = run_with(token(), &word_of(&text, &[], &[]), outlet, false, Manner::default()).told();
        prop_assert_eq!(at_once, cut);
    }

    /// No literal stands in base64 or hexadecimal digits of another encoding; what they stand for is text, and read
    /// as such.
    #[test]
    fn invariant_3_no_encoding_of_an_encoding_hides_a_secret(
        outer in prop::sample::select(vec![0_u8, 1, 2, 4, 5]), inner in 0..KINDS - 2, before in "[ a-zB-J.:]{0,12}",
        secret in "[efghij]{12,20}e[fghij]{3}", after in "[ .:]{0,6}", cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let whole = format!("{before}.tokn_{secret}.{after}");
        let text = [b"is ", &encoded(outer, &encoded(inner, whole.as_bytes()))[..], b".\n"].concat();
        let cut = told(&word_of(&text, &[], &cuts));
        prop_assert!(!cut.decisions.is_empty(), "{} is not found", String::from_utf8_lossy(&text));
        prop_assert!(shows(&cut.shown, &text) < text.len());
        let at_once = told(&word_of(&text, &[], &[]));
        prop_assert_eq!(at_once, cut);
    }

    #[test]
    fn invariant_2_chunking_law_over_encodings(
        kinds in prop::collection::vec((0..KINDS, 0..2 * KINDS, "[ a-c.:]{0,8}", "[efghijxX]{7,60}"), 1..4),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20), terminal in any::<bool>(),
        marks in prop::collection::vec((any::<prop::sample::Index>(), Just(MarkKind::Idle)), 0..3),
    ) {
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let text: Vec<u8> = kinds
            .iter()
            .flat_map(|(kind, outer, before, secret)| {
                let inner = encoded(*kind, format!("{before}tokn_{secret}").as_bytes());
                // Half of them lie in one more.
                let whole = if *outer < KINDS { encoded(*outer, &inner) } else { inner };
                [before.as_bytes(), &whole].concat()
            })
            .collect();
        let whole = run_with(token(), &word_of(&text, &marks, &[]), outlet, false, Manner::default()).told();
        let cut = run_with(token(), &word_of(&text, &marks, &cuts), outlet, false, Manner::default()).told();
        prop_assert_eq!(&whole, &cut);
        if marks.is_empty() {
            prop_assert_eq!(&whole, &run_with(token(), &pieces(&text, 1), outlet, false, Manner::default()).told());
        }
    }
}

/// Where many readings are open, a reading may not have read on behind a literal in it whose last raw byte stands for
/// more than that.
#[test]
fn invariant_2_what_shares_a_raw_byte_with_a_literal_is_taken_out_wherever_the_stream_is_cut() {
    let escapes = encoded(
        9,
        &encoded(7, b"::: a.:tokn_eexXxXxXexexeeXeexxXXeexeeXXxexexxxXXxxXXXxx"),
    );
    let packed = encoded(17, &encoded(14, b": a tokn_XXxxfxXxexXexx"));
    let text = [b"::: a.:", &escapes[..], b": a ", &packed].concat();
    let whole = told(&word_of(&text, &[], &[]));
    for at in 1..text.len() {
        let (head, tail) = text.split_at(at);
        let word = [head, tail].map(|part| Letter::Bytes(part.to_vec()));
        assert_eq!(told(&word), whole, "cut at {at}");
    }
}

/// Two suspects that begin at one place and stop at one escape share a reading; what may show in it is what the
/// shorter literal shows.
#[test]
fn invariant_2_a_literal_that_begins_another_shares_its_reading() {
    let rules = only(vec![
        rule("long", Severity::P0, vec![literal("k_b_")], Extent::Span(span(6, 40))),
        rule(
            "short",
            Severity::P0,
            vec![literal("k_")],
            Extent::Span(SpanRule {
                body: set(b"abcdk_"),
                ..span(6, 40)
            }),
        ),
    ]);
    for text in ["x k_b_cdc%63dcdcd y", r"x k_b_cdc\u0063dcdcd y"] {
        let told = |word: &[Letter]| run_with(rules.clone(), word, Outlet::Pipe, false, Manner::default()).told();
        assert_eq!(
            told(&pieces(text.as_bytes(), text.len())),
            told(&pieces(text.as_bytes(), 1)),
            "{text}"
        );
    }
}

/// A value behind a name and an opener, as assignments have it. The signs of escapes may stand before it, or in it.
fn assigned(signs: bool) -> Vec<DetectorRules> {
    let more: &[u8] = if signs { b"u0123x\\&#%qot" } else { b"" };
    let opener = Opener {
        before: set(&[b"_\"' ", more].concat()),
        bytes: set(b":="),
        after: set(&[b"\"' ", more].concat()),
    };
    let span = Extent::Span(SpanRule {
        gap: 40,
        opener: Some(opener),
        body: set(b"cdefgh"),
        ..span(6, 30)
    });
    only(vec![rule("named", Severity::P0, vec![literal("api_key")], span)])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// What stands between a name and its value may be written in escapes, wherever the stream is cut.
    #[test]
    fn invariant_3_a_gap_is_read_in_escapes(
        (signs, quote) in prop_oneof![
            (any::<bool>().boxed(), prop_oneof![Just("&quot;"), Just("&#34;"), Just("&#x22;"), Just("%22")].boxed()),
            (Just(true).boxed(), prop_oneof![Just("\\u0022"), Just("\\x22")].boxed()),
            (Just(false).boxed(), Just("%2522").boxed()),
        ],
        named in any::<bool>(),
        colon in prop_oneof![Just(":"), Just(": "), Just("%3A"), Just("&#58;"), Just("=")],
        secret in "[cdefgh]{6,20}",
        terminal in any::<bool>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let closes = if named { quote } else { "" };
        let text = format!("{{{closes}api_key{closes}{colon}{quote}{secret}{quote},{quote}n{quote}:1}} and on\n");
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let whole = run_with(assigned(signs), &[Letter::Bytes(text.as_bytes().to_vec())], outlet, false, Manner::default());
        let shown = String::from_utf8_lossy(&whole.shown).into_owned();
        prop_assert!(!shown.contains(&secret[1..5]), "{shown} of {text}");
        prop_assert!(shown.contains(&format!("{quote}n{quote}:1}} and on")), "{shown} of {text}");
        let word = word_of(text.as_bytes(), &[], &cuts);
        prop_assert_eq!(whole.told(), run_with(assigned(signs), &word, outlet, false, Manner::default()).told());
    }

    /// The sign between a name and its value may be an escape that is walked over with all that may stand before one,
    /// and so may the value: nothing of it waits for the walk's end.
    #[test]
    fn invariant_3_an_escape_that_is_walked_over_leads_in_a_value(
        before in prop_oneof![Just(""), Just("_1"), Just("&&"), Just("%"), Just("_&c")],
        sign in prop_oneof![Just("\\u003d"), Just("\\x3d"), Just("\\u003a"), Just("%3D"), Just("&#61;"), Just("\\\\u003d"), Just("%253D")],
        secret in "[cdefgh]{6,20}",
        terminal in any::<bool>(),
        (each, cuts) in (any::<bool>(), prop::collection::vec(any::<prop::sample::Index>(), 0..6)),
    ) {
        let opener = Opener { before: set(b"_\\&%#;0123456789uxabcdefghD"), bytes: set(b"=:"), after: set(b" ") };
        let span = Extent::Span(SpanRule { gap: 40, opener: Some(opener), body: set(b"cdefgh"), ..span(6, 30) });
        let rules = only(vec![rule("named", Severity::P0, vec![literal("api_key")], span)]);
        let text = format!("api_key{before}{sign}{secret}\nand on\n");
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let whole = run_with(rules.clone(), &[Letter::Bytes(text.as_bytes().to_vec())], outlet, false, Manner::default());
        let shown = String::from_utf8_lossy(&whole.shown).into_owned();
        prop_assert!(!shown.contains(&secret[1..5]), "{shown} of {text}");
        prop_assert!(shown.contains("and on\n"), "{shown} of {text}");
        let word = if each {
            text.bytes().map(|byte| Letter::Bytes(vec![byte])).collect()
        } else {
            word_of(text.as_bytes(), &[], &cuts)
        };
        prop_assert_eq!(whole.told(), run_with(rules, &word, outlet, false, Manner::default()).told());
    }

    /// A line of base64 may be a text of its own, whatever the line before decodes to.
    #[test]
    fn invariant_3_a_line_of_base64_may_begin_a_text(
        before in "[a-z0-9]{20,64}",
        secret in "[bcdfghjk]{8,30}",
        padded in any::<bool>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let mut rules = token();
        rules[0].rules = rules[0].rules.iter().map(|rule| std::sync::Arc::new(crate::Rule { word: true, ..(**rule).clone() })).collect();
        let coded = base64(format!("tokn_{secret}").as_bytes(), padded);
        let text = [before.as_bytes(), b"\n", &coded, b"\n"].concat();
        let whole = run_with(rules.clone(), &[Letter::Bytes(text.clone())], Outlet::Pipe, false, Manner::default());
        let shown = String::from_utf8_lossy(&whole.shown).into_owned();
        let rest = String::from_utf8_lossy(&coded[8..16]).into_owned();
        prop_assert!(!shown.contains(&rest), "{shown} of {}", String::from_utf8_lossy(&text));
        let word = word_of(&text, &[], &cuts);
        prop_assert_eq!(whole.told(), run_with(rules, &word, Outlet::Pipe, false, Manner::default()).told());
    }
}

/// A literal with slashes, each with so many backslashes before it, and what follows it.
fn slashed(levels: &[usize], text: &str) -> Vec<u8> {
    let mut levels = levels.iter().cycle();
    let slash = |byte: u8| match byte {
        b'/' => [&b"\\".repeat(*levels.next().expect("there is one at least"))[..], b"/"].concat(),
        other => vec![other],
    };
    text.bytes().flat_map(slash).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// PHP has a backslash before each slash of its JSON, and what has such a text in its own JSON has more of them.
    #[test]
    fn invariant_3_backslashes_before_slashes_hide_no_secret(
        (literal, any_case) in prop::sample::select(vec![("hooks.sl.com/svc/", false), ("/hk/", false), ("otp://", true), ("d.io/api/v10/hk/", true), ("4/0A", false), ("DSN=\"ht://", false)]),
        level in 1_usize..4,
        loud in any::<bool>(),
        before in "[ a-dk-z\"=:.-]{0,80}",
        secret in "[efghij]{8,12}(/[efghij]{3,9}){0,2}",
        fill in 0_usize..400,
        terminal in any::<bool>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let span = Extent::Span(SpanRule { body: set(b"efghij/"), ..span(8, 60) });
        let anchor = Anchor::Literal(Keyword { bytes: literal.into(), any_case });
        let rules = only(vec![rule("hook", Severity::P0, vec![anchor], span)]);
        let written = if loud && any_case { literal.to_uppercase() } else { literal.to_owned() };
        let text = [before.as_bytes(), &b".".repeat(fill), &slashed(&[level], &format!("{written}{secret}")), b"\",\n"].concat();
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let whole = run_with(rules.clone(), &[Letter::Bytes(text.clone())], outlet, false, Manner::default());
        let shown = String::from_utf8_lossy(&whole.shown).into_owned();
        prop_assert!(!shown.contains(&secret[..8]) && !shown.contains(&secret[secret.len() - 3..]), "{shown} of {}", String::from_utf8_lossy(&text));
        prop_assert!(shown.ends_with("\",\n"), "{shown}");
        let word = word_of(&text, &[], &cuts);
        prop_assert_eq!(whole.told(), run_with(rules, &word, outlet, false, Manner::default()).told());
    }

    /// Whether each slash of a literal has a backslash before it, or only some have, and what else opens readings
    /// around it: nothing hangs on the cutting.
    #[test]
    fn invariant_2_chunking_law_over_backslashes_before_slashes(
        parts in prop::collection::vec(
            (
                prop::sample::select(vec!["hooks.sl.com/svc/", "/hk/", "otp://", "svc/", "hooks.sl.com"]),
                prop::collection::vec(0_usize..4, 1..4),
                prop::sample::select(vec!["", "%41", "\\u0041", "\\x2e", "' . '", "\\.", "\\\\", "&#47;", "%2F", "\\/", "\\n", "''"]),
                "[efghij/.]{0,20}",
            ),
            1..6,
        ),
        each in any::<bool>(),
        terminal in any::<bool>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let span = Extent::Span(SpanRule { body: set(b"efghij/"), ..span(4, 30) });
        let anchors = ["hooks.sl.com/svc/", "/hk/", "otp://"].map(literal).to_vec();
        let rules = only(vec![rule("hook", Severity::P0, anchors, span)]);
        let text: Vec<u8> = parts
            .iter()
            .flat_map(|(literal, levels, escape, secret)| {
                let at = literal.len() / 2;
                let whole = [&literal.as_bytes()[..at], escape.as_bytes(), &literal.as_bytes()[at..], secret.as_bytes()].concat();
                slashed(levels, &String::from_utf8_lossy(&whole))
            })
            .collect();
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let whole = run_with(rules.clone(), &[Letter::Bytes(text.clone())], outlet, false, Manner::default()).told();
        let word = if each { pieces(&text, 1) } else { word_of(&text, &[], &cuts) };
        prop_assert_eq!(whole, run_with(rules, &word, outlet, false, Manner::default()).told());
    }

    /// Parts of a string may have a letter of Python's before them.
    #[test]
    fn invariant_3_letters_before_parts_of_a_string_hide_no_secret(
        between in prop::sample::select(vec!["' b'", "'\n      b'", "\" f\"", "\" + f\"", "' + u'", "\"\n r\""]),
        secret in prop::collection::vec("[efghij]{6,9}", 2..4),
        terminal in any::<bool>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let text = format!("b'tokn_{}'\nand on\n", secret.join(between));
        let outlet = if terminal { Outlet::Terminal } else { Outlet::Pipe };
        let whole = run_with(token(), &[Letter::Bytes(text.as_bytes().to_vec())], outlet, false, Manner::default());
        let shown = String::from_utf8_lossy(&whole.shown).into_owned();
        prop_assert!(secret.iter().all(|part| !shown.contains(&part[..4])), "{shown} of {text}");
        prop_assert!(shown.ends_with("'\nand on\n"), "{shown} of {text}");
        let word = word_of(text.as_bytes(), &[], &cuts);
        prop_assert_eq!(whole.told(), run_with(token(), &word, outlet, false, Manner::default()).told());
    }
}
