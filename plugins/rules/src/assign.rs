//! What people write between a name and its value, in whatever language.

use crate::fields;

/// How far behind a name its value may begin, in bytes.
pub const REACH: usize = 64;

/// The most words of a name that go on behind the anchor, as in `Datadog API key: …`.
const WORDS: usize = 4;
/// The longest name that goes on behind the anchor, in bytes.
const NAME: usize = 32;

/// Words that may stand before a value and belong to its notation.
const SCHEMES: [&[u8]; 11] = [
    b"bearer", b"basic", b"token", b"apikey", b"key", b"jwt", b"bot", b"is", b"value", b"string", b"str",
];

/// Where the value of a name that ends at `from` may begin, the likeliest first; none lies at `limit` or behind it.
/// With `far` it may also stand in another field or on a line below.
///
/// A rest of the name, what closes it, a separator, and what opens a value: `_KEY=`, `Key": "`, `"] = '`, `: str =
/// "`, `>`, `, `, a blank.
#[must_use]
pub fn values(text: &[u8], from: usize, limit: usize, far: bool) -> Vec<usize> {
    let end = limit.min(text.len()).min(from.saturating_add(REACH));
    let Some(text) = text.get(..end) else { return Vec::new() };
    let mut found = Vec::new();
    let mut next = from;
    let mut name_end = from;
    for word in 0..WORDS {
        let name = length(text, next, is_name);
        if name > NAME || (word > 0 && name == 0) {
            break;
        }
        next += name;
        name_end = next;
        let (after, separated) = separator(text, next);
        let blank = text
            .get(next..after)
            .is_some_and(|between| between.iter().any(|byte| is_blank(*byte)));
        if separated {
            found.push(after);
            notation(text, after, &mut found);
            // A value may begin with a sign itself; then a quote tells where.
            let quote = text
                .get(next..after)
                .and_then(|part| part.iter().rposition(|byte| b"\"'`".contains(byte)));
            found.extend(quote.map(|at| next + at + 1).filter(|at| *at < after));
            break;
        }
        if !blank || after >= end {
            break;
        }
        // A blank may separate by itself, as on a command line, or stand inside of the name.
        found.push(after);
        next = after;
    }
    if far {
        fields::values(text, name_end, is_printed(text, name_end), &mut found);
    }
    found.retain(|at| *at < end);
    found
}

/// Where the value of a name that begins with what ends at `from` may stand farther away, and behind which end of the
/// name: in the same record with other fields between, in the column that the name heads. None lies at `limit`.
#[must_use]
pub fn beyond(text: &[u8], from: usize, limit: usize) -> Vec<(usize, usize)> {
    let end = limit.min(text.len()).min(from.saturating_add(REACH));
    let Some(text) = text.get(..end) else { return Vec::new() };
    let mut found = Vec::new();
    let mut next = from;
    for _ in 0..WORDS {
        let name = length(text, next, is_name);
        if name > NAME {
            break;
        }
        next += name;
        found.extend(fields::beyond(text, next).map(|at| (next, at)));
        // A word behind a blank is a part of the name, or the name of the next attribute.
        if text.get(next) != Some(&b' ') {
            break;
        }
        next += 1;
    }
    found.retain(|(_, at)| *at < end);
    found
}

/// What stands directly before the name of a variable or a setting whose value a command prints on the next line.
const PRINTS: [&[u8]; 7] = [
    b"$",
    b"${",
    b"printenv ",
    b"configure get ",
    b"config:get ",
    b"secrets get ",
    b"-raw ",
];

/// Whether a command prints the value of the name that ends at `end`: `echo $TOKEN`, `printenv TOKEN`.
fn is_printed(text: &[u8], end: usize) -> bool {
    let before = text.get(..end).unwrap_or_default();
    let name = before.iter().rev().take_while(|byte| is_name(**byte)).count();
    let before = before.get(..before.len() - name).unwrap_or_default();
    PRINTS.iter().any(|command| before.ends_with(command))
}

/// Where a value begins behind a separator: after the rest of it, blanks, and what opens a text.
#[must_use]
pub fn opening(text: &[u8], from: usize) -> usize {
    let mut next = from;
    // One quote opens a value; a second one would close an empty one.
    while let Some(&byte) = text.get(next) {
        match byte {
            b'=' | b'>' | b' ' | b'\t' | b'\\' => next += 1,
            // Makefiles know `::=` and `:::=`.
            b':' if is_definition(text, next) => next += 1,
            b'"' | b'\'' | b'`' => return next + 1,
            b'r' | b'b' | b'f' | b'u' | b'@' if is_quoted(text, next + 1) => next += 1,
            _ => return next,
        }
    }
    next
}

