//! Whether a literal begins a word, or a word of a name, by what stands before it.

use cofferdam_word::sets_property;
pub(crate) use cofferdam_word::{LOOK, is_inside};

/// Whether a word of a name that begins with `first` is the rest of a longer word: a letter stands before it that
/// isn't a small one before a capital, nor the flag that sets a property.
pub(crate) fn is_inside_of_name(before: &[u8], first: u8) -> bool {
    // Nearly all stand behind something else than a letter, or inside of a plain word.
    before.last().is_some_and(|last| {
        let goes_on = last.is_ascii_alphabetic() && !(last.is_ascii_lowercase() && first.is_ascii_uppercase());
        goes_on && is_inside(before) && !sets_property(before)
    })
}

#[cfg(test)]
mod tests {
    use super::is_inside_of_name;

    #[test]
    fn a_word_of_a_name_begins_behind_no_letter() {
        for (before, first, inside) in [
            ("c", b'a', true),
            ("C", b'A', true),
            ("C", b'a', true),
            ("c", b'A', false),
            ("java -D", b'a', false),
            ("-PA", b'a', true),
            ("x-D", b'a', true),
            ("'-D", b'A', false),
            ("_", b'a', false),
            ("9", b'a', false),
            ("", b'a', false),
            ("a\\n", b'a', false),
            ("\u{1b}[1m", b'a', false),
            ("%3d", b'a', false),
            ("%253d", b'a', false),
            ("\\f", b'a', false),
            ("\\u001b[0;32m", b'a', false),
            ("\\e[1m", b'a', false),
            ("#033[1m", b'a', false),
            ("^[[1m", b'a', false),
            ("[1m", b'a', false),
            ("^I", b'a', false),
            ("[m", b'a', true),
        ] {
            assert_eq!(is_inside_of_name(before.as_bytes(), first), inside, "{before}");
        }
    }
}
