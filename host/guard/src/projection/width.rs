//! How many cells a text takes on a terminal.

/// The cells of a text that is ASCII and no line ends in, counted in one go.
#[inline]
pub(super) fn ascii_cells(text: &[u8]) -> Option<u64> {
    let (mut cells, mut other) = (0, false);
    for byte in text {
        cells += u64::from((0x20..0x7F).contains(byte));
        other |= *byte == b'\n' || *byte >= 0x80;
    }
    (!other).then_some(cells)
}

/// How many bytes are counted in a byte, many at once.
const COUNTED: usize = 240;

/// The cells of any text, no more than it has bytes.
pub(super) fn cells(text: &[u8]) -> u64 {
    // What controls there may be, tabs among them, count nothing.
    let (mut plain, mut all) = (0, 0);
    for some in text.chunks(COUNTED) {
        let mut count = 0_u8;
        for byte in some {
            count = count.wrapping_add(u8::from((0x20..0x7F).contains(byte)));
            all |= byte;
        }
        plain += u64::from(count);
    }
    if all < 0x80 {
        return plain;
    }
    let text = String::from_utf8_lossy(text);
    text.chars()
        .map(|c| unicode_width::UnicodeWidthChar::width(c).unwrap_or(0) as u64)
        .sum()
}