/// Words for a digest.
const DIGESTS: [&[u8]; 10] = [
    b"sha1",
    b"sha224",
    b"sha256",
    b"sha384",
    b"sha512",
    b"md5",
    b"blake3",
    b"integrity",
    b"checksum",
    b"digest",
];

/// Whether the word for a digest stands directly before the value at `from`, or leads it, with a separator: `sha256=…`,
/// `"integrity": "sha512-…`.
#[must_use]
pub fn is_digest(text: &[u8], from: usize) -> bool {
    let value = text.get(from..).unwrap_or_default();
    let leads = |known: &&[u8]| {
        value
            .get(..known.len())
            .is_some_and(|first| first.eq_ignore_ascii_case(known))
            && matches!(value.get(known.len()), Some(b'=' | b':' | b'-'))
    };
    if DIGESTS.iter().any(leads) {
        return true;
    }
    let before = text.get(..from).unwrap_or_default();
    let between = before
        .iter()
        .rev()
        .take(6)
        .take_while(|byte| matches!(byte, b'=' | b':' | b'-' | b'"' | b'\'' | b' '))
        .count();
    let word = before.get(..before.len() - between).unwrap_or_default();
    between > 0
        && DIGESTS.iter().any(|known| {
            word.len()
                .checked_sub(known.len())
                .and_then(|at| word.get(at..))
                .is_some_and(|last| last.eq_ignore_ascii_case(known))
        })
}

/// Whether colons and then a sign of equality follow.
fn is_definition(text: &[u8], at: usize) -> bool {
    let colons = length(text, at, |byte| byte == b':');
    colons <= 3 && text.get(at + colons) == Some(&b'=')
}

