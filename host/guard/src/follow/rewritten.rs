//! A line that is written over, for the tests of what is read again behind each edit.

use super::Scanner;
use crate::stream::Stream;
use crate::view::BOUNDARY;

/// What is read of it, edit by edit.
#[derive(Default)]
pub(super) struct Rewritten {
    pub(super) stream: Stream,
    line: Vec<u8>,
    cursor: usize,
}

impl Rewritten {
    /// Goes back so many cells and writes there. Up to `reach` cells before the cursor are read again, as `scanner` is
    /// told. Answers where in the stream these end.
    pub(super) fn write(&mut self, scanner: &mut Scanner, back: usize, text: &[u8], reach: usize) -> u64 {
        self.cursor = self.cursor.saturating_sub(back);
        self.stream.push(&BOUNDARY);
        let from = self.cursor.saturating_sub(reach);
        let again = scanner.again.as_mut().expect("it is what is seen");
        again.begin(self.stream.end(), from);
        self.stream.push(&self.line[from..self.cursor]);
        let joint = self.stream.end();
        again.joint(joint);
        self.stream.push(text);
        let over = self.cursor..self.line.len().min(self.cursor + text.len());
        self.line.splice(over, text.iter().copied());
        self.cursor += text.len();
        joint
    }
}
