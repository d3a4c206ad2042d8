//! Whether a value looks like what its name says that it is.

use cofferdam_sdk::check::shannon_bits;

use super::Expected;
use super::name::Name;
use super::value::{Between, Value};
use crate::assign::is_name;
use crate::pack::Common;
use crate::words;

/// The shortest password that is told from a word, in bytes.
const PASSWORD: usize = 6;
/// The shortest value that is a key beyond doubt, in bytes.
const CERTAIN: usize = 20;
/// The shortest password beside a user's name, in bytes.
const WORD: usize = 4;
/// The shortest key, in bytes.
const KEY: usize = 12;
/// So many bytes of letters of one case are too many for a word; people make passwords of several.
const PHRASE: usize = 12;

/// What a value is made of.
struct Kinds {
    digits: usize,
    letter: bool,
    symbol: bool,
    mixed: bool,
    /// Whether its letters stand in both cases and in no order that words have.
    random: bool,
    lower: bool,
}

impl Kinds {
    fn of(value: &[u8]) -> Kinds {
        let has = |test: fn(&u8) -> bool| value.iter().any(test);
        Kinds {
            digits: value.iter().filter(|byte| byte.is_ascii_digit()).count(),
            letter: has(u8::is_ascii_alphabetic),
            symbol: has(|byte| b"!@#$%^&*+=?~".contains(byte)),
            mixed: has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase),
            random: is_restless(value) && words::share(value).is_none_or(|share| share < 60),
            lower: has(u8::is_ascii_lowercase) && !has(u8::is_ascii_uppercase),
        }
    }
}

/// Whether its letters change their case more often than names of several words do.
fn is_restless(value: &[u8]) -> bool {
    let upper = value
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()))
        .count();
    let lower = value
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_uppercase() && b.is_ascii_lowercase()))
        .count();
    value.len() >= 8 && (upper + lower) * 4 >= value.len() && upper >= 2
}

/// Whether the value looks like what the name says, given how it is written.
pub(super) fn fit(value: &[u8], name: &Name<'_>, written: &Value, expected: Expected, common: &Common<&[u8]>) -> bool {
    let kinds = Kinds::of(value);
    match expected {
        Expected::Password if is_beside_user(value, &kinds, name, written, common) => true,
        Expected::Password => !common.is_form(value) && is_password(value, &kinds, name, written),
        Expected::Key if name.is_bare_key() => {
            // The key of an entry is an id more often than a secret, where nobody's name stands before it.
            let entry = name.head.is_empty() && is_uuid(value);
            is_key(value, &kinds, name, written) && is_random(value, &kinds) && !entry
        }
        Expected::Key => {
            is_key(value, &kinds, name, written)
                || (name.word.eq_ignore_ascii_case(b"secret")
                    && written.quoted
                    && name.tail.is_empty()
                    && kinds.letter
                    && value.len() >= 8
                    && (kinds.symbol || (kinds.digits > 0 && !is_constant(value))))
        }
    }
}

/// Whether a user's name stands before it, so that a word too is a password: `user = 'ann'`, `password =
/// 'open_sesame'`.
fn is_beside_user(value: &[u8], kinds: &Kinds, name: &Name<'_>, written: &Value, common: &Common<&[u8]>) -> bool {
    let alone = || matches!(written.next, None | Some(b'\n' | b'\r' | b';' | b'&' | b' ')) && !value.contains(&b'.');
    kinds.letter
        && value.len() >= WORD
        && !common.is_form(value)
        && !common.is_named(value)
        && (written.quoted
            || written.closed
            || (matches!(written.between, Between::Tight | Between::Assigned) && alone()))
        && name.is_beside_user(written.quoted)
}

