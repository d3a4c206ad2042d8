//! What a tool sets around each line that it prints: numbers, times, ids, names of containers, fields of JSON.
//!
//! The host walks over it to follow a key through a log, and the guest that confirms the key leaves it out of what it
//! takes for one. Both must tell it in the same way, or a key gets out, or a log is taken out with it: so both ask
//! here.
//!
//! Nothing is known of any tool. What stands around the first line is looked for around the others: numbers, ids and
//! words of letters differ from line to line or are left blank, and so do the blanks that pad numbers; all else is the
//! same.

use std::ops::Range;

/// A number has fewer bytes, with the blanks that pad it.
pub const NUMBER: u64 = 64;
/// A word of letters that may differ has no more bytes.
pub const WORD: usize = 16;
/// Behind so many markers, the last ones, what is set before lines is looked for by itself.
const MARKERS: usize = 3;
/// So many asterisks mask something; fewer are a box, a list or a comment.
const STARS: usize = 3;

/// A text that comes piece by piece.
pub trait Text {
    /// The byte at a place, if it has come.
    fn get(&self, at: u64) -> Option<u8>;

    /// What has come of the bytes from one place up to another.
    fn slice(&self, from: u64, to: u64) -> &[u8];
}

/// A text that is all there.
impl Text for [u8] {
    fn get(&self, at: u64) -> Option<u8> {
        <[u8]>::get(self, usize::try_from(at).ok()?).copied()
    }

    fn slice(&self, from: u64, to: u64) -> &[u8] {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(self.len());
        self.get(place(from)..place(to)).unwrap_or_default()
    }
}

/// Whether what closes a block stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// It does.
    Here,
    /// What has come is its beginning.
    Perhaps,
    /// It doesn't.
    No,
}

/// How far something is alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alike {
    /// It may go on behind the bytes that there are.
    Open,
    /// Up to `end`, not further; the first byte that told is the one before `seen`.
    Upto {
        /// Where what is alike ends.
        end: u64,
        /// How far has been looked.
        seen: u64,
    },
    /// The block's close stands at `at`, told by what lies before `seen`.
    Close {
        /// Where it begins.
        at: u64,
        /// How far has been looked.
        seen: u64,
    },
}

impl Alike {
    /// Not at all.
    pub const NONE: Self = Self::Upto { end: 0, seen: 0 };

    /// The same, where as far has been looked for something else.
    fn told_by(self, before: u64) -> Self {
        match self {
            Self::Open => Self::Open,
            Self::Upto { end, seen } => Self::Upto {
                end,
                seen: seen.max(before),
            },
            Self::Close { at, seen } => Self::Close {
                at,
                seen: seen.max(before),
            },
        }
    }
}

