//! Where a secret begins and ends: behind escapes that look like words, in parts, at the front of wide text, in a
//! command's quotes.

use cofferdam_tests::plant::{Plant, credentials};
use cofferdam_tests::random::Random;

use crate::bed::{Bed, finish};
use crate::blocks::base64;

/// What ends with a letter or a digit, and is no part of the word behind it.
const BEFORE: [&str; 39] = [
    "\\n",
    "\\f",
    "\\0",
    "\\012",
    "\\x1f",
    "\\u003d",
    "{\\u0022t\\u0022:\\u0022",
    "\\u003cToken\\u003e",
    "\\u001b[32m",
    "\\u001B[0;1;38;5;12m",
    "\\x1b[1m",
    "\\033[31m",
    "\\e[1m",
    "#033[32m",
    "#012",
    "^[[0;32m",
    "%3D",
    "%253D",
    "%2520",
    "&#61;",
    "&#x3d;",
    "\u{1b}[31m",
    "\u{1b}]0;title\u{7}",
    "\u{200b}",
    "\u{e9}",
    "[32m",
    "\u{241b}[0;1m",
    "&#27;[1m",
    "%1B%5B32m",
    "key^I",
    "^M",
    "key=3D",
    "a|n",
    "a_x000D_",
    "_",
    "__",
    " ___",
    "a: _",
    "**_",
];

/// Tokens that begin words: only where no word goes on are they found.
fn words(seed: u64) -> Vec<Plant> {
    let tokens = credentials(&mut Random::new(seed));
    tokens.into_iter().filter(|token| token.shown.len() > 2).collect()
}

#[test]
fn a_token_is_found_behind_whatever_ends_before_it() {
    let bed = Bed::new();
    for token in words(71) {
        for before in BEFORE {
            let done = bed.feed(["filter"], format!("{before}{}\n", token.text()).as_bytes());
            assert_eq!(done.code(), 0);
            assert!(
                !done.text().contains(&token.secret),
                "{} behind {before:?}: {}",
                token.rule,
                done.text()
            );
        }
    }
}

#[test]
fn a_token_at_the_front_of_wide_text_is_found() {
    let bed = Bed::new();
    for token in words(72) {
        for (mark, big) in [(false, false), (false, true), (true, false), (true, true)] {
            let mark = mark.then_some('\u{feff}');
            let text: Vec<u8> = mark
                .into_iter()
                .chain(token.text().chars())
                .flat_map(|letter| {
                    let unit = u16::try_from(u32::from(letter)).expect("a letter of one unit");
                    if big { unit.to_be_bytes() } else { unit.to_le_bytes() }
                })
                .collect();
            let done = bed.feed(["filter"], &text);
            let narrow: String = done.text().chars().filter(|letter| *letter != '\0').collect();
            assert!(!narrow.contains(&token.secret), "{}: {narrow}", token.rule);
        }
    }
}

/// A number stands between the literal of these and their secret.
#[test]
fn a_token_with_a_version_is_found_in_parts() {
    let mut random = Random::new(73);
    let bed = Bed::new();
    let secret = random.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 93);
    let token = format!("sk-ant-{}03-{secret}", "api");
    for (text, kept) in [
        (format!("a = '{}' + '{}'\n", &token[..40], &token[40..]), &token[40..]),
        (token.replacen('-', "%2D", 4) + "\n", &secret),
        (format!("\"{}\"\n", token.replace('-', "\\u002d")), &secret),
    ] {
        let done = bed.feed(["filter"], text.as_bytes());
        assert!(!done.text().contains(kept), "{text}: {}", done.text());
    }
}

/// As `git diff --color-words` writes what was there and what is: nothing but colours stand between. What a search
/// highlights within a token is a part of it.
#[test]
fn tokens_in_two_colours_that_meet_are_both_found() {
    let bed = Bed::new();
    let filter = |text: &str| bed.feed(["filter"], text.as_bytes()).text();
    for (old, new) in words(74).into_iter().zip(words(75)) {
        let (first, second) = (old.text(), new.text());
        for text in [
            format!("\u{1b}[31m{first}\u{1b}[m\u{1b}[32m{second}\u{1b}[m\n"),
            format!("\u{1b}[31mTOKEN={first}\u{1b}[m\u{1b}[32mTOKEN={second}\u{1b}[m\n"),
            format!("TOKEN: \u{1b}[9;31mnone\u{1b}[0;92m{second}\u{1b}[39m\n"),
        ] {
            let shown = filter(&text);
            let is_out = shown.contains(&old.secret) || shown.contains(&new.secret);
            assert!(!is_out, "{}: {shown}", old.rule);
        }
        let (front, back) = first.split_at(old.shown.len() + 4);
        let shown = filter(&format!("a {front}\u{1b}[01;31m{}\u{1b}[m{}\n", &back[..3], &back[3..]));
        assert!(!shown.contains(&back[3..]), "{}: {shown}", old.rule);
    }
    // Only the name tells, for each of both.
    let mut random = Random::new(76);
    let mut secret = || random.text("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789+/", 38) + "A1";
    let (old, new) = (secret(), secret());
    let shown = filter(&format!(
        "aws_secret_access_key = \u{1b}[31m{old}\u{1b}[m\u{1b}[32m{new}\u{1b}[m\n"
    ));
    assert!(!shown.contains(&old) && !shown.contains(&new), "{shown}");
}

