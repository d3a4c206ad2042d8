//! JSON Schemas of everything that is written down or shown, generated from the types.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::authority::{ActEntry, Approval, GateReport, Override, Promotion, Revocation, Signed};
use crate::eval::Evaluation;
use crate::record::{Approvals, Entry, External, HeadEntry, Line, Manifest, Metrics, State, TaskEntry, TaskRollouts};
use crate::shadow::{LabelEntry, ShadowLine, ShadowReport};

/// All schemas: the file's name in `schemas/`, and what it holds.
#[must_use]
pub fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("event.v1.json", of::<Line<Entry>>("One line of a run's events.jsonl")),
        ("manifest.v1.json", of::<Manifest>("A run's manifest.json")),
        (
            "task-event.v1.json",
            of::<Line<TaskEntry>>("One line of a task's events.jsonl"),
        ),
        ("metrics.v1.json", of::<Metrics>("A task's metrics.json")),
        ("state.v1.json", of::<State>("A task's state.json")),
        (
            "heads.v1.json",
            of::<Line<HeadEntry>>("One line of the log of closed heads in the state folder"),
        ),
        ("stream.v1.json", of::<External>("One line of exec --json")),
        ("eval.v1.json", of::<Evaluation>("What eval --json writes")),
        (
            "approval.v1.json",
            of::<Signed<Approval>>("What a person approved, signed"),
        ),
        (
            "override.v1.json",
            of::<Signed<Override>>("What a person lets through for a while, signed"),
        ),
        (
            "act.v1.json",
            of::<Line<ActEntry>>("One line of the log of what was granted and taken back in the state folder"),
        ),
        (
            "promotion.v1.json",
            of::<Signed<Promotion>>("That a person moved a candidate on, signed"),
        ),
        ("gate.v1.json", of::<GateReport>("What promote --json writes")),
        ("approvals.v1.json", of::<Approvals>("A task's approvals/latest.json")),
        ("task-manifest.v1.json", of::<TaskRollouts>("A task's manifest.json")),
        (
            "revocation.v1.json",
            of::<Revocation>("That an override holds no longer"),
        ),
        ("shadow.v1.json", of::<ShadowLine>("One line of a run's shadow.jsonl")),
        (
            "shadow-label.v1.json",
            of::<Line<LabelEntry>>("One line of a task's shadow-labels.jsonl"),
        ),
        (
            "shadow-report.v1.json",
            of::<ShadowReport>("What shadow report --json writes"),
        ),
    ]
}

/// A schema as it stands in its file.
#[must_use]
pub fn text(schema: &Value) -> String {
    let mut text = serde_json::to_string_pretty(schema).expect("a schema is plain JSON");
    text.push('\n');
    text
}

fn of<T: JsonSchema>(title: &str) -> Value {
    // What is written is described, so fields that are left out when empty are optional.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    schema["title"] = title.into();
    schema
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn invariant_10_schemas_equal_the_types() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
        let mut known: Vec<String> = Vec::new();
        for (name, schema) in super::all() {
            let found = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
            assert!(
                found == super::text(&schema),
                "schemas/{name} differs from the types: run `cargo xtask schemas`"
            );
            known.push(name.to_owned());
        }
        for entry in std::fs::read_dir(folder).expect("the folder of schemas") {
            let name = entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a plain name");
            assert!(known.contains(&name), "schemas/{name} has no type: delete it");
        }
    }
}
