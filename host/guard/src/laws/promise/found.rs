//! What broke a law once: each text by itself, however it is cut.

use super::coat::Coat;
use super::drive::Driver;
use super::law;
use super::script::{Bed, Mark, Op, Piece, Script};
use super::table::Judge;

/// Where a text came to light.
const TERMINAL: Bed = Bed {
    terminal: true,
    marker: true,
    judge: Judge::All,
    blocks: false,
};

const PIPE: Bed = Bed {
    terminal: false,
    ..TERMINAL
};

/// Texts, with an idle mark between their parts.
const TEXTS: &[(Bed, &[&[u8]])] = &[
    // What a line withholds has a mark without a cell in it, which a terminal puts into the cell that a tab left empty.
    (
        TERMINAL,
        &["pass=810le4m2iwuBe3w0uqa_ \t\u{202e}\u{301}\u{feff}".as_bytes()],
    ),
    // A pause in the midst of a character without width, and of one with, while what stands before it is held.
    (TERMINAL, &[b"K--\nab\xe2\x81", b"\xa6cd0123\nkdcb3210\n--E ."]),
    (TERMINAL, &[b"K--\nab: \xc3", b"\xa9\nabcd0123\n--E ."]),
    (TERMINAL, &[b"K--\nab: \xe6\x97", b"\xa5\nabcd0123\n--E ."]),
    // The last digit of an escape is no letter of a word.
    (TERMINAL, &[b"\\x2e//ab:gv2iwatyp .."]),
    (TERMINAL, &[b"\\u002e//ab:gv2iwatyp .."]),
    // An escape among the intermediate bytes of another begins anew, and takes the byte behind the line's end.
    (
        PIPE,
        &[b"\x1b-\x1b[\ndG9rbl8lMzUlNjclMzUlNzYlMzklNjYlMzAlNDIlMzUlMzAlNzklMjAlMkUlMkU\n"],
    ),
    // A gap in escapes isn't read, nor a lead.
    (TERMINAL, &[b"9jj350+T%74%6F%6B%6E%5F%39%6A%6A%33"]),
    (TERMINAL, &[b"PaSs= &#32;&#116;&#111;&#107;&#110;&#95;&#66;"]),
    // What is longer than its rule's longest goes on over escapes.
    (TERMINAL, &[b"B~12Kc0fofzgvjtw8vs84z60we5idk2o1qt'.'o'.'k'.'n'.' ."]),
    (TERMINAL, &[b"B~12Kc0fofzgvjtw8vs84z60we%35id%6b2o1qt ."]),
    (
        TERMINAL,
        &[b"PaSs= p4jKqzkbhyslcrlzvs1B6a57&#38;#3&#56;;#&#51;&#38;#&#53;0;&#59;. ."],
    ),
    (
        TERMINAL,
        &[b"tokn_alrzjvwd864tsha1iignl0f3jdsedKpopoef5le8ptcz47s0an1y0h&#38;&#35;&#54;&#54;&#59;&#38;&#35;&#49;&#50;&#54;&#59; ."],
    ),
    // The first letter of a literal that parts make up may be that of an escape.
    (
        TERMINAL,
        &[br"\t'.'o'.'k'.'n'.'_'.'t'.'g'.'f'.'0'.'h'.'r'.'5'.'s'.'w'.'8'.'y'.'B' ."],
    ),
    (
        TERMINAL,
        &[br"\\t'.'o'.'k'.'n'.'_'.'t'.'g'.'f'.'0'.'h'.'r'.'5'.'s'.'w'.'8'.'y'.'B' ."],
    ),
    (TERMINAL, &[br"\tokn_tgf0hr5sw8yB ."]),
    (PIPE, &[br"\tok%6e_tgf0hr5sw8yB ."]),
    (
        PIPE,
        &[br#"\&#116;"&#32;+&#32;"&#111;k&#34; &#43; &#34;n&#95;"&#32;+&#32;"&#116;g&#34; &#43; &#34;f&#48;"&#32;+&#32;"&#104;r&#34; &#43; &#34;5&#115;" ."#],
    ),
    (
        PIPE,
        &[br#"the \nab" + "c \tokn_tgf0" + "hr5sw8yB\ttokn_" + "kgf0hr5sw8yB ."#],
    ),
    (TERMINAL, &[br"\tokn_liletokn_\"]),
    (PIPE, &[br#"\t" + "okn_tgf0hr5sw8yB ."#]),
    // What a reading had is shown as much of what stands before it, whichever escape opened it and by when it was
    // told to be one.
    (
        TERMINAL,
        &[b"35;f&#x3b;5&#x26;#&#x78;6&#x37;;&#x35;&#x26;&#x23;x&#x37;6&#x3b;9&#x26;#&#x78;6&#x36;;&#x30;&#x26;&#x23;x&#x34;2&#x3b;5&#x26;#&#x78;3&#x30;;&#x79;&#x26;&#x23;x&#x32;0&#x3b;.&#x26;#&#x78;2&#x65;;=u39gflpgakhssb8b6Krohc0kgovzt9jj350aK7wvlkq71cc5hd5z4f9ijK\nkk_T_the quick. Ab: c\nAb: c\n\tAb: c\nAb: c\n\xe2\x80K--\nAb: c\nAb: c\nAGTOAGTO&#32;t&#x26;#x&#x36;f;&#x26;#x&#x32;6;&#x23;&#x26;#&#x78;78&#x3b;6b&#x26;#x&#x33;b;&#x6e;_&#x26;&#x23;x2&#x36;;#&#x78;&#x26;#&#x78;33&#x3b;5;&#x26;#x&#x36;7;&#x35;&#x26;#&#x78;26&#x3b;&#x26;#&#x78;23&#x3b;x7&#x26;#x&#x33;6;&#x3b;9&#x26;&#x23;6&#x36;;x2"],
    ),
    // Two literals of one text in base64, the first of them at the stream's very beginning.
    (TERMINAL, &[b"Rva25fIHRva25fMzlwZ2R3Z0u"]),
    // What only might be an escape opens a reading, and in that a text in base64 has another one.
    (TERMINAL, &[b"dWRHOXJibklDSm9aM0Fn\nSWlBcklDdG9rbl8zOXBnZHdnc\n//\"j"]),
    // What makes an escape of an ampersand, a percent sign or a quote may be escaped itself.
    (TERMINAL, &[b"k_lrKKK&#53&#59; ."]),
    (PIPE, &[b"k_lrKKK%3%35ab ."]),
    (PIPE, &[b"k_lrKKK\"&#32;+ \"5ab ."]),
    // A quote that may end a part of a string stands for nothing that could be held.
    (TERMINAL, &[b"\".\".\"."]),
    // Of two that might open a reading at one place, neither does.
    (TERMINAL, &[b"B~12% %54%71%30%75%62%34%20%64%30%72%77%61%79%20 ."]),
    (TERMINAL, &[b"a_%54%71%30%75%62%34%20%64%30%72%77%61%79%20 ."]),
    (TERMINAL, &[b"x*// %54%71%30%75%62%34%20%64%30%72%77%61%79%20 ."]),
    // An encoding in a reading that lingers, and a token behind it with empty pairs of quotes.
    (
        TERMINAL,
        &[b"tokn_%58%78%78 aa:... SUdGaE9pNHVMaUIwYjJ0dVgxaFlaVmhZZUdWNFdIaFk09.a:::a.a:::atokn_e''e''xXxe''e''X ."],
    ),
    // A byte that begins no escape after all is text when the byte that told so came, and so is what stands between
    // the two.
    (PIPE, &[b"746f6b6e5f25373536357a7a253237276a366a7a272532a\n"]),
    (
        PIPE,
        &[b"202e2e202e746f6b6e5f253736272e272536453573732532372e27672536366b732725324527202e253245\n"],
    ),
    // An escape behind backslashes may stand for one more of them, and how many there are says what the last one is;
    // see below.
    (
        PIPE,
        &[br"\\\&#92;u&#48;0&#54;b&#95;&#57;j&#92;u&#48;0&#54;a\&#117;0&#48;3&#53;aa ."],
    ),
    (
        PIPE,
        &[br"\\\%5Cu006b%5F\u0039%6A%6A30KB4acdb ."],
    ),
    (TERMINAL, &[br"\&#92;u006b_9jj30KB4acdb ."]),
    // On a screen, what masks stand behind makes a finding shorter the second time.
    (
        TERMINAL,
        &[b"aaaaaaaaa\taaaaaaaaaaaaaaaaa4111 4 1a aaaaaaaaaaaa aaaa a\x1b[Aaa\t\tPaSs= \x1b[3P\x1b[3P\x1b[3P\x1b[3P\x1b[aa"],
    ),
    // On a screen, two findings may begin and end with the same bytes, and have others between them.
    (
        TERMINAL,
        &[b"1 41[AP4111 4111 4111 4111 4111 4111 4111 4111 4111 4111 4111 4111 4149h4111 K--\"wmceogmB7fuef3q76ycjdo4lkwpicwajn503wm1kyleB2psi111111 4111111 4111 \\\x1b[AK--\nwmceogmB7fuef3q76ycjdo4oh434f\n//--------\t\x1b[A111 4111 _\\\x1b[A4111\x1b[A"],
    ),
    // A wide character that stands across the width's end, and its mask.
    (
        TERMINAL,
        &["X日本; PASS= 3u3pbBeiprybojj93e4 .. ..B~42bpszo .. PASS= 3u3pbBeiprybojj93e4 ..日".as_bytes()],
    ),
    // What ends a string may have to wait until what came before is settled, and is read again then.
    (PIPE, &[b"\x1b]\x1b8\x1b]798998"]),
    // What stands between the pieces of a secret, in a pipe: digits that would make a number if nothing stood for the
    // second piece.
    (
        PIPE,
        &[
            b"B~\x1b[1;31m4\xe2\x80\xae2\x1b[1;31ma\x1b[1;31ml\x1b[1;31mr\x1b[1;31mz\xe2\x81\xa6j\xe2\x80\x8d \xe2\x81\xa6.\xe2\x80\x8d.202e2e20746f6b6e5f68272e2773627236272e2766686239272e274b684b20272e272e2e",
        ],
    ),
    (PIPE, &[b"746f6b6e5f37222b22616b616b616b616b222b2237272e27 746f6b6e5f37222b226d222b2272222b2235222b22616b616b616b616b61 ."]),
    // A blank that begins a row behind a full one.
    (TERMINAL, &[b"~szde3cuc5o3wou4jK3vv1Kzp5 ~szde3cuc5o3wou4jK3vv1Kzp5 ~szde3cuc5o3wou4jK3vv1Kzp5 "]),
    // Where a tab in the midst of a control sequence begins what is taken out.
    (PIPE, &[b"K--\x1b[\t\x1b[200~\n\x1b[1;31mabcd0123\nkdcb3210\n--E ."]),
    // Where a character breaks an escape sequence off, terminals differ.
    (TERMINAL, &["4111 \x1b\u{202e}4111 4111 ".as_bytes()]),
];

/// Texts whose output or decisions hung on the cutting, with an idle mark behind them.
const CUT: &[(Bed, &[u8])] = &[
    // A close tells of a block by the byte by which it was told what stands before the line, if that is later.
    (PIPE, br"abcd0123K--\nK--abcd0123--E,"),
    (PIPE, br"abcd0123K--\nkdcb3210K--\nab--E;"),
    // A reading isn't seen until it is told that an escape opens it, though it may have read that as text.
    (PIPE, b"K---a\\nabcd0123\n\"\\nab"),
    (PIPE, b"K--;\nabcd0123\n\"\nab"),
    (PIPE, b"aK----EabK--K--ab%0aabcd0123abcd0123tokn_\\nK--\na\"ab"),
    (PIPE, b"K--aK--ab%0aabcd0123&#10;YWJjZDAxMjNLLS0Ka \\n"),
    (TERMINAL, b"K--&#107;&#107;--EK--\\n\n--EaK--&#10;\nTq0ub4 d0rway&amp;"),
    // What stands behind a block's bound tells nothing of it.
    (
        TERMINAL,
        b"dG9rbl85amozMEtCNGFjZGIgLi4=\\x6bK--////////K--&#10;abcd0123agagagK--K--K--ab11//\n",
    ),
    // How far a close had to be looked for.
    (PIPE, b"K--\nab0123\nab0123\n0123abcd0123111111--x"),
    // Of two suspects that one escape stopped, one holds more.
    (PIPE, br"PaSs= Tq0ub4\n d0rway"),
    // Parts of a string that meet with nothing between them.
    (PIPE, b"Tq0ub4 d0rway\\nB~12' + '' + 'ag"),
    // What is no escape that is searched for by its second byte is none, though more may come of it.
    (TERMINAL, b"dG9rbl8%a"),
    (TERMINAL, b"k_abcdef&dG9rbl8\""),
    // What isn't seen between a literal and what follows it is held with that.
    (TERMINAL, b"dG9rbl8\".\"\x1b[1mx"),
    // An escape has a reading go on farther for what is told of from then on, not for what came before it.
    (
        PIPE,
        b"&#0;=dG9rbl85amozMEtCNGFjZGIgLi4=dG9rbl85amozMEtCNGFjZGIgLi4=dG9rbl8K--agK--K--K--K--K--K--K--K--1K--\n\n\n\n\n\nK--K--K--K--K--K--K--K--K--\\x6b\\x6b\\x6b\\x6b\\x6b\\x6b",
    ),
    // What a text in base64 ends with at the end of a line is told by that, whatever came by then.
    (
        Bed { blocks: true, ..PIPE },
        b"YWJjZDAxMjNLLS0K''YWJjZDAxMjNLLS0K\0\nabcd0123\".\"",
    ),
    // What ended by itself wasn't stopped by what follows.
    (TERMINAL, b"Tq0ub4 d0rway\\ndG9rbl8\""),
];

#[test]
fn invariant_2_what_hung_on_the_cutting_once_does_not() {
    for (bed, text) in CUT {
        let ops = vec![Op::Push(vec![Piece::Bytes(text.to_vec())]), Op::Mark(Mark::Idle)];
        let script = Script { bed: *bed, ops };
        [&[][..], &[1], &[2, 3], &[5, 1, 7]]
            .iter()
            .for_each(|cuts| law::chunking(&script, cuts));
    }
}

/// Holds a text, with an idle mark between its parts, against all laws.
pub(super) fn keeps_all(bed: Bed, parts: &[&[u8]]) {
    let mut ops = Vec::new();
    for part in parts {
        if !ops.is_empty() {
            ops.push(Op::Mark(Mark::Idle));
        }
        ops.push(Op::Push(vec![Piece::Bytes(part.to_vec())]));
    }
    let script = Script { bed, ops };
    law::promise(&script);
    law::again(&script);
    law::hold(&script, 1);
    // The end may be known by the time an answer comes.
    let mut late = script.clone();
    late.ops.insert(0, Op::AnswerLate(u8::MAX));
    for script in [script, late] {
        [&[][..], &[1], &[2, 3], &[5, 1, 7], &[48]]
            .iter()
            .for_each(|cuts| law::chunking(&script, cuts));
    }
}

#[test]
fn what_broke_a_law_once_keeps_them_all() {
    for (bed, parts) in TEXTS {
        keeps_all(*bed, parts);
    }
}

/// A line that is masked in part was no line of a body before, where a preamble's line began so.
#[test]
fn a_word_that_is_masked_in_part_is_no_line_of_a_body() {
    for bed in [PIPE, Bed { marker: true, ..PIPE }, TERMINAL] {
        for text in [
            "K--\nad864tsha1iig111111:",
            "K--\nabcdk0123abcdk0111111: x\nabcdk0123\n--E",
            "K--abcdk01\nabc111111:",
            "K--\nabcdk0123abcdk0123abcd111111: x\n\nabcdk0123\n",
            "K--\n111111a: x\nabcdk0123--E",
            "K--\nabcd[redacted",
            "K--\nabcdk0123abcdk0123[redacted--E",
            "K--qpi0KcgBs5lKugn\nB\\202e2e202e2e746f6b6e5f3133633577776f7032796d7a33663562756773202e2e41111111",
        ] {
            keeps_all(bed, &[text.as_bytes()]);
        }
    }
}

/// What stands on the anchor's line is a body where a line follows that might be a preamble's, and no other body does.
#[test]
fn invariant_3_a_body_on_the_anchors_line_is_taken_out_before_a_line_with_a_colon() {
    for behind in [
        "ab: c\n",
        "**Note:** x\n",
        "[redacted:x] y\n",
        "- [redacted:x]\n",
        "a\n: x\n",
        "ab: c\nab: c\n\nx",
    ] {
        for body in ["abcdk01", "abcdk0123abcdk0123"] {
            let text = format!("K--{body}\n{behind}");
            keeps_all(PIPE, &[text.as_bytes()]);
            let mut driver = Driver::new(PIPE);
            driver.push(text.as_bytes());
            let shown = driver.end().shown.escape_ascii().to_string();
            assert!(!shown.contains("abcdk"), "{text}: {shown}");
        }
    }
}

/// A secret that is as long as its rule's longest, and goes on in escapes that only another reading has.
#[test]
fn invariant_3_what_goes_on_in_escapes_behind_the_longest_is_taken_out() {
    for length in 37..44 {
        let body = "a".repeat(length);
        for more in ["%320%32e", "\\x253\\x320\\x253\\x32e", "\\u0061a\\u0062", "&#97;a&#98;"] {
            for bed in [PIPE, TERMINAL] {
                keeps_all(bed, &[format!("tokn_{body}{more} ..").as_bytes()]);
            }
        }
    }
}

/// However many bytes it takes to tell what the innermost escape of each stands for: what was found first was a secret
/// behind which entities were entities of entities.
#[test]
fn invariant_3_what_goes_on_behind_escapes_of_escapes_is_taken_out_whole() {
    let coats = [Coat::HtmlDecimal, Coat::HtmlHex, Coat::Json, Coat::Percent];
    let two = coats.iter().flat_map(|inner| coats.map(|outer| vec![*inner, outer]));
    let three = [[0; 3], [1; 3], [2; 3], [3; 3], [0, 2, 1], [3, 1, 0]].map(|three| three.map(|at| coats[at]).to_vec());
    for nested in two.chain(three) {
        let escapes = nested
            .iter()
            .fold(b"tz".to_vec(), |text, coat| coat.put_on(&text, |_| true));
        let text = [b"B~12opoef5le8pt", &escapes[..], b"ok7w ."].concat();
        keeps_all(TERMINAL, &[&text]);
        let mut driver = Driver::new(TERMINAL);
        driver.push(&text);
        let shown = driver.end().shown.escape_ascii().to_string();
        let masked = shown.strip_prefix("B~").and_then(|shown| shown.strip_suffix(" ."));
        assert!(
            masked.is_some_and(|masked| masked.bytes().all(|byte| byte == b'*')),
            "{nested:?}: {shown}"
        );
    }
}

/// An escape of another kind that stands behind backslashes may be one more, put on before or after the others were
/// doubled.
#[test]
fn backslashes_are_read_with_one_that_is_escaped_otherwise() {
    for count in 0..9 {
        let before = "\\".repeat(count);
        for escape in ["&#92;", "%5C"] {
            let text = format!("{before}{escape}u006b_{escape}u0039j{escape}u006aa30KB4acd ..");
            keeps_all(PIPE, &[text.as_bytes()]);
        }
    }
}

/// `&#` might begin an escape until the next byte comes, by when a reading may not have gone on for it.
#[test]
fn what_only_might_be_an_escape_leads_no_reading_on() {
    let a = |count: usize| "a".repeat(count);
    let before = format!("{}&#51;aa.&#38;#38&#59;a&#38;#&#53;2;a&#59;aa", a(153));
    let parts = format!("' .'' .'{}' .'' .'' .'' .'' .'''{}' .'{}", a(34), a(10), a(42));
    let secret = "&#aa.&#38;&#35;10&#55;;_&#113;&#38;#&#49;12&#59;aa&#38;#9&#56;;aa";
    let judge = Judge::Picky;
    keeps_all(Bed { judge, ..PIPE }, &[format!("{before}{parts}{secret}").as_bytes()]);
}

/// A detector is shown as much before a secret in hexadecimal digits, however much of the text was forgotten by then.
#[test]
fn what_stands_before_an_encoded_secret_is_kept() {
    for before in (100..450).step_by(7) {
        let text = format!("{}tokn_9jj30KB4acdb ..", ".;".repeat(before));
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        // The reference doesn't look into titles, but what detectors are shown of them is compared.
        let title = Piece::Bytes(format!("\x1b]0;{hex}\x07 ").into_bytes());
        let ops = vec![Op::Push(vec![title])];
        law::chunking(&Script { bed: PIPE, ops }, &[1]);
    }
}

/// A zero opens a reading that lingers for some hundred bytes. It is done with before or behind the quote, as the
/// stream is cut, and may not hold what the quote might have begun.
#[test]
fn a_reading_that_is_done_with_holds_nothing() {
    for filler in [64, 128, 240, 257, 258, 260, 300] {
        let filler = ".".repeat(filler);
        let text = format!("\0{filler}\"\x1b[aPaSs=aaa.\x08a");
        keeps_all(PIPE, &[text.as_bytes()]);
    }
}

/// A long reading is searched in parts. That the stream has ended, which is known by the time an answer comes,
/// doesn't end a secret that the next part goes on with. The first token is asked about before the rest is read.
#[test]
fn what_goes_on_in_the_next_part_of_a_reading_has_not_ended() {
    for before in 0..24 {
        let escapes = format!("%2e{}", ".".repeat(60)).repeat(16);
        let text = format!(
            "tokn_9jj30KB4acdb \x1ba{escapes}{}tokn_kgf0%68r5sw8yB .",
            ".".repeat(before)
        );
        keeps_all(TERMINAL, &[text.as_bytes()]);
        keeps_all(PIPE, &[text.as_bytes()]);
    }
}

/// The same of a text in base64, which is searched at each end of a line.
#[test]
fn what_goes_on_in_the_next_line_has_not_ended() {
    for before in 24..50 {
        let secret = format!("{}tokn_kgf0hr5sw8yB ..", ".".repeat(before));
        let lines = Coat::Base64At64.put_on(secret.as_bytes(), |_| true);
        let text = [b"tokn_9jj30KB4acdb \x1ba", &lines[..]].concat();
        keeps_all(TERMINAL, &[&text]);
        keeps_all(PIPE, &[&text]);
    }
}

/// Each of them might begin a compressed text. There is room for so many readings, and a token behind them is read
/// whatever they are.
#[test]
fn many_beginnings_of_compressed_texts_take_no_room() {
    let token = "dG9rbl85amozMEtCNGFjZGIgLi4=";
    for between in ["", "\n", " ", ".", "x"] {
        let text = format!("{}{token} .", format!("H4sI{between}").repeat(40));
        keeps_all(PIPE, &[text.as_bytes()]);
        keeps_all(TERMINAL, &[text.as_bytes()]);
    }
}

/// A detector is shown what stands before a secret in base64 on the lines before it as well, however they were
/// opened: the word that makes a header of a key's anchor may be there.
#[test]
fn invariant_3_what_stands_on_the_line_before_in_base64_is_shown() {
    for coat in [Coat::Base64At64, Coat::Base64At76] {
        for before in 20..140 {
            let text = format!(
                "{} -----BEGIN tokn_9jj30KB4acdb {}",
                "x".repeat(before),
                ". ".repeat(60)
            );
            let text = coat.put_on(text.as_bytes(), |_| true);
            for bytes in [text.len(), 1] {
                let mut driver = Driver::new(PIPE);
                text.chunks(bytes).for_each(|chunk| driver.push(chunk));
                let asked = driver.end().asked;
                assert!(
                    asked
                        .iter()
                        .any(|asked| asked.contains("x -----BEGIN tokn_9jj30KB4acdb")),
                    "{before} {bytes}: {asked:?}"
                );
            }
        }
    }
}

/// Two tokens in one text in base64 on many lines, so far from each other that a reading may be done with the first
/// before the second comes.
#[test]
fn lines_in_base64_are_shown_however_far_they_were_read() {
    for width in [64, 76] {
        for between in [100, 700, 1100, 1200, 1400, 2000] {
            let text = format!(".. tokn_9jj30KB4acdb {}tokn_kgf0hr5sw8yB ..", ". ".repeat(between));
            let coat = if width == 64 {
                Coat::Base64At64
            } else {
                Coat::Base64At76
            };
            let ops = vec![Op::Push(vec![Piece::Bytes(coat.put_on(text.as_bytes(), |_| true))])];
            let script = Script { bed: PIPE, ops };
            for cuts in [&[1][..], &[7], &[250]] {
                law::chunking(&script, cuts);
            }
        }
    }
}

/// A marker stands for the first piece of a secret and an asterisk for each other one that something seen stands
/// before; a colour is not seen.
#[test]
fn each_piece_leaves_a_trace() {
    for (text, guarded) in [
        ("tokn_9jj3'.'0KB4'.'acdb ..", "tokn_[redacted:token]'.'*'.'* .."),
        (
            "tokn_9jj3\x1b[1m0KB4\x1b[macdb ..",
            "tokn_[redacted:token]\x1b[1m\x1b[m ..",
        ),
        (
            "tokn_9jj3'.'0KB4\x1b[1macdb'.'\x1b[mk ..",
            "tokn_[redacted:token]'.'*\x1b[1m'.'\x1b[m* ..",
        ),
    ] {
        let mut driver = Driver::new(PIPE);
        driver.push(text.as_bytes());
        assert_eq!(String::from_utf8_lossy(&driver.end().shown), guarded);
        keeps_all(PIPE, &[text.as_bytes()]);
    }
}

#[test]
fn what_stands_behind_an_escape_begins_a_word() {
    for escape in ["%2e", "\\x2e", "\\u002e", "\\n"] {
        let text = format!("{escape}//ab:gv2iwatyp .");
        let mut driver = Driver::new(TERMINAL);
        driver.push(text.as_bytes());
        let shown = driver.end().shown;
        assert_eq!(String::from_utf8_lossy(&shown), format!("{escape}//ab:********* ."));
    }
}
