//! Authorization headers: what follows a known scheme, or looks like a key.

use cofferdam_sdk::check::{decode_prefix, is_placeholder, is_reference, shannon_bits};
use cofferdam_sdk::{Severity, Verdict, Window};

use super::placeholder;
use super::{common, jwt, published};
use crate::fact;
use crate::fields;
use crate::frame::set_before;
use crate::pattern::{Kind, holds};
use crate::placeholder::Placeholders;
use crate::words;

/// The schemes that are followed by a credential.
const SCHEMES: [&[u8]; 8] = [
    b"bearer", b"token", b"apikey", b"api-key", b"key", b"bot", b"pat", b"jwt",
];

/// Tokens of fewer bytes are guessed, or an example's.
const SHORT: usize = 16;

/// Confirms a value behind a long scheme, where the line is a header's.
pub(crate) fn scheme_check(window: &Window<'_>) -> Option<Verdict> {
    let body = window.body();
    let line = window.before().rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    if !holds(line, b"authorization") || is_reference(body) || !body.iter().any(u8::is_ascii_digit) {
        return None;
    }
    Some(if is_placeholder(body, 20) {
        placeholder(window.whole(5))
    } else {
        window.whole(90).fact(fact::HEADER)
    })
}

/// A text without the letter that pytest sets before each line of an error: it parts a long string at a blank, which
/// is the one behind a scheme.
fn unmarked(text: &[u8]) -> Vec<u8> {
    let mut plain = text.to_vec();
    for at in 1..plain.len().saturating_sub(1) {
        if matches!(plain[at - 1..=at + 1], [b'\n', b'E', b' ']) {
            plain[at] = b' ';
        }
    }
    plain
}

/// What stands between the word and the value, without what a tool has set before each line.
fn unframed(window: &Window<'_>, word: usize) -> Vec<u8> {
    let (text, end) = (window.text(), window.body_start());
    let mut between = Vec::new();
    let mut at = word;
    while at < end {
        let line = window.slice(at..end);
        let length = line
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(line.len(), |end| end + 1);
        between.extend_from_slice(&line[..length]);
        at += length;
        if at < end {
            at += set_before(text, word, at);
        }
    }
    between
}

/// So many bytes of a login tell its user's name and its password.
const LOGIN: usize = 96;

/// Confirms base64 of a user's name and a password that stands in a field by itself: all of it is text.
pub(crate) fn login_check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let mut plain = [0; 2 * LOGIN];
    let length = decode_prefix(window.body(), &mut plain);
    let plain = plain.get(..length)?;
    let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace() || *byte >= 0x80;
    if !plain.iter().all(is_text) {
        return None;
    }
    let verdict = login(window, &plain[..length.min(LOGIN)], placeholders)?;
    // A list of scopes has a colon too.
    let is_drawn = plain
        .iter()
        .any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    Some(if is_drawn { verdict } else { common::lower(verdict) })
}

/// A user's name and a password, graded by the password.
fn login(window: &Window<'_>, plain: &[u8], placeholders: &Placeholders) -> Option<Verdict> {
    let colon = plain.iter().position(|&byte| byte == b':')?;
    let (user, password) = plain.split_at(colon);
    let password = password.get(1..).filter(|password| !password.is_empty())?;
    Some(placeholders.common().judged(window.whole(95), password, user))
}