/// The values behind words that belong to the notation: `Bearer VALUE`, `string = VALUE`.
fn notation(text: &[u8], from: usize, found: &mut Vec<usize>) {
    let mut next = from;
    for _ in 0..2 {
        let word = length(text, next, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let is = |scheme: &&[u8]| {
            text.get(next..next + word)
                .is_some_and(|part| part.eq_ignore_ascii_case(scheme))
        };
        if !SCHEMES.iter().any(is) {
            return;
        }
        let (after, _) = separator(text, next + word);
        if after == next + word {
            return;
        }
        found.push(after);
        next = after;
    }
}

/// Whether the value that begins at `start` is an argument with its name, as calls have behind another: `,
/// lifetime_seconds=-1`.
pub(crate) fn is_argument(text: &[u8], start: usize, value: &[u8]) -> bool {
    let before = text.get(..start).unwrap_or_default().trim_ascii_end();
    let Some(at) = value.iter().position(|byte| *byte == b'=') else {
        return false;
    };
    let (name, given) = (&value[..at], &value[at + 1..]);
    before.ends_with(b",")
        && name.first().is_some_and(u8::is_ascii_lowercase)
        && name.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_')
        && (1..=LONGEST_GIVEN).contains(&given.len())
        && given[0] != b'='
}

/// A longer one may be a secret.
const LONGEST_GIVEN: usize = 7;

/// The end of the blanks, closers, separators and openers at `from`, and whether a separator was among them.
fn separator(text: &[u8], from: usize) -> (usize, bool) {
    let mut separated = false;
    let mut next = from;
    while let Some(&byte) = text.get(next) {
        match byte {
            b'=' | b':' | b',' | b'(' | b'|' => separated = true,
            // An arrow, a tag's end, a redirection.
            b'>' => separated = true,
            b'-' if text.get(next + 1) == Some(&b'>') => {}
            // `+=` appends, and what it appends to was empty.
            b'+' if text.get(next + 1) == Some(&b'=') => {}
            b'"' | b'\'' | b'`' | b'\\' | b')' | b']' | b'[' | b'?' => {}
            b'@' | b'&' if separated => {}
            b' ' | b'\t' => {}
            // `r"…"`, `b'…'`, `f"…"`: a letter that belongs to the quote behind it.
            b'r' | b'b' | b'f' | b'u' | b'L' if separated && is_quoted(text, next + 1) => {}
            _ => break,
        }
        next += 1;
    }
    (next, separated)
}

/// Whether a quote follows, perhaps behind a second letter that belongs to it.
fn is_quoted(text: &[u8], at: usize) -> bool {
    let quote = |at: usize| matches!(text.get(at), Some(b'"' | b'\''));
    quote(at) || (matches!(text.get(at), Some(b'r' | b'b' | b'f' | b'u')) && quote(at + 1))
}

fn length(text: &[u8], from: usize, is: impl Fn(u8) -> bool) -> usize {
    text.get(from..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| is(**byte))
        .count()
}

/// What names are made of.
pub(crate) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::values;

    /// The first word of each value that may follow `token`.
    fn after(text: &str) -> Vec<String> {
        words(text, false)
    }

    fn words(text: &str, far: bool) -> Vec<String> {
        let from = text.find("token").unwrap() + "token".len();
        let word = |at: usize| {
            let rest = text.get(at..).unwrap();
            rest.chars().take_while(|c| c.is_ascii_alphanumeric()).collect()
        };
        values(text.as_bytes(), from, text.len(), far)
            .into_iter()
            .map(word)
            .collect()
    }

    #[test]
    fn a_short_argument_with_its_name_is_no_value() {
        let is = |before: &str, value: &str| {
            super::is_argument(format!("{before}{value})").as_bytes(), before.len(), value.as_bytes())
        };
        for value in ["lifetime_seconds=-1", "timeout=30", "strict=True"] {
            assert!(is("f(JWT_SECRET, ", value), "{value}");
            assert!(!is("JWT_SECRET=", value), "{value}");
        }
        for value in [
            "c2VjcmV0IQ==",
            "secret=",
            "session=1f8a9c3d77",
            "Key=12",
            "_=12",
            "key==1",
        ] {
            assert!(!is("f(JWT_SECRET, ", value), "{value}");
        }
    }

    #[test]
    fn a_value_is_found_in_every_notation() {
        for text in [
            "token=V4lue",
            "token: V4lue",
            "\"token\": \"V4lue\"",
            "'token' => 'V4lue'",
            "token := `V4lue`",
            "token += \"V4lue\"",
            "token ??= \"V4lue\"",
            "token_for_prod = \"V4lue\"",
            "--token V4lue",
            "--token=V4lue",
            "<token>V4lue</token>",
            "env[\"token\"] = \"V4lue\"",
            "setenv(\"token\", \"V4lue\")",
            "{\\\"token\\\":\\\"V4lue\\\"}",
            "token: Bearer V4lue",
            "let token: &str = \"V4lue\"",
            "const token: string = 'V4lue'",
            "key=\"token\" value=\"V4lue\"",
            "the token is V4lue",
            "token = rb\"V4lue\"",
        ] {
            assert!(after(text).contains(&"V4lue".to_owned()), "{text}: {:?}", after(text));
        }
    }

    #[test]
    fn a_value_farther_away_is_found_behind_its_own_name() {
        let after = |text: &str| -> Vec<(String, String)> {
            let from = text.find("acme").unwrap() + "acme".len();
            let found = super::beyond(text.as_bytes(), from, text.len());
            let part = |from: usize, to: usize| text.get(from..to).unwrap().to_owned();
            found
                .into_iter()
                .map(|(end, at)| (part(from, end), part(at, at + 5)))
                .collect()
        };
        for (text, name) in [
            ("<input name=\"acme_token\" id=\"x\" value=\"V4lue\">", "_token"),
            ("{\"name\":\"acme_sum\",\"key\":\"x\",\"value\":\"V4lue\"}", "_sum"),
            ("acme api key,other\nV4lue,x\n", " api key"),
        ] {
            assert_eq!(after(text), [(name.to_owned(), "V4lue".to_owned())], "{text}");
        }
        assert!(after("acme token: V4lue").is_empty());
    }

    #[test]
    fn what_a_command_prints_is_the_value_of_its_name() {
        let is = |text: &str| words(text, true).contains(&"V4lue".to_owned());
        for text in [
            "$ printenv ACME_token\nV4lue",
            "$ echo $token\nV4lue",
            "echo \"${ACME_token}\"\nV4lue",
            "heroku config:get token\nV4lue",
            "terraform output -raw token_of_it\nV4lue",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "printed token\nV4lue",
            "0a1b Get the token\nV4lue",
            "echo $token and more\nV4lue",
        ] {
            assert!(!is(text), "{text}");
        }
    }

    #[test]
    fn a_digest_is_told_by_its_word() {
        for text in [
            "a_key.py,sha256=V4lue",
            "\"integrity\": \"V4lue",
            "key: sha512-V4lue",
            "md5: V4lue",
        ] {
            let at = text.find("V4lue").unwrap();
            assert!(super::is_digest(text.as_bytes(), at), "{text}");
        }
        let led = "a_key,sha256=V4lue";
        assert!(super::is_digest(led.as_bytes(), led.find("sha").unwrap()));
        for text in ["key = V4lue", "sha256_key = V4lue", "sha256V4lue"] {
            let at = text.find("V4lue").unwrap();
            assert!(!super::is_digest(text.as_bytes(), at), "{text}");
        }
    }

    #[test]
    fn a_name_without_a_value_has_none() {
        for text in ["token", "token;", "tokens}", "token.", "token\nV4lue"] {
            assert!(after(text).is_empty(), "{text}");
        }
    }
}
