//! A table of text that keeps within a width.

/// The widest line, in columns.
pub(in crate::report) const WIDTH: usize = 100;
/// How many rows are shown where not all of them are asked for.
pub(in crate::report) const ROWS: usize = 15;

/// A table: its first column is to the left, and so are those that are said to be.
pub(in crate::report) struct Table {
    heads: Vec<&'static str>,
    left: &'static [usize],
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows. `left` are the columns, beside the first, that are aligned to the left.
    pub(in crate::report) fn new(heads: &[&'static str], left: &'static [usize]) -> Self {
        Self {
            heads: heads.to_vec(),
            left,
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(in crate::report) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Writes the table: the first rows, or all, and how many are left out. A table without rows is none at all.
    pub(in crate::report) fn write(&self, all: bool, told: &mut String) {
        if self.rows.is_empty() {
            return;
        }
        let shown = if all {
            self.rows.len()
        } else {
            ROWS.min(self.rows.len())
        };
        let rows = &self.rows[..shown];
        let heads: Vec<String> = self.heads.iter().map(ToString::to_string).collect();
        let mut widths: Vec<usize> = (0..heads.len())
            .map(|column| {
                let cells = rows.iter().chain([&heads]).filter_map(|row| row.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        // What is too wide is cut where it is widest and holds names: in columns to the left.
        loop {
            let total: usize = widths.iter().sum::<usize>() + 2 * widths.len();
            let over = total.saturating_sub(WIDTH);
            let widest = (0..widths.len())
                .filter(|column| self.is_left(*column))
                .max_by_key(|column| widths[*column]);
            match widest {
                Some(column) if over > 0 && widths[column] > 8 => widths[column] -= 1,
                Some(_) | None => break,
            }
        }
        for row in std::iter::once(&heads).chain(rows) {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let (cell, width) = (fitted(cell, widths[column]), widths[column]);
                line.push_str("  ");
                if self.is_left(column) {
                    line.push_str(&format!("{cell:width$}"));
                } else {
                    line.push_str(&format!("{cell:>width$}"));
                }
            }
            told.push_str(line.trim_end());
            told.push('\n');
        }
        if shown < self.rows.len() {
            let left = self.rows.len() - shown;
            told.push_str(&format!("  … and {left} more rows: --verbose shows them\n"));
        }
    }

    fn is_left(&self, column: usize) -> bool {
        column == 0 || self.left.contains(&column)
    }
}

fn fitted(cell: &str, width: usize) -> String {
    if cell.chars().count() <= width {
        return cell.to_owned();
    }
    let mut cut: String = cell.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::{ROWS, Table, WIDTH};

    #[test]
    fn a_table_keeps_within_its_width_and_rows() {
        let mut table = Table::new(&["NAME", "COUNT", "WHO"], &[2]);
        for row in 0..20 {
            table.row(["n".repeat(70), row.to_string(), "w".repeat(60)]);
        }
        let mut told = String::new();
        table.write(false, &mut told);
        assert_eq!(told.lines().count(), ROWS + 2, "{told}");
        assert!(told.lines().all(|line| line.chars().count() <= WIDTH), "{told}");
        assert!(told.contains("… and 5 more rows"));
        let mut told = String::new();
        table.write(true, &mut told);
        assert_eq!(told.lines().count(), 21);
    }
}
