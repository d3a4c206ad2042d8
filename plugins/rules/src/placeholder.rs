//! What only stands where a secret would: by its looks, and by the pack's lists.

use std::sync::OnceLock;

use cofferdam_sdk::check::{is_placeholder, is_reference};

use crate::words;

use crate::digest::digest;
use crate::fact;
use crate::matcher::Matcher;
use crate::pack::{Cards, Common, LEADING, Mail, Names, Pack};
use crate::pattern::holds;

/// So many bits, for some three thousand literals.
const LEADS: usize = 1 << 16;

/// Where the bit of a literal's first bytes stands: the word, and the bit in it.
fn place(front: &[u8; LEADING]) -> (usize, u32) {
    let bytes = front.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    let hash = (bytes.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as usize;
    (hash / 64, (hash % 64) as u32)
}

/// The pack's lists.
pub(crate) struct Placeholders {
    pack: &'static Pack<'static>,
    /// A bit for each hash of the first bytes of literals that lead secrets, once a value was asked about: most
    /// instances never are.
    leads: OnceLock<Vec<u64>>,
}

impl Placeholders {
    pub(crate) fn new(pack: &'static Pack<'static>) -> Placeholders {
        Placeholders {
            pack,
            leads: OnceLock::new(),
        }
    }

    /// What people and documentation write as passwords and hosts.
    pub(crate) fn common(&self) -> &Common<&'static [u8]> {
        self.pack.common.get()
    }

    /// What the words of a name say of its being a secret's.
    pub(crate) fn words(&self) -> &Names<&'static [u8]> {
        self.pack.names.get()
    }

    /// What tells an address of nobody.
    pub(crate) fn mail(&self) -> &Mail<&'static [u8]> {
        self.pack.mail.get()
    }

    /// What the words around a number say of its being a card.
    pub(crate) fn cards(&self) -> &Cards<&'static [u8]> {
        self.pack.cards.get()
    }

    /// Whether a literal that leads a secret of another rule leads this value: then that rule has its say.
    pub(crate) fn is_led(&self, value: &[u8]) -> bool {
        if !value.first_chunk().is_some_and(|front| self.may_lead(front)) {
            return false;
        }
        self.pack.leads.get().iter().any(|literal| value.starts_with(literal))
    }

    /// Whether some literal may begin so.
    fn may_lead(&self, front: &[u8; LEADING]) -> bool {
        let leads = self.leads.get_or_init(|| {
            let mut leads = vec![0; LEADS / 64];
            for front in self.pack.leads.get().iter().filter_map(|literal| literal.first_chunk()) {
                let (word, bit) = place(front);
                leads[word] |= 1 << bit;
            }
            leads
        });
        let (word, bit) = place(front);
        leads[word] >> bit & 1 == 1
    }

    /// Whether a word of the pack's list stands in `text`.
    pub(crate) fn names(&self, text: &[u8]) -> bool {
        self.pack.allow.get().words.iter().any(|word| holds(text, word))
    }

    /// Whether `value` is published as an example: one of the pack's values, or what one of its patterns fits.
    pub(crate) fn publishes(&self, value: &[u8]) -> bool {
        let lists = self.pack.allow.get();
        lists.values.contains(&value) || self.is_digested(value) || Matcher::one_fits(lists.patterns.iter(), value)
    }

    /// Whether a digest of the pack's is this value's.
    fn is_digested(&self, value: &[u8]) -> bool {
        let digests = &self.pack.allow.get().digests;
        !digests.is_empty() && digests.contains(&digest(value))
    }

    /// The fact that tells why `secret` is none; `whole` begins with its anchor. `None` where it may be one.
    pub(crate) fn judge(
        &self,
        secret: &[u8],
        whole: &[u8],
        nominal: usize,
        allow: &[Matcher],
        stop: &[&[u8]],
    ) -> Option<u8> {
        let lists = self.pack.allow.get();
        let is_listed = lists.values.iter().any(|value| *value == secret || *value == whole);
        if is_listed || self.is_digested(secret) || self.is_digested(whole) {
            return Some(fact::PUBLISHED);
        }
        // A word makes a placeholder only of what is too short to hold a real secret beside it.
        let named = |word: &&[u8]| secret.len() < nominal.saturating_add(word.len()) && holds(secret, word);
        let is = is_reference(secret)
            || is_masked(secret)
            || is_broken_off(secret, nominal)
            || is_placeholder(secret, nominal)
            || lists.words.iter().any(named)
            || stop.iter().any(|word| holds(secret, word))
            || Matcher::one_fits(lists.patterns.iter().chain(allow), secret)
            || is_prose(secret);
        is.then_some(fact::PLACEHOLDER)
    }
}

/// Whether dots stand for the rest of a secret, of which too little is there to be one: what a sentence trails off
/// with may as well follow a whole one.
fn is_broken_off(secret: &[u8], nominal: usize) -> bool {
    /// The fewest bytes that tell by themselves how long a secret is.
    const TELLING: usize = 20;
    /// Of another, so many are a whole one.
    const WHOLE: usize = 24;
    let least = if nominal >= TELLING { nominal } else { WHOLE };
    before_dots(secret).is_some_and(|kept| kept.trim_ascii_end().len() < least)
}

/// What stands before the dots that a text ends with, if it ends with some.
pub(crate) fn before_dots(text: &[u8]) -> Option<&[u8]> {
    text.strip_suffix(b"...").or(text.strip_suffix("…".as_bytes()))
}

/// Whether rows of a letter or a digit make up most of the secret, and none of them is a mask's or a zero's:
/// `AAAAAAAAAAAA-BBBBBBBBBBBB`. People make keys of such rows for tests, as they do of the alphabet.
pub(crate) fn is_row(secret: &[u8]) -> bool {
    let rows = secret.chunk_by(|a, b| a == b).filter(|row| row.len() >= MASKED);
    let mut whole = 0;
    for row in rows {
        if !row
            .first()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() && !b"xX0".contains(byte))
        {
            return false;
        }
        whole += row.len();
    }
    whole * 4 >= secret.len() * 3
}

/// Whether a text of at most ten bytes makes up nearly all of the secret, three times or more: `a1b2c3a1b2c3a1b2c3ab`.
pub(crate) fn repeats(secret: &[u8]) -> bool {
    (2..=10).any(|period| {
        let rest = secret.len().saturating_sub(period);
        let same = secret.iter().zip(secret.iter().skip(period)).filter(|(a, b)| a == b);
        rest >= period * 2 && same.count() * 6 >= rest * 5
    })
}

/// The fewest signs in a row that mask the rest of a value.
const MASKED: usize = 6;

/// Whether half of the secret or more is one row of `x`, as in `AKC8xxxxxxxx`.
fn is_masked(secret: &[u8]) -> bool {
    let row = secret
        .chunk_by(|a, b| a == b)
        .filter(|row| matches!(row.first(), Some(b'x' | b'X' | b'*')))
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0);
    row >= MASKED && row * 2 >= secret.len()
}

/// The fewest letters of a text that is told by its words. Of random ones, one in ten million would be taken for words.
const PROSE: usize = 32;

/// Whether the secret is words, and so many of them that no random one could be.
fn is_prose(secret: &[u8]) -> bool {
    let letters = secret.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    letters >= PROSE && letters * 4 >= secret.len() * 3 && words::share(secret).is_some_and(|share| share >= 85)
}
