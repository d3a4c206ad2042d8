//! What secrets are taken out of stays whole around them: JSON in strings of JSON, as an agent calls its tools, and
//! fields and calls in which a key stands line by line. And keys whose headers are cut in two.

use cofferdam_tests::random::Random;
use serde_json::json;

use super::{BASE64, LETTERS, holds, key, line};
use crate::bed::Bed;

/// Where a password stands, with the rule that finds it.
const PASSWORDS: [(&str, &str); 3] = [
    ("netrc-password", "machine a.corp.io login ann password @"),
    ("curl-user", "curl -u ann:@"),
    ("connection-string", "Server=db.corp.io;User Id=sa;Password=@"),
];

/// What stands around that, in a program's or a shell's text.
const AROUND: [&str; 10] = [
    "%",
    "\"%\"",
    "'%'",
    "\"%\";",
    "(\"%\")",
    "%\n",
    "\"%\"\n",
    "{\"a\":\"%\"}",
    "[\"%\",\"b\"]",
    "\"%\" and on",
];

#[test]
fn json_stays_whole_around_a_password() {
    let mut random = Random::new(361);
    let bed = Bed::new();
    for (rule, password) in PASSWORDS {
        for around in AROUND {
            for depth in 1..4 {
                let secret = random.text(LETTERS, 20);
                let inner = around.replace('%', password);
                let text = (0..depth).fold(inner, |text, level| match level % 2 {
                    0 => json!({"c": text, "z": 1}).to_string(),
                    _ => json!({"z": [text, null], "y": true}).to_string(),
                });
                let out = bed.feed(["filter"], format!("{}\n", text.replace('@', &secret)).as_bytes());
                let wanted = text.replace('@', &format!("[redacted:{rule}]"));
                assert_eq!(out.text(), format!("{wanted}\n"), "{around} at depth {depth}");
            }
        }
    }
}

/// What another field or a call has behind a key's first line is none of its.
#[test]
fn names_and_arguments_beside_the_lines_of_a_key_stay() {
    let mut random = Random::new(362);
    let (text, body) = key(&mut random, "RSA ");
    let fields: serde_json::Map<String, serde_json::Value> = text
        .lines()
        .enumerate()
        .map(|(index, line)| (format!("l{index}"), line.into()))
        .collect();
    let fields = serde_json::Value::from(fields).to_string();
    let bed = Bed::new();
    let shown = bed.feed(["filter"], format!("{fields}\n").as_bytes()).text();
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("it is JSON as before");
    assert_eq!(shown["l1"], "[redacted:private-key]");
    assert!(
        shown
            .as_object()
            .is_some_and(|fields| fields.len() == text.lines().count())
    );
    let calls: String = text
        .lines()
        .map(|line| format!("write(1, \"{line}\\n\", {}) = {0}\n", line.len() + 1))
        .collect();
    let first = "write(1, \"[redacted:private-key]\\n\", 65) = 65\n";
    holds(&calls, &body, &[first, "END RSA"]);
}

/// What prints long strings breaks them at blanks, and those of a key stand in its header alone.
#[test]
fn keys_whose_headers_are_cut_are_taken_out() {
    let mut random = Random::new(363);
    for (kind, last) in [("", "KEY"), ("RSA ", "KEY"), ("OPENSSH ", "KEY"), ("PGP ", "BLOCK")] {
        let kind = if last == "BLOCK" {
            format!("{kind}PRIVATE KEY BLOCK")
        } else {
            format!("{kind}PRIVATE KEY")
        };
        let body: Vec<String> = (0..8).map(|_| random.text(BASE64, 64)).collect();
        for ends in ["\\n", "\\\\n"] {
            let text = format!(
                "{}{ends}{}{ends}{}",
                line("BEGIN", &kind),
                body.join(ends),
                line("END", &kind)
            );
            let blanks: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).collect();
            let words = blanks.len() / 2;
            for (from, to) in blanks[..words].iter().zip(&blanks[words..]) {
                for between in [
                    " '\n   '",
                    " '\n                 '",
                    "\n  ",
                    " \"\n    \"",
                    "            \n           ",
                    " \" +\n  \"",
                    " '\\n      '",
                ] {
                    let mut cut = text.clone();
                    cut.replace_range(*to..=*to, between);
                    cut.replace_range(*from..=*from, between);
                    let text = format!(
                        "{{'name': 'x',\n 's': '{{\"type\": \"a\", \"private_key\": \"{cut}{ends}\"}}'}}\nafter\n"
                    );
                    holds(&text, &body, &["'name': 'x'", "after"]);
                }
            }
        }
    }
    // A public one is nobody's secret, and neither is a sentence that breaks within a header.
    let body = random.text(BASE64, 64);
    let open = line("BEGIN", "PUBLIC KEY").replace(' ', " '\n   '");
    let text = format!("('{open}\\n{body}\\n')\n");
    let out = Bed::new().feed(["filter"], text.as_bytes());
    assert_eq!(out.text(), text);
    let open = line("BEGIN", "PRIVATE KEY").replace("PRIVATE ", "PRIVATE\n ");
    let text =
        format!("A file begins with {open} and what follows is a word or two in a line,\nand then another of them.\n");
    let out = Bed::new().feed(["filter"], text.as_bytes());
    assert_eq!(out.text(), text);
}