fn is_password(value: &[u8], kinds: &Kinds, name: &Name<'_>, written: &Value) -> bool {
    // Numbers are flags, counts and times, and one letter over and over is nobody's.
    let one = value.iter().all(|byte| Some(byte) == value.first());
    if !kinds.letter || value.len() < PASSWORD || one {
        return false;
    }
    // `PASSWORD=word` in an environment, and `password=word` on a line of properties, are values; programs put blanks
    // around.
    let is_alone = || name.line.trim_ascii().is_empty() && matches!(written.next, None | Some(b'\n' | b'\r'));
    let is_value = written.between == Between::Tight && (name.is_constant() || is_alone());
    match written.between {
        // Prose says `the password is Tr0ub4dor`.
        Between::Blank if written.said && !written.quoted => {
            (kinds.digits > 0 && (kinds.mixed || kinds.symbol)) && !is_constant(value)
        }
        Between::Blank if !written.quoted => {
            let told = name.is_flag() || is_declared(name);
            (told && (kinds.digits > 0 || kinds.symbol || kinds.random) && !is_constant(value))
                || (name.tail.is_empty() && is_drawn(value, kinds))
        }
        Between::Listed if !written.quoted => {
            written.closed && (kinds.digits > 0 || kinds.symbol || kinds.random || is_phrase(value))
        }
        // Any word may be an argument beside one that is named so.
        Between::Listed if written.quoted => {
            (kinds.digits > 1 && !is_identifier(value))
                || kinds.symbol
                || kinds.random
                || (name.is_constant() && matches!(name.line.last(), Some(b'"' | b'\'')) && is_word(value, kinds))
        }
        Between::Blank | Between::Listed | Between::Assigned | Between::Tight if written.quoted => {
            kinds.symbol
                || kinds.random
                || (kinds.digits > 0 && !is_identifier(value))
                || is_phrase(value)
                || is_word(value, kinds)
        }
        Between::Blank | Between::Listed | Between::Assigned | Between::Tight => {
            // YAML puts a blank behind the colon.
            let is_entry = || name.is_constant() && is_alone() && is_word(value, kinds);
            (kinds.digits > 0 && !is_constant(value)) || kinds.symbol || kinds.random || is_value || is_entry()
        }
    }
}

fn is_key(value: &[u8], kinds: &Kinds, name: &Name<'_>, written: &Value) -> bool {
    if value.len() < KEY || !kinds.letter || is_constant(value) || shannon_bits(value) <= 3.0 {
        return false;
    }
    // A blank or a comma separates everything, so the value has to be long and mixed.
    let bare = matches!(written.between, Between::Blank | Between::Listed) && !written.quoted && !written.closed;
    let random = if kinds.digits == 0 {
        // Without a digit only the order of its letters tells a key from a name.
        value.len() >= 16 && (kinds.random || words::share(value).is_some_and(|share| share < 50))
    } else {
        !words::is_words(value) || (!bare && kinds.digits * 8 >= value.len())
    };
    // A flag's or a declared variable's value is one for certain.
    let told = is_told(name);
    let strong = !bare
        || (told && kinds.digits >= 2)
        || (value.len() >= 20 && kinds.digits >= 2 && (kinds.mixed || !kinds.lower || value.len() >= 24));
    let long = value.len() >= if kinds.digits >= 2 { 16 } else { 20 };
    random && strong && (kinds.mixed || long || kinds.symbol || written.quoted || name.is_constant() || told)
}

/// Whether a value is a secret although nothing but the word `key` says so: long, of letters and digits in no order,
/// and no path.
fn is_random(value: &[u8], kinds: &Kinds) -> bool {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/=.".contains(byte);
    let slashes = value.iter().filter(|byte| **byte == b'/').count();
    value.len() >= 16
        && (kinds.digits >= 2
            || (kinds.digits == 1 && kinds.mixed && words::share(value).is_some_and(|share| share < 50)))
        && slashes <= value.len() / 16
        && value.iter().all(is_token)
        && (kinds.digits * 4 >= value.len() || !words::are_words(value))
        && shannon_bits(value) > 3.2
}

/// Whether it is an id as every program draws them: five groups of hexadecimal digits.
fn is_uuid(value: &[u8]) -> bool {
    value.split(|byte| *byte == b'-').map(<[u8]>::len).eq([8, 4, 4, 4, 12])
        && value.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
}

