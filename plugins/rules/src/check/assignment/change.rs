//! The name of a value that a program says to be new, or that stands before its name.

use cofferdam_sdk::Window;

use super::Expected;
use super::name::Name;
use crate::assign::is_name;
use crate::record::holds_value;

/// A name, and what it says that its value is.
type Told<'t> = (Name<'t>, Expected);

/// Words for the value before a change.
const OLD: [&[u8]; 6] = [b"old", b"old_value", b"oldValue", b"previous", b"before", b"from"];

/// The name of the value that the anchor of a window leads: what its form is tells where the name stands.
pub(super) fn name<'t>(window: &Window<'t>) -> Option<Told<'t>> {
    let text = window.text();
    let at = window.anchor_start();
    let anchor = text.get(at..window.anchor_end())?;
    if anchor.starts_with(b"\"type\"") {
        Name::before(text, at)
    } else if anchor.contains(&b'+') {
        above(text, at)
    } else if anchor.contains(&b':') {
        in_object(text, at)
    } else {
        on_line(text, at)
    }
}

/// The name of a field behind the value that ends at `end`: `","name":"TOKEN"`.
pub(super) fn name_behind(text: &[u8], end: usize, limit: usize) -> Option<Told<'_>> {
    const NAMES: [&[u8]; 3] = [b"name", b"key", b"id"];
    let mut next = end;
    let mut signs = |count: usize, of: &[u8]| {
        let rest = text.get(next..limit)?;
        let length = rest.iter().take_while(|byte| of.contains(byte)).count();
        next += length;
        let word = text.get(next..limit)?.iter().take_while(|byte| is_name(**byte)).count();
        let word = text.get(next..next + word)?;
        let begin = next;
        next += word.len();
        (rest.get(..length)?.iter().filter(|byte| b":,".contains(byte)).count() == count).then_some((begin, word))
    };
    let (_, field) = signs(1, b"\\\"', ")?;
    let is_names = NAMES.iter().any(|known| field.eq_ignore_ascii_case(known));
    let (begin, word) = signs(1, b"\\\"': ").filter(|_| is_names)?;
    // A name that isn't whole may be any.
    let is_closed = matches!(text.get(begin + word.len()), Some(b'"' | b'\'' | b'\\'));
    is_closed.then(|| Name::told(text, begin, word)).flatten()
}

/// The name of the old value that begins at `old`, where an arrow stands between that and the new one at `new`.
pub(super) fn name_of_old(text: &[u8], old: usize, new: usize) -> Option<Told<'_>> {
    let value = text.get(old..new)?.strip_suffix(b"\" => \"")?;
    (!value.contains(&b'"'))
        .then(|| on_line(text, old + value.len()))
        .flatten()
}

/// The name before the old value on the line: `~ TOKEN = "old" -> "new"`, `TOKEN: "old" → "new"`; where that is the
/// field of a value, the name in the field before it.
fn on_line(text: &[u8], at: usize) -> Option<Told<'_>> {
    let front = before_old(text, at)?;
    let (start, word) = last_word(front)?;
    let is_begun = matches!(
        front.get(start.wrapping_sub(1)),
        None | Some(b' ' | b'\t' | b'\n' | b'"')
    );
    if !is_begun {
        return None;
    }
    if holds_value(word) {
        return Name::before(text, start);
    }
    Name::told(text, start, word)
}

/// The name of an object that has the old value in one field and the new one in the next.
fn in_object(text: &[u8], at: usize) -> Option<Told<'_>> {
    let (start, word) = last_word(before_old(text, at)?)?;
    OLD.contains(&word).then(|| Name::before(text, start)).flatten()
}

/// The name that ends the line above that of the old value, as trees of changes have it.
fn above(text: &[u8], at: usize) -> Option<Told<'_>> {
    let mut lines = text.get(..at)?.rsplitn(4, |byte| *byte == b'\n');
    let (own, old, named) = (lines.next()?, lines.next()?, lines.next()?);
    let is_old = old.windows(4).any(|part| part == b"[-] ");
    let end = at.checked_sub(own.len() + old.len() + 2)?;
    named
        .ends_with(b":")
        .then(|| last_word(text.get(..end.checked_sub(1)?)?))
        .flatten()
        .filter(|_| is_old)
        .and_then(|(start, word)| Name::told(text, start, word))
}

