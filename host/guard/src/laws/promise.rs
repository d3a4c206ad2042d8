//! The guard against a reference that is slow, reads whole texts, and shares no code with it. The same laws are
//! fuzzed for longer by `cargo xtask fuzz`.

mod coat;
mod decode;
mod drive;
mod found;
mod law;
mod proof;
mod screen;
mod script;
mod secret;
mod table;
mod twice;
mod view;

use proptest::prelude::*;

use self::coat::Coat;
use self::script::{Bed, Mark, Op, Piece, Script, Secret};
use self::table::Judge;
use super::rig;
// The shared modules name the guard so, both here and in the fuzz targets.
use crate as guard;
use crate::Settings;

fn settings(bed: Bed) -> Settings {
    Settings {
        replacement: bed.replacement(),
        ..rig::settings(bed.outlet())
    }
}

fn bed() -> impl Strategy<Value = Bed> {
    let judge = prop_oneof![Just(Judge::All), Just(Judge::Picky)];
    (any::<bool>(), any::<bool>(), judge, any::<bool>()).prop_map(|(terminal, marker, judge, blocks)| Bed {
        terminal,
        marker,
        judge,
        blocks,
    })
}

fn coat() -> impl Strategy<Value = Coat> {
    prop_oneof![
        Just(Coat::Base64),
        Just(Coat::Base64Url),
        Just(Coat::Base64At64),
        Just(Coat::Base64At76),
        Just(Coat::Hex),
        Just(Coat::Percent),
        Just(Coat::Json),
        Just(Coat::Backslash),
        Just(Coat::HtmlDecimal),
        Just(Coat::HtmlHex),
        Just(Coat::Quotes),
        Just(Coat::Dots),
    ]
}

fn secret() -> impl Strategy<Value = Secret> {
    let hidden = prop_oneof![Just(Vec::new()), prop::collection::vec(any::<u8>(), 1..6)];
    (
        any::<u8>(),
        any::<u8>(),
        any::<u8>(),
        prop::collection::vec(coat(), 0..4),
        0_u8..4,
        any::<u8>(),
        hidden,
    )
        .prop_map(|(kind, seed, length, coats, sparse, shift, hidden)| Secret {
            kind,
            seed,
            length,
            coats,
            sparse,
            shift,
            hidden,
        })
}

fn mark() -> impl Strategy<Value = Mark> {
    prop_oneof![Just(Mark::Idle), Just(Mark::Stall), Just(Mark::Resize)]
}

fn piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        4 => any::<u8>().prop_map(Piece::Text),
        4 => any::<u8>().prop_map(Piece::Anchor),
        4 => (any::<u8>(), any::<u8>()).prop_map(|(seed, length)| Piece::Body(seed, length)),
        2 => any::<u8>().prop_map(Piece::Hidden),
        1 => any::<u8>().prop_map(Piece::Motion),
        1 => secret().prop_map(Piece::Secret),
        1 => prop::collection::vec(any::<u8>(), 0..6).prop_map(Piece::Bytes),
    ]
}

fn script() -> impl Strategy<Value = Script> {
    let op = prop_oneof![
        8 => prop::collection::vec(piece(), 0..8).prop_map(Op::Push),
        2 => mark().prop_map(Op::Mark),
        1 => (0_u8..5).prop_map(Op::AnswerLate),
        1 => Just(Op::GuestTraps),
        1 => Just(Op::ShuffledAnswers),
        1 => Just(Op::OneSuspectACall),
    ];
    (bed(), prop::collection::vec(op, 0..8)).prop_map(|(bed, ops)| Script { bed, ops })
}

