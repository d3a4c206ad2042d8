//! Tokens that an issuer's prefix leads: one line of a table each.

use cofferdam_sdk::check::{base62_crc32, crc32, is_placeholder, starts_token};
use cofferdam_sdk::{ByteSet, Extent, Rule, Severity, Verdict, Window};

use crate::fact;

/// A kind of token.
pub(crate) struct Token {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) category: &'static str,
    pub(crate) severity: Severity,
    /// The public prefixes. The secret is what follows.
    pub(crate) prefixes: &'static [&'static str],
    pub(crate) body: ByteSet,
    /// The length of the shortest real token's body.
    pub(crate) at_least: u16,
    /// Far above the longest real token, so that no window is cut inside one.
    pub(crate) longest: u32,
    /// Whether the prefix is so short or common that it must begin a word.
    pub(crate) word: bool,
    pub(crate) proof: Proof,
}

/// What else is known of a token.
#[derive(Clone, Copy)]
pub(crate) enum Proof {
    /// Its prefix and length say enough.
    None,
    /// Without this shape it isn't one.
    Shape(fn(&[u8]) -> bool),
    /// The last six characters of the first 36 are the base62 CRC-32 of the 30 before.
    Base62Crc,
    /// The last eight characters are the CRC-32, in upper-case hex, of all before, prefix included.
    HexCrc,
    /// It opens nothing but the issuer's test mode.
    TestMode,
}

/// How sure a prefix and a length make us.
const CONFIDENT: u8 = 90;
/// How sure a shape or a valid checksum makes us.
const SURE: u8 = 99;
/// How sure we are of a token whose checksum is wrong.
const DOUBTFUL: u8 = 70;
/// How sure we are that a placeholder is a secret.
const UNLIKELY: u8 = 5;

impl Token {
    /// The line's defaults: P0, a word of its own, and no proof.
    pub(crate) const fn new(
        id: &'static str,
        title: &'static str,
        category: &'static str,
        prefixes: &'static [&'static str],
        body: ByteSet,
        at_least: u16,
    ) -> Token {
        let longest = if at_least > 200 { 4096 } else { 1024 };
        Token {
            id,
            title,
            category,
            severity: Severity::P0,
            prefixes,
            body,
            at_least,
            longest,
            word: false,
            proof: Proof::None,
        }
    }

    /// The same, with a prefix that must begin a word.
    pub(crate) const fn word(mut self) -> Token {
        self.word = true;
        self
    }

    /// The same, with a proof.
    pub(crate) const fn proof(mut self, proof: Proof) -> Token {
        self.proof = proof;
        self
    }

    /// The same, with another severity.
    pub(crate) const fn severity(mut self, severity: Severity) -> Token {
        self.severity = severity;
        self
    }

    /// The same, with another longest window.
    pub(crate) const fn longest(mut self, bytes: u32) -> Token {
        self.longest = bytes;
        self
    }

    /// The rule that the host gets.
    pub(crate) fn rule(&self) -> Rule {
        let rule = Rule::new(self.id, self.title, self.category, self.severity);
        let rule = rule.extent(Extent::span(self.body, self.at_least, self.longest));
        let rule = if self.word { rule.word() } else { rule };
        self.prefixes
            .iter()
            .fold(rule, |rule, prefix| rule.literal(prefix.as_bytes()))
    }

    /// Confirms one suspect.
    pub(crate) fn check(&self, window: &Window<'_>) -> Option<Verdict> {
        if self.word && !starts_token(window.text(), window.anchor_start()) {
            return None;
        }
        let body = window.body();
        let verdict = match self.proof {
            Proof::None => window.whole(CONFIDENT),
            Proof::Shape(fits) if fits(body) => window.whole(SURE),
            Proof::Shape(_) => return None,
            Proof::Base62Crc => summed(window, base62_crc_fits(body)),
            Proof::HexCrc => summed(window, hex_crc_fits(window.slice(window.anchor_start()..window.end()))),
            Proof::TestMode => window.whole(CONFIDENT).fact(fact::TEST_MODE),
        };
        if is_placeholder(body, usize::from(self.at_least)) {
            return Some(placeholder(window));
        }
        Some(verdict)
    }
}

/// A verdict on what only stands where a token would: counted, and let through unless a policy wants it.
pub(crate) fn placeholder(window: &Window<'_>) -> Verdict {
    unlikely(window.whole(UNLIKELY))
}

/// The same bytes, as a placeholder.
pub(crate) fn unlikely(verdict: Verdict) -> Verdict {
    Verdict {
        confidence: UNLIKELY,
        ..verdict.severity(Severity::P3).fact(fact::PLACEHOLDER)
    }
}

/// A checksum decides how sure we are, and never whether it is a token.
fn summed(window: &Window<'_>, fits: bool) -> Verdict {
    if fits {
        window.whole(SURE).fact(fact::CHECKSUM_VALID)
    } else {
        window.whole(DOUBTFUL).fact(fact::CHECKSUM_INVALID)
    }
}

fn base62_crc_fits(body: &[u8]) -> bool {
    match body.split_at_checked(30) {
        Some((random, sum)) => sum == base62_crc32(random),
        None => false,
    }
}

fn hex_crc_fits(token: &[u8]) -> bool {
    let Some((rest, sum)) = token.len().checked_sub(8).and_then(|at| token.split_at_checked(at)) else {
        return false;
    };
    sum == format!("{:08X}", crc32(rest)).as_bytes()
}
