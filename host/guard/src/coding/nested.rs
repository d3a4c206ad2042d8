//! What goes on behind a window in escapes that may lie in one another.

use std::borrow::Cow;

use super::DEPTH;
use super::escape::{Sign, introduces, sign};
use super::opens::take_off;
use crate::set::ByteSet;

/// How much of a text is looked at: a character of that many escapes in one another, each of whose characters is
/// written as six, as `&#x26;` and `\u0026` are.
pub(super) const NESTED: usize = 6_usize.pow(DEPTH as u32);

/// What of a secret goes on at an escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum More {
    /// So many bytes. They stand for a byte of it, or for nothing where parts of a string meet.
    Bytes { length: u64, stands: bool },
    /// It has ended.
    No,
    /// More has to come to tell.
    Perhaps,
}

/// What goes on at the beginning of a text, where a byte stands that does not fit by itself: all that stands for one
/// that does, however deep its escapes lie in one another. `ended` says that nothing follows.
pub(super) fn more(text: &[u8], fits: &ByteSet, ended: bool) -> More {
    if !text.first().is_some_and(|byte| introduces(*byte)) {
        return More::No;
    }
    // A text as long as is looked at says the same whether or not it is known to end. What lies so deep that it can't
    // be told is taken out as far as it was looked at.
    let cut = match (text.len() >= NESTED, ended) {
        (true, _) => More::Bytes {
            length: NESTED as u64,
            stands: true,
        },
        (false, true) => More::No,
        (false, false) => More::Perhaps,
    };
    let mut text = Cow::Borrowed(&text[..text.len().min(NESTED)]);
    // Behind which byte of the whole each of these ends; each has its own at first.
    let mut ends: Option<Vec<usize>> = None;
    // What ends where parts of a string meet, behind which another escape may begin.
    let mut meets = None;
    loop {
        let end = |ends: &Option<Vec<usize>>, length: usize| match ends {
            Some(ends) => ends[length - 1] as u64,
            None => length as u64,
        };
        match sign(&text) {
            Sign::Unfinished => return cut,
            Sign::Escape(length, stands_for) => {
                let bytes = |stands| More::Bytes {
                    length: end(&ends, length),
                    stands,
                };
                let next = match stands_for {
                    // What is no single byte may be anything.
                    Some(c) => u8::try_from(u32::from(c)).map_err(|_| bytes(true)),
                    None => text.get(length).copied().ok_or(cut),
                };
                match next {
                    Err(told) => return told,
                    Ok(next) if fits.has(next) => return bytes(stands_for.is_some()),
                    Ok(next) if !introduces(next) => return More::No,
                    Ok(_) => meets = stands_for.is_none().then(|| bytes(false)),
                }
            }
            Sign::Plain | Sign::Run(_) => {}
        }
        let mut decoded = Vec::new();
        let mut ends_of_decoded = Vec::new();
        let is_plain = take_off(&text, |bytes, place| {
            decoded.extend_from_slice(bytes);
            let stands = bytes.len() == place.len();
            let last = |index: usize| if stands { place.start + index } else { place.end - 1 };
            ends_of_decoded.extend((0..bytes.len()).map(|index| end(&ends, last(index) + 1) as usize));
        });
        if is_plain {
            return More::No;
        }
        match (decoded.first(), meets) {
            (None, _) => return cut,
            // Others may have met in which nothing stands.
            (Some(first), Some(meets)) if fits.has(*first) => return meets,
            (Some(_), _) => {}
        }
        (text, ends) = (Cow::Owned(decoded), Some(ends_of_decoded));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{More, NESTED, more};
    use crate::set::ByteSet;

    fn letters() -> ByteSet {
        (0..=u8::MAX).filter(u8::is_ascii_alphabetic).collect()
    }

    fn bytes(length: u64, stands: bool) -> More {
        More::Bytes { length, stands }
    }

    /// All of what stands for a byte of a secret is taken out with it, however deep its escapes lie in one another.
    #[test]
    fn an_escape_in_escapes_ends_with_the_last_of_them() {
        for (text, wanted) in [
            ("&#116;abc", bytes(6, true)),
            ("&#x26;#x7&#x34;;ok", bytes(16, true)),
            ("&amp;amp;#116;ok", bytes(14, true)),
            ("&amp;amp;amp;#116;ok", bytes(18, true)),
            ("%25%36%31%62", bytes(9, true)),
            ("&#39;.&#39;ok", bytes(11, false)),
            ("'.'ok", bytes(3, false)),
            ("'.''.'ok", bytes(3, false)),
            ("&#39;.&#39;&#39;.&#39;ok", bytes(11, false)),
            ("\\\\u0061ok", bytes(7, true)),
            ("&#38;&#35;&#54;&#54;&#59;&#38;", bytes(25, true)),
            ("&#38;&#38;#35;66;ok", bytes(17, true)),
            ("\\u200bok", bytes(6, true)),
            ("&#38;&#35;&#52;&#54;&#59;ok", More::No),
            ("&quot;, ok", More::No),
            ("\"ok", More::No),
            (".ok", More::No),
            ("", More::No),
        ] {
            assert_eq!(more(text.as_bytes(), &letters(), false), wanted, "{text}");
        }
    }

    /// What lies deeper than can be told is no end.
    #[test]
    fn what_is_nested_without_end_is_taken_out() {
        let text = format!("%{}", "25".repeat(NESTED));
        for length in 0..NESTED {
            let told = |ended: bool| more(&text.as_bytes()[..length], &letters(), ended);
            assert_eq!(told(true), More::No, "{length}");
            assert_eq!(told(false), if length == 0 { More::No } else { More::Perhaps });
        }
        for ended in [false, true] {
            assert_eq!(more(text.as_bytes(), &letters(), ended), bytes(NESTED as u64, true));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        /// Once it is told, what comes behind changes nothing: where the stream is cut is no matter.
        #[test]
        fn invariant_2_what_goes_on_is_told_for_good(
            parts in prop::collection::vec(prop::sample::select(vec![
                "%", "25", "41", "&", "#", "38", ";", "x", "26", "amp", "\\", "u00", "\"", "'", "+", " ", ".", "a", "k", "\0",
                "&#38;", "&#35;", "&#54;", "&#59;", "%2", "%5C", "&quot;",
            ]), 1..20),
        ) {
            let text = parts.concat();
            let mut told = None;
            for length in 1..=text.len() {
                let here = more(&text.as_bytes()[..length], &letters(), false);
                match told {
                    None if here != More::Perhaps => told = Some(here),
                    Some(told) => prop_assert_eq!(here, told, "{:?} at {}", text, length),
                    None => {}
                }
                if let More::Bytes { length: taken, .. } = here {
                    prop_assert!(taken <= length as u64, "{:?} at {}", text, length);
                }
            }
        }
    }
}