fn cuts() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0_u8..12, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn invariant_2_chunking_law_over_operations(script in script(), cuts in cuts()) {
        law::chunking(&script, &cuts);
    }

    #[test]
    fn invariant_3_the_promise_of_the_reference(script in script()) {
        law::promise(&script);
    }

    #[test]
    fn invariant_3_a_hidden_secret_does_not_get_out(
        bed in bed(), secret in secret(), around in any::<(u8, u8)>(), cuts in cuts(),
        marks in prop::collection::vec(mark(), 0..3),
    ) {
        law::projection(bed, &secret, around, &cuts, &marks);
    }

    #[test]
    fn invariant_4_bounded_hold_over_operations(script in script(), repeat in any::<u8>()) {
        law::hold(&script, repeat);
    }

    #[test]
    fn guarding_again_changes_nothing(script in script()) {
        law::again(&script);
    }
}

/// A text in which what is read in several ways stands close together.
fn dense() -> impl Strategy<Value = Script> {
    (bed(), prop::collection::vec(any::<u8>(), 3..30)).prop_map(|(bed, pieces)| Script::dense(bed, &pieces))
}

/// The same of blocks by themselves.
fn blocks() -> impl Strategy<Value = Script> {
    (bed(), prop::collection::vec(0..20_u8, 3..24)).prop_map(|(bed, pieces)| Script::dense(bed, &pieces))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn invariant_2_chunking_law_over_dense_texts(script in dense(), cuts in cuts()) {
        law::chunking(&script, &cuts);
    }

    #[test]
    fn invariant_2_chunking_law_over_blocks(script in blocks(), cuts in cuts()) {
        law::chunking(&script, &cuts);
    }

    #[test]
    fn invariant_3_the_promise_over_blocks(script in blocks()) {
        law::promise(&script);
    }

    #[test]
    fn invariant_4_bounded_hold_over_dense_texts(script in dense()) {
        law::hold(&script, 1);
    }
}

fn push(text: &[u8]) -> Op {
    Op::Push(vec![Piece::Bytes(text.to_vec())])
}

/// Cut into pieces of one byte to five, the whole says what it says at once.
fn cut_small(script: &Script) {
    for size in 1..6 {
        law::chunking(script, &[size]);
    }
}

/// A pipe whose judge finds a secret in each suspect and never ends the session.
fn pipe(marker: bool) -> Bed {
    Bed {
        terminal: false,
        marker,
        judge: Judge::All,
        blocks: false,
    }
}

/// A quote behind a literal may end a part of a string that goes on. What can't be seen before it is out by then, or
/// isn't, by how the stream was cut.
#[test]
fn what_is_not_seen_behind_a_literal_is_let_out() {
    for text in [
        &b"\"tokn_\xe2\x80\xae'"[..],
        b"\"tokn_\x1b]8;;http:\x1b\\'",
        b"%tokn_\xef\xbb\xbf'",
    ] {
        let script = Script {
            bed: pipe(false),
            ops: vec![push(text), Op::Mark(Mark::Stall)],
        };
        law::chunking(&script, &[1]);
    }
}

/// A suspect that stops at an escape has a reading from its literal on, and so do the escapes that it went over, each
/// from itself on. The ones told of first are opened first, however much comes at once, or one would have what
/// another has in another cutting.
#[test]
fn invariant_2_readings_are_opened_as_they_are_told_of() {
    let parts = br"&#116;'&#46;'&#111;k&#39;.&#39;n&#95;'&#46;'&#53;g&#39;.&#39;5&#118;'&#46;'&#57;f&#39;.&#39;0&#66;'&#46;'&#53;0&#39;.&#39;y&#32;'&#46;'&#46;.&#39;.&#39;";
    // What a terminal doesn't print is several bytes of what is read.
    let between = [
        &b"PaSs= "[..],
        &[0x9f; 8],
        &[0x0b; 29],
        b"wwwwwwww",
        &[0x0b; 11],
        &[0xcf; 4],
    ]
    .concat();
    let escapes = br"PaSs= \x5cx\x42\x27\x5c\x782\x65'\x5cx\x37e\x34\x5c\x782\x37\x5cx\x327\x32x7";
    for judge in [Judge::All, Judge::Picky] {
        let script = Script {
            bed: Bed {
                terminal: true,
                marker: false,
                judge,
                blocks: false,
            },
            ops: vec![push(
                &[&b"k".repeat(44), &parts[..], &b"k".repeat(26), &between, escapes].concat(),
            )],
        };
        for size in 1..24 {
            law::chunking(&script, &[size]);
        }
    }
}

