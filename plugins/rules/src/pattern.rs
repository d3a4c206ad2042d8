//! A rule's pattern: where the secret stands in a window, and what else must be true of it.

mod anchor;

use std::ops::Range;

use cofferdam_sdk::check::{
    base62_crc32, crc32, decode_prefix, is_sequence, luhn, mod97_is_one, shannon_bits, starts_token,
};
use cofferdam_sdk::{RegionMarks, Severity, Verdict, Window};
use serde::{Deserialize, Serialize};

pub use self::anchor::PARTS;
use self::anchor::{is_declaration, is_inside_base64, is_inside_digest, is_place, is_short_of_word, is_word};
use crate::check::{is_about_another, jwt};
use crate::matcher::Matcher;
use crate::national::National;
use crate::pack::{Names, Set};
use crate::placeholder::{Placeholders, is_row, repeats};
use crate::words;
use crate::{assign, fact};

/// How sure an anchor and a pattern make us.
const CONFIDENT: u8 = 90;
/// How sure a valid checksum makes us.
const SURE: u8 = 99;
/// How sure we are of a value whose checksum is wrong.
const DOUBTFUL: u8 = 70;
/// How sure the name of an issuer beside a value makes us.
const NAMED: u8 = 80;
/// How sure we are that a placeholder is a secret.
const UNLIKELY: u8 = 5;
/// The fewest bytes of a text whose letters alone tell that it was drawn at random.
const LONG: usize = 20;
/// The fewest letters of a word that is an issuer's.
const ISSUER: usize = 5;
/// How far before an anchor the words of its context may stand, in bytes.
const NEAR: usize = 200;

/// What confirms a suspect.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pattern<'a> {
    /// Whether what people write between a name and its value stands before the secret.
    pub assign: bool,
    /// What else stands between the anchor and the secret.
    pub before: Option<Matcher>,
    /// The secret.
    pub secret: Matcher,
    /// What must follow it.
    pub after: Option<Matcher>,
    /// The bytes that the secret can be made of.
    pub body: Set,
    /// Whether a run of these bytes that goes on behind the pattern's end is something else.
    pub exact: bool,
    /// The fewest bytes of a real secret.
    pub nominal: u16,
    /// The least entropy, in hundredths of a bit a byte.
    pub entropy: u16,
    /// Kinds of characters that must occur.
    pub needs: Vec<Kind>,
    /// Words, one of which must stand in the anchor or between it and the value of an assignment; lower case.
    #[serde(borrow)]
    pub name: Vec<&'a [u8]>,
    /// Texts that must occur in the secret, exactly.
    #[serde(borrow)]
    pub holds: Vec<&'a [u8]>,
    /// What the secret says of itself.
    pub checksum: Option<Checksum>,
    /// Whether a wrong checksum makes it something else.
    pub gates: bool,
    /// Whether the secret is base64 of `user:password`, so that its password tells how grave it is.
    pub login: bool,
    /// Whether the secret ends before the anchor, which only tells it.
    pub apart: bool,
    /// Words, one of which must stand before the anchor; lower case.
    #[serde(borrow)]
    pub context: Vec<&'a [u8]>,
    /// What must not stand directly before the anchor or the secret.
    #[serde(borrow)]
    pub not_before: Vec<&'a [u8]>,
    /// Patterns that make a placeholder of a secret that they fit.
    pub allow: Vec<Matcher>,
    /// Words that make a placeholder of a secret that holds them; lower case.
    #[serde(borrow)]
    pub stop: Vec<&'a [u8]>,
}

/// What a secret must hold: a kind of character, or no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// `0-9`.
    Digit,
    /// `A-Za-z`.
    Letter,
    /// `A-Z`.
    Upper,
    /// `a-z`.
    Lower,
    /// Anything else.
    Symbol,
    /// Two digits, two letters, and a quarter of digits or letters in no order that words have.
    Random,
}

impl Kind {
    pub(crate) fn stands_in(self, secret: &[u8]) -> bool {
        let has = |is: fn(&u8) -> bool| secret.iter().any(is);
        match self {
            Kind::Digit => has(u8::is_ascii_digit),
            Kind::Letter => has(u8::is_ascii_alphabetic),
            Kind::Upper => has(u8::is_ascii_uppercase),
            Kind::Lower => has(u8::is_ascii_lowercase),
            Kind::Symbol => has(|byte| !byte.is_ascii_alphanumeric()),
            Kind::Random => {
                let count = |is: fn(&&u8) -> bool| secret.iter().filter(is).count();
                let digits = count(|byte| byte.is_ascii_digit());
                let counted = digits >= 2
                    && count(|byte| byte.is_ascii_alphabetic()) >= 2
                    && (digits * 4 >= secret.len() || !words::are_words(secret));
                // One in thirty random texts of 20 letters and digits has fewer than two digits.
                counted || (secret.len() >= LONG && words::are_random(secret))
            }
        }
    }
}