/// How far `text` is like `model`, on one line, and where the line ends, if all of `model` makes up the rest of it.
///
/// A field at the end, behind which nothing alike comes, is none: a key's line may look like one. Where nothing is
/// like the model's front, what a quote opens in it counts: a log in a field of JSON has what stands before the field
/// on its first line only. So does what follows a marker. `ended` says that no more comes, `is_boundary` where lines
/// end, and `close` whether a block's close stands at a place, and how many bytes tell.
pub fn alike<T: Text + ?Sized>(
    model: &[u8],
    text: &T,
    range: Range<u64>,
    ended: bool,
    is_boundary: impl Fn(u8) -> bool,
    close: impl Fn(u64, u8) -> (Close, u64),
) -> (Alike, Option<u64>) {
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`' | b'>');
    let quoted = model.iter().rposition(is_quote).map(|quote| &model[quote + 1..]);
    let fronts = behind_markers(model).chain(quoted).filter(|rest| !rest.is_empty());
    let mut told = alike_to(model, text, range.clone(), ended, &is_boundary, &close);
    for rest in fronts {
        let before = match told.0 {
            Alike::Upto { end, seen, .. } if end <= range.start => seen,
            Alike::Upto { .. } | Alike::Open | Alike::Close { .. } => return told,
        };
        let (alike, line_end) = alike_to(rest, text, range.clone(), ended, &is_boundary, &close);
        told = (alike.told_by(before), line_end);
    }
    told
}

/// What stands behind each of the last markers: a block's has its line ends in it, and what stands before it was on
/// another line.
fn behind_markers(model: &[u8]) -> impl Iterator<Item = &[u8]> {
    let begins = (0..model.len()).rev().filter(|at| model[*at] == b'[');
    let ends = begins.filter_map(|at| marker(&model[at..]).map(|length| at + length));
    let mut last: Vec<&[u8]> = ends.take(MARKERS).map(|end| &model[end..]).collect();
    last.reverse();
    last.into_iter()
}

/// The same of this model alone.
fn alike_to<T: Text + ?Sized>(
    model: &[u8],
    text: &T,
    range: Range<u64>,
    ended: bool,
    is_boundary: impl Fn(u8) -> bool,
    close: impl Fn(u64, u8) -> (Close, u64),
) -> (Alike, Option<u64>) {
    let mut rest = model;
    let (mut at, most) = (range.start, range.end);
    let mut seen = at;
    // Where a number or another word began behind which nothing alike has come yet: a body's first line may look like
    // one.
    let mut field_from = None;
    let mut in_words = false;
    // Where letters and digits began that are the same, behind which nothing else alike has come yet: where the rest
    // of the model doesn't come, a body's line happens to begin with them.
    let mut same_from = None;
    loop {
        let whole = rest.is_empty();
        let upto = |seen| Alike::Upto {
            end: field_from.or(same_from.filter(|_| !whole)).unwrap_or(at),
            seen,
        };
        let byte = match text.get(at) {
            Some(byte) if at < most => byte,
            None if at < most && !ended => return (Alike::Open, None),
            Some(_) | None => {
                // That nothing follows is told behind all there is.
                let told = if at < most { at + 1 } else { seen };
                return (upto(seen.max(told)), rest.is_empty().then_some(at));
            }
        };
        let (is_close, looked) = close(at, byte);
        seen = seen.max(at + looked);
        match is_close {
            Close::Here => return (Alike::Close { at, seen }, None),
            Close::Perhaps if !ended => return (Alike::Open, None),
            Close::Perhaps | Close::No => {}
        }
        // Where a line is all like what stands before the anchor, a number at its end may be a body.
        if rest.is_empty() && is_boundary(byte) {
            return (upto(seen), Some(at));
        }
        let Some(&first) = rest.first().filter(|_| !is_boundary(byte)) else {
            return (upto(seen), None);
        };
        // A marker stands for what may have been a part of a number, or one by itself, and so do asterisks behind the
        // first of its bytes. Where the same stands there it is as alike as all else.
        let before = &model[..model.len() - rest.len()];
        let is_joined = before.last().is_some_and(is_of_number);
        if let Some(length) = marker(rest).or_else(|| stars(rest).filter(|_| is_joined)) {
            let is_same = match text.get(at + 1).filter(|_| at + 1 < most) {
                _ if byte != first => false,
                _ if byte == b'*' => true,
                None if at + 1 < most && !ended => return (Alike::Open, None),
                second => second == Some(rest[1]),
            };
            seen = seen.max(at + 1 + u64::from(byte == first && byte == b'[' && at + 1 < most));
            if !is_same {
                let Some((length_here, looked)) = (if is_joined {
                    Some((0, 0))
                } else {
                    field_at(text, at, ended)
                }) else {
                    return (Alike::Open, None);
                };
                seen = seen.max(at + looked);
                field_from = field_from.or(Some(at));
                same_from = same_from.or(Some(at));
                let joined = rest[length..].iter().take_while(|byte| is_of_number(byte)).count();
                rest = &rest[length + joined..];
                at = (at + length_here).min(most);
                continue;
            }
        }
        if let Some(length) = field(rest) {
            let Some((length_here, looked)) = field_at(text, at, ended) else {
                return (Alike::Open, None);
            };
            seen = seen.max(at + looked);
            if length_here == 0 {
                // A table leaves a column blank where a cell goes on over several lines.
                let blank = text.slice(at, (at + length as u64).min(most));
                if blank.iter().any(|byte| *byte != b' ') {
                    return (upto(seen), None);
                }
                let upto_here = at + blank.len() as u64;
                if blank.len() < length && upto_here >= most {
                    return (upto(seen), None);
                }
                if blank.len() < length {
                    let over = (upto(seen.max(upto_here + 1)), None);
                    return if ended { over } else { (Alike::Open, None) };
                }
                field_from = field_from.or(Some(at));
                same_from = same_from.or(Some(at));
                in_words |= at == range.start;
                rest = &rest[length..];
                at += length as u64;
                seen = seen.max(at);
                continue;
            }
            let is_word = word(rest) == Some(length);
            if !is_word || text.slice(at, at + length_here) != &rest[..length] {
                field_from = field_from.or(Some(at));
                // Nothing before it is alike.
                in_words |= is_word && at == range.start;
            }
            same_from = same_from.or(Some(at));
            rest = &rest[length..];
            at = (at + length_here).min(most);
        } else if first == byte {
            // A body has the first of these too, and all prose has blanks between words: they tell nothing.
            let tells_nothing = matches!(byte, b'+' | b'/' | b'=') || (in_words && byte == b' ');
            if byte.is_ascii_alphanumeric() {
                same_from = same_from.or(Some(at));
            } else if !tells_nothing {
                field_from = None;
                same_from = None;
                in_words = false;
            }
            rest = &rest[1..];
            at += 1;
        } else {
            return (upto(seen), None);
        }
    }
}

/// The length of a number, a time or an id at the front, with the blanks that pad it: letters and digits, points and
/// hyphens, a digit among them.
fn number(text: &[u8]) -> Option<usize> {
    let blanks = text.iter().take_while(|&&byte| byte == b' ').count();
    let run = text[blanks..].iter().take_while(|byte| is_of_number(byte)).count();
    let has_digit = text[blanks..blanks + run].iter().any(u8::is_ascii_digit);
    (has_digit && ((blanks + run) as u64) < NUMBER).then_some(blanks + run)
}

fn is_of_number(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
}

/// The length of a word of letters at the front: a name of a day, a level, `true` or `null`.
fn word(text: &[u8]) -> Option<usize> {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let goes_on = text.get(letters).is_some_and(u8::is_ascii_alphanumeric);
    ((1..=WORD).contains(&letters) && !goes_on).then_some(letters)
}

/// The length of the guard's marker at the front: `[redacted:RULE]`.
fn marker(text: &[u8]) -> Option<usize> {
    const WORDS: [&[u8]; 3] = [b"[redacted:", b"[withheld:", b"[blocked:"];
    let word = WORDS.into_iter().find(|word| text.starts_with(word))?.len();
    let is_of_id = |byte: &&u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || **byte == b'-';
    let end = word + text[word..].iter().take_while(is_of_id).count();
    (end > word && text.get(end) == Some(&b']')).then_some(end + 1)
}

/// How many asterisks stand at the front, where they mask something.
fn stars(text: &[u8]) -> Option<usize> {
    let stars = text.iter().take_while(|byte| **byte == b'*').count();
    (stars >= STARS).then_some(stars)
}

/// The length of what may differ from line to line at the front.
fn field(text: &[u8]) -> Option<usize> {
    // What follows a word directly may be a part of it.
    number(text).or_else(|| word(text).filter(|length| *length < text.len()))
}

/// The length of what may stand there instead at `at`, behind blanks that pad it, and how many bytes tell; 0 where
/// there is nothing of the kind. `None` where that can't be told yet.
fn field_at<T: Text + ?Sized>(text: &T, at: u64, ended: bool) -> Option<(u64, u64)> {
    let text = text.slice(at, at + NUMBER);
    let blanks = text.iter().take_while(|&&byte| byte == b' ').count();
    let run = text[blanks..].iter().position(|byte| !is_of_number(byte));
    let goes_on = run.is_none() && (text.len() as u64) < NUMBER;
    if goes_on && !ended {
        return None;
    }
    // That it doesn't is told by the end, behind all there is.
    let looked = run.map_or(text.len() + usize::from(goes_on), |run| blanks + run + 1);
    let field = number(text).or_else(|| word(&text[blanks..]).map(|letters| blanks + letters));
    Some((field.map_or(0, |length| length as u64), looked as u64))
}

#[cfg(test)]
mod tests {
    use super::{Alike, Close, alike};

    fn length(model: &[u8], line: &[u8]) -> u64 {
        let range = 0..line.len() as u64;
        match alike(model, line, range, true, |byte| byte == b'\n', |_, _| (Close::No, 1)).0 {
            Alike::Upto { end, .. } => end,
            Alike::Open | Alike::Close { .. } => unreachable!("nothing more comes, and there is no close"),
        }
    }

    #[test]
    fn a_column_may_be_blank() {
        let model = "\u{2502} 25 \u{2502} ".as_bytes();
        assert_eq!(length(model, "\u{2502}    \u{2502} MII".as_bytes()), 11);
        assert_eq!(length(model, "\u{2502}   \u{2502} MII".as_bytes()), 3);
    }

    /// What a guard has taken out of a number leaves it one.
    #[test]
    fn what_was_taken_out_of_a_number_is_a_part_of_it() {
        for model in [
            "Tq0ub4dA1r: ",
            "Tq0[redacted:key]A1r: ",
            "Tq0[redacted:key]: ",
            "[redacted:key]A1r: ",
            "Tq0******: ",
            "[withheld:a-1]: ",
        ] {
            assert_eq!(length(model.as_bytes(), b"b4: MII"), 4, "{model}");
        }
        // What differs in more than that does.
        assert_eq!(length(b"Tq0[redacted:key] ; ", b"b4: MII"), 0);
        // The same marker is on each line, and so is one of another kind.
        assert_eq!(length(b"x=[redacted:key] ", b"x=[redacted:token] MII"), 19);
        // What a tool masks by itself is the same on each line.
        assert_eq!(length(b"x=*** ", b"x=*** MII"), 6);
        assert_eq!(length(b"* ", b"MII "), 0);
        assert_eq!(length(b"*** ", b"MII1 "), 0);
    }

    #[test]
    fn what_a_quote_opens_counts_where_nothing_is_like_the_front() {
        assert_eq!(length(br#"{"content": "web_1  | "#, b"web_1  | MII"), 9);
        assert_eq!(length(b"echo '[pod/a] ", b"[pod/b] MII"), 8);
        // A whole record on each line is like the whole.
        assert_eq!(length(br#"{"id":1,"log":""#, br#"{"id":22,"log":"MII"#), 16);
        assert_eq!(length(br#"{"content": "web_1  | "#, b"MIIabc"), 0);
    }
}