/// As SQL, Lua, Haskell and Elixir write it.
#[test]
fn a_token_is_found_over_each_operator_that_joins_strings() {
    let bed = Bed::new();
    let secret = Random::new(77).text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 97);
    let (front, back) = secret.split_at(33);
    for operator in [" || ", "||", " .. ", " ++ ", " <> "] {
        let text = format!("key = \"{}_live_51{front}\"{operator}\"{back}\"\n", "sk");
        let done = bed.feed(["filter"], text.as_bytes());
        assert!(!done.text().contains(back), "{operator}: {}", done.text());
    }
}

/// What begins like a compressed text and ends at once with an escape, or where two literals meet.
#[test]
fn a_short_compressed_text_is_no_fault() {
    let bed = Bed::new();
    for text in [
        "KLUv/\"+\\",
        "H4sIAA\"+\\u0041",
        "H4sIAA\u{1b}[3C\0",
        "KLUv/&#",
        "H4sI%",
    ] {
        let done = bed.feed(["filter"], text.as_bytes());
        assert_eq!(
            (done.code(), done.text().as_str(), done.errors().as_str()),
            (0, text, "")
        );
    }
}

#[test]
fn lines_behind_a_compressed_text_are_no_part_of_it() {
    let bed = Bed::new();
    let mut random = Random::new(74);
    // A stored block: it needs no compressor to be one.
    let secret = random.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 36);
    let inside = format!("{}_{secret} and so on", "ghp");
    let length = u16::try_from(inside.len()).expect("a short text");
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(inside.bytes());
    let text = cofferdam_tests::plant::base64url(&packed)
        .replace('-', "+")
        .replace('_', "/");
    let lines: String = (1..3000).map(|number| format!("{number}\n")).collect();
    let done = bed.feed(["filter"], format!("{text}\n{lines}").as_bytes());
    assert!(!done.text().contains(&text[30..]), "{}", &done.text()[..200]);
    assert!(done.text().ends_with(&lines[4..]), "{}", &done.text()[..200]);
}

/// A quote is written in four characters where a command is shown, which must part no secret.
#[test]
fn a_commands_quotes_hide_no_secret_from_the_guard() {
    let value = format!("aK9'{}", Random::new(75).text("abcdefghijkmnpqrstuvwxyz23456789", 14));
    let password = Random::new(76).text("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789", 14);
    let script = format!("true || curl -u 'svc:{password}' https://h.acme.io");
    for words in [["true", value.as_str(), ""], ["sh", "-c", &script]] {
        let bed = Bed::new();
        let done = finish(
            bed.command(["exec", "--json", "--"])
                .args(words)
                .env("DEPLOY_TOKEN", &value),
        );
        assert_eq!(done.code(), 0, "{}", done.errors());
        let listed = bed.run(["run", "list"]);
        let folder = bed.run_folder();
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a record");
        for text in [done.text(), listed.text(), read("events.jsonl"), read("manifest.json")] {
            assert!(!text.contains(&value[4..]) && !text.contains(&password), "{text}");
        }
    }
}

/// Lines of base64 may be texts of their own, as in a list, whatever the one before decodes to.
#[test]
fn a_token_in_base64_is_found_in_a_list() {
    let bed = Bed::new();
    let mut random = Random::new(73);
    for token in words(73) {
        for before in [
            random.text("0123456789abcdef", 40),
            random.text("0123456789abcdef", 64),
            base64("admin-ab3x7Kq93mZ41tRw"),
        ] {
            let coded = base64(&token.text());
            let done = bed.feed(["filter"], format!("{before}\n{coded}\n").as_bytes());
            assert_eq!(done.code(), 0);
            assert_ne!(
                done.text(),
                format!("{before}\n{coded}\n"),
                "{} behind {before}",
                token.rule
            );
        }
    }
}

/// What stands between a name and its value may be written in escapes, as in attributes of HTML, in queries, in JSON
/// for scripts.
#[test]
fn a_value_behind_an_encoded_quote_is_found() {
    let bed = Bed::new();
    let mut random = Random::new(79);
    for (quote, colon) in [
        ("&quot;", ":"),
        ("&quot;", ": "),
        ("&#34;", ":"),
        ("&#x22;", ":"),
        ("%22", ":"),
        ("%22", "%3A"),
        ("%22", "%3A%20"),
        ("%2522", "%253A"),
    ] {
        let value = random.text("0123456789abcdef", 32);
        let text = format!("{{{quote}datadog_api_key{quote}{colon}{quote}{value}{quote},{quote}a{quote}:1}}\n");
        let done = bed.feed(["filter"], text.as_bytes());
        assert_eq!(done.code(), 0);
        assert!(!done.text().contains(&value[4..20]), "{}", done.text());
        assert!(
            done.text().contains(&format!("datadog_api_key{quote}")),
            "{}",
            done.text()
        );
    }
}
