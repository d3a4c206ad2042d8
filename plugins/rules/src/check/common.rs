//! Passwords that people and documentation use: not worth a P0, and too often real to be nothing.

use cofferdam_sdk::check::{is_placeholder, is_sequence};
use cofferdam_sdk::{Severity, Verdict};

use super::placeholder;
use crate::fact;
use crate::words;

/// Words that stand for a password in documentation and defaults.
const STOCK: [&[u8]; 24] = [
    b"password",
    b"passwd",
    b"pass",
    b"pwd",
    b"secret",
    b"token",
    b"pw",
    b"userpassword",
    b"value",
    b"foo",
    b"bar",
    b"foobar",
    b"xyz",
    b"abc",
    b"test",
    b"guest",
    b"admin",
    b"root",
    b"changeme",
    b"anonymous",
    b"anoncvs",
    b"qwerty",
    b"mypassword",
    b"mypass",
];

/// The shortest password that is worth hiding: shorter ones are guessed sooner than read.
const SHORTEST: usize = 3;
/// The longest password that is taken for a word or two.
const WORD: usize = 14;

/// The verdict on a password: as it is, lower where it is a common one, and a placeholder's where nobody could mean it.
pub(crate) fn judged(verdict: Verdict, password: &[u8], user: &[u8]) -> Verdict {
    // A row of digits and letters is what people also take for tests: it is counted.
    if is_sequence(password) {
        return lower(verdict);
    }
    let characters = password.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    if characters < SHORTEST
        || asks_for_it(password)
        || (is_placeholder(password, 16) && !is_stock(password))
        || is_documented(password, user)
    {
        placeholder(verdict)
    } else if is_common(password, user) {
        lower(verdict)
    } else {
        verdict
    }
}

/// Whether it says that another is to be put here: `YOUR_PASSWORD`, `your-token`.
fn asks_for_it(password: &[u8]) -> bool {
    let begins = password
        .get(..4)
        .is_some_and(|front| front.eq_ignore_ascii_case(b"your"));
    begins
        && password
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-'))
}

/// Whether a user's name and a password stand for themselves, as in `user:password@`.
fn is_documented(password: &[u8], user: &[u8]) -> bool {
    let is = |text: &[u8], words: &[&[u8]]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    let same = password.eq_ignore_ascii_case(user);
    is(
        user,
        &[
            b"user",
            b"username",
            b"user_name",
            b"usr",
            b"login",
            b"userid",
            b"myuser",
            b"my_user",
            b"your_user",
            b"dbuser",
            b"db_user",
        ],
    ) && is(
        password,
        &[
            b"password",
            b"passwd",
            b"pwd",
            b"userpassword",
            b"mypassword",
            b"my_password",
            b"dbpassword",
            b"db_password",
        ],
    ) || (same && is(user, &[b"user", b"username", b"usr", b"userid", b"foo", b"bar"]))
}

/// Whether a user's name and a password are words that manuals of commands have: `test:test`, `username:token`, `xxx:yyy`.
pub(crate) fn is_manual(password: &[u8], user: &[u8]) -> bool {
    const USERS: [&[u8]; 10] = [
        b"user",
        b"username",
        b"test",
        b"foo",
        b"xxx",
        b"name",
        b"login",
        b"myuser",
        b"my_user",
        b"your_user",
    ];
    const PASSWORDS: [&[u8]; 12] = [
        b"pass",
        b"password",
        b"passwd",
        b"pwd",
        b"token",
        b"test",
        b"bar",
        b"foo",
        b"xxx",
        b"yyy",
        b"key",
        b"api_key",
    ];
    let is = |text: &[u8], words: &[&[u8]]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    is(user, &USERS) && is(password, &PASSWORDS)
}

/// The same, as what opens little.
pub(crate) fn lower(verdict: Verdict) -> Verdict {
    Verdict {
        confidence: 40,
        ..verdict.severity(Severity::P2)
    }
    .fact(fact::COMMON)
}

/// Whether people and documentation use it: a stock word, the user's own name, or letters that make a word.
pub(crate) fn is_common(password: &[u8], user: &[u8]) -> bool {
    // `1111` is no secret anywhere.
    let one = password.iter().all(|byte| Some(byte) == password.first());
    one || password.eq_ignore_ascii_case(user) || is_stock(password) || is_word(password)
}

/// Whether it is a word, all lower or all upper case.
fn is_word(password: &[u8]) -> bool {
    let one_case = password.iter().all(u8::is_ascii_lowercase) || password.iter().all(u8::is_ascii_uppercase);
    one_case && password.len() <= WORD && words::share(password).is_none_or(|share| share >= 65)
}

/// Whether it is one of the words, perhaps with digits in place of letters or behind it: `p4ssw0rd`, `Secret123`.
fn is_stock(password: &[u8]) -> bool {
    let end = password
        .iter()
        .rposition(|byte| !byte.is_ascii_digit() && *byte != b'!')
        .map_or(0, |at| at + 1);
    let plain: Vec<u8> = password
        .iter()
        .take(end)
        .filter(|byte| !matches!(byte, b' ' | b'/' | b'-' | b'_' | b'?' | b'#'))
        .map(|byte| match byte {
            b'0' => b'o',
            b'1' => b'i',
            b'3' => b'e',
            b'4' | b'@' => b'a',
            b'5' | b'$' => b's',
            other => other.to_ascii_lowercase(),
        })
        .collect();
    // Many digits behind a word are another password.
    password.len() - end <= 4 && STOCK.contains(&plain.as_slice())
}

#[cfg(test)]
mod tests {
    use super::is_common;

    #[test]
    fn what_people_use_is_told_from_what_was_drawn() {
        for common in ["password", "p4ssw0rd", "secret123", "tzz", "bowser", "xyzzy", "pass"] {
            assert!(is_common(common.as_bytes(), b"tzz"), "{common}");
        }
        for drawn in ["xK7qPw2mRt", "qzjxkvwpbf", "n3v-X9pa", "secret8391274", "Tr0ub4dor&3"] {
            assert!(!is_common(drawn.as_bytes(), b"user"), "{drawn}");
        }
    }
}
