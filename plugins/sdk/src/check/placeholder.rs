//! Texts that stand where a secret would.
//!
//! A wrong "placeholder" lets a secret through, so each test here is one that a random token fails for all practical
//! purposes (a chance below one in a hundred million), and that a tail after a real token can't bring about.

/// Words that only stand in documentation. Six letters at the least: shorter ones turn up in random tokens.
const WORDS: [&[u8]; 9] = [
    b"EXAMPLE",
    b"PLACEHOLDER",
    b"CHANGEME",
    b"CHANGE_ME",
    b"REDACTED",
    b"YOUR_TOKEN",
    b"YOURTOKEN",
    b"YOUR-TOKEN",
    b"INSERT_",
];

/// Whether `body` is clearly a placeholder for a token of `nominal` bytes: few different bytes, one byte over and
/// over, a short pattern repeated, the alphabet or digits in order, words only, or a documentation word in a body too
/// short to hold a token beside it.
#[must_use]
pub fn is_placeholder(body: &[u8], nominal: usize) -> bool {
    if body.len() < 8 {
        return false;
    }
    few_different(body)
        || longest_repeat(body) >= (body.len() / 2).max(10)
        || is_periodic(body)
        || in_order(body)
        || has_rows(body)
        || only_words(body)
        || WORDS
            .iter()
            .any(|word| contains_any_case(body, word) && body.len() < nominal.saturating_add(word.len()))
}

/// Whether `body` is a row of digits and letters, or one short text over and over: what people type where they want
/// any key, in documentation and as the key of a test.
#[must_use]
pub fn is_sequence(body: &[u8]) -> bool {
    !few_different(body) && longest_repeat(body) < 6 && (in_order(body) || is_periodic(body) || has_rows(body))
}

/// Whether an id in groups is made of few short rows: `1234abcd-1234-abcd-1234-abcd1234abcd`.
fn has_rows(body: &[u8]) -> bool {
    let groups: Vec<&[u8]> = body.split(|byte| *byte == b'-').collect();
    let plain = groups.concat().to_ascii_lowercase();
    let mut different = plain.clone();
    different.sort_unstable();
    different.dedup();
    let rows = plain
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.checked_add(1) == Some(*b)))
        .count();
    groups.len() >= 3 && plain.len() >= 20 && different.len() <= 8 && rows * 5 >= (plain.len() - 1) * 3
}

/// Whether `value` refers to a secret that stands elsewhere, or was taken out: `$VAR`, `${VAR}`, `<name>`,
/// `{{name}}`, `%NAME%`, `@name@`, `!vault`, `%s`, `[redacted:rule]`, or nothing but `*`, `.`, `x` or `-`.
#[must_use]
pub fn is_reference(value: &[u8]) -> bool {
    let masked = |byte: &u8| matches!(byte, b'*' | b'.' | b'x' | b'X' | b'-' | b'_' | b'#');
    match value {
        [] => true,
        [b'$', b'{' | b'(', ..] => true,
        [b'$', rest @ ..] => is_variable(rest),
        [b'<', .., b'>'] | [b'{', .., b'}'] | [b'[', .., b']'] => true,
        [b'%', b's' | b'd' | b'v' | b'q'] => true,
        [b'%', name @ .., b'%'] => is_name(name),
        // `%(password)s` and `%(secret:name)s`.
        [b'%', b'(', name @ .., b')', b's'] => name.split(|byte| *byte == b':').all(is_name),
        [b'@', name @ .., b'@'] => name.split(|byte| *byte == b'.').all(is_name),
        [b'!', tag @ ..] if tag.len() <= 8 => tag.iter().all(u8::is_ascii_alphabetic),
        _ => value.iter().all(masked) || value.windows(3).any(|three| three == b"***"),
    }
}

/// The length of the longest stretch of one byte.
#[must_use]
pub fn longest_repeat(body: &[u8]) -> usize {
    body.chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or(0)
}

/// Whether `name` is a variable's name.
fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Whether `name` is what a shell or a script calls a variable. Digits and mixed case make it a password that begins
/// with a dollar sign.
fn is_variable(name: &[u8]) -> bool {
    let upper = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let lower = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'_';
    let starts = name
        .first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    // `$orgPass`: letters that end as a variable for a password does.
    let named = || {
        let ends = |word: &&[u8]| name.len() > word.len() && name.ends_with(word);
        VARIABLES.iter().any(ends) && name.iter().all(u8::is_ascii_alphabetic)
    };
    starts && (name.iter().all(upper) || name.iter().all(lower) || named())
}

/// How names of variables that hold a secret end, in mixed case.
const VARIABLES: [&[u8]; 8] = [
    b"Pass",
    b"Password",
    b"Passwd",
    b"Pwd",
    b"Secret",
    b"Token",
    b"Key",
    b"Credentials",
];

fn few_different(body: &[u8]) -> bool {
    let mut seen = [false; 256];
    let mut different = 0;
    for &byte in body {
        if !std::mem::replace(&mut seen[usize::from(byte)], true) {
            different += 1;
        }
    }
    different <= if body.len() >= 20 { 4 } else { 2 }
}

/// Whether one pattern of at most ten bytes makes up the body, three times or more.
fn is_periodic(body: &[u8]) -> bool {
    (1..=10).any(|period| body.len() >= period * 3 && body.iter().zip(body.iter().skip(period)).all(|(a, b)| a == b))
}