/// A checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Checksum {
    /// The last six characters of the first 36 are the base62 CRC-32 of the 30 before.
    Base62Crc32,
    /// The last eight characters are the CRC-32, in upper-case hex, of all before, anchor included.
    HexCrc32,
    /// Luhn's check digit.
    Luhn,
    /// The remainder of 97, as in an IBAN.
    Mod97,
    /// What a national identifier's digits say of themselves.
    National(National),
}

impl Checksum {
    fn holds(self, window: &Window<'_>, span: &Range<usize>) -> bool {
        let secret = window.slice(span.clone());
        match self {
            Checksum::Base62Crc32 => secret
                .split_at_checked(30)
                .is_some_and(|(random, sum)| sum == base62_crc32(random)),
            Checksum::HexCrc32 => {
                let token = window.slice(window.anchor_start()..span.end);
                let parts = token.len().checked_sub(8).and_then(|at| token.split_at_checked(at));
                parts.is_some_and(|(rest, sum)| sum == format!("{:08X}", crc32(rest)).as_bytes())
            }
            Checksum::Luhn => luhn(secret),
            Checksum::Mod97 => mod97_is_one(secret),
            Checksum::National(national) => national.holds(secret),
        }
    }
}

impl Pattern<'_> {
    /// Confirms one suspect.
    pub(crate) fn check(&self, window: &Window<'_>, as_of: u32, placeholders: &Placeholders) -> Option<Verdict> {
        if self.is_elsewhere(window)
            || !(self.name.is_empty() || is_word(window, &self.name))
            || (self.assign && self.name.is_empty() && is_short_of_word(window))
        {
            return None;
        }
        let (span, named) = match self.find(window, true) {
            Some(span) => (span, true),
            // An issuer's own word, and a value of its form, but nothing that says that it is a secret.
            None if self.is_issuer(window, placeholders.words()) => (self.find(window, false)?, false),
            None => return None,
        };
        let secret = window.slice(span.clone());
        if self.assign
            && (is_declaration(window)
                || is_place(window, placeholders.words())
                || assign::is_digest(window.text(), span.start)
                || assign::is_argument(window.text(), span.start, secret)
                || is_version(secret))
        {
            return None;
        }
        if !self.assign && (is_inside_digest(window) || is_inside_base64(window)) {
            return None;
        }
        let missing = |kind: &Kind| !kind.stands_in(secret);
        let lacks = |text: &&[u8]| !secret.windows(text.len().max(1)).any(|part| part == *text);
        if self.needs.iter().any(missing) || self.holds.iter().any(lacks) || self.is_preceded(window, span.start) {
            return None;
        }
        let valid = self.checksum.map(|checksum| checksum.holds(window, &span));
        if self.gates && valid == Some(false) {
            return None;
        }
        // Placeholders come before entropy: they are counted, and what merely lacks entropy is nothing.
        let whole = window.slice(window.anchor_start().min(span.start)..span.end);
        let nominal = usize::from(self.nominal);
        let verdict = window.verdict(span.clone(), CONFIDENT);
        let verdict = if named || verdict.severity >= Severity::P2 {
            verdict
        } else {
            verdict.severity(Severity::P2).fact(fact::GENERIC)
        };
        if let Some(fact) = placeholders.judge(secret, whole, nominal, &self.allow, &self.stop) {
            // A row of digits and letters is what people also make keys of for tests: it is counted as such.
            let sequence = fact == crate::fact::PLACEHOLDER && (is_sequence(secret) || is_row(secret));
            let verdict = if sequence && verdict.severity < Severity::P2 {
                Verdict {
                    confidence: UNLIKELY,
                    ..verdict.severity(Severity::P2)
                }
            } else {
                unlikely(verdict)
            };
            return Some(verdict.fact(fact));
        }
        if self.login
            && let Some(common) = of_login(verdict.clone(), secret, placeholders)
        {
            return Some(common);
        }
        // An issuer's token may be a JWT, which says of itself how long it is good.
        let token = if secret.starts_with(JWT) { secret } else { whole };
        if token.starts_with(JWT)
            && verdict.severity < Severity::P2
            && jwt::is_jwt(token)
            && let Some(fact) = jwt::opens_nothing(token, as_of, placeholders)
        {
            return Some(verdict.severity(Severity::P2).fact(fact));
        }
        if self.entropy > 0 && shannon_bits(secret) * 100.0 < f32::from(self.entropy) {
            // A short text over and over isn't random, but people make keys of it for tests.
            let severity = verdict.severity.max(Severity::P2);
            return repeats(secret).then(|| Verdict {
                confidence: UNLIKELY,
                ..verdict.severity(severity).fact(fact::PLACEHOLDER)
            });
        }
        Some(match valid {
            Some(true) => Verdict {
                confidence: SURE,
                ..verdict
            }
            .fact(fact::CHECKSUM_VALID),
            Some(false) => Verdict {
                confidence: DOUBTFUL,
                ..verdict
            }
            .fact(fact::CHECKSUM_INVALID),
            None if self.assign => Verdict {
                confidence: NAMED,
                ..verdict
            },
            None => verdict,
        })
    }

    /// Whether what stands directly before the secret says that this is something else. An anchor's own end says
    /// nothing.
    fn is_preceded(&self, window: &Window<'_>, start: usize) -> bool {
        start > window.anchor_end() && precedes(window.text(), start, &self.not_before)
    }

    /// Whether what stands before the anchor says that this is something else.
    fn is_elsewhere(&self, window: &Window<'_>) -> bool {
        let before = window.before();
        // The letter that an escape ends with is none of what stands before: `\nSG.…`.
        let at = window.anchor_start();
        let is_escape = before.last().is_some_and(u8::is_ascii_alphanumeric) && starts_token(window.text(), at);
        if !is_escape && precedes(window.text(), at, &self.not_before) {
            return true;
        }
        let near = before.get(before.len().saturating_sub(NEAR)..).unwrap_or_default();
        !self.context.is_empty() && !self.context.iter().any(|word| holds(near, word))
    }

    /// Whether the anchor is long enough to be an issuer's and no word of a language, and isn't a part of the name of
    /// something else.
    fn is_issuer(&self, window: &Window<'_>, words: &Names<&[u8]>) -> bool {
        let (start, end) = (window.anchor_start(), window.anchor_end());
        !self.name.is_empty() && end - start >= ISSUER && !is_about_another(window.text(), start, end, words)
    }

    /// Where the secret stands.
    fn find(&self, window: &Window<'_>, by_name: bool) -> Option<Range<usize>> {
        let text = window.text();
        // A window that was cut is all that there is to judge by; what follows is taken out by the host.
        let cut = window.marks().contains(RegionMarks::CUT);
        let anchor_end = window.anchor_end();
        // What nothing is held for is asked about on its own line.
        let far = by_name && window.severity() < Severity::P2;
        // Up to where a word of the name may stand, and where the value may begin.
        let near = |start: usize| (start, start);
        let places = if self.assign {
            let values = assign::values(text, anchor_end, window.end(), far);
            let beyond = far.then(|| assign::beyond(text, anchor_end, window.end()));
            values
                .into_iter()
                .map(near)
                .chain(beyond.into_iter().flatten())
                .collect()
        } else {
            vec![near(anchor_end)]
        };
        let starts: Vec<(usize, usize)> = match &self.before {
            None => places,
            Some(before) => places
                .into_iter()
                .flat_map(|(told, start)| {
                    let behind = move |end: usize| (if told == start { end } else { told }, end);
                    before.ends(text, start).into_iter().map(behind)
                })
                .collect(),
        };
        let named = |(told, _): &(usize, usize)| {
            let name = text.get(window.anchor_start()..*told).unwrap_or_default();
            let is_public = |word: &[u8]| word.eq_ignore_ascii_case(b"key") && names_public_key(name);
            let holds = |word: &&[u8]| holds(name, word) && !is_public(word);
            !by_name || self.name.is_empty() || self.name.iter().any(holds)
        };
        starts.into_iter().filter(named).find_map(|(_, start)| {
            let start = if window.has_lead() { window.start() } else { start };
            let from = if window.has_lead() { anchor_end } else { start };
            let ends = self.secret.ends(text, from);
            if self.apart && window.has_lead() {
                return (!ends.is_empty()).then(|| start..window.anchor_start());
            }
            ends.into_iter()
                .rev()
                .find_map(|end| self.ended(window, start, end, cut))
        })
    }

    /// Whether what follows is no more of it, though it is made of the same bytes: full stops, or what ends an emphasis
    /// or a comment. `Rotate tkt-….`, `__tkt-…__`, `[-tkt-…-]`, `<!--tkt-…-->`.
    fn ends_sentence(&self, text: &[u8], end: usize) -> bool {
        let rest = text.get(end..).unwrap_or_default();
        let signs = rest.iter().take_while(|byte| self.body.has(**byte)).count();
        let (signs, behind) = rest.split_at(signs);
        match signs {
            [] => false,
            [b'_' | b'*'] | [b'_', b'_'] | [b'*', b'*'] => true,
            [b'-'] | [b'-', b'-'] => matches!(behind.first(), Some(b'>' | b']')),
            signs => signs.iter().all(|byte| *byte == b'.'),
        }
    }

    /// The secret from `start` on, if it may end at `end`.
    fn ended(&self, window: &Window<'_>, start: usize, end: usize, cut: bool) -> Option<Range<usize>> {
        let text = window.text();
        if end > window.end() || start < window.start() || start >= end {
            return None;
        }
        let goes_on = text.get(end).is_some_and(|byte| self.body.has(*byte));
        if self.exact && goes_on && self.ends_sentence(text, end) {
            return Some(start..end);
        }
        if self.exact && goes_on && !cut {
            return None;
        }
        if self.after.as_ref().is_some_and(|after| !after.may_follow(text, end)) {
            return None;
        }
        // A token that is longer than expected loses no tail.
        let tail = window.slice(end..window.end());
        let more = if self.after.is_none() {
            tail.iter().take_while(|byte| self.body.has(**byte)).count()
        } else {
            0
        };
        Some(start..end + more)
    }
}

