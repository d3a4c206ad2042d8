//! The command of a session, as its record shows it.

use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;

use super::guards::Guards;
use super::plain::{Plain, guard_text};
use crate::process::Command;

/// Guards a command as one would type it: words that a shell would take apart stand in single quotes.
///
/// A quote in a word is written in four characters, which would part a secret that the guard knows, or that stands in
/// quotes itself. So such words are guarded before they are quoted, and the whole is guarded behind that.
pub(super) fn guard_command(guards: &Arc<Guards>, command: &Command) -> Plain {
    let mut before = Plain::default();
    let mut line = Vec::new();
    for word in std::iter::once(&command.program).chain(&command.args) {
        let word = word.as_bytes();
        if word.contains(&b'\'') {
            let guarded = guard_text(guards, word.to_vec());
            quote(guarded.cleared.as_bytes(), &mut line);
            before.decisions.extend(guarded.decisions);
            before.incidents.extend(guarded.incidents);
            before.blocked |= guarded.blocked;
        } else {
            quote(word, &mut line);
        }
    }
    let mut plain = guard_text(guards, line);
    plain.decisions.splice(0..0, before.decisions);
    plain.incidents.splice(0..0, before.incidents);
    plain.blocked |= before.blocked;
    plain
}

/// Adds a word to a line of them.
fn quote(word: &[u8], line: &mut Vec<u8>) {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./=:,+@%".contains(byte);
    if !line.is_empty() {
        line.push(b' ');
    }
    if !word.is_empty() && word.iter().all(plain) {
        line.extend_from_slice(word);
        return;
    }
    line.push(b'\'');
    for byte in word {
        match byte {
            b'\'' => line.extend_from_slice(b"'\\''"),
            _ => line.push(*byte),
        }
    }
    line.push(b'\'');
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn a_word_is_one_word_of_a_shell() {
        let mut line = Vec::new();
        for word in ["sh", "-c", "", "it's mine", "a=b"] {
            quote(word.as_bytes(), &mut line);
        }
        assert_eq!(String::from_utf8_lossy(&line), r"sh -c '' 'it'\''s mine' a=b");
    }
}
