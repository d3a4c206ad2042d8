//! A project only tightens: whatever the layers say, nothing is looser with a project than without it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::{ClassWord, Input, Key, Layer, Resolved, Row, resolve};

/// Values that some key takes, so that many of the generated lines are valid.
const VALUES: &[&str] = &[
    "'allow'",
    "'redact'",
    "'redact-mask'",
    "'withhold-line'",
    "'block'",
    "'never'",
    "'withheld'",
    "'redacted'",
    "'continue'",
    "'stop'",
    "true",
    "false",
    "'off'",
    "'enforce'",
    "'pass'",
    "'withhold'",
    "'marker'",
    "'mask'",
    "'auto'",
    "'pipe'",
    "1",
    "30",
    "'5 s'",
    "'1 MiB'",
    "'a.wasm'",
    "[]",
    "{ a = 1 }",
];
const NAMES: &[&str] = &["credentials", "personal", "words"];
const CATEGORIES: &[&str] = &[
    "personal",
    "personal.email",
    "credential",
    "credential.cloud",
    "credential.cloud.aws",
];

/// Lines of a file: a key with its wildcard filled, and a value. A key stands once, as TOML asks.
fn file() -> impl Strategy<Value = String> {
    let key = (0..Key::all().len(), 0..NAMES.len(), 0..CATEGORIES.len()).prop_map(|(key, name, category)| {
        let category = format!("'{}'", CATEGORIES[category]);
        Key::all()[key]
            .path
            .replace("<name>", NAMES[name])
            .replace("<category>", &category)
    });
    // The tighten-only keys are few among many, so they get lines of their own.
    let tight = (0..CATEGORIES.len() + 3).prop_map(|at| match CATEGORIES.get(at) {
        Some(category) => format!("policy.at-least.'{category}'"),
        None => ["session.fail-on", "records.durable", "records.on-full"][at - CATEGORIES.len()].to_owned(),
    });
    let line = (prop_oneof![key, tight], 0..VALUES.len());
    proptest::collection::vec(line, 0..24).prop_map(|lines| {
        let lines: BTreeMap<_, _> = lines.into_iter().collect();
        lines
            .into_iter()
            .map(|(key, value)| format!("{key} = {}\n", VALUES[value]))
            .collect()
    })
}

fn inputs(operators: &[(Layer, String)], projects: &[String]) -> Vec<Input> {
    let operators = operators
        .iter()
        .map(|(layer, text)| Input::file(*layer, "o.toml", text));
    operators
        .chain(projects.iter().map(|text| Input::file(Layer::Project, "p.toml", text)))
        .collect()
}

fn by_path(resolved: &Resolved) -> BTreeMap<String, Row> {
    resolved.rows().into_iter().map(|row| (row.path.clone(), row)).collect()
}

fn no_looser(without: &Resolved, with: &Resolved) -> Result<(), TestCaseError> {
    let (before, after) = (by_path(without), by_path(with));
    for (path, row) in &before {
        let now = after.get(path);
        prop_assert!(now.is_some(), "{} is still there", path);
        let now = now.expect("it was just seen");
        match row.class {
            ClassWord::OperatorOnly => prop_assert_eq!(row, now),
            ClassWord::TightenOnly(_) => prop_assert!(row.strength <= now.strength, "{}: {:?} {:?}", path, row, now),
            ClassWord::Free => {}
        }
    }
    for (path, row) in after.iter().filter(|(path, _)| !before.contains_key(*path)) {
        prop_assert!(matches!(row.class, ClassWord::TightenOnly(_)), "{} is new", path);
    }
    for category in CATEGORIES.iter().copied().chain(["other", "credential.cloud.aws.key"]) {
        prop_assert!(
            without.least_action(category).strength() <= with.least_action(category).strength(),
            "{}",
            category
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_looser_with_projects_than_without(
        system in file(),
        user in file(),
        environment in file(),
        projects in proptest::collection::vec(file(), 1..4),
    ) {
        let operators = [(Layer::System, system), (Layer::User, user), (Layer::Environment, environment)];
        let without = resolve(inputs(&operators, &[])).resolved;
        let with = resolve(inputs(&operators, &projects)).resolved;
        no_looser(&without, &with)?;
    }

    #[test]
    fn any_text_is_answered_without_a_panic(text in "\\PC{0,60}", project in any::<bool>()) {
        let layer = if project { Layer::Project } else { Layer::User };
        let resolution = resolve([Input::file(layer, "f", &text)]);
        for problem in &resolution.problems {
            prop_assert!(!problem.to_string().chars().any(char::is_control));
        }
    }
}

/// The property can fail: a file that may loosen, because it is the operator's, does.
#[test]
fn an_operators_file_may_loosen() {
    let strict = || Input::file(Layer::System, "s", "session.fail-on = 'redacted'");
    let with = resolve([strict(), Input::file(Layer::User, "u", "session.fail-on = 'never'")]).resolved;
    assert!(no_looser(&resolve([strict()]).resolved, &with).is_err());
}
