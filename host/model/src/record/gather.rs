//! Gathering cleared output as text: piece by piece for those who follow, and head and tail for those who come late.

/// The most bytes of text in one piece.
pub const PIECE: usize = 64 * 1024;
/// The most bytes of text that are gathered as a whole.
pub const WHOLE: usize = 1024 * 1024;
/// Room for the line that counts what is left out.
const NOTE: usize = 64;
const HALF: usize = (WHOLE - NOTE) / 2;

/// A piece of text and the bytes that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins, in bytes of the stream.
    pub offset: u64,
    /// How many bytes of the stream it stands for.
    pub bytes: u64,
    /// The text, at most [`PIECE`] bytes. What isn't UTF-8 is replaced.
    pub text: String,
}

/// Turns one stream's bytes into pieces of text, however they are cut: a character is never split over two pieces.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The beginning of a character whose rest hasn't come yet, and where it stands.
    held: Vec<u8>,
    offset: u64,
}

impl Decoder {
    /// Takes the bytes at `offset`, and gives the text that is complete with them.
    pub fn push(&mut self, offset: u64, bytes: &[u8]) -> Vec<Piece> {
        if self.held.is_empty() {
            self.offset = offset;
        }
        let mut rest = std::mem::take(&mut self.held);
        rest.extend_from_slice(bytes);
        let mut pieces = Pieces::new(self.offset);
        let mut from = 0;
        while from < rest.len() {
            match std::str::from_utf8(&rest[from..]) {
                Ok(text) => {
                    pieces.text(text);
                    from = rest.len();
                }
                Err(error) => {
                    let good = from + error.valid_up_to();
                    pieces.text(std::str::from_utf8(&rest[from..good]).expect("it was found to be valid"));
                    match error.error_len() {
                        Some(bad) => {
                            pieces.bad(bad);
                            from = good + bad;
                        }
                        None => {
                            self.held = rest.split_off(good);
                            break;
                        }
                    }
                }
            }
        }
        let (pieces, end) = pieces.finish();
        self.offset = end;
        pieces
    }

    /// No more bytes follow: gives what stands for a character that was never completed.
    pub fn end(&mut self) -> Option<Piece> {
        let held = std::mem::take(&mut self.held);
        let bytes = held.len() as u64;
        (bytes > 0).then(|| Piece {
            offset: self.offset,
            bytes,
            text: char::REPLACEMENT_CHARACTER.to_string(),
        })
    }
}

/// Cuts text into pieces.
struct Pieces {
    done: Vec<Piece>,
    open: Piece,
}

impl Pieces {
    fn new(offset: u64) -> Self {
        Self {
            done: Vec::new(),
            open: Piece {
                offset,
                bytes: 0,
                text: String::new(),
            },
        }
    }

    fn text(&mut self, mut text: &str) {
        while !text.is_empty() {
            let cut = text.floor_char_boundary(PIECE - self.open.text.len());
            let (now, later) = text.split_at(cut);
            self.open.text.push_str(now);
            self.open.bytes += now.len() as u64;
            if !later.is_empty() {
                self.next();
            }
            text = later;
        }
    }

    fn bad(&mut self, bytes: usize) {
        if self.open.text.len() + char::REPLACEMENT_CHARACTER.len_utf8() > PIECE {
            self.next();
        }
        self.open.text.push(char::REPLACEMENT_CHARACTER);
        self.open.bytes += bytes as u64;
    }

    fn next(&mut self) {
        let offset = self.open.offset + self.open.bytes;
        let full = std::mem::replace(
            &mut self.open,
            Piece {
                offset,
                bytes: 0,
                text: String::new(),
            },
        );
        if full.bytes > 0 {
            self.done.push(full);
        }
    }

    fn finish(mut self) -> (Vec<Piece>, u64) {
        self.next();
        (self.done, self.open.offset)
    }
}

/// Text in the order in which it came, at most [`WHOLE`] bytes: half from the beginning, half from the end.
#[derive(Debug, Default)]
pub struct Gathered {
    head: String,
    /// Up to twice as long as what is shown, so that it is seldom moved.
    tail: String,
    total: u64,
}

impl Gathered {
    /// Takes more text.
    pub fn push(&mut self, text: &str) {
        self.total += text.len() as u64;
        let mut rest = text;
        if self.tail.is_empty() {
            let cut = rest.floor_char_boundary(HALF - self.head.len());
            let (now, later) = rest.split_at(cut);
            self.head.push_str(now);
            rest = later;
        }
        self.tail.push_str(rest);
        if self.tail.len() > 2 * HALF {
            let cut = self.tail.ceil_char_boundary(self.tail.len() - HALF);
            self.tail.drain(..cut);
        }
    }

    /// The text, with a line that counts the bytes left out where there are any.
    #[must_use]
    pub fn text(&self) -> String {
        let tail = &self.tail[self.tail.ceil_char_boundary(self.tail.len().saturating_sub(HALF))..];
        let omitted = self.total - (self.head.len() + tail.len()) as u64;
        if omitted == 0 {
            format!("{}{tail}", self.head)
        } else {
            format!("{}\n[{omitted} bytes omitted]\n{tail}", self.head)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Decoder, Gathered, PIECE, WHOLE};

    fn decode(bytes: &[u8], cuts: &[usize]) -> (String, u64) {
        let mut decoder = Decoder::default();
        let (mut text, mut at, mut from) = (String::new(), 0, 0);
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
        ends.sort_unstable();
        ends.push(bytes.len());
        for end in ends {
            for piece in decoder
                .push(from as u64, &bytes[from..end])
                .into_iter()
                .chain((end == bytes.len()).then(|| decoder.end()).flatten())
            {
                assert_eq!(piece.offset, at, "pieces lie end to end");
                assert!(piece.text.len() <= PIECE);
                at += piece.bytes;
                text.push_str(&piece.text);
            }
            from = end;
        }
        (text, at)
    }

    #[test]
    fn long_text_is_cut_into_pieces_between_characters() {
        let bytes = "aé€😀".repeat(40_000);
        assert_eq!(decode(bytes.as_bytes(), &[77_777]), (bytes.clone(), bytes.len() as u64));
    }

    #[test]
    fn the_middle_is_left_out_and_counted() {
        let mut gathered = Gathered::default();
        let text: String = (0..400_000).map(|line| format!("{line}é\n")).collect();
        for part in text.split_inclusive('\n') {
            gathered.push(part);
        }
        let shown = gathered.text();
        assert!(shown.len() <= WHOLE && shown.len() > WHOLE - 200, "{}", shown.len());
        let (head, rest) = shown.split_once("\n[").expect("a note");
        let (count, tail) = rest.split_once(" bytes omitted]\n").expect("a note");
        assert!(text.starts_with(head) && text.ends_with(tail));
        assert_eq!(
            count.parse::<usize>().expect("a number"),
            text.len() - head.len() - tail.len()
        );
    }

    proptest! {
        #[test]
        fn the_text_does_not_depend_on_the_cuts(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(0xe2), Just(0x82), Just(0xac)], 0..64),
            cuts: [usize; 4],
        ) {
            let (text, end) = decode(&bytes, &cuts);
            prop_assert_eq!(text, String::from_utf8_lossy(&bytes).into_owned());
            prop_assert_eq!(end, bytes.len() as u64);
        }
    }
}
