//! Text with escapes taken off: percent signs, backslashes, HTML entities, strings put together from parts, and zero
//! bytes, which terminals read over.

mod parts;

use self::parts::{are_words, parts};
use super::Reading;
use super::hex::digit;
use super::searched::Weak;

/// The letters that, behind a backslash, stand for a byte that ends a line or is a blank, and may as well begin a
/// word.
pub(crate) const LETTERS: [u8; 3] = *b"nrt";
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
pub(super) enum Sign {
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
                    if let [b'\\', letter] = whole[..length]
                        && LETTERS.contains(&letter)
                    {
                        reading.view.letter(letter);
                    }
                    let mut bytes = [0; 4];
                    self.tell(reading, at, whole);
                    reading.put(written(text[0], c, &mut bytes), at, at + length as u64, self.told);
                }
                reading.view.joint();
                if are_words(&whole[..length]) {
                    reading.view.word();
                }
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

/// The bytes of the character that an escape stands for which begins so.
pub(super) fn written(first: u8, c: char, bytes: &mut [u8; 4]) -> &[u8] {
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

/// What stands at the beginning of a text that isn't empty.
pub(super) fn sign(text: &[u8]) -> Sign {
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

#[cfg(test)]
mod tests {
    use super::{Sign, sign};

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
        assert_eq!((read("\"x"), read("'' ")), (Sign::Plain, Sign::Escape(2, None)));
    }
}