/// Whether each is near enough for a reading that is open hangs on how far that goes on for the one before it, which
/// stopped at the same escape.
#[test]
fn invariant_2_suspects_that_stop_at_one_escape_are_near_each_other() {
    let first = [b"%22".to_vec(), b"w".repeat(104), b"\n".to_vec(), b"K--".repeat(8)].concat();
    for second in [&b"\n%0Ad7a1c3c"[..], b"\n%0Zd7a1c3c"] {
        let script = Script {
            bed: Bed {
                terminal: false,
                marker: true,
                judge: Judge::Picky,
                blocks: true,
            },
            ops: vec![push(&first), Op::Mark(Mark::Idle), push(second)],
        };
        law::chunking(&script, &[1]);
    }
}

/// One of them may not go on behind it, which is told only by the bytes that follow. How far the reading goes on must
/// not hang on that: the last anchor stands just behind where it would end without it.
#[test]
fn invariant_2_a_suspect_that_an_escape_does_not_go_on_for_counts_beside_others() {
    let words = b"rway d0".repeat(10);
    let text = [
        &b"K--\r//dG9rbl85amozMEtCNGFjZGIgLi4=tokn_////'''"[..],
        &words,
        b"rway746f6b6e5fK--\x1b",
    ]
    .concat();
    for text in [&text[..], &text[..text.len() - 1]] {
        let script = Script {
            bed: Bed {
                terminal: true,
                marker: true,
                judge: Judge::All,
                blocks: false,
            },
            ops: vec![push(text), Op::Mark(Mark::Idle)],
        };
        cut_small(&script);
    }
}

/// While it isn't told yet whether an escape opens a reading, nothing may be told of a suspect in it but where it
/// stopped: what is told of by the same byte, and stopped at the same escape, goes on in one reading, in the order in
/// which it began.
#[test]
fn invariant_2_where_a_suspect_stops_is_told_at_once() {
    let tokens = b"dG9rbl85amozMEtCNGFjZGIgLi4=".repeat(3);
    let waits = [
        &b"K--K\"\"\n\n41114111K--K--K--\\&#10;"[..],
        &tokens,
        b"4111-K--K--4111K--K--K--\\\"\"\n111ba=",
    ]
    .concat();
    // Of the first two anchors, which stop at one escape, the first is told of by a byte more.
    let later: &[u8] = b"K--\"K--\n--41114111K--KK--K--K--K--\\\"\"K--agK--agK--K--K--K--K.\"KdG9rbl85amozMEtCNGFjZGIgLi4=K--K--kdcb3210\n\n\
        411141114111K--K--K--K--K--\\\"\"\n11111=";
    // The first anchor stops at an escape too, and it takes the rest of the text to tell.
    let last = b"K--\".\"\".\"K%0aK--\n-\".\"\".\"11d111dG9rbl85amozMEtCNGFjZGIgLi4=";
    for (text, terminal) in [
        (&waits[..], false),
        (&waits, true),
        (later, false),
        (later, true),
        (last, false),
        (last, true),
    ] {
        let script = Script {
            bed: Bed {
                terminal,
                marker: true,
                judge: Judge::All,
                blocks: false,
            },
            ops: vec![push(text)],
        };
        cut_small(&script);
    }
}

/// That a literal is no word of a name may be told by the quote behind it, where a part of a name might have stood:
/// there it stopped, and goes on behind, also where all has come at once.
#[test]
fn invariant_2_a_name_that_is_none_stops_where_that_is_told() {
    for text in [
        &b"agk''K--''abcd01"[..],
        b"agk''bc=9fKq2Zt7Rb",
        b"agk''agk''agk''K--''abcd01 agk''K--''abcd01",
    ] {
        let script = Script {
            bed: pipe(true),
            ops: vec![push(text)],
        };
        cut_small(&script);
    }
}

