//! Mask cells: as many as the bytes taken out would have filled on a terminal.
//!
//! A wide character has a wide mask, U+FF0A: one of two cells that doesn't fit into the last column stands on the
//! next line as a whole, and so must what stands for it.

use unicode_width::UnicodeWidthChar;

use crate::projection::is_unseen;

/// Counts the cells of text that comes byte by byte, so that a character cut between two chunks is one character.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Masker {
    partial: [u8; 4],
    held: usize,
    /// How many of the bytes held are out in clear, since a mark came in the midst of a character.
    out: usize,
}

impl Masker {
    /// Appends what stands for the bytes: `*` for each cell, `＊` for two of one character; line ends and tabs stay,
    /// since they place what follows.
    pub(crate) fn mask(&mut self, bytes: &[u8], into: &mut Vec<u8>) {
        for byte in bytes {
            self.byte(*byte, into);
        }
    }

    /// What is masked next follows on these bytes, which are out in clear and may end within a character.
    pub(crate) fn follow(&mut self, clear: &[u8]) {
        let ends = |length: usize| {
            let from = clear.len().checked_sub(length)?;
            let error = std::str::from_utf8(&clear[from..]).err()?;
            (error.valid_up_to() == 0 && error.error_len().is_none()).then_some(from)
        };
        if self.held == 0
            && let Some(from) = (1..4).find_map(ends)
        {
            self.held = clear.len() - from;
            self.out = self.held;
            self.partial[..self.held].copy_from_slice(&clear[from..]);
        }
    }

    /// A character that never got its last byte shows as one cell.
    pub(crate) fn finish(&mut self, into: &mut Vec<u8>) {
        if self.held > 0 && self.out == 0 {
            into.push(b'*');
        }
        self.held = 0;
        self.out = 0;
    }

    fn byte(&mut self, byte: u8, into: &mut Vec<u8>) {
        if byte & 0xC0 == 0x80 && self.held > 0 && self.held < 4 {
            self.partial[self.held] = byte;
            self.held += 1;
            if let Ok(text) = std::str::from_utf8(&self.partial[..self.held]) {
                let cells: usize = text.chars().filter_map(UnicodeWidthChar::width).sum();
                if self.out == 0 && cells == 2 {
                    into.extend_from_slice("＊".as_bytes());
                } else if self.out == 0 {
                    into.extend(std::iter::repeat_n(b'*', cells));
                } else if is_unseen(&self.partial[..self.held]) {
                    // It belongs to no secret, and would get a cell if it were left as half a character.
                    into.extend(&self.partial[self.out..self.held]);
                } else {
                    // A terminal shows one cell for the half that is out.
                    into.extend(std::iter::repeat_n(b'*', cells.saturating_sub(1)));
                }
                self.held = 0;
                self.out = 0;
            }
            return;
        }
        self.finish(into);
        match byte {
            // Controls have no cell, and may place what follows.
            0..0x20 | 0x7F => into.push(byte),
            0x20..0x7F | 0x80..0xC2 | 0xF5.. => into.push(b'*'),
            0xC2..0xF5 => {
                self.partial[0] = byte;
                self.held = 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Masker;

    fn masked(chunks: &[&[u8]]) -> String {
        let mut out = Vec::new();
        let mut masker = Masker::default();
        for chunk in chunks {
            masker.mask(chunk, &mut out);
        }
        masker.finish(&mut out);
        String::from_utf8(out).expect("masks are ASCII")
    }

    #[test]
    fn a_cell_for_a_cell() {
        assert_eq!(masked(&[b"abc\r\n"]), "***\r\n");
        assert_eq!(masked(&["é".as_bytes()]), "*");
        assert_eq!(masked(&["漢".as_bytes()]), "＊");
        assert_eq!(masked(&[&"漢".as_bytes()[..1], &"漢".as_bytes()[1..]]), "＊");
        assert_eq!(masked(&[b"\xE6\xBC", b"a"]), "**");
        assert_eq!(masked(&[b"\x80\xFFa"]), "***");
    }

    #[test]
    fn half_a_character_that_is_out_has_a_cell() {
        let follow = |clear: &[u8], rest: &[u8]| {
            let mut out = Vec::new();
            let mut masker = Masker::default();
            masker.follow(clear);
            masker.mask(rest, &mut out);
            masker.finish(&mut out);
            out
        };
        assert_eq!(follow(b"a", b"b"), b"*");
        assert_eq!(follow(b"a\xC3", b"\xA9b"), b"*");
        assert_eq!(follow(b"a\xE6\xBC", b"\xA2b"), b"**");
        assert_eq!(follow(b"a\xE2\x81", b"\xA6b"), b"\xA6*");
        assert_eq!(follow(b"a\xE2", b"b"), b"*");
        assert_eq!(follow("aé".as_bytes(), b"b"), b"*");
    }
}