pub(crate) fn check(window: &Window<'_>, as_of: u32, placeholders: &Placeholders) -> Option<Verdict> {
    let body = window.body();
    let anchor_end = window.anchor_start().saturating_add(b"authorization".len());
    let between = window.slice(anchor_end..window.body_start());
    // What a tool may have set before a line may be a scheme as well.
    let scheme = scheme(&unmarked(between)).or_else(|| scheme(&unframed(window, anchor_end)))?;
    // On a line below the word, what a scheme leads may be a sentence of a list.
    let is_below = matches!(scheme, Scheme::Known) && between.contains(&b'\n');
    if (is_below || matches!(scheme, Scheme::Other)) && !Kind::Random.stands_in(body) {
        return None;
    }
    if is_reference(body) || is_code(between, window) || is_broken_off(body) {
        return None;
    }
    if placeholders.publishes(body) {
        return Some(published(window.whole(5)));
    }
    let likely = match scheme {
        Scheme::Basic => {
            let mut plain = [0; LOGIN];
            let length = decode_prefix(body, &mut plain);
            let verdict = login(window, plain.get(..length)?, placeholders)?;
            return Some(verdict.fact(fact::HEADER));
        }
        Scheme::Known => {
            (body.iter().any(u8::is_ascii_digit) || body.len() >= 20) && !is_member(body) && !is_named(body)
        }
        // What follows `https` is an address.
        Scheme::Other => body.len() >= SHORT && !body.starts_with(b"/"),
        // No scheme: prose also follows the word, so the value has to look like a key.
        Scheme::None => {
            !inside_name(window)
                && !body.windows(2).any(|pair| pair == b"//")
                && !is_constant(body)
                && !is_member(body)
                && !is_signing(body)
                && !is_path(body)
                && !names_itself(body)
                && body.len() >= 16
                && body.iter().any(u8::is_ascii_digit)
                && shannon_bits(body) > 3.0
        }
    };
    if !likely {
        return None;
    }
    if is_placeholder(body, 20) || jwt::is_header_alone(body) {
        return Some(placeholder(window.whole(5)));
    }
    let jwt = jwt::is_jwt(body);
    if let Some(fact) = jwt.then(|| jwt::opens_nothing(body, as_of, placeholders)).flatten() {
        return Some(common::lower(window.whole(60)).fact(fact));
    }
    // What programs call something may be a secret that somebody has thought up all the same.
    let is_thought_up = matches!(scheme, Scheme::None) && is_counted(body);
    if body.len() < SHORT || is_thought_up {
        return Some(common::lower(window.whole(60)));
    }
    Some(match scheme {
        Scheme::Basic | Scheme::Known => window.whole(95).fact(fact::HEADER),
        Scheme::None => window.whole(60).fact(fact::HEADER),
        // An issuer's own scheme: its name tells less than one of the standards'.
        Scheme::Other => window.whole(60).severity(Severity::P1).fact(fact::HEADER),
    })
}

/// How far before a scheme the word for the header may stand, in bytes.
const NEAR: usize = 160;

/// Whether a text ends with the word for the header.
fn ends_with_word(text: &[u8]) -> bool {
    const WORD: &[u8] = b"authorization";
    let last = text.len().checked_sub(WORD.len()).and_then(|at| text.get(at..));
    last.is_some_and(|last| last.eq_ignore_ascii_case(WORD))
}

/// Confirms what a scheme leads in a value of its own, where the word for the header stands before it, whatever is
/// between: emphasis, a tab, a type, an element, an object, another field, words of a sentence.
pub(crate) fn near(window: &Window<'_>, as_of: u32, placeholders: &Placeholders) -> Option<Verdict> {
    let body = window.body();
    let before = window.before();
    let near = before.get(before.len().saturating_sub(NEAR)..).unwrap_or_default();
    if !holds(near, b"authorization") || is_reference(body) || is_broken_off(body) {
        return None;
    }
    // Right behind the word and its separator it is found as a header's.
    let is_sign = |byte: &u8| matches!(byte, b'"' | b'\'' | b':' | b'=' | b',' | b' ');
    let word = near.iter().rposition(|byte| !is_sign(byte)).map_or(0, |at| at + 1);
    let anchor = window.slice(window.anchor_start()..window.anchor_end());
    let is_led = word < near.len() || anchor.starts_with(b":") || anchor.starts_with(b"=");
    if is_led && ends_with_word(near.get(..word).unwrap_or_default()) {
        return None;
    }
    if holds(anchor, b"basic") {
        return login_check(window, placeholders).map(|verdict| verdict.fact(fact::HEADER));
    }
    let is_code =
        window.after() == Some(b'(') || is_constant(body) || is_member(body) || is_path(body) || is_named(body);
    if is_code || !Kind::Random.stands_in(body) {
        return None;
    }
    if placeholders.publishes(body) {
        return Some(published(window.whole(5)));
    }
    if is_placeholder(body, 20) || jwt::is_header_alone(body) {
        return Some(placeholder(window.whole(5)));
    }
    let token = jwt::is_jwt(body);
    if let Some(fact) = token.then(|| jwt::opens_nothing(body, as_of, placeholders)).flatten() {
        return Some(common::lower(window.whole(60)).fact(fact));
    }
    Some(window.whole(90).fact(fact::HEADER))
}

