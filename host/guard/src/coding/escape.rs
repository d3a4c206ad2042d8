//! Text with escapes taken off: percent signs, backslashes, HTML entities, strings put together from parts, and zero
//! bytes, which terminals read over.

use super::hex::digit;
use super::searched::{Weak, is_searched, leads_slash, may_be_searched};
use super::{DEPTH, Reading};
use crate::set::ByteSet;

/// The most bytes that one escape has.
pub(super) const LONGEST: usize = 24;

/// Each escape is read as a whole, so little is kept.
#[derive(Default)]
pub(super) struct Escape {
    /// When it was told last whether a byte begins an escape. It and what follows it may have come before that, and
    /// were not known to be text by then.
    told: u64,
}

/// What stands at the beginning of a text.
#[derive(Debug, PartialEq, Eq)]
enum Sign {
    /// An escape of so many bytes, and what it stands for; nothing where parts of a string meet.
    Escape(usize, Option<char>),
    /// The byte as it is.
    Plain,
    /// So many backslashes as they are.
    Run(usize),
    /// More has to come.
    Unfinished,
}

impl Escape {
    pub(super) fn step(&mut self, reading: &mut Reading<'_>, at: u64, until: u64) -> u64 {
        let text = reading.parent.text.slice(at, reading.parent.text.end().min(until));
        let plain = text.iter().position(|byte| introduces(*byte)).unwrap_or(text.len());
        if plain > 0 {
            reading.view.undecided = None;
            reading.view.extend(reading.parent, at, at + plain as u64, self.told);
            return plain as u64;
        }
        if text.is_empty() {
            return 0;
        }
        let whole = reading.parent.text.slice(at, at + LONGEST as u64);
        let sign = match sign(whole) {
            Sign::Unfinished if reading.ended || whole.len() == LONGEST => Sign::Plain,
            sign @ (Sign::Unfinished | Sign::Plain | Sign::Run(_) | Sign::Escape(..)) => sign,
        };
        match sign {
            Sign::Unfinished => {
                reading.view.undecided = Some(reading.raw(at));
                reading.view.parting = matches!(text[0], b'"' | b'\'');
                0
            }
            Sign::Plain | Sign::Run(_) => {
                let length = if let Sign::Run(length) = sign { length as u64 } else { 1 };
                reading.view.undecided = None;
                self.tell(reading, at, whole);
                reading.view.extend(reading.parent, at, at + length, self.told);
                length
            }
            Sign::Escape(length, stands_for) => {
                reading.view.undecided = None;
                reading.view.joint();
                let weak = Weak::of(&whole[..length], stands_for);
                if let Some(weak @ (Weak::Byte | Weak::Slash)) = weak {
                    reading.view.weak(weak);
                }
                if let Some(c) = stands_for {
                    if let [b'\\', letter @ (b'n' | b'r' | b't')] = whole[..length] {
                        reading.view.letter(letter);
                    }
                    let mut bytes = [0; 4];
                    self.tell(reading, at, whole);
                    reading.put(written(text[0], c, &mut bytes), at, at + length as u64, self.told);
                }
                reading.view.joint();
                if reading.parent.has_line(at + 1..at + length as u64) {
                    reading.view.line(reading.view.text.end());
                }
                if let Some(weak @ Weak::Nothing) = weak {
                    reading.view.weak(weak);
                }
                length as u64
            }
        }
    }
}

impl Escape {
    /// Takes in when it was told what the text at `at` begins with.
    fn tell(&mut self, reading: &Reading<'_>, at: u64, text: &[u8]) {
        let told = looked(text).map(|looked| reading.when(at + looked as u64 - 1));
        self.told = self.told.max(told.unwrap_or_else(|| reading.over()));
    }
}

/// Whether an escape may begin with this byte.
#[inline]
pub(crate) fn introduces(byte: u8) -> bool {
    /// Each byte of a reading is asked about.
    const INTRODUCERS: [bool; 256] = {
        let mut introducers = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            introducers[byte] = matches!(byte as u8, b'%' | b'\\' | b'&' | b'"' | b'\'') || is_unseen(byte as u8);
            byte += 1;
        }
        introducers
    };
    INTRODUCERS[usize::from(byte)]
}

/// Whether a terminal reads over it.
const fn is_unseen(byte: u8) -> bool {
    byte == 0
}

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
    if depth == 0 || !text[1..].iter().any(|byte| introduces(*byte)) {
        return Opens::No;
    }
    let decoded = decoded(text);
    if decoded == text || decoded.is_empty() {
        return Opens::No;
    }
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
    let decoded = decoded(text);
    if decoded.is_empty() {
        return cut;
    }
    match sign(&decoded) {
        // Behind parts that meet, others may have met in which nothing stands.
        Sign::Plain | Sign::Run(_) if fits.has(decoded[0]) => Opens::Yes,
        Sign::Plain | Sign::Run(_) => Opens::No,
        Sign::Escape(length, stands_for) => goes_on(&decoded, (length, stands_for), fits, cut, depth - 1),
        Sign::Unfinished => cut,
    }
}

