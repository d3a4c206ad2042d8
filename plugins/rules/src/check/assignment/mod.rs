//! Assignments that only a name and the looks of the value speak for: `password = …`, `"api_key": …`.
//!
//! They make nearly all the false alarms of scanners, so they are a class of their own: what is found here is graded
//! low, and a value has to look like a secret, and not like program text.

mod change;
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
/// "value": "…"`, `ParameterKey: TOKEN`, `ParameterValue: …`.
pub(crate) fn field(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.text();
    let field = Name::at(text, window.anchor_start(), window.anchor_end());
    if !field.tail.is_empty() {
        return None;
    }
    let value = Value::assigned(text, &field, window.start(), window.end())?;
    let at = window.anchor_start() - field.head.len();
    let before = Name::before(text, at).filter(|(name, _)| field.head.is_empty() || name.is_in_field_of(field.head));
    // With other fields between, a field that is called otherwise may be the value of another.
    let farther = || Name::of_record(text, at, value.span.start).filter(|_| field.head.is_empty());
    let (name, expected) = before.or_else(farther)?;
    judged(window, &name, &value, expected, placeholders)
}

/// Confirms what stands in a field `value` before the field that gives its name: `"value":"…","name":"TOKEN"`. The
/// anchor ends with the value's quote.
pub(crate) fn field_before(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.text();
    let value = Value::from(text, window.anchor_end(), window.end(), value::Between::Assigned)?;
    let (name, expected) = change::name_behind(text, value.span.end, window.end())?;
    graded(window, (&name, expected), &value, placeholders)
}

/// Confirms what a plan says that a value becomes, `~ password = "old" -> "new"`, and what is printed as the value of
/// an output, `"api_key": { "sensitive": true, "type": "string", "value": "…"`. The anchor ends with the value's quote.
pub(crate) fn changed(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let (name, expected) = change::name(window)?;
    let value = Value::from(
        window.text(),
        window.anchor_end(),
        window.end(),
        value::Between::Assigned,
    )?;
    graded(window, (&name, expected), &value, placeholders)
}

/// Confirms what replaces another value behind its name, `TOKEN: "old" => "new"`. The anchor ends with the old value's
/// quote.
pub(crate) fn replaced(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.text();
    let (name, expected) = change::name_of_old(text, window.anchor_end(), window.start())?;
    let value = Value::from(text, window.start(), window.end(), value::Between::Assigned)?;
    graded(window, (&name, expected), &value, placeholders)
}

/// The verdict on a value whose name stands elsewhere: lower where it is a password, or no key beyond doubt.
fn graded(
    window: &Window<'_>,
    (name, expected): (&Name<'_>, Expected),
    value: &Value,
    placeholders: &Placeholders,
) -> Option<Verdict> {
    let verdict = judged(window, name, value, expected, placeholders)?;
    let certain = expected == Expected::Key && looks::is_certain(window.text().get(value.span.clone())?);
    Some(if certain {
        verdict
    } else {
        super::common::lower(verdict).fact(fact::GENERIC)
    })
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