/// Whether a flag or a declaration says for certain that a value follows.
pub(super) fn is_told(name: &Name<'_>) -> bool {
    name.is_flag() || is_declared(name)
}

/// Whether a value can be nothing but a key: long, of letters and digits in no order, and no digest's or id's parts.
pub(super) fn is_certain(value: &[u8]) -> bool {
    let kinds = Kinds::of(value);
    let parts = value.iter().filter(|byte| b"-_./".contains(byte)).count();
    value.len() >= CERTAIN
        && (kinds.digits >= 3 || words::are_random(value))
        && !is_numbered(value)
        && parts * 6 <= value.len()
        && is_random(value, &kinds)
}

/// Whether it is names with a number behind each, or none, and dashes between: `softhsm2-enginepkcs11`.
fn is_numbered(value: &[u8]) -> bool {
    let is_name = |part: &[u8]| {
        let letters = part.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let digits = part.get(letters..).unwrap_or_default();
        letters >= 3 && digits.len() <= 2 && digits.iter().all(u8::is_ascii_digit)
    };
    value.contains(&b'-') && value.split(|byte| *byte == b'-').all(is_name)
}

/// Whether the line declares a variable: `ENV NAME value`, `setx NAME value`, `#define NAME value`, `set -gx NAME value`.
fn is_declared(name: &Name<'_>) -> bool {
    let line = name.line.trim_ascii();
    [
        b"ENV".as_slice(),
        b"ARG",
        b"setx",
        b"#define",
        b"setenv",
        b"define",
        b"set",
        b"SetEnv",
        b"export",
    ]
    .iter()
    .any(|word| line.eq_ignore_ascii_case(word))
        || is_set_with_flags(line)
}

/// Whether the line is what fish sets a variable with: `set -gx`, `set -U -x`.
fn is_set_with_flags(line: &[u8]) -> bool {
    let mut words = line.split(|byte| *byte == b' ');
    let is_flag = |word: &[u8]| matches!(word, [b'-', flags @ ..] if flags.iter().all(|byte| b"gxUluf".contains(byte)));
    words.next() == Some(b"set") && words.all(is_flag)
}

/// Whether a short text can be no word of prose nor a name of a method: a digit, and a capital letter inside of it.
fn is_drawn(value: &[u8], kinds: &Kinds) -> bool {
    let inside = value
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if (a.is_ascii_lowercase() || a.is_ascii_digit()) && b.is_ascii_uppercase()));
    let plain = value
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"!@#$%^&*".contains(byte));
    kinds.digits > 0
        && inside
        && plain
        && (8..=24).contains(&value.len())
        && words::share(value).is_none_or(|share| share < 60)
}

/// Whether these are only letters of one case, too many for a word, as people make passwords of several words.
fn is_phrase(value: &[u8]) -> bool {
    value.len() >= PHRASE && value.iter().all(u8::is_ascii_lowercase)
}

/// Whether it is one word of lower-case letters that isn't a word of forms and types.
fn is_word(value: &[u8], kinds: &Kinds) -> bool {
    kinds.lower && value.len() >= PASSWORD && value.iter().all(u8::is_ascii_lowercase)
}

/// Whether this is how programs name a thing: `SOME_KIND_2`, `some_kind_2`, `v1.2.3`.
fn is_constant(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let words = value.iter().filter(|byte| matches!(byte, b'_' | b'-' | b'.')).count();
    let mixed = value.iter().any(u8::is_ascii_lowercase) && value.iter().any(u8::is_ascii_uppercase);
    let plain = !mixed || words::share(value).is_none_or(|share| share >= 65);
    words > 0 && digits <= words + 1 && plain && value.iter().all(|byte| is_name(*byte))
}

/// Whether it names something with a password in it: `password1_field`, `inputPassword2`.
fn is_identifier(value: &[u8]) -> bool {
    is_constant(value) && value.iter().all(|byte| is_name(*byte)) && words::is_words(value)
}