/// Whether program text stands where the value would: `${process.env.TOKEN}`, `{token}`, `self.token()`.
fn is_code(between: &[u8], window: &Window<'_>) -> bool {
    // A plus sign right behind a quote is the first byte of the window: `"Bearer "+token`.
    let is_plus = matches!(between, [.., b'"' | b'\'']) && window.body().starts_with(b"+");
    between.ends_with(b"{") || window.after() == Some(b'(') || is_plus || is_joined(between)
}

/// Whether a program puts a variable behind the scheme's word: `"Bearer " + token`, `'Bearer ' . $token`.
fn is_joined(between: &[u8]) -> bool {
    let word = between
        .iter()
        .rposition(u8::is_ascii_alphanumeric)
        .map_or(0, |at| at + 1);
    let behind = between.get(word..).unwrap_or_default();
    let quote = behind.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    let sign = quote
        .and_then(|at| behind.get(at + 1..))
        .unwrap_or_default()
        .trim_ascii();
    matches!(
        sign,
        b"+" | b"." | b".." | b"&" | b"," | b"<>" | b"++" | b"<<" | b"||" | b"~"
    )
}

/// Whether it is the name of what authorizes: `exports.SigV4Authorization = SigV4Authorization`.
fn names_itself(body: &[u8]) -> bool {
    const NAME: &[u8] = b"authorization";
    body.windows(NAME.len()).any(|part| part.eq_ignore_ascii_case(NAME))
}

/// Whether dots stand for the rest of a token, as manuals write, behind fewer characters than a whole one has.
fn is_broken_off(body: &[u8]) -> bool {
    const WHOLE: usize = 30;
    let kept = body.iter().rposition(|byte| *byte != b'.').map_or(0, |last| last + 1);
    body.len() >= kept + 2 && kept < WHOLE
}

/// Whether the word is the end of a longer name, as in a table of names and hashes.
fn inside_name(window: &Window<'_>) -> bool {
    window.before().last().is_some_and(u8::is_ascii_alphabetic)
}

/// So many in a hundred pairs of letters are common ones in words.
const WORDS: i32 = 65;

/// Whether this is how programs name a constant: `SOME_KIND_0`, `SOME_longer_kind_0`.
fn is_constant(body: &[u8]) -> bool {
    let digits = body.iter().filter(|byte| byte.is_ascii_digit()).count();
    let fits = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let in_capitals = body.iter().all(fits) && body.contains(&b'_');
    // Other letters have to be words, and what isn't one is short: `3GPP`.
    let parts = || body.split(|byte| *byte == b'_');
    let is_part = |part: &[u8]| {
        let lower = part.get(1..).unwrap_or_default().iter().all(u8::is_ascii_lowercase);
        let is_word = || lower && words::share(part).is_some_and(|share| share >= WORDS);
        // `user_and_password_base64` says how it is written; a short word by itself is hard to tell.
        (part.len() <= 4 && part.iter().all(u8::is_ascii_alphanumeric)) || part == b"base64" || is_word()
    };
    digits <= 2 && (in_capitals || (parts().count() > 2 && parts().all(is_part) && words::is_words(body)))
}

