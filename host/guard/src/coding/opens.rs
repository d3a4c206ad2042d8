//! Whether an escape opens a reading.

use std::ops::Range;

use super::DEPTH;
use super::escape::{LONGEST, Sign, introduces, sign, written};
use super::searched::{is_searched, leads_slash, may_be_searched};
use crate::set::ByteSet;

/// Whether a text is read without its escapes from here on, as far as can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opens {
    Yes,
    No,
    /// More has to come.
    Perhaps,
}

/// Whether a text begins with an escape. One that stopped a suspect must stand for what `fits`, as must what follows
/// parts of a string that meet; any other must be one that is searched for.
pub(super) fn opens(text: &[u8], fits: Option<&ByteSet>, ended: bool) -> Opens {
    if !text.first().is_some_and(|byte| introduces(*byte)) {
        return Opens::No;
    }
    match fits {
        Some(fits) => stops(text, fits, ended),
        None => is_opener(text, ended),
    }
}

/// How many bytes of a text told that it begins with one; nothing where only its end did.
pub(super) fn told(text: &[u8], fits: Option<&ByteSet>) -> Option<usize> {
    (1..=text.len()).find(|length| opens(&text[..*length], fits, false) == Opens::Yes)
}

/// Whether a text begins with an escape that is searched for.
fn is_opener(text: &[u8], ended: bool) -> Opens {
    let whole = ended || text.len() >= LONGEST;
    match sign(text) {
        Sign::Escape(length, _) if is_searched(&text[..length]) || leads_slash(text) => Opens::Yes,
        Sign::Unfinished if !whole && may_be_searched(text) => Opens::Perhaps,
        Sign::Plain | Sign::Run(_) | Sign::Unfinished | Sign::Escape(..) => Opens::No,
    }
}

/// Whether a text begins with an escape that stands for what fits.
fn stops(text: &[u8], fits: &ByteSet, ended: bool) -> Opens {
    let whole = ended || text.len() >= LONGEST;
    match sign(text) {
        // What makes an escape of it may be escaped itself.
        Sign::Plain | Sign::Run(_) => opens_later(text, fits, cut(text, ended), DEPTH),
        Sign::Unfinished if whole => Opens::No,
        Sign::Unfinished => Opens::Perhaps,
        Sign::Escape(length, stands_for) => goes_on(text, (length, stands_for), fits, cut(text, ended), DEPTH),
    }
}

/// What is said where a text ends too early. No more of it is looked at than so much. A text of that length is cut
/// whether or not it is known to end, which hangs on when an answer comes.
fn cut(text: &[u8], ended: bool) -> Opens {
    match (text.len() >= LONGEST, ended) {
        (true, _) => Opens::Yes,
        (false, true) => Opens::No,
        (false, false) => Opens::Perhaps,
    }
}

/// Whether a text begins with an escape that fits once the escapes behind its beginning are taken off, so many times.
fn opens_later(text: &[u8], fits: &ByteSet, cut: Opens, depth: u8) -> Opens {
    // Most texts have none.
    let decoded = if depth == 0 { None } else { decoded(text) };
    let Some(decoded) = decoded.filter(|decoded| !decoded.is_empty()) else {
        return Opens::No;
    };
    match sign(&decoded) {
        Sign::Plain | Sign::Run(_) => opens_later(&decoded, fits, cut, depth - 1),
        Sign::Escape(length, stands_for) => goes_on(&decoded, (length, stands_for), fits, cut, depth - 1),
        Sign::Unfinished => cut,
    }
}

/// Whether what the escape at the beginning stands for fits, or what follows parts of a string that meet: in this
/// text, or in what it is read as, so many times. `cut` is what is said where the text ends too early.
fn goes_on(text: &[u8], escape: (usize, Option<char>), fits: &ByteSet, cut: Opens, depth: u8) -> Opens {
    let (length, stands_for) = escape;
    let next = match stands_for {
        Some(c) => u8::try_from(u32::from(c)).ok(),
        None if length == text.len() && cut == Opens::Perhaps => return Opens::Perhaps,
        None => text.get(length).copied(),
    };
    // What is no single byte may be anything.
    let Some(next) = next else { return Opens::Yes };
    if fits.has(next) {
        return Opens::Yes;
    }
    if !introduces(next) {
        return Opens::No;
    }
    if depth == 0 {
        return Opens::Yes;
    }
    let Some(decoded) = decoded(text).filter(|decoded| !decoded.is_empty()) else {
        return cut;
    };
    match sign(&decoded) {
        // Behind parts that meet, others may have met in which nothing stands.
        Sign::Plain | Sign::Run(_) if fits.has(decoded[0]) => Opens::Yes,
        Sign::Plain | Sign::Run(_) => Opens::No,
        Sign::Escape(length, stands_for) => goes_on(&decoded, (length, stands_for), fits, cut, depth - 1),
        Sign::Unfinished => cut,
    }
}

/// The text with its escapes taken off, as far as each is whole; nothing where all of it stands as it is.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    let is_plain = take_off(text, |bytes, _| decoded.extend_from_slice(bytes));
    (!is_plain).then_some(decoded)
}

/// Takes escapes off, as far as each is whole. `take` has what stands as it is, and what each escape stands for, which is
/// always shorter; and where each is in the text. Answers whether all of it stands as it is, which is not taken then.
pub(super) fn take_off(text: &[u8], mut take: impl FnMut(&[u8], Range<usize>)) -> bool {
    let (mut taken, mut at) = (0, 0);
    while let Some(plain) = text[at..].iter().position(|byte| introduces(*byte)) {
        at += plain;
        match sign(&text[at..]) {
            Sign::Unfinished => {
                take(&text[taken..at], taken..at);
                return false;
            }
            Sign::Plain => at += 1,
            Sign::Run(length) => at += length,
            Sign::Escape(length, stands_for) => {
                let mut bytes = [0; 4];
                take(&text[taken..at], taken..at);
                let end = at + length;
                take(stands_for.map_or(&[], |c| written(text[at], c, &mut bytes)), at..end);
                (taken, at) = (end, end);
            }
        }
    }
    if taken > 0 {
        take(&text[taken..], taken..text.len());
    }
    taken == 0
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Opens, opens};
    use crate::set::ByteSet;

    #[test]
    fn a_suspect_goes_on_only_where_something_fits() {
        let letters: ByteSet = (0..=u8::MAX).filter(u8::is_ascii_alphabetic).collect();
        let goes_on = |text: &str| opens(text.as_bytes(), Some(&letters), false);
        for text in [
            "\\u0061",
            "%61",
            "\" + \"a",
            "\\\" + \\\"a",
            "\\u00",
            "%25%36%31",
            "\\",
            "\" +",
        ] {
            assert_ne!(goes_on(text), Opens::No, "{text}");
        }
        for text in [
            "",
            "a",
            "\\n",
            "\\u000a",
            "\",\"a",
            "\\\",\\\"a",
            "\" + bc",
            "%0a",
            "%25%30%61",
        ] {
            assert_eq!(goes_on(text), Opens::No, "{text}");
        }
    }

    /// A text as long as is looked at says the same whether or not it is known that nothing follows.
    #[test]
    fn the_end_changes_nothing_that_is_told() {
        let digits: ByteSet = (0..=u8::MAX).filter(u8::is_ascii_digit).collect();
        for text in ["&#38;#3&#56;;#&#51;&#38;", "%25%33%31%25%33%31%25%33"] {
            assert_eq!(text.len(), LONGEST);
            let told = |ended: bool| opens(text.as_bytes(), Some(&digits), ended);
            assert_eq!(told(true), told(false), "{text}");
        }
    }
}
