//! A screen model that knows nothing of ours, and what may differ between a guarded screen and a raw one.

use std::fmt::Write as _;
use std::num::NonZeroU16;

/// Rows of every screen here.
pub(crate) const ROWS: u16 = 24;
/// Columns of every screen here.
pub(crate) const COLUMNS: u16 = 80;

/// A terminal as an outsider models it.
pub(crate) struct Screen(vt100::Parser);

impl Screen {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let cells = |count| NonZeroU16::new(count).expect("a screen has cells");
        Self(vt100::Parser::new(cells(ROWS), cells(COLUMNS), 0))
    }

    /// Takes what a program wrote.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.0.process(bytes);
    }

    /// What can be read on it: rows that wrapped are one line.
    pub(crate) fn text(&self) -> String {
        self.0.screen().contents()
    }

    /// What can be read in one row.
    pub(crate) fn row(&self, row: u16) -> String {
        self.0
            .screen()
            .rows(0, COLUMNS)
            .nth(usize::from(row))
            .unwrap_or_default()
    }

    /// Where the cursor is: row and column.
    pub(crate) fn cursor(&self) -> (u16, u16) {
        self.0.screen().cursor_position()
    }

    /// The word of letters, digits and underscores that the cell before the cursor belongs to; a row that wrapped
    /// goes on in the next.
    pub(crate) fn word_at_cursor(&self) -> String {
        let screen = self.0.screen();
        let (row, column) = screen.cursor_position();
        let first = (0..row).rev().take_while(|above| screen.row_wrapped(*above)).last();
        let mut cells = Vec::new();
        let mut here = 0;
        for line in first.unwrap_or(row)..ROWS {
            if line == row {
                here = cells.len() + usize::from(column.saturating_sub(1));
            }
            let cell = |column| {
                screen
                    .cell(line, column)
                    .map_or(' ', |cell| cell.contents().chars().next().unwrap_or(' '))
            };
            cells.extend((0..COLUMNS).map(cell));
            if line >= row && !screen.row_wrapped(line) {
                break;
            }
        }
        let is_word = |letter: &&char| letter.is_ascii_alphanumeric() || **letter == '_';
        let start = here - cells[..here].iter().rev().take_while(is_word).count();
        cells[start..].iter().take_while(is_word).collect()
    }

    /// How many cells of `self`, the guarded screen, are masked; or how they differ otherwise.
    ///
    /// Every cell has the same attributes on both, and the same contents unless `self` has the mask cell there.
    /// Cursor and modes are the same.
    pub(crate) fn against(&self, raw: &Self) -> Result<usize, String> {
        self.against_from(0, raw)
    }

    /// The same for the rows from this one on.
    pub(crate) fn against_from(&self, from: u16, raw: &Self) -> Result<usize, String> {
        let (own, other) = (self.0.screen(), raw.0.screen());
        let mut wrong = String::new();
        let mut masked = 0;
        for row in from..ROWS {
            for column in 0..COLUMNS {
                let cells = (own.cell(row, column), other.cell(row, column));
                let (Some(guarded), Some(plain)) = cells else {
                    return Err(format!("no cell at {row}, {column}"));
                };
                if guarded == plain {
                    continue;
                }
                let look = |cell: &vt100::Cell| {
                    let colours = (cell.fgcolor(), cell.bgcolor());
                    (
                        colours,
                        cell.bold(),
                        cell.dim(),
                        cell.italic(),
                        cell.underline(),
                        cell.inverse(),
                    )
                };
                if guarded.contents() == "*" && look(guarded) == look(plain) {
                    masked += 1;
                } else if wrong.len() < 400 {
                    let (guarded, plain) = (guarded.contents(), plain.contents());
                    write!(wrong, "({row}, {column}): {guarded:?} for {plain:?}; ").expect("a string takes all");
                }
            }
        }
        let state = |screen: &vt100::Screen| {
            (
                screen.cursor_position(),
                screen.alternate_screen(),
                screen.hide_cursor(),
                screen.bracketed_paste(),
                screen.application_cursor(),
            )
        };
        if state(own) != state(other) {
            write!(wrong, "cursor and modes: {:?} for {:?}", state(own), state(other)).expect("a string takes all");
        }
        if wrong.is_empty() { Ok(masked) } else { Err(wrong) }
    }
}

#[test]
fn a_screen_differs_from_another_in_mask_cells_alone() {
    let screen = |bytes: &[u8]| {
        let mut screen = Screen::new();
        screen.write(bytes);
        screen
    };
    let raw = screen(b"\x1b[31mab\x1b[0mcd");
    assert_eq!(raw.against(&raw), Ok(0));
    assert_eq!(screen(b"\x1b[31ma*\x1b[0m*d").against(&raw), Ok(2));
    assert!(screen(b"\x1b[31ma\x1b[0m**d").against(&raw).is_err(), "another colour");
    assert!(
        screen(b"\x1b[31ma*\x1b[0m*").against(&raw).is_err(),
        "a cell is missing"
    );
    assert!(screen(b"\x1b[31mab\x1b[0mxd").against(&raw).is_err(), "not the mask");
    assert!(
        screen(b"\x1b[31mab\x1b[0mcd\r").against(&raw).is_err(),
        "another cursor"
    );
    assert_eq!(raw.row(0), "abcd");
    assert_eq!(raw.cursor(), (0, 4));
    assert_eq!(raw.word_at_cursor(), "abcd");
    assert_eq!(
        screen(&[b"-", [b'x'; 90].as_slice(), b".yz\x08"].concat()).word_at_cursor(),
        "yz"
    );
    assert_eq!(
        screen(&[b"-", [b'x'; 90].as_slice()].concat()).word_at_cursor().len(),
        90
    );
}