/// Whether this names how a request is signed, whose signature stands elsewhere: `AWS4-HMAC-SHA256`,
/// `X-HMAC-SHA256-PAYLOAD`, `ALIPAY-SHA256withRSA`.
fn is_signing(body: &[u8]) -> bool {
    let lower = body.to_ascii_lowercase();
    let digest = |part: &[u8]| {
        let rest = part.strip_prefix(b"sha").unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let signed = rest.get(digits..).unwrap_or_default();
        (1..=3).contains(&digits) && matches!(signed, b"" | b"withrsa" | b"withecdsa")
    };
    let name = |part: &[u8]| {
        let letters = part.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let number = part.get(letters..).unwrap_or_default();
        (1..=12).contains(&letters) && number.len() <= 4 && number.iter().all(u8::is_ascii_digit)
    };
    let parts = || lower.split(|byte| *byte == b'-');
    (2..=4).contains(&parts().count()) && parts().any(digest) && parts().all(|part| digest(part) || name(part))
}

/// Whether this is how programs name a function or a variable, of words and a number behind them:
/// `assertTransactionEIP7702`.
fn is_counted(body: &[u8]) -> bool {
    let digits = body.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let name = body.get(..body.len() - digits).unwrap_or_default();
    digits <= 4 && name.iter().all(u8::is_ascii_alphabetic) && words::is_words(name)
}

/// Whether this is how programs name a member or a header: `server_3.authorization_state`, `x-issuer-content-sha256`.
fn is_member(body: &[u8]) -> bool {
    let digits = body.iter().filter(|byte| byte.is_ascii_digit()).count();
    let fits = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.');
    let header = body.starts_with(b"x-") && body.iter().all(|byte| fits(byte) || *byte == b'-');
    // Few digits among many letters: a path of fields, such as `http2.headers.authorization`.
    let few = (digits <= 4 && body.contains(&b'_')) || digits * 5 <= body.len();
    header || (few && body.contains(&b'.') && body.iter().all(fits))
}

/// Whether this is the path of a program's constant: `app.s3.util.V4_ALGORITHM_VALUE`.
fn is_path(body: &[u8]) -> bool {
    let word = |word: &[u8]| word.iter().all(u8::is_ascii_alphabetic) || word.len() <= 4;
    let name = |name: &[u8]| {
        let starts = name.first().is_some_and(u8::is_ascii_alphabetic);
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let words = name.split(|byte| *byte == b'_').all(word) && words::is_words(name);
        starts && name.iter().all(fits) && (name.len() <= 4 || words)
    };
    let mut parts = body.split(|byte| *byte == b'.');
    body.contains(&b'.') && parts.clone().all(name) && parts.any(|part| part.len() > 4)
}

/// Whether these are words with signs between, as a member or a variable has for its name: `self.endpoint_api_key`,
/// `os.environ/ISSUER_API_KEY`.
fn is_named(body: &[u8]) -> bool {
    let sign = |byte: &u8| matches!(byte, b'_' | b'.' | b'/');
    let fits = |byte: &u8| byte.is_ascii_alphabetic() || sign(byte);
    body.iter().all(fits) && body.iter().any(sign) && words::is_words(body)
}

/// The longest name of a scheme of an issuer's own, in bytes. A longer one is taken for the value by the host.
const NAME: usize = 24;

/// What leads a value.
#[derive(Clone, Copy)]
enum Scheme {
    /// Base64 of a name and a password follows.
    Basic,
    /// Another scheme that is followed by a credential.
    Known,
    /// A word that may be an issuer's scheme.
    Other,
    /// A separator alone.
    None,
}

