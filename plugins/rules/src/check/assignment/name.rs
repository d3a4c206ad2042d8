//! The name that a word such as `token` stands in.

use super::Expected;
use crate::assign::is_name;
use crate::fields;
use crate::pack::Names;
use crate::record;

/// The most bytes of a name on either side of its word.
const SIDE: usize = 48;
/// How far before `value` the name of it may stand, in bytes.
const NEAR: usize = 160;
/// The most words between: the names and values of fields that say what kind of value it is.
const BETWEEN: usize = 10;

/// What may follow the word without a sign between and still be a part of a secret's name.
const TAILS: &[&[u8]] = &[
    b"key", b"secret", b"token", b"value", b"string", b"hash", b"base64", b"b64", b"data", b"env", b"prod", b"dev",
    b"test", b"s",
];

/// A name around the word of a secret.
pub(super) struct Name<'t> {
    /// What stands before the word.
    pub(super) head: &'t [u8],
    /// The word of the secret.
    pub(super) word: &'t [u8],
    /// What follows it.
    pub(super) tail: &'t [u8],
    /// What stands before the name on its line.
    pub(super) line: &'t [u8],
    /// What stands before the name.
    before: &'t [u8],
    /// Where it ends in the text.
    pub(super) end: usize,
}

impl<'t> Name<'t> {
    /// The name whose word stands from `start` to `end`.
    pub(super) fn at(text: &'t [u8], start: usize, end: usize) -> Name<'t> {
        let before = text.get(..start).unwrap_or_default();
        let head = before
            .iter()
            .rev()
            .take(SIDE)
            .take_while(|byte| is_name(**byte))
            .count();
        let tail = text.get(end..).unwrap_or_default();
        let tail_end = tail.iter().take(SIDE).take_while(|byte| is_name(**byte)).count();
        let (front, head) = before.split_at(before.len() - head);
        Name {
            head,
            word: text.get(start..end).unwrap_or_default(),
            tail: tail.get(..tail_end).unwrap_or_default(),
            before: front,
            line: front.rsplit(|&byte| byte == b'\n').next().unwrap_or_default(),
            end: end + tail_end,
        }
    }

    /// The name that stands before the word `value` at `at`, with nothing between but what belongs to the notation;
    /// and what it says that the value is.
    pub(super) fn before(text: &'t [u8], at: usize) -> Option<(Name<'t>, Expected)> {
        let before = text.get(at.saturating_sub(NEAR)..at)?;
        let notation = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`,;:{[(-<>|\\+~=*".contains(byte);
        let mut rest = before;
        // `</name><value>` closes an element between them, and `type = string` may stand there in Terraform, or
        // `"slotSetting": false` in what Azure prints.
        for _ in 0..BETWEEN {
            let end = rest.len() - rest.iter().rev().take_while(|byte| notation(byte)).count();
            rest = rest.get(..end)?;
            let word = rest
                .iter()
                .rev()
                .take_while(|byte| is_name(**byte) || **byte == b'/')
                .count();
            let (front, last) = rest.split_at(rest.len() - word);
            if last.is_empty() {
                return None;
            }
            let closes = last
                .strip_prefix(b"/")
                .is_some_and(|last| matches!(last, b"name" | b"key" | b"Name" | b"Key"));
            // What says of the field that its value is a secret is no name.
            let skipped = closes || last.eq_ignore_ascii_case(b"description") || fields::is_known(last);
            if !skipped {
                return Name::told(text, at.saturating_sub(NEAR) + front.len(), last);
            }
            rest = front;
        }
        None
    }

    /// The name in the same record as the value at `value`, whose field begins at `at`, with other fields between.
    pub(super) fn of_record(text: &'t [u8], at: usize, value: usize) -> Option<(Name<'t>, Expected)> {
        let near = at.saturating_sub(NEAR);
        let quotes = (near..at).filter(|at| matches!(text.get(*at), Some(b'"' | b'\'')));
        let mut ends = quotes.map(|at| at - text[..at].iter().rev().take_while(|byte| **byte == b'\\').count());
        ends.find_map(|end| {
            let last = text
                .get(near..end)?
                .iter()
                .rev()
                .take_while(|byte| is_name(**byte))
                .count();
            let is_named = last > 0 && record::value(text, end) == Some(value);
            is_named
                .then(|| Name::told(text, end - last, &text[end - last..end]))
                .flatten()
        })
    }

    /// The secret's name that `last`, which begins at `start`, is; and what it says that the value is.
    pub(super) fn told(text: &'t [u8], start: usize, last: &[u8]) -> Option<(Name<'t>, Expected)> {
        const PASSWORDS: &[&[u8]] = &[b"password", b"passwd", b"passphrase", b"pwd", b"_pass"];
        const KEYS: &[&[u8]] = &[b"secret", b"token", b"key", b"credential"];
        let lower = last.to_ascii_lowercase();
        for (expected, words) in [(Expected::Password, PASSWORDS), (Expected::Key, KEYS)] {
            for word in words {
                if let Some(place) = lower.windows(word.len()).rposition(|part| part == *word) {
                    let start = start + place;
                    let name = Name::at(text, start, start + word.len());
                    // A bare `key` names the entry of a table.
                    let is_entry = *word == b"key" && name.head.len() + name.tail.len() <= 2;
                    return (!is_entry).then_some((name, expected));
                }
            }
        }
        None
    }

    /// Whether it is the value of a field that has `front` in common with that of its value: `ParameterKey` and
    /// `ParameterValue`, `setting` and `setting_value`.
    pub(super) fn is_in_field_of(&self, front: &[u8]) -> bool {
        const REST: [&[u8]; 3] = [b"key", b"name", b""];
        let is_sign = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`:=>/\\".contains(byte);
        let before = self.before;
        let before = &before[..before.len() - before.iter().rev().take_while(|byte| is_sign(byte)).count()];
        let field = &before[before.len() - before.iter().rev().take_while(|byte| is_name(**byte)).count()..];
        let rest = field.strip_prefix(front).or_else(|| {
            let (_, front) = front.split_last().filter(|(last, _)| **last == b'_')?;
            field.strip_prefix(front)
        });
        rest.is_some_and(|rest| REST.iter().any(|known| rest.eq_ignore_ascii_case(known)))
    }

    /// Whether a literal stands shortly before as a user's name, written as `quoted` says that the value is.
    pub(super) fn is_beside_user(&self, quoted: bool) -> bool {
        const WORDS: [&[u8]; 5] = [b"user", b"login", b"uid", b"username", b"account"];
        let near = self
            .before
            .get(self.before.len().saturating_sub(BESIDE)..)
            .unwrap_or_default();
        let named = |at: usize| {
            let rest = near.get(at..).unwrap_or_default();
            // Nearly all places have none of their first letters.
            let may_begin = matches!(rest.first(), Some(b'u' | b'U' | b'l' | b'L' | b'a' | b'A'));
            may_begin
                && WORDS.iter().any(|word| {
                    rest.get(..word.len())
                        .is_some_and(|part| part.eq_ignore_ascii_case(word))
                        && rest.get(word.len()..).is_some_and(|rest| is_literal(rest, quoted))
                })
        };
        (0..near.len()).any(named)
    }

    /// Whether the name is one of something else, which only has to do with a secret: `token_type`, `tokenizer`,
    /// `next_page_token`.
    pub(super) fn is_about_another(&self, expected: Expected, words: &Names<&[u8]>) -> bool {
        // `_pass` and its like stand in many names of other things, but for the ends of those of passwords.
        let is_weak = self.word.starts_with(b"_") && !self.is_bare_key() && !self.tail.is_empty();
        let is_entry = self.is_bare_key() && (self.head_is(&words.entries) || !self.tail.is_empty());
        is_weak || is_entry || self.goes_on(expected) || self.tail_is_other(words) || self.head_is(&words.foreign)
    }

    /// Whether what follows an issuer's word is that of something else than a secret.
    pub(super) fn is_of_another(&self, words: &Names<&[u8]>) -> bool {
        let ends = |word: &&[u8]| self.tail.to_ascii_lowercase().ends_with(word);
        self.tail_is_other(words) || [b"id".as_slice(), b"hash", b"rev"].iter().any(ends)
    }

    /// Whether the name ends with the word for a place.
    pub(super) fn is_of_place(&self, words: &Names<&[u8]>) -> bool {
        let last = self
            .tail
            .rsplit(|byte| matches!(byte, b'_' | b'-' | b'.'))
            .next()
            .unwrap_or_default();
        last.len() < self.tail.len() && words.places.iter().any(|place| last.eq_ignore_ascii_case(place))
    }

    /// Whether nothing but `key` says that the value is a secret.
    pub(super) fn is_bare_key(&self) -> bool {
        let word = self.word.iter().position(u8::is_ascii_alphabetic);
        word.and_then(|at| self.word.get(at..))
            .is_some_and(|word| word.eq_ignore_ascii_case(b"key"))
    }

    /// Whether the name is written as that of a variable of the environment: upper case, no sign but `_`.
    pub(super) fn is_constant(&self) -> bool {
        let all = || self.head.iter().chain(self.word).chain(self.tail);
        all().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
    }

    /// Whether it is a flag of a command: `--token`, `-password`.
    pub(super) fn is_flag(&self) -> bool {
        self.head.starts_with(b"-") || (self.head.is_empty() && self.line.ends_with(b"-"))
    }

    /// Whether the word is only the beginning of a longer one.
    fn goes_on(&self, expected: Expected) -> bool {
        let last = self.word.last().copied().unwrap_or(b' ');
        let first = self.tail.first().copied().unwrap_or(b' ');
        let same = first.is_ascii_alphabetic() && !(last.is_ascii_lowercase() && first.is_ascii_uppercase());
        if !same {
            return false;
        }
        let upper = first.is_ascii_uppercase();
        let rest = self
            .tail
            .iter()
            .take_while(|byte| {
                byte.is_ascii_alphanumeric() && byte.is_ascii_uppercase() == upper || byte.is_ascii_digit()
            })
            .count();
        let rest = self.tail.get(..rest).unwrap_or_default();
        let known = |tail: &&[u8]| rest.eq_ignore_ascii_case(tail);
        !TAILS.iter().any(known) || (expected == Expected::Password && rest.eq_ignore_ascii_case(b"s"))
    }

    fn tail_is_other(&self, words: &Names<&[u8]>) -> bool {
        let tail = self.tail;
        let skipped = tail
            .iter()
            .take_while(|byte| matches!(byte, b'_' | b'-' | b'.'))
            .count();
        let tail = tail.get(skipped..).unwrap_or_default();
        let begins = |word: &&[u8]| {
            tail.get(..word.len())
                .is_some_and(|part| part.eq_ignore_ascii_case(word))
        };
        // Vault's secret ids open something; ids of tokens and keys don't.
        let id = begins(&b"id".as_slice()) && tail.len() <= 3 && !self.word.eq_ignore_ascii_case(b"secret");
        // `credentialsId` names an entry of a store.
        let id = id || tail.eq_ignore_ascii_case(b"sid") || tail.eq_ignore_ascii_case(b"s_id");
        id || words.others.iter().any(begins)
    }

    /// Whether one of `words` stands directly before the word of the secret.
    fn head_is(&self, words: &[&[u8]]) -> bool {
        let head = self.head;
        let skipped = head
            .iter()
            .rev()
            .take_while(|byte| matches!(byte, b'_' | b'-' | b'.'))
            .count();
        let head = head.get(..head.len() - skipped).unwrap_or_default();
        let ends = |word: &&[u8]| {
            head.len().checked_sub(word.len()).is_some_and(|at| {
                let (front, last) = head.split_at(at);
                // `next` in `next_token` and `nextToken`, and not `no` in `techno_token`.
                let begins = front.last().is_none_or(|byte| {
                    !byte.is_ascii_alphabetic()
                        || (byte.is_ascii_lowercase() && last.first().is_some_and(u8::is_ascii_uppercase))
                });
                begins && last.eq_ignore_ascii_case(word)
            })
        };
        words.iter().any(ends)
    }
}

/// How far before a password the name of its user may stand, in bytes.
const BESIDE: usize = 160;

/// Whether the rest of a name, a sign of assignment and a literal stand at the front of `rest`; a quoted one where
/// `quoted` says so.
fn is_literal(rest: &[u8], quoted: bool) -> bool {
    let name = rest.iter().take_while(|byte| is_name(**byte)).count();
    let rest = rest.get(name..).unwrap_or_default();
    let between = rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'=' | b':' | b'>' | b'\\'))
        .count();
    let (between, value) = rest.split_at(between);
    let opened = matches!(between.last(), Some(b'"' | b'\''));
    let assigned = between == b">"
        || between.iter().any(|byte| matches!(byte, b'=' | b':'))
        || (opened && between.contains(&b' '));
    let length = value
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.@\\+".contains(byte))
        .count();
    let ended = match value.get(length) {
        None => false,
        Some(b'"' | b'\'') => opened,
        // `<user>ann</user>`.
        Some(b'<') => between == b">",
        Some(byte) => !quoted && matches!(byte, b'\n' | b'\r' | b' ' | b';' | b'&' | b','),
    };
    name <= 16 && assigned && opened == quoted && length >= 2 && ended
}
