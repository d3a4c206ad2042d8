//! Which escapes the search looks for, and which are read only in what others opened.

/// What the search looks for besides percent signs and zeros: beginnings of escapes, and meetings of parts of a string.
const SEARCHED: [&str; 4] = ["\\u00", "\\u{", "\\x", "&#"];
pub(super) const MEETINGS: [&str; 8] = ["'.'", "\".\"", "\" + \"", "' + '", "\"+\"", "'+'", "\" . \"", "' . '"];

/// An escape that opens no reading by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weak {
    /// It stands for a byte.
    Byte,
    /// It stands for a slash, behind a single backslash.
    Slash,
    /// It stands for nothing.
    Nothing,
}

impl Weak {
    pub(super) fn of(escape: &[u8], stands_for: Option<char>) -> Option<Self> {
        match (escape, stands_for) {
            _ if is_searched(escape) => None,
            (b"\\/", Some(_)) => Some(Self::Slash),
            (_, Some(_)) => Some(Self::Byte),
            (_, None) => Some(Self::Nothing),
        }
    }
}

/// Whether the search looks for an escape, wherever it stands.
pub(super) fn is_searched(escape: &[u8]) -> bool {
    matches!(escape, [b'%', b'2'..=b'7', ..] | [0])
        || SEARCHED.iter().any(|begin| escape.starts_with(begin.as_bytes()))
        || MEETINGS.iter().any(|meeting| escape == meeting.as_bytes())
}

/// Whether backslashes stand before a slash: forms of literals have that.
pub(super) fn leads_slash(text: &[u8]) -> bool {
    text.starts_with(b"\\") && text.iter().find(|byte| **byte != b'\\') == Some(&b'/')
}

/// Whether it may be one of all these when more of it has come.
pub(super) fn may_be_searched(text: &[u8]) -> bool {
    let begins = |one: &str| one.as_bytes().starts_with(text) || text.starts_with(one.as_bytes());
    matches!(text, [b'%'] | [b'%', b'2'..=b'7', ..])
        || text.iter().all(|byte| *byte == b'\\')
        || SEARCHED.iter().chain(&MEETINGS).any(|one| begins(one))
}

#[cfg(test)]
mod tests {
    use crate::coding::opens::{Opens, opens};

    /// What stands before a slash is an escape of its own only where a form of a literal has it.
    #[test]
    fn backslashes_lead_a_slash() {
        for text in ["\\/", "\\\\/", "\\\\\\/x"] {
            assert_eq!(opens(text.as_bytes(), None, false), Opens::Yes, "{text}");
        }
        for text in ["/", "\\.", "\\\\.", "\\n/"] {
            assert_eq!(opens(text.as_bytes(), None, false), Opens::No, "{text}");
        }
    }
}
