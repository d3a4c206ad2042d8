//! The markers that stand for what was taken out: guarding them again changes nothing.

use crate::rule::limits;

/// What a marker stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    /// Bytes that were found to be a secret.
    Redacted,
    /// A line, or bytes that a failed guard may have found.
    Withheld,
    /// All that would have followed.
    Blocked,
}

/// The longest word of a marker, in bytes.
const LONGEST_WORD: usize = 8;
/// How far before a window a marker may begin, in bytes: its bracket, its word, its colon and its id.
pub(crate) const BEFORE: u64 = (1 + LONGEST_WORD + 1 + limits::ID) as u64;
/// What stands in the place of a rule's id where the host acted by itself.
const NO_RULE: &str = "guard";

impl Marker {
    const ALL: [Self; 3] = [Self::Redacted, Self::Withheld, Self::Blocked];

    const fn word(self) -> &'static str {
        match self {
            Self::Redacted => "redacted",
            Self::Withheld => "withheld",
            Self::Blocked => "blocked",
        }
    }

    /// Writes the marker: `[redacted:RULE]`.
    pub(crate) fn write(self, rule: Option<&str>, out: &mut Vec<u8>) {
        let id = rule.unwrap_or(NO_RULE);
        for part in ["[", self.word(), ":", id, "]"] {
            out.extend_from_slice(part.as_bytes());
        }
    }
}

/// Whether a text is the front of a marker, up to its colon.
pub(crate) fn begins(text: &[u8]) -> bool {
    let word = text.strip_prefix(b"[");
    word.is_some_and(|word| Marker::ALL.iter().any(|marker| marker.word().as_bytes() == word))
}

/// Whether a text begins with a marker of this rule, and how many bytes of it tell. `None` where more has to come.
pub(crate) fn stands(text: &[u8], rule: &str) -> (Option<bool>, usize) {
    let mut longest = 0;
    let mut open = false;
    for marker in Marker::ALL {
        let mut wanted = Vec::new();
        marker.write(Some(rule), &mut wanted);
        let alike = text.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
        if alike == wanted.len() {
            return (Some(true), alike);
        }
        open |= alike == text.len();
        longest = longest.max(alike);
    }
    ((!open).then_some(false), longest)
}

/// Whether a window lies in a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within<Place> {
    /// It does not, as the byte at this place tells.
    No(Place),
    /// It lies in one.
    Yes,
    /// More has to come.
    Perhaps,
}

impl Within<usize> {
    /// The same of a text that begins at `from`.
    pub(crate) fn at(self, from: u64) -> Within<u64> {
        match self {
            Self::No(place) => Within::No(from + place as u64),
            Self::Yes => Within::Yes,
            Self::Perhaps => Within::Perhaps,
        }
    }
}

/// Holds a text against the markers. The window begins at `start` and ends at `end` in it, and `is_rule` knows the
/// ids of rules.
pub(crate) fn within(text: &[u8], start: usize, end: usize, is_rule: impl Fn(&str) -> bool) -> Within<usize> {
    let Some(open) = memchr::memrchr(b'[', &text[..start]) else {
        return Within::No(start);
    };
    let marker = &text[open + 1..];
    let Some(word) = Marker::ALL.map(Marker::word).into_iter().find(|word| {
        let common = marker.len().min(word.len());
        marker[..common] == word.as_bytes()[..common]
    }) else {
        // The window ends behind the first byte that differs.
        return Within::No(start);
    };
    let rest = marker.get(word.len()..).unwrap_or_default();
    match rest.split_first() {
        None => Within::Perhaps,
        Some((b':', id)) => {
            let length = id
                .iter()
                .take(limits::ID)
                .take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || **byte == b'-')
                .count();
            let close = open + 2 + word.len() + length;
            match text.get(close) {
                None => Within::Perhaps,
                Some(b']') if end <= close && is_known(&id[..length], is_rule) => Within::Yes,
                Some(_) => Within::No(close),
            }
        }
        Some(_) => Within::No(open + 1 + word.len()),
    }
}

fn is_known(id: &[u8], is_rule: impl Fn(&str) -> bool) -> bool {
    id == NO_RULE.as_bytes() || std::str::from_utf8(id).is_ok_and(is_rule)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_WORD, Marker, NO_RULE, Within, stands, within};

    #[test]
    fn what_is_written_is_known_again() {
        for marker in Marker::ALL {
            assert!(marker.word().len() <= LONGEST_WORD);
            for rule in [Some("key"), None] {
                let mut text = b"a ".to_vec();
                marker.write(rule, &mut text);
                let id = rule.unwrap_or(NO_RULE);
                let end = text.len() - 1;
                assert_eq!(within(&text, end - id.len(), end, |id| id == "key"), Within::Yes);
            }
        }
    }

    #[test]
    fn a_marker_of_a_rule_stands_at_the_front() {
        assert_eq!(stands(b"[redacted:key]x", "key"), (Some(true), 14));
        assert_eq!(stands(b"[withheld:key]", "key"), (Some(true), 14));
        assert_eq!(stands(b"[redacted:kex]", "key"), (Some(false), 12));
        assert_eq!(stands(b"[redacted:keys]", "key"), (Some(false), 13));
        assert_eq!(stands(b"[redacted:ke", "key"), (None, 12));
        assert_eq!(stands(b"[", "key"), (None, 1));
        assert_eq!(stands(b"x", "key"), (Some(false), 0));
    }

    #[test]
    fn only_whole_markers_of_known_rules_count() {
        let told = |text: &str, window: &str| {
            let start = text.find(window).expect("the window is there");
            within(text.as_bytes(), start, start + window.len(), |id| id == "key")
        };
        assert_eq!(told("a [redacted:key] b", "redacted"), Within::Yes);
        assert_eq!(told("a [redacted:key] b", "key"), Within::Yes);
        assert_eq!(told("a [redacted:kex] b", "redacted"), Within::No(15));
        assert_eq!(told("a [redacted:key", "redacted"), Within::Perhaps);
        assert_eq!(told("a [redact", "redact"), Within::Perhaps);
        assert_eq!(told("a [redactor", "redactor"), Within::No(3));
        assert_eq!(told("a [redacted:key] b", "key] b"), Within::No(15));
    }
}