/// The text with its escapes taken off, as far as each is whole.
fn decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.first() {
        match sign(rest) {
            Sign::Unfinished => break,
            Sign::Plain => {
                decoded.push(*first);
                rest = &rest[1..];
            }
            Sign::Run(length) => {
                decoded.extend_from_slice(&rest[..length]);
                rest = &rest[length..];
            }
            Sign::Escape(length, stands_for) => {
                let mut bytes = [0; 4];
                decoded.extend(stands_for.map_or(&[][..], |c| written(*first, c, &mut bytes)));
                rest = &rest[length..];
            }
        }
    }
    decoded
}

/// The bytes of the character that an escape stands for which begins so.
fn written(first: u8, c: char, bytes: &mut [u8; 4]) -> &[u8] {
    match u8::try_from(u32::from(c)) {
        // A percent sign stands for a byte, and bytes above 127 are seldom text of a secret.
        Ok(byte) if first == b'%' => {
            bytes[0] = byte;
            &bytes[..1]
        }
        Ok(_) | Err(_) => c.encode_utf8(bytes).as_bytes(),
    }
}

/// How many bytes of a text tell what it begins with; nothing where only its end does.
fn looked(text: &[u8]) -> Option<usize> {
    let told = (1..=text.len()).find(|length| sign(&text[..*length]) != Sign::Unfinished);
    told.or((text.len() == LONGEST).then_some(LONGEST))
}

/// How many bytes the escape at the beginning has, and whether it stands for any; a byte that stands for itself is one.
pub(super) fn length(text: &[u8]) -> (u64, bool) {
    match sign(text) {
        Sign::Escape(length, stands_for) => (length as u64, stands_for.is_some()),
        Sign::Plain | Sign::Run(_) | Sign::Unfinished => (1, true),
    }
}

fn sign(text: &[u8]) -> Sign {
    match text[0] {
        b'%' => hex(&text[1..], 2).map_or_else(|| unless_cut(text, 3), |c| Sign::Escape(3, Some(c))),
        b'\\' => backslash(text),
        b'&' => entity(text),
        b'"' | b'\'' => parts(text),
        byte if is_unseen(byte) => Sign::Escape(1, None),
        _ => Sign::Plain,
    }
}

/// The byte stands for itself, unless what would make it an escape has not come.
fn unless_cut(text: &[u8], wanted: usize) -> Sign {
    let begun = text.len() < wanted && text[1..].iter().all(u8::is_ascii_hexdigit);
    if begun { Sign::Unfinished } else { Sign::Plain }
}

/// The character of so many hexadecimal digits.
fn hex(text: &[u8], digits: usize) -> Option<char> {
    let mut code = 0;
    for byte in text.get(..digits)? {
        code = code << 4 | u32::from(digit(*byte)?);
    }
    char::from_u32(code)
}

