//! One place on a terminal.

use std::fmt::Write as _;

use cofferdam_model::record::LengthClass;
use cofferdam_model::shadow::{LabelEntry, ShadowPlace, Side};

use crate::hint;
use crate::report::words::{length_class, of, severity};

/// All that is recorded of a place.
pub(crate) fn place(id: &str, task: &str, place: &ShadowPlace, label: Option<&LabelEntry>) -> String {
    let mut told = seen(&format!("{id} of task {task}"), place);
    let text = match label {
        Some(label) => {
            let verdict = if label.verdict { "true" } else { "false" };
            format!("{verdict}, by {} at {}: {}", label.by, label.time, label.why)
        }
        None => {
            let label = hint::command(&format!("shadow label {id} true|false --by WHO --why TEXT"));
            format!("none yet: {label}")
        }
    };
    row(&mut told, "label", &text);
    told
}

/// All that is known of a place, which needn't be recorded: one of a replay has no id, and can't be labelled.
pub(crate) fn seen(named: &str, place: &ShadowPlace) -> String {
    let mut told = format!("{named}: {}, {}\n", place.class.as_str(), place.effect.as_str());
    let mut row = |name: &str, value: &str| row(&mut told, name, value);
    row("where", &format!("byte {} of {}", place.offset, place.channel));
    let length = match place.length_class {
        LengthClass::Hidden => "not told, since few values are possible".to_owned(),
        class => format!("{} bytes", length_class(class)),
    };
    row("length", &length);
    let none = || "nothing".to_owned();
    row("in force", &place.incumbent.as_ref().map_or_else(none, side));
    row("candidate", &place.challenger.as_ref().map_or_else(none, side));
    if place.missed_bytes > 0 {
        row(
            "missed",
            &format!("{} that are taken out today", of(place.missed_bytes, "byte")),
        );
    }
    if place.surplus_bytes > 0 {
        row(
            "surplus",
            &format!("{} that come out today", of(place.surplus_bytes, "byte")),
        );
    }
    if let Some(fingerprint) = &place.fingerprint {
        row("fingerprint", &fingerprint.value.to_string());
    }
    if !place.shape.as_str().is_empty() {
        row("shape", place.shape.as_str());
    }
    told
}

fn row(told: &mut String, name: &str, value: &str) {
    writeln!(told, "  {name:12}  {value}").expect("a string takes all");
}

fn side(side: &Side) -> String {
    let action = serde_json::to_value(side.action).ok();
    let action = action.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    let late = match side.late_bytes {
        0 => String::new(),
        late => format!(", {} late", of(late, "byte")),
    };
    format!(
        "{action} by {}/{} ({}, {}, confidence {}){late}",
        side.plugin,
        side.rule,
        side.category,
        severity(side.severity),
        side.confidence
    )
}