/// What stands before a quoted value that ends at `end`, and before the sign of assignment there.
fn before_old(text: &[u8], end: usize) -> Option<&[u8]> {
    let before = text.get(..end)?;
    let quote = before.iter().rposition(|byte| matches!(byte, b'"' | b'\n'))?;
    let front = before.get(..quote).filter(|_| before[quote] == b'"')?;
    let front = front.trim_ascii_end();
    let front = front.strip_suffix(b"=").or(front.strip_suffix(b":"))?.trim_ascii_end();
    Some(front.strip_suffix(b"\"").unwrap_or(front))
}

/// The word that ends a text, without dots before it, and where it begins.
fn last_word(text: &[u8]) -> Option<(usize, &[u8])> {
    let length = text.iter().rev().take_while(|byte| is_name(**byte)).count();
    let word = text.get(text.len() - length..)?;
    let dots = word.iter().take_while(|byte| **byte == b'.').count();
    let start = text.len() - length + dots;
    text.get(start..)
        .filter(|word| !word.is_empty())
        .map(|word| (start, word))
}

#[cfg(test)]
mod tests {
    use super::{above, in_object, name_behind, name_of_old, on_line};

    #[test]
    fn the_name_of_a_new_value_stands_where_its_form_has_it() {
        let is_told = |text: &str, of: fn(&[u8], usize) -> Option<super::Told<'_>>| {
            let at = text.find('^').expect("each has a place");
            of(text.as_bytes(), at).is_some()
        };
        for text in [
            "~ ACME_TOKEN: \"abcd^",
            "   ~ \"X-Api-Key\" = \"abcd^",
            "10:12:01 acme_token: \"abcd^",
            "name  = \"ACME_TOKEN\"\n   ~ value = \"abcd^",
        ] {
            assert!(is_told(text, on_line), "{text}");
        }
        for text in [
            "\"acme_token^",
            "acme_token = {\"a^",
            "f(acme_token, \"abcd^",
            "acme_token:\nabcd^",
            "name  = \"COLOR\"\n   ~ value = \"abcd^",
        ] {
            assert!(!is_told(text, on_line), "{text}");
        }
        assert!(is_told("\"acme_token\": {\"old\": \"abcd^", in_object));
        assert!(!is_told("\"acme_token\": {\"color\": \"abcd^", in_object));
        assert!(is_told("[~] .ACME_TOKEN:\n  [-] abcd\n  ^", above));
        assert!(!is_told("[~] .ACME_TOKEN:\n  abcd\n  ^", above));
    }

    #[test]
    fn an_arrow_stands_between_the_old_value_and_the_new_one() {
        let is_told = |text: &str| {
            let at = |sign| text.find(sign).expect("each has both");
            name_of_old(text.as_bytes(), at('o'), at('N')).is_some()
        };
        assert!(is_told("acme_key: \"old\" => \"NEW"));
        assert!(!is_told("acme_key: \"old\", \"a\" => \"NEW"));
        assert!(!is_told("acme_key: \"old\" -> \"NEW"));
        assert!(!is_told("next: \"old\" => \"NEW"));
    }

    #[test]
    fn a_name_may_stand_behind_its_value() {
        let is_told = |text: &str| name_behind(text.as_bytes(), 0, text.len()).is_some();
        for text in [
            r#"","name":"ACME_TOKEN"}"#,
            r#"", "key": "acme_api_key"}"#,
            r#"\",\"Name\":\"ACME_TOKEN\"}"#,
        ] {
            assert!(is_told(text), "{text}");
        }
        for text in [
            r#"","color":"ACME_TOKEN"}"#,
            r#"","name":"COLOR"}"#,
            r#"","name":"ACME_TOKEN"#,
            r#"","name","ACME_TOKEN"]"#,
            r#""},{"name":"ACME_TOKEN"}"#,
        ] {
            assert!(!is_told(text), "{text}");
        }
    }
}
