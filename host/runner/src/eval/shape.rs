//! Bytes as their shape, so that an alarm can be reviewed and the value can't be read from the review.

use std::fmt::Write as _;

/// The most runs that are told.
const MOST: usize = 24;

/// The shape of some bytes: classes and the lengths of their runs, as `a{4}9{2}_`. A run's length isn't told where `lengths` is
/// false, nor above 64 exactly.
pub(super) fn shape(bytes: &[u8], lengths: bool) -> String {
    let mut shape = String::new();
    for (index, run) in bytes.chunk_by(|one, other| class(*one) == class(*other)).enumerate() {
        if index == MOST {
            shape.push('~');
            break;
        }
        shape.push(class(run[0]));
        match run.len() {
            1 => {}
            _ if !lengths => shape.push('+'),
            length @ 2..=64 => write!(shape, "{{{length}}}").expect("a string takes all"),
            _ => shape.push_str("{64+}"),
        }
    }
    shape
}

/// What stands for a byte. Signs that structure a text stand for themselves; all others are one class, since they are most
/// often a part of a password.
fn class(byte: u8) -> char {
    match byte {
        b'a'..=b'z' => 'a',
        b'A'..=b'Z' => 'A',
        b'0'..=b'9' => '9',
        b'_' | b'-' | b'.' | b':' | b'/' | b'@' | b'=' | b'+' => char::from(byte),
        b' ' | b'\t' | b'\n' | b'\r' => 's',
        0..0x20 | 0x7F => 'c',
        0x80.. => 'u',
        _ => '#',
    }
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn shapes_tell_classes_and_runs() {
        assert_eq!(shape(b"abcd12_X", true), "a{4}9{2}_A");
        assert_eq!(shape("p\u{e9}!?\x1b \n=".as_bytes(), true), "au{2}#{2}cs{2}=");
        assert_eq!(shape(b"4111 1111", false), "9+s9+");
        assert_eq!(shape(&[b'a'; 65], true), "a{64+}");
        assert_eq!(shape(b"", true), "");
        assert_eq!(shape(&b"a1".repeat(20), true).chars().count(), 25);
    }
}