/// What has not come yet stands behind all that has, and how much of a line that was written over is still kept says
/// nothing of it.
#[test]
fn invariant_2_what_a_suspect_waits_for_is_what_comes() {
    let token = b"dG9rbl85amozMEtCNGFjZGIgLi4=";
    let text = [
        &token.repeat(20)[..],
        b"\r",
        &token.repeat(15),
        b"K--",
        &token.repeat(6),
        b"\\x6b'////\r",
    ]
    .concat();
    let script = Script {
        bed: Bed {
            terminal: true,
            marker: true,
            judge: Judge::All,
            blocks: true,
        },
        ops: vec![push(&text), Op::Mark(Mark::Idle)],
    };
    for size in [1, 3, 7] {
        law::chunking(&script, &[size]);
    }
}

/// Escapes before other escapes are read in many ways, each of which may be read on in as many. What stands in the
/// stream itself is read all the same.
#[test]
fn invariant_3_many_readings_hide_nothing_that_stands_beside_them() {
    let escapes = br"K--K--n_\tokn_a\\x6b\tokn_tokn_\tokn_\\x6ab\tokn_\\x6b\tokn_\\x6b\tokn_\tokn_\\x6b\tokn_\&amp;";
    let text = [&escapes[..], b"dG9rbl85amozMEtCN0"].concat();
    let script = Script {
        bed: Bed {
            terminal: true,
            marker: false,
            judge: Judge::All,
            blocks: true,
        },
        ops: vec![push(&text)],
    };
    cut_small(&script);
    law::promise(&script);
}

/// What a block's frame is may be told by nothing but the end, and then it is decided behind what the last byte told.
#[test]
fn invariant_2_what_the_end_tells_comes_last() {
    let text = b"k_K--K--\n202e2e202e746f6b6e5f333970676477674237686770376f30426c202e2eAGTO";
    let script = Script {
        bed: Bed {
            blocks: true,
            ..pipe(false)
        },
        ops: vec![Op::AnswerLate(91), push(text)],
    };
    law::chunking(&script, &[1]);
}

/// What goes on behind a window goes on over escapes in escapes as well.
#[test]
fn invariant_3_a_long_secret_goes_on_behind_escapes_in_escapes() {
    for escape in [
        "&#x26;#x7&#x34;;",
        "&amp;#116;",
        "&amp;amp;#116;",
        "&#38;#38;#38;#116;",
        "%2574",
        "\\\\u0074",
        "%26%23116;",
    ] {
        let script = Script {
            bed: Bed {
                terminal: true,
                ..pipe(false)
            },
            ops: vec![push(format!("B~12opoef5le8pt{escape}ok7w .").as_bytes())],
        };
        law::promise(&script);
        cut_small(&script);
    }
}

/// What came while a quote waited to be told from parts of a string that meet was held by nothing, and is out also where
/// all of it comes at once.
#[test]
fn invariant_2_what_a_quote_waits_for_is_public() {
    for text in [
        &b"dG9rbl8\\' + '\n\nx"[..],
        b"dG9rbl8\\' + '  x",
        b"dG9rbl8%27 + '  + x",
        b"dG9rbl8\\\" + \"\n  5ajoz",
    ] {
        for terminal in [false, true] {
            let script = Script {
                bed: Bed {
                    terminal,
                    ..pipe(false)
                },
                ops: vec![push(text), Op::Mark(Mark::Idle)],
            };
            cut_small(&script);
        }
    }
}

/// A letter between two quotes is a part of the string where Python has no such letter before one.
#[test]
fn invariant_3_a_part_of_one_letter_is_a_part() {
    for text in [
        &b"' \" + \"..\" + \" B\" + \"~4\" + \"2b\" + \"ps\" + \"zo\" + \" .\""[..],
        b"\" K\" + \"x\" k\" + \"_abcd\" + \"0123\" .",
    ] {
        for terminal in [false, true] {
            let script = Script {
                bed: Bed {
                    terminal,
                    ..pipe(false)
                },
                ops: vec![push(text)],
            };
            law::promise(&script);
        }
    }
}
