//! Control sequences of terminals: where each begins and ends (ECMA-48, and what terminals make of it).

/// How far into a control sequence the stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum State {
    /// In none.
    #[default]
    Ground,
    /// Behind ESC.
    Escape,
    /// Behind ESC and intermediate bytes: any other ends the sequence, also one that would begin another behind ESC
    /// alone.
    Intermediate,
    /// Behind `ESC [`.
    Csi,
    /// In a string (title, link, clipboard, image); one of `]`, `P`, `X`, `^` and `_` opened it.
    Text(u8),
    /// Behind ESC in a string.
    TextEscape(u8),
}

/// What a byte is to the sequence that the stream is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It belongs to the sequence, which goes on.
    Inside,
    /// It is carried by a string.
    Payload,
    /// The sequence ends with it.
    Last,
    /// It is a control byte that acts at once, and the sequence goes on.
    Acts,
    /// The sequence was broken off before it, and it begins anew.
    Anew,
    /// The sequence was broken off before it, and it is text or a control byte.
    Broken,
}

impl State {
    /// Takes in the byte after those that led here.
    pub(super) fn take(&mut self, byte: u8) -> Told {
        match (*self, byte) {
            (Self::Ground, _) => Told::Broken,
            (Self::Text(b']'), 0x07) | (Self::TextEscape(_), b'\\') => {
                *self = Self::Ground;
                Told::Last
            }
            // CAN and SUB break off whatever there is.
            (Self::Escape | Self::Intermediate | Self::Csi | Self::Text(_) | Self::TextEscape(_), 0x18 | 0x1A) => {
                *self = Self::Ground;
                Told::Last
            }
            (Self::Text(kind), 0x1B) => {
                *self = Self::TextEscape(kind);
                Told::Inside
            }
            (Self::Text(_), _) => Told::Payload,
            (Self::TextEscape(_), _) => {
                // The string ended with ESC, and a new sequence began there.
                *self = Self::Escape;
                self.take(byte)
            }
            (Self::Escape | Self::Intermediate | Self::Csi, 0x1B) => {
                *self = Self::Escape;
                Told::Anew
            }
            (Self::Escape | Self::Intermediate | Self::Csi, 0x00..0x20) => Told::Acts,
            (Self::Escape | Self::Intermediate | Self::Csi, 0x7F) => Told::Inside,
            (Self::Escape | Self::Intermediate | Self::Csi, 0x80..) => {
                *self = Self::Ground;
                Told::Broken
            }
            (Self::Escape | Self::Intermediate, 0x20..0x30) => {
                *self = Self::Intermediate;
                Told::Inside
            }
            (Self::Escape, b'[') => {
                *self = Self::Csi;
                Told::Inside
            }
            (Self::Escape, b']' | b'P' | b'X' | b'^' | b'_') => {
                *self = Self::Text(byte);
                Told::Inside
            }
            (Self::Csi, 0x20..0x40) => Told::Inside,
            (Self::Escape | Self::Intermediate, 0x30..) | (Self::Csi, 0x40..) => {
                *self = Self::Ground;
                Told::Last
            }
        }
    }
}

/// How many bytes the control sequence has that a text begins with, where all of it has come and it is no longer than
/// `most`; only for those that hold nothing but parameters between their introducer and their last byte. The last
/// thing told is the state before the last byte.
#[inline]
pub(super) fn whole_len(text: &[u8], most: usize) -> Option<(usize, State)> {
    let text = &text[..text.len().min(most)];
    match text {
        [0x1B, b'[', rest @ ..] => {
            let middle = parameters(rest)?;
            (0x40..0x7F).contains(&rest[middle]).then_some((middle + 3, State::Csi))
        }
        [0x1B, rest @ ..] => {
            let middle = rest.iter().position(|byte| !(0x20..0x30).contains(byte))?;
            let (before, ends) = match rest[middle] {
                last if middle > 0 => (State::Intermediate, (0x30..0x7F).contains(&last)),
                b'[' | b']' | b'P' | b'X' | b'^' | b'_' => (State::Escape, false),
                last => (State::Escape, (0x30..0x7F).contains(&last)),
            };
            ends.then_some((middle + 2, before))
        }
        _ => None,
    }
}

/// How many of the leading bytes are parameters or stand between them; `None` where all are.
#[inline]
fn parameters(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    // Eight at a time, since the length of no sequence foretells that of the next.
    while let Some(word) = text[at..].first_chunk() {
        let other = (u64::from_le_bytes(*word) ^ u64::from_le_bytes([0x20; 8])) & u64::from_le_bytes([0xE0; 8]);
        if other != 0 {
            return Some(at + other.trailing_zeros() as usize / 8);
        }
        at += word.len();
    }
    let rest = text[at..].iter().position(|byte| byte & 0xE0 != 0x20)?;
    Some(at + rest)
}

/// What a whole control does to the line that is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing that a reader of the line sees: colours, modes, keypads.
    None,
    /// The cursor goes so many cells back.
    Back(u32),
    /// The cursor goes so many cells on.
    Forward(u32),
    /// The cursor goes to this column, from 0.
    Column(u32),
    /// Erases to the line's end, to its beginning, or all of it.
    Erase(Part),
    /// Erases so many cells from the cursor on.
    EraseCells(u32),
    /// Takes out so many cells at the cursor.
    Delete(u32),
    /// Puts in so many blanks at the cursor.
    Insert(u32),
    /// It moves freely over the screen, or changes more of it than the line.
    Screen,
}

/// What part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Rest,
    Beginning,
    All,
}

