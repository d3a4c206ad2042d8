//! Where an anchor stands: in a name, in a longer word, in a declaration, in a digest, in base64.

use cofferdam_sdk::Window;
use cofferdam_sdk::check::{sets_property, starts_token};

use crate::assign;
use crate::check::names_place;
use crate::pack::Names;
use crate::words;

/// The most letters of an anchor that many words begin with.
const SHORT: usize = 3;

/// Words that names are made of, besides those of a rule.
pub const PARTS: [&str; 16] = [
    "access", "account", "admin", "api", "app", "auth", "client", "cloud", "deploy", "key", "oauth", "pass", "private",
    "secret", "token", "user",
];

/// Whether the anchor is a word of a name, and not a part of another word: `expo_token`, `myExpoToken`, `expotoken`,
/// but not `export`.
pub(super) fn is_word(window: &Window<'_>, words: &[&[u8]]) -> bool {
    let text = window.text();
    let at = window.anchor_start();
    let first = text.get(at).copied().unwrap_or(b' ');
    let goes_on = at.checked_sub(1).and_then(|at| text.get(at)).is_some_and(|before| {
        let begins = (before.is_ascii_lowercase() && first.is_ascii_uppercase())
            || starts_token(text, at)
            || sets_property(text.get(..at).unwrap_or_default());
        before.is_ascii_alphabetic() && !begins
    });
    let rest = text.get(window.anchor_end()..).unwrap_or_default();
    let Some(&next) = rest.first() else { return false };
    let begins = |word: &&[u8]| {
        rest.get(..word.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(word))
    };
    // An upper-case letter begins a word behind a lower-case one.
    let last = window
        .anchor_end()
        .checked_sub(1)
        .and_then(|at| text.get(at))
        .copied()
        .unwrap_or(b' ');
    let new = !next.is_ascii_alphabetic() || (next.is_ascii_uppercase() && !last.is_ascii_uppercase());
    !goes_on && (new || words.iter().any(begins) || PARTS.iter().any(|part| begins(&part.as_bytes())))
}

/// Whether an anchor of three letters or fewer is the front of a longer word: `sin` of `SingleType`, but not `pps` of
/// `PPSN`.
pub(super) fn is_short_of_word(window: &Window<'_>) -> bool {
    let anchor = window.slice(window.anchor_start()..window.anchor_end());
    let [.., last] = anchor else { return false };
    let goes_on = |byte: &u8| byte.is_ascii_lowercase() || (byte.is_ascii_uppercase() && last.is_ascii_uppercase());
    let rest = window.text().get(window.anchor_end()..).unwrap_or_default();
    anchor.len() <= SHORT
        && anchor.iter().all(u8::is_ascii_alphabetic)
        && rest.iter().take(2).filter(|b| goes_on(b)).count() == 2
}

/// Whether the name that the anchor stands in ends as that of a place: `issuer_api_server_url`.
pub(super) fn is_place(window: &Window<'_>, words: &Names<&[u8]>) -> bool {
    names_place(window.text(), window.anchor_start(), window.anchor_end(), words)
}

/// Words that begin a line that names types and modules, and holds no value.
const DECLARATIONS: [&[u8]; 8] = [
    b"class ",
    b"import ",
    b"from ",
    b"interface ",
    b"struct ",
    b"enum ",
    b"using ",
    b"package ",
];

/// Whether the line of the anchor declares a type or takes one in, and nothing is assigned on it so far: `class
/// IssuerTest(IssuerMixin, …`.
pub(super) fn is_declaration(window: &Window<'_>) -> bool {
    let before = window.before();
    let line = before
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default()
        .trim_ascii_start();
    let mut so_far = line.iter().chain(window.slice(window.anchor_end()..window.end()));
    DECLARATIONS.iter().any(|word| line.starts_with(word))
        && !so_far.any(|byte| matches!(byte, b'=' | b':' | b'"' | b'\'' | b'`'))
}

/// The fewest bytes of base64 before a plus that tell it from words.
const FEWEST: usize = 16;
/// The fewest before a slash, which stands in paths, too.
const BASE64: usize = 48;

/// The most bytes of a digest before a literal in it.
const DIGEST: usize = 96;

/// Whether the anchor stands inside of a digest, which has each short literal in it sooner or later:
/// `sha256=lo12Q4D2-m0-…`.
pub(super) fn is_inside_digest(window: &Window<'_>) -> bool {
    let at = window.anchor_start();
    let before = window.text().get(..at).unwrap_or_default();
    let length = before
        .iter()
        .rev()
        .take(DIGEST)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'/' | b'-'))
        .count();
    length > 0 && assign::is_digest(window.text(), at - length)
}

/// Whether the anchor stands behind a plus or a slash within base64: the parts of a path, and of a query whose blanks
/// are pluses, are words, while base64 spells every short prefix sooner or later.
pub(super) fn is_inside_base64(window: &Window<'_>) -> bool {
    let (start, end) = (window.anchor_start(), window.anchor_end());
    // A dash or an underscore in it is no sign of base64's.
    if !window.slice(start..end).iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let before = window.text().get(..start).unwrap_or_default();
    let Some((sign @ (b'+' | b'/'), rest)) = before.split_last() else {
        return false;
    };
    let length = rest
        .iter()
        .rev()
        .take(BASE64)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        .count();
    let run = rest.get(rest.len() - length..).unwrap_or_default();
    let fewest = if *sign == b'+' { FEWEST } else { BASE64 };
    length >= fewest && words::are_random(run)
}