fn backslash(text: &[u8]) -> Sign {
    let run = text.iter().take_while(|byte| **byte == b'\\').count();
    match text.get(run) {
        None if run < LONGEST => return Sign::Unfinished,
        // An escape of another kind may stand for one more of them. Whether that one was written before the others
        // were doubled or after isn't known: as many are left as make an escape of what follows once or twice more
        // are taken off, in either case.
        Some(b'%' | b'&') if run % 4 == 3 => return Sign::Escape(2, Some('\\')),
        Some(b'%' | b'&') => return Sign::Run(run),
        Some(_) | None => {}
    }
    match text.get(1) {
        None => Sign::Unfinished,
        Some(b'u') if text.get(2) == Some(&b'{') => {
            let length = text[3..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
            match text.get(3 + length) {
                None => Sign::Unfinished,
                Some(b'}') if (1..7).contains(&length) => {
                    hex(&text[3..], length).map_or(Sign::Plain, |c| Sign::Escape(length + 4, Some(c)))
                }
                Some(_) => Sign::Plain,
            }
        }
        Some(b'u') => hex(&text[2..], 4).map_or_else(|| cut_digits(text, 6), |c| Sign::Escape(6, Some(c))),
        Some(b'x') => hex(&text[2..], 2).map_or_else(|| cut_digits(text, 4), |c| Sign::Escape(4, Some(c))),
        Some(b'n') => Sign::Escape(2, Some('\n')),
        Some(b'r') => Sign::Escape(2, Some('\r')),
        Some(b't') => Sign::Escape(2, Some('\t')),
        Some(b'\n') => Sign::Escape(2, None),
        Some(b'\r') => match text.get(2) {
            None => Sign::Unfinished,
            Some(b'\n') => Sign::Escape(3, None),
            Some(_) => Sign::Plain,
        },
        Some(b'0'..=b'3') => match (text.get(2), text.get(3)) {
            (Some(b'0'..=b'7'), Some(b'0'..=b'7')) => {
                let code = text[1..4]
                    .iter()
                    .fold(0, |code, byte| code * 8 + u32::from(byte - b'0'));
                Sign::Escape(4, char::from_u32(code))
            }
            (None, _) | (Some(b'0'..=b'7'), None) => Sign::Unfinished,
            (Some(_), _) => Sign::Plain,
        },
        Some(byte) if byte.is_ascii_graphic() && !byte.is_ascii_alphanumeric() => {
            Sign::Escape(2, Some(char::from(*byte)))
        }
        Some(_) => Sign::Plain,
    }
}

fn cut_digits(text: &[u8], wanted: usize) -> Sign {
    let begun = text.len() < wanted && text[2..].iter().all(u8::is_ascii_hexdigit);
    if begun { Sign::Unfinished } else { Sign::Plain }
}

fn entity(text: &[u8]) -> Sign {
    let Some(end) = text.iter().take(12).position(|byte| *byte == b';') else {
        let begun = text.len() < 12
            && text[1..]
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
        return if begun { Sign::Unfinished } else { Sign::Plain };
    };
    let c = match &text[1..end] {
        b"amp" => Some('&'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        [b'#', b'x' | b'X', digits @ ..] if !digits.is_empty() => hex(digits, digits.len()),
        [b'#', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            let code = digits
                .iter()
                .fold(0_u32, |code, byte| code.saturating_mul(10) + u32::from(byte - b'0'));
            char::from_u32(code)
        }
        _ => None,
    };
    c.map_or(Sign::Plain, |c| Sign::Escape(end + 1, Some(c)))
}

/// Two parts of a string that meet: `" + "`, `' . '`, `""`. Behind what stands between them, Python's second one may
/// have a letter before it: `' b'`, `" f"`.
fn parts(text: &[u8]) -> Sign {
    let mut operator = false;
    for (at, byte) in text.iter().enumerate().skip(1) {
        match byte {
            b'"' | b'\'' => return Sign::Escape(at + 1, None),
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b'+' | b'.' if !operator => operator = true,
            b'b' | b'f' | b'r' | b'u' if at > 1 => {
                return match text.get(at + 1) {
                    Some(b'"' | b'\'') => Sign::Escape(at + 2, None),
                    Some(_) => Sign::Plain,
                    None => Sign::Unfinished,
                };
            }
            _ => return Sign::Plain,
        }
    }
    Sign::Unfinished
}

#[cfg(test)]
mod tests {
    use super::{ByteSet, LONGEST, Opens, Sign, opens, sign};

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

    #[test]
    fn escapes_are_read() {
        let read = |text: &str| sign(text.as_bytes());
        assert_eq!(read("%5F"), Sign::Escape(3, Some('_')));
        assert_eq!(read("%5"), Sign::Unfinished);
        assert_eq!(read("%d "), Sign::Plain);
        assert_eq!(read("\\u005f1"), Sign::Escape(6, Some('_')));
        assert_eq!(read("\\u{5f}"), Sign::Escape(6, Some('_')));
        assert_eq!(read("\\u00"), Sign::Unfinished);
        assert_eq!(read("\\137"), Sign::Escape(4, Some('_')));
        assert_eq!(read("\\q"), Sign::Plain);
        assert_eq!(read("\\/"), Sign::Escape(2, Some('/')));
        assert_eq!(read("\\\\u"), Sign::Escape(2, Some('\\')));
        assert_eq!(read("\\\\"), Sign::Unfinished);
        assert_eq!(
            (read("\\\\&"), read("\\&"), read("\\%")),
            (Sign::Run(2), Sign::Run(1), Sign::Run(1))
        );
        assert_eq!(read("\\\\\\&"), Sign::Escape(2, Some('\\')));
        assert_eq!(
            [read("&#95;"), read("&#x5F;")],
            [5, 6].map(|length| Sign::Escape(length, Some('_')))
        );
        assert_eq!(read("&nbsp;"), Sign::Plain);
        assert_eq!(read("\" +\n  \"x"), Sign::Escape(7, None));
        assert_eq!(read("'\n      b'x"), Sign::Escape(10, None));
        assert_eq!(
            (read("\" f\"x"), read("\" f")),
            (Sign::Escape(4, None), Sign::Unfinished)
        );
        assert_eq!(
            (read("\"f\"x"), read("\" fx\""), read("\" x\"")),
            (Sign::Plain, Sign::Plain, Sign::Plain)
        );
        assert_eq!((read("\"x"), read("'' ")), (Sign::Plain, Sign::Escape(2, None)));
    }
}
