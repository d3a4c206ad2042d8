//! The markers that stand for what was taken out: guarding them again changes nothing.

/// The words that begin a marker.
pub(crate) const WORDS: [&str; 3] = ["redacted", "withheld", "blocked"];
/// The longest id of a rule, in bytes.
const LONGEST_ID: usize = 64;
/// How far before a window a marker may begin, in bytes: its bracket, its word, its colon and its id.
pub(crate) const BEFORE: u64 = 10 + LONGEST_ID as u64;

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

/// Holds a text against the markers. The window begins at `start` and ends at `end` in it, and `is_rule` knows the ids of rules.
pub(crate) fn within(text: &[u8], start: usize, end: usize, is_rule: impl Fn(&str) -> bool) -> Within<usize> {
    let Some(open) = memchr::memrchr(b'[', &text[..start]) else {
        return Within::No(start);
    };
    let marker = &text[open + 1..];
    let Some(word) = WORDS.iter().find(|word| {
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
                .take(LONGEST_ID)
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
    id == b"guard" || std::str::from_utf8(id).is_ok_and(is_rule)
}

#[cfg(test)]
mod tests {
    use super::{Within, within};

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
