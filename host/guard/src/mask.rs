//! Mask cells: as many as the bytes taken out would have filled on a terminal.

use unicode_width::UnicodeWidthChar;

/// Counts the cells of text that comes byte by byte, so that a character cut between two chunks is one character.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Masker {
    partial: [u8; 4],
    held: usize,
}

impl Masker {
    /// Appends what stands for the bytes: `*` for each cell; line ends and tabs stay, since they place what follows.
    pub(crate) fn mask(&mut self, bytes: &[u8], into: &mut Vec<u8>) {
        for byte in bytes {
            self.byte(*byte, into);
        }
    }

    /// A character that never got its last byte shows as one cell.
    pub(crate) fn finish(&mut self, into: &mut Vec<u8>) {
        if self.held > 0 {
            into.push(b'*');
        }
        self.held = 0;
    }

    fn byte(&mut self, byte: u8, into: &mut Vec<u8>) {
        if byte & 0xC0 == 0x80 && self.held > 0 && self.held < 4 {
            self.partial[self.held] = byte;
            self.held += 1;
            if let Ok(text) = std::str::from_utf8(&self.partial[..self.held]) {
                let cells = text.chars().filter_map(UnicodeWidthChar::width).sum();
                into.extend(std::iter::repeat_n(b'*', cells));
                self.held = 0;
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
        assert_eq!(masked(&["漢".as_bytes()]), "**");
        assert_eq!(masked(&[&"漢".as_bytes()[..1], &"漢".as_bytes()[1..]]), "**");
        assert_eq!(masked(&[b"\xE6\xBC", b"a"]), "**");
        assert_eq!(masked(&[b"\x80\xFFa"]), "***");
    }
}
