//! What holds for every stream.

use proptest::prelude::*;

use super::super::Screen;
use super::stream::{anything, feed};
use super::{cells, text};

/// No half of a wide character stands alone, the cursor is on the screen, and each cell has the bytes of what it shows.
/// Only where the screen was `narrow`, of one column, does a character of two take one.
fn check(screen: &Screen, columns: u16, rows: u16, narrow: bool, stream: &str) {
    use unicode_width::UnicodeWidthChar as _;
    let (row, column) = screen.cursor();
    assert!(row < rows && column <= columns);
    for row in 0..rows {
        let width: usize = screen
            .row(row)
            .map(|cell| if narrow { 1 } else { cell.c.width().unwrap_or(1) })
            .sum();
        assert!(width <= columns.into());
        for cell in screen.row(row) {
            match cell.raw {
                Some(raw) => {
                    let raw = usize::try_from(raw).unwrap();
                    assert_eq!(&stream[raw..raw + usize::from(cell.len)], cell.c.to_string());
                }
                None => assert!(matches!(cell.c, ' ' | 'E')),
            }
        }
        assert_eq!(
            screen.blank_from(row),
            (row..rows).all(|row| screen.row(row).next().is_none())
        );
        assert!(
            screen
                .row(row)
                .last()
                .is_none_or(|cell| (cell.c, cell.raw) != (' ', None))
        );
    }
    assert_eq!(screen.row(rows).count(), 0);
    assert!(!screen.wraps(rows));
}

proptest! {
    #[test]
    fn each_cell_has_the_bytes_that_it_shows(
        columns in 1u16..24,
        rows in 1u16..12,
        operations in proptest::collection::vec(anything(), 1..80),
        sizes in proptest::collection::vec((1u16..24, 1u16..12), 4),
    ) {
        let (mut columns, mut rows, mut sizes) = (columns, rows, sizes.into_iter());
        let mut screen = Screen::new(columns, rows);
        let (mut fed, mut narrow) = (String::new(), columns == 1);
        for (index, operation) in operations.into_iter().enumerate() {
            feed(&mut screen, &operation, fed.len() as u64);
            fed.push_str(&operation);
            check(&screen, columns, rows, narrow, &fed);
            if index % 20 == 19 {
                (columns, rows) = sizes.next().unwrap();
                screen.resize(columns, rows);
                narrow |= columns == 1;
                check(&screen, columns, rows, narrow, &fed);
            }
        }
    }

    #[test]
    fn any_bytes_are_taken(
        columns in 0u16..40,
        rows in 0u16..20,
        pieces in proptest::collection::vec((0u8..5, proptest::collection::vec(any::<u8>(), 0..12)), 1..60),
    ) {
        let mut screen = Screen::new(columns, rows);
        for (kind, bytes) in pieces {
            match kind {
                0 => screen.print_ascii(&bytes, u64::MAX - 3),
                1 => String::from_utf8_lossy(&bytes).chars().for_each(|c| screen.print(c, u64::MAX)),
                2 => screen.resize(bytes.len() as u16 * 3, u16::from(bytes.first().copied().unwrap_or(0))),
                3 => {
                    screen.control(&[b"\x1b[", bytes.as_slice()].concat());
                }
                _ => {
                    screen.control(&bytes);
                }
            }
            let (row, column) = screen.cursor();
            prop_assert!(row < screen.rows && column <= screen.columns);
            prop_assert!((0..screen.rows).map(|row| screen.row(row).count()).max() <= Some(screen.columns.into()));
        }
    }

    #[test]
    fn a_run_is_its_characters(
        columns in 1u16..20,
        before in proptest::collection::vec(anything(), 0..12),
        run in "[ -~]{1,70}",
    ) {
        let (mut whole, mut single) = (Screen::new(columns, 6), Screen::new(columns, 6));
        for operation in before {
            feed(&mut whole, &operation, 0);
            feed(&mut single, &operation, 0);
        }
        whole.print_ascii(run.as_bytes(), 500);
        run.chars().zip(500..).for_each(|(c, raw)| single.print(c, raw));
        prop_assert_eq!(whole.cursor(), single.cursor());
        prop_assert_eq!(cells(&whole), cells(&single));
        prop_assert!((0..6).all(|row| whole.wraps(row) == single.wraps(row)));
    }

    #[test]
    fn a_repeated_character_is_printed_as_often(
        columns in 1u16..12,
        before in proptest::collection::vec(anything(), 0..12),
        c in proptest::sample::select(vec!['x', '字', 'é']),
        count in 1u16..400,
    ) {
        let (mut repeated, mut printed) = (Screen::new(columns, 5), Screen::new(columns, 5));
        for operation in before {
            feed(&mut repeated, &operation, 0);
            feed(&mut printed, &operation, 0);
        }
        repeated.print(c, 7);
        repeated.control(format!("\x1b[{count}b").as_bytes());
        (0..=count).for_each(|_| printed.print(c, 7));
        prop_assert_eq!(repeated.cursor(), printed.cursor());
        prop_assert_eq!(cells(&repeated), cells(&printed));
        prop_assert!((0..5).all(|row| repeated.wraps(row) == printed.wraps(row)), "{:?}", text(&printed, 0));
    }
}