/// The effect of a whole escape sequence.
pub(super) fn effect(sequence: &[u8]) -> Effect {
    match sequence {
        [0x1B, b'[', middle @ .., last] => csi(middle, *last),
        // Index, next line, reverse index, restore cursor, reset.
        [0x1B, b'D' | b'E' | b'M' | b'8' | b'c'] => Effect::Screen,
        [0x1B, b'#', _] => Effect::Screen,
        _ => Effect::None,
    }
}

fn csi(middle: &[u8], last: u8) -> Effect {
    let number = |least: u32| {
        let digits = middle.iter().take(5).take_while(|byte| byte.is_ascii_digit());
        let number = digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        number.max(least)
    };
    let private = middle.first().is_some_and(|byte| matches!(byte, b'<'..=b'?'));
    match last {
        b'h' | b'l' if private => {
            let modes = middle[1..].split(|byte| *byte == b';');
            let screen = modes
                .into_iter()
                .any(|mode| matches!(mode, b"47" | b"1047" | b"1049" | b"3"));
            if screen { Effect::Screen } else { Effect::None }
        }
        b'K' => Effect::Erase(match number(0) {
            0 => Part::Rest,
            1 => Part::Beginning,
            _ => Part::All,
        }),
        // What lies below the line is not known to it, so erasing all below is erasing the line's rest.
        b'J' if !private && number(0) == 0 => Effect::Erase(Part::Rest),
        _ if private => Effect::None,
        b'C' | b'a' => Effect::Forward(number(1)),
        b'D' => Effect::Back(number(1)),
        b'G' | b'`' => Effect::Column(number(1) - 1),
        b'X' => Effect::EraseCells(number(1)),
        b'P' => Effect::Delete(number(1)),
        b'@' => Effect::Insert(number(1)),
        b'A' | b'B' | b'E' | b'F' | b'H' | b'I' | b'J' | b'L' | b'M' | b'S' | b'T' | b'Z' | b'b' | b'd' | b'e'
        | b'f' | b'r' | b'u' => Effect::Screen,
        _ => Effect::None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Effect, Part, State, Told, effect, parameters, whole_len};

    fn told(text: &[u8]) -> Vec<Told> {
        let mut state = State::Escape;
        text.iter().map(|byte| state.take(*byte)).collect()
    }

    #[test]
    fn sequences_end_where_terminals_end_them() {
        use Told::{Acts, Anew, Broken, Inside, Last, Payload};
        assert_eq!(told(b"[1;3m"), [Inside, Inside, Inside, Inside, Last]);
        assert_eq!(told(b"]0;a\x07"), [Inside, Payload, Payload, Payload, Last]);
        assert_eq!(told(b"]a\x1b\\"), [Inside, Payload, Inside, Last]);
        assert_eq!(told(b"Pa\x07\x1b\\"), [Inside, Payload, Payload, Inside, Last]);
        assert_eq!(told(b"]a\x1b[m"), [Inside, Payload, Inside, Inside, Last]);
        assert_eq!(told(b"[1\n2\x1b[m"), [Inside, Inside, Acts, Inside, Anew, Inside, Last]);
        assert_eq!(told(b"(Bx"), [Inside, Last, Broken]);
        assert_eq!(told(b"&[Vx"), [Inside, Last, Broken, Broken]);
        assert_eq!(told(b" ]0;"), [Inside, Last, Broken, Broken]);
        assert_eq!(told(b"[\xc3"), [Inside, Broken]);
    }

    #[test]
    fn whole_sequences_are_read_as_byte_by_byte() {
        let mut whole = 0;
        for first in 0_u8..=255 {
            for second in 0_u8..=255 {
                for tail in [&b""[..], b"m", b"1;2m", b"\x07"] {
                    let text = [&[0x1B, first, second], tail].concat();
                    let Some((len, before)) = whole_len(&text, 64) else {
                        continue;
                    };
                    let mut state = State::Escape;
                    assert!(text[1..len - 1].iter().all(|byte| state.take(*byte) == Told::Inside));
                    assert_eq!((state, state.take(text[len - 1])), (before, Told::Last));
                    assert_eq!(state, State::Ground);
                    assert_eq!(
                        (whole_len(&text, len), whole_len(&text, len - 1)),
                        (Some((len, before)), None)
                    );
                    whole += 1;
                }
            }
        }
        for length in 0..30 {
            let text = [&b"1;".repeat(15)[..length], b"m"].concat();
            assert_eq!((parameters(&text), parameters(&text[..length])), (Some(length), None));
        }
        assert!(whole > 50_000);
        assert_eq!(whole_len(b"\x1b]0;m", 64), None);
        assert_eq!(whole_len(b"\x1b[38;2;1;2;3mtext", 64), Some((13, State::Csi)));
        assert_eq!(whole_len(b"\x1b(B", 64), Some((3, State::Intermediate)));
    }

    #[test]
    fn effects_are_told_apart() {
        assert_eq!(effect(b"\x1b[31m"), Effect::None);
        assert_eq!(effect(b"\x1b[3D"), Effect::Back(3));
        assert_eq!(effect(b"\x1b[G"), Effect::Column(0));
        assert_eq!(effect(b"\x1b[K"), Effect::Erase(Part::Rest));
        assert_eq!(effect(b"\x1b[J"), Effect::Erase(Part::Rest));
        assert_eq!(effect(b"\x1b[2J"), Effect::Screen);
        assert_eq!(effect(b"\x1b[?25l"), Effect::None);
        assert_eq!(effect(b"\x1b[?1;1049h"), Effect::Screen);
        assert_eq!(effect(b"\x1b[5;7H"), Effect::Screen);
        assert_eq!(effect(b"\x1b7"), Effect::None);
    }
}
