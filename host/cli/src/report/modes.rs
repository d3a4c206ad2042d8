//! What a program set of the terminal outside. One that the guard ends in the midst can't take it back, and a shell on
//! another screen, without a cursor, is of no use.

use std::collections::BTreeSet;

/// The longest control sequence that sets any of it, in bytes.
const LONGEST: usize = 64;

/// The modes of a terminal that are set by what was shown.
#[derive(Debug, Default)]
pub(super) struct TerminalModes {
    set: BTreeSet<Mode>,
    /// The front of a control sequence.
    sequence: Vec<u8>,
}

/// What is taken back, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    /// A private mode (DECSET) that is off unless a program sets it: mouse reports, keys of applications, pasted text
    /// in brackets, reports of the focus.
    On(u16),
    /// One that is on unless a program resets it: the cursor, and the wrap of lines.
    Off(u16),
    /// The keypad's keys are an application's.
    Keypad,
    /// Keys are reported with what is held down beside them (xterm's `modifyOtherKeys`, and kitty's protocol).
    Modifiers,
    Protocol,
    /// Only some rows scroll.
    Margins,
    /// The cursor's shape.
    Shape,
    /// Another screen. It comes last: kitty's protocol is a screen's own.
    Screen(u16),
}

impl Mode {
    fn private(number: u16, set: bool) -> Option<(Self, bool)> {
        match number {
            7 | 25 => Some((Self::Off(number), !set)),
            47 | 1047 | 1049 => Some((Self::Screen(number), set)),
            1 | 5 | 6 | 9 | 66 | 1000..=1006 | 1015 | 1016 | 2004 | 2026 | 2031 | 2048 => Some((Self::On(number), set)),
            _ => None,
        }
    }

    fn undo(self) -> String {
        match self {
            Self::On(number) | Self::Screen(number) => format!("\x1b[?{number}l"),
            Self::Off(number) => format!("\x1b[?{number}h"),
            Self::Keypad => "\x1b>".to_owned(),
            Self::Modifiers => "\x1b[>4m".to_owned(),
            Self::Protocol => "\x1b[<u".to_owned(),
            // The cursor goes home with the margins.
            Self::Margins => "\x1b7\x1b[r\x1b8".to_owned(),
            Self::Shape => "\x1b[0 q".to_owned(),
        }
    }
}

impl TerminalModes {
    /// Takes notice of what was shown. A crate that parses sequences would look at each byte; nearly all belong to
    /// none.
    pub(super) fn shown(&mut self, mut text: &[u8]) {
        loop {
            if self.sequence.is_empty() {
                let Some(begin) = text.iter().position(|byte| *byte == 0x1B) else {
                    return;
                };
                self.sequence.push(0x1B);
                text = &text[begin + 1..];
            }
            let Some((byte, rest)) = text.split_first() else { return };
            if *byte == 0x1B {
                self.sequence.clear();
                continue;
            }
            text = rest;
            self.sequence.push(*byte);
            let ends = match self.sequence[1] {
                b'[' => self.sequence.len() > 2 && !(0x20..0x40).contains(byte),
                _ => !(0x20..0x30).contains(byte),
            };
            if ends || self.sequence.len() > LONGEST {
                let sequence = std::mem::take(&mut self.sequence);
                self.sequence_ends(&sequence);
            }
        }
    }

    /// Whether anything is.
    pub(super) fn are_set(&self) -> bool {
        !self.set.is_empty()
    }

    /// What takes back all that is set; nothing where nothing is.
    pub(super) fn undo(&mut self) -> String {
        self.sequence.clear();
        let set = std::mem::take(&mut self.set);
        let mut undo: String = set.iter().map(|mode| mode.undo()).collect();
        if !undo.is_empty() {
            undo.push_str("\x1b[m");
        }
        undo
    }

    fn sequence_ends(&mut self, sequence: &[u8]) {
        let [_, b'[', parameters @ .., last] = sequence else {
            match sequence {
                b"\x1b=" => self.put(Mode::Keypad, true),
                b"\x1b>" => self.put(Mode::Keypad, false),
                b"\x1bc" => self.set.clear(),
                _ => {}
            }
            return;
        };
        match (parameters, last) {
            ([b'?', numbers @ ..], b'h' | b'l') => {
                let numbers = numbers.split(|byte| *byte == b';').filter_map(number);
                for (mode, set) in numbers.filter_map(|number| Mode::private(number, *last == b'h')) {
                    self.put(mode, set);
                }
            }
            ([b'>', b'4', rest @ ..], b'm') => self.put(Mode::Modifiers, !matches!(rest, [] | b";0")),
            ([b'>', ..], b'u') => self.put(Mode::Protocol, true),
            ([b'<', ..], b'u') => self.put(Mode::Protocol, false),
            ([b'0'..=b'9' | b';', ..] | [], b'r') => self.put(Mode::Margins, !parameters.is_empty()),
            ([shape @ .., b' '], b'q') => self.put(Mode::Shape, !matches!(shape, [] | b"0")),
            _ => {}
        }
    }

    fn put(&mut self, mode: Mode, set: bool) {
        if set {
            self.set.insert(mode);
        } else {
            self.set.remove(&mode);
        }
    }
}

fn number(digits: &[u8]) -> Option<u16> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::TerminalModes;

    fn undo(shown: &str) -> String {
        let mut modes = TerminalModes::default();
        // However it comes in pieces.
        shown.as_bytes().chunks(3).for_each(|piece| modes.shown(piece));
        modes.undo()
    }

    #[test]
    fn what_a_program_set_is_taken_back_and_nothing_else() {
        let editor = "\x1b[?1049h\x1b[22;0;0t\x1b[>4;2m\x1b[?1h\x1b=\x1b[?2004h\x1b[1;24r\x1b[?12h\x1b[?1006;1000h\x1b[2 q\x1b[?25l";
        assert_eq!(
            undo(editor),
            "\x1b[?1l\x1b[?1000l\x1b[?1006l\x1b[?2004l\x1b[?25h\x1b>\x1b[>4m\x1b7\x1b[r\x1b8\x1b[0 q\x1b[?1049l\x1b[m"
        );
        let left = "\x1b[?1l\x1b>\x1b[?2004l\x1b[r\x1b[?1000;1006l\x1b[>4m\x1b[0 q\x1b[?1049l\x1b[?25h";
        assert_eq!(undo(&format!("{editor}some text{left}")), "");
        assert_eq!(undo("plain \x1b[31mred\x1b[m \x1b]0;title\x07 text \x1b[6n"), "");
        assert_eq!(undo("\x1b[?25l\x1bc"), "");
        assert_eq!(undo("\x1b[?1049\x1b[?25l"), "\x1b[?25h\x1b[m");
    }
}