/// Whether a name is a public key's, which is no secret: `signerPublicKey`. Nothing else in it may speak of a secret.
fn names_public_key(name: &[u8]) -> bool {
    let lower = name.to_ascii_lowercase();
    let end = lower
        .iter()
        .rposition(u8::is_ascii_alphanumeric)
        .map_or(0, |last| last + 1);
    let Some(front) = lower[..end].strip_suffix(b"key") else {
        return false;
    };
    let front = front.strip_suffix(b"_").or(front.strip_suffix(b"-")).unwrap_or(front);
    let Some(before) = front.strip_suffix(b"public") else {
        return false;
    };
    let at = before.len();
    let begins = match before.last() {
        Some(last) if last.is_ascii_alphabetic() => name[at].is_ascii_uppercase() && name[at - 1].is_ascii_lowercase(),
        Some(_) | None => true,
    };
    let secret: [&[u8]; 4] = [b"priv", b"secret", b"seed", b"key"];
    begins
        && !secret
            .iter()
            .any(|word| before.windows(word.len()).any(|part| part == *word))
}

/// The verdict on base64 of a user's name and a password that people and documentation use; `None` where it is another.
fn of_login(verdict: Verdict, secret: &[u8], placeholders: &Placeholders) -> Option<Verdict> {
    let mut plain = [0; 96];
    let length = decode_prefix(secret, &mut plain);
    let plain = plain.get(..length)?;
    let (user, password) = plain.split_at(plain.iter().position(|byte| *byte == b':')?);
    let before = verdict.severity;
    let judged = placeholders.common().judged(verdict, password.get(1..)?, user);
    (judged.severity > before && plain.iter().all(|byte| !byte.is_ascii_control())).then_some(judged)
}

