//! Assignments that only a name and the looks of the value speak for: `password = …`, `"api_key": …`.
//!
//! They make nearly all the false alarms of scanners, so they are a class of their own: what is found here is graded
//! low, and a value has to look like a secret, and not like program text.

mod looks;
mod name;
mod value;

use cofferdam_sdk::Window;
use cofferdam_sdk::check::{is_reference, is_sequence};
use cofferdam_sdk::{Severity, Verdict};

use crate::pack::Names;
use crate::pattern::is_version;
use crate::placeholder::{Placeholders, is_row};
use crate::{assign, fact};
use name::Name;
use value::Value;

/// What the name says that the value is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Something that a person chose.
    Password,
    /// Something that a machine made.
    Key,
}

/// How sure a name and a value's looks make us.
const NAMED: u8 = 50;
/// How sure we are of a row of digits and letters.
const UNLIKELY: u8 = 5;
/// The fewest bytes of such a row that are counted.
const ROW: usize = 16;

/// Confirms what stands behind a name and a separator that the host found.
pub(crate) fn check(window: &Window<'_>, expected: Expected, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.text();
    let name = Name::at(text, window.anchor_start(), window.anchor_end());
    let value = Value::assigned(text, &name, window.start(), window.end())?;
    judged(window, &name, &value, expected, placeholders)
}

/// Confirms what stands behind a name and a blank, a comma, a bracket: an argument, an element, a cell.
pub(crate) fn argument(window: &Window<'_>, expected: Expected, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.text();
    let name = Name::at(text, window.anchor_start(), window.anchor_end());
    let value = Value::argued(text, &name, window.end())?;
    judged(window, &name, &value, expected, placeholders)
}

/// Confirms what stands behind a flag of a command, or behind a name that a line declares, where it is beyond doubt a
/// key: the anchor ends with the blank between.
pub(crate) fn flag(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.text();
    let end = window.anchor_end().checked_sub(1)?;
    let name = Name::at(text, window.anchor_start() + 1, end);
    let value = Value::argued(text, &name, window.end())?;
    let secret = text.get(value.span.clone())?;
    let told = looks::is_told(&name) && looks::is_certain(secret);
    told.then(|| judged(window, &name, &value, Expected::Key, placeholders))
        .flatten()
}

/// Confirms what stands behind the word `value` or `default`, where the name stands before that: `"name": "TOKEN",
/// "value": "…"`.
pub(crate) fn field(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.text();
    let (name, expected) = Name::before(text, window.anchor_start())?;
    let field = Name::at(text, window.anchor_start(), window.anchor_end());
    if !(field.head.is_empty() && field.tail.is_empty()) {
        return None;
    }
    let value = Value::assigned(text, &field, window.start(), window.end())?;
    judged(window, &name, &value, expected, placeholders)
}

/// Confirms what a plan says that a value becomes, `~ password = "old" -> "new"`, and what is printed as the value of
/// an output, `"api_key": { "sensitive": true, "type": "string", "value": "…"`. The anchor ends with the value's quote.
pub(crate) fn changed(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.text();
    let is_field = text.get(window.anchor_start()..window.anchor_end())?.contains(&b':');
    let (name, expected) = if is_field {
        Name::before(text, window.anchor_start())?
    } else {
        changed_name(window)?
    };
    let value = Value::from(text, window.anchor_end(), window.end(), value::Between::Assigned)?;
    let verdict = judged(window, &name, &value, expected, placeholders)?;
    let certain = expected == Expected::Key && looks::is_certain(text.get(value.span)?);
    Some(if certain {
        verdict
    } else {
        super::common::lower(verdict).fact(fact::GENERIC)
    })
}

/// The name at the front of a plan's line.
fn changed_name<'t>(window: &Window<'t>) -> Option<(Name<'t>, Expected)> {
    let text = window.text();
    let at = window.anchor_start();
    let start = window.before().rsplit(|&byte| byte == b'\n').next()?.len();
    let line = text.get(at - start..at)?;
    let signs = line.iter().take_while(|byte| b" \t~+-/\"".contains(byte)).count();
    let rest = line.get(signs..)?;
    let length = rest.iter().take_while(|byte| assign::is_name(**byte)).count();
    let (word, rest) = rest.split_at_checked(length)?;
    let sign = rest.iter().take_while(|byte| b" \t\"".contains(byte)).count();
    if rest.get(sign) != Some(&b'=') {
        return None;
    }
    Name::told(text, at - start + signs, word)
}

/// Whether the word from `start` to `end` stands in the name of something that is no secret: a version, a digest, an
/// address.
pub(crate) fn is_about_another(text: &[u8], start: usize, end: usize, words: &Names<&[u8]>) -> bool {
    Name::at(text, start, end).is_of_another(words)
}

/// Whether the name with the word from `start` to `end` ends as that of a place: a URL, a host, a file.
pub(crate) fn names_place(text: &[u8], start: usize, end: usize, words: &Names<&[u8]>) -> bool {
    Name::at(text, start, end).is_of_place(words)
}

fn judged(
    window: &Window<'_>,
    name: &Name<'_>,
    value: &Value,
    expected: Expected,
    placeholders: &Placeholders,
) -> Option<Verdict> {
    let text = window.text();
    let secret = text.get(value.span.clone())?;
    // The pack's literals are asked last, since there are many of them.
    if name.is_about_another(expected, placeholders.words())
        || is_reference(secret)
        || assign::is_digest(text, value.span.start)
        || is_version(secret)
        || value.is_program(secret)
        // A variable of the environment has its value behind it, and no other's name.
        || (!value.quoted && !name.is_constant() && value::is_variable(secret))
        || !looks::fit(secret, name, value, expected, placeholders.common())
        || placeholders.is_led(secret)
    {
        return None;
    }
    let verdict = window.verdict(value.span.clone(), NAMED);
    let verdict = if verdict.severity < Severity::P2 {
        verdict
    } else {
        verdict.fact(fact::GENERIC)
    };
    Some(match placeholders.judge(secret, secret, secret.len(), &[], &[]) {
        // Rows of digits and letters are what people make keys of for tests too: they are counted as the keys of
        // issuers are.
        Some(fact)
            if fact == fact::PLACEHOLDER
                && expected == Expected::Key
                && secret.len() >= ROW
                && (is_sequence(secret) || is_row(secret)) =>
        {
            Verdict {
                confidence: UNLIKELY,
                ..verdict
            }
            .fact(fact)
        }
        Some(fact) => crate::pattern::unlikely(verdict).fact(fact),
        None => verdict,
    })
}