/// What stands behind the field of a value, where the name of the header is a field of its own:
/// `{"name":"Authorization","value":"Basic …"}`, `(b'authorization', b'Basic …')`.
fn value_field<'t>(between: &'t [u8], separator: &[u8]) -> Option<&'t [u8]> {
    let rest = between.get(separator.len()..)?;
    let is_part = |byte: &u8| matches!(byte, b' ' | b'"' | b'\'' | b'\\' | b':' | b'=' | b'>');
    let front = rest.get(..b"value".len());
    let behind = if front.is_some_and(|front| front.eq_ignore_ascii_case(b"value")) {
        rest.get(b"value".len()..)?
    } else {
        rest.strip_prefix(b"b")
            .filter(|rest| matches!(rest.first(), Some(b'"' | b'\'')))?
    };
    let signs = behind.iter().take_while(|byte| is_part(byte)).count();
    (signs > 0).then(|| behind.get(signs..)).flatten()
}

/// What stands between the word and the value without what belongs to the notation: other fields and the ends of their
/// lines, a type, the borders of a table. `None` where there is nothing of that.
fn behind_fields(between: &[u8]) -> Option<Vec<u8>> {
    let is_sign =
        |byte: &u8| byte.is_ascii_whitespace() || !byte.is_ascii() || b"\"'`\\:=,;|()[]{}<>/*-".contains(byte);
    let mut rest = between;
    let mut is_told = false;
    loop {
        let signs = rest.iter().take_while(|byte| is_sign(byte)).count();
        is_told |= rest
            .get(..signs)?
            .iter()
            .any(|byte| matches!(byte, b'\n' | b'|') || !byte.is_ascii());
        rest = rest.get(signs..)?;
        let word = fields::word(rest);
        let at = between.len() - rest.len();
        if word.is_empty() || !(fields::is_known(word) || fields::is_element(between, at, word.len())) {
            break;
        }
        is_told = true;
        rest = rest.get(word.len()..)?;
    }
    is_told.then(|| [b": ", rest].concat())
}

/// What stands between the word and the value: a separator, then perhaps a scheme. `None` where it is none of these.
fn scheme(between: &[u8]) -> Option<Scheme> {
    if let Some(rest) = behind_fields(between) {
        // In a field or on a line of its own, only what a scheme leads is a credential beyond doubt.
        let scheme = scheme(&rest).filter(|scheme| matches!(scheme, Scheme::Basic | Scheme::Known));
        if scheme.is_some() || between.contains(&b'\n') {
            return scheme;
        }
    }
    let trim = |byte: &&u8| {
        matches!(
            **byte,
            b' ' | b'\t'
                | b'"'
                | b'\''
                | b'`'
                | b'\\'
                | b':'
                | b'='
                | b'>'
                | b'('
                | b')'
                | b','
                | b']'
                | b'}'
                | b'{'
                | b'['
        )
    };
    let separator: Vec<u8> = between.iter().take_while(trim).copied().collect();
    let (separator, between) = match value_field(between, &separator) {
        Some(value) => (b": ".to_vec(), [b": ", value].concat()),
        None => (separator, between.to_vec()),
    };
    if !separator
        .iter()
        .any(|byte| matches!(byte, b':' | b'=' | b',' | b' ' | b'('))
    {
        return None;
    }
    let rest = between.get(separator.len()..).unwrap_or_default();
    let end = rest
        .iter()
        .rposition(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        .map_or(0, |at| at + 1);
    let name = rest.get(..end).unwrap_or_default();
    if name.is_empty() {
        return separator
            .iter()
            .any(|byte| matches!(byte, b':' | b'=' | b','))
            .then_some(Scheme::None);
    }
    if name.eq_ignore_ascii_case(b"basic") {
        return Some(Scheme::Basic);
    }
    if SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return Some(Scheme::Known);
    }
    let assigned = separator.iter().any(|byte| matches!(byte, b':' | b'='));
    let is_word = name.len() <= NAME && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    (assigned && is_word).then_some(Scheme::Other)
}
