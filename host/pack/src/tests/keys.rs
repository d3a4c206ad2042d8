//! Private keys in the forms in which they turn up.

use cofferdam_sdk::Severity;
use cofferdam_sdk::testing::Random;

use super::bed;

fn taken(text: &str) -> Vec<(String, String)> {
    bed::taken(bed::structure(), text)
}

fn one(rule: &str, text: &str) -> Option<String> {
    bed::one(bed::structure(), rule, text)
}

const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The header of a kind of key, assembled so that no scanner takes this file for one.
fn header(kind: &str) -> String {
    ["-----BEG", "IN ", kind, "PRIVATE K", "EY-----"].concat()
}

fn footer(kind: &str) -> String {
    ["-----E", "ND ", kind, "PRIVATE K", "EY-----"].concat()
}

/// The lines of a key's body.
fn lines(seed: u64, count: usize) -> Vec<String> {
    let mut random = Random::new(seed);
    (0..count)
        .map(|line| {
            if line + 1 == count {
                format!("{}==", random.string(BASE64, 38))
            } else {
                random.string(BASE64, 64)
            }
        })
        .collect()
}

/// The same lines with no `+` or `/` at an end, where quoting looks alike.
fn body(seed: u64) -> Vec<String> {
    lines(seed, 5)
        .into_iter()
        .map(|line| format!("M{}", &line[1..]))
        .collect()
}

#[test]
fn a_key_is_taken_from_its_first_byte_to_its_last() {
    for kind in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "] {
        for end in ["\n", "\r\n"] {
            let body = body(1).join(end);
            let text = format!(
                "before{end}{}{end}{body}{end}{}{end}after{end}",
                header(kind),
                footer(kind)
            );
            assert_eq!(one("private-key", &text).as_deref(), Some(body.as_str()), "{kind:?}");
        }
    }
}

#[test]
fn a_key_on_one_line_with_escapes_is_taken() {
    for escape in ["\\n", "\\\\n", "\\r\\n"] {
        let body = body(2).join(escape);
        let text = format!(
            "{{\"private_key\": \"{}{escape}{body}{escape}{}{escape}\", \"id\": 1}}",
            header(""),
            footer("")
        );
        assert_eq!(one("private-key", &text).as_deref(), Some(body.as_str()), "{escape}");
    }
}

#[test]
fn quoted_and_indented_keys_are_taken() {
    for mark in ["> ", "    ", "\t", "+", "-", "# ", "  | ", "\""] {
        let body: String = body(3).iter().map(|line| format!("{mark}{line}\n")).collect();
        let text = format!("{mark}{}\n{body}{mark}{}\n", header("RSA "), footer("RSA "));
        let taken = one("private-key", &text).unwrap_or_else(|| panic!("no key in {text}"));
        assert_eq!(taken, body.trim_end().strip_prefix(mark).unwrap(), "{mark:?}");
    }
}

#[test]
fn headers_of_a_key_stay() {
    let body = body(4).join("\n");
    for headers in [
        "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123\n\n",
        "Version: GnuPG v2\n\n",
        "Comment: a b c\n",
    ] {
        let text = format!("{}\n{headers}{body}\n{}\n", header("RSA "), footer("RSA "));
        assert_eq!(one("private-key", &text).as_deref(), Some(body.as_str()), "{headers}");
    }
    let armoured = ["-----BEG", "IN PGP PRIVATE K", "EY BLOCK-----"].concat();
    assert_eq!(
        one("private-key", &format!("{armoured}\n\n{body}\n=AbCd\n")).as_deref(),
        Some(format!("{body}\n=AbCd").as_str())
    );
}

#[test]
fn a_key_with_no_end_is_taken() {
    let body = body(5).join("\n");
    assert_eq!(
        one("private-key", &format!("{}\n{body}", header(""))).as_deref(),
        Some(body.as_str())
    );
}