/// How a JWT begins.
const JWT: &[u8] = b"eyJ";

/// Whether a value is a version, such as lists of modules have behind their names: `v1.2.3-rc1`.
pub(crate) fn is_version(value: &[u8]) -> bool {
    let Some(rest) = value.strip_prefix(b"v") else {
        return false;
    };
    let mut parts = rest.split(|byte| matches!(byte, b'.' | b'-' | b'+'));
    let mut number = || {
        parts
            .next()
            .is_some_and(|part| (1..=4).contains(&part.len()) && part.iter().all(u8::is_ascii_digit))
    };
    let dots = rest.iter().take(15).filter(|byte| **byte == b'.').count();
    dots >= 2 && number() && number() && number()
}

/// Whether one of `words` stands directly before `at`.
fn precedes(text: &[u8], at: usize, words: &[&[u8]]) -> bool {
    let before = text.get(..at).unwrap_or_default();
    words.iter().any(|word| before.ends_with(word))
}

/// Whether `text` holds `word` (lower case) in any case.
pub(crate) fn holds(text: &[u8], word: &[u8]) -> bool {
    !word.is_empty() && text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}

/// The same bytes, as a placeholder: counted, and let through unless a policy wants it.
#[must_use]
pub fn unlikely(verdict: Verdict) -> Verdict {
    Verdict {
        confidence: UNLIKELY,
        ..verdict.severity(Severity::P3)
    }
}