/// Whether most bytes follow their neighbour in the digits or the alphabet.
fn in_order(body: &[u8]) -> bool {
    // Groups are in one order, and all of them: `1234-5678-90123`.
    let lower: Vec<u8> = body
        .iter()
        .filter(|byte| **byte != b'-')
        .map(u8::to_ascii_lowercase)
        .collect();
    // Rows of digits and of letters go on in one another.
    let goes_on = |pair: &[u8]| match *pair {
        [b'9', next] => matches!(next, b'0' | b'a'),
        [b'z', next] => matches!(next, b'0' | b'1' | b'a'),
        [b'f' | b't', b'0' | b'1'] => true,
        [a, b] => a.checked_add(1) == Some(b),
        _ => false,
    };
    let steps = lower.windows(2).filter(|pair| goes_on(pair)).count();
    let all = lower.len().saturating_sub(1);
    let least = if lower.len() < body.len() { all * 4 } else { all * 3 };
    (lower.len() >= 10 && steps * 4 >= least) || has_orders(body)
}

/// Whether one byte is the next one in the digits or the alphabet.
fn follows(pair: &[u8]) -> bool {
    matches!(*pair, [a, b] if a.checked_add(1) == Some(b) || (a, b) == (b'9', b'0'))
}

/// Whether each of several groups is in order by itself: `123456789012-ABCDEFGHIJKLMNOP`.
fn has_orders(body: &[u8]) -> bool {
    let is_row = |group: &[u8]| group.len() >= 6 && group.windows(2).all(follows);
    body.contains(&b'-') && body.split(|byte| *byte == b'-').all(is_row)
}

/// Whether the body is words of one case between dashes or underscores: `your-api-key-goes-here`. Where one of them
/// says what it stands for, a number may count it: `secret-token-123`.
fn only_words(body: &[u8]) -> bool {
    let is_separator = |byte: &u8| matches!(byte, b'-' | b'_');
    let separators = body.iter().filter(|byte| is_separator(byte)).count();
    let words = uncounted(body).unwrap_or(body);
    let of_case = |test: fn(&u8) -> bool| words.iter().all(|byte| test(byte) || is_separator(byte));
    body.len() >= 16
        && separators >= 2
        && words.split(is_separator).all(|word| word.len() <= 14)
        && (of_case(u8::is_ascii_lowercase) || of_case(u8::is_ascii_uppercase))
}

/// The words before a number of three digits at most, or before digits in order, if one of them is what a secret is
/// called.
fn uncounted(body: &[u8]) -> Option<&[u8]> {
    let digits = body.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (words, counted) = body.split_at_checked(body.len().checked_sub(digits + 1)?)?;
    let called: [&[u8]; 5] = [b"token", b"secret", b"key", b"bearer", b"password"];
    let is_called = |word: &[u8]| called.iter().any(|name| word.eq_ignore_ascii_case(name));
    let named = words.split(|byte| matches!(byte, b'-' | b'_')).any(is_called);
    let number = counted.get(1..).unwrap_or_default();
    let counts = (1..=3).contains(&digits) || number.windows(2).all(follows);
    (digits > 0 && counts && matches!(counted.first(), Some(b'-' | b'_')) && named).then_some(words)
}

/// Whether `body` holds `word` (upper case) in any case.
fn contains_any_case(body: &[u8], word: &[u8]) -> bool {
    body.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::{is_placeholder, is_reference};
    use crate::testing::Random;

    #[test]
    fn knows_what_documentation_writes() {
        for text in [
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "000000000000000000000000000000000000",
            "IOSFODNN7EXAMPLE",
            "1234567890abcdef1234567890abcdef",
            "1234-5678-90123",
            "123456789012-ABCDEFGHIJKLMNOP",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890",
            "your-personal-access-token",
            "YOUR_API_KEY_GOES_HERE",
            "secret-token-123",
            "test-oauth-token-12345",
            "MY_SECRET_TOKEN_1",
            "aBcDeFgHiJkLmNoPqRsT1234567890abcdefghijklmnopqrstuv",
            "deadbeefdeadbeefdeadbeefdeadbeef",
            "1234abcd-1234-abcd-1234-abcd1234adcd",
            "abc123xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ] {
            assert!(is_placeholder(text.as_bytes(), text.len()), "{text}");
        }
    }

    #[test]
    fn a_real_token_beside_a_word_is_real() {
        let mut token = Random::new(3).text(b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 36);
        token.extend(b"EXAMPLE");
        assert!(!is_placeholder(&token, 36));
        token.extend(b"xxxxxxxxxx");
        assert!(!is_placeholder(&token, 36));
    }

    #[test]
    fn random_tokens_never_are() {
        let mut random = Random::new(1);
        for alphabet in [
            "0123456789abcdef",
            "abcdefghijklmnopqrstuvwxyz234567",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        ] {
            for _ in 0..20_000 {
                let token = random.text(alphabet.as_bytes(), 16);
                assert!(!is_placeholder(&token, 16), "{}", String::from_utf8_lossy(&token));
            }
        }
        let base64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for _ in 0..50_000 {
            let mut token = random.text(base64, 36);
            // A stretch of four equal bytes is no reason.
            token[10..14].fill(b'x');
            assert!(!is_placeholder(&token, 36), "{}", String::from_utf8_lossy(&token));
        }
    }

    #[test]
    fn references_are_told_from_values() {
        for text in [
            "",
            "$PASS",
            "$db_pass",
            "$PASS_2",
            "${PASS}",
            "$(cat x)",
            "<password>",
            "{{ pw }}",
            "***",
            "xxxx",
            "[redacted:url-password]",
            "%s",
            "%PW%",
            "@db.password@",
            "!vault",
        ] {
            assert!(is_reference(text.as_bytes()), "{text}");
        }
        for text in ["hunter2", "$ecr3t!", "$ecr3t", "$Pass", "p%40ss", "x1", "a<b>"] {
            assert!(!is_reference(text.as_bytes()), "{text}");
        }
    }
}
