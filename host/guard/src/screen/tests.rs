//! The screen against an independent one, its laws, and what it does with each control.

mod cases;
mod laws;
mod oracle;
mod stream;

use super::{Cell, Screen};

/// The text of a row, without blanks at its end.
fn text(screen: &Screen, row: u16) -> String {
    let text: String = screen.row(row).map(|cell| cell.c).collect();
    text.trim_end().to_owned()
}

fn rows(screen: &Screen) -> Vec<String> {
    (0..screen.rows).map(|row| text(screen, row)).collect()
}

fn cells(screen: &Screen) -> Vec<Vec<Cell>> {
    (0..screen.rows).map(|row| screen.row(row).collect()).collect()
}