#[test]
fn a_short_key_is_taken() {
    let body = Random::new(6).string(BASE64, 63);
    let text = format!("{}\nM{body}\n{}", header(""), footer(""));
    assert_eq!(one("private-key", &text), Some(format!("M{body}")));
}

#[test]
fn a_header_without_a_key_is_nothing() {
    for text in [
        header(""),
        format!(
            "the line {} begins a key, and a line like {} ends it",
            header("RSA "),
            footer("RSA ")
        ),
        format!(
            "{}\nput the body of your key in here and then go on with the rest\n{}",
            header(""),
            footer("")
        ),
        format!("{}\n{}\n{}", header(""), "x".repeat(64), footer("")),
        format!("{}\n[redacted:private-key]\n{}", header(""), footer("")),
        format!("{}\n{}\n{}", header(""), "*".repeat(64), footer("")),
        format!("{}\n...\n{}", header(""), footer("")),
        // What follows a key's end is no key.
        format!("{}\n{}\n", footer(""), body(7).join("\n")),
        format!("{}\n{}\n", header("").replace("PRIVATE", "PUBLIC"), body(8).join("\n")),
    ] {
        assert_eq!(taken(&text), [], "{text}");
    }
}

/// Base64 with lines of `width`.
pub(super) fn encode(bytes: &[u8], width: usize) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, &byte| word << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let index = (word >> (18 - 6 * place) & 63) as usize;
            out.push(char::from(BASE64.as_bytes()[index]));
        }
        out.push_str(&"="[..usize::from(chunk.len() == 2)]);
        out.push_str(&"=="[..2 * usize::from(chunk.len() == 1)]);
    }
    let lines: Vec<&str> = (0..out.len())
        .step_by(width)
        .map(|at| &out[at..(at + width).min(out.len())])
        .collect();
    lines.join("\n")
}

#[test]
fn a_key_in_base64_is_taken_wrapped_or_not() {
    for kind in ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "] {
        let key = format!("{}\n{}\n{}\n", header(kind), body(9).join("\n"), footer(kind));
        for width in [64, 76, 100_000] {
            let encoded = encode(key.as_bytes(), width);
            let text =
                format!("KEY={encoded}\nnext\nline of words\n").replace("KEY=", if width < 1000 { "" } else { "KEY=" });
            let taken = one("private-key-base64", &text).unwrap_or_else(|| panic!("nothing in {text}"));
            assert!(encoded.ends_with(&taken), "{kind:?} {width}: {taken}");
            assert!(encoded.len() - taken.len() < 40, "{kind:?} {width}: {taken}");
        }
    }
}

#[test]
fn the_front_of_a_key_before_a_dot_is_no_key() {
    // A sequence of 1,193 bytes, as the key of an RSA modulus of 2,048 bits is.
    let front = [0x30, 0x82, 0x04, 0xA5]
        .into_iter()
        .chain((0..44).map(|byte| byte * 5 + 1))
        .collect::<Vec<u8>>();
    let front = encode(&front, 4096);
    let all: Vec<u8> = [0x30, 0x82, 0x04, 0xA5]
        .into_iter()
        .chain((0..1189).map(|byte: u32| (byte * 7 % 251) as u8))
        .collect();
    let all = encode(&all, 64);
    for (body, severity) in [
        (format!("{front}. "), Severity::P3),
        (format!("{front}\\n."), Severity::P3),
        (format!("{front}\u{2026} "), Severity::P3),
        // What another program wrote on the next line.
        (format!("{front}\n\u{2713} ok\n"), Severity::P0),
        // A line that was cut may be all that there is.
        (format!("{front}\n"), Severity::P0),
        (format!("{all}. "), Severity::P0),
    ] {
        let text = format!("e.g. `{} {body}{}`", header("RSA "), footer("RSA "));
        assert_eq!(bed::severities(bed::structure(), &text), [severity], "{text}");
    }
}
